import { readContexts } from '../../daemon/contexts.ts';
import { KaftaCommand, OUTPUT_FLAG } from '../support/kafta-command.ts';

export default class ContextList extends KaftaCommand {
  static override readonly summary = 'List the named clusters';
  static override readonly examples = ['kafta context list'];
  static override readonly flags = { output: OUTPUT_FLAG };

  override async run(): Promise<void> {
    const { flags } = await this.parse(ContextList);
    const { out, io } = this.open(flags);
    const { current, contexts = {} } = readContexts(io, process.env);
    const rows = Object.entries(contexts).map(([name, { bootstrapServer }]) => ({
      name,
      bootstrapServer,
      isCurrent: name === current,
    }));
    await out.present({
      kafka: () =>
        rows.map((row) => `${row.isCurrent ? '*' : ' '} ${row.name} ${row.bootstrapServer}`),
      data: () => rows,
      table: () => ({
        columns: [{ name: 'CONTEXT' }, { name: 'BOOTSTRAP SERVER' }, { name: 'CURRENT' }],
        rows: rows.map((row) => [row.name, row.bootstrapServer, row.isCurrent ? 'yes' : '']),
      }),
    });
    await out.flush();
  }
}
