import { Args, Flags } from '@oclif/core';
import { saveContext } from '../../daemon/context-store.ts';
import { KaftaCommand } from '../support/kafta-command.ts';

export default class ContextAdd extends KaftaCommand {
  static override readonly summary = 'Name a cluster, and work with it from now on';
  static override readonly examples = [
    'kafta context add staging --bootstrap-server kafka.staging:9092',
  ];
  static override readonly args = {
    name: Args.string({ description: 'Its name.', required: true }),
  };
  static override readonly flags = {
    'bootstrap-server': Flags.string({
      description: 'Where its brokers are: host:port, more with commas.',
      helpValue: 'servers',
      required: true,
    }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ContextAdd);
    const { out } = this.open({});
    saveContext(process.env, args.name, flags['bootstrap-server']);
    out.line(`Commands now go to '${args.name}' (${flags['bootstrap-server']})`);
    await out.flush();
  }
}
