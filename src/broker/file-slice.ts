// A stretch of a log file that belongs to an answer and isn't read before it is sent: Kafka's FileRecords and sendfile.
// However large the answer, a connection then holds one piece of it in memory at a time.

import type { DiskFile } from '../io/io.ts';

/** Below this size reading at once is cheaper than keeping it apart; the protocol's Writer copies those too. */
export const LEAST_SLICE_BYTES = 1024;

export class FileSlice {
  readonly file: DiskFile;
  readonly position: number;
  /** Named as a Buffer's, whose place it takes in an answer. */
  readonly length: number;

  constructor(file: DiskFile, position: number, length: number) {
    this.file = file;
    this.position = position;
    this.length = length;
  }

  /** Throws DiskError, and an Error when the file is shorter than it was. */
  read(from: number, into: Buffer, count: number): void {
    const got = this.file.read(into, 0, count, this.position + from);
    if (got < count) throw new Error(`${this.file.path} ends at ${this.position + from + got}`);
  }

  readAll(): Buffer {
    const buffer = Buffer.allocUnsafe(this.length);
    this.read(0, buffer, this.length);
    return buffer;
  }
}

/**
 * The slice as a value of a `records` field. The Writer attaches large pieces as they are, without looking into them;
 * small ones it copies, so they are read here.
 */
export function attachable(slice: FileSlice): Buffer {
  if (slice.length < LEAST_SLICE_BYTES) return slice.readAll();
  return slice as unknown as Buffer;
}
