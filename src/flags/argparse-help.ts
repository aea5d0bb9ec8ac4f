// Usage, help and error texts of argparse4j, laid out as it does on 80 columns: 75 are used, and a wrapped line is
// justified by widening the gaps in its middle (TextHelper.adjustSpace).

import { lineBreakSegments } from './line-break.ts';
import type { ExclusiveGroup, OptionGroup, OptionSpec, OptionTable } from './option-table.ts';

const WIDTH = 75;
const HELP_COLUMN = 25;
/** Behind a longer `usage: program` the options begin on a line of their own. */
const LONGEST_PROGRAM = 30;
const SHORT_INDENT = 6;

/** '--config/-c', as error texts name it. */
export function shownOption(spec: OptionSpec): string {
  return flags(spec).join('/');
}

function flags(spec: OptionSpec): string[] {
  const names = [spec.name, ...(spec.aliases ?? [])];
  return (spec.shortFirst === true ? names.toReversed() : names).map((name) =>
    name.length === 1 ? `-${name}` : `--${name}`,
  );
}

function placeholder(spec: OptionSpec): string {
  if (spec.argument === undefined) return '';
  const { choices, name, many } = spec.argument;
  if (name === undefined && choices !== undefined) return ` {${choices.join(',')}}`;
  const shown = name ?? spec.name.toUpperCase().replaceAll('-', '_');
  return many === true ? ` ${shown} [${shown} ...]` : ` ${shown}`;
}

function programOf({ program, script }: OptionTable): string {
  return program ?? script;
}

function optionsOf(table: OptionTable, subcommand: string): readonly OptionSpec[] {
  if (subcommand === '') return table.options;
  return table.subcommands?.find((each) => each.name === subcommand)?.options ?? [];
}

function subcommandNames(table: OptionTable): string {
  if (table.subcommandsTitle !== undefined) return table.subcommandsTitle.metavar;
  return `{${(table.subcommands ?? []).map((each) => each.name).join(',')}}`;
}

/** `usage: …`, each word group kept whole, continuation lines under the first. Ends with a newline. */
export function argparseUsage(table: OptionTable, subcommand: string): string {
  const start = `usage: ${programOf(table)}`;
  const isLong = start.length > LONGEST_PROGRAM;
  const lines: string[] = isLong ? [start] : [];
  const indent = ' '.repeat(isLong ? SHORT_INDENT : start.length);
  let line = isLong ? indent : start;
  let isFirst = true;
  // argparse4j counts the short indent twice on the line that it begins.
  let extra = isLong ? SHORT_INDENT : 0;
  const words = [...pathWords(table, subcommand), ...usageWords(table, subcommand)];
  for (const word of words) {
    if (!isFirst && line.length + extra + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent;
      extra = 0;
    }
    line += ` ${word}`;
    isFirst = false;
  }
  return `${[...lines, line].join('\n')}\n`;
}

/** What must stand on a line before a sub-command's own words. */
function pathWords(table: OptionTable, subcommand: string): string[] {
  if (subcommand === '') return [];
  const form = (spec: OptionSpec) => `${flags(spec)[0]}${placeholder(spec)}`;
  const above = table.options.filter(({ required }) => required === true).map(form);
  for (const { name, required } of table.exclusive ?? []) {
    const members = table.options.filter((spec) => spec.excludes === name).map(form);
    if (required === true && members.length > 0) above.push(...alternatives(members, true));
  }
  return [...above, subcommand];
}

/** What stands between two breaks of a usage: options first, then the groups that exclude each other. */
function usageWords(table: OptionTable, subcommand: string): string[] {
  const options = optionsOf(table, subcommand);
  const form = (spec: OptionSpec) => `${flags(spec)[0]}${placeholder(spec)}`;
  const words = ['[-h]'];
  for (const spec of options) {
    if (spec.excludes !== undefined) continue;
    words.push(spec.required === true ? form(spec) : `[${form(spec)}]`);
  }
  for (const name of new Set(options.map(({ excludes }) => excludes))) {
    if (name === undefined) continue;
    const isRequired = table.exclusive?.find((group) => group.name === name)?.required === true;
    const members = options.filter((spec) => spec.excludes === name).map(form);
    if (members.length === 1) words.push(isRequired ? members[0]! : `[${members[0]}]`);
    else words.push(...alternatives(members, isRequired));
  }
  if (table.positional !== undefined) {
    const { name } = table.positional;
    words.push(`[${name} [${name} ...]]`);
  }
  if (subcommand === '' && table.subcommands !== undefined) {
    words.push(subcommandNames(table), '...');
  }
  return words;
}

function alternatives(members: readonly string[], isRequired: boolean): string[] {
  const [open, close] = isRequired ? ['(', ')'] : ['[', ']'];
  return members.map((member, index) => {
    const isLast = index === members.length - 1;
    return `${index === 0 ? open : ''}${member}${isLast ? close : ' |'}`;
  });
}

/** The whole of --help. */
export function argparseHelp(table: OptionTable, subcommand: string): string {
  let text = argparseUsage(table, subcommand);
  if (subcommand === '') text += `\n${wrap(table.description, 0, '')}\n`;
  const description = table.subcommands?.find(({ name }) => name === subcommand)?.description;
  if (description !== undefined) text += `\n${wrap(description, 0, '')}\n`;
  const isTitled = table.subcommandsTitle !== undefined;
  if (subcommand === '' && !isTitled) text += subcommandEntries(table, 'positional arguments');
  if (table.positional !== undefined) {
    text += `\npositional arguments:\n${entry(`  ${table.positional.name}`, table.positional.description)}`;
  }
  text += '\noptional arguments:\n';
  text += entry('  -h, --help', 'show this help message and exit');
  const apart: readonly (ExclusiveGroup | OptionGroup)[] = [
    ...(table.exclusive ?? []).filter((group) => group.title ?? group.description),
    ...(table.groups ?? []),
  ];
  const isIn = (spec: OptionSpec, name: string) => spec.excludes === name || spec.group === name;
  for (const spec of optionsOf(table, subcommand)) {
    if (!apart.some(({ name }) => isIn(spec, name))) text += optionEntry(table, spec);
  }
  for (const { name, title, description } of apart) {
    if (!optionsOf(table, subcommand).some((spec) => isIn(spec, name))) continue;
    text += title === undefined ? '\n' : `\n${title}:\n`;
    if (description !== '') text += `  ${wrap(description, 2, '  ')}\n\n`;
    for (const spec of optionsOf(table, subcommand)) {
      if (isIn(spec, name)) text += optionEntry(table, spec);
    }
  }
  if (subcommand === '' && isTitled) {
    text += subcommandEntries(table, table.subcommandsTitle!.title);
  }
  return text;
}

function subcommandEntries(table: OptionTable, title: string): string {
  if (table.subcommands === undefined) return '';
  const entries = table.subcommands.map((each) => entry(`    ${each.name}`, each.help));
  return `\n${title}:\n  ${subcommandNames(table)}\n${entries.join('')}`;
}

function optionEntry(table: OptionTable, spec: OptionSpec): string {
  const value = placeholder(spec);
  const left = flags(spec)
    .map((flag) => flag + value)
    .join(', ');
  return entry(`  ${left}`, spec.description + (table.showsDefaults === true ? preset(spec) : ''));
}

/** A switch is off unless it is given. */
function preset(spec: OptionSpec): string {
  if (spec.argument === undefined) return ' (default: false)';
  const [value] = spec.argument.defaults ?? [];
  return value === undefined ? '' : ` (default: ${value})`;
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
  const error = `${usage}${wrap(`${programOf(table)}: error: ${message}`, 0, '')}`;
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
