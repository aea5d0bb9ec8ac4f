// Walks the batches of a segment file by their headers: what a replay of producers needs. Large batches are stepped over
// with small reads, small ones come many at a time; only a batch that is asked for is read whole.

import type { DiskFile } from '../io/io.ts';
import { completeBatchBytes, sizeInBytes } from '../records/record-batch.ts';

const HEADER_BYTES = 61;
const SMALL_READ_BYTES = 256;
const LARGE_READ_BYTES = 16384;
/** Behind a batch of this size the next header is read alone. */
const LARGE_BATCH_BYTES = 4096;

export class HeaderScanner {
  /** Holds the header of the batch found last, at `at`. */
  buffer: Buffer = Buffer.allocUnsafe(LARGE_READ_BYTES);
  at = 0;
  sizeBytes = 0;
  position = 0;

  readonly #file: DiskFile;
  readonly #end: number;
  #filled = 0;
  #bufferPosition = 0;
  #next: number;

  /** Walks [start, end) of the file. */
  constructor(file: DiskFile, start: number, end: number) {
    this.#file = file;
    this.#end = end;
    this.#next = start;
  }

  /** Steps to the next whole batch. Throws CorruptRecordError for an impossible size or magic. */
  next(): boolean {
    const position = this.#next;
    if (position + HEADER_BYTES > this.#end) return false;
    const inBuffer = position - this.#bufferPosition;
    if (inBuffer + HEADER_BYTES > this.#filled) {
      this.#read(
        position,
        this.sizeBytes > LARGE_BATCH_BYTES ? SMALL_READ_BYTES : LARGE_READ_BYTES,
      );
      if (this.#filled < HEADER_BYTES) return false;
    }
    this.at = position - this.#bufferPosition;
    // Refuses what no batch has; the end of the file stands in for the end of the buffer.
    completeBatchBytes(this.buffer, this.at, this.#filled);
    this.sizeBytes = sizeInBytes(this.buffer, this.at);
    this.position = position;
    if (position + this.sizeBytes > this.#end) return false;
    this.#next = position + this.sizeBytes;
    return true;
  }

  /** Makes sure that all of the batch found last is in `buffer`. */
  readWhole(): void {
    if (this.at + this.sizeBytes <= this.#filled) return;
    this.#read(this.position, this.sizeBytes);
    this.at = 0;
  }

  #read(position: number, wantedBytes: number): void {
    if (wantedBytes > this.buffer.length) this.buffer = Buffer.allocUnsafe(wantedBytes);
    const length = Math.min(wantedBytes, this.#end - position);
    this.#filled = this.#file.read(this.buffer, 0, length, position);
    this.#bufferPosition = position;
  }
}
