// jopt-simple's rules, each as kafka-topics.sh and its kin showed them.

import { describe, expect, test } from 'vitest';
import { parseJopt } from '../../src/flags/jopt.ts';
import type { OptionTable } from '../../src/flags/option-table.ts';
import { CommandLineError } from '../../src/flags/parsed-options.ts';

const TABLE: OptionTable = {
  script: 'kafka-sample',
  command: 'sample',
  classNames: [],
  parser: 'jopt',
  description: 'A sample.',
  summary: 'A sample',
  options: [
    { name: 'list', description: '' },
    { name: 'topic', description: '', argument: { type: 'String' } },
    { name: 'shift-by', description: '', argument: { type: 'Long' } },
    { name: 'partitions', description: '', argument: { type: 'Integer', defaults: ['1'] } },
    { name: 'state', description: '', argument: { optional: true } },
    { name: 'timeout', description: '', argument: { type: 'Integer', optional: true } },
    { name: 'brokers', description: '', argument: { separator: ',' } },
    { name: 'property', aliases: ['p'], description: '', argument: {} },
    { name: 'v', description: '' },
  ],
};

function parse(...argv: string[]) {
  return parseJopt(TABLE, argv);
}

describe('a jopt-simple command line', () => {
  test('takes an argument after a space or an equals sign, with one dash or two', () => {
    for (const form of [['--topic', 'a'], ['--topic=a'], ['-topic', 'a'], ['-topic=a']]) {
      expect(parse(...form).value('topic')).toBe('a');
    }
  });

  test('takes whatever comes next as a required argument', () => {
    expect(parse('--shift-by', '-2').long('shift-by')).toBe(-2);
    expect(parse('--topic', '--list').has('list')).toBe(false);
  });

  test('knows no abbreviations', () => {
    expect(() => parse('--topi', 'a')).toThrow('topi is not a recognized option');
  });

  test('reads an unknown word with one dash as letters', () => {
    expect(() => parse('-describe')).toThrow('d is not a recognized option');
    expect(parse('-vpa=b').value('property')).toBe('a=b');
  });

  test('refuses an option at the end without its argument', () => {
    expect(() => parse('--topic')).toThrow('Option topic requires an argument');
  });

  test('lets an optional argument be left out before another option', () => {
    const options = parse('--state', '--list');
    expect([options.has('state'), options.value('state'), options.has('list')]).toEqual([
      true,
      undefined,
      true,
    ]);
    expect(parse('--state', 'Empty').value('state')).toBe('Empty');
  });

  test('takes a negative number as an optional argument only where a number is meant', () => {
    expect(parse('--timeout', '-1').integer('timeout')).toBe(-1);
    expect(() => parse('--state', '-1')).toThrow('1 is not a recognized option');
  });

  test('ignores a value given to a switch', () => {
    expect(parse('--list=x').has('list')).toBe(true);
  });

  test('keeps stray words aside, and all words after --', () => {
    const options = parse('junk', '--list', '--', '--topic');
    expect(options.words).toEqual(['junk', '--topic']);
    expect(options.has('topic')).toBe(false);
  });

  test('collects a repeated option, and refuses it where one is asked for', () => {
    const options = parse('--topic', 'a', '--topic', 'b');
    expect(options.values('topic')).toEqual(['a', 'b']);
    expect(() => options.value('topic')).toThrow(
      'Found multiple arguments for option topic, but you asked for only one',
    );
  });

  test('splits an argument at its separator', () => {
    expect(parse('--brokers', '1,,2').values('brokers')).toEqual(['1', '2']);
    expect(parse('--brokers', ',').values('brokers')).toEqual([',']);
  });

  test('converts when asked, and names what it could not convert', () => {
    expect(parse().integer('partitions')).toBe(1);
    expect(parse().has('partitions')).toBe(false);
    expect(() => parse('--partitions', 'few').integer('partitions')).toThrow(
      "Cannot parse argument 'few' of option partitions",
    );
    expect(() => parse('--partitions', 'few').integer('partitions')).toThrow(
      expect.objectContaining({
        cause: expect.objectContaining({
          message: 'java.lang.NumberFormatException: For input string: "few"',
          exception: 'joptsimple.internal.ReflectionException',
          cause: expect.objectContaining({ exception: 'java.lang.NumberFormatException' }),
        }),
      }),
    );
    expect(() => parse('--partitions', '2147483648').integer('partitions')).toThrow(
      CommandLineError,
    );
  });

  test('refuses options that only make sense beside others', () => {
    const table = {
      ...TABLE,
      options: [
        { name: 'help', description: '' },
        { name: 'describe', description: '' },
        { name: 'members', description: '', availableIf: ['describe'] },
        { name: 'verbose', description: '', availableIf: ['describe'] },
      ],
    };
    expect(() => parseJopt(table, ['--verbose', '--members'])).toThrow(
      'Option(s) [members, verbose] are unavailable given other options on the command line',
    );
    expect(parseJopt(table, ['--verbose', '--describe']).has('verbose')).toBe(true);
    expect(parseJopt(table, ['--verbose', '--help']).has('help')).toBe(true);
  });

  test('lists the required options that are missing', () => {
    const table = {
      ...TABLE,
      options: [
        { name: 'help', description: '' },
        { name: 'group', description: '', argument: {}, required: true },
        { name: 'file', aliases: ['f'], description: '', argument: {}, required: true },
      ],
    };
    expect(() => parseJopt(table, [])).toThrow('Missing required option(s) [group, f/file]');
    expect(parseJopt(table, ['--help']).has('help')).toBe(true);
  });
});
