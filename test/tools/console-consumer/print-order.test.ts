// The order of Apache Kafka's own console consumer, seen with topics s, a.b, zz and b, and partitions of one topic.

import { expect, test } from 'vitest';
import { inPrintOrder } from '../../../src/tools/console-consumer/print-order.ts';

const batch = (topic: string, partition: number, fromOffset = 0) => ({
  topic,
  partition,
  fromOffset,
});

test('topics come as Java hashes them, not by name', () => {
  const batches = ['a.b', 'b', 's', 'zz'].map((topic) => batch(topic, 0));
  expect(inPrintOrder(batches).map(({ topic }) => topic)).toEqual(['zz', 'b', 's', 'a.b']);
});

test('partitions of a topic come as Java hashes them', () => {
  const batches = [0, 1, 2].map((partition) => batch('b', partition));
  expect(inPrintOrder(batches).map(({ partition }) => partition)).toEqual([2, 1, 0]);
});

test('batches of one partition stay together and in order', () => {
  const batches = [batch('b', 0), batch('b', 1), batch('b', 0, 5), batch('b', 1, 3)];
  expect(inPrintOrder(batches)).toEqual([
    batch('b', 1),
    batch('b', 1, 3),
    batch('b', 0),
    batch('b', 0, 5),
  ]);
});

test('a poll of one partition stays as it is', () => {
  const batches = [batch('b', 0), batch('b', 0, 5)];
  expect(inPrintOrder(batches)).toBe(batches);
});
