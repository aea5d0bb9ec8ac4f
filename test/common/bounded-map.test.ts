// Work over a list with a bound on what is under way.

import { expect, test } from 'vitest';
import { mapBounded } from '../../src/common/bounded-map.ts';

test('no more than the bound is under way, and all of it when there is room', async () => {
  const ends: (() => void)[] = [];
  let begun = 0;
  const mapping = mapBounded([1, 2, 3, 4, 5], 2, async (item) => {
    begun++;
    await new Promise<void>((settle) => ends.push(settle));
    return item * 10;
  });
  for (let ended = 0; ended < 5; ended++) {
    expect(begun).toBe(Math.min(5, ended + 2));
    ends[ended]!();
    await new Promise(setImmediate);
  }
  expect(await mapping).toEqual([10, 20, 30, 40, 50]);
});

test('results keep the order of the list whatever ends first', async () => {
  const results = await mapBounded([3, 1, 2], 3, async (turns) => {
    for (let turn = 0; turn < turns; turn++) await null;
    return turns;
  });
  expect(results).toEqual([3, 1, 2]);
});

test('an empty list needs no work, and a failure is the whole one', async () => {
  expect(await mapBounded([], 3, async () => 1)).toEqual([]);
  const failing = mapBounded([1, 2], 1, async (item) => {
    if (item === 2) throw new Error('two');
  });
  await expect(failing).rejects.toThrow('two');
});
