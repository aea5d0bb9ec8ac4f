// Offset and timestamp of a record to the last digit, from the batch's bytes. Only damage, or a test, makes them so large
// that a double doesn't hold them; for those this reads the record once more, with integers of 64 bits that wrap.

import type { RecordCursor } from '../../records/record-cursor.ts';

/** Within it, the sum of a base and a delta of 32 bits is exact. */
const PLAIN_OFFSET = Number.MAX_SAFE_INTEGER - 2 ** 32;
/** Of a sum within it, no part can have been beyond 2^53 unless the other one is beyond this. */
const PLAIN_TIMESTAMP = 2 ** 52;
const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;

export function isPlainOffset(base: number): boolean {
  return base >= -PLAIN_OFFSET && base <= PLAIN_OFFSET;
}

export function isPlainTimestamp(timestamp: number): boolean {
  return timestamp >= -PLAIN_TIMESTAMP && timestamp <= PLAIN_TIMESTAMP;
}

export function exactOffset(batch: Buffer, at: number, record: RecordCursor): bigint {
  const timestampAt = afterVarint(record.buffer, record.start) + 1;
  const delta = readVarint(record.buffer, afterVarint(record.buffer, timestampAt), 32);
  return BigInt.asIntN(64, batch.readBigInt64BE(at) + delta);
}

/** `isAppendTime`: the batch's time is that of all its records. */
export function exactTimestamp(
  batch: Buffer,
  at: number,
  record: RecordCursor,
  isAppendTime: boolean,
): bigint {
  if (isAppendTime) return batch.readBigInt64BE(at + MAX_TIMESTAMP_AT);
  const delta = readVarint(record.buffer, afterVarint(record.buffer, record.start) + 1, 64);
  return BigInt.asIntN(64, batch.readBigInt64BE(at + BASE_TIMESTAMP_AT) + delta);
}

function afterVarint(buffer: Buffer, at: number): number {
  let next = at;
  while (buffer[next]! >= 0x80) next += 1;
  return next + 1;
}

/** A zigzag varint that the cursor has found sound; what is beyond `bits` falls away, as in Java. */
function readVarint(buffer: Buffer, at: number, bits: number): bigint {
  let value = 0n;
  const end = afterVarint(buffer, at);
  for (let p = at, shift = 0n; p < end; p += 1, shift += 7n) {
    value |= BigInt(buffer[p]! & 0x7f) << shift;
  }
  value = BigInt.asUintN(bits, value);
  return BigInt.asIntN(bits, (value >> 1n) ^ -(value & 1n));
}
