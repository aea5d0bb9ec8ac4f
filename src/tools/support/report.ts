// A table of headers and rows, as ToolsUtils.prettyPrintTable sets it: cells padded to their column and each followed by a tab.

import type { ToolContext } from '../../flags/tool-context.ts';
import type { Cell, Column } from '../../output/output.ts';

export interface Report {
  readonly headers: readonly string[];
  /** undefined prints as None. */
  readonly rows: readonly (readonly Cell[])[];
  /** The stable shape in JSON and YAML. */
  readonly data: unknown;
}

export async function present(
  context: ToolContext,
  { headers, rows, data }: Report,
): Promise<void> {
  await context.out.present({
    kafka: () => prettyTable(headers, rows),
    table: () => ({ columns: headers.map(columnOf), rows }),
    data: () => data,
  });
}

function columnOf(name: string): Column {
  return { name };
}

function prettyTable(
  headers: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly string[] {
  const texts = rows.map((row) => row.map((cell) => String(cell ?? 'None')));
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...texts.map((row) => row[column]!.length)),
  );
  return [headers, ...texts].map((row) =>
    row.map((text, column) => `${text.padEnd(widths[column]!)}\t`).join(''),
  );
}
