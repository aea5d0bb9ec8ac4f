// The CSV of --export and --from-file.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvLine, readPlan } from '../../../../src/tools/support/groups/csv-plan.ts';
import { type FakeContext, fakeContext } from '../../fake-context.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafta-csv-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, ...groups: string[]) {
  return readWith(fakeContext(), text, groups);
}

function readWith(context: FakeContext, text: string, groups: readonly string[]) {
  const file = join(folder, 'plan.csv');
  writeFileSync(file, text);
  return readPlan(context, file, groups);
}

describe('a plan from a file', () => {
  test('for one group names no group', () => {
    expect(read('t,0,5\nt,1,7\n', 'g')).toEqual(
      new Map([
        [
          'g',
          [
            { topic: 't', partition: 0, offset: 5 },
            { topic: 't', partition: 1, offset: 7 },
          ],
        ],
      ]),
    );
  });

  test('for several groups names the group first', () => {
    expect([...read('g,t,0,1\nh,"t",1,2\n', 'g', 'h').keys()]).toEqual(['g', 'h']);
  });

  test('for one group may name it all the same', () => {
    expect(read('g,t,0,1\n', 'g').get('g')).toEqual([{ topic: 't', partition: 0, offset: 1 }]);
  });

  test('takes a missing offset for 0', () => {
    expect(read('t,0\n', 'g').get('g')).toEqual([{ topic: 't', partition: 0, offset: 0 }]);
  });

  test('tells where a partition is no number', () => {
    expect(() => read('g,t,yy,1\n', 'g', 'h')).toThrow(
      'com.fasterxml.jackson.databind.exc.InvalidFormatException: Cannot deserialize value of type `int` from String "yy": not a valid `int` value\n' +
        ' at [Source: (StringReader); line: 1, column: 5]',
    );
  });

  test('tells of too many columns', () => {
    expect(() => read('g,t,1,1,5\n', 'g', 'h')).toThrow(
      'Too many entries: expected at most 4 (value #4 (1 chars) "5")\n at [Source: (StringReader); line: 1, column: 9]',
    );
  });

  test('must not be empty', () => {
    expect(() => read('', 'g')).toThrow('No content to map due to end-of-input');
  });

  test('of nothing but line ends has no offsets', () => {
    expect(read('\n\n', 'g')).toEqual(new Map());
  });

  test('must close its quotes', () => {
    expect(() => read('"t,0,1\n', 'g')).toThrow(
      'com.fasterxml.jackson.core.JsonParseException: Missing closing quote for value\n' +
        ' at [Source: (StringReader); line: 1, column: 7]',
    );
  });

  test('has no negative offsets', () => {
    expect(() => read('t,0,-1\n', 'g')).toThrow('Invalid negative offset');
  });

  test('for several groups leaves on stderr why it is not for one, in the exact manner alone', () => {
    const exact = fakeContext();
    readWith(exact, 'g,t,0,1\n', ['g']);
    expect(exact.stderrLines.join('\n')).toMatch(
      /^com\.fasterxml\.jackson\.databind\.exc\.InvalidFormatException: Cannot deserialize value of type `int` from String "t"/,
    );
    const modern = fakeContext({ manner: 'modern' });
    readWith(modern, 'g,t,0,1\n', ['g']);
    expect(modern.stderrLines).toEqual([]);
  });

  test('must be readable', () => {
    expect(() => readPlan(fakeContext(), join(folder, 'none.csv'), ['g'])).toThrow(
      `java.io.IOException: Unable to read file ${join(folder, 'none.csv')}`,
    );
  });
});

describe('an exported line', () => {
  test('quotes what is long or has odd characters', () => {
    const offset = { partition: 0, offset: 3 };
    expect(csvLine(undefined, { topic: 't', ...offset })).toBe('t,0,3');
    expect(csvLine('g g', { topic: 't', ...offset })).toBe('"g g",t,0,3');
    expect(csvLine('g', { topic: 'a-topic-with-a-name-of-30-chars', ...offset })).toBe(
      'g,"a-topic-with-a-name-of-30-chars",0,3',
    );
  });
});
