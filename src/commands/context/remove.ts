import { Args } from '@oclif/core';
import { removeContext } from '../../daemon/context-store.ts';
import { KaftaCommand } from '../support/kafta-command.ts';

export default class ContextRemove extends KaftaCommand {
  static override readonly summary = 'Forget a named cluster';
  static override readonly examples = ['kafta context remove staging'];
  static override readonly args = {
    name: Args.string({ description: 'A context.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(ContextRemove);
    const { out } = this.open({});
    removeContext(process.env, args.name);
    out.line(`Forgot '${args.name}'`);
    await out.flush();
  }
}
