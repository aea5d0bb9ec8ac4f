import { expect, test } from 'vitest';
import { LatestOffsets } from '../../../src/log/cleaner/latest-offsets.ts';

test('tells the latest offsets, and whether a range has one, across the bounds of words', () => {
  const start = 5_000_000_017;
  const offsets = [start, start + 31, start + 32, start + 64, start + 99];
  const latest = LatestOffsets.of(start, start + 100, offsets)!;
  for (let first = start; first < start + 100; first++) {
    expect(latest.has(first)).toBe(offsets.includes(first));
    for (let last = first; last < start + 100; last++) {
      const expected = offsets.some((offset) => offset >= first && offset <= last);
      if (latest.hasAny(first, last) !== expected) expect.fail(`[${first}, ${last}]`);
    }
  }
});

test('covers the dirty part, and nothing before or behind it', () => {
  const latest = LatestOffsets.of(10, 20, [12])!;
  expect([latest.covers(10, 19), latest.covers(9, 12), latest.covers(12, 20)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('is left out where the offsets are too far apart for a bit each', () => {
  expect(LatestOffsets.of(0, 2 ** 40, [1, 2 ** 39])).toBeUndefined();
});
