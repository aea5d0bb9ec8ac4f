// Which command lines kafka-consumer-groups.sh refuses, and in which words.

import { describe, expect, test } from 'vitest';
import { CONSUMER_GROUPS_TABLE } from '../../../src/flags/tables/consumer-groups.ts';
import { checkConsumerGroupsOptions } from '../../../src/tools/consumer-groups/checks.ts';
import { fakeContext, parsed } from '../fake-context.ts';

function check(line: string, context = fakeContext()): void {
  checkConsumerGroupsOptions(parsed(CONSUMER_GROUPS_TABLE, line), context);
}

describe('a command line', () => {
  test.each([
    ['--list', 'Missing required argument "[bootstrap-server]"'],
    [
      '--bootstrap-server b --list --describe',
      'Option [describe] takes one of these options: [group], [all-groups]',
    ],
    [
      '--bootstrap-server b --describe --group g --members --state',
      'Option [describe] takes at most one of these options: [members], [offsets], [state]',
    ],
    [
      '--bootstrap-server b --describe --group g --state Stable',
      'Option [describe] does not take a value for [state]',
    ],
    [
      '--bootstrap-server b --delete-offsets --group g',
      'Option [delete-offsets] takes the following options: [group], [topic]',
    ],
    [
      '--bootstrap-server b --reset-offsets --group g --dry-run --execute',
      'Option [reset-offsets] only accepts one of [execute] and [dry-run]',
    ],
    [
      '--bootstrap-server b --reset-offsets --group g --dry-run --to-latest --shift-by 1',
      'Option "[to-latest]" can\'t be used with option "[shift-by]"',
    ],
    [
      '--bootstrap-server b --list --group g',
      'Option "[group]" can\'t be used with option "[list]"',
    ],
    [
      '--bootstrap-server b',
      'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex',
    ],
  ])('%s is refused', (line, message) => {
    expect(() => check(line)).toThrow(message);
  });

  test('that only validates an expression needs no broker', () => {
    expect(() => check('--validate-regex a.*')).not.toThrow();
  });

  test('that resets without --execute or --dry-run is warned about in the exact manner only', () => {
    const line = '--bootstrap-server b --reset-offsets --group g --all-topics --to-latest';
    const exact = fakeContext();
    const modern = fakeContext({ manner: 'modern' });
    check(line, exact);
    check(line, modern);
    expect(exact.stderrLines).toHaveLength(1);
    expect(modern.stderrLines).toEqual([]);
  });
});
