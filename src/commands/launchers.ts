import { fileURLToPath } from 'node:url';
import { Flags } from '@oclif/core';
import { KaftaCommand, OUTPUT_FLAG } from './support/kafta-command.ts';

export default class Launchers extends KaftaCommand {
  static override readonly summary = "Print the folder with launchers under Kafka's own names";
  static override readonly description =
    'kafka-topics.sh, kafka-topics and so on, exactly as those of Apache Kafka 4.3.1: put it before the others in PATH.';
  static override readonly examples = [
    'export PATH="$(kafta launchers):$PATH"',
    'export PATH="$(kafta launchers --legacy):$PATH"',
  ];
  static override readonly flags = {
    legacy: Flags.boolean({
      description: 'Those that also take the options which Kafka has removed.',
    }),
    output: OUTPUT_FLAG,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(Launchers);
    const { out } = this.open(flags);
    const name = flags.legacy ? 'launchers-legacy' : 'launchers';
    // From dist/lib, where this file is built to.
    const folder = fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
    await out.present({ kafka: () => [folder], data: () => ({ folder }) });
    await out.flush();
  }
}
