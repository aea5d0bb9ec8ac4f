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
   * off where the log may have one. Throws MetadataLogError where the damage isn't what a crash leaves: with whole
   * batches behind it, or before another segment.
   */
  recover(visit: BatchVisitor, mayBeTorn = true): void {
    this.#index.truncate(0);
    this.#timeIndex.truncate(0);
    this.#indexBytes = 0;
    this.#timeIndexBytes = 0;
    const { end, damage } = this.#scan((buffer, at, size, position) => {
      this.#checkFollows(buffer, at, position);
      this.#noteAppended(buffer, at, size, position);
      return visit(buffer, at, size);
    });
    if (end === this.sizeBytes) return;
    if (!mayBeTorn) throw this.#damageAt(end, damage);
    if (this.#hasWholeBatch(end + 1)) throw this.#damageAt(end, damage, wayOut(end));
    this.#log.truncate(end);
    this.sizeBytes = end;
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
    const { end, damage } = this.#scan((buffer, at, size, position) => {
      if (batch.lastOffset(buffer, at) < startOffset) return true;
      if (from < 0) from = position;
      else if (position + size - from > maxBytes) return false;
      to = position + size;
      return true;
    });
    if (damage !== undefined) throw this.#damageAt(end, damage);
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

  /** Visits whole batches; `end` is the position after the last one, `damage` what is wrong with the next. */
  #scan(visit: ScanVisitor): { end: number; damage: CorruptRecordError | undefined } {
    let chunk = Buffer.allocUnsafe(Math.min(SCAN_CHUNK_BYTES, Math.max(this.sizeBytes, 1)));
    let end = 0;
    while (end < this.sizeBytes) {
      const length = this.#log.read(chunk, 0, chunk.length, end);
      const visited = visitChunk(chunk, length, end, visit);
      end += visited.bytes;
      if (visited.isStopped || visited.damage) return { end, damage: visited.damage };
      if (visited.bytes > 0) continue;
      if (end + visited.neededBytes > this.sizeBytes) break;
      chunk = Buffer.allocUnsafe(Math.max(visited.neededBytes, chunk.length));
    }
    return { end, damage: undefined };
  }

  #checkFollows(buffer: Buffer, at: number, position: number): void {
    const offset = batch.baseOffset(buffer, at);
    if (offset === this.nextOffset) return;
    throw new MetadataLogError(
      `The metadata log ${this.path} is damaged at offset ${this.nextOffset} (position ${position}): ` +
        `a batch of offset ${offset} follows`,
      this.path,
    );
  }

  #damageAt(
    position: number,
    cause: CorruptRecordError | undefined,
    advice = '',
  ): MetadataLogError {
    const what = cause?.message ?? 'its last batch is cut short';
    return new MetadataLogError(
      `The metadata log ${this.path} is damaged at offset ${this.nextOffset} (position ${position}): ${what}${advice}`,
      this.path,
      cause,
    );
  }

  /** A crash leaves a damaged batch at the very end only: what has a whole one behind it must not be cut away. */
  #hasWholeBatch(from: number): boolean {
    const chunk = Buffer.allocUnsafe(SCAN_CHUNK_BYTES);
    for (let position = from; position < this.sizeBytes; ) {
      const length = this.#log.read(chunk, 0, chunk.length, position);
      const last = length - batch.BATCH_HEADER_BYTES;
      for (let at = 0; at <= last; at++) {
        if (this.#mayBeBatch(chunk, at, position) && this.#isWholeBatch(position + at)) return true;
      }
      if (position + length >= this.sizeBytes) return false;
      position += last + 1;
    }
    return false;
  }

  #mayBeBatch(chunk: Buffer, at: number, position: number): boolean {
    if (batch.magic(chunk, at) !== 2) return false;
    const size = batch.sizeInBytes(chunk, at);
    if (size < batch.BATCH_HEADER_BYTES || position + at + size > this.sizeBytes) return false;
    return batch.baseOffset(chunk, at) > this.nextOffset;
  }

  #isWholeBatch(position: number): boolean {
    const head = Buffer.allocUnsafe(batch.BATCH_HEADER_BYTES);
    this.#log.read(head, 0, head.length, position);
    const bytes = Buffer.allocUnsafe(batch.sizeInBytes(head, 0));
    this.#log.read(bytes, 0, bytes.length, position);
    try {
      batch.ensureValid(bytes, 0);
      return true;
    } catch (error) {
      if (error instanceof CorruptRecordError) return false;
      throw error;
    }
  }
}

/** Only the operator knows which of the two it was (docs/decisions/0033). */
function wayOut(position: number): string {
  return (
    `. Whole records follow, so that nothing was cut off: put a copy of the file in its place or, if the machine has ` +
    `just lost power, cut the file to its first ${position} bytes`
  );
}

type ScanVisitor = (buffer: Buffer, at: number, size: number, position: number) => unknown;

/** `neededBytes` is how much of the file must be there to go on. */
function visitChunk(
  chunk: Buffer,
  length: number,
  position: number,
  visit: ScanVisitor,
): { bytes: number; isStopped: boolean; neededBytes: number; damage?: CorruptRecordError } {
  let at = 0;
  for (;;) {
    let size = 0;
    try {
      size = batch.completeBatchBytes(chunk, at, length);
      if (size > 0) batch.ensureValid(chunk, at);
    } catch (error) {
      if (!(error instanceof CorruptRecordError)) throw error;
      return { bytes: at, isStopped: false, neededBytes: 0, damage: error };
    }
    if (size === 0) {
      const hasHeader = length - at >= batch.LOG_OVERHEAD_BYTES;
      const neededBytes = hasHeader ? batch.sizeInBytes(chunk, at) : batch.LOG_OVERHEAD_BYTES;
      return { bytes: at, isStopped: false, neededBytes };
    }
    if (visit(chunk, at, size, position + at) === false) {
      return { bytes: at, isStopped: true, neededBytes: 0 };
    }
    at += size;
  }
}
