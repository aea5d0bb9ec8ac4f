// The entries of an index file as they are, damaged or not; never repaired, never written
// (org.apache.kafka.storage.internals.log.AbstractIndex, OffsetIndex, TimeIndex).

import { readInt64 } from '../../common/int64.ts';
import type { Io } from '../../io/io.ts';
import { ToolError } from '../support/java-error.ts';

const OFFSET_ENTRY_BYTES = 8;
const TIME_ENTRY_BYTES = 12;
/** Lookups look at the last of the file first: they fit a page of it. */
const WARM_BYTES = 8192;

class IndexEntries {
  readonly path: string;
  readonly baseOffset: number;
  readonly count: number;
  protected readonly bytes: Buffer;

  constructor(io: Io, path: string, baseOffset: number, entryBytes: number) {
    this.path = path;
    this.baseOffset = baseOffset;
    this.bytes = io.disk.readFile(path);
    this.count = Math.floor(this.bytes.length / entryBytes);
  }

  protected refuse(message: string): never {
    const exception = 'org.apache.kafka.storage.internals.log.CorruptIndexException';
    throw new ToolError(message, exception);
  }
}

export class OffsetEntries extends IndexEntries {
  constructor(io: Io, path: string, baseOffset: number) {
    super(io, path, baseOffset, OFFSET_ENTRY_BYTES);
  }

  offset(index: number): number {
    return this.baseOffset + this.bytes.readInt32BE(index * OFFSET_ENTRY_BYTES);
  }

  position(index: number): number {
    return this.bytes.readInt32BE(index * OFFSET_ENTRY_BYTES + 4);
  }

  /** Throws ToolError. A torn last entry is no fault here: Kafka counts whole entries alone. */
  sanityCheck(): void {
    const last = this.offset(this.count - 1);
    if (last >= this.baseOffset) return;
    this.refuse(
      `Corrupt index found, index file ${this.path} has non-zero size but the last offset is ${last} which is less than the base offset ${this.baseOffset}`,
    );
  }

  /** The position of the last entry at or before `offset`, 0 when there is none. */
  lookup(offset: number): number {
    if (this.count === 0) return 0;
    const warm = Math.max(0, this.count - 1 - WARM_BYTES / OFFSET_ENTRY_BYTES);
    if (this.offset(warm) < offset)
      return this.position(this.#search(warm, this.count - 1, offset));
    if (this.offset(0) > offset) return 0;
    return this.position(this.#search(0, warm, offset));
  }

  #search(from: number, to: number, offset: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const found = this.offset(middle);
      if (found > offset) high = middle - 1;
      else if (found < offset) low = middle;
      else return middle;
    }
    return low;
  }
}

export class TimeEntries extends IndexEntries {
  constructor(io: Io, path: string, baseOffset: number) {
    super(io, path, baseOffset, TIME_ENTRY_BYTES);
  }

  timestamp(index: number): number {
    return readInt64(this.bytes, index * TIME_ENTRY_BYTES);
  }

  /** To the last digit, as a damaged entry may hold anything. */
  timestampText(index: number): string {
    return this.bytes.readBigInt64BE(index * TIME_ENTRY_BYTES).toString();
  }

  offset(index: number): number {
    return this.baseOffset + this.bytes.readInt32BE(index * TIME_ENTRY_BYTES + 8);
  }

  /** Throws ToolError. */
  sanityCheck(): void {
    if (this.count > 0) {
      const last = this.count - 1;
      if (this.timestamp(last) < this.timestamp(0)) {
        this.refuse(
          `Corrupt time index found, time index file (${this.path}) has non-zero size but the last timestamp is ${this.timestamp(last)} which is less than the first timestamp ${this.timestamp(0)}`,
        );
      }
      if (this.offset(last) < this.baseOffset) {
        this.refuse(
          `Corrupt time index found, time index file (${this.path}) has non-zero size but the last offset is ${this.offset(last)} which is less than the first offset ${this.baseOffset}`,
        );
      }
    }
    if (this.bytes.length % TIME_ENTRY_BYTES !== 0) {
      this.refuse(
        `Time index file ${this.path} is corrupt, found ${this.bytes.length} bytes which is neither positive nor a multiple of ${TIME_ENTRY_BYTES}`,
      );
    }
  }
}
