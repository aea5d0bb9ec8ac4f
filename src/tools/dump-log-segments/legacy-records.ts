// Messages of magic 0 and 1 as LegacyRecord shows them: a field is read when it is asked for, so that of a damaged
// message everything is shown that can be read. Unlike records/legacy-messages.ts it refuses nothing that Kafka's tool
// doesn't, and its numbers are exact. Old segments alone hold such messages: no speed is needed here.

import { crc32 } from '../../common/crc32.ts';
import { decompress } from '../../records/compression/compression.ts';
import { ToolError } from '../support/java-error.ts';
import type { RecordView } from './record-parser.ts';

/** Offset and size, which stand before a message. */
const OVERHEAD_BYTES = 12;
const MIN_BYTES = 14;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 17;
const TIMESTAMP_AT = 18;
const CODEC_MASK = 7;
const APPEND_TIME_BIT = 8;
const ZSTD = 4;
const NO_TIMESTAMP = -1n;

export class LegacyRecords implements RecordView {
  buffer: Buffer = Buffer.alloc(0);
  /** The nearest double; `exactOffset` is what is shown. */
  offset = -1;
  exactOffset = -1n;
  timestamp = NO_TIMESTAMP;
  keyPosition = -1;
  keyLength = -1;
  valuePosition = -1;
  valueLength = -1;

  readonly #maxDecompressedBytes: number;
  /** Where the message begins and ends, and the next begins, and where the last of them ends. */
  #at = 0;
  #end = 0;
  #next = 0;
  #limit = 0;
  #isInner = false;
  /** What is added to the offset of an inner message of magic 1 (KIP-31). */
  #offsetShift = 0n;
  /** The time of all inner messages of magic 1, where the broker gave it. */
  #appendTime: bigint | undefined;

  constructor(maxDecompressedBytes: number) {
    this.#maxDecompressedBytes = maxDecompressedBytes;
  }

  /** Points at the message at `at`, or at those within it. Throws ToolError, DecompressionError. */
  reset(buffer: Buffer, at: number): void {
    this.buffer = buffer;
    this.#isInner = false;
    this.#offsetShift = 0n;
    this.#appendTime = undefined;
    this.#next = at;
    this.#limit = at + OVERHEAD_BYTES + buffer.readInt32BE(at + 8);
    if ((buffer[at + ATTRIBUTES_AT]! & CODEC_MASK) !== 0) this.#unwrap();
  }

  /** Steps to the next message; false after the last. Throws ToolError. */
  next(): boolean {
    if (this.#next >= this.#limit) return false;
    this.#step();
    const { buffer } = this;
    const attributes = buffer[this.#at + ATTRIBUTES_AT]!;
    if (this.#isInner && (attributes & CODEC_MASK) !== 0) {
      throw new ToolError('A compressed message within a compressed message');
    }
    this.exactOffset = BigInt.asIntN(64, buffer.readBigInt64BE(this.#at) + this.#offsetShift);
    this.offset = Number(this.exactOffset);
    return true;
  }

  get isValid(): boolean {
    return this.crc === crc32(this.buffer, this.#at + OVERHEAD_BYTES + 4, this.#end);
  }

  get crc(): number {
    return this.buffer.readUInt32BE(this.#at + OVERHEAD_BYTES);
  }

  /** As it stands there: any negative number is a null key. Throws ToolError. */
  keySize(): number {
    return this.#int32(this.#keyAt());
  }

  /** Throws ToolError. */
  valueSize(): number {
    return this.#int32(this.#keyAt() + 4 + Math.max(this.keySize(), 0));
  }

  readTimestamp(): void {
    const magic = this.buffer.readInt8(this.#at + MAGIC_AT);
    if (magic === 0) this.timestamp = NO_TIMESTAMP;
    else if (magic === 1 && this.#appendTime !== undefined) this.timestamp = this.#appendTime;
    else {
      this.#check(this.#at + TIMESTAMP_AT, 8);
      this.timestamp = this.buffer.readBigInt64BE(this.#at + TIMESTAMP_AT);
    }
  }

  /** Finds key and value. Throws ToolError, in Java's words, where they don't end within the message. */
  readContent(): void {
    this.keyPosition = this.#keyAt() + 4;
    this.keyLength = Math.max(this.keySize(), -1);
    this.#checkField(this.keyPosition, this.keyLength);
    this.valuePosition = this.keyPosition + 4 + Math.max(this.keyLength, 0);
    this.valueLength = Math.max(this.valueSize(), -1);
    this.#checkField(this.valuePosition, this.valueLength);
  }

  #keyAt(): number {
    return this.#at + (this.buffer[this.#at + MAGIC_AT] === 0 ? TIMESTAMP_AT : TIMESTAMP_AT + 8);
  }

  #int32(at: number): number {
    this.#check(at, 4);
    return this.buffer.readInt32BE(at);
  }

  #check(at: number, length: number): void {
    if (at + length > this.#end) throw new ToolError('null', 'java.lang.IndexOutOfBoundsException');
  }

  #checkField(at: number, length: number): void {
    const room = this.#end - at;
    if (length > room) throw new ToolError(`newLimit > capacity: (${length} > ${room})`);
  }

  #step(): void {
    this.#at = this.#next;
    this.#end = this.#at + OVERHEAD_BYTES + this.buffer.readInt32BE(this.#at + 8);
    this.#next = this.#end;
  }

  /** AbstractLegacyRecordBatch.DeepRecordsIterator. */
  #unwrap(): void {
    this.#step();
    const { buffer } = this;
    const magic = buffer.readInt8(this.#at + MAGIC_AT);
    const attributes = buffer[this.#at + ATTRIBUTES_AT]!;
    const codec = attributes & CODEC_MASK;
    if (codec === ZSTD) throw new ToolError(`Messages of magic ${magic} have no zstd`);
    const wrapperOffset = buffer.readBigInt64BE(this.#at);
    this.readContent();
    if (this.valueLength < 0) throw new ToolError('A compressed message with a null value');
    if (magic === 1 && (attributes & APPEND_TIME_BIT) !== 0) {
      this.readTimestamp();
      this.#appendTime = this.timestamp;
    }
    const packed = buffer.subarray(this.valuePosition, this.valuePosition + this.valueLength);
    this.buffer = decompress(codec, packed, this.#maxDecompressedBytes, magic);
    const lastOffset = this.#findEnd();
    this.#isInner = true;
    this.#next = 0;
    // A wrapper at 0 says nothing of where its messages are: their own offsets hold.
    if (magic !== 1 || wrapperOffset === 0n) return;
    if (wrapperOffset < lastOffset) {
      throw new ToolError(
        `A compressed message at offset ${wrapperOffset} with an inner offset of ${lastOffset}`,
      );
    }
    this.#offsetShift = wrapperOffset - lastOffset;
  }

  /** How far the inner messages go, without a torn one; returns the last one's offset. */
  #findEnd(): bigint {
    const { buffer } = this;
    let last: bigint | undefined;
    let at = 0;
    while (at + OVERHEAD_BYTES <= buffer.length) {
      const size = buffer.readInt32BE(at + 8);
      if (size < MIN_BYTES) {
        throw new ToolError(`An inner message of ${size} bytes: the least is ${MIN_BYTES}`);
      }
      if (size > buffer.length - at - OVERHEAD_BYTES) break;
      last = buffer.readBigInt64BE(at);
      at += OVERHEAD_BYTES + size;
    }
    this.#limit = at;
    if (last === undefined) throw new ToolError('A compressed message with none within');
    return last;
  }
}
