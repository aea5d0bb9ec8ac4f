// Writes the primitive types of Kafka's protocol, big-endian, into memory carved from a shared slab.
// Large byte slices are attached, not copied: they must not change until what finish() returned has been sent.
// A writer is for one message or frame; after finish() it is spent.

import { ZERO_UUID } from '../common/uuid.ts';
import { NotEncodableError } from './codec-errors.ts';

const SLAB_BYTES = 64 * 1024;
/** A slab's rest below this isn't worth keeping. */
const LEAST_REST_BYTES = 512;
/** From this size on, a slice is attached rather than copied. */
const ATTACH_BYTES = 1024;
const MAX_STRING_BYTES = 32767;
const MAX_ASCII_LOOP = 40;
const TWO_32 = 4294967296;
const TWO_63 = 2 ** 63;
const MAX_INT64 = 2n ** 63n - 1n;

// One writer at a time works at the end of the shared slab; what it leaves over goes to the next.
// A writer that is abandoned takes the slab with it, and the garbage collector frees it with its last slice.
let sharedSlab: Buffer | undefined;
let sharedStart = 0;

export const EMPTY_BYTES: Buffer = Buffer.alloc(0);
export const EMPTY_LIST: readonly never[] = [];

export class Writer {
  #buffer: Buffer;
  #position: number;
  #pieceStart: number;
  /** The empty list until there is one: most writers make a single piece, and an array that grows has room for many. */
  #pieces: readonly Buffer[] = EMPTY_LIST;
  #piecesBytes = 0;
  /** Within tagged fields everything is copied, because their size is put before them afterwards. */
  #tagDepth = 0;

  constructor() {
    if (sharedSlab === undefined) {
      this.#buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#position = 0;
    } else {
      this.#buffer = sharedSlab;
      this.#position = sharedStart;
      sharedSlab = undefined;
    }
    this.#pieceStart = this.#position;
  }

  /** Bytes written so far. */
  get sizeBytes(): number {
    return this.#piecesBytes + this.#position - this.#pieceStart;
  }

  /** What was written, in order. The memory is the caller's. */
  finish(): Buffer[] {
    this.#cut();
    this.#giveSlabBack();
    return this.#pieces === EMPTY_LIST ? [] : (this.#pieces as Buffer[]);
  }

  /** What was written as one buffer (copies when slices were attached). */
  finishBuffer(): Buffer {
    if (this.#pieces === EMPTY_LIST) {
      const buffer = this.#buffer;
      const [start, end] = [this.#pieceStart, this.#position];
      this.#giveSlabBack();
      return start === end ? EMPTY_BYTES : buffer.subarray(start, end);
    }
    const pieces = this.finish();
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, this.#piecesBytes);
  }

  /** As finish(), with int32 of the size of all that follows put into the first four bytes, which reserveSize() left. */
  finishFrame(): Buffer[] {
    const size = this.sizeBytes - 4;
    const pieces = this.finish();
    pieces[0]!.writeInt32BE(size, 0);
    return pieces;
  }

  /** Leaves room for a frame's size; the first thing written. */
  reserveSize(): void {
    this.writeInt32(0);
  }

  #giveSlabBack(): void {
    if (this.#buffer.length - this.#position < LEAST_REST_BYTES) return;
    sharedSlab = this.#buffer;
    sharedStart = this.#position;
  }

  #cut(): void {
    if (this.#position === this.#pieceStart) return;
    this.#addPiece(this.#buffer.subarray(this.#pieceStart, this.#position));
    this.#piecesBytes += this.#position - this.#pieceStart;
    this.#pieceStart = this.#position;
  }

  #addPiece(piece: Buffer): void {
    if (this.#pieces === EMPTY_LIST) this.#pieces = [piece];
    else (this.#pieces as Buffer[]).push(piece);
  }

  #ensure(bytes: number): void {
    if (this.#position + bytes > this.#buffer.length) this.#grow(bytes);
  }

  // What is written but not cut moves to the new buffer's start: positions that tags remember are relative to it.
  #grow(bytes: number): void {
    const kept = this.#position - this.#pieceStart;
    const grown = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, (kept + bytes) * 2));
    this.#buffer.copy(grown, 0, this.#pieceStart, this.#position);
    this.#buffer = grown;
    this.#pieceStart = 0;
    this.#position = kept;
  }

  writeInt8(value: number): void {
    this.#ensure(1);
    this.#buffer[this.#position++] = value;
  }

  writeBool(value: boolean): void {
    this.#ensure(1);
    this.#buffer[this.#position++] = value ? 1 : 0;
  }

  writeInt16(value: number): void {
    this.#ensure(2);
    const b = this.#buffer;
    const at = this.#position;
    b[at] = value >> 8;
    b[at + 1] = value;
    this.#position = at + 2;
  }

  writeUint16(value: number): void {
    this.writeInt16(value);
  }

  writeInt32(value: number): void {
    this.#ensure(4);
    const b = this.#buffer;
    const at = this.#position;
    b[at] = value >> 24;
    b[at + 1] = value >> 16;
    b[at + 2] = value >> 8;
    b[at + 3] = value;
    this.#position = at + 4;
  }

  writeUint32(value: number): void {
    this.writeInt32(value);
  }

  /** Beyond ±2^63 the nearest int64 is written, so that Long.MAX_VALUE survives as a double (docs/decisions/0003). */
  writeInt64(value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.#ensure(8);
      this.#buffer.writeBigInt64BE(BigInt.asIntN(64, value), this.#position);
      this.#position += 8;
    } else if (value >= TWO_63) {
      this.writeInt32(0x7fffffff);
      this.writeInt32(-1);
    } else if (value <= -TWO_63) {
      this.writeInt32(-0x80000000);
      this.writeInt32(0);
    } else {
      const high = Math.floor(value / TWO_32);
      this.writeInt32(high);
      this.writeInt32(value - high * TWO_32);
    }
  }

  writeFloat64(value: number): void {
    this.#ensure(8);
    this.#buffer.writeDoubleBE(value, this.#position);
    this.#position += 8;
  }

  /** An unsigned varint of at most 32 bits. */
  writeUvarint(value: number): void {
    this.#ensure(5);
    const b = this.#buffer;
    let at = this.#position;
    let rest = value;
    while (rest > 0x7f) {
      b[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    b[at++] = rest;
    this.#position = at;
  }

  writeUuid(value: string): void {
    this.#ensure(16);
    const at = this.#position;
    this.#position = at + 16;
    if (value === ZERO_UUID) {
      this.#buffer.fill(0, at, at + 16);
    } else if (value.length !== 22 || this.#buffer.write(value, at, 16, 'base64url') !== 16) {
      throw new NotEncodableError(`not a uuid: '${value}'`);
    }
  }

  // ---- strings and bytes -------------------------------------------------------------------------------------------

  writeString(value: string, field?: string): void {
    if (this.#writeShortAscii(value, 2)) return;
    const text = wellFormed(value);
    const length = stringBytes(text, field);
    this.writeInt16(length);
    this.#putString(text, length);
  }

  writeNullableString(value: string | null, field?: string): void {
    if (value === null) this.writeInt16(-1);
    else this.writeString(value, field);
  }

  writeCompactString(value: string, field?: string): void {
    if (this.#writeShortAscii(value, 1)) return;
    const text = wellFormed(value);
    const length = stringBytes(text, field);
    this.writeUvarint(length + 1);
    this.#putString(text, length);
  }

  writeCompactNullableString(value: string | null, field?: string): void {
    if (value === null) this.writeInt8(0);
    else this.writeCompactString(value, field);
  }

  // Short ASCII is quicker byte by byte than through a native call; false when it is neither.
  #writeShortAscii(value: string, prefixBytes: 1 | 2): boolean {
    const length = value.length;
    if (length > MAX_ASCII_LOOP) return false;
    this.#ensure(length + 2);
    const b = this.#buffer;
    let at = this.#position + prefixBytes;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      b[at++] = code;
    }
    if (prefixBytes === 1) {
      b[this.#position] = length + 1;
    } else {
      b[this.#position] = 0;
      b[this.#position + 1] = length;
    }
    this.#position = at;
    return true;
  }

  #putString(text: string, bytes: number): void {
    this.#ensure(bytes);
    this.#buffer.write(text, this.#position, bytes, 'utf8');
    this.#position += bytes;
  }

  writeBytes(value: Buffer | readonly Buffer[]): void {
    this.writeInt32(bytesLength(value));
    this.append(value);
  }

  writeNullableBytes(value: Buffer | readonly Buffer[] | null): void {
    if (value === null) this.writeInt32(-1);
    else this.writeBytes(value);
  }

  writeCompactBytes(value: Buffer | readonly Buffer[]): void {
    this.writeUvarint(bytesLength(value) + 1);
    this.append(value);
  }

  writeCompactNullableBytes(value: Buffer | readonly Buffer[] | null): void {
    if (value === null) this.writeInt8(0);
    else this.writeCompactBytes(value);
  }

  /** Bytes as they are, without a length. */
  append(value: Buffer | readonly Buffer[]): void {
    if (Buffer.isBuffer(value)) this.#appendOne(value);
    else for (const piece of value) this.#appendOne(piece);
  }

  // A large piece isn't looked into: src/broker/file-slice.ts has one that is read when it is sent.
  #appendOne(piece: Buffer): void {
    if (piece.length >= ATTACH_BYTES && this.#tagDepth === 0) {
      this.#cut();
      this.#addPiece(piece);
      this.#piecesBytes += piece.length;
    } else {
      this.#ensure(piece.length);
      piece.copy(this.#buffer, this.#position);
      this.#position += piece.length;
    }
  }

  // ---- arrays and structures ---------------------------------------------------------------------------------------

  /** -1 for null. */
  writeArrayLength(length: number): void {
    this.writeInt32(length);
  }

  /** -1 for null. */
  writeCompactArrayLength(length: number): void {
    this.writeUvarint(length + 1);
  }

  /** The marker before a nullable structure. */
  writePresence(present: boolean): void {
    this.writeInt8(present ? 1 : -1);
  }

  /** The same within a tagged field. */
  writeTaggedPresence(present: boolean): void {
    this.writeInt8(present ? 1 : 0);
  }

  /** For a null where this version has none. */
  required<T>(value: T | null, field: string): T {
    if (value === null) throw new NotEncodableError(`${field} must not be null in this version`);
    return value;
  }

  /** Begins a section of tagged fields. The returned mark goes to beginTag. */
  beginTags(): number {
    this.writeInt8(0);
    this.#tagDepth++;
    return this.#position - 1 - this.#pieceStart;
  }

  /** Begins one tagged field, in ascending order of tags. The returned mark goes to endTag. */
  beginTag(section: number, tag: number): number {
    this.#buffer[this.#pieceStart + section]!++;
    this.writeUvarint(tag);
    this.writeInt8(0);
    return this.#position - this.#pieceStart;
  }

  /** Puts the size before the value, which moves up when the size takes more than the one byte left for it. */
  endTag(mark: number): void {
    const start = this.#pieceStart + mark;
    const size = this.#position - start;
    if (size > 0x7f) {
      const extra = uvarintBytes(size) - 1;
      this.#ensure(extra);
      const from = this.#pieceStart + mark;
      this.#buffer.copyWithin(from + extra, from, this.#position);
      const end = this.#position + extra;
      this.#position = from - 1;
      this.writeUvarint(size);
      this.#position = end;
    } else {
      this.#buffer[start - 1] = size;
    }
  }

  endTags(): void {
    this.#tagDepth--;
  }

  /** A section without tagged fields. */
  writeNoTags(): void {
    this.writeInt8(0);
  }
}

/** Length in bytes of a value that may come in pieces. */
export function bytesLength(value: Buffer | readonly Buffer[]): number {
  if (Buffer.isBuffer(value)) return value.length;
  let length = 0;
  for (const piece of value) length += piece.length;
  return length;
}

/** Whether writeInt64 would write Long.MAX_VALUE. */
export function isMaxInt64(value: number | bigint): boolean {
  return typeof value === 'bigint' ? value === MAX_INT64 : value >= TWO_63;
}

export function uvarintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes++;
  return bytes;
}

function stringBytes(text: string, field: string | undefined): number {
  const length = Buffer.byteLength(text, 'utf8');
  if (length > MAX_STRING_BYTES) {
    throw new NotEncodableError(`'${field ?? 'string'}' field is too long to be serialized`);
  }
  return length;
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

// Java encodes a surrogate without its partner as '?', Node as U+FFFD.
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.replace(LONE_SURROGATE, '?');
}
