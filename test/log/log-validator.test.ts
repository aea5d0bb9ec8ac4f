// What a leader refuses, changes and lets through in a client's batches (Kafka's LogValidator and append checks).

import { describe, expect, it } from 'vitest';
import { crc32c } from '../../src/common/crc32c.ts';
import { RecordValidationError } from '../../src/log/log-validator.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { Compression } from '../../src/records/compression/compression.ts';
import {
  compressionType,
  ensureValid,
  maxTimestamp,
  recordCount,
  sizeInBytes,
  TimestampType,
  timestampType,
} from '../../src/records/record-batch.ts';
import { buildBatch, RecordBatchBuilder } from '../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import {
  batch,
  config,
  NOW_MS,
  openLog,
  records,
  temporaryFolder,
  testIo,
  valuesOf,
} from './support.ts';

const TAIL = { isolation: 'log-end', minOneMessage: true } as const;

function open(values: Record<string, string | number> = {}) {
  return openLog(testIo(), temporaryFolder(), { config: config(values) });
}

function failure(work: () => unknown): ApiError {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

/** A batch with changed bytes and a checksum that fits them. */
function doctored(b: Buffer, change: (b: Buffer) => void): Buffer {
  const copy = Buffer.from(b);
  change(copy);
  copy.writeUInt32BE(crc32c(copy, 21, sizeInBytes(copy, 0)), 17);
  return copy;
}

describe('a batch is refused', () => {
  it('when its checksum is wrong', () => {
    const log = open();
    const bad = batch(2);
    bad[bad.length - 1]! ^= 1;
    const error = failure(() => log.appendAsLeader(bad, 0));
    expect(error.code).toBe(Errors.CORRUPT_MESSAGE);
    expect(error.message).toMatch(
      /^Record is corrupt \(stored crc = \d+\) in topic partition orders-0\.$/,
    );
    expect(log.logEndOffset).toBe(0);
    log.abandon();
  });

  it('when it is larger than max.message.bytes', () => {
    const log = open({ 'max.message.bytes': 100 });
    const error = failure(() => log.appendAsLeader(batch(20), 0));
    expect(error.code).toBe(Errors.MESSAGE_TOO_LARGE);
    expect(error.message).toContain('exceeds the maximum configured value of 100');
    log.abandon();
  });

  it('when it is larger than a segment', () => {
    const log = open({ 'internal.segment.bytes': 200 });
    expect(failure(() => log.appendAsLeader(batch(20), 0)).code).toBe(Errors.RECORD_LIST_TOO_LARGE);
    log.abandon();
  });

  it('when its base offset isn’t 0', () => {
    const log = open();
    expect(failure(() => log.appendAsLeader(batch(1, { baseOffset: 3 }), 0)).code).toBe(
      Errors.INVALID_RECORD,
    );
    log.abandon();
  });

  it.each([
    [
      'fewer records than offsets',
      (b: Buffer) => b.writeInt32BE(1, 57),
      /Inconsistent batch offset range \[0, 2\] and count of records 1/,
    ],
    [
      'no records',
      (b: Buffer) => b.writeInt32BE(0, 57),
      /Invalid reported count for record batch: 0/,
    ],
    [
      'a negative offset range',
      (b: Buffer) => b.writeInt32BE(-2, 23),
      /invalid offset range: \[0, -2\]/,
    ],
    [
      'a control bit',
      (b: Buffer) => b.writeInt16BE(0x20, 21),
      /Clients are not allowed to write control records/,
    ],
    [
      'a producer without sequence',
      (b: Buffer) => b.writeBigInt64BE(5n, 43),
      /Invalid sequence number -1 in record batch with producerId 5/,
    ],
  ])('with %s', (_, change, text) => {
    const log = open();
    const error = failure(() => log.appendAsLeader(doctored(batch(3), change), 0));
    expect(error.code).toBe(Errors.INVALID_RECORD);
    expect(error.message).toMatch(text);
    log.abandon();
  });

  it.each([
    ['a record longer than the batch', (b: Buffer) => (b[61] = 0x7e)],
    ['a record shorter than its fields', (b: Buffer) => (b[61] = 0x04)],
    ['a key longer than the record', (b: Buffer) => (b[65] = 0x7e)],
    ['a value longer than the record', (b: Buffer) => (b[71] = 0x7e)],
    ['headers that aren’t there', (b: Buffer) => (b[b.length - 1] = 8)],
    ['more bytes than its records', (b: Buffer) => b.writeInt32BE(0, 23) && b.writeInt32BE(1, 57)],
  ])('with %s, whatever its checksum says', (_, change) => {
    const log = open();
    const bad = doctored(batch(2), (b) => void change(b));
    expect(failure(() => log.appendAsLeader(bad, 0)).code).toBe(Errors.INVALID_RECORD);
    log.abandon();
  });

  it('when what it compresses isn’t what the codec writes', () => {
    const log = open();
    for (const codec of [1, 2, 3, 4, 5] as const) {
      const bad = doctored(batch(2), (b) => b.writeInt16BE(codec, 21));
      expect(failure(() => log.appendAsLeader(bad, 0)).code).toBe(Errors.INVALID_RECORD);
    }
    log.abandon();
  });

  it('with a record without key in a compacted topic, naming each', () => {
    const log = open({ 'cleanup.policy': 'compact' });
    const mixed = buildBatch(
      [
        { key: Buffer.from('k'), value: null },
        { key: null, value: Buffer.from('v') },
        { key: null, value: Buffer.from('w') },
      ],
      { timestamp: NOW_MS },
    );
    const error = failure(() => log.appendAsLeader(mixed, 0)) as RecordValidationError;
    expect(error).toBeInstanceOf(RecordValidationError);
    expect(error.code).toBe(Errors.INVALID_RECORD);
    expect(error.recordErrors).toEqual([
      {
        batchIndex: 1,
        message: 'Compacted topic cannot accept message without key in topic partition orders-0',
      },
      {
        batchIndex: 2,
        message: 'Compacted topic cannot accept message without key in topic partition orders-0',
      },
    ]);
    log.abandon();
  });

  it('with a time too far in the future', () => {
    const log = open();
    const error = failure(() =>
      log.appendAsLeader(batch(1, {}, NOW_MS + 3_600_001), 0),
    ) as RecordValidationError;
    expect(error.code).toBe(Errors.INVALID_TIMESTAMP);
    expect(error.recordErrors[0]?.message).toMatch(
      /^Timestamp 1700003600001 of message with offset 0 is out of range\. The timestamp should be within \[-\d+, 1700003600000\]$/,
    );
    expect(log.appendAsLeader(batch(1, {}, NOW_MS + 3_600_000), 0).firstOffset).toBe(0);
    log.abandon();
  });

  it('with a time too far in the past', () => {
    const log = open({ 'message.timestamp.before.max.ms': 1000 });
    expect(failure(() => log.appendAsLeader(batch(1, {}, NOW_MS - 1001), 0)).code).toBe(
      Errors.INVALID_TIMESTAMP,
    );
    expect(log.appendAsLeader(batch(1, {}, -1), 0).firstOffset).toBe(0);
    log.abandon();
  });

  it('that calls its times LogAppendTime', () => {
    const log = open();
    const error = failure(() => log.appendAsLeader(batch(1, { logAppendTimeMs: NOW_MS }), 0));
    expect(error.code).toBe(Errors.INVALID_TIMESTAMP);
    log.abandon();
  });
});

describe('a batch is stamped', () => {
  it('with its largest record time when the header claims another', () => {
    const log = open();
    log.appendAsLeader(
      doctored(batch(3), (b) => b.writeBigInt64BE(7n, 35)),
      0,
    );
    const [stored] = log.read(0, 1000, TAIL).records;
    expect(maxTimestamp(stored!, 0)).toBe(NOW_MS + 2);
    ensureValid(stored!, 0);
    log.abandon();
  });

  it.each([0, 1, 2, 3, 4] as const)('with LogAppendTime, codec %d', (compression) => {
    const log = open({ 'message.timestamp.type': 'LogAppendTime' });
    const info = log.appendAsLeader(batch(3, { compression }, 5), 0);
    expect(info.logAppendTimeMs).toBe(NOW_MS);
    const [stored] = log.read(0, 1000, TAIL).records;
    expect(timestampType(stored!, 0)).toBe(TimestampType.LOG_APPEND_TIME);
    ensureValid(stored!, 0);
    const cursor = new RecordCursor();
    cursor.reset(stored!, 0);
    while (cursor.next()) expect(cursor.timestamp).toBe(NOW_MS);
    log.abandon();
  });

  it.each([
    ['gzip', Compression.GZIP],
    ['snappy', Compression.SNAPPY],
    ['lz4', Compression.LZ4],
    ['zstd', Compression.ZSTD],
    ['uncompressed', Compression.NONE],
  ] as const)('in the topic’s codec %s, whatever the producer chose', (name, codec) => {
    const log = open({ 'compression.type': name === 'uncompressed' ? 'none' : name });
    for (const compression of [0, 1, 2, 3, 4] as const) {
      const first = log.logEndOffset;
      const identity = { producerId: 9, producerEpoch: 0, baseSequence: first };
      log.appendAsLeader(buildBatch(records(4), { compression, ...identity }), 3);
      const [stored] = log.read(first, 1, TAIL).records;
      ensureValid(stored!, 0);
      expect(compressionType(stored!, 0)).toBe(codec);
      expect(recordCount(stored!, 0)).toBe(4);
      expect(valuesOf([stored!])).toEqual([0, 1, 2, 3].map((i) => [first + i, `value-${i}`]));
    }
    log.abandon();
  });

  it('anew when a compressed batch has gaps in its offsets', () => {
    const log = open();
    const builder = new RecordBatchBuilder({ compression: Compression.ZSTD });
    const value = Buffer.from('v');
    builder.append(NOW_MS, null, 0, 0, value, 0, 1);
    builder.skipOffsets(3);
    builder.append(NOW_MS, null, 0, 0, value, 0, 1);
    log.appendAsLeader(builder.build({ lastOffsetDelta: 1 }), 0);
    expect(valuesOf(log.read(0, 1000, TAIL).records)).toEqual([
      [0, 'v'],
      [1, 'v'],
    ]);
    log.abandon();
  });

  it('keeping the headers when it is recompressed', () => {
    const log = open({ 'compression.type': 'gzip' });
    const headers = [
      { key: Buffer.from('a'), value: Buffer.from('1') },
      { key: Buffer.from('b'), value: null },
    ];
    log.appendAsLeader(
      buildBatch([{ key: null, value: Buffer.from('v'), headers, timestamp: NOW_MS }]),
      0,
    );
    const cursor = new RecordCursor();
    cursor.reset(log.read(0, 1000, TAIL).records[0]!, 0);
    cursor.next();
    expect(cursor.headerCount).toBe(2);
    expect([cursor.nextHeader(), cursor.headerValueLength]).toEqual([true, 1]);
    expect([cursor.nextHeader(), cursor.headerValueLength]).toEqual([true, -1]);
    expect(cursor.nextHeader()).toBe(false);
    log.abandon();
  });
});

describe('bytes after the last whole batch', () => {
  it('are ignored', () => {
    const log = open();
    const torn = Buffer.concat([batch(2), batch(2).subarray(0, 70)]);
    expect(log.appendAsLeader(torn, 0)).toMatchObject({ firstOffset: 0, lastOffset: 1 });
    log.abandon();
  });
});
