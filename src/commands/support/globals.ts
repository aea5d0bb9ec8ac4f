// kafta's own options, which every command takes beside those of its Kafka script: how to print, which cluster,
// whether to ask. They are lifted off the command line first, so that a script's own option of the same name wins.

import type { OptionSpec, OptionTable } from '../../flags/option-table.ts';
import { CommandLineError, specsByName } from '../../flags/parsed-options.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../output/output.ts';

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'output',
    description: 'How to print: kafka (as its script does), table, json or yaml.',
    argument: { name: 'format', choices: OUTPUT_FORMATS },
  },
  {
    name: 'cluster',
    description: 'The embedded broker to use when none is given; KAFTA_CLUSTER otherwise.',
    argument: { name: 'name' },
  },
  { name: 'no-input', description: 'Never ask; take the safe answer.' },
  { name: 'verbose', description: 'Add the stack trace to an error.' },
];

export interface Globals {
  /** Absent: a table on a terminal, Kafka's lines elsewhere. */
  readonly output: OutputFormat | undefined;
  readonly cluster: string | undefined;
  readonly mayAsk: boolean;
  readonly isVerbose: boolean;
  /** The command line without them. */
  readonly words: readonly string[];
}

/** Throws CommandLineError for a format that doesn't exist or a missing argument. */
export function takeGlobals(table: OptionTable, argv: readonly string[]): Globals {
  const own = specsByName(table);
  const globals = new Map(GLOBAL_OPTIONS.map((option) => [option.name, option]));
  const found = new Map<string, string>();
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      words.push(...argv.slice(at));
      break;
    }
    const [, name = '', attached] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const global = own.has(name) ? undefined : globals.get(name);
    if (global === undefined) {
      words.push(word);
      // The argument of a script's own option is never one of ours: `--topic --verbose`.
      const spec = own.get(name);
      const takesNext = spec?.argument !== undefined && spec.argument.optional !== true;
      if (takesNext && attached === undefined && at + 1 < argv.length) words.push(argv[++at]!);
    } else if (global.argument === undefined) found.set(name, '');
    else {
      const value = attached ?? argv[++at];
      if (value === undefined) throw refused(`Option ${name} requires an argument`);
      found.set(name, value);
    }
  }
  return {
    output: outputFormat(found.get('output')),
    cluster: found.get('cluster'),
    mayAsk: !found.has('no-input'),
    isVerbose: found.has('verbose'),
    words,
  };
}

function outputFormat(text: string | undefined): OutputFormat | undefined {
  if (text === undefined) return undefined;
  const format = OUTPUT_FORMATS.find((each) => each === text);
  if (format !== undefined) return format;
  throw refused(`--output must be one of ${OUTPUT_FORMATS.join(', ')}, not '${text}'`);
}

function refused(message: string): CommandLineError {
  return new CommandLineError(message, 'kafta');
}
