import { expect, test } from 'vitest';
import { sipKey } from '../../../src/common/siphash.ts';
import { OffsetMap } from '../../../src/log/cleaner/offset-map.ts';

const key = sipKey(Buffer.from('0123456789abcdef'));

test('remembers the last offset of each of many keys as it grows', () => {
  const map = new OffsetMap(40_000, key);
  const buffer = Buffer.alloc(8);
  const [start, end] = [2, 8];
  const put = (n: number, offset: number) => {
    buffer.writeUInt32BE(n, 4);
    map.put(buffer, start, end, offset);
  };
  for (let n = 0; n < 30_000; n++) put(n, n);
  for (let n = 0; n < 30_000; n += 3) put(n, 100_000 + n);
  expect([map.entryCount, map.latestOffset]).toEqual([30_000, 129_999 - 2]);
  for (let n = 0; n < 30_000; n++) {
    buffer.writeUInt32BE(n, 4);
    expect(map.get(buffer, start, end)).toBe(n % 3 === 0 ? 100_000 + n : n);
  }
  buffer.writeUInt32BE(30_000, 4);
  expect(map.get(buffer, start, end)).toBe(-1);
});

test('takes as many keys as it has slots, and no more', () => {
  const map = new OffsetMap(10, key);
  for (let n = 0; n < 10; n++) map.put(Buffer.from([n]), 0, 1, n);
  map.put(Buffer.from([3]), 0, 1, 77);
  expect(map.get(Buffer.from([3]), 0, 1)).toBe(77);
  expect(map.get(Buffer.from([11]), 0, 1)).toBe(-1);
  expect(() => map.put(Buffer.from([11]), 0, 1, 11)).toThrow('full');
});
