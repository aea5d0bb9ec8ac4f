import { expect, test } from 'vitest';
import { appendAll } from '../../src/common/append-all.ts';

test('a list grows by more items than a call takes arguments', () => {
  const items = Array.from({ length: 200_000 }, (_, n) => n);
  const list = [-1];
  expect(() => list.push(...items)).toThrow(RangeError);
  appendAll(list, items);
  expect(list).toHaveLength(200_001);
  expect(list.at(-1)).toBe(199_999);
});
