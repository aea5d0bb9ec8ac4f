import { describe, expect, test } from 'vitest';
import { CONSOLE_CONSUMER_TABLE } from '../../../src/flags/tables/console-consumer.ts';
import { BEGINNING, consumerOptions, END } from '../../../src/tools/console-consumer/options.ts';
import { type FakeOptions, fakeContext, parsed } from '../fake-context.ts';

const T = '--bootstrap-server b:1 --topic t';

function options(line: string, fake: FakeOptions = {}) {
  return consumerOptions(parsed(CONSOLE_CONSUMER_TABLE, line), fakeContext(fake));
}

describe("refused in Kafka's words", () => {
  test.each([
    ['--topic t', 'Missing required argument "[bootstrap-server]"'],
    [
      '--bootstrap-server b:1',
      'Exactly one of the following arguments is required: [topic], [include]',
    ],
    [`${T} --include x`, 'Exactly one of the following arguments is required: [topic], [include]'],
    [
      '--bootstrap-server b:1 --include u --partition 0',
      'The topic is required when partition is specified.',
    ],
    [`${T} --offset 3`, 'The partition is required when offset is specified.'],
    [
      `${T} --partition 0 --offset 3 --from-beginning`,
      'Options from-beginning and offset cannot be specified together.',
    ],
    [
      `${T} --partition 0 --offset -3`,
      "The provided offset value '-3' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.",
    ],
    [`${T} --partition first`, "Cannot parse argument 'first' of option partition"],
    [`${T} --group g --partition 0`, 'Options group and partition cannot be specified together.'],
    [`${T} --group x --command-property group.id=y`, "do not match. Detected group ids: 'x', 'y'"],
    [
      `${T} --consumer-property a=b --command-property c=d`,
      'Options --consumer-property and --command-property cannot be specified together.',
    ],
    [
      `${T} --from-beginning --command-property auto.offset.reset=latest`,
      "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest', please remove one option",
    ],
  ])('%s', (line, message) => {
    expect(() => options(line)).toThrow(message);
  });
});

test.each([
  ['', END],
  ['--from-beginning', BEGINNING],
  ['--partition 0 --offset Earliest', BEGINNING],
  ['--partition 0 --offset latest', END],
  ['--partition 0 --offset 42', 42],
])('%j begins at %i', (words, offset) => {
  expect(options(`${T} ${words}`.trim()).offset).toBe(offset);
});

describe("the consumer's properties", () => {
  test('without a group: a name of its own, and nothing is committed', () => {
    const { config } = options(T);
    expect(config.get('group.id')).toMatch(/^console-consumer-\d{1,5}$/);
    expect(config.get('enable.auto.commit')).toBe('false');
    expect(config.get('auto.offset.reset')).toBe('latest');
    expect(config.get('isolation.level')).toBe('read_uncommitted');
    expect(config.get('client.id')).toBe('console-consumer');
  });

  test("with a group commits are left to Kafka's default", () => {
    const { config } = options(`${T} --group g --from-beginning`);
    expect(config.get('group.id')).toBe('g');
    expect(config.has('enable.auto.commit')).toBe(false);
    expect(config.get('auto.offset.reset')).toBe('earliest');
  });

  test('the option wins over a property only when it is given', () => {
    const given = '--command-property isolation.level=read_committed';
    expect(options(`${T} ${given}`).config.get('isolation.level')).toBe('read_committed');
    const both = `${given} --isolation-level read_uncommitted`;
    expect(options(`${T} ${both}`).config.get('isolation.level')).toBe('read_uncommitted');
  });
});

test('a time-out below zero is none', () => {
  expect(options(`${T} --timeout-ms -5`).timeoutMs).toBe(Number.POSITIVE_INFINITY);
  expect(options(`${T} --timeout-ms 0`).timeoutMs).toBe(0);
});

test('old names are told about', async () => {
  const context = fakeContext();
  const line = `${T} --consumer-property auto.offset.reset=earliest`;
  const { config } = consumerOptions(parsed(CONSOLE_CONSUMER_TABLE, line), context);
  expect(config.get('auto.offset.reset')).toBe('earliest');
  expect(await context.stdoutText()).toBe(
    'Option --consumer-property is deprecated and will be removed in a future version. Use --command-property instead.\n',
  );
});

test('lenient callers need no server', () => {
  expect(options('--topic t', { manner: 'modern' }).topic).toBe('t');
});
