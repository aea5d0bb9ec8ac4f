// Reads of a log: whole batches from an offset on within an isolation level, and searches by time.
// One pread into a pooled buffer per read; nothing is decoded (UnifiedLog.read, fetchOffsetByTimestamp).

import type { BufferPool } from '../common/buffer-pool.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import { CorruptRecordError, lastOffset, sizeInBytes } from '../records/record-batch.ts';
import { storageError } from './log-errors.ts';
import type { LogSegment } from './log-segment.ts';
import type { LogSegments } from './log-segments.ts';
import { findInSegment, type TimestampAndOffset } from './segment-search.ts';
import type { AbortedTransaction } from './transaction-index.ts';

/** Up to where a read goes: the end (followers), the high watermark (consumers), or the last stable offset. */
export type Isolation = 'log-end' | 'high-watermark' | 'committed';

export interface ReadOptions {
  readonly isolation: Isolation;
  /** The first batch is returned whole even when it is larger than maxBytes. */
  readonly minOneMessage: boolean;
}

export interface ReadResult {
  /** Whole batches; the first may begin before the asked offset. Valid until release(). */
  readonly records: readonly Buffer[];
  readonly sizeBytes: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  /** With isolation 'committed': the aborted transactions that overlap the records. */
  readonly abortedTransactions: readonly AbortedTransaction[] | undefined;
  /** The next batch is larger than maxBytes, and minOneMessage was false. */
  readonly firstEntryIncomplete: boolean;
  /** Gives the buffers back; the records must not be used afterwards. Optional, idempotent. */
  release(): void;
}

/** What a read uses of a UnifiedLog. */
export interface ReadableLog {
  readonly name: string;
  readonly pool: BufferPool;
  readonly segments: LogSegments;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  abortedTransactions(startOffset: number, upperOffset: number): AbortedTransaction[];
}

const NO_RECORDS: readonly Buffer[] = [];
const NO_RELEASE = () => {};
const NO_TIMESTAMP = -1;

/** Throws OFFSET_OUT_OF_RANGE outside [logStartOffset, logEndOffset]. */
export function readFromLog(
  log: ReadableLog,
  startOffset: number,
  maxBytes: number,
  options: ReadOptions,
): ReadResult {
  if (startOffset > log.logEndOffset || startOffset < log.logStartOffset) {
    throw new ApiError(
      Errors.OFFSET_OUT_OF_RANGE,
      `Received request for offset ${startOffset} for partition ${log.name}, but we only have log segments starting from offset: ${log.logStartOffset}.`,
    );
  }
  const upper = upperBound(log, options.isolation);
  if (startOffset >= upper || maxBytes < 0) return emptyRead(log, options, false);
  try {
    return readUpTo(log, startOffset, maxBytes, upper, options);
  } catch (error) {
    throw storageError(error);
  }
}

function upperBound(log: ReadableLog, isolation: Isolation): number {
  if (isolation === 'log-end') return log.logEndOffset;
  return isolation === 'high-watermark' ? log.highWatermark : log.lastStableOffset;
}

function readUpTo(
  log: ReadableLog,
  startOffset: number,
  maxBytes: number,
  upper: number,
  options: ReadOptions,
): ReadResult {
  let segment = log.segments.floor(startOffset);
  while (segment !== undefined) {
    const found = segment.read(startOffset, maxBytes, upper, options.minOneMessage, log.pool);
    if (found !== undefined) {
      const { records, owner, firstEntryIncomplete } = found;
      if (records.length > 0) return fullRead(log, options, records, owner, startOffset);
      log.pool.release(owner);
      return emptyRead(log, options, firstEntryIncomplete);
    }
    segment = log.segments.higher(segment);
  }
  return emptyRead(log, options, false);
}

function emptyRead(
  log: ReadableLog,
  options: ReadOptions,
  firstEntryIncomplete: boolean,
): ReadResult {
  return {
    records: NO_RECORDS,
    sizeBytes: 0,
    logStartOffset: log.logStartOffset,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    abortedTransactions: options.isolation === 'committed' ? [] : undefined,
    firstEntryIncomplete,
    release: NO_RELEASE,
  };
}

function fullRead(
  log: ReadableLog,
  options: ReadOptions,
  records: Buffer,
  owner: Buffer,
  startOffset: number,
): ReadResult {
  let held: Buffer | undefined = owner;
  return {
    records: [records],
    sizeBytes: records.length,
    logStartOffset: log.logStartOffset,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    abortedTransactions:
      options.isolation === 'committed'
        ? log.abortedTransactions(startOffset, lastOffsetIn(records) + 1)
        : undefined,
    firstEntryIncomplete: false,
    release: () => {
      if (held !== undefined) log.pool.release(held);
      held = undefined;
    },
  };
}

/** The last offset of whole batches. */
function lastOffsetIn(records: Buffer): number {
  let last = -1;
  for (let at = 0; at < records.length; at += sizeInBytes(records, at)) {
    last = lastOffset(records, at);
  }
  return last;
}

/** The first record at or after `timestamp`, in the first segment that has one. */
export function findByTimestamp(
  log: ReadableLog,
  timestamp: number,
): TimestampAndOffset | undefined {
  for (const segment of log.segments.all) {
    if (segment.maxTimestamp < timestamp) continue;
    const found = searchSegment(segment, timestamp, log.logStartOffset);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first record with the largest timestamp of all, deleted or not, as UnifiedLog.fetchOffsetByTimestamp finds it. */
export function findMaxTimestamp(log: ReadableLog): TimestampAndOffset | undefined {
  let best: LogSegment | undefined;
  for (const segment of log.segments.all) {
    if (segment.maxTimestamp > (best?.maxTimestamp ?? NO_TIMESTAMP)) best = segment;
  }
  return best === undefined ? undefined : searchSegment(best, best.maxTimestamp, best.baseOffset);
}

function searchSegment(
  segment: LogSegment,
  timestamp: number,
  fromOffset: number,
): TimestampAndOffset | undefined {
  try {
    return findInSegment(segment, timestamp, fromOffset);
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw storageError(error);
    throw new ApiError(Errors.CORRUPT_MESSAGE, `${segment.path}: ${error.message}`, {
      cause: error,
    });
  }
}
