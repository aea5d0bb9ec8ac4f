// What Kafka's readers accept and refuse of each codec's framing, and the bound on what comes out.

import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { xxhash32 } from '../../src/common/xxhash32.ts';
import {
  Compression,
  type CompressionType,
  compress,
  decompress,
} from '../../src/records/compression/compression.ts';
import { DecompressedTooLargeError, DecompressionError } from '../../src/records/record-errors.ts';

const CODECS: [string, CompressionType][] = [
  ['gzip', Compression.GZIP],
  ['snappy', Compression.SNAPPY],
  ['lz4', Compression.LZ4],
  ['zstd', Compression.ZSTD],
];
const TEXT = Buffer.from('the quick brown fox jumps over the lazy dog. '.repeat(40));
const MAX = 1 << 24;

function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 12345;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

describe.each(CODECS)('%s', (_, codec) => {
  it.each([0, 1, 100, 32768, 32769, 65536, 65537, 300_000])('gives back %d bytes', (length) => {
    for (const plain of [noise(length), Buffer.alloc(length, 'abc')]) {
      expect(decompress(codec, compress(codec, plain), MAX).equals(plain)).toBe(true);
    }
  });

  it('refuses more than the bound, and takes exactly it', () => {
    const packed = compress(codec, Buffer.alloc(100_000));
    expect(decompress(codec, packed, 100_000)).toHaveLength(100_000);
    expect(() => decompress(codec, packed, 99_999)).toThrow(DecompressedTooLargeError);
  });

  it('refuses a bomb without making room for it', () => {
    const packed = compress(codec, Buffer.alloc(64 << 20));
    const before = process.memoryUsage();
    expect(() => decompress(codec, packed, 1 << 20)).toThrow(DecompressedTooLargeError);
    const { external, arrayBuffers } = process.memoryUsage();
    expect(external + arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(16 << 20);
  });

  it('refuses what is cut short anywhere, or gives back a beginning of it', () => {
    const packed = compress(codec, noise(2000));
    for (let length = 0; length < packed.length; length++) {
      try {
        const plain = decompress(codec, packed.subarray(0, length), MAX);
        expect(noise(2000).subarray(0, plain.length).equals(plain)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(DecompressionError);
      }
    }
  });

  it('survives any changed byte', () => {
    const packed = compress(codec, TEXT);
    for (let at = 0; at < packed.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = Buffer.from(packed);
        damaged[at]! ^= flip;
        try {
          decompress(codec, damaged, MAX);
        } catch (error) {
          expect(error).toBeInstanceOf(DecompressionError);
        }
      }
    }
  });
});

describe('gzip', () => {
  it('has the header that Java writes', () => {
    for (const level of [-1, 1, 9]) {
      const header = compress(Compression.GZIP, TEXT, level).subarray(0, 10).toString('hex');
      expect(header).toBe('1f8b08000000000000ff');
    }
  });

  it('reads several members and ignores what follows them', () => {
    const two = Buffer.concat([gzipSync('hello '), gzipSync('world')]);
    for (const junk of [
      '',
      'junk, more than a trailer long',
      '\x1f\x8b',
      '\x1f\x8b\x08',
      '\0\0\0',
    ]) {
      const bytes = Buffer.concat([two, Buffer.from(junk, 'latin1')]);
      expect(decompress(Compression.GZIP, bytes, MAX).toString()).toBe('hello world');
    }
  });

  it('reads headers with names, comments, extra fields and a checksum', () => {
    const plain = gzipSync('x');
    const header = Buffer.from('1f8b081e0000000000ff', 'hex');
    const extra = Buffer.from('0300616263', 'hex');
    const rest = Buffer.concat([extra, Buffer.from('name\0comment\0'), Buffer.from([1, 2])]);
    const bytes = Buffer.concat([header, rest, plain.subarray(10)]);
    expect(decompress(Compression.GZIP, bytes, MAX).toString()).toBe('x');
  });

  it('refuses a wrong checksum', () => {
    const packed = gzipSync(TEXT);
    packed[packed.length - 5]! ^= 1;
    expect(() => decompress(Compression.GZIP, packed, MAX)).toThrow(/checksum/);
  });
});

describe('snappy', () => {
  const packed = compress(Compression.SNAPPY, TEXT);
  const block = packed.subarray(20);

  it('has the xerial header and blocks of 32 KiB', () => {
    expect(packed.subarray(0, 16).toString('hex')).toBe('82534e41505059000000000100000001');
    expect(compress(Compression.SNAPPY, Buffer.alloc(0))).toHaveLength(16);
    const three = compress(Compression.SNAPPY, noise(70_000));
    let blocks = 0;
    for (let at = 16; at < three.length; at += 4 + three.readInt32BE(at)) blocks++;
    expect(blocks).toBe(3);
  });

  it('is read as a bare block too', () => {
    expect(decompress(Compression.SNAPPY, block, MAX).equals(TEXT)).toBe(true);
  });

  it('is read with other versions and a second header in mid-stream', () => {
    const other = Buffer.from(packed);
    other.writeInt32BE(7, 8);
    other.writeInt32BE(3, 12);
    expect(decompress(Compression.SNAPPY, other, MAX).equals(TEXT)).toBe(true);
    const twice = decompress(Compression.SNAPPY, Buffer.concat([packed, packed]), MAX);
    expect(twice.equals(Buffer.concat([TEXT, TEXT]))).toBe(true);
  });

  it('refuses a claim that its bytes cannot hold', () => {
    const claim = Buffer.from('ffffffff0f00000000', 'hex');
    expect(() => decompress(Compression.SNAPPY, claim, 0xffffffff)).toThrow(/claims 4294967295/);
    const negative = Buffer.concat([packed.subarray(0, 16), Buffer.from('ffffffff', 'hex')]);
    expect(() => decompress(Compression.SNAPPY, negative, MAX)).toThrow(DecompressionError);
  });
});

describe('lz4', () => {
  const packed = compress(Compression.LZ4, TEXT);

  /** The frame with another descriptor, and the header check that belongs to it. */
  function frame(flags: number, descriptor: number, rest: Buffer, extra = Buffer.alloc(0)): Buffer {
    const header = Buffer.concat([
      Buffer.from('04224d18', 'hex'),
      Buffer.from([flags, descriptor]),
      extra,
    ]);
    return Buffer.concat([header, Buffer.from([(xxhash32(header, 4) >>> 8) & 0xff]), rest]);
  }
  const blocks = packed.subarray(7);

  it('has Kafka’s frame header, also the odd one of magic 0', () => {
    expect(packed.subarray(0, 7).toString('hex')).toBe('04224d18604082');
    expect(compress(Compression.LZ4, TEXT, 9, 0).subarray(0, 7).toString('hex')).toBe(
      '04224d1860401a',
    );
    expect(packed.subarray(-4).toString('hex')).toBe('00000000');
  });

  it('is read with any block size, a content size and a content checksum', () => {
    for (const descriptor of [0x40, 0x50, 0x60, 0x70]) {
      expect(decompress(Compression.LZ4, frame(0x60, descriptor, blocks), MAX).equals(TEXT)).toBe(
        true,
      );
    }
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(TEXT.length));
    expect(decompress(Compression.LZ4, frame(0x68, 0x40, blocks, size), MAX).equals(TEXT)).toBe(
      true,
    );
    const sum = Buffer.concat([blocks, Buffer.from('deadbeef', 'hex')]);
    expect(decompress(Compression.LZ4, frame(0x64, 0x40, sum), MAX).equals(TEXT)).toBe(true);
  });

  it('checks block checksums', () => {
    const length = blocks.readInt32LE(0);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(xxhash32(blocks, 4, 4 + length));
    const checked = Buffer.concat([blocks.subarray(0, 4 + length), sum, Buffer.alloc(4)]);
    expect(decompress(Compression.LZ4, frame(0x70, 0x40, checked), MAX).equals(TEXT)).toBe(true);
    checked[4 + length]! ^= 1;
    expect(() => decompress(Compression.LZ4, frame(0x70, 0x40, checked), MAX)).toThrow(/checksum/);
  });

  it('refuses dependent blocks, legacy frames, a missing end mark and a wrong header check', () => {
    expect(() => decompress(Compression.LZ4, frame(0x40, 0x40, blocks), MAX)).toThrow(/dependent/);
    const legacy = Buffer.concat([Buffer.from('02214c18', 'hex'), blocks]);
    expect(() => decompress(Compression.LZ4, legacy, MAX)).toThrow(/magic/);
    expect(() => decompress(Compression.LZ4, packed.subarray(0, -4), MAX)).toThrow(/end mark/);
    const wrong = Buffer.from(packed);
    wrong[6]! ^= 1;
    expect(() => decompress(Compression.LZ4, wrong, MAX)).toThrow(/header checksum/);
    expect(decompress(Compression.LZ4, wrong, MAX, 0).equals(TEXT)).toBe(true);
  });

  it('ignores what follows the end mark', () => {
    expect(decompress(Compression.LZ4, Buffer.concat([packed, packed]), MAX).equals(TEXT)).toBe(
      true,
    );
  });
});

describe('zstd', () => {
  it('is read in several frames', () => {
    const two = Buffer.concat([zstdCompressSync('hello '), zstdCompressSync('world')]);
    expect(decompress(Compression.ZSTD, two, MAX).toString()).toBe('hello world');
  });

  it('refuses what follows its frames', () => {
    const junk = Buffer.concat([zstdCompressSync('hello '), Buffer.from('junk')]);
    expect(() => decompress(Compression.ZSTD, junk, MAX)).toThrow(/no frame header at byte 15/);
  });

  it('is read as the empty stream that Java writes', () => {
    const empty = Buffer.from('28b52ffd2000010000', 'hex');
    expect(decompress(Compression.ZSTD, empty, MAX)).toHaveLength(0);
  });

  it('takes the levels of Kafka', () => {
    for (const level of [-131072, -1, 0, 3, 22]) {
      const packed = compress(Compression.ZSTD, TEXT, level);
      expect(decompress(Compression.ZSTD, packed, MAX).equals(TEXT)).toBe(true);
    }
  });
});

it('refuses a codec that doesn’t exist', () => {
  for (const type of [5, 6, 7])
    expect(() => decompress(type, TEXT, MAX)).toThrow(DecompressionError);
});
