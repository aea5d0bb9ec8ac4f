// A LayeredMap beside a plain Map that takes the same changes, drawn from a seed.
import { expect, it } from 'vitest';
import { LayeredMap } from '../../src/common/layered-map.ts';

it('holds what a plain map holds, through thousands of changes', () => {
  let seed = 7;
  const next = (bound: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * bound);
  };
  let layered: ReadonlyMap<number, string> = new Map();
  const plain = new Map<number, string>();
  for (let step = 0; step < 3000; step++) {
    const changes = new Map<number, string | undefined>();
    for (let i = next(3); i >= 0; i--)
      changes.set(next(500), next(3) === 0 ? undefined : `${step}`);
    layered = LayeredMap.with(layered, changes);
    for (const [key, value] of changes) {
      if (value === undefined) plain.delete(key);
      else plain.set(key, value);
    }
    const key = next(500);
    expect(layered.get(key)).toBe(plain.get(key));
    expect(layered.has(key)).toBe(plain.has(key));
    expect(layered.size).toBe(plain.size);
  }
  expect(new Map(layered)).toEqual(plain);
  expect(new Set(layered.keys())).toEqual(new Set(plain.keys()));
  expect([...layered.values()].sort()).toEqual([...plain.values()].sort());
});

it('a successor leaves its predecessor alone', () => {
  const first = LayeredMap.with(new Map([['a', 1]]), new Map([['b', 2]]));
  const second = LayeredMap.with(first, new Map<string, number | undefined>([['a', undefined]]));
  expect([...first]).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect([...second]).toEqual([['b', 2]]);
});
