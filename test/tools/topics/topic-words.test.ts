import { expect, test } from 'vitest';
import { parseReplicaAssignment } from '../../../src/tools/topics/replica-assignment.ts';
import { parseTopicConfigs } from '../../../src/tools/topics/topic-config-words.ts';

test.each([
  [
    '1:2,2:3',
    [
      [1, 2],
      [2, 3],
    ],
  ],
  ['1', [[1]]],
  ['1, 1', [[1], [1]]],
  ['1,1,', [[1], [1]]],
  ['', []],
])('the assignment %j', (text, assignments) => {
  expect(parseReplicaAssignment(text)).toEqual(assignments);
});

test.each([
  ['1:1', 'Partition replica lists may not contain duplicate entries: 1'],
  ['1,1:2', 'Partition 1 has different replication factor: [1, 2]'],
  ['1:a', 'For input string: "a"'],
  ['1,,1', 'For input string: ""'],
])('the assignment %j is refused', (text, message) => {
  expect(() => parseReplicaAssignment(text)).toThrow(message);
});

test('of a config given twice the last counts', () => {
  const configs = parseTopicConfigs(['retention.ms=1000', 'retention.ms = 2000']);
  expect([...configs]).toEqual([['retention.ms', '2000']]);
});

test.each([
  ['retention.ms', 'all configs to be added must be in the format "key=val".'],
  ['retention.ms=', 'all configs to be added must be in the format "key=val".'],
  ['a=b=c', 'all configs to be added must be in the format "key=val".'],
  ['no.such.config=1', 'Unknown topic config name: no.such.config'],
  [
    'retention.ms=soon',
    'Invalid value soon for configuration retention.ms: Not a number of type LONG',
  ],
])('the config %j is refused', (word, message) => {
  expect(() => parseTopicConfigs([word])).toThrow(message);
});

test('a compaction lag whose least is above its most is refused', () => {
  expect(() => parseTopicConfigs(['min.compaction.lag.ms=10', 'max.compaction.lag.ms=5'])).toThrow(
    'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
  );
});
