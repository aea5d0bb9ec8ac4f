import { expect, test } from 'vitest';
import { parseOffsetSpec } from '../../../src/tools/get-offsets/offset-spec.ts';
import {
  type PartitionFilter,
  partitionRules,
  topicAndPartitions,
} from '../../../src/tools/get-offsets/partition-filter.ts';

function taken(filter: PartitionFilter): string[] {
  const all = ['a', 'ab', '__consumer_offsets'].flatMap((topic) =>
    [0, 1, 2].map((partition) => ({ topic, partition })),
  );
  return all.filter((p) => filter.allows(p.topic, p.partition)).map((p) => p.topic + p.partition);
}

test.each([
  ['a:0', ['a0']],
  ['a:1-', ['a1', 'a2']],
  ['a:-2', ['a0', 'a1']],
  ['a:1-2', ['a1']],
  ['a:2-1', []],
  ['a.*:0', ['a0', 'ab0']],
  [':0,ab', ['a0', 'ab0', 'ab1', 'ab2', '__consumer_offsets0']],
  ['a:', ['a0', 'a1', 'a2']],
])('the rules %s', (text, partitions) => {
  expect(taken(partitionRules(text))).toEqual(partitions);
});

test('a topic pattern with partitions', () => {
  expect(taken(topicAndPartitions('a', '0,2'))).toEqual(['a0', 'a2']);
  expect(taken(topicAndPartitions('ab|x', undefined))).toEqual(['ab0', 'ab1', 'ab2']);
  expect(taken(topicAndPartitions(undefined, ''))).toHaveLength(9);
});

test("what makes no sense is refused in Kafka's words", () => {
  expect(() => partitionRules('a:x')).toThrow(
    'org.apache.kafka.tools.TerseException: Invalid rule specification: a:x',
  );
  expect(() => partitionRules('a:99999999999')).toThrow('For input string: "99999999999"');
  expect(() => topicAndPartitions('a', 'zero')).toThrow(
    '--partitions expects a comma separated list of numeric partition ids, but received: zero',
  );
  expect(() => topicAndPartitions('[', undefined)).toThrow('[ is an invalid regex.');
});

test.each([
  ['latest', -1],
  ['-1', -1],
  ['earliest', -2],
  ['max-timestamp', -3],
  ['earliest-local', -4],
  ['latest-tiered', -5],
  ['earliest-pending-upload', -6],
  ['-6', -6],
  ['1700000000000', 1700000000000],
])('--time %s', (text, timestamp) => {
  expect(parseOffsetSpec(text)).toBe(timestamp);
});

test.each(['yesterday', 'LATEST', '', '99999999999999999999', 'toString'])(
  '--time %j is malformed',
  (text) => {
    expect(() => parseOffsetSpec(text)).toThrow(`Malformed time argument ${text}. Please use -1`);
  },
);
