// The head of the last record's line, to make the next one from: one copy in place and a few digits, where writing it
// takes eight pieces. Most records of a log differ from the one before by one offset, a few milliseconds and their text.

import type { ByteSink } from '../../output/byte-sink.ts';
import type { RecordCursor } from '../../records/record-cursor.ts';

const ZERO = 0x30;
/** Well within int32, together with a digit. */
const LONGEST_STEP = 1_000_000_000;

export class LinePattern {
  #buffer: Buffer | undefined;
  /** Where the head is in the buffer, and where its numbers end there. */
  #start = 0;
  #offsetEnd = 0;
  #timestampEnd = 0;
  #sequenceEnd = 0;
  #end = 0;
  #offset = 0;
  #timestamp = 0;
  #sequence = 0;
  #keyLength = 0;
  #valueLength = 0;

  /** The line is no longer where it was, or the next one differs in more than numbers. */
  forget(): void {
    this.#buffer = undefined;
  }

  /** What was just written of the record's line, from `start` to the output's position. */
  keep(
    out: ByteSink,
    record: RecordCursor,
    start: number,
    offsetEnd: number,
    timestampEnd: number,
    sequenceEnd: number,
  ): void {
    this.#buffer = out.buffer;
    this.#start = start;
    this.#offsetEnd = offsetEnd;
    this.#timestampEnd = timestampEnd;
    this.#sequenceEnd = sequenceEnd;
    this.#end = out.position;
    this.#offset = record.offset;
    this.#timestamp = record.timestamp;
    this.#sequence = record.sequence;
    this.#keyLength = record.keyLength;
    this.#valueLength = record.valueLength;
  }

  /**
   * Writes the record's head after the pattern, and keeps that; false, and nothing written, where it doesn't fit.
   * There must be room for it.
   */
  repeat(out: ByteSink, record: RecordCursor): boolean {
    const { buffer, position } = out;
    if (
      buffer !== this.#buffer ||
      record.keyLength !== this.#keyLength ||
      record.valueLength !== this.#valueLength
    ) {
      return false;
    }
    const start = this.#start;
    const length = this.#end - start;
    const moved = position - start;
    buffer.copyWithin(position, start, start + length);
    if (
      !raise(buffer, this.#offsetEnd + moved, this.#offset, record.offset) ||
      !raise(buffer, this.#timestampEnd + moved, this.#timestamp, record.timestamp) ||
      !raise(buffer, this.#sequenceEnd + moved, this.#sequence, record.sequence)
    ) {
      return false;
    }
    this.#offset = record.offset;
    this.#timestamp = record.timestamp;
    this.#sequence = record.sequence;
    this.#start = position;
    this.#offsetEnd += moved;
    this.#timestampEnd += moved;
    this.#sequenceEnd += moved;
    this.#end = position + length;
    out.position = position + length;
    return true;
  }
}

/** Makes the decimal `from`, whose digits end before `end`, into `to`; false where it takes more digits, or a sign. */
function raise(buffer: Buffer, end: number, from: number, to: number): boolean {
  let rest = to - from;
  if (rest === 0) return true;
  if (rest < 0 || rest > LONGEST_STEP || from < 0 || to > Number.MAX_SAFE_INTEGER) return false;
  for (let at = end - 1; rest > 0; at -= 1) {
    const digit = buffer[at]! - ZERO;
    if (digit < 0 || digit > 9) return false;
    const sum = digit + rest;
    rest = (sum / 10) | 0;
    buffer[at] = ZERO + sum - rest * 10;
  }
  return true;
}
