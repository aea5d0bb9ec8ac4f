// A record batch as a view over bytes: every function takes (buffer, at), `at` being where the batch begins.
// Nothing is allocated and nothing is cached; magic 0 and 1 are answered where the question has a meaning for them.
// Layout: docs/formats/record-batch.md (KIP-98; org.apache.kafka.common.record.DefaultRecordBatch).

import { crc32 } from '../common/crc32.ts';
import { crc32c } from '../common/crc32c.ts';
import { readInt64, writeInt64 } from '../common/int64.ts';
import type { CompressionType } from './compression/compression.ts';
import { CorruptRecordError } from './record-errors.ts';

export { CorruptRecordError, InvalidRecordError } from './record-errors.ts';

/** Offset and size, which every magic begins with and the size doesn't count. */
export const LOG_OVERHEAD_BYTES = 12;
/** Header of a magic 2 batch. */
export const BATCH_HEADER_BYTES = 61;
/** The least bytes after the overhead: a magic 0 message with null key and value. */
export const MIN_MESSAGE_BYTES = 14;

export const NO_PRODUCER_ID = -1;
export const NO_PRODUCER_EPOCH = -1;
export const NO_SEQUENCE = -1;
export const NO_TIMESTAMP = -1;
export const NO_PARTITION_LEADER_EPOCH = -1;

export const TimestampType = { NONE: -1, CREATE_TIME: 0, LOG_APPEND_TIME: 1 } as const;
/** -1 is magic 0's "no timestamp". */
export type TimestampType = -1 | 0 | 1;

const SIZE_AT = 8;
const LEADER_EPOCH_AT = 12;
export const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const PRODUCER_EPOCH_AT = 51;
const BASE_SEQUENCE_AT = 53;
const COUNT_AT = 57;

const LEGACY_CRC_AT = 12;
const LEGACY_ATTRIBUTES_AT = 17;
const LEGACY_TIMESTAMP_AT = 18;

const COMPRESSION_MASK = 7;
const TIMESTAMP_TYPE_BIT = 8;
const TRANSACTIONAL_BIT = 16;
const CONTROL_BIT = 32;
/** The base timestamp field holds a delete horizon (KIP-534). */
export const DELETE_HORIZON_BIT = 64;

export function magic(buffer: Buffer, at: number): number {
  return buffer.readInt8(at + MAGIC_AT);
}

/** The whole batch with its overhead; what the size field claims, unchecked. */
export function sizeInBytes(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at + SIZE_AT) + LOG_OVERHEAD_BYTES;
}

/** The offset field: for a compressed magic 0 or 1 wrapper this is the last offset (see deepBaseOffset). */
export function baseOffset(buffer: Buffer, at: number): number {
  return readInt64(buffer, at);
}

export function lastOffset(buffer: Buffer, at: number): number {
  return readInt64(buffer, at) + lastOffsetDelta(buffer, at);
}

export function nextOffset(buffer: Buffer, at: number): number {
  return lastOffset(buffer, at) + 1;
}

export function lastOffsetDelta(buffer: Buffer, at: number): number {
  return magic(buffer, at) < 2 ? 0 : buffer.readInt32BE(at + LAST_OFFSET_DELTA_AT);
}

export function partitionLeaderEpoch(buffer: Buffer, at: number): number {
  return magic(buffer, at) < 2
    ? NO_PARTITION_LEADER_EPOCH
    : buffer.readInt32BE(at + LEADER_EPOCH_AT);
}

/** The stored checksum, unsigned. */
export function crc(buffer: Buffer, at: number): number {
  return buffer.readUInt32BE(at + (magic(buffer, at) < 2 ? LEGACY_CRC_AT : CRC_AT));
}

export function attributes(buffer: Buffer, at: number): number {
  return magic(buffer, at) < 2
    ? buffer.readUInt8(at + LEGACY_ATTRIBUTES_AT)
    : buffer.readInt16BE(at + ATTRIBUTES_AT);
}

/** May be 5, 6 or 7, which no codec has; decompress refuses them. */
export function compressionType(buffer: Buffer, at: number): CompressionType {
  return (attributes(buffer, at) & COMPRESSION_MASK) as CompressionType;
}

export function timestampType(buffer: Buffer, at: number): TimestampType {
  if (magic(buffer, at) === 0) return TimestampType.NONE;
  return (attributes(buffer, at) & TIMESTAMP_TYPE_BIT) === 0
    ? TimestampType.CREATE_TIME
    : TimestampType.LOG_APPEND_TIME;
}

export function isTransactional(buffer: Buffer, at: number): boolean {
  return magic(buffer, at) >= 2 && (attributes(buffer, at) & TRANSACTIONAL_BIT) !== 0;
}

export function isControl(buffer: Buffer, at: number): boolean {
  return magic(buffer, at) >= 2 && (attributes(buffer, at) & CONTROL_BIT) !== 0;
}

export function isCompressed(buffer: Buffer, at: number): boolean {
  return (attributes(buffer, at) & COMPRESSION_MASK) !== 0;
}

/** Milliseconds, or -1 when the batch has none (KIP-534: the base timestamp field holds it). */
export function deleteHorizonMs(buffer: Buffer, at: number): number {
  return magic(buffer, at) >= 2 && (attributes(buffer, at) & DELETE_HORIZON_BIT) !== 0
    ? readInt64(buffer, at + BASE_TIMESTAMP_AT)
    : NO_TIMESTAMP;
}

/** What the records' timestamp deltas count from; the delete horizon when that bit is set. */
export function baseTimestamp(buffer: Buffer, at: number): number {
  return magic(buffer, at) < 2
    ? maxTimestamp(buffer, at)
    : readInt64(buffer, at + BASE_TIMESTAMP_AT);
}

export function maxTimestamp(buffer: Buffer, at: number): number {
  const version = magic(buffer, at);
  if (version === 0) return NO_TIMESTAMP;
  return readInt64(buffer, at + (version === 1 ? LEGACY_TIMESTAMP_AT : MAX_TIMESTAMP_AT));
}

export function producerId(buffer: Buffer, at: number): number {
  return magic(buffer, at) < 2 ? NO_PRODUCER_ID : readInt64(buffer, at + PRODUCER_ID_AT);
}

export function producerEpoch(buffer: Buffer, at: number): number {
  return magic(buffer, at) < 2 ? NO_PRODUCER_EPOCH : buffer.readInt16BE(at + PRODUCER_EPOCH_AT);
}

export function hasProducerId(buffer: Buffer, at: number): boolean {
  return producerId(buffer, at) > NO_PRODUCER_ID;
}

export function baseSequence(buffer: Buffer, at: number): number {
  return magic(buffer, at) < 2 ? NO_SEQUENCE : buffer.readInt32BE(at + BASE_SEQUENCE_AT);
}

export function lastSequence(buffer: Buffer, at: number): number {
  const base = baseSequence(buffer, at);
  return base === NO_SEQUENCE ? NO_SEQUENCE : addSequence(base, lastOffsetDelta(buffer, at));
}

/** Sequences wrap after 2147483647 to 0; what makes no sense wraps as in Java (DefaultRecordBatch.incrementSequence). */
export function addSequence(sequence: number, increment: number): number {
  return sequence > ((0x7fffffff - increment) | 0)
    ? (sequence + increment - 0x80000000) | 0
    : (sequence + increment) | 0;
}

/** The count field; 1 for an uncompressed magic 0 or 1 message and -1 (unknown) for a compressed one. */
export function recordCount(buffer: Buffer, at: number): number {
  if (magic(buffer, at) < 2) return isCompressed(buffer, at) ? -1 : 1;
  return buffer.readInt32BE(at + COUNT_AT);
}

/** The checksum of the bytes as they are, unsigned. The batch must lie within the buffer. */
export function computeCrc(buffer: Buffer, at: number): number {
  const end = at + sizeInBytes(buffer, at);
  return magic(buffer, at) < 2
    ? crc32(buffer, at + MAGIC_AT, end)
    : crc32c(buffer, at + ATTRIBUTES_AT, end);
}

export function verifyCrc(buffer: Buffer, at: number): boolean {
  const version = magic(buffer, at);
  const least = version < 2 ? LOG_OVERHEAD_BYTES + MIN_MESSAGE_BYTES : BATCH_HEADER_BYTES;
  return sizeInBytes(buffer, at) >= least && crc(buffer, at) === computeCrc(buffer, at);
}

/** Throws CorruptRecordError with Kafka's texts unless size and checksum hold. */
export function ensureValid(buffer: Buffer, at: number): void {
  const size = sizeInBytes(buffer, at);
  if (magic(buffer, at) >= 2) {
    if (size < BATCH_HEADER_BYTES) {
      throw new CorruptRecordError(
        `Record batch is corrupted (the size ${size} is smaller than the minimum allowed overhead ${BATCH_HEADER_BYTES})`,
      );
    }
    const computed = computeCrc(buffer, at);
    if (crc(buffer, at) !== computed) {
      throw new CorruptRecordError(
        `Record is corrupt (stored crc = ${crc(buffer, at)}, computed crc = ${computed})`,
      );
    }
    return;
  }
  if (size < LOG_OVERHEAD_BYTES + MIN_MESSAGE_BYTES) {
    throw new CorruptRecordError(
      `Record is corrupt (crc could not be retrieved as the record is too small, size = ${size - LOG_OVERHEAD_BYTES})`,
    );
  }
  const computed = computeCrc(buffer, at);
  if (crc(buffer, at) !== computed) {
    throw new CorruptRecordError(
      `Record is corrupt (stored crc = ${crc(buffer, at)}, computed crc = ${computed})`,
    );
  }
}

export function setBaseOffset(buffer: Buffer, at: number, offset: number): void {
  writeInt64(buffer, at, offset);
}

/** Sets the last offset by moving the base offset; the checksum doesn't cover it. */
export function setLastOffset(buffer: Buffer, at: number, offset: number): void {
  writeInt64(buffer, at, offset - lastOffsetDelta(buffer, at));
}

/** Outside the checksum. Magic 2 only. */
export function setPartitionLeaderEpoch(buffer: Buffer, at: number, epoch: number): void {
  buffer.writeInt32BE(epoch, at + LEADER_EPOCH_AT);
}

/** Sets timestamp type and max timestamp and the new checksum, unless both hold already. Magic 2 only. */
export function setMaxTimestamp(
  buffer: Buffer,
  at: number,
  type: TimestampType,
  timestamp: number,
): void {
  if (timestampType(buffer, at) === type && maxTimestamp(buffer, at) === timestamp) return;
  const old = buffer.readInt16BE(at + ATTRIBUTES_AT);
  const bit = type === TimestampType.LOG_APPEND_TIME ? TIMESTAMP_TYPE_BIT : 0;
  buffer.writeInt16BE((old & ~TIMESTAMP_TYPE_BIT) | bit, at + ATTRIBUTES_AT);
  writeInt64(buffer, at + MAX_TIMESTAMP_AT, timestamp);
  buffer.writeUInt32BE(computeCrc(buffer, at), at + CRC_AT);
}

/** Sets producer id, epoch and base sequence and the new checksum (a retry under a new identity). Magic 2 only. */
export function setProducerState(
  buffer: Buffer,
  at: number,
  id: number,
  epoch: number,
  sequence: number,
): void {
  writeInt64(buffer, at + PRODUCER_ID_AT, id);
  buffer.writeInt16BE(epoch, at + PRODUCER_EPOCH_AT);
  buffer.writeInt32BE(sequence, at + BASE_SEQUENCE_AT);
  buffer.writeUInt32BE(computeCrc(buffer, at), at + CRC_AT);
}

/** The fields of a magic 2 header. */
export interface BatchHeader {
  /** Of the whole batch. */
  sizeInBytes: number;
  baseOffset: number;
  partitionLeaderEpoch: number;
  attributes: number;
  lastOffsetDelta: number;
  baseTimestamp: number;
  maxTimestamp: number;
  producerId: number;
  producerEpoch: number;
  baseSequence: number;
  recordCount: number;
}

/** Writes the header and its checksum over the records that already follow it. */
export function writeBatchHeader(buffer: Buffer, at: number, header: BatchHeader): void {
  writeInt64(buffer, at, header.baseOffset);
  buffer.writeInt32BE(header.sizeInBytes - LOG_OVERHEAD_BYTES, at + SIZE_AT);
  buffer.writeInt32BE(header.partitionLeaderEpoch, at + LEADER_EPOCH_AT);
  buffer.writeInt8(2, at + MAGIC_AT);
  buffer.writeInt16BE(header.attributes, at + ATTRIBUTES_AT);
  buffer.writeInt32BE(header.lastOffsetDelta, at + LAST_OFFSET_DELTA_AT);
  writeInt64(buffer, at + BASE_TIMESTAMP_AT, header.baseTimestamp);
  writeInt64(buffer, at + MAX_TIMESTAMP_AT, header.maxTimestamp);
  writeInt64(buffer, at + PRODUCER_ID_AT, header.producerId);
  buffer.writeInt16BE(header.producerEpoch, at + PRODUCER_EPOCH_AT);
  buffer.writeInt32BE(header.baseSequence, at + BASE_SEQUENCE_AT);
  buffer.writeInt32BE(header.recordCount, at + COUNT_AT);
  const end = at + header.sizeInBytes;
  buffer.writeUInt32BE(crc32c(buffer, at + ATTRIBUTES_AT, end), at + CRC_AT);
}

/** The attribute bits of a magic 2 batch. */
export function batchAttributes(
  compression: CompressionType,
  type: TimestampType,
  transactional: boolean,
  control: boolean,
): number {
  return (
    compression |
    (type === TimestampType.LOG_APPEND_TIME ? TIMESTAMP_TYPE_BIT : 0) |
    (transactional ? TRANSACTIONAL_BIT : 0) |
    (control ? CONTROL_BIT : 0)
  );
}

/**
 * The size of the batch at `at` when all of it lies before `end`, or 0 when it is partial there.
 * Throws CorruptRecordError for a size no batch can have, for an unknown magic (Kafka's texts).
 */
export function completeBatchBytes(buffer: Buffer, at: number, end: number): number {
  if (end - at < LOG_OVERHEAD_BYTES) return 0;
  const size = buffer.readInt32BE(at + SIZE_AT);
  if (size < MIN_MESSAGE_BYTES) {
    throw new CorruptRecordError(
      `Record size ${size} is less than the minimum record overhead (${MIN_MESSAGE_BYTES})`,
    );
  }
  if (end - at <= MAGIC_AT) return 0;
  const version = buffer.readInt8(at + MAGIC_AT);
  if (version < 0 || version > 2) {
    throw new CorruptRecordError(`Invalid magic found in record: ${version}`);
  }
  if (end - at < size + LOG_OVERHEAD_BYTES) return 0;
  if (version === 2 && size < BATCH_HEADER_BYTES - LOG_OVERHEAD_BYTES) {
    throw new CorruptRecordError(
      `Record batch is corrupted (the size ${size + LOG_OVERHEAD_BYTES} is smaller than the minimum allowed overhead ${BATCH_HEADER_BYTES})`,
    );
  }
  return size + LOG_OVERHEAD_BYTES;
}

/**
 * Calls `visit(at, size)` for every batch of buffer[start, end); a partial last batch ends it.
 * Returns where it stopped: `end`, or the beginning of the partial batch. `visit` returning false stops it.
 */
export function forEachBatch(
  buffer: Buffer,
  start: number,
  end: number,
  visit: (at: number, size: number) => unknown,
): number {
  let at = start;
  for (;;) {
    const size = completeBatchBytes(buffer, at, end);
    if (size === 0) return at;
    if (visit(at, size) === false) return at;
    at += size;
  }
}
