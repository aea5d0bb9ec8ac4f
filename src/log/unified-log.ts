// The log of one partition: appends, reads, offsets and epochs over its segments. One writer, synchronous; flushes alone wait.
// Never acknowledges what isn't in the page cache, and never changes anything when an append is refused.
// (org.apache.kafka.storage.internals.log.UnifiedLog)

import type { BufferPool } from '../common/buffer-pool.ts';
import type { Io } from '../io/io.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import { DoomedSegments } from './doomed-segments.ts';
import { joinPath, LEADER_EPOCH_FILE } from './file-names.ts';
import { FlushProgress } from './flush-progress.ts';
import { type EpochAndOffset, LeaderEpochCache } from './leader-epoch-cache.ts';
import {
  type AppendInfo,
  type AppendOptions,
  appendToLog,
  type LogInternals,
} from './log-append.ts';
import type { LogConfig } from './log-config.ts';
import { DamagedFileError, storageError } from './log-errors.ts';
import { loadLog, rebuildProducerState } from './log-loader.ts';
import {
  findByTimestamp,
  findMaxTimestamp,
  type ReadOptions,
  type ReadResult,
  readFromLog,
} from './log-read.ts';
import { breachedSegments } from './log-retention.ts';
import { LogSegment, type RollParams } from './log-segment.ts';
import { LogSegments } from './log-segments.ts';
import { PartitionIdentity } from './partition-metadata-file.ts';
import { ProducerStateConfig } from './producer-state-config.ts';
import type { ProducerStateEntry } from './producer-state-entry.ts';
import { ProducerStateManager } from './producer-state-manager.ts';
import type { TimestampAndOffset } from './segment-search.ts';
import { swapSegmentFiles } from './segment-swap.ts';
import type { AbortedTransaction } from './transaction-index.ts';
import { startVerification } from './transaction-verification.ts';
import type { UnifiedLogOptions } from './unified-log-options.ts';
import type { VerificationGuard } from './verification-state.ts';

export type { AppendInfo, AppendOptions } from './log-append.ts';
export type { Isolation, ReadOptions, ReadResult } from './log-read.ts';

export class UnifiedLog implements LogInternals {
  readonly topic: string;
  readonly partition: number;
  readonly name: string;
  readonly io: Io;
  readonly pool: BufferPool;
  readonly segments = new LogSegments();
  readonly producerState: ProducerStateManager;
  readonly epochs: LeaderEpochCache;
  config: LogConfig;
  readonly directory: string;
  /** Bytes that opening it had to scan. */
  readonly scannedBytes: number;
  readonly #identity: PartitionIdentity;
  #isUnidentified = false;
  #logStartOffset: number;
  #logEndOffset: number;
  #highWatermark: number;
  #firstUnstableOffset: number | undefined;
  readonly #flushed: FlushProgress;
  #indexWritePlanned = false;
  #lastAppendMs = 0;
  #closed = false;
  readonly #onWarning: (text: string) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #doomed: DoomedSegments;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: UnifiedLogOptions) {
    const { io, directory, config } = options;
    this.io = io;
    this.#doomed = new DoomedSegments(io, (error) => this.#failedBehind(error));
    this.topic = options.topic;
    this.partition = options.partition;
    this.name = `${options.topic}-${options.partition}`;
    this.directory = directory;
    this.config = config;
    this.pool = options.pool;
    this.#onWarning = options.onWarning ?? (() => {});
    this.#onFailure = options.onFailure ?? (() => {});
    this.segments.onRepair = this.#onWarning;
    if (!io.disk.exists(directory)) io.disk.makeDirectory(directory);
    this.#identity = new PartitionIdentity(io.disk, directory, this.name);
    if (options.topicId !== undefined) this.#identity.assign(options.topicId);
    this.producerState = new ProducerStateManager(io.disk, this.name, directory, {
      config: options.producerState ?? new ProducerStateConfig(),
      onWarning: this.#onWarning,
    });
    this.epochs = new LeaderEpochCache(io.disk, joinPath(directory, LEADER_EPOCH_FILE));
    const { damage } = this.epochs;
    const loaded = loadLog({
      io,
      directory,
      config,
      segments: this.segments,
      producerState: this.producerState,
      epochs: this.epochs,
      cleanShutdown: damage === undefined && (options.cleanShutdown ?? false),
      recoveryPoint: damage === undefined ? (options.recoveryPoint ?? 0) : 0,
      logStartOffset: options.logStartOffset ?? 0,
      compactedTo: options.compactedTo ?? 0,
      onWarning: this.#onWarning,
    });
    if (damage !== undefined && loaded.scannedBytes > 0) {
      this.#onWarning(`${damage}. Rebuilt from the segments.`);
    }
    this.#logStartOffset = loaded.logStartOffset;
    this.#logEndOffset = loaded.logEndOffset;
    this.#flushed = new FlushProgress(loaded.recoveryPoint, io.clock.nowMs());
    this.scannedBytes = loaded.scannedBytes;
    this.#isUnidentified =
      this.topicId === undefined && loaded.recoveryPoint === 0 && loaded.logEndOffset > 0;
    this.#keepIdentity();
    this.#highWatermark = loaded.logStartOffset;
    this.#drawJitter(this.segments.active);
    this.#updateFirstUnstable();
    if (options.highWatermark !== undefined) this.updateHighWatermark(options.highWatermark);
  }

  get topicId(): string | undefined {
    return this.#identity.topicId;
  }

  /**
   * It was found with records and without a topic id, and nothing in it had been flushed: a power failure took the id, and
   * the topic may have been deleted since.
   */
  get isUnidentified(): boolean {
    return this.#isUnidentified;
  }

  /** The topic id is soon on the disk, without anybody's waiting for it. */
  #keepIdentity(): void {
    this.#identity.flush().catch((error) => this.#failedBehind(error));
  }

  /** For a log whose partition.metadata was lost. Throws INCONSISTENT_TOPIC_ID. */
  assignTopicId(topicId: string): void {
    this.#identity.assign(topicId);
    this.#keepIdentity();
  }

  get logStartOffset(): number {
    return this.#logStartOffset;
  }

  get logEndOffset(): number {
    return this.#logEndOffset;
  }

  get highWatermark(): number {
    return this.#highWatermark;
  }

  /** The first unstable offset when it is below the high watermark, else the high watermark. */
  get lastStableOffset(): number {
    const unstable = this.#firstUnstableOffset;
    return unstable !== undefined && unstable < this.#highWatermark
      ? unstable
      : this.#highWatermark;
  }

  get recoveryPoint(): number {
    return this.#flushed.recoveryPoint;
  }

  get sizeBytes(): number {
    return this.segments.sizeBytes;
  }

  get latestEpoch(): number | undefined {
    return this.epochs.latestEpoch;
  }

  /** In the order that Kafka gives them. */
  get activeProducers(): ProducerStateEntry[] {
    return this.producerState.producersInOrder;
  }

  get lastFlushedMs(): number {
    return this.#flushed.lastFlushedMs;
  }

  /** Wall time of the last append since it was opened, or 0. */
  get lastAppendMs(): number {
    return this.#lastAppendMs;
  }

  get hasUnflushed(): boolean {
    return this.#logEndOffset > this.recoveryPoint;
  }

  updateConfig(config: LogConfig): void {
    this.config = config;
    this.segments.active.offsetIndex.setMaxBytes(config.segmentIndexBytes);
    this.segments.active.timeIndex.setMaxBytes(config.segmentIndexBytes);
  }

  /** Stamps the batches with offsets and `leaderEpoch` (in the buffer itself) and appends them. Throws ApiError. */
  appendAsLeader(records: Buffer, leaderEpoch: number, options: AppendOptions = {}): AppendInfo {
    return this.#append(records, leaderEpoch, options, true);
  }

  /** Appends batches as a leader sent them, with their offsets and epochs. */
  appendAsFollower(records: Buffer, leaderEpoch = Number.MAX_SAFE_INTEGER): AppendInfo {
    return this.#append(records, leaderEpoch, { origin: 'replication' }, false);
  }

  #append(
    records: Buffer,
    leaderEpoch: number,
    options: AppendOptions,
    assignOffsets: boolean,
  ): AppendInfo {
    if (this.#closed)
      throw new ApiError(Errors.KAFKA_STORAGE_ERROR, `The log ${this.name} is closed`);
    try {
      return appendToLog(this, records, leaderEpoch, options, assignOffsets);
    } catch (error) {
      throw storageError(error);
    }
  }

  /**
   * Before the coordinator is asked whether a producer's transaction holds this partition (KIP-890): what the append has to
   * show then. Throws INVALID_PRODUCER_EPOCH.
   */
  startTransactionVerification(
    producerId: number,
    sequence: number,
    epoch: number,
    supportsEpochBump: boolean,
  ): VerificationGuard {
    return startVerification(this, producerId, sequence, epoch, supportsEpochBump);
  }

  /** Called by appendToLog once the bytes are written. */
  advanceTo(nextOffset: number): void {
    this.#logEndOffset = nextOffset;
    this.#lastAppendMs = this.segments.active.modifiedMs;
  }

  /** Called by appendToLog when the producers' state has followed. */
  appended(messages: number): void {
    this.producerState.mapEndOffset = this.#logEndOffset;
    this.#flushed.appended(messages);
    this.#updateFirstUnstable();
    if (this.#flushed.unflushedMessages >= this.config.flushMessages) this.flushSync();
    if (!this.#indexWritePlanned && this.segments.active.hasUnwrittenEntries) {
      this.#indexWritePlanned = true;
      this.io.clock.defer(this.#writeIndexes);
    }
  }

  /** Once per turn of the loop, however many batches it appended. */
  readonly #writeIndexes = (): void => {
    this.#indexWritePlanned = false;
    try {
      this.writeBehind();
    } catch (error) {
      this.#failedBehind(error);
    }
  };

  /** Sets the high watermark within [logStartOffset, logEndOffset]; may go back (a follower that truncated). */
  updateHighWatermark(offset: number): number {
    this.#highWatermark = Math.min(Math.max(offset, this.#logStartOffset), this.#logEndOffset);
    this.producerState.onHighWatermark(this.#highWatermark);
    this.#updateFirstUnstable();
    return this.#highWatermark;
  }

  /** Moves it forward only. True when it moved. */
  maybeIncrementHighWatermark(offset: number): boolean {
    if (offset <= this.#highWatermark) return false;
    if (offset > this.#logEndOffset) {
      throw new RangeError(
        `High watermark ${offset} update exceeds current log end offset ${this.#logEndOffset}`,
      );
    }
    this.updateHighWatermark(offset);
    return true;
  }

  #updateFirstUnstable(): void {
    const unstable = this.producerState.firstUnstableOffset;
    this.#firstUnstableOffset =
      unstable === undefined ? undefined : Math.max(unstable, this.#logStartOffset);
  }

  /** Rolls when the active segment can't or shouldn't take `params`. */
  maybeRoll(params: RollParams): LogSegment {
    const active = this.segments.active;
    if (!active.shouldRoll(this.config, params)) return active;
    return this.roll(Math.max(this.#logEndOffset, params.maxOffset - 0x7fffffff));
  }

  /** Closes the active segment and begins one at the log's end. The old one is flushed in the background. */
  roll(expectedOffset = this.#logEndOffset): LogSegment {
    const offset = Math.max(expectedOffset, this.#logEndOffset);
    const old = this.segments.active;
    if (old.baseOffset === offset && old.sizeBytes === 0) {
      // Full indexes of an empty segment (segment.index.bytes grew): the same segment again.
      old.create(this.config);
      return old;
    }
    old.becomeInactive();
    this.producerState.mapEndOffset = offset;
    this.producerState.takeSnapshot();
    const segment = this.#createSegment(offset);
    this.#drawJitter(segment);
    this.segments.add(segment);
    this.#flushRolled(old, offset).catch((error) => {
      this.#failedBehind(error);
    });
    return segment;
  }

  /** All records may be on the disk already; what closing the segment wrote to its indexes isn't. */
  #flushRolled(old: LogSegment, upTo: number): Promise<void> {
    if (upTo > this.recoveryPoint) return this.flush(upTo);
    this.#flushing = this.#flushing
      .catch(() => {})
      .then(() => (this.#closed ? undefined : old.flush()));
    return this.#flushing;
  }

  #createSegment(offset: number): LogSegment {
    const { disk, clock } = this.io;
    const segment = new LogSegment(disk, this.directory, offset, this.config, clock.nowMs());
    segment.create(this.config);
    return segment;
  }

  #drawJitter(segment: LogSegment): void {
    const bound = Math.min(this.config.segmentJitterMs, this.config.segmentMs, 2 ** 47);
    segment.rollJitterMs = bound > 0 ? this.io.random.int(bound) : 0;
  }

  /** Throws OFFSET_OUT_OF_RANGE outside [logStartOffset, logEndOffset]. */
  read(startOffset: number, maxBytes: number, options: ReadOptions): ReadResult {
    return readFromLog(this, startOffset, maxBytes, options);
  }

  /** Those that overlap [startOffset, upperOffset). */
  abortedTransactions(startOffset: number, upperOffset: number): AbortedTransaction[] {
    const found: AbortedTransaction[] = [];
    for (const segment of this.segments.startingWith(startOffset)) {
      if (segment.transactionIndex.collect(startOffset, upperOffset, found)) break;
    }
    return found;
  }

  /** The first record at or after `timestamp` (ms); undefined when there is none. */
  offsetForTimestamp(timestamp: number): TimestampAndOffset | undefined {
    return findByTimestamp(this, timestamp);
  }

  /** The record with the largest timestamp (ListOffsets -3, KIP-734); undefined in a log without timestamps. */
  offsetOfMaxTimestamp(): TimestampAndOffset | undefined {
    return findMaxTimestamp(this);
  }

  /** KIP-101: the end of the largest epoch at or below `epoch`. */
  endOffsetForEpoch(epoch: number): EpochAndOffset {
    return this.epochs.endOffsetFor(epoch, this.#logEndOffset);
  }

  /** Notes the epoch of a new leader at the end of the log. */
  assignEpochStartOffset(epoch: number, startOffset = this.#logEndOffset): void {
    this.epochs.assign(epoch, startOffset);
  }

  /** DeleteRecords: moves the log start offset; segments before it go with the next retention run. Returns the new one. */
  deleteRecordsBefore(offset: number): number {
    const target = offset === -1 ? this.#highWatermark : offset;
    if (target < 0 || target > this.#highWatermark) {
      throw new ApiError(
        Errors.OFFSET_OUT_OF_RANGE,
        `Cannot increment the log start offset to ${target} of partition ${this.name} since it is larger than the high watermark ${this.#highWatermark}`,
      );
    }
    this.maybeIncrementLogStartOffset(target);
    return this.#logStartOffset;
  }

  maybeIncrementLogStartOffset(offset: number): boolean {
    if (offset <= this.#logStartOffset) return false;
    this.#logStartOffset = offset;
    if (this.#highWatermark < offset) this.updateHighWatermark(offset);
    this.epochs.truncateFromStart(offset);
    this.#updateFirstUnstable();
    return true;
  }

  /** Retention by time, size and log start offset. Returns how many segments went. */
  deleteOldSegments(): number {
    const doomed = breachedSegments(this.segments.all, {
      config: this.config,
      nowMs: this.io.clock.nowMs(),
      logStartOffset: this.#logStartOffset,
      logEndOffset: this.#logEndOffset,
      highWatermark: this.#highWatermark,
    });
    if (doomed.length === 0) return 0;
    if (doomed.length === this.segments.count) this.roll();
    this.#deleteSegments(doomed);
    this.maybeIncrementLogStartOffset(this.segments.first.baseOffset);
    this.producerState.removeSnapshotsBefore(this.segments.first.baseOffset);
    return doomed.length;
  }

  #deleteSegments(doomed: readonly LogSegment[]): void {
    for (const segment of doomed) this.segments.remove(segment);
    this.#doomed.add(doomed, this.config.fileDeleteDelayMs);
  }

  /**
   * Puts the flushed .cleaned files of `baseOffset` in the place of `old`, which must be neighbours and not the active
   * one (LocalLog.replaceSegments). False, and nothing has changed, when they aren't all the log's any more.
   */
  replaceSegments(old: readonly LogSegment[], baseOffset: number): boolean {
    const { all, active } = this.segments;
    if (this.#closed || old.some((segment) => segment === active || !all.includes(segment))) {
      return false;
    }
    try {
      this.#swapIn(old, baseOffset);
    } catch (error) {
      // Neither the old state nor the new: the log is as a crash would leave it, and is mended as after one.
      this.abandon();
      throw storageError(error);
    }
    return true;
  }

  #swapIn(old: readonly LogSegment[], baseOffset: number): void {
    const { disk, clock } = this.io;
    const { modifiedMs } = old.at(-1)!;
    swapSegmentFiles(disk, this.directory, baseOffset, modifiedMs, () => this.#deleteSegments(old));
    const segment = new LogSegment(disk, this.directory, baseOffset, this.config, clock.nowMs());
    if (!segment.load(true)) {
      throw new DamagedFileError(segment.path, -1, "the cleaned segment's indexes don't fit it");
    }
    this.segments.add(segment);
    for (const { baseOffset: gone } of old) {
      if (gone !== baseOffset) this.producerState.removeSnapshot(gone);
    }
    disk.flushDirectoryLater(this.directory).catch((error) => {
      this.#failedBehind(error);
    });
  }

  removeExpiredProducers(): void {
    this.producerState.removeExpired(this.io.clock.nowMs());
  }

  /** Cuts everything from `offset` on (a follower that diverged). True when something went. */
  truncateTo(offset: number): boolean {
    if (offset >= this.#logEndOffset) return false;
    if (offset < this.#logStartOffset) throw new RangeError(`Cannot truncate to ${offset}`);
    if (this.segments.first.baseOffset > offset) {
      this.truncateFullyAndStartAt(offset);
      return true;
    }
    const later = this.segments.all.filter((segment) => segment.baseOffset > offset);
    if (later.length > 0) this.#deleteSegments(later);
    const active = this.segments.active;
    active.activate(this.config);
    active.truncateTo(offset);
    this.#logEndOffset = offset;
    this.#flushed.truncatedTo(offset);
    this.epochs.truncateFromEnd(offset);
    rebuildProducerState(this, this.#logStartOffset, offset);
    this.updateHighWatermark(this.#highWatermark);
    return true;
  }

  /** Drops everything; the log begins and ends at `offset`. */
  truncateFullyAndStartAt(offset: number): void {
    const old = [...this.segments.all];
    this.#deleteSegments(old);
    const segment = this.#createSegment(offset);
    this.segments.add(segment);
    this.producerState.truncateFullyAndStartAt(offset);
    this.epochs.clear();
    this.#logStartOffset = offset;
    this.#logEndOffset = offset;
    this.#flushed.truncatedTo(offset);
    this.updateHighWatermark(offset);
  }

  /** Brings everything below `upTo` onto the disk and moves the recovery point there. */
  flush(upTo = this.#logEndOffset): Promise<void> {
    this.#flushing = this.#flushing.catch(() => {}).then(() => this.#flushNow(upTo));
    return this.#flushing;
  }

  async #flushNow(upTo: number): Promise<void> {
    if (this.#closed || upTo <= this.recoveryPoint) return;
    await this.#flushFiles(upTo).catch((error) => {
      if (!this.#closed) throw error;
    });
  }

  /** A log may be retired while it waits: its folder goes, and may be there again as another topic's. */
  async #flushFiles(upTo: number): Promise<void> {
    const mark = this.#flushed.begin();
    const from = this.recoveryPoint;
    let isNew = false;
    for (const segment of this.segments.startingWith(from)) {
      if (segment.baseOffset >= upTo) continue;
      await segment.flush();
      isNew ||= segment.baseOffset >= from;
    }
    // A file whose name isn't on the disk is lost with its flushed bytes.
    if (isNew && !this.#closed) await this.io.disk.flushDirectoryLater(this.directory);
    if (!this.#closed) await this.#identity.flush();
    if (this.#closed) return;
    this.epochs.flush();
    this.#flushed.done(mark, Math.min(upTo, this.#logEndOffset), this.io.clock.nowMs());
  }

  /** As flush, before it returns: flush.messages is a promise to whoever waits for the acknowledgement. */
  flushSync(): void {
    const upTo = this.#logEndOffset;
    const from = this.recoveryPoint;
    let isNew = false;
    for (const segment of this.segments.startingWith(from)) {
      segment.flushSync();
      isNew ||= segment.baseOffset >= from;
    }
    if (isNew) this.io.disk.flushDirectory(this.directory);
    this.#identity.flushSync();
    this.epochs.flush();
    this.#flushed.done(this.#flushed.begin(), upTo, this.io.clock.nowMs());
  }

  /** Brings the index files up to date with the segment, without a flush; for those who look at the files. */
  writeBehind(): void {
    if (this.#closed) return;
    this.segments.active.offsetIndex.writeBehind();
    this.segments.active.timeIndex.writeBehind();
  }

  /** Flushes everything, trims the indexes and writes the producer snapshot: what a clean stop leaves. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.flush();
    this.#closed = true;
    await this.#flushing;
    this.segments.active.becomeInactive();
    this.producerState.takeSnapshot();
    this.#closeFiles();
  }

  /** Lets go of the files as they are, as a crash would: for a failed disk and for tests. */
  abandon(): void {
    this.#closed = true;
    this.#closeFiles();
  }

  #closeFiles(): void {
    this.#doomed.close();
    for (const segment of this.segments.all) segment.close();
  }

  #failedBehind(error: unknown): void {
    // Files of a closed log are somebody else's.
    if (this.#closed) return;
    this.#onWarning(`${this.name}: ${String(error)}`);
    this.#onFailure(error);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Before its folder goes (a deleted topic): nothing is written any more, nothing flushed. */
  retire(): void {
    this.#closed = true;
    for (const segment of this.segments.all) segment.retire();
    this.#closeFiles();
  }
}
