// The daemon's log: lines with a time stamp, appended; past a size the file becomes .1, .1 becomes .2, and so on.
// A log that can't be written is let go: the broker matters more.

import type { DiskFile, Io } from '../io/io.ts';

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT_FILES = 5;

export class LogFile {
  readonly #io: Io;
  readonly #path: string;
  readonly #maxBytes: number;
  #file: DiskFile | undefined;
  #sizeBytes = 0;

  constructor(io: Io, path: string, maxBytes = MAX_BYTES) {
    this.#io = io;
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#open();
  }

  /** Writes one line, at once. */
  line(text: string): void {
    const bytes = Buffer.from(`[${timestamp(this.#io.clock.nowMs())}] ${text}\n`);
    try {
      if (this.#sizeBytes + bytes.length > this.#maxBytes) this.#rotate();
      this.#file?.write(bytes, 0, bytes.length, this.#sizeBytes);
      this.#sizeBytes += bytes.length;
    } catch {
      this.#file?.close();
      this.#file = undefined;
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #open(): void {
    this.#file = this.#io.disk.open(this.#path, 'write');
    this.#sizeBytes = this.#file.sizeBytes();
  }

  #rotate(): void {
    const { disk } = this.#io;
    this.close();
    disk.remove(`${this.#path}.${KEPT_FILES}`);
    for (let index = KEPT_FILES - 1; index >= 1; index--) {
      if (disk.exists(`${this.#path}.${index}`)) {
        disk.rename(`${this.#path}.${index}`, `${this.#path}.${index + 1}`);
      }
    }
    disk.rename(this.#path, `${this.#path}.1`);
    this.#open();
  }
}

/** Local time as log4j prints it: 2026-01-31 13:45:00,123. */
export function timestamp(nowMs: number): string {
  const local = new Date(nowMs - new Date(nowMs).getTimezoneOffset() * 60_000);
  return local.toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
}
