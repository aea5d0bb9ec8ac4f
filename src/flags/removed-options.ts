// Options which Kafka has removed, taken for the sake of scripts and notes that still have them:
// each becomes today's option, or nothing, and leaves one warning for stderr. Works on words, before any parsing.

import type { OptionTable, RemovedOption } from './option-table.ts';
import { specsByName } from './parsed-options.ts';

export interface RemovedApplied {
  /** The command line as today's parser takes it. */
  readonly words: string[];
  readonly warnings: string[];
}

export function applyRemovedOptions(table: OptionTable, argv: readonly string[]): RemovedApplied {
  const removed = new Map((table.removed ?? []).map((option) => [option.name, option]));
  const current = specsByName(table);
  const words: string[] = [];
  const warned = new Map<RemovedOption, string>();
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      words.push(...argv.slice(at));
      break;
    }
    const match = /^(--?)([^=]+)(=.*)?$/s.exec(word);
    const [, dashes, name, attached] = match ?? [];
    const option = name === undefined ? undefined : removed.get(name);
    if (option !== undefined) {
      warned.set(option, warning(option, dashes!));
      const argument = !option.takesArgument || attached !== undefined ? [] : [argv[++at]];
      words.push(...replacement(option, attached, argument));
      continue;
    }
    words.push(word);
    // A word that is the argument of today's option is never an option itself: `--topic --zookeeper`.
    const spec = name === undefined ? undefined : current.get(name);
    const takesNext = spec?.argument !== undefined && spec.argument.optional !== true;
    if (takesNext && attached === undefined && at + 1 < argv.length) words.push(argv[++at]!);
  }
  return { words, warnings: [...warned.values()] };
}

function replacement(
  option: RemovedOption,
  attached: string | undefined,
  argument: readonly (string | undefined)[],
): string[] {
  if (option.becomes === undefined) return [];
  const rest = argument.filter((word) => word !== undefined);
  return [`--${option.becomes}${attached ?? ''}`, ...rest];
}

function warning(option: RemovedOption, dashes: string): string {
  const does = option.becomes === undefined ? 'is ignored' : `now is --${option.becomes}`;
  const advice = option.advice === undefined ? '' : ` (${option.advice})`;
  return `Warning: ${dashes}${option.name} was removed from Apache Kafka and ${does}${advice}.`;
}
