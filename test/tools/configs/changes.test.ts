import { describe, expect, test } from 'vitest';
import { parseJopt } from '../../../src/flags/jopt.ts';
import { CONFIGS_TABLE } from '../../../src/flags/tables/configs.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { parseChanges } from '../../../src/tools/configs/changes.ts';

const added = (text: string) =>
  Object.fromEntries(
    parseChanges(parseJopt(CONFIGS_TABLE, ['--add-config', text]), nodeIo()).added,
  );

describe('--add-config', () => {
  test.each([
    ['a=1,b=2', { a: '1', b: '2' }],
    ['a = 1, b=2 ', { a: '1', b: '2' }],
    ['a=[x,y],b=2', { a: 'x,y', b: '2' }],
    ['S=[iterations=8192,password=p]', { S: 'iterations=8192,password=p' }],
    ['a=', { a: '' }],
    ['a=1,', { a: '1' }],
  ])('%s', (text, expected) => {
    expect(added(text)).toEqual(expected);
  });

  test.each(['a', 'a=1=2', '', 'a=1,b'])('refuses %j', (text) => {
    expect(() => added(text)).toThrow('requirement failed: Invalid entity config');
  });

  test('refuses a name with strange characters', () => {
    expect(() => added('a!=1')).toThrow('Invalid character found for config key: a!');
  });
});

test('--delete-config takes several names at once', () => {
  const options = parseJopt(CONFIGS_TABLE, ['--delete-config', 'a, b', '--delete-config', 'c']);
  expect(parseChanges(options, nodeIo()).deleted).toEqual(['a', 'b', 'c']);
});
