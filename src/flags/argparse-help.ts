// Usage, help and error texts of argparse4j, laid out as it does on 80 columns: 75 are used, and a wrapped line is
// justified by widening the gaps in its middle (TextHelper.adjustSpace).

import { lineBreakSegments } from './line-break.ts';
import type { OptionSpec, OptionTable } from './option-table.ts';

const WIDTH = 75;
const HELP_COLUMN = 25;

/** '--config/-c', as error texts name it. */
export function shownOption(spec: OptionSpec): string {
  return flags(spec).join('/');
}

function flags(spec: OptionSpec): string[] {
  return [spec.name, ...(spec.aliases ?? [])].map((name) =>
    name.length === 1 ? `-${name}` : `--${name}`,
  );
}

function placeholder(spec: OptionSpec): string {
  if (spec.argument === undefined) return '';
  const { choices, name } = spec.argument;
  if (choices !== undefined) return ` {${choices.join(',')}}`;
  return ` ${name ?? spec.name.toUpperCase().replaceAll('-', '_')}`;
}

function optionsOf(table: OptionTable, subcommand: string): readonly OptionSpec[] {
  if (subcommand === '') return table.options;
  return table.subcommands?.find((each) => each.name === subcommand)?.options ?? [];
}

function subcommandNames(table: OptionTable): string {
  return `{${(table.subcommands ?? []).map((each) => each.name).join(',')}}`;
}

/** `usage: …`, each word group kept whole, continuation lines under the first. Ends with a newline. */
export function argparseUsage(table: OptionTable, subcommand: string): string {
  const program = subcommand === '' ? table.script : `${table.script} ${subcommand}`;
  const head = `usage: ${program} `;
  const groups = usageGroups(table, subcommand);
  const indent = ' '.repeat(subcommand === '' ? head.length : `usage: ${table.script} `.length);
  const lines: string[] = [];
  let line = head.trimEnd();
  for (const group of groups) {
    if (line.length + 1 + group.length > WIDTH && line.trim() !== '') {
      lines.push(line);
      line = indent + group;
    } else line += ` ${group}`;
  }
  return `${[...lines, line].join('\n')}\n`;
}

function usageGroups(table: OptionTable, subcommand: string): string[] {
  const options = optionsOf(table, subcommand);
  const groups = ['[-h]'];
  options.forEach((spec, index) => {
    const text = `--${spec.name}${placeholder(spec)}`;
    const isFirst = spec.excludes !== options[index - 1]?.excludes;
    const isLast = spec.excludes !== options[index + 1]?.excludes;
    if (spec.required === true) groups.push(text);
    else if (spec.excludes === undefined) groups.push(`[${text}]`);
    else groups.push(`${isFirst ? '[' : ''}${text}${isLast ? ']' : ' |'}`);
  });
  if (subcommand === '' && table.subcommands !== undefined) {
    groups.push(subcommandNames(table), '...');
  }
  return groups;
}

/** The whole of --help. */
export function argparseHelp(table: OptionTable, subcommand: string): string {
  let text = argparseUsage(table, subcommand);
  if (subcommand === '') text += `\n${wrap(table.description, 0, '')}\n`;
  if (subcommand === '' && table.subcommands !== undefined) {
    text += `\npositional arguments:\n  ${subcommandNames(table)}\n`;
    for (const each of table.subcommands) text += entry(`    ${each.name}`, each.help);
  }
  text += '\noptional arguments:\n';
  text += entry('  -h, --help', 'show this help message and exit');
  for (const spec of optionsOf(table, subcommand)) {
    const value = placeholder(spec);
    text += entry(
      `  ${flags(spec)
        .map((flag) => flag + value)
        .join(', ')}`,
      spec.description,
    );
  }
  return text;
}

function entry(left: string, help: string): string {
  const isShort = left.length <= HELP_COLUMN - 2;
  const body = wrap(help, HELP_COLUMN, ' '.repeat(HELP_COLUMN));
  return isShort
    ? `${left.padEnd(HELP_COLUMN)}${body}\n`
    : `${left}\n${' '.repeat(HELP_COLUMN)}${body}\n`;
}

/** What a refused command line prints on stderr. */
export function argparseError(
  table: OptionTable,
  refusal: { message: string; subcommand: string; candidates: readonly string[] },
): string {
  const { message, subcommand, candidates } = refusal;
  const usage = argparseUsage(table, subcommand);
  const error = `${usage}${wrap(`${table.script}: error: ${message}`, 0, '')}`;
  if (candidates.length === 0) return error;
  return [error, '', 'Did you mean:', ...candidates.map((name) => `\t${name}`)].join('\n');
}

/** TextHelper.wrap: `offset` columns are taken on the first line; full lines are justified. */
function wrap(text: string, offset: number, indent: string): string {
  let result = '';
  let line = '';
  let used = offset;
  for (const segment of segmentsOf(text)) {
    if (used + segment.length > WIDTH && line !== '') {
      result += `${justify(line, used)}\n${indent}`;
      line = '';
      used = indent.length;
    }
    line += segment;
    used += segment.length;
    if (segment.endsWith('\n')) {
      result += line + indent;
      line = '';
      used = indent.length;
    }
  }
  return result + line;
}

/** A newline belongs to the segment before it. */
function segmentsOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const segments = lineBreakSegments(line);
    if (index < lines.length - 1) segments.push(`${segments.pop() ?? ''}\n`);
    return segments;
  });
}

/** Spreads the columns that are left over the gaps; the odd ones go to the gaps in the middle. */
function justify(line: string, used: number): string {
  const words = line.trim().split(/( +)/);
  const gaps = (words.length - 1) / 2;
  if (gaps === 0) return line.trim();
  const left = WIDTH - (used - (line.length - line.trim().length));
  const each = Math.trunc(left / gaps);
  const odd = left % gaps;
  const firstOdd = Math.trunc((gaps - odd + 1) / 2);
  return words
    .map((word, index) => {
      if (index % 2 === 0) return word;
      const gap = (index - 1) / 2;
      return word + ' '.repeat(each + (gap >= firstOdd && gap < firstOdd + odd ? 1 : 0));
    })
    .join('');
}
