import { Args, Flags } from '@oclif/core';
import { useContext } from '../../daemon/context-store.ts';
import { KaftaCommand } from '../support/kafta-command.ts';

export default class ContextUse extends KaftaCommand {
  static override readonly summary = 'Choose the cluster that commands go to';
  static override readonly examples = ['kafta context use staging', 'kafta context use --embedded'];
  static override readonly args = { name: Args.string({ description: 'A context.' }) };
  static override readonly flags = {
    embedded: Flags.boolean({ description: 'Go back to the embedded broker.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ContextUse);
    const { out } = this.open({});
    if ((args.name === undefined) === !flags.embedded) {
      throw new Error("Name a context, or say '--embedded'.");
    }
    useContext(process.env, args.name);
    out.line(
      `Commands now go to ${args.name === undefined ? 'the embedded broker' : `'${args.name}'`}`,
    );
    await out.flush();
  }
}
