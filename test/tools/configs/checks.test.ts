import { describe, expect, test } from 'vitest';
import { CONFIGS_TABLE } from '../../../src/flags/tables/configs.ts';
import { checkConfigsOptions } from '../../../src/tools/configs/checks.ts';
import { entitiesOf } from '../../../src/tools/configs/entities.ts';
import { type FakeOptions, fakeContext, parsed } from '../fake-context.ts';

const B = '--bootstrap-server b:1';

async function complaint(line: string, options: FakeOptions = {}): Promise<string | undefined> {
  try {
    await checkConfigsOptions(parsed(CONFIGS_TABLE, line), fakeContext(options));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a command line', () => {
  test.each([
    [`${B} --describe --topic t`, undefined],
    [`${B} --describe --entity-type topics`, undefined],
    [`${B} --describe --user u --client c`, undefined],
    [`${B} --topic t`, 'Command must include exactly one action: --describe, --alter'],
    [
      `${B} --describe --topic t --add-config a=b`,
      'Option "[describe]" can\'t be used with option "[add-config]"',
    ],
    [
      '--describe --topic t',
      'Either --bootstrap-server or --bootstrap-controller must be specified.',
    ],
    [
      `${B} --describe --entity-type users --entity-type ips`,
      "Only 'users' and 'clients' entity types may be specified together",
    ],
    [
      `${B} --describe --entity-default --user u`,
      '--entity-{type,name,default} should not be used in conjunction with specific entity flags',
    ],
    [
      `${B} --describe --broker 99999999999`,
      'The entity name for brokers must be a valid integer broker id, but it is: 99999999999',
    ],
    [
      `${B} --describe --entity-type groups --entity-default`,
      '--entity-default must not be specified with --describe of groups',
    ],
    [
      `${B} --alter --entity-type users --add-config a=b`,
      'An entity-name or default entity must be specified with --alter of users, clients, brokers or ips',
    ],
    [
      `${B} --alter --broker-defaults`,
      'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter',
    ],
  ])('%s', async (line, expected) => {
    expect(await complaint(line)).toBe(expected);
  });

  test('needs no bootstrap server where one is found', async () => {
    expect(await complaint('--describe --topic t', { manner: 'modern' })).toBeUndefined();
  });
});

test('names and defaults keep the order in which they were given', () => {
  const line =
    '--entity-type users --entity-default --entity-type clients --entity-name app --entity-name b';
  expect(entitiesOf(parsed(CONFIGS_TABLE, line))).toEqual({
    types: ['users', 'clients'],
    names: ['', 'app', 'b'],
  });
});
