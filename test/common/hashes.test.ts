import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/common/crc32.ts';
import { crc32c } from '../../src/common/crc32c.ts';
import { readInt64, writeInt64 } from '../../src/common/int64.ts';
import { murmur2, partitionForKey } from '../../src/common/murmur2.ts';
import { xxhash32 } from '../../src/common/xxhash32.ts';

describe('checksums of known input', () => {
  it.each([
    ['', 0x00000000, 0x00000000],
    ['61', 0xc1d04330, 0xe8b7be43],
    ['313233343536373839', 0xe3069283, 0xcbf43926],
    ['00'.repeat(32), 0x8a9136aa, 0x190a55ad],
    ['ff'.repeat(32), 0x62a8ab43, 0xff6cab0b],
  ])('%s', (hex, castagnoli, ieee) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(crc32c(bytes)).toBe(castagnoli);
    expect(crc32(bytes)).toBe(ieee);
  });

  it('xxHash32', () => {
    expect(xxhash32(Buffer.from(''))).toBe(0x02cc5d05);
    expect(xxhash32(Buffer.from('a'))).toBe(0x550d7456);
    expect(xxhash32(Buffer.from('abc'))).toBe(0x32d153ff);
    expect(xxhash32(Buffer.from('Nobody inspects the spammish repetition'))).toBe(0xe2293b2f);
  });
});

describe('murmur2 as Kafka’s partitioner computes it', () => {
  it.each([
    ['', 275646681, 31],
    ['61', -1563381124, 24],
    ['6162', 316155434, 34],
    ['616263', 479470107, 7],
    ['61626364', -1323649548, 0],
    ['6162636465', 461995741, 41],
    ['6b61666b61', -798503068, 30],
    ['c3a9e6bca2f09f9880', 344455774, 24],
    ['ff80007ffe', 768357719, 19],
  ])('%s', (hex, hash, partition) => {
    const bytes = Buffer.from(`ee${hex}ee`, 'hex');
    expect(murmur2(bytes, 1, bytes.length - 1)).toBe(hash);
    expect(partitionForKey(bytes, 1, bytes.length - 1, 50)).toBe(partition);
  });
});

it('int64 is exact within 2^53 and saturates beyond', () => {
  const b = Buffer.alloc(8);
  for (const value of [0, 1, -1, 2 ** 32, -(2 ** 32) - 5, 2 ** 53 - 1, -(2 ** 53) + 1]) {
    writeInt64(b, 0, value);
    expect(Number(b.readBigInt64BE())).toBe(value);
    expect(readInt64(b, 0)).toBe(value);
  }
  writeInt64(b, 0, 2 ** 63);
  expect(b.toString('hex')).toBe('7fffffffffffffff');
  writeInt64(b, 0, -(2 ** 63));
  expect(b.toString('hex')).toBe('8000000000000000');
});
