// %020d.timeindex: from a timestamp to an offset. Entries: int64 largest timestamp so far, int32 (last offset of the batch
// that holds it - base offset). Timestamps grow from entry to entry (org.apache.kafka.storage.internals.log.TimeIndex).

import { readInt64, writeInt64 } from '../common/int64.ts';
import type { Disk } from '../io/io.ts';
import { IndexFile } from './index-file.ts';

const ENTRY_BYTES = 12;
const NO_TIMESTAMP = -1;

export class TimeIndex extends IndexFile {
  #lastTimestamp: number | undefined;

  constructor(disk: Disk, path: string, baseOffset: number, maxIndexBytes: number) {
    super(disk, path, baseOffset, ENTRY_BYTES, maxIndexBytes);
  }

  timestampAt(n: number): number {
    const at = this.entry(n);
    return readInt64(this.view, at);
  }

  offsetAt(n: number): number {
    const at = this.entry(n);
    return this.baseOffset + this.view.readInt32BE(at + 8);
  }

  /** The largest timestamp of the entries, or -1. */
  get lastTimestamp(): number {
    this.#lastTimestamp ??=
      this.entryCount === 0 ? NO_TIMESTAMP : this.timestampAt(this.entryCount - 1);
    return this.#lastTimestamp;
  }

  /** The offset of the last entry, or the base offset. */
  get lastOffset(): number {
    return this.entryCount === 0 ? this.baseOffset : this.offsetAt(this.entryCount - 1);
  }

  /** The last entry at or before `timestamp`, or -1. */
  lookup(timestamp: number): number {
    return this.floor(timestamp, this.#keyOf);
  }

  /** Adds an entry when its timestamp is a new largest one. Beyond full only at the end of a segment's life. */
  maybeAppend(timestamp: number, offset: number): void {
    if (timestamp <= this.lastTimestamp) return;
    const at = this.extend();
    writeInt64(this.view, at, timestamp);
    this.view.writeInt32BE(offset - this.baseOffset, at + 8);
    this.#lastTimestamp = timestamp;
    this.extended();
  }

  /** Keeps entries with an offset below `offset`. */
  truncateToOffset(offset: number): void {
    let keep = this.entryCount;
    while (keep > 0 && this.offsetAt(keep - 1) >= offset) keep--;
    this.truncateTo(keep);
  }

  /** How many entries from the start are in order and below `endOffset`. */
  validEntries(endOffset: number): number {
    let timestamp = NO_TIMESTAMP;
    let offset = -1;
    for (let n = 0; n < this.entryCount; n++) {
      const at = this.entry(n);
      const time = readInt64(this.view, at);
      const relative = this.view.readInt32BE(at + 8);
      if (time <= timestamp || relative < 0 || relative < offset) return n;
      // An entry of zeros is preallocated room: no record has the time 0 in practice.
      if (time === 0 && relative === 0) return n;
      if (this.baseOffset + relative >= endOffset) return n;
      timestamp = time;
      offset = relative;
    }
    return this.entryCount;
  }

  protected override changed(): void {
    this.#lastTimestamp = undefined;
  }

  readonly #keyOf = (n: number): number => this.timestampAt(n);
}
