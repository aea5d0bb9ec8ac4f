import { expect, test } from 'vitest';
import { parseOffsetFile } from '../../../src/tools/delete-records/offset-file.ts';

test('partitions with the offsets before which all goes', () => {
  const text = '{"partitions":[{"topic":"t","partition":1,"offset":-1}],"version":1}';
  expect(parseOffsetFile(text)).toEqual([{ topic: 't', partition: 1, beforeOffset: -1 }]);
  expect(parseOffsetFile('{"partitions":[]}')).toEqual([]);
  expect(parseOffsetFile('{"partitions":[],"note":"}\\"]"} what follows it')).toEqual([]);
});

const one = '{"topic":"t","partition":0,"offset":1}';
test.each([
  ['not json', 'The input string is not a valid JSON'],
  ['{"partitions":[],}', 'The input string is not a valid JSON'],
  ['', 'The input string is not a valid JSON'],
  [' ', 'Expected JSON object, received '],
  ['{"partitions":[],"version":1.0}', 'Expected `Integer` value, received 1.0'],
  [
    '[1.0,{"a":99999999999999999999}]',
    'Expected JSON object, received [1.0,{"a":99999999999999999999}]',
  ],
  [
    '{"partitions":[{"topic":"t","partition":0,"offset":99999999999999999999}]}',
    'Expected `Long` value, received ',
  ],
  ['5', 'Expected JSON object, received 5'],
  ['[]', 'Expected JSON object, received []'],
  ['{"topics":[]}', 'Missing partitions field'],
  ['{"partitions":[],"version":2}', 'Not supported version field value 2'],
  ['{"partitions":[],"version":"1"}', 'Expected `Integer` value, received "1"'],
  ['{"partitions":5}', 'Expected JSON array, received 5'],
  ['{"partitions":[5]}', 'Expected JSON object, received 5'],
  ['{"partitions":[{"partition":0,"offset":1}]}', 'No such field exists: `topic`'],
  ['{"partitions":[{"topic":5,"partition":0,"offset":1}]}', 'Expected `String` value, received 5'],
  [`{"partitions":[${one},${one}]}`, 'Offset json file contains duplicate topic partitions: t-0'],
])('%s', (text, message) => {
  expect(() => parseOffsetFile(text)).toThrow(message);
});
