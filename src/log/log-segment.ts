// One segment: the .log file with its indexes. Appends batches, finds positions, reads ranges, rebuilds its indexes.
// Knows nothing of producers, epochs or the other segments (org.apache.kafka.storage.internals.log.LogSegment).

import type { BufferPool } from '../common/buffer-pool.ts';
import { readInt64 } from '../common/int64.ts';
import type { Disk, DiskFile } from '../io/io.ts';
import {
  baseOffset as batchBaseOffset,
  lastOffset as batchLastOffset,
  maxTimestamp as batchMaxTimestamp,
  CorruptRecordError,
  magic,
  sizeInBytes,
} from '../records/record-batch.ts';
import {
  DELETED_SUFFIX,
  INDEX_SUFFIX,
  joinPath,
  LOG_SUFFIX,
  offsetName,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
} from './file-names.ts';
import type { LogConfig } from './log-config.ts';
import { DamagedFileError } from './log-errors.ts';
import { OffsetIndex } from './offset-index.ts';
import { SegmentScanner } from './segment-scanner.ts';
import { TimeIndex } from './time-index.ts';
import { TransactionIndex } from './transaction-index.ts';

const MAX_RELATIVE_OFFSET = 0x7fffffff;
/** The bytes of a header that finding a batch looks at. */
const PEEK_BYTES = 27;
const LARGE_READ_BYTES = 1 << 18;
const peek = Buffer.alloc(PEEK_BYTES);

export interface SegmentRead {
  /** A range of `owner`. */
  readonly records: Buffer;
  readonly owner: Buffer;
  /** The first batch is larger than was asked for; `records` is empty then. */
  readonly firstEntryIncomplete: boolean;
}

export interface RollParams {
  readonly maxTimestamp: number;
  readonly maxOffset: number;
  readonly sizeBytes: number;
  readonly nowMs: number;
}

export class LogSegment {
  readonly baseOffset: number;
  readonly offsetIndex: OffsetIndex;
  readonly timeIndex: TimeIndex;
  readonly transactionIndex: TransactionIndex;
  sizeBytes = 0;
  /** Largest timestamp of the segment's batches, or -1. */
  maxTimestamp = -1;
  /** Last offset of the batch with that timestamp. */
  offsetOfMaxTimestamp: number;
  /** Its indexes still had the room of an active segment when it was loaded after a kill. */
  hadUnusedRoom = false;
  modifiedMs: number;
  createdMs: number;
  rollJitterMs = 0;
  readonly #disk: Disk;
  #path: string;
  #file: DiskFile | undefined;
  #rollingBasedTimestamp: number | undefined;
  #bytesSinceLastIndexEntry = 0;
  /** Its files were marked as deleted, or its folder was. */
  #doomed = false;
  /** Loaded and not appended to yet: the index files are as a stop left them. */
  #hasLeavings = false;
  #needsRoom = false;
  /** The file is as long as the segment may become. */
  #isPreallocated = false;
  readonly #config: LogConfig;
  /** Told when the indexes turned out to be damaged and were made anew. */
  onRepair: ((text: string) => void) | undefined;

  /** `suffix`: behind the names of its files, while it isn't part of a log yet. */
  constructor(
    disk: Disk,
    directory: string,
    baseOffset: number,
    config: LogConfig,
    nowMs: number,
    suffix = '',
  ) {
    this.#disk = disk;
    this.#config = config;
    this.baseOffset = baseOffset;
    const stem = joinPath(directory, offsetName(baseOffset));
    this.#path = stem + LOG_SUFFIX + suffix;
    const maxIndexBytes = config.segmentIndexBytes;
    this.offsetIndex = new OffsetIndex(
      disk,
      stem + INDEX_SUFFIX + suffix,
      baseOffset,
      maxIndexBytes,
    );
    this.timeIndex = new TimeIndex(
      disk,
      stem + TIME_INDEX_SUFFIX + suffix,
      baseOffset,
      maxIndexBytes,
    );
    this.transactionIndex = new TransactionIndex(disk, stem + TXN_INDEX_SUFFIX + suffix);
    this.offsetOfMaxTimestamp = baseOffset;
    this.createdMs = nowMs;
    this.modifiedMs = nowMs;
  }

  /** Makes the files of a new, empty, active segment. Whatever had their names is gone. */
  create(config: LogConfig): void {
    this.#file = this.#disk.open(this.#path, 'truncate');
    this.#isPreallocated = config.preallocate;
    if (config.preallocate) this.#file.truncate(config.segmentBytes);
    this.offsetIndex.reset();
    this.timeIndex.reset();
    this.transactionIndex.reset();
    this.activate(config);
  }

  /** Takes over files that are there; false when an index is missing or can't belong to the log file. */
  load(cleanShutdown: boolean): boolean {
    const stat = this.#disk.stat(this.#path);
    if (stat === undefined) throw new DamagedFileError(this.#path, -1, 'the file is gone');
    this.sizeBytes = stat.sizeBytes;
    this.modifiedMs = stat.modifiedMs;
    this.createdMs = stat.modifiedMs;
    const offsets = this.offsetIndex.load();
    const times = this.timeIndex.load();
    if (!cleanShutdown) {
      const offsetRoom = this.offsetIndex.dropUnusedRoom();
      this.hadUnusedRoom = this.timeIndex.dropUnusedRoom() || offsetRoom;
    }
    if (!offsets || !times || !this.#indexesAreSane()) return false;
    if (!this.transactionIndex.isReadable) return false;
    this.#needsRoom = true;
    if (this.timeIndex.entryCount > 0) {
      this.maxTimestamp = this.timeIndex.lastTimestamp;
      this.offsetOfMaxTimestamp = this.timeIndex.lastOffset;
    }
    return true;
  }

  /** Kafka's sanityCheck: the last entries lie behind the base offset and within the file. */
  #indexesAreSane(): boolean {
    const offsets = this.offsetIndex;
    if (offsets.entryCount > 0) {
      const last = offsets.entryCount - 1;
      const position = offsets.positionAt(last);
      if (offsets.lastOffset <= this.baseOffset && position !== 0) return false;
      if (offsets.lastOffset < this.baseOffset || position <= 0) return false;
      if (position >= this.sizeBytes) return false;
    }
    const times = this.timeIndex;
    if (times.entryCount > 0) {
      if (times.lastOffset < this.baseOffset) return false;
      if (times.entryCount > 1 && times.lastTimestamp <= times.timestampAt(0)) return false;
      if (this.sizeBytes === 0) return false;
    }
    return true;
  }

  /** Makes it the one that is appended to: its indexes get the room they may come to need. */
  activate(config: LogConfig): void {
    this.#needsRoom = false;
    this.offsetIndex.activate(config.segmentIndexBytes);
    this.timeIndex.activate(config.segmentIndexBytes);
  }

  /** At roll and at a clean stop: the last time index entry is added and both indexes are trimmed. */
  becomeInactive(): void {
    if (this.#hasLeavings || this.#isPreallocated) this.#cutLeavings();
    this.timeIndex.maybeAppend(this.maxTimestamp, this.offsetOfMaxTimestamp);
    this.offsetIndex.trim();
    this.timeIndex.trim();
  }

  get path(): string {
    return this.#path;
  }

  get file(): DiskFile {
    this.#file ??= this.#disk.open(this.#path, 'write');
    return this.#file;
  }

  /** For retention: the largest timestamp, or the file's own time when its batches have none. */
  get largestTimestamp(): number {
    return this.maxTimestamp >= 0 ? this.maxTimestamp : Math.floor(this.modifiedMs);
  }

  canHold(offset: number): boolean {
    return offset >= this.baseOffset && offset - this.baseOffset <= MAX_RELATIVE_OFFSET;
  }

  shouldRoll(config: LogConfig, roll: RollParams): boolean {
    const waitedMs = this.#waitedForRollMs(roll.nowMs, roll.maxTimestamp);
    return (
      this.sizeBytes > config.segmentBytes - roll.sizeBytes ||
      (this.sizeBytes > 0 && waitedMs > config.maxSegmentMs - this.rollJitterMs) ||
      this.offsetIndex.isFull ||
      this.timeIndex.isFull ||
      !this.canHold(roll.maxOffset)
    );
  }

  /** By the records' own clock when they have one: since the first batch; else since the segment was made. */
  #waitedForRollMs(nowMs: number, messageTimestamp: number): number {
    const first = this.firstBatchTimestamp;
    return first >= 0 ? messageTimestamp - first : nowMs - this.createdMs;
  }

  /** Largest timestamp of the first batch, or -1. */
  get firstBatchTimestamp(): number {
    if (this.#rollingBasedTimestamp === undefined && this.sizeBytes > 0) {
      const scanner = new SegmentScanner(this.file, 0, this.sizeBytes);
      this.#rollingBasedTimestamp = scanner.next()
        ? batchMaxTimestamp(scanner.buffer, scanner.at)
        : -1;
    }
    return this.#rollingBasedTimestamp ?? -1;
  }

  /** Appends whole batches; nothing has changed when it throws. */
  append(config: LogConfig, records: Buffer, largestTimestamp: number, nowMs: number): void {
    if (this.#needsRoom) this.activate(config);
    if (this.#hasLeavings) this.#cutLeavings();
    const start = this.sizeBytes;
    try {
      this.file.write(records, 0, records.length, start);
    } catch (error) {
      this.#undoAppend();
      throw error;
    }
    if (start === 0) this.#rollingBasedTimestamp = largestTimestamp;
    this.modifiedMs = nowMs;
  }

  #undoAppend(): void {
    this.#hasLeavings = true;
    try {
      this.#cutLeavings();
    } catch {
      // Tried again before the next append, and before another segment follows.
    }
  }

  /** What a failed append left behind the records: recovery would take all that follows it for lost. */
  #cutLeavings(): void {
    this.file.truncate(this.sizeBytes);
    this.#hasLeavings = false;
    this.#isPreallocated = false;
  }

  /** Counts a batch that lies at the end of the file: indexes and largest timestamp. */
  batchAppended(
    config: LogConfig,
    sizeBytes: number,
    lastOffset: number,
    maxTimestamp: number,
  ): void {
    if (maxTimestamp > this.maxTimestamp) {
      this.maxTimestamp = maxTimestamp;
      this.offsetOfMaxTimestamp = lastOffset;
    }
    if (this.#bytesSinceLastIndexEntry > config.indexIntervalBytes) {
      this.offsetIndex.append(lastOffset, this.sizeBytes);
      this.timeIndex.maybeAppend(this.maxTimestamp, this.offsetOfMaxTimestamp);
      this.#bytesSinceLastIndexEntry = 0;
    }
    this.sizeBytes += sizeBytes;
    this.#bytesSinceLastIndexEntry += sizeBytes;
  }

  /**
   * Whole batches from the one that holds `offset` (or the next one) up to `maxBytes`, none at or past `upperOffset`.
   * With `minOneMessage` the first batch comes whole whatever its size. undefined when there is nothing at or after it.
   */
  read(
    offset: number,
    maxBytes: number,
    upperOffset: number,
    minOneMessage: boolean,
    pool: BufferPool,
  ): SegmentRead | undefined {
    const entry = this.offsetIndex.lookup(offset);
    let position = entry < 0 ? 0 : this.offsetIndex.positionAt(entry);
    const next = entry + 1;
    const nextPosition =
      next < this.offsetIndex.entryCount ? this.offsetIndex.positionAt(next) : this.sizeBytes;
    // Room for the batches before the wanted one, as far as the index can tell. A large read does without:
    // it returns that much less, and its buffer keeps the round size that the pool has.
    const slack = maxBytes >= LARGE_READ_BYTES ? 0 : Math.min(nextPosition - position, 1 << 16);
    let wanted = Math.min(this.sizeBytes - position, maxBytes + slack);
    let isFirst = true;
    if (position < 0 || position >= this.sizeBytes) {
      if (entry < 0) return undefined;
      this.#repairIndexes(entry);
      return this.read(offset, maxBytes, upperOffset, minOneMessage, pool);
    }
    for (;;) {
      if (position >= this.sizeBytes) return undefined;
      const owner = pool.acquire(Math.max(wanted, PEEK_BYTES));
      const filled = this.file.read(owner, 0, Math.min(owner.length, wanted), position);
      if (filled < PEEK_BYTES) {
        throw new DamagedFileError(
          this.#path,
          position + filled,
          'the file is shorter than its log',
        );
      }
      if (isFirst && entry >= 0 && !this.#isNamedBy(entry, owner)) {
        pool.release(owner);
        this.#repairIndexes(entry);
        return this.read(offset, maxBytes, upperOffset, minOneMessage, pool);
      }
      isFirst = false;
      let at = 0;
      while (at + PEEK_BYTES <= filled && this.#lastOffsetIn(owner, at, position) < offset) {
        at += sizeInBytes(owner, at);
      }
      if (at + PEEK_BYTES <= filled) {
        return this.#cut(owner, at, filled, position, maxBytes, upperOffset, minOneMessage, pool);
      }
      pool.release(owner);
      position += at;
      wanted = Math.min(this.sizeBytes - position, Math.max(maxBytes, PEEK_BYTES));
      if (wanted < PEEK_BYTES) return undefined;
    }
  }

  /** Whether the batch at the beginning of `buffer` is the one that an entry of the offset index names. */
  #isNamedBy(entry: number, buffer: Buffer): boolean {
    const version = magic(buffer, 0);
    if (version < 0 || version > 2 || sizeInBytes(buffer, 0) < PEEK_BYTES - 1) return false;
    return batchLastOffset(buffer, 0) === this.offsetIndex.offsetAt(entry);
  }

  /** An entry doesn't lead to its batch. Throws DamagedFileError when the batches are damaged, too. */
  #repairIndexes(entry: number): void {
    const { path, entryBytes } = this.offsetIndex;
    this.rebuildIndexes(this.#config);
    this.onRepair?.(
      `${path} at byte ${entry * entryBytes}: the entry doesn't lead to its batch; the segment's indexes were rebuilt`,
    );
  }

  /** Makes the offset and the time index anew from the batches. Throws DamagedFileError when these are damaged. */
  rebuildIndexes(config: LogConfig): void {
    const { sizeBytes } = this;
    const wasInactive = this.offsetIndex.isTrimmed;
    this.offsetIndex.reset();
    this.timeIndex.reset();
    this.activate(config);
    this.beginRebuild(0);
    const scanner = new SegmentScanner(this.file, 0, sizeBytes);
    try {
      while (scanner.next()) {
        const { buffer, at } = scanner;
        this.batchAppended(
          config,
          scanner.sizeBytes,
          batchLastOffset(buffer, at),
          batchMaxTimestamp(buffer, at),
        );
      }
    } catch (error) {
      if (!(error instanceof CorruptRecordError)) throw error;
      throw new DamagedFileError(this.#path, scanner.nextPosition, error.message, { cause: error });
    } finally {
      this.sizeBytes = sizeBytes;
      if (wasInactive) this.becomeInactive();
    }
  }

  #lastOffsetIn(buffer: Buffer, at: number, position: number): number {
    const size = sizeInBytes(buffer, at);
    const version = magic(buffer, at);
    if (size < PEEK_BYTES - 1 || version < 0 || version > 2) {
      throw new DamagedFileError(this.#path, position + at, 'there is no record batch here');
    }
    return batchLastOffset(buffer, at);
  }

  /** Whole batches of owner[at, filled) within the bounds. */
  #cut(
    owner: Buffer,
    at: number,
    filled: number,
    position: number,
    maxBytes: number,
    upperOffset: number,
    minOneMessage: boolean,
    pool: BufferPool,
  ): SegmentRead {
    const first = sizeInBytes(owner, at);
    if (batchBaseOffset(owner, at) >= upperOffset) {
      return { records: owner.subarray(at, at), owner, firstEntryIncomplete: false };
    }
    if (first > maxBytes && !minOneMessage) {
      return { records: owner.subarray(at, at), owner, firstEntryIncomplete: true };
    }
    if (at + first > filled) {
      pool.release(owner);
      return this.#readWhole(position + at, first, pool);
    }
    const limit = Math.min(at + Math.max(maxBytes, first), filled);
    let end = at + first;
    while (end + PEEK_BYTES <= limit) {
      const size = sizeInBytes(owner, end);
      if (size < PEEK_BYTES - 1 || end + size > limit) break;
      if (readInt64(owner, end) >= upperOffset) break;
      end += size;
    }
    return { records: owner.subarray(at, end), owner, firstEntryIncomplete: false };
  }

  #readWhole(position: number, size: number, pool: BufferPool): SegmentRead {
    if (position + size > this.sizeBytes) {
      throw new DamagedFileError(this.#path, position, `a record batch claims ${size} bytes`);
    }
    const owner = pool.acquire(size);
    this.file.read(owner, 0, size, position);
    return { records: owner.subarray(0, size), owner, firstEntryIncomplete: false };
  }

  /** Position of the first batch whose last offset is at or after `offset`, with a walk from the index. */
  positionOf(offset: number): number {
    const scanner = this.scanFrom(offset);
    while (scanner.next()) {
      if (batchLastOffset(scanner.buffer, scanner.at) >= offset) return scanner.position;
    }
    return scanner.nextPosition;
  }

  /** A walk that begins at or before the batch that holds `offset`. */
  scanFrom(offset: number): SegmentScanner {
    return new SegmentScanner(this.file, this.indexedPosition(offset), this.sizeBytes);
  }

  /** Where the index says to look for the batch that holds `offset`: there or further on. Never too far. */
  indexedPosition(offset: number): number {
    const entry = this.offsetIndex.lookup(offset);
    if (entry < 0) return 0;
    const position = this.offsetIndex.positionAt(entry);
    if (position < 0 || position + PEEK_BYTES > this.sizeBytes) return 0;
    this.file.read(peek, 0, PEEK_BYTES, position);
    // An entry that leads nowhere is no help; the beginning always is.
    return this.#isNamedBy(entry, peek) ? position : 0;
  }

  /** The offset after the last batch: a walk from the last index entry. */
  readNextOffset(): number {
    const scanner = this.scanFrom(this.offsetIndex.lastOffset);
    let next = this.baseOffset;
    try {
      while (scanner.next()) next = batchLastOffset(scanner.buffer, scanner.at) + 1;
    } catch (error) {
      if (!(error instanceof CorruptRecordError)) throw error;
      throw new DamagedFileError(this.#path, scanner.nextPosition, error.message, { cause: error });
    }
    return next;
  }

  /** Cuts everything from `offset` on. Returns the bytes that went. */
  truncateTo(offset: number): number {
    const position = this.positionOf(offset);
    this.offsetIndex.truncateToOffset(offset);
    this.timeIndex.truncateToOffset(offset);
    this.transactionIndex.truncateTo(offset);
    const went = this.truncateBytes(position);
    this.maxTimestamp = this.timeIndex.lastTimestamp;
    this.offsetOfMaxTimestamp = this.timeIndex.lastOffset;
    this.#rescanTimestamps();
    return went;
  }

  /** The time index lags behind the log: what lies after its last entry is looked at. */
  #rescanTimestamps(): void {
    const scanner = this.scanFrom(this.offsetOfMaxTimestamp);
    while (scanner.next()) {
      const timestamp = batchMaxTimestamp(scanner.buffer, scanner.at);
      if (timestamp > this.maxTimestamp) {
        this.maxTimestamp = timestamp;
        this.offsetOfMaxTimestamp = batchLastOffset(scanner.buffer, scanner.at);
      }
    }
  }

  truncateBytes(sizeBytes: number): number {
    const went = this.sizeBytes - sizeBytes;
    if (went > 0) this.file.truncate(sizeBytes);
    this.sizeBytes = sizeBytes;
    this.#bytesSinceLastIndexEntry = 0;
    if (sizeBytes === 0) this.#rollingBasedTimestamp = undefined;
    return went;
  }

  /** Forgets what was counted of the batches: before a rebuild that counts them again. */
  beginRebuild(keptBytes: number): void {
    this.#bytesSinceLastIndexEntry = 0;
    this.sizeBytes = keptBytes;
    this.maxTimestamp = this.timeIndex.lastTimestamp;
    this.offsetOfMaxTimestamp = this.timeIndex.lastOffset;
  }

  /** Nothing when its files are gone or go meanwhile. */
  async flush(): Promise<void> {
    const steps = [
      () => this.file.flush(),
      () => this.offsetIndex.flush(),
      () => this.timeIndex.flush(),
      () => this.transactionIndex.flush(),
    ];
    for (const step of steps) {
      if (this.#doomed) return;
      try {
        await step();
      } catch (error) {
        if (!this.#doomed) throw error;
      }
    }
  }

  /** Whether entries of the indexes aren't in their files yet. */
  get hasUnwrittenEntries(): boolean {
    return this.offsetIndex.hasUnwritten || this.timeIndex.hasUnwritten;
  }

  flushSync(): void {
    this.file.flushSync();
    this.offsetIndex.flushSync();
    this.timeIndex.flushSync();
    this.transactionIndex.flushSync();
  }

  /** Idempotent; it opens again when it is used. */
  close(): void {
    this.offsetIndex.close();
    this.timeIndex.close();
    this.#file?.close();
    this.#file = undefined;
  }

  /**
   * Renames its files to .deleted, which recovery removes when nobody else did. The .log stays open until close(): an
   * answer that is on its way may still read from it.
   */
  markDeleted(): string[] {
    this.#doomed = true;
    this.offsetIndex.close();
    this.timeIndex.close();
    const names = [
      this.#path,
      this.offsetIndex.path,
      this.timeIndex.path,
      this.transactionIndex.path,
    ];
    const renamed: string[] = [];
    for (const path of names) {
      if (!this.#disk.exists(path)) continue;
      this.#disk.rename(path, path + DELETED_SUFFIX);
      renamed.push(path + DELETED_SUFFIX);
    }
    return renamed;
  }

  /** Closes it for good: its folder is about to go. */
  retire(): void {
    this.#doomed = true;
    this.close();
  }
}
