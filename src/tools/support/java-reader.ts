// Reads messages as Kafka's generated classes do, down to what they let pass and to the texts of their errors, where a
// dump shows these. Everything else reads with Reader, which is stricter.

import { MalformedError } from '../../protocol/codec-errors.ts';
import { ExactReader } from '../../protocol/reader.ts';

const MAX_STRING_BYTES = 32767;

export class JavaReader extends ExactReader {
  /** Why the position is beyond the end: an unknown tagged field that claimed more than is left. */
  #overrun: string | undefined;

  #refuse(message: string): never {
    throw new MalformedError(message, this.position);
  }

  /** A BufferUnderflowException, which has no message. */
  protected override short(): never {
    this.#refuse(this.#whyShort('null'));
  }

  #whyShort(otherwise: string): string {
    return this.position > this.end ? (this.#overrun ?? otherwise) : otherwise;
  }

  /** An int of Java: five bytes may make it negative. */
  override readUvarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      if (this.position >= this.end) this.short();
      const byte = this.buffer[this.position++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
      if (shift === 28) this.#refuse(tooLong(value));
    }
  }

  protected override nullRefused(field: string | undefined): never {
    this.#refuse(`non-nullable field ${field} was serialized as null`);
  }

  override take(length: number, field?: string): Buffer {
    this.#checkBytes(length);
    return super.take(length, field);
  }

  override skip(length: number, field?: string): void {
    this.#checkBytes(length);
    super.skip(length, field);
  }

  protected override takeString(length: number, field: string | undefined): string {
    if (length > MAX_STRING_BYTES) {
      this.#refuse(`string field ${field} had invalid length ${length}`);
    }
    this.#checkBytes(length);
    return super.takeString(length, field);
  }

  #checkBytes(length: number): void {
    if (length > this.remaining) this.#refuse(this.#whyShort(shortOf(length, this.remaining)));
  }

  /** Kafka only wants a byte for each element. */
  protected override checkedLength(length: number): number {
    if (length > this.remaining) {
      this.#refuse(
        `Tried to allocate a collection of size ${length}, but there are only ${this.remaining} bytes remaining.`,
      );
    }
    return length;
  }

  override readTagCount(): number {
    return this.readUvarint();
  }

  override readTagEnd(): number {
    const size = this.readUvarint();
    if (size > this.remaining) this.#overrun ??= shortOf(size, this.remaining);
    return this.position + size;
  }

  /** The announced size of a known tagged field is nothing that Kafka looks at. */
  override endTag(): void {
    this.#overrun = undefined;
  }

  override skipTags(): void {
    for (let count = this.readTagCount(); count > 0; count--) {
      this.readUvarint();
      this.skip(this.readUvarint());
    }
  }

  /** To be called at the end: throws for an unknown tagged field that went beyond it. */
  finish(): void {
    if (this.position > this.end) this.#refuse(this.#whyShort('null'));
  }
}

function tooLong(value: number): string {
  const hex = (value >>> 0).toString(16);
  return `Varint is too long, the most significant bit in the 5th byte is set, converted value: ${hex}`;
}

function shortOf(length: number, available: number): string {
  return `Error reading byte array of ${length} byte(s): only ${available} byte(s) available`;
}
