// The states that a group of each type can be in (GroupState.groupStatesForType), and the options that name some.

import { javaSplit } from '../../../common/java.ts';
import type { ParsedOptions } from '../../../flags/parsed-options.ts';
import { ToolError } from '../java-error.ts';

/** In the order in which Kafka's errors name them, where that is always the same. */
export const GROUP_STATES = {
  consumer: [
    'Stable',
    'Empty',
    'Reconciling',
    'PreparingRebalance',
    'Assigning',
    'CompletingRebalance',
    'Dead',
  ],
  share: ['Empty', 'Dead', 'Stable'],
  streams: ['Empty', 'Assigning', 'NotReady', 'Dead', 'Reconciling', 'Stable'],
} as const;

/** Names in any case, with commas between; none are all. Throws ToolError for one that isn't `known`. */
export function namesOption(
  options: ParsedOptions,
  option: 'state' | 'type',
  known: readonly string[],
): string[] {
  const text = options.value(option);
  if (text === undefined || text === '') return [];
  const names = javaSplit(text, ',').map((word) =>
    known.find((name) => name.toLowerCase() === word.trim().toLowerCase()),
  );
  if (names.some((name) => name === undefined)) {
    const [noun, shown] = option === 'type' ? ['types', text.toLowerCase()] : ['state', text];
    throw new ToolError(
      `Invalid ${noun} list '${shown}'. Valid ${option}s are: ${known.join(', ')}`,
    );
  }
  return names as string[];
}
