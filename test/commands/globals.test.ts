import { describe, expect, test } from 'vitest';
import { takeGlobals } from '../../src/commands/support/globals.ts';
import type { OptionTable } from '../../src/flags/option-table.ts';

const TABLE: OptionTable = {
  script: 'kafka-sample',
  command: 'sample',
  classNames: [],
  parser: 'jopt',
  description: '',
  summary: '',
  options: [
    { name: 'topic', description: '', argument: {} },
    { name: 'verbose', description: '' },
  ],
};

describe("kafta's own options", () => {
  test('are taken off the line wherever they stand, in either form', () => {
    const found = takeGlobals(TABLE, ['--output', 'json', '--topic', 'a', '--cluster=it', 'x']);
    expect(found).toMatchObject({ output: 'json', cluster: 'it', words: ['--topic', 'a', 'x'] });
  });

  test("leave a script's own option of the same name alone", () => {
    const found = takeGlobals(TABLE, ['--verbose']);
    expect(found).toMatchObject({ isVerbose: false, words: ['--verbose'] });
  });

  test('are no options where they are arguments, or after --', () => {
    const found = takeGlobals(TABLE, ['--topic', '--no-input', '--', '--no-input']);
    expect(found).toMatchObject({
      mayAsk: true,
      words: ['--topic', '--no-input', '--', '--no-input'],
    });
  });

  test('are refused with a format that is none, or without an argument', () => {
    expect(() => takeGlobals(TABLE, ['--output', 'xml'])).toThrow(
      "--output must be one of kafka, table, json, yaml, not 'xml'",
    );
    expect(() => takeGlobals(TABLE, ['--cluster'])).toThrow('Option cluster requires an argument');
  });
});
