// One segment of the metadata log: its .log, .index and .timeindex, appended to and scanned. The formats are those of
// every Kafka log (docs/formats); index entries follow LogSegment.append's rule.
// It never reorders or rewrites batches, and never reads a whole segment into memory.
import { join } from 'node:path';
import { assert } from '../common/assert.ts';
import { writeInt64 } from '../common/int64.ts';
import type { Disk, DiskFile } from '../io/io.ts';
import * as batch from '../records/record-batch.ts';
import { CorruptRecordError } from '../records/record-errors.ts';
import { MetadataLogError } from './raft-errors.ts';

const INDEX_INTERVAL_BYTES = 4096;
const OFFSET_ENTRY_BYTES = 8;
const TIME_ENTRY_BYTES = 12;
const SCAN_CHUNK_BYTES = 1 << 20;

export const segmentName = (baseOffset: number): string => String(baseOffset).padStart(20, '0');

/** Return false to stop. `size` bytes of `buffer` at `at` are one whole batch with a right checksum. */
export type BatchVisitor = (buffer: Buffer, at: number, size: number) => unknown;

export class MetadataSegment {
  readonly baseOffset: number;
  readonly path: string;
  readonly #log: DiskFile;
  readonly #index: DiskFile;
  readonly #timeIndex: DiskFile;
  #bytesSinceIndexEntry = 0;
  #indexBytes: number;
  #timeIndexBytes: number;
  sizeBytes: number;
  nextOffset: number;
  maxTimestampMs = -1;
  #offsetOfMaxTimestamp = -1;
  #lastTimeEntryMs = -1;

  constructor(disk: Disk, directory: string, baseOffset: number) {
    this.baseOffset = baseOffset;
    const stem = join(directory, segmentName(baseOffset));
    this.path = `${stem}.log`;
    this.#log = disk.open(this.path, 'write');
    this.#index = disk.open(`${stem}.index`, 'write');
    this.#timeIndex = disk.open(`${stem}.timeindex`, 'write');
    this.sizeBytes = this.#log.sizeBytes();
    this.#indexBytes = this.#index.sizeBytes();
    this.#timeIndexBytes = this.#timeIndex.sizeBytes();
    this.nextOffset = baseOffset;
  }

  /**
   * Visits every batch from the first one, checks offsets and checksums, rebuilds the indexes, and cuts a torn tail
   * off. Throws MetadataLogError where a damaged batch is followed by more: that isn't what a crash leaves.
   */
  recover(visit: BatchVisitor): void {
    this.#index.truncate(0);
    this.#timeIndex.truncate(0);
    this.#indexBytes = 0;
    this.#timeIndexBytes = 0;
    const end = this.#scan((buffer, at, size, position) => {
      this.#noteAppended(buffer, at, size, position);
      return visit(buffer, at, size);
    });
    if (end < this.sizeBytes) {
      this.#log.truncate(end);
      this.sizeBytes = end;
    }
  }

  /** Throws DiskError; the segment is then as it was before. */
  append(buffer: Buffer): void {
    assert(
      batch.baseOffset(buffer, 0) === this.nextOffset,
      'a metadata batch must follow the last',
    );
    const position = this.sizeBytes;
    try {
      this.#log.write(buffer, 0, buffer.length, position);
    } catch (error) {
      this.#log.truncate(position);
      throw error;
    }
    this.sizeBytes = position + buffer.length;
    this.#noteAppended(buffer, 0, buffer.length, position);
  }

  /** Batches as they are on disk, from the one that holds `startOffset`, at most `maxBytes` but at least one. */
  read(startOffset: number, maxBytes: number): Buffer {
    let from = -1;
    let to = 0;
    this.#scan((buffer, at, size, position) => {
      if (batch.lastOffset(buffer, at) < startOffset) return true;
      if (from < 0) from = position;
      else if (position + size - from > maxBytes) return false;
      to = position + size;
      return true;
    });
    if (from < 0) return Buffer.alloc(0);
    const bytes = Buffer.allocUnsafe(to - from);
    this.#log.read(bytes, 0, bytes.length, from);
    return bytes;
  }

  flush(): Promise<void> {
    return this.#log.flush();
  }

  /** The time index gets its last entry when a segment is done with. */
  seal(): void {
    this.#addTimeEntry();
    this.#index.truncate(this.#indexBytes);
    this.#timeIndex.truncate(this.#timeIndexBytes);
    this.#log.flushSync();
  }

  close(): void {
    this.#log.close();
    this.#index.close();
    this.#timeIndex.close();
  }

  #noteAppended(buffer: Buffer, at: number, size: number, position: number): void {
    const lastOffset = batch.lastOffset(buffer, at);
    const timestamp = batch.maxTimestamp(buffer, at);
    if (timestamp > this.maxTimestampMs) {
      this.maxTimestampMs = timestamp;
      this.#offsetOfMaxTimestamp = lastOffset;
    }
    if (this.#bytesSinceIndexEntry > INDEX_INTERVAL_BYTES) {
      this.#addOffsetEntry(lastOffset, position);
      this.#addTimeEntry();
      this.#bytesSinceIndexEntry = 0;
    }
    this.#bytesSinceIndexEntry += size;
    this.nextOffset = lastOffset + 1;
  }

  #addOffsetEntry(offset: number, position: number): void {
    const entry = Buffer.alloc(OFFSET_ENTRY_BYTES);
    entry.writeInt32BE(offset - this.baseOffset, 0);
    entry.writeInt32BE(position, 4);
    this.#index.write(entry, 0, entry.length, this.#indexBytes);
    this.#indexBytes += entry.length;
  }

  #addTimeEntry(): void {
    if (this.maxTimestampMs <= this.#lastTimeEntryMs) return;
    const entry = Buffer.alloc(TIME_ENTRY_BYTES);
    writeInt64(entry, 0, this.maxTimestampMs);
    entry.writeInt32BE(this.#offsetOfMaxTimestamp - this.baseOffset, 8);
    this.#timeIndex.write(entry, 0, entry.length, this.#timeIndexBytes);
    this.#timeIndexBytes += entry.length;
    this.#lastTimeEntryMs = this.maxTimestampMs;
  }

  /** Returns the position after the last good batch visited. */
  #scan(visit: (buffer: Buffer, at: number, size: number, position: number) => unknown): number {
    let chunk = Buffer.allocUnsafe(Math.min(SCAN_CHUNK_BYTES, Math.max(this.sizeBytes, 1)));
    let position = 0;
    while (position < this.sizeBytes) {
      const length = this.#log.read(chunk, 0, chunk.length, position);
      const visited = this.#visitChunk(chunk, length, position, visit);
      position += visited.bytes;
      if (visited.stopped) return position;
      if (visited.bytes > 0) continue;
      const needed = visited.neededBytes;
      if (position + needed > this.sizeBytes) return position;
      chunk = Buffer.allocUnsafe(Math.max(needed, chunk.length));
    }
    return position;
  }

  #visitChunk(
    chunk: Buffer,
    length: number,
    position: number,
    visit: (buffer: Buffer, at: number, size: number, position: number) => unknown,
  ): { bytes: number; stopped: boolean; neededBytes: number } {
    let at = 0;
    for (;;) {
      let size = 0;
      try {
        size = batch.completeBatchBytes(chunk, at, length);
        if (size > 0) batch.ensureValid(chunk, at);
      } catch (error) {
        if (!(error instanceof CorruptRecordError)) throw error;
        this.#refuseUnlessTail(chunk, at, length, position, error);
        return { bytes: at, stopped: true, neededBytes: 0 };
      }
      if (size === 0) {
        const hasHeader = length - at >= batch.LOG_OVERHEAD_BYTES;
        const neededBytes = hasHeader ? batch.sizeInBytes(chunk, at) : batch.LOG_OVERHEAD_BYTES;
        return { bytes: at, stopped: false, neededBytes };
      }
      if (visit(chunk, at, size, position + at) === false) {
        return { bytes: at, stopped: true, neededBytes: 0 };
      }
      at += size;
    }
  }

  /** A crash leaves a damaged batch at the very end only; anything else is damage that must not be cut away. */
  #refuseUnlessTail(
    chunk: Buffer,
    at: number,
    length: number,
    position: number,
    cause: CorruptRecordError,
  ): void {
    const size = length - at >= batch.LOG_OVERHEAD_BYTES ? batch.sizeInBytes(chunk, at) : 0;
    const isLast = size <= 0 || position + at + size >= this.sizeBytes || isZero(chunk, at, length);
    if (isLast) return;
    const offset = batch.baseOffset(chunk, at);
    throw new MetadataLogError(
      `The metadata log ${this.path} is damaged at offset ${offset} (position ${position + at}): ${cause.message}`,
      this.path,
      cause,
    );
  }
}

function isZero(buffer: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (buffer[i] !== 0) return false;
  return true;
}
