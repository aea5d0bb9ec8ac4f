// Lines as bytes straight into the output's buffer: numbers, names and text of records without a string for any of them.

import { throughJavaString } from '../../common/java-utf8.ts';
import type { ByteSink } from '../../output/byte-sink.ts';

const MINUS = 0x2d;
const ZERO = 0x30;
const NEWLINE = 0x0a;
const TWO_32 = 4294967296;
const BILLION = 1_000_000_000;
const LONGEST_NUMBER = 20;
/** Below this a loop over the bytes is quicker than the native calls. */
const LOOP_BYTES = 256;

export class LineWriter {
  readonly out: ByteSink;

  constructor(out: ByteSink) {
    this.out = out;
  }

  /** Known text, as bytes. */
  words(bytes: Buffer): void {
    const { out } = this;
    const length = bytes.length;
    out.ensure(length);
    const { buffer, position } = out;
    for (let index = 0; index < length; index += 1) buffer[position + index] = bytes[index]!;
    out.position = position + length;
  }

  text(text: string): void {
    this.out.text(text);
  }

  line(text: string): void {
    this.out.line(text);
  }

  newline(): void {
    this.out.byte(NEWLINE);
  }

  byte(value: number): void {
    this.out.byte(value);
  }

  /** An integer; beyond 2^53 what the double has, saturating at the ends of int64. */
  number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.out.text(saturated(value));
      return;
    }
    const { out } = this;
    out.ensure(LONGEST_NUMBER);
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
    } else this.out.text(buffer.readBigInt64BE(at).toString());
  }

  /** Bytes as Java shows them after it took them for UTF-8. */
  utf8(source: Buffer, start: number, length: number): void {
    const { out } = this;
    out.ensure(length);
    if (length > LOOP_BYTES) {
      this.#longUtf8(source.subarray(start, start + length));
      return;
    }
    const { buffer, position } = out;
    let seen = 0;
    for (let index = 0; index < length; index += 1) {
      const byte = source[start + index]!;
      seen |= byte;
      buffer[position + index] = byte;
    }
    if (seen < 0x80) out.position = position + length;
    else this.#longUtf8(source.subarray(start, start + length));
  }

  #longUtf8(bytes: Buffer): void {
    const shown = throughJavaString(bytes);
    this.out.bytes(shown, 0, shown.length);
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
