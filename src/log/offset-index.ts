// %020d.index: from an offset to the position of a batch. Entries: int32 (last offset of the batch - base offset),
// int32 position. Sparse: a lookup gives a place to scan on from (org.apache.kafka.storage.internals.log.OffsetIndex).

import type { Disk } from '../io/io.ts';
import { IndexFile } from './index-file.ts';

const ENTRY_BYTES = 8;

export class OffsetIndex extends IndexFile {
  #lastOffset: number | undefined;

  constructor(disk: Disk, path: string, baseOffset: number, maxIndexBytes: number) {
    super(disk, path, baseOffset, ENTRY_BYTES, maxIndexBytes);
  }

  offsetAt(n: number): number {
    const at = this.entry(n);
    return this.baseOffset + this.view.readInt32BE(at);
  }

  positionAt(n: number): number {
    const at = this.entry(n);
    return this.view.readInt32BE(at + 4);
  }

  /** The last entry's offset, or the base offset when there is none. */
  get lastOffset(): number {
    this.#lastOffset ??=
      this.entryCount === 0 ? this.baseOffset : this.offsetAt(this.entryCount - 1);
    return this.#lastOffset;
  }

  /** The last entry at or before `offset`, or -1. */
  lookup(offset: number): number {
    return this.floor(offset, this.#keyOf);
  }

  /** `offset` must be more than the last entry's. */
  append(offset: number, position: number): void {
    const relative = offset - this.baseOffset;
    const at = this.extend();
    this.view.writeInt32BE(relative, at);
    this.view.writeInt32BE(position, at + 4);
    this.#lastOffset = offset;
    this.extended();
  }

  /** Keeps entries with an offset below `offset`. */
  truncateToOffset(offset: number): void {
    this.truncateTo(this.lookup(offset - 1) + 1);
  }

  /** How many entries from the start are in order and within a segment of `logBytes`. */
  validEntries(logBytes: number): number {
    let offset = 0;
    let position = -1;
    for (let n = 0; n < this.entryCount; n++) {
      const at = this.entry(n);
      const relative = this.view.readInt32BE(at);
      const place = this.view.readInt32BE(at + 4);
      if (relative < 0 || place <= position || place >= logBytes) return n;
      if (n > 0 && relative <= offset) return n;
      if (place === 0) return n;
      offset = relative;
      position = place;
    }
    return this.entryCount;
  }

  protected override changed(): void {
    this.#lastOffset = undefined;
  }

  readonly #keyOf = (n: number): number => this.offsetAt(n);
}
