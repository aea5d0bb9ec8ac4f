// The daemon's log: lines with a time stamp, appended; past a size the file becomes .1, .1 becomes .2, and so on.
// A line that can't be written is let go, because the broker matters more; after a while the log is tried again.

import type { DiskFile, Io } from '../io/io.ts';

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT_FILES = 5;
/** A disk that is full, or refuses otherwise, isn't asked for every line. */
const RETRY_MS = 10_000;

export class LogFile {
  readonly #io: Io;
  readonly #path: string;
  readonly #maxBytes: number;
  #file: DiskFile | undefined;
  #sizeBytes = 0;
  #isClosed = false;
  /** By the monotonic clock; only while there is no file. */
  #retryAtMs = 0;

  /** @throws DiskError when it can't be opened to begin with */
  constructor(io: Io, path: string, maxBytes = MAX_BYTES) {
    this.#io = io;
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#open();
  }

  /** Writes one line, at once. */
  line(text: string): void {
    const mayOpen = !this.#isClosed && this.#io.clock.monotonicMs() >= this.#retryAtMs;
    if (this.#file === undefined && !mayOpen) return;
    const bytes = Buffer.from(`[${timestamp(this.#io.clock.nowMs())}] ${text}\n`);
    try {
      const file = this.#file ?? this.#open();
      const isFull = this.#sizeBytes + bytes.length > this.#maxBytes;
      (isFull ? this.#rotate() : file).write(bytes, 0, bytes.length, this.#sizeBytes);
      this.#sizeBytes += bytes.length;
    } catch {
      this.#retryAtMs = this.#io.clock.monotonicMs() + RETRY_MS;
      this.#letGo();
    }
  }

  /** Lines that come later are let go. */
  close(): void {
    this.#isClosed = true;
    this.#letGo();
  }

  #letGo(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.close();
    } catch {
      // It may well fail to close, too.
    }
  }

  #open(): DiskFile {
    const file = this.#io.disk.open(this.#path, 'write');
    this.#file = file;
    this.#sizeBytes = file.sizeBytes();
    return file;
  }

  #rotate(): DiskFile {
    const { disk } = this.#io;
    this.#letGo();
    disk.remove(`${this.#path}.${KEPT_FILES}`);
    for (let index = KEPT_FILES - 1; index >= 1; index--) {
      if (disk.exists(`${this.#path}.${index}`)) {
        disk.rename(`${this.#path}.${index}`, `${this.#path}.${index + 1}`);
      }
    }
    disk.rename(this.#path, `${this.#path}.1`);
    return this.#open();
  }
}

/** Local time as log4j prints it: 2026-01-31 13:45:00,123. */
export function timestamp(nowMs: number): string {
  const local = new Date(nowMs - new Date(nowMs).getTimezoneOffset() * 60_000);
  return local.toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
}
