// Views over a batch, the cursor and the builder, on whole, partial and hostile bytes.

import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../src/common/buffer-pool.ts';
import { crc32c } from '../../src/common/crc32c.ts';
import {
  baseOffset,
  baseTimestamp,
  CorruptRecordError,
  completeBatchBytes,
  ensureValid,
  forEachBatch,
  lastOffset,
  maxTimestamp,
  partitionLeaderEpoch,
  setBaseOffset,
  setLastOffset,
  setMaxTimestamp,
  setPartitionLeaderEpoch,
  setProducerState,
  sizeInBytes,
  TimestampType,
  timestampType,
  verifyCrc,
} from '../../src/records/record-batch.ts';
import {
  batchSizeUpperBound,
  buildBatch,
  RecordBatchBuilder,
} from '../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';

function sample(count = 3): Buffer {
  return buildBatch(
    Array.from({ length: count }, (_, i) => ({
      key: i % 2 === 0 ? Buffer.from(`k${i}`) : null,
      value: Buffer.from('v'.repeat(i * 50)),
      headers: i === 1 ? [{ key: Buffer.from('h'), value: null }] : [],
      timestamp: 1700000000000 + i,
    })),
  );
}

function walk(b: Buffer): number {
  const cursor = new RecordCursor(1 << 24);
  cursor.reset(b, 0);
  let records = 0;
  while (cursor.next()) {
    records++;
    while (cursor.nextHeader());
  }
  return records;
}

describe('setters', () => {
  it('outside the checksum leave it right', () => {
    const b = sample();
    setBaseOffset(b, 0, 2 ** 40);
    setPartitionLeaderEpoch(b, 0, 77);
    expect([baseOffset(b, 0), lastOffset(b, 0), partitionLeaderEpoch(b, 0)]).toEqual([
      2 ** 40,
      2 ** 40 + 2,
      77,
    ]);
    setLastOffset(b, 0, 9);
    expect(baseOffset(b, 0)).toBe(7);
    expect(verifyCrc(b, 0)).toBe(true);
  });

  it('inside the checksum make it anew', () => {
    const b = sample();
    setMaxTimestamp(b, 0, TimestampType.LOG_APPEND_TIME, 5);
    setProducerState(b, 0, 2 ** 50, 3, 9);
    expect(timestampType(b, 0)).toBe(TimestampType.LOG_APPEND_TIME);
    ensureValid(b, 0);
  });
});

describe('a run of batches', () => {
  it('is visited up to a partial last one, cut anywhere', () => {
    const two = Buffer.concat([sample(), sample()]);
    const size = two.length / 2;
    for (let end = 0; end <= two.length; end++) {
      const found: number[] = [];
      const stopped = forEachBatch(two, 0, end, (at) => found.push(at));
      expect(found).toHaveLength(Math.floor(end / size));
      expect(stopped).toBe(Math.floor(end / size) * size);
    }
  });

  it('is refused with a size or a magic that can’t be', () => {
    const small = sample();
    small.writeInt32BE(13, 8);
    expect(() => completeBatchBytes(small, 0, small.length)).toThrow(
      'Record size 13 is less than the minimum record overhead (14)',
    );
    small.writeInt32BE(-5, 8);
    expect(() => completeBatchBytes(small, 0, small.length)).toThrow(CorruptRecordError);
    const strange = sample();
    strange[16] = 3;
    expect(() => completeBatchBytes(strange, 0, strange.length)).toThrow(
      'Invalid magic found in record: 3',
    );
    const header = sample();
    header.writeInt32BE(40, 8);
    expect(() => completeBatchBytes(header, 0, header.length)).toThrow(CorruptRecordError);
  });
});

describe('the cursor', () => {
  it('walks nulls, empties and headers', () => {
    const cursor = new RecordCursor();
    cursor.reset(sample(), 0);
    expect(cursor.next()).toBe(true);
    expect([cursor.key()?.toString(), cursor.valueLength]).toEqual(['k0', 0]);
    expect(cursor.next()).toBe(true);
    expect([cursor.key(), cursor.valueLength, cursor.headerCount]).toEqual([null, 50, 1]);
    expect(cursor.next()).toBe(true);
    expect(cursor.nextHeader()).toBe(false);
    expect(cursor.next()).toBe(false);
  });

  it('refuses changed bytes with a named error or walks them, but never leaves the batch', () => {
    const pristine = sample(6);
    for (let at = 0; at < pristine.length; at++) {
      for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
        const b = Buffer.from(pristine);
        b[at] = value;
        try {
          if (completeBatchBytes(b, 0, b.length) > 0) walk(b);
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptRecordError);
        }
      }
    }
  });

  it('refuses a count of records or headers that the bytes can’t hold', () => {
    const many = sample();
    many.writeInt32BE(0x7fffffff, 57);
    expect(() => walk(many)).toThrow(CorruptRecordError);
    many.writeInt32BE(-1, 57);
    expect(() => walk(many)).toThrow(/invalid record count -1/);
    many.writeInt32BE(1, 57);
    expect(() => walk(many)).toThrow(/records still remaining/);
  });

  it('keeps the sign and size of far timestamps', () => {
    for (const delta of [-1, -(2 ** 33), 2 ** 33, 2 ** 45, -(2 ** 45) - 1]) {
      const b = buildBatch([
        { key: null, value: null, timestamp: 1700000000000 },
        { key: null, value: null, timestamp: 1700000000000 + delta },
      ]);
      const cursor = new RecordCursor();
      cursor.reset(b, 0);
      cursor.next();
      cursor.next();
      expect(cursor.timestamp).toBe(1700000000000 + delta);
    }
  });
});

describe('the builder', () => {
  it('stops at its limit, to the byte', () => {
    const value = Buffer.alloc(40);
    const one = new RecordBatchBuilder();
    for (let i = 0; i < 10; i++) one.append(0, null, 0, 0, value, 0, 40);
    const exact = one.estimatedSizeBytes;
    const fits = new RecordBatchBuilder({ limitBytes: exact });
    for (let i = 0; i < 10; i++) expect(fits.append(0, null, 0, 0, value, 0, 40)).toBe(true);
    expect(fits.append(0, null, 0, 0, value, 0, 40)).toBe(false);
    const tight = new RecordBatchBuilder({ limitBytes: exact - 1 });
    for (let i = 0; i < 9; i++) expect(tight.append(0, null, 0, 0, value, 0, 40)).toBe(true);
    expect(tight.append(0, null, 0, 0, value, 0, 40)).toBe(false);
    expect(tight.recordCount).toBe(9);
  });

  it('writes the largest time, wherever it comes', () => {
    const builder = new RecordBatchBuilder();
    for (const time of [5, 9, 7, 3]) builder.append(time, null, 0, 0, null, 0, 0);
    const b = builder.build();
    expect([baseTimestamp(b, 0), maxTimestamp(b, 0), builder.maxTimestamp]).toEqual([5, 9, 9]);
  });

  it('takes one record of any size', () => {
    const builder = new RecordBatchBuilder({ limitBytes: 100 });
    const value = Buffer.alloc(100_000, 'x');
    expect(builder.append(0, null, 0, 0, value, 0, value.length)).toBe(true);
    const b = builder.build();
    expect(b.length).toBeLessThanOrEqual(batchSizeUpperBound(0, value.length));
    expect(walk(b)).toBe(1);
  });

  it('builds the same records again under another identity', () => {
    const builder = new RecordBatchBuilder({ compression: 4 });
    for (let i = 0; i < 100; i++) builder.append(i, null, 0, 0, Buffer.from(`v${i}`), 0, 2);
    const first = Buffer.from(builder.build({ producerId: 1, producerEpoch: 0, baseSequence: 5 }));
    const second = builder.build({ producerId: 2, producerEpoch: 1, baseSequence: 0 });
    expect(second.subarray(61).equals(first.subarray(61))).toBe(true);
    ensureValid(second, 0);
    expect(sizeInBytes(second, 0)).toBe(first.length);
  });

  it('reuses its buffer and gives it back to the pool', () => {
    const pool = new BufferPool({ maxIdleBytes: 1 << 20, maxBufferBytes: 1 << 16 });
    const builder = new RecordBatchBuilder({ pool, initialBytes: 16384, limitBytes: 16384 });
    const value = Buffer.alloc(100, 'y');
    while (builder.append(1, null, 0, 0, value, 0, 100));
    builder.release();
    expect(pool.idleBytes).toBe(16384);
    expect(builder.append(1, null, 0, 0, value, 0, 100)).toBe(true);
    expect(pool.idleBytes).toBe(0);
    expect(walk(builder.build())).toBe(1);
  });
});

it('CRC-32C reads a slice in place and goes on from a seed', () => {
  const b = Buffer.from('xx123456789yy');
  expect(crc32c(b, 2, 11)).toBe(0xe3069283);
  expect(crc32c(b, 7, 11, crc32c(b, 2, 7))).toBe(0xe3069283);
});
