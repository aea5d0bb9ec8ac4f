import { describe, expect, test } from 'vitest';
import { TOPICS_TABLE } from '../../../src/flags/tables/topics.ts';
import { checkTopicsOptions } from '../../../src/tools/topics/checks.ts';
import { type FakeOptions, fakeContext, parsed } from '../fake-context.ts';

const B = '--bootstrap-server b:1';

function complaint(line: string, options: FakeOptions = {}): string | undefined {
  try {
    checkTopicsOptions(parsed(TOPICS_TABLE, line), fakeContext(options));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('exact', () => {
  test.each([
    [`${B} --list`, undefined],
    [
      B,
      'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
    ],
    ['--list', '--bootstrap-server must be specified'],
    [`${B} --create`, 'Missing required argument "[topic]"'],
    [`${B} --alter --topic t`, 'Missing required argument "[partitions]"'],
    [`${B} --describe --if-exists`, '--topic or --topic-id is required to describe a topic'],
    [
      `${B} --alter --topic t --config a=b`,
      'Option combination "[[bootstrap-server], [config]]" can\'t be used with option "[alter]" (To alter topic configurations, the kafka-configs tool can be used.)',
    ],
    [
      `${B} --create --topic t --replica-assignment 1 --partitions 1`,
      'Option "[replica-assignment]" can\'t be used with option "[partitions]"',
    ],
    [
      `${B} --describe --under-replicated-partitions --topics-with-overrides`,
      'Option "[under-replicated-partitions]" can\'t be used with option "[topics-with-overrides]"',
    ],
    [`${B} --describe --under-replicated-partitions --unavailable-partitions`, undefined],
    [
      `${B} --delete --topic t --exclude-internal`,
      'Option "[exclude-internal]" can\'t be used with option "[delete]"',
    ],
    [
      `${B} --create --topic t --if-exists`,
      'Option "[if-exists]" can\'t be used with option "[create]"',
    ],
  ])('%s', (line, message) => {
    expect(complaint(line)).toBe(message);
  });
});

test('the exact manner says on stderr that --delete-config is no more, the others take it', () => {
  const told = (options: FakeOptions): string[] => {
    const context = fakeContext(options);
    try {
      checkTopicsOptions(parsed(TOPICS_TABLE, `${B} --alter --topic t --delete-config a`), context);
    } catch {
      // It is refused besides, as every change of configs.
    }
    return context.stderrLines;
  };
  expect(told({})).toEqual([expect.stringMatching(/^delete-config option is no longer supported/)]);
  expect(told({ isLenient: true })).toEqual([]);
});

test('lenient callers change configs with --alter and need no server', () => {
  const lenient = { isLenient: true };
  expect(complaint('--alter --topic t --config a=b', lenient)).toBeUndefined();
  expect(complaint('--alter --topic t --delete-config a', lenient)).toBeUndefined();
  expect(complaint('--alter --topic t', lenient)).toBe('Missing required argument "[partitions]"');
  expect(complaint('--delete --topic t --config a=b', lenient)).toBe(
    'Option "[config]" can\'t be used with option "[delete]"',
  );
});
