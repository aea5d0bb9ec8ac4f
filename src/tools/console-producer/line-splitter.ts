// Lines out of chunks of bytes, as java.io.BufferedReader finds them: \n, \r or \r\n ends a line, the last needs no end.
// Hands out positions in the chunk itself; only a line that spans chunks is copied. Nothing is allocated per line.

import { isUtf8 } from 'node:buffer';
import { throughJavaString } from '../../common/java-utf8.ts';

const LF = 0x0a;
const CR = 0x0d;
const FIRST_CARRY_BYTES = 64 * 1024;
/** Far more than a record may have (max.request.size); a stream without line ends must not fill the memory. */
export const LONGEST_LINE_BYTES = 1 << 30;
const NONE = Number.POSITIVE_INFINITY;
const EMPTY = Buffer.alloc(0);

export class LineTooLongError extends Error {
  constructor(lineNumber: number) {
    super(`Line ${lineNumber} is longer than ${LONGEST_LINE_BYTES} bytes`);
    this.name = 'LineTooLongError';
  }
}

export class LineSplitter {
  /** The current line is buffer[start, end); valid until the next call. */
  buffer: Buffer = EMPTY;
  start = 0;
  end = 0;
  /** Of the current line, from 1. */
  lineNumber = 0;

  readonly #repairsText: boolean;
  #chunk: Buffer = EMPTY;
  #at = 0;
  #nextCr = NONE;
  #skipsLf = false;
  #carry: Buffer = EMPTY;
  #carryLength = 0;
  /** Whether the complete lines of this chunk are UTF-8; unknown until the first of them. */
  #isText: boolean | undefined;

  /** `repairsText`: malformed UTF-8 becomes U+FFFD, as when Java reads text. Else bytes stay bytes. */
  constructor(repairsText: boolean) {
    this.#repairsText = repairsText;
  }

  /** The next bytes; only after next() returned false. They must stay as they are until then. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
    this.#isText = undefined;
    if (this.#skipsLf && chunk.length > 0) {
      if (chunk[0] === LF) this.#at = 1;
      this.#skipsLf = false;
    }
    this.#findCr();
  }

  /** Steps to the next whole line; false when the chunk has no more. */
  next(): boolean {
    const chunk = this.#chunk;
    const at = this.#at;
    const lf = chunk.indexOf(LF, at);
    if (this.#nextCr < (lf < 0 ? NONE : lf)) return this.#take(this.#nextCr, true);
    if (lf >= 0) return this.#take(lf, false);
    this.#keepRest();
    return false;
  }

  /** At the end of the stream: the last line when it had no end. */
  finish(): boolean {
    if (this.#carryLength === 0) return false;
    this.lineNumber += 1;
    this.#show(this.#carry, 0, this.#carryLength, false);
    this.#carryLength = 0;
    return true;
  }

  #take(end: number, isCr: boolean): boolean {
    const chunk = this.#chunk;
    const at = this.#at;
    this.#at = end + 1;
    if (isCr) this.#stepOverLf();
    this.lineNumber += 1;
    if (this.#carryLength > 0) {
      this.#addToCarry(chunk, at, end);
      this.#show(this.#carry, 0, this.#carryLength, false);
      this.#carryLength = 0;
    } else if (this.#repairsText) {
      this.#isText ??= this.#isWholeChunkText(at);
      this.#show(chunk, at, end, this.#isText);
    } else {
      this.buffer = chunk;
      this.start = at;
      this.end = end;
    }
    return true;
  }

  #stepOverLf(): void {
    if (this.#at === this.#chunk.length) this.#skipsLf = true;
    else if (this.#chunk[this.#at] === LF) this.#at += 1;
    this.#findCr();
  }

  #findCr(): void {
    const cr = this.#chunk.indexOf(CR, this.#at);
    this.#nextCr = cr < 0 ? NONE : cr;
  }

  #show(buffer: Buffer, start: number, end: number, isKnownText: boolean): void {
    if (isKnownText || !this.#repairsText) {
      this.buffer = buffer;
      this.start = start;
      this.end = end;
      return;
    }
    const line = throughJavaString(buffer.subarray(start, end));
    this.buffer = line;
    this.start = 0;
    this.end = line.length;
  }

  /** Line ends are ASCII, so whole lines are text when all of them together are. */
  #isWholeChunkText(start: number): boolean {
    const end = Math.max(this.#chunk.lastIndexOf(LF), this.#chunk.lastIndexOf(CR));
    return isUtf8(this.#chunk.subarray(start, end));
  }

  #keepRest(): void {
    this.#addToCarry(this.#chunk, this.#at, this.#chunk.length);
    this.#chunk = EMPTY;
    this.#at = 0;
    this.#nextCr = NONE;
  }

  #addToCarry(source: Buffer, start: number, end: number): void {
    const length = this.#carryLength + end - start;
    if (length > LONGEST_LINE_BYTES) throw new LineTooLongError(this.lineNumber + 1);
    if (length > this.#carry.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, this.#carry.length * 2, FIRST_CARRY_BYTES));
      this.#carry.copy(grown, 0, 0, this.#carryLength);
      this.#carry = grown;
    }
    source.copy(this.#carry, this.#carryLength, start, end);
    this.#carryLength = length;
  }
}
