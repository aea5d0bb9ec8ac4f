// A file seen through one buffer that moves along it: memory stays flat however long the file is.
// It grows for a piece larger than itself and for nothing else.

import type { DiskFile } from '../../io/io.ts';
import { describeError, messageOf, ToolError } from '../support/java-error.ts';

const WINDOW_BYTES = 1 << 19;
/** What FileLogInputStream reads before it knows the size of a batch: offset, size, epoch, magic. */
const LOG_HEADER_BYTES = 17;
const LOG_OVERHEAD_BYTES = 12;
const MIN_RECORD_BYTES = 14;

export class LogWindow {
  readonly path: string;
  readonly sizeBytes: number;
  buffer: Buffer;
  readonly #file: DiskFile;
  #start = 0;
  #length = 0;

  constructor(file: DiskFile, path: string) {
    this.#file = file;
    this.path = path;
    this.sizeBytes = file.sizeBytes();
    this.buffer = Buffer.allocUnsafeSlow(Math.min(WINDOW_BYTES, Math.max(this.sizeBytes, 64)));
  }

  /** Brings file[position, position + length) into the buffer; returns where it begins there. */
  load(position: number, length: number): number {
    if (position >= this.#start && position + length <= this.#start + this.#length) {
      return position - this.#start;
    }
    this.#move(position, length);
    if (length > this.#length) {
      throw new ToolError(
        `Failed to read ${length} bytes at position ${position} of ${this.path}: the file ends before`,
        'org.apache.kafka.common.KafkaException',
      );
    }
    return 0;
  }

  #move(position: number, length: number): void {
    const old = this.buffer;
    if (length > old.length) this.buffer = Buffer.allocUnsafeSlow(length);
    const from = position - this.#start;
    let kept = 0;
    if (from >= 0 && from < this.#length) {
      kept = this.#length - from;
      old.copy(this.buffer, 0, from, this.#length);
    }
    this.#start = position;
    this.#length = kept;
    while (this.#length < this.buffer.length) {
      const room = this.buffer.length - this.#length;
      const count = this.#file.read(this.buffer, this.#length, room, position + this.#length);
      if (count === 0) break;
      this.#length += count;
    }
  }

  /**
   * The bytes of the batch at `position` when all of it lies before `end`, else 0 (FileLogInputStream.nextBatch).
   * Throws ToolError for a size that no batch can have.
   */
  batchBytes(position: number, end: number): number {
    if (position >= end - LOG_HEADER_BYTES) return 0;
    const at = this.load(position, LOG_HEADER_BYTES);
    const size = this.buffer.readInt32BE(at + 8);
    if (size < MIN_RECORD_BYTES) {
      throw new ToolError(
        `Found record size ${size} smaller than minimum record overhead (${MIN_RECORD_BYTES}) at position ${position} in file ${this.path}.`,
        'org.apache.kafka.common.errors.CorruptRecordException',
      );
    }
    return position > end - LOG_OVERHEAD_BYTES - size ? 0 : size + LOG_OVERHEAD_BYTES;
  }

  /** The batch at `position`, at least so much of it that its header can be read, even beyond its own end. */
  loadBatch(position: number, sizeBytes: number): number {
    const at = this.load(position, sizeBytes);
    const magic = this.buffer.readInt8(at + 16);
    const header = magic < 0 ? LOG_HEADER_BYTES : (HEADER_BYTES[magic] ?? MODERN_HEADER_BYTES);
    return sizeBytes >= header ? at : this.load(position, header);
  }

  /** The failure to read the records of the batch at `position`, with its place. */
  unreadable(position: number, error: unknown): ToolError {
    // Some of Java's exceptions have a name alone.
    const what = messageOf(error) || describeError(error);
    return new ToolError(
      `${this.path}: batch at position ${position}: ${what}`,
      'org.apache.kafka.common.KafkaException',
      error,
    );
  }
}

/** Of magic 0 and 1; of a later magic it is more. */
const HEADER_BYTES: readonly number[] = [18, 26];
const MODERN_HEADER_BYTES = 61;
