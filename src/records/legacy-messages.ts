// Reads messages of magic 0 and 1, alone or inside a compressed wrapper message (KIP-31, KIP-32).
// They only occur in old segments; nothing of kafta writes them.

import { readInt64 } from '../common/int64.ts';
import { decompress } from './compression/compression.ts';
import { CorruptRecordError, InvalidRecordError } from './record-errors.ts';

const OVERHEAD_BYTES = 12;
const MIN_BYTES = 14;

export class LegacyMessages {
  buffer: Buffer = Buffer.alloc(0);
  offset = -1;
  timestamp = -1;
  keyPosition = -1;
  keyLength = -1;
  valuePosition = -1;
  valueLength = -1;
  sizeInBytes = 0;

  readonly #maxDecompressedBytes: number;
  #magic = 0;
  #at = 0;
  #end = 0;
  #deep = false;
  #offsetShift = 0;
  #appendTime = -2;

  constructor(maxDecompressedBytes: number) {
    this.#maxDecompressedBytes = maxDecompressedBytes;
  }

  reset(buffer: Buffer, at: number): void {
    const size = checkedSize(buffer, at, buffer.length);
    this.#magic = buffer.readInt8(at + 16);
    if (this.#magic < 0 || this.#magic > 1) {
      throw new CorruptRecordError(`Invalid magic found in record: ${this.#magic}`);
    }
    const attributes = buffer.readInt8(at + 17);
    this.#offsetShift = 0;
    this.#appendTime = -2;
    this.#deep = (attributes & 7) !== 0;
    if (!this.#deep) {
      this.buffer = buffer;
      this.#at = at;
      this.#end = at + size;
      return;
    }
    this.#openWrapper(buffer, at, attributes);
  }

  #openWrapper(buffer: Buffer, at: number, attributes: number): void {
    const codec = attributes & 7;
    if (codec === 4) {
      throw new InvalidRecordError(`ZSTD compression is not supported for magic ${this.#magic}`);
    }
    this.buffer = buffer;
    this.#parse(at);
    if (this.valueLength < 0) {
      throw new InvalidRecordError('Found invalid compressed record set with null value');
    }
    const packed = buffer.subarray(this.valuePosition, this.valuePosition + this.valueLength);
    const wrapperOffset = this.offset;
    if (this.#magic === 1 && (attributes & 8) !== 0) this.#appendTime = this.timestamp;
    this.buffer = decompress(codec, packed, this.#maxDecompressedBytes, this.#magic);
    this.#at = 0;
    this.#end = this.buffer.length;
    let last = -1;
    for (let p = 0; p < this.#end; p += checkedSize(this.buffer, p, this.#end)) {
      last = readInt64(this.buffer, p);
    }
    if (last < 0) {
      throw new InvalidRecordError('Found invalid compressed record set with no inner records');
    }
    // A wrapper at 0 says nothing of where its messages are: their own offsets hold.
    if (this.#magic !== 1 || wrapperOffset === 0) return;
    if (wrapperOffset < last) {
      throw new InvalidRecordError(
        `Found a compressed message at offset ${wrapperOffset} with an inner offset of ${last}`,
      );
    }
    this.#offsetShift = wrapperOffset - last;
  }

  next(): boolean {
    if (this.#at >= this.#end) return false;
    const at = this.#at;
    this.#at = at + checkedSize(this.buffer, at, this.#end);
    if (this.#deep) this.#checkInner(at);
    this.#parse(at);
    this.offset += this.#offsetShift;
    if (this.#appendTime !== -2) this.timestamp = this.#appendTime;
    return true;
  }

  #checkInner(at: number): void {
    const inner = this.buffer.readInt8(at + 16);
    if (inner !== this.#magic) {
      throw new InvalidRecordError(
        `Compressed message magic ${inner} does not match wrapper magic ${this.#magic}`,
      );
    }
    if ((this.buffer.readInt8(at + 17) & 7) !== 0) {
      throw new InvalidRecordError('Found a compressed message within a compressed message');
    }
  }

  #parse(at: number): void {
    const b = this.buffer;
    const end = at + OVERHEAD_BYTES + b.readInt32BE(at + 8);
    this.sizeInBytes = end - at;
    this.offset = readInt64(b, at);
    let p = at + 18;
    this.timestamp = -1;
    if (this.#magic === 1) {
      if (p + 8 > end) throw new InvalidRecordError('Message ends within its timestamp');
      this.timestamp = readInt64(b, p);
      p += 8;
    }
    this.keyLength = readLength(b, p, end);
    this.keyPosition = p + 4;
    p += 4 + Math.max(this.keyLength, 0);
    this.valueLength = readLength(b, p, end);
    this.valuePosition = p + 4;
    p += 4 + Math.max(this.valueLength, 0);
    if (p !== end) throw new InvalidRecordError(`Message has ${end - p} bytes after its value`);
  }
}

function checkedSize(b: Buffer, at: number, end: number): number {
  if (end - at < OVERHEAD_BYTES + MIN_BYTES) {
    throw new InvalidRecordError('Message ends within its header');
  }
  const size = b.readInt32BE(at + 8);
  if (size < MIN_BYTES || size > end - at - OVERHEAD_BYTES) {
    throw new CorruptRecordError(`Message size ${size} doesn't fit the bytes that are there`);
  }
  return size + OVERHEAD_BYTES;
}

function readLength(b: Buffer, at: number, end: number): number {
  if (at + 4 > end) throw new InvalidRecordError('Message ends within a length');
  const length = b.readInt32BE(at);
  if (length > end - at - 4) {
    throw new InvalidRecordError(`Message field of ${length} bytes exceeds the message`);
  }
  return length < 0 ? -1 : length;
}

/** Kafka's baseOffset() of a wrapper: the first inner message's offset. Decompresses. */
export function deepBaseOffset(buffer: Buffer, at: number, maxDecompressedBytes: number): number {
  const messages = new LegacyMessages(maxDecompressedBytes);
  messages.reset(buffer, at);
  messages.next();
  return messages.offset;
}
