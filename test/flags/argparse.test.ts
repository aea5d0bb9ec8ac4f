// argparse4j's rules and texts, as kafka-storage.sh 4.3.1 printed them.

import { describe, expect, test } from 'vitest';
import { ArgparseHelpAsked, ArgparseRefusal, parseArgparse } from '../../src/flags/argparse.ts';
import { argparseError, argparseHelp } from '../../src/flags/argparse-help.ts';
import type { OptionTable } from '../../src/flags/option-table.ts';
import { METADATA_QUORUM_TABLE } from '../../src/flags/tables/metadata-quorum.ts';

const CONFIG = {
  name: 'config',
  aliases: ['c'],
  description: 'The Kafka configuration file to use.',
  argument: {},
  required: true,
};

const TABLE: OptionTable = {
  script: 'kafka-storage',
  command: 'storage',
  classNames: [],
  parser: 'argparse',
  description: 'The Kafka storage tool.',
  summary: 'A sample',
  options: [],
  subcommands: [
    {
      name: 'info',
      help: 'Get information about the Kafka log directories on this node.',
      options: [CONFIG],
    },
    {
      name: 'format',
      help: 'Format the Kafka log directories on this node.',
      options: [
        CONFIG,
        {
          name: 'cluster-id',
          aliases: ['t'],
          description: 'The cluster ID to use.',
          argument: {},
          required: true,
        },
        { name: 'ignore-formatted', aliases: ['g'], description: 'x' },
        {
          name: 'feature',
          aliases: ['f'],
          description:
            'The setting to use for a specific feature, in feature=level format. For example: `kraft.version=1`.',
          argument: { gathers: true },
        },
        { name: 'standalone', aliases: ['s'], description: 'x', excludes: 'quorum' },
        { name: 'no-initial-controllers', aliases: ['N'], description: 'x', excludes: 'quorum' },
        {
          name: 'initial-controllers',
          aliases: ['I'],
          description: 'x',
          argument: {},
          excludes: 'quorum',
        },
      ],
    },
    { name: 'random-uuid', help: 'Print a random UUID.', options: [] },
  ],
};

function refusal(...argv: string[]): string {
  return refusalOf(TABLE, ...argv);
}

function refusalOf(table: OptionTable, ...argv: string[]): string {
  try {
    parseArgparse(table, argv);
  } catch (error) {
    if (error instanceof ArgparseRefusal) return argparseError(table, error);
    throw error;
  }
  return 'accepted';
}

function parentTable(): OptionTable {
  return {
    script: 'kafka-things',
    command: 'things',
    classNames: [],
    parser: 'argparse',
    program: 'kafka-things.sh',
    description: '',
    summary: '',
    options: [{ name: 'server', description: '', argument: {}, required: true }],
    subcommands: [
      {
        name: 'describe',
        help: '',
        options: [
          { name: 'id', description: '', argument: {}, required: true },
          { name: 'count', description: '', argument: { type: 'Integer' } },
        ],
      },
      { name: 'describe-all', help: '', options: [] },
    ],
  };
}

function errorOf(table: OptionTable, argv: readonly string[]): string {
  try {
    parseArgparse(table, argv);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('an argparse4j command line', () => {
  test('takes long, short, attached and abbreviated forms', () => {
    for (const form of [
      ['-t', 'a'],
      ['-ta'],
      ['--cluster-id', 'a'],
      ['--cluster-id=a'],
      ['--clus', 'a'],
    ]) {
      const options = parseArgparse(TABLE, ['format', '-c', 'f', ...form]);
      expect([options.subcommand, options.value('cluster-id')]).toEqual(['format', 'a']);
    }
  });

  test('completes the beginning of a sub-command', () => {
    expect(parseArgparse(TABLE, ['rand']).subcommand).toBe('random-uuid');
  });

  test('keeps the last of a repeated option, and all of one that gathers', () => {
    const options = parseArgparse(TABLE, [
      ...['format', '-c', 'f', '-t', 'a', '-t', 'b'],
      ...['-f', 'x=1', '--feature', 'y=2'],
    ]);
    expect(options.value('cluster-id')).toBe('b');
    expect(options.values('feature')).toEqual(['x=1', 'y=2']);
  });

  test('says which usage a refusal belongs to', () => {
    expect(refusal('random-uuid', '--foo')).toBe(
      "usage: kafka-storage random-uuid [-h]\nkafka-storage: error: unrecognized arguments: '--foo'",
    );
    expect(refusal('info', 'extra')).toBe(
      "usage: kafka-storage info [-h] --config CONFIG\nkafka-storage: error: unrecognized arguments: 'extra'",
    );
    expect(refusal()).toBe(
      'usage: kafka-storage [-h] {info,format,random-uuid} ...\nkafka-storage: error: too few arguments',
    );
  });

  test('names a missing argument and a missing option', () => {
    expect(refusal('format', '--cluster-id')).toContain(
      'argument --cluster-id/-t: expected one argument',
    );
    expect(refusal('format', '-t', 'a')).toContain('argument --config/-c is required');
  });

  test('asks for what the parser above needs first, but only when nothing else is wrong', () => {
    const above = parentTable();
    const told = (...argv: string[]) => errorOf(above, argv);
    expect(told('describe')).toContain('argument --server is required');
    expect(told('--server', 'b', 'describe')).toContain('argument --id is required');
    expect(told('describe', '--nope')).toContain('unrecognized arguments');
    expect(told('describe', '--count', '2147483648')).toContain(
      `could not convert '2147483648' to Integer (For input string: "2147483648")`,
    );
  });

  test('takes no value for an option without one, no beginning that several share, nothing after --', () => {
    expect(refusal('format', '--help=x')).toContain(
      "argument -h/--help: ignore implicit argument 'x'",
    );
    const above = parentTable();
    const told = (...argv: string[]) => errorOf(above, argv);
    expect(told('des')).toBe('ambiguous command: des could match describe, describe-all');
    expect(told('')).toContain("invalid choice: '' (choose from 'describe', 'describe-all')");
    expect(told('--server', 'b', '--', 'describe')).toContain("unrecognized arguments: 'describe'");
  });

  test('shows the usage of the parser whose option is missing, not that of the sub-command', () => {
    for (const subcommand of ['describe', 'remove-controller']) {
      const [first] = refusalOf(METADATA_QUORUM_TABLE, subcommand).split('\n');
      expect(first).toBe('usage: kafka-metadata-quorum [-h] [--command-config COMMAND_CONFIG]');
    }
  });

  test('takes two dashes and a letter for the beginning of a name', () => {
    expect(refusalOf(METADATA_QUORUM_TABLE, 'describe', '--h')).toContain(
      'ambiguous option: --h  could match --help, --\nhuman-readable',
    );
  });

  test('justifies a long error as it wraps it', () => {
    expect(refusal('format', '-s', '-N')).toMatch(
      /kafka-storage: error: {2}argument {2}--no-initial-controllers\/-N: {2}not {2}allowed\nwith argument --standalone\/-s$/,
    );
  });

  test('wraps its usage between options', () => {
    expect(refusal('format', '-x')).toBe(
      `usage: kafka-storage format [-h] --config CONFIG --cluster-id CLUSTER_ID
                     [--ignore-formatted] [--feature FEATURE]
                     [--standalone | --no-initial-controllers |
                     --initial-controllers INITIAL_CONTROLLERS]
kafka-storage: error: unrecognized arguments: '-x'`,
    );
  });

  test('offers the nearest names for a misspelt one', () => {
    expect(refusal('format', '--standalne')).toMatch(/'\n\nDid you mean:\n\t--standalone$/);
    expect(refusal('format', '--nope')).toMatch(/\n\nDid you mean:\n\t--config\n\t--help$/);
    expect(refusal('formt')).toMatch(/\n\nDid you mean:\n\tformat$/);
    expect(refusal('polish')).not.toContain('Did you mean');
  });

  test('answers -h before anything else is looked at', () => {
    expect(() => parseArgparse(TABLE, ['format', '-h', '--foo'])).toThrow(ArgparseHelpAsked);
    expect(argparseHelp(TABLE, 'format')).toContain(`
  --config CONFIG, -c CONFIG
                         The Kafka configuration file to use.
`);
    expect(argparseHelp(TABLE, 'format')).toContain(`
  --feature FEATURE, -f FEATURE
                         The setting to  use  for  a  specific  feature, in
                         feature=level   format.   For   example:   \`kraft.
                         version=1\`.
`);
  });
});
