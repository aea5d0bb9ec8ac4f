// Reads the primitive types of Kafka's protocol from a buffer, big-endian, within [start, end).
// Every read is checked against the end, and a length is checked before anything is allocated for it.
// Bytes come back as views, never copies. `field` only names the culprit in a MalformedError.

import { ZERO_UUID } from '../common/uuid.ts';
import { MalformedError } from './codec-errors.ts';

const MAX_STRING_BYTES = 32767;
/** Longer lists grow as their elements are read, so that a claimed length alone allocates little. */
const PREALLOCATED_ELEMENTS = 4096;
const TWO_32 = 4294967296;
/** What all arrays of a message may hold together. An element of two bytes can cost a hundred in memory. */
const MAX_ELEMENTS = 16_000_000;

export class Reader {
  readonly buffer: Buffer;
  readonly end: number;
  position: number;
  /** How many elements the arrays to come may still hold; whoever doesn't trust the sender lowers it. */
  elementsLeft = MAX_ELEMENTS;
  /** The message being read, for errors. */
  messageName = '';

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.buffer = buffer;
    this.position = start;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Throws a MalformedError that names message, field and position. */
  fail(what: string, field: string | undefined): never {
    const subject = field === undefined ? this.messageName : `${this.messageName}.${field}`;
    throw new MalformedError(
      `${subject || 'data'}: ${what}, at byte ${this.position}`,
      this.position,
    );
  }

  protected short(bytes: number, field: string | undefined): never {
    this.fail(`${bytes} bytes expected, ${this.remaining} left`, field);
  }

  readInt8(field?: string): number {
    const at = this.position;
    if (at + 1 > this.end) this.short(1, field);
    this.position = at + 1;
    return (this.buffer[at]! << 24) >> 24;
  }

  readUint8(field?: string): number {
    const at = this.position;
    if (at + 1 > this.end) this.short(1, field);
    this.position = at + 1;
    return this.buffer[at]!;
  }

  /** Any byte but 0 is true, as in Kafka. */
  readBool(field?: string): boolean {
    return this.readInt8(field) !== 0;
  }

  readInt16(field?: string): number {
    const at = this.position;
    if (at + 2 > this.end) this.short(2, field);
    this.position = at + 2;
    const b = this.buffer;
    return ((b[at]! << 24) >> 16) | b[at + 1]!;
  }

  readUint16(field?: string): number {
    return this.readInt16(field) & 0xffff;
  }

  readInt32(field?: string): number {
    const at = this.position;
    if (at + 4 > this.end) this.short(4, field);
    this.position = at + 4;
    const b = this.buffer;
    return (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
  }

  readUint32(field?: string): number {
    return this.readInt32(field) >>> 0;
  }

  /** The nearest double: exact to 2^53; Long.MAX_VALUE reads as 2^63 (docs/decisions/0003). */
  readInt64(field?: string): number {
    const at = this.position;
    if (at + 8 > this.end) this.short(8, field);
    this.position = at + 8;
    const b = this.buffer;
    const high = (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
    const low = (b[at + 4]! << 24) | (b[at + 5]! << 16) | (b[at + 6]! << 8) | b[at + 7]!;
    return high * TWO_32 + (low >>> 0);
  }

  readFloat64(field?: string): number {
    const at = this.position;
    if (at + 8 > this.end) this.short(8, field);
    this.position = at + 8;
    return this.buffer.readDoubleBE(at);
  }

  /** An unsigned varint of at most 32 bits. */
  readUvarint(field?: string): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.position >= this.end) this.short(1, field);
      const byte = this.buffer[this.position++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (shift === 28 && byte > 0x0f) break;
        return value >>> 0;
      }
    }
    return this.fail('a varint of more than 32 bits', field);
  }

  readUuid(field?: string): string {
    const at = this.position;
    if (at + 16 > this.end) this.short(16, field);
    this.position = at + 16;
    const b = this.buffer;
    let any = 0;
    for (let i = 0; i < 16; i++) any |= b[at + i]!;
    return any === 0 ? ZERO_UUID : b.toString('base64url', at, at + 16);
  }

  // ---- strings and bytes -------------------------------------------------------------------------------------------

  readString(field?: string): string {
    const length = this.readInt16(field);
    return length < 0 ? this.nullRefused(field) : this.takeString(length, field);
  }

  readNullableString(field?: string): string | null {
    const length = this.readInt16(field);
    return length < 0 ? null : this.takeString(length, field);
  }

  readCompactString(field?: string): string {
    const length = this.readUvarint(field) - 1;
    return length < 0 ? this.nullRefused(field) : this.takeString(length, field);
  }

  readCompactNullableString(field?: string): string | null {
    const length = this.readUvarint(field) - 1;
    return length < 0 ? null : this.takeString(length, field);
  }

  readBytes(field?: string): Buffer {
    const length = this.readInt32(field);
    return length < 0 ? this.nullRefused(field) : this.take(length, field);
  }

  readNullableBytes(field?: string): Buffer | null {
    const length = this.readInt32(field);
    return length < 0 ? null : this.take(length, field);
  }

  readCompactBytes(field?: string): Buffer {
    const length = this.readUvarint(field) - 1;
    return length < 0 ? this.nullRefused(field) : this.take(length, field);
  }

  readCompactNullableBytes(field?: string): Buffer | null {
    const length = this.readUvarint(field) - 1;
    return length < 0 ? null : this.take(length, field);
  }

  /** The next `length` bytes as a view. */
  take(length: number, field?: string): Buffer {
    const at = this.position;
    if (length > this.end - at) this.short(length, field);
    this.position = at + length;
    return this.buffer.subarray(at, at + length);
  }

  skip(length: number, field?: string): void {
    if (length > this.end - this.position) this.short(length, field);
    this.position += length;
  }

  protected takeString(length: number, field: string | undefined): string {
    const at = this.position;
    if (length > MAX_STRING_BYTES) this.fail(`a string of ${length} bytes`, field);
    if (length > this.end - at) this.short(length, field);
    this.position = at + length;
    return length === 0 ? '' : this.buffer.toString('utf8', at, at + length);
  }

  protected nullRefused(field: string | undefined): never {
    return this.fail('null where a value is required', field);
  }

  // ---- arrays ------------------------------------------------------------------------------------------------------

  /** `minElementBytes` is the least that one element takes: a length that the rest cannot hold is refused. */
  readArrayLength(minElementBytes: number, field?: string): number {
    const length = this.readInt32(field);
    if (length < 0) this.nullRefused(field);
    return this.checkedLength(length, minElementBytes, field);
  }

  /** -1 for null. */
  readNullableArrayLength(minElementBytes: number, field?: string): number {
    const length = this.readInt32(field);
    return length < 0 ? -1 : this.checkedLength(length, minElementBytes, field);
  }

  readCompactArrayLength(minElementBytes: number, field?: string): number {
    const length = this.readUvarint(field) - 1;
    if (length < 0) this.nullRefused(field);
    return this.checkedLength(length, minElementBytes, field);
  }

  /** -1 for null. */
  readCompactNullableArrayLength(minElementBytes: number, field?: string): number {
    const length = this.readUvarint(field) - 1;
    return length < 0 ? -1 : this.checkedLength(length, minElementBytes, field);
  }

  protected checkedLength(
    length: number,
    minElementBytes: number,
    field: string | undefined,
  ): number {
    if (length * minElementBytes > this.end - this.position) {
      this.fail(`an array of ${length} elements, ${this.remaining} bytes left`, field);
    }
    this.elementsLeft -= length;
    if (this.elementsLeft < 0) this.fail('too many elements in all', field);
    return length;
  }

  readInt8Array(length: number): number[] {
    const list = newList<number>(length);
    for (let i = 0; i < length; i++) list[i] = this.readInt8();
    return list;
  }

  readInt16Array(length: number): number[] {
    const list = newList<number>(length);
    for (let i = 0; i < length; i++) list[i] = this.readInt16();
    return list;
  }

  readInt32Array(length: number): number[] {
    const list = newList<number>(length);
    for (let i = 0; i < length; i++) list[i] = this.readInt32();
    return list;
  }

  readInt64Array(length: number): number[] {
    const list = newList<number>(length);
    for (let i = 0; i < length; i++) list[i] = this.readInt64();
    return list;
  }

  readUuidArray(length: number): string[] {
    const list = newList<string>(length);
    for (let i = 0; i < length; i++) list[i] = this.readUuid();
    return list;
  }

  readStringArray(length: number, field?: string): string[] {
    const list = newList<string>(length);
    for (let i = 0; i < length; i++) list[i] = this.readString(field);
    return list;
  }

  readCompactStringArray(length: number, field?: string): string[] {
    const list = newList<string>(length);
    for (let i = 0; i < length; i++) list[i] = this.readCompactString(field);
    return list;
  }

  /** For a message whose versions differ in the form of strings. */
  readStrings(compact: boolean, length: number, field?: string): string[] {
    return compact
      ? this.readCompactStringArray(length, field)
      : this.readStringArray(length, field);
  }

  // ---- structures --------------------------------------------------------------------------------------------------

  /** The marker before a nullable structure: negative is null. */
  readPresence(field?: string): boolean {
    return this.readInt8(field) >= 0;
  }

  /** The same within a tagged field, where it is a varint: 0 is null. */
  readTaggedPresence(field?: string): boolean {
    return this.readUvarint(field) > 0;
  }

  /** The number of tagged fields that follow. */
  readTagCount(): number {
    const count = this.readUvarint('taggedFields');
    if (count * 2 > this.remaining) this.fail(`${count} tagged fields`, 'taggedFields');
    return count;
  }

  /** The size of a tagged field's value, as the position where it ends. */
  readTagEnd(): number {
    const size = this.readUvarint('taggedFields');
    if (size > this.remaining) this.short(size, 'taggedFields');
    return this.position + size;
  }

  /** A tagged field must have taken exactly the bytes that it announced. */
  endTag(end: number, field: string): void {
    if (this.position !== end) this.fail('the size of the tagged field is wrong', field);
  }

  skipTags(): void {
    for (let count = this.readTagCount(); count > 0; count--) {
      this.readUvarint('taggedFields');
      this.position = this.readTagEnd();
    }
  }
}

/** A Reader that loses nothing: an int64 beyond 2^53 comes back as a bigint where the type says number. Whoever uses it knows. */
export class ExactReader extends Reader {
  override readInt64(field?: string): number {
    const value = super.readInt64(field);
    if (Number.isSafeInteger(value)) return value;
    return this.buffer.readBigInt64BE(this.position - 8) as unknown as number;
  }
}

/** A list for `length` elements that the caller fills from 0 up. */
export function newList<T>(length: number): T[] {
  return length <= PREALLOCATED_ELEMENTS ? new Array<T>(length) : [];
}
