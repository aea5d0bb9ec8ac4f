// Looks at every record of a batch by a loop over bytes without a cursor object: structure, offset deltas, times, keys.
// This is what a produce costs per record, so the usual case (short varints, no headers) stays in one loop.

import { InvalidRecordError } from '../records/record-batch.ts';

/** Where the slow varint reader stopped. */
let next = 0;

const TWO_32 = 4294967296;

function refuse(record: number): never {
  throw new InvalidRecordError(`Invalid record size: the fields of record ${record} don't fit it`);
}

/** A zigzag varint of more than one byte, or any at an edge. */
function varint(b: Buffer, at: number, end: number, record: number): number {
  let p = at;
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (p >= end) refuse(record);
    const byte = b[p++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      next = p;
      return (value >>> 1) ^ -(value & 1);
    }
  }
  throw new InvalidRecordError('Varint is too long');
}

function varlong(b: Buffer, at: number, end: number, record: number): number {
  let p = at;
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (p >= end) refuse(record);
    const byte = b[p++]!;
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= (bits & 0x0f) << 28;
      high = bits >>> 4;
    } else high |= bits << (shift - 32);
    if (byte < 0x80) {
      next = p;
      const magnitude = (high >>> 1) * TWO_32 + (((low >>> 1) | (high << 31)) >>> 0);
      return (low & 1) === 0 ? magnitude : -magnitude - 1;
    }
  }
  throw new InvalidRecordError('Varlong is too long');
}

function headers(b: Buffer, at: number, end: number, record: number): void {
  const count = varint(b, at, end, record);
  if (count < 0 || count > (end - next) / 2) {
    throw new InvalidRecordError(`Found invalid number of record headers ${count}`);
  }
  let p = next;
  for (let i = 0; i < count; i++) {
    const keyLength = varint(b, p, end, record);
    if (keyLength < 0) {
      throw new InvalidRecordError(`Invalid negative header key size ${keyLength}`);
    }
    const valueLength = varint(b, next + keyLength, end, record);
    p = valueLength > 0 ? next + valueLength : next;
  }
  if (p !== end) refuse(record);
}

/** What a scan found; one object, overwritten by the next scan. */
export class RecordScan {
  /** Relative to the batch's base timestamp. */
  maxTimestampDelta = 0;
  minTimestampDelta = 0;
  /** Index of the first record without a key, or -1. */
  firstWithoutKey = -1;
  /** The offset deltas are 0, 1, 2 … */
  dense = true;

  /** Walks `count` records in b[start, end), which they must fill. Throws InvalidRecordError. */
  run(b: Buffer, start: number, end: number, count: number): void {
    let maxDelta = Number.NEGATIVE_INFINITY;
    let minDelta = Number.POSITIVE_INFINITY;
    let withoutKey = -1;
    let dense = true;
    let p = start;
    for (let i = 0; i < count; i++) {
      if (p >= end) refuse(i);
      let size = b[p]!;
      if (size < 0x80) {
        p++;
        size = (size >>> 1) ^ -(size & 1);
      } else if (p + 1 < end && b[p + 1]! < 0x80) {
        size = (size & 0x7f) | (b[p + 1]! << 7);
        p += 2;
        size = (size >>> 1) ^ -(size & 1);
      } else {
        size = varint(b, p, end, i);
        p = next;
      }
      const recordEnd = p + size;
      // Attributes, timestamp, offset, key length, value length and header count take a byte each at least.
      if (size < 6 || recordEnd > end) refuse(i);
      p++;
      let time = b[p]!;
      if (time < 0x80) {
        p++;
        time = (time >>> 1) ^ -(time & 1);
      } else {
        time = varlong(b, p, recordEnd, i);
        p = next;
      }
      if (time > maxDelta) maxDelta = time;
      if (time < minDelta) minDelta = time;
      let delta = b[p]!;
      if (delta < 0x80) p++;
      else if (p + 1 < recordEnd && b[p + 1]! < 0x80) {
        delta = (delta & 0x7f) | (b[p + 1]! << 7);
        p += 2;
      } else {
        delta = varint(b, p, recordEnd, i);
        delta = (delta << 1) ^ (delta >> 31);
        p = next;
      }
      // Still zigzag: 2 * i is the delta i.
      if (delta !== i * 2) dense = false;
      if (p >= recordEnd) refuse(i);
      let length = b[p]!;
      if (length === 1) {
        p++;
        if (withoutKey < 0) withoutKey = i;
      } else if (length < 0x80) {
        if ((length & 1) === 0) p += 1 + (length >>> 1);
        else {
          p++;
          if (withoutKey < 0) withoutKey = i;
        }
      } else {
        length = varint(b, p, recordEnd, i);
        if (length < 0 && withoutKey < 0) withoutKey = i;
        p = length > 0 ? next + length : next;
      }
      if (p >= recordEnd) refuse(i);
      length = b[p]!;
      if (length < 0x80) p += 1 + ((length & 1) === 0 ? length >>> 1 : 0);
      else if (p + 1 < recordEnd && b[p + 1]! < 0x80) {
        length = (length & 0x7f) | (b[p + 1]! << 7);
        p += 2 + ((length & 1) === 0 ? length >>> 1 : 0);
      } else {
        length = varint(b, p, recordEnd, i);
        p = length > 0 ? next + length : next;
      }
      if (p !== recordEnd - 1 || b[p] !== 0) headers(b, p, recordEnd, i);
      p = recordEnd;
    }
    if (p !== end) {
      throw new InvalidRecordError(
        'Incorrect declared batch size, records still remaining in file',
      );
    }
    this.maxTimestampDelta = count === 0 ? 0 : maxDelta;
    this.minTimestampDelta = count === 0 ? 0 : minDelta;
    this.firstWithoutKey = withoutKey;
    this.dense = dense;
  }
}
