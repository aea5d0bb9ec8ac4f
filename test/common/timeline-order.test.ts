// The order of Kafka's timeline tables. The expected orders are those in which Apache Kafka 4.3.1 lists a group's offsets.

import { expect, test } from 'vitest';
import { javaHashCode } from '../../src/common/java-hash.ts';
import { timelineOrder } from '../../src/common/timeline-order.ts';

test('goes by a hash, not by what came first', () => {
  expect(timelineOrder(['a', 'b'], javaHashCode)).toEqual(['b', 'a']);
  expect(timelineOrder(['a', 'b', 'c'], javaHashCode)).toEqual(['c', 'b', 'a']);
  expect(timelineOrder(['c', 'a', 'b'], javaHashCode)).toEqual(['c', 'b', 'a']);
});

test('gives back first what came last into a slot', () => {
  expect(timelineOrder(['b', 'a'], javaHashCode)).toEqual(['a', 'b']);
  const same = () => 7;
  expect(timelineOrder(['x', 'y', 'z'], same)).toEqual(['z', 'y', 'x']);
});

test('of nothing is nothing', () => {
  expect(timelineOrder([], javaHashCode)).toEqual([]);
});
