// Keeps compacted logs compact: chooses the dirtiest, has it cleaned elsewhere, and puts the cleaned segments in place in
// the log's own thread, so that produce and fetch only ever wait for renames. A log that can't be cleaned is left alone
// from then on, and said so once (org.apache.kafka.storage.internals.log.LogCleaner, LogCleanerManager).

import { sipKey } from '../../common/siphash.ts';
import { DiskError, type Io, type Timer } from '../../io/io.ts';
import { ApiError } from '../../protocol/errors.ts';
import type { LogSegment } from '../log-segment.ts';
import { removeCleanedFiles } from '../segment-swap.ts';
import type { UnifiedLog } from '../unified-log.ts';
import { type CleanableRange, cleanableRange } from './cleanable-range.ts';
import type { CleaningOptions, GroupRequest, LastRecord, MapRequest } from './cleaning.ts';
import { type CleaningRun, LocalRun, WorkerRun } from './cleaning-run.ts';
import { BYTES_PER_ENTRY } from './offset-map.ts';
import { CleaningAbortedError, type Pace } from './pace.ts';
import { groupSegments } from './segment-groups.ts';

export interface CleanerSettings {
  /** log.cleaner.threads: cleanings at the same time; 0 for none. */
  readonly threads: number;
  /** log.cleaner.dedupe.buffer.size, of all threads together. */
  readonly dedupeBufferBytes: number;
  /** log.cleaner.io.buffer.load.factor */
  readonly loadFactor: number;
  /** log.cleaner.io.buffer.size, of all threads together. */
  readonly ioBufferBytes: number;
  /** log.cleaner.io.max.bytes.per.second, of all threads together. */
  readonly maxBytesPerSecond: number;
  /** log.cleaner.backoff.ms: between two looks when there was nothing to do. */
  readonly backoffMs: number;
}

export const DEFAULT_CLEANER_SETTINGS: CleanerSettings = {
  threads: 1,
  dedupeBufferBytes: 134_217_728,
  loadFactor: 0.9,
  ioBufferBytes: 524_288,
  maxBytesPerSecond: Number.MAX_VALUE,
  backoffMs: 15_000,
};

export interface LogCleanerOptions {
  readonly io: Io;
  readonly settings: CleanerSettings;
  /** Those whose files can be used. */
  readonly logs: () => Iterable<UnifiedLog>;
  /** A log that is left alone for a while. */
  readonly isHeld?: (log: UnifiedLog) => boolean;
  /** Where the last cleaning of a log ended; undefined: never cleaned. */
  readonly checkpointOf: (log: UnifiedLog) => number | undefined;
  readonly writeCheckpoint: (log: UnifiedLog, offset: number) => void;
  /** Before the log's segments change: what recovery must know of it is on the disk. */
  readonly beforeSwap: (log: UnifiedLog) => Promise<void>;
  readonly onWarning: (text: string) => void;
  /** A disk that failed, not a log that can't be cleaned. */
  readonly onFailure: (log: UnifiedLog, error: unknown) => void;
}

interface Work {
  readonly log: UnifiedLog;
  run: CleaningRun | undefined;
  aborted: boolean;
  done: Promise<void>;
}

/** Up to so much is cleaned in this thread: making another one would take longer. */
const LOCAL_BYTES = 2 << 20;
const LOCAL_STEP_BYTES = 1 << 15;
const WORKER_STEP_BYTES = 1 << 18;
const LOCAL_SLICE_MS = 2;
const WORKER_SLICE_MS = 100;
/** A read asks for no less. */
const MIN_READ_BYTES = 1 << 16;

export class LogCleaner {
  readonly #options: LogCleanerOptions;
  #settings: CleanerSettings;
  readonly #working = new Map<UnifiedLog, Work>();
  readonly #uncleanable = new Set<UnifiedLog>();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: LogCleanerOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  start(): void {
    this.#arm(this.#settings.backoffMs);
  }

  /** From the next cleaning on. */
  reconfigure(settings: CleanerSettings): void {
    this.#settings = settings;
    if (this.#timer === undefined || this.#stopped) return;
    this.#timer.cancel();
    this.#arm(settings.backoffMs);
  }

  isCleaning(log: UnifiedLog): boolean {
    return this.#working.has(log);
  }

  isUncleanable(log: UnifiedLog): boolean {
    return this.#uncleanable.has(log);
  }

  /** Before the log's files go, or move: nothing is read or written any more when it resolves. */
  async abort(log: UnifiedLog): Promise<void> {
    this.#uncleanable.delete(log);
    const work = this.#working.get(log);
    if (work === undefined) return;
    work.aborted = true;
    await work.run?.close();
    await work.done;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await Promise.all([...this.#working.keys()].map((log) => this.abort(log)));
  }

  #arm(delayMs: number): void {
    const fire = () => {
      this.#timer = undefined;
      if (this.#stopped) return;
      this.#startThreads();
      this.#arm(Math.max(this.#settings.backoffMs, 1));
    };
    this.#timer = this.#options.io.clock.setTimer(Math.min(delayMs, 0x7fffffff), fire, {
      background: true,
    });
  }

  #startThreads(): void {
    for (let n = this.#working.size; n < this.#settings.threads; n++) {
      const cleaning = this.cleanDirtiest();
      if (cleaning === undefined) break;
      cleaning.then((cleaned) => {
        // One after another as long as there is something to clean; what failed waits for the next look.
        if (cleaned && !this.#stopped) this.#startThreads();
      });
    }
    this.#deleteOld();
  }

  /** Retention of compacted logs is the cleaner's, so that nobody takes away what it reads. */
  #deleteOld(): void {
    for (const log of this.#options.logs()) {
      if (!log.config.compact || this.isCleaning(log) || log.isClosed) continue;
      try {
        log.deleteOldSegments();
      } catch (error) {
        this.#options.onFailure(log, error);
      }
    }
  }

  /** Cleans the log that most deserves it. undefined when none does; resolves with whether it was cleaned. */
  cleanDirtiest(): Promise<boolean> | undefined {
    const chosen = this.#choose();
    if (chosen === undefined) return undefined;
    const { log, range } = chosen;
    const work: Work = { log, run: undefined, aborted: false, done: Promise.resolve() };
    this.#working.set(log, work);
    const cleaned = this.#clean(work, range).then(
      () => true,
      (error: unknown) => {
        this.#failed(work, error);
        return false;
      },
    );
    work.done = cleaned.then(() => {});
    return cleaned;
  }

  #choose(): { log: UnifiedLog; range: CleanableRange } | undefined {
    const nowMs = this.#options.io.clock.nowMs();
    let best: { log: UnifiedLog; range: CleanableRange } | undefined;
    for (const log of this.#options.logs()) {
      if (!log.config.compact || log.isClosed) continue;
      if (this.#working.has(log) || this.#uncleanable.has(log)) continue;
      if (this.#options.isHeld?.(log) === true) continue;
      const range = this.#rangeOf(log, nowMs);
      if (range === undefined || range.cleanableBytes === 0) continue;
      if (!range.isOverdue && range.ratio <= log.config.minCleanableRatio) continue;
      if (best === undefined || range.ratio > best.range.ratio) best = { log, range };
    }
    return best;
  }

  #rangeOf(log: UnifiedLog, nowMs: number): CleanableRange | undefined {
    const { checkpointOf, writeCheckpoint, onWarning } = this.#options;
    try {
      const known = checkpointOf(log);
      const range = cleanableRange(log, known, nowMs);
      if (range.hasInvalidCheckpoint) {
        if (!log.config.delete || known! > log.logEndOffset) {
          onWarning(
            `The cleaner's checkpoint ${known} of ${log.name} is outside the log [${log.logStartOffset}, ${log.logEndOffset}]; cleaning begins at its start.`,
          );
        }
        writeCheckpoint(log, range.firstDirtyOffset);
      }
      return range;
    } catch (error) {
      this.#markUncleanable(log, error);
      return undefined;
    }
  }

  #failed({ log, aborted }: Work, error: unknown): void {
    this.#working.delete(log);
    this.#removeLeavings(log);
    if (aborted || log.isClosed || error instanceof CleaningAbortedError) {
      if (!(error instanceof ApiError)) return;
    }
    const cause = error instanceof ApiError ? error.cause : error;
    if (cause instanceof DiskError) this.#options.onFailure(log, error);
    else this.#markUncleanable(log, error);
  }

  #markUncleanable(log: UnifiedLog, error: unknown): void {
    this.#uncleanable.add(log);
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.onWarning(`${log.name} can't be compacted and is left as it is: ${reason}`);
  }

  #removeLeavings(log: UnifiedLog): void {
    const { disk } = this.#options.io;
    try {
      if (!disk.exists(log.directory)) return;
      for (const { baseOffset } of log.segments.all) {
        removeCleanedFiles(disk, log.directory, baseOffset);
      }
    } catch {
      // The next start removes them.
    }
  }

  async #clean(work: Work, range: CleanableRange): Promise<void> {
    const { log } = work;
    const { io } = this.#options;
    const nowMs = io.clock.nowMs();
    const run = this.#begin(log, range);
    work.run = run;
    try {
      const { endOffset } = await run.buildMap(mapRequest(log, range));
      await this.#options.beforeSwap(log);
      const sources = segmentsBelow(log, endOffset);
      const cleanSegments = segmentsBelow(log, range.firstDirtyOffset);
      const legacyHorizonMs =
        (cleanSegments.at(-1)?.modifiedMs ?? 0) - log.config.deleteRetentionMs;
      const groups = groupSegments(sources, {
        segmentBytes: log.config.segmentBytes,
        indexBytes: log.config.segmentIndexBytes,
        endOffset: range.firstUncleanableOffset,
      });
      for (const group of groups) {
        await run.cleanGroup(
          groupRequest(log, group, nowMs, legacyHorizonMs, range.firstUncleanableOffset),
        );
        if (work.aborted || !log.replaceSegments(group, group[0]!.baseOffset)) {
          throw new CleaningAbortedError();
        }
      }
      this.#working.delete(log);
      this.#options.writeCheckpoint(log, endOffset);
    } finally {
      await run.close();
    }
  }

  /** In a thread of its own when there is much to do, else in this one. */
  #begin(log: UnifiedLog, range: CleanableRange): CleaningRun {
    const { io } = this.#options;
    const { threads, dedupeBufferBytes, loadFactor, ioBufferBytes, maxBytesPerSecond } =
      this.#settings;
    const share = Math.max(threads, 1);
    const bytes = range.cleanBytes + range.cleanableBytes;
    const channel = bytes > LOCAL_BYTES ? io.workers?.start('log-cleaner') : undefined;
    const allowed = Math.floor(Math.min(dedupeBufferBytes / share, 0x7fffffff) / BYTES_PER_ENTRY);
    const options: CleaningOptions = {
      directory: log.directory,
      config: log.config,
      hashKey: sipKey(io.random.bytes(16)),
      mapSlots: allowed,
      mapEntries: Math.floor(allowed * loadFactor),
      readBytes: Math.max(Math.floor(ioBufferBytes / share / 2), MIN_READ_BYTES),
      stepBytes: channel === undefined ? LOCAL_STEP_BYTES : WORKER_STEP_BYTES,
    };
    const pace: Pace = {
      sliceMs: channel === undefined ? LOCAL_SLICE_MS : WORKER_SLICE_MS,
      maxBytesPerSecond: maxBytesPerSecond / share,
    };
    return channel === undefined
      ? new LocalRun(io, options, pace)
      : new WorkerRun(io.clock, channel, options, pace);
  }
}

function segmentsBelow(log: UnifiedLog, endOffset: number): LogSegment[] {
  return log.segments.all.filter((segment) => segment.baseOffset < endOffset);
}

function mapRequest(log: UnifiedLog, range: CleanableRange): MapRequest {
  const { firstDirtyOffset, firstUncleanableOffset } = range;
  const dirty = log.segments
    .startingWith(firstDirtyOffset)
    .filter((segment) => segment.baseOffset < firstUncleanableOffset);
  return {
    startOffset: firstDirtyOffset,
    aborted: log.abortedTransactions(firstDirtyOffset, firstUncleanableOffset),
    segments: dirty.map((segment, n) => ({
      baseOffset: segment.baseOffset,
      sizeBytes: segment.sizeBytes,
      position: segment.indexedPosition(firstDirtyOffset),
      endOffset: dirty[n + 1]?.baseOffset ?? firstUncleanableOffset,
    })),
  };
}

function groupRequest(
  log: UnifiedLog,
  group: readonly LogSegment[],
  nowMs: number,
  legacyHorizonMs: number,
  upperBoundOffset: number,
): GroupRequest {
  return {
    nowMs,
    upperBoundOffset,
    lastRecords: lastRecordsOf(log),
    segments: group.map((segment) => ({
      baseOffset: segment.baseOffset,
      sizeBytes: segment.sizeBytes,
      keepLegacyDeletes: segment.modifiedMs > legacyHorizonMs,
      aborted: log.abortedTransactions(
        segment.baseOffset,
        log.segments.higher(segment)?.baseOffset ?? upperBoundOffset,
      ),
    })),
  };
}

function lastRecordsOf(log: UnifiedLog): LastRecord[] {
  return log.activeProducers.map((entry) => ({
    producerId: entry.producerId,
    lastDataOffset: entry.isEmpty ? -1 : entry.lastOffset,
    producerEpoch: entry.producerEpoch,
  }));
}
