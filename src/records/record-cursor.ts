// One reused object that walks the records of a batch in place: positions into `buffer`, no object per record.
// Handles magic 0, 1 and 2 and all codecs; a compressed batch is decompressed once, into one bounded buffer.
// It checks the bounds of every field but not the batch's checksum (verifyCrc does).

import { readInt64 } from '../common/int64.ts';
import { DEFAULT_MAX_DECOMPRESSED_BYTES, decompress } from './compression/compression.ts';
import { LegacyMessages } from './legacy-messages.ts';
import {
  addSequence,
  BATCH_HEADER_BYTES,
  CorruptRecordError,
  InvalidRecordError,
  NO_SEQUENCE,
} from './record-batch.ts';

const TWO_32 = 4294967296;

export class RecordCursor {
  /** What the positions point into: the batch's own buffer, or what it decompressed to. */
  buffer: Buffer = EMPTY;
  offset = -1;
  timestamp = -1;
  /** -1 without a producer id. */
  sequence = -1;
  keyPosition = -1;
  /** -1: the key is null. */
  keyLength = -1;
  valuePosition = -1;
  /** -1: the value is null. */
  valueLength = -1;
  headerCount = 0;
  /** Where the record's own length begins (magic 2). */
  start = -1;
  /** Where the length of the key begins, and the end of the record: key, value and headers as they are (magic 2). */
  tailPosition = -1;
  end = -1;
  /** The record's bytes without its length field (magic 2), or the whole message. */
  sizeInBytes = 0;
  /** Set by nextHeader. */
  headerKeyPosition = -1;
  headerKeyLength = 0;
  headerValuePosition = -1;
  /** -1: the header's value is null. */
  headerValueLength = -1;

  readonly #maxDecompressedBytes: number;
  #at = 0;
  #end = 0;
  #recordEnd = 0;
  #headerAt = 0;
  #headersLeft = 0;
  #remaining = 0;
  #baseOffset = 0;
  #baseTimestamp = 0;
  #baseSequence = -1;
  /** The time of all records (LogAppendTime), or -2 when each has its own. */
  #appendTime = -2;
  #legacy: LegacyMessages | undefined;
  #isLegacy = false;
  /** Where readVarint stopped. */
  #next = 0;

  constructor(maxDecompressedBytes = DEFAULT_MAX_DECOMPRESSED_BYTES) {
    this.#maxDecompressedBytes = maxDecompressedBytes;
  }

  /** Points at the batch at `at`, all of which must be in the buffer. Throws CorruptRecordError. */
  reset(buffer: Buffer, at: number): void {
    const size = buffer.readInt32BE(at + 8) + 12;
    if (at + size > buffer.length) {
      throw new CorruptRecordError(
        `Record batch of ${size} bytes exceeds the bytes that are there`,
      );
    }
    this.headerCount = 0;
    this.#headersLeft = 0;
    if (buffer.readInt8(at + 16) < 2) {
      this.#isLegacy = true;
      this.#legacy ??= new LegacyMessages(this.#maxDecompressedBytes);
      this.#legacy.reset(buffer, at);
      return;
    }
    if (size < BATCH_HEADER_BYTES) {
      throw new CorruptRecordError(`Record batch of ${size} bytes is smaller than its header`);
    }
    this.#isLegacy = false;
    const attributes = buffer.readInt16BE(at + 21);
    this.#baseOffset = readInt64(buffer, at);
    this.#baseTimestamp = readInt64(buffer, at + 27);
    this.#appendTime = (attributes & 8) === 0 ? -2 : readInt64(buffer, at + 35);
    this.#baseSequence = buffer.readInt32BE(at + 53);
    this.#remaining = buffer.readInt32BE(at + 57);
    if (this.#remaining < 0) {
      throw new InvalidRecordError(
        `Found invalid record count ${this.#remaining} in magic v2 batch`,
      );
    }
    const codec = attributes & 7;
    if (codec === 0) {
      this.buffer = buffer;
      this.#at = at + BATCH_HEADER_BYTES;
      this.#end = at + size;
    } else {
      const packed = buffer.subarray(at + BATCH_HEADER_BYTES, at + size);
      this.buffer = decompress(codec, packed, this.#maxDecompressedBytes);
      this.#at = 0;
      this.#end = this.buffer.length;
    }
  }

  /** Steps to the next record; false after the last. Throws InvalidRecordError. */
  next(): boolean {
    if (this.#isLegacy) return this.#nextLegacy();
    if (this.#remaining === 0) {
      if (this.#at !== this.#end) {
        throw new InvalidRecordError(
          'Incorrect declared batch size, records still remaining in file',
        );
      }
      return false;
    }
    this.#remaining--;
    const b = this.buffer;
    this.start = this.#at;
    const size = this.#readVarint(this.#at, this.#end);
    let p = this.#next;
    if (size < 0 || size > this.#end - p) {
      throw new InvalidRecordError(
        `Invalid record size: ${size} bytes declared, ${this.#end - p} left in the batch`,
      );
    }
    const end = p + size;
    this.sizeInBytes = size;
    this.#recordEnd = end;
    // One byte of attributes, which mean nothing yet.
    const timestampDelta = this.#readVarlong(p + 1, end);
    this.timestamp =
      this.#appendTime === -2 ? this.#baseTimestamp + timestampDelta : this.#appendTime;
    const offsetDelta = this.#readVarint(this.#next, end);
    this.offset = this.#baseOffset + offsetDelta;
    this.sequence =
      this.#baseSequence < 0 ? NO_SEQUENCE : addSequence(this.#baseSequence, offsetDelta);
    this.tailPosition = this.#next;
    this.end = end;
    const keyLength = this.#readVarint(this.#next, end);
    p = this.#next;
    this.keyLength = keyLength < 0 ? -1 : keyLength;
    this.keyPosition = p;
    if (keyLength > 0) p += keyLength;
    const valueLength = this.#readVarint(p, end);
    p = this.#next;
    this.valueLength = valueLength < 0 ? -1 : valueLength;
    this.valuePosition = p;
    if (valueLength > 0) p += valueLength;
    // The usual record has no headers: one zero byte, its last.
    if (p === end - 1 && b[p] === 0) {
      this.headerCount = 0;
      this.#headersLeft = 0;
    } else {
      this.#beginHeaders(p, end);
    }
    this.#at = end;
    return true;
  }

  /** Steps to the next header of this record; false after the last. */
  nextHeader(): boolean {
    if (this.#headersLeft === 0) return false;
    this.#headersLeft--;
    const end = this.#recordEnd;
    const keyLength = this.#readVarint(this.#headerAt, end);
    let p = this.#next;
    if (keyLength < 0)
      throw new InvalidRecordError(`Invalid negative header key size ${keyLength}`);
    this.headerKeyPosition = p;
    this.headerKeyLength = keyLength;
    p += keyLength;
    const valueLength = this.#readVarint(p, end);
    p = this.#next;
    this.headerValuePosition = p;
    this.headerValueLength = valueLength < 0 ? -1 : valueLength;
    if (valueLength > 0) p += valueLength;
    if (p > end || (this.#headersLeft === 0 && p !== end)) this.#refuseSize();
    this.#headerAt = p;
    return true;
  }

  /** A view of the key, or null. Allocates the view: for control-plane use. */
  key(): Buffer | null {
    if (this.keyLength < 0) return null;
    return this.buffer.subarray(this.keyPosition, this.keyPosition + this.keyLength);
  }

  /** A view of the value, or null. Allocates the view: for control-plane use. */
  value(): Buffer | null {
    if (this.valueLength < 0) return null;
    return this.buffer.subarray(this.valuePosition, this.valuePosition + this.valueLength);
  }

  #beginHeaders(at: number, end: number): void {
    if (at >= end) this.#refuseSize();
    const count = this.#readVarint(at, end);
    if (count < 0) throw new InvalidRecordError(`Found invalid number of record headers ${count}`);
    const left = end - this.#next;
    // A header takes at least two bytes.
    if (count > left / 2) {
      throw new InvalidRecordError(
        `Found invalid number of record headers. ${count} is larger than the remaining size of the buffer ${left}`,
      );
    }
    if (count === 0 && left !== 0) this.#refuseSize();
    this.headerCount = count;
    this.#headersLeft = count;
    this.#headerAt = this.#next;
  }

  #nextLegacy(): boolean {
    const legacy = this.#legacy!;
    if (!legacy.next()) return false;
    this.buffer = legacy.buffer;
    this.offset = legacy.offset;
    this.timestamp = legacy.timestamp;
    this.sequence = NO_SEQUENCE;
    this.keyPosition = legacy.keyPosition;
    this.keyLength = legacy.keyLength;
    this.valuePosition = legacy.valuePosition;
    this.valueLength = legacy.valueLength;
    this.sizeInBytes = legacy.sizeInBytes;
    return true;
  }

  /** A zigzag int32 of at most 5 bytes; leaves the position after it in #next. */
  #readVarint(at: number, end: number): number {
    const b = this.buffer;
    if (at >= end) this.#refuseSize();
    let byte = b[at]!;
    if (byte < 0x80) {
      this.#next = at + 1;
      return (byte >>> 1) ^ -(byte & 1);
    }
    let value = byte & 0x7f;
    let p = at + 1;
    for (let shift = 7; ; shift += 7) {
      if (p >= end) this.#refuseSize();
      byte = b[p++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift === 28) throw new InvalidRecordError('Varint is too long');
    }
    this.#next = p;
    return (value >>> 1) ^ -(value & 1);
  }

  /** A zigzag int64 of at most 10 bytes as a number. */
  #readVarlong(at: number, end: number): number {
    const b = this.buffer;
    if (at >= end) this.#refuseSize();
    let byte = b[at]!;
    if (byte < 0x80) {
      this.#next = at + 1;
      return (byte >>> 1) ^ -(byte & 1);
    }
    let low = byte & 0x7f;
    let high = 0;
    let p = at + 1;
    for (let shift = 7; ; shift += 7) {
      if (p >= end) this.#refuseSize();
      byte = b[p++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= (bits & 0x0f) << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) break;
      if (shift === 63) throw new InvalidRecordError('Varlong is too long');
    }
    this.#next = p;
    const magnitude = (high >>> 1) * TWO_32 + (((low >>> 1) | (high << 31)) >>> 0);
    return (low & 1) === 0 ? magnitude : -magnitude - 1;
  }

  #refuseSize(): never {
    throw new InvalidRecordError(
      `Invalid record size: the fields of the record don't fit its ${this.sizeInBytes} bytes`,
    );
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
