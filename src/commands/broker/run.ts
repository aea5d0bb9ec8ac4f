import { spawn } from 'node:child_process';
import { Flags } from '@oclif/core';
import { daemonEntry } from '../../daemon/entry.ts';
import { KaftaCommand } from '../support/kafta-command.ts';

export default class BrokerRun extends KaftaCommand {
  static override readonly summary = 'Run a broker in the foreground from a server.properties';
  static override readonly description =
    "What kafka-server-start.sh does; prepare its data directory with 'kafta storage format'.";
  static override readonly examples = [
    'kafta broker run --config server.properties',
    'kafta broker run --config server.properties --override log.dirs=/tmp/data',
  ];
  static override readonly flags = {
    config: Flags.string({
      description: "Kafka's server.properties.",
      helpValue: 'file',
      required: true,
    }),
    override: Flags.string({
      description: "A property that goes before the file's.",
      helpValue: 'key=value',
      multiple: true,
      default: [],
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(BrokerRun);
    const overrides = flags.override.flatMap((override) => ['--override', override]);
    const argv = [daemonEntry(), 'run', flags.config, ...overrides];
    const child = spawn(process.execPath, argv, { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => child.kill(signal));
    process.exitCode = await new Promise<number>((resolve) => {
      child.on('exit', (code) => resolve(code === 143 || code === 130 ? 0 : (code ?? 1)));
    });
  }
}
