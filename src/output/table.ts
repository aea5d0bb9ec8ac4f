// Tables for people: aligned columns, a dim header, no boxes (they would break copy and paste), colour when wanted.

import { Chalk } from 'chalk';
import CliTable from 'cli-table3';
import type { Cell, Table, Tone } from './output.ts';

/** cli-table3 draws nothing but two spaces between the columns. */
const NO_LINES = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((edge) => [edge, '']),
);

function paint(chalk: InstanceType<typeof Chalk>, tone: Tone, text: string): string {
  switch (tone) {
    case 'good':
      return chalk.green(text);
    case 'warning':
      return chalk.yellow(text);
    case 'bad':
      return chalk.red(text);
    case 'dim':
      return chalk.dim(text);
    case 'strong':
      return chalk.bold(text);
    default:
      return text;
  }
}

function shown(cell: Cell): string {
  return cell === undefined || cell === '' ? '-' : String(cell);
}

export function renderTable(
  table: Table,
  options: { hasColour: boolean; columns: number },
): string {
  const chalk = new Chalk({ level: options.hasColour ? 1 : 0 });
  const drawing = new CliTable({
    chars: { ...NO_LINES, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: table.columns.map((column) => column.align ?? 'left'),
    head: table.columns.map((column) => chalk.dim(column.name)),
  });
  for (const row of table.rows) {
    drawing.push(
      row.map((cell, index) =>
        paint(chalk, table.columns[index]?.tone?.(cell) ?? 'plain', shown(cell)),
      ),
    );
  }
  const body = drawing
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
  return table.title === undefined ? body : `${chalk.bold(table.title)}\n${body}`;
}
