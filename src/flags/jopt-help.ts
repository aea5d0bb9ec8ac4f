// The usage text of a jopt-simple option table, laid out as its BuiltinHelpFormatter(80, 2) does, byte for byte.
// Two columns; each piece is wrapped where Java's BreakIterator allows and continued with an indent of two.

import { lineBreakSegments } from './line-break.ts';
import type { OptionSpec, OptionTable } from './option-table.ts';

const OVERALL_WIDTH = 80;
const SEPARATOR_WIDTH = 2;
const INDENT = '  ';

interface Row {
  readonly option: string;
  readonly description: string;
}

/** Ends with a newline; every line is padded to the width of its columns, as Java's is. */
export function joptHelp(table: OptionTable): string {
  const { options } = table;
  const sorted = [...options].sort((a, b) => (spellings(a)[0]! < spellings(b)[0]! ? -1 : 1));
  const rows = [...headings(options.some((o) => o.required === true)), ...sorted.map(rowOf)];
  const { optionWidth, descriptionWidth } = widthsOf(rows);
  const fitted = rows.flatMap((row) => fit(row, optionWidth, descriptionWidth));
  return render(fitted);
}

function headings(anyRequired: boolean): Row[] {
  return anyRequired
    ? [
        { option: 'Option (* = required)', description: 'Description' },
        { option: '---------------------', description: '-----------' },
      ]
    : [
        { option: 'Option', description: 'Description' },
        { option: '------', description: '-----------' },
      ];
}

/** jopt-simple names the one-letter spellings first, each group in order. */
function spellings(option: OptionSpec): string[] {
  return [option.name, ...(option.aliases ?? [])].sort((a, b) => {
    if ((a.length === 1) !== (b.length === 1)) return a.length === 1 ? -1 : 1;
    return a < b ? -1 : 1;
  });
}

function rowOf(option: OptionSpec): Row {
  const names = spellings(option).map((name) => (name.length > 1 ? `--${name}` : `-${name}`));
  const star = option.required === true ? '* ' : '';
  const display = `${star}${names.join(', ')}${argumentOf(option)}`;
  const defaults = option.argument?.defaults ?? [];
  if (defaults.length === 0) return { option: display, description: option.description };
  const shown = defaults.length === 1 ? defaults[0] : `[${defaults.join(', ')}]`;
  return { option: display, description: `${option.description} (default: ${shown})`.trim() };
}

function argumentOf({ argument }: OptionSpec): string {
  if (argument === undefined) return '';
  const text = `${argument.type ?? 'String'}${argument.name ? `: ${argument.name}` : ''}`;
  return argument.optional === true ? ` [${text}]` : ` <${text}>`;
}

function widthsOf(rows: readonly Row[]): { optionWidth: number; descriptionWidth: number } {
  const widest = (pick: (row: Row) => string) => Math.max(...rows.map((r) => pick(r).length));
  const half = Math.trunc((OVERALL_WIDTH - SEPARATOR_WIDTH) / 2);
  const optionWidth = Math.min(
    half,
    widest((r) => r.option),
  );
  const descriptionWidth = Math.min(
    OVERALL_WIDTH - optionWidth - SEPARATOR_WIDTH,
    widest((r) => r.description),
  );
  return { optionWidth, descriptionWidth };
}

function fit(row: Row, optionWidth: number, descriptionWidth: number): Row[] {
  const options = piecesOf(row.option, optionWidth);
  const descriptions = piecesOf(row.description, descriptionWidth);
  const count = Math.max(options.length, descriptions.length);
  return Array.from({ length: count }, (_, i) => ({
    option: options[i] ?? '',
    description: descriptions[i] ?? '',
  }));
}

function piecesOf(text: string, width: number): string[] {
  const lines = javaTrim(text).split('\n');
  while (lines.length > 1 && lines[lines.length - 1] === '') lines.pop();
  return lines.flatMap((line) => wrap(line, width));
}

/** An empty line gives no piece, a word longer than the width keeps its own line. */
function wrap(line: string, width: number): string[] {
  const pieces: string[] = [];
  let current = '';
  for (const segment of lineBreakSegments(line)) {
    if (current.length + segment.length > width) {
      pieces.push(current.replace(/\s+$/, ''));
      current = INDENT + segment;
    } else {
      current += segment;
    }
  }
  if (current.length > 0) pieces.push(current);
  return pieces;
}

function render(rows: readonly Row[]): string {
  const { optionWidth, descriptionWidth } = widthsOf(rows);
  return rows
    .map(
      ({ option, description }) =>
        `${option.padEnd(optionWidth)}${' '.repeat(SEPARATOR_WIDTH)}${description.padEnd(descriptionWidth)}\n`,
    )
    .join('');
}

/** String.trim: cuts everything up to and including the space. */
function javaTrim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 32) end -= 1;
  return text.slice(start, end);
}
