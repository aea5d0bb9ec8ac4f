// Lines as bytes straight into the output's buffer: numbers, names and text of records without a string for any of them.
// Bytes of records go there as they are; settle() turns what isn't UTF-8 among them into what Java shows.

import { throughJavaString } from '../../common/java-utf8.ts';
import type { ByteSink } from '../../output/byte-sink.ts';

const MINUS = 0x2d;
const ZERO = 0x30;
const NEWLINE = 0x0a;
const TWO_32 = 4294967296;
const BILLION = 1_000_000_000;
const LONGEST_NUMBER = 20;
/** Below this a loop over the bytes is quicker than the native call. */
const LOOP_BYTES = 48;
/** No bytes of records were written since the last settle(). */
const SETTLED = -1;

export class LineWriter {
  readonly out: ByteSink;
  #unsettledFrom = SETTLED;

  constructor(out: ByteSink) {
    this.out = out;
  }

  /** Makes room for `length` more bytes in one piece. */
  ensure(length: number): void {
    const { out } = this;
    if (this.#unsettledFrom !== SETTLED && out.position + length > out.buffer.length) this.settle();
    out.ensure(length);
  }

  /** Known text, as bytes. */
  words(bytes: Buffer): void {
    const { out } = this;
    const length = bytes.length;
    this.ensure(length);
    const { buffer, position } = out;
    for (let index = 0; index < length; index += 1) buffer[position + index] = bytes[index]!;
    out.position = position + length;
  }

  text(text: string): void {
    this.ensure(text.length * 3);
    this.out.text(text);
  }

  line(text: string): void {
    this.text(text);
    this.newline();
  }

  newline(): void {
    this.byte(NEWLINE);
  }

  byte(value: number): void {
    this.ensure(1);
    this.out.byte(value);
  }

  /** An integer; beyond 2^53 what the double has, saturating at the ends of int64. */
  number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.text(saturated(value));
      return;
    }
    const { out } = this;
    this.ensure(LONGEST_NUMBER);
    const { buffer } = out;
    let at = out.position;
    let rest = value;
    if (rest < 0) {
      buffer[at++] = MINUS;
      rest = -rest;
    }
    if (rest < BILLION) out.position = putDigits(buffer, at, rest, digitsOf(rest));
    else {
      const high = Math.floor(rest / BILLION);
      if (high < BILLION) at = putDigits(buffer, at, high, digitsOf(high));
      else {
        const higher = Math.floor(high / BILLION);
        at = putDigits(buffer, at, higher, digitsOf(higher));
        at = putDigits(buffer, at, high - higher * BILLION, 9);
      }
      out.position = putDigits(buffer, at, rest - high * BILLION, 9);
    }
  }

  /** The int64 at a place, exactly. */
  int64(buffer: Buffer, at: number): void {
    const high = buffer.readInt32BE(at);
    if (high >= -0x200000 && high < 0x200000) {
      this.number(high * TWO_32 + buffer.readUInt32BE(at + 4));
    } else this.text(buffer.readBigInt64BE(at).toString());
  }

  /** Bytes that Java takes for UTF-8. What stands before and after them is ASCII. */
  utf8(source: Buffer, start: number, length: number): void {
    this.ensure(length);
    const { out } = this;
    const { buffer, position } = out;
    if (this.#unsettledFrom === SETTLED) this.#unsettledFrom = position;
    if (length > LOOP_BYTES) source.copy(buffer, position, start, start + length);
    else {
      for (let index = 0; index < length; index += 1) {
        buffer[position + index] = source[start + index]!;
      }
    }
    out.position = position + length;
  }

  /**
   * Before anything else gets hold of the output: makes the records' bytes what Java shows.
   * One look at many lines at once. False: they were mended, and stand elsewhere now.
   */
  settle(): boolean {
    const from = this.#unsettledFrom;
    if (from === SETTLED) return true;
    this.#unsettledFrom = SETTLED;
    const { out } = this;
    const bytes = out.buffer.subarray(from, out.position);
    const shown = throughJavaString(bytes);
    if (shown === bytes) return true;
    out.position = from;
    out.bytes(shown, 0, shown.length);
    return false;
  }
}

function digitsOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  return value < 10_000_000 ? 7 : value < 100_000_000 ? 8 : 9;
}

/** The digits of an integer below 10^9, filled up with zeros; returns the place after them. */
function putDigits(buffer: Buffer, at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let place = at + digits - 1; place >= at; place -= 1) {
    const next = (rest / 10) | 0;
    buffer[place] = ZERO + rest - next * 10;
    rest = next;
  }
  return at + digits;
}

function saturated(value: number): string {
  return BigInt.asIntN(64, clamp(BigInt(value))).toString();
}

function clamp(value: bigint): bigint {
  const max = 2n ** 63n - 1n;
  return value > max ? max : value < -max - 1n ? -max - 1n : value;
}
