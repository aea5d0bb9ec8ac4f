// Walks the batches of a segment file in big reads through one reused buffer: for recovery, replay and searches.
// Never trusts a size: a batch that doesn't fit the file ends the walk as a torn tail.

import type { DiskFile } from '../io/io.ts';
import { completeBatchBytes } from '../records/record-batch.ts';

const CHUNK_BYTES = 1 << 20;
const HEADER_PEEK_BYTES = 61;

/** One buffer for all scans of the process; scans don't nest and don't wait. */
let shared: Buffer | undefined;

export class SegmentScanner {
  /** Holds the batch found last, at `at`. */
  buffer: Buffer;
  at = 0;
  /** Of the batch found last. */
  sizeBytes = 0;
  /** Position in the file of the batch found last. */
  position = 0;

  readonly #file: DiskFile;
  readonly #end: number;
  #filled = 0;
  #bufferPosition: number;
  #next: number;

  /** Walks [start, end) of the file, through `own` when the scan is to wait or nest. */
  constructor(file: DiskFile, start: number, end: number, own?: Buffer) {
    shared ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.buffer = own ?? shared;
    this.#file = file;
    this.#end = end;
    this.#next = start;
    this.#bufferPosition = start;
  }

  /** Where the next batch would begin: after a walk, the end of what is whole. */
  get nextPosition(): number {
    return this.#next;
  }

  /** Steps to the next whole batch, its bytes in `buffer`. Throws CorruptRecordError for an impossible size or magic. */
  next(): boolean {
    for (;;) {
      const at = this.#next - this.#bufferPosition;
      const size = at < this.#filled ? completeBatchBytes(this.buffer, at, this.#filled) : 0;
      if (size > 0) {
        this.at = at;
        this.sizeBytes = size;
        this.position = this.#next;
        this.#next += size;
        return true;
      }
      if (!this.#fill()) return false;
    }
  }

  /** Reads on from the next batch; false when the file has no more to give for it. */
  #fill(): boolean {
    const left = this.#end - this.#next;
    const have = Math.max(this.#bufferPosition + this.#filled - this.#next, 0);
    if (have >= left) return false;
    const chunkBytes = Math.min(this.buffer.length, CHUNK_BYTES);
    let wanted = chunkBytes;
    if (have >= 12) {
      const at = this.#next - this.#bufferPosition;
      wanted = Math.max(this.buffer.readInt32BE(at + 8) + 12, chunkBytes);
      if (wanted > left) {
        // Larger than what is left: torn, unless the rest simply hasn't been read yet.
        if (this.buffer.readInt32BE(at + 8) + 12 > left && have >= HEADER_PEEK_BYTES) return false;
        wanted = left;
      }
    }
    wanted = Math.min(wanted, left);
    if (wanted > this.buffer.length) this.buffer = Buffer.allocUnsafeSlow(wanted);
    this.#filled = this.#file.read(this.buffer, 0, wanted, this.#next);
    this.#bufferPosition = this.#next;
    return this.#filled > have;
  }
}
