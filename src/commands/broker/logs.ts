import { Flags } from '@oclif/core';
import { followFile, lastLines } from '../../daemon/tail.ts';
import { CLUSTER_FLAG, KaftaCommand } from '../support/kafta-command.ts';

export default class BrokerLogs extends KaftaCommand {
  static override readonly summary = "Print the embedded broker's log";
  static override readonly examples = [
    'kafta broker logs',
    'kafta broker logs --lines 100 --follow',
  ];
  static override readonly flags = {
    cluster: CLUSTER_FLAG,
    lines: Flags.integer({
      char: 'n',
      description: 'How many, from the end.',
      default: 50,
      min: 0,
    }),
    follow: Flags.boolean({ char: 'f', description: 'Go on with what comes.' }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(BrokerLogs);
    const context = this.open({ output: 'kafka' });
    const { out, io } = context;
    const { logFile, cluster } = this.places(flags.cluster);
    if (!io.disk.exists(logFile)) throw new Error(`The broker '${cluster}' has no log yet.`);
    const { text, endsAt } = lastLines(io, logFile, flags.lines);
    out.text(text);
    await out.flush();
    if (flags.follow) await followFile(io, logFile, endsAt, out, context.signal);
    await out.flush();
    process.exitCode = context.signalExitCode() ?? 0;
  }
}
