// Opens the files of a log: cleans up what an earlier run left, loads the segments, recovers what wasn't flushed,
// and rebuilds producer state and epochs. Cuts a torn tail; never drops a whole, valid batch that lies before it.
// (org.apache.kafka.storage.internals.log.LogLoader)

import type { Io } from '../io/io.ts';
import {
  baseOffset,
  CorruptRecordError,
  ensureValid,
  hasProducerId,
  isControl,
  lastOffset,
  lastOffsetDelta,
  magic,
  maxTimestamp,
  nextOffset,
  partitionLeaderEpoch,
  producerId,
  recordCount,
} from '../records/record-batch.ts';
import {
  CLEANED_SUFFIX,
  DELETED_SUFFIX,
  INDEX_SUFFIX,
  joinPath,
  LOG_SUFFIX,
  offsetName,
  offsetOfName,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
} from './file-names.ts';
import { HeaderScanner } from './header-scanner.ts';
import type { LeaderEpochCache } from './leader-epoch-cache.ts';
import type { LogConfig } from './log-config.ts';
import { LogSegment } from './log-segment.ts';
import type { LogSegments } from './log-segments.ts';
import type { ProducerStateManager } from './producer-state-manager.ts';
import { SegmentScanner } from './segment-scanner.ts';

const TEMPORARY_SUFFIX = '.tmp';

export interface LoadContext {
  readonly io: Io;
  readonly directory: string;
  readonly config: LogConfig;
  readonly segments: LogSegments;
  readonly producerState: ProducerStateManager;
  readonly epochs: LeaderEpochCache;
  /** The last run closed everything: nothing has to be scanned. */
  readonly cleanShutdown: boolean;
  /** Everything below is on the disk for sure. */
  readonly recoveryPoint: number;
  /** From log-start-offset-checkpoint; 0 when unknown. */
  readonly logStartOffset: number;
  /** Where the last compaction ended; 0 when there was none. */
  readonly compactedTo: number;
  readonly onWarning: (text: string) => void;
}

export interface LoadedOffsets {
  readonly logStartOffset: number;
  readonly recoveryPoint: number;
  readonly logEndOffset: number;
  /** Bytes that were read to recover; 0 after a clean stop. */
  readonly scannedBytes: number;
}

export function loadLog(context: LoadContext): LoadedOffsets {
  let names = context.io.disk.list(context.directory);
  if (removeLeftovers(context, names)) names = context.io.disk.list(context.directory);
  const damaged = loadSegments(context, names);
  const bases = new Set(context.segments.all.map((segment) => segment.baseOffset));
  context.producerState.scanSnapshots(names, bases);
  const recovered = recoverLog(context, damaged);
  return settle(context, recovered);
}

/** Files of interrupted deletions, compactions and swaps. True when there were any. */
function removeLeftovers(
  { io, directory, onWarning }: LoadContext,
  names: readonly string[],
): boolean {
  const leftovers = [DELETED_SUFFIX, CLEANED_SUFFIX, SWAP_SUFFIX, TEMPORARY_SUFFIX];
  if (!names.some((name) => leftovers.some((suffix) => name.endsWith(suffix)))) return false;
  const cleaned = names.filter((name) => name.endsWith(CLEANED_SUFFIX));
  const minCleaned = Math.min(...cleaned.map((name) => offsetOfName(name) ?? Infinity));
  for (const name of names) {
    if (!name.endsWith(SWAP_SUFFIX) && leftovers.some((suffix) => name.endsWith(suffix))) {
      io.disk.remove(joinPath(directory, name));
    }
  }
  const swaps = names.filter((name) => name.endsWith(SWAP_SUFFIX));
  for (const name of swaps.filter((name) => (offsetOfName(name) ?? 0) >= minCleaned)) {
    // Its cleaned twins were still being written: the swap never began.
    onWarning(`Deleting invalid swap file ${joinPath(directory, name)}`);
    io.disk.remove(joinPath(directory, name));
  }
  finishSwaps(
    io,
    directory,
    swaps.filter((name) => (offsetOfName(name) ?? 0) < minCleaned),
  );
  return true;
}

/** A compaction whose new files were complete: the segments they replace go, and they take their place. */
function finishSwaps(io: Io, directory: string, swaps: readonly string[]): void {
  const names = new Set(io.disk.list(directory));
  for (const name of swaps.filter((swap) => swap.endsWith(LOG_SUFFIX + SWAP_SUFFIX))) {
    const path = joinPath(directory, name);
    const first = offsetOfName(name)!;
    const size = io.disk.stat(path)?.sizeBytes ?? 0;
    const file = io.disk.open(path, 'read');
    let end = first;
    try {
      const scanner = new SegmentScanner(file, 0, size);
      while (scanner.next()) end = nextOffset(scanner.buffer, scanner.at);
    } finally {
      file.close();
    }
    for (const other of names) {
      if (!other.endsWith(LOG_SUFFIX)) continue;
      const base = offsetOfName(other);
      if (base === undefined || base < first || base >= end) continue;
      for (const suffix of [LOG_SUFFIX, INDEX_SUFFIX, TIME_INDEX_SUFFIX, TXN_INDEX_SUFFIX]) {
        io.disk.remove(joinPath(directory, offsetName(base) + suffix));
      }
    }
  }
  for (const name of swaps) {
    const path = joinPath(directory, name);
    if (io.disk.exists(path)) io.disk.rename(path, path.slice(0, -SWAP_SUFFIX.length));
  }
}

/** Loads every segment; returns those whose indexes must be rebuilt. */
function loadSegments(context: LoadContext, names: readonly string[]): Set<LogSegment> {
  const { io, directory, config, segments, onWarning } = context;
  const present = new Set(names);
  const damaged = new Set<LogSegment>();
  for (const name of names) {
    const isIndex = [INDEX_SUFFIX, TIME_INDEX_SUFFIX, TXN_INDEX_SUFFIX].some((suffix) =>
      name.endsWith(suffix),
    );
    const base = offsetOfName(name);
    if (base === undefined) continue;
    if (isIndex && !present.has(offsetName(base) + LOG_SUFFIX)) {
      onWarning(
        `Found an orphaned index file ${joinPath(directory, name)}, with no corresponding log file.`,
      );
      io.disk.remove(joinPath(directory, name));
    }
    if (!name.endsWith(LOG_SUFFIX) || name !== offsetName(base) + LOG_SUFFIX) continue;
    const segment = new LogSegment(io.disk, directory, base, config, io.clock.nowMs());
    if (!segment.load(context.cleanShutdown)) damaged.add(segment);
    segments.add(segment);
  }
  return damaged;
}

interface Recovered {
  logEndOffset: number;
  scannedBytes: number;
  /** Producers are replayed from here at the latest: what was flushed before, their snapshots know for sure. */
  replayFrom: number;
}

function recoverLog(context: LoadContext, damaged: Set<LogSegment>): Recovered {
  const { segments, cleanShutdown, onWarning, io, directory, config } = context;
  let scannedBytes = 0;
  let replayFrom = cleanShutdown ? Number.POSITIVE_INFINITY : context.recoveryPoint;
  const recover = (segment: LogSegment, fromStart: boolean) => {
    const result = recoverSegment(context, segment, fromStart);
    scannedBytes += result.scannedBytes;
    if (result.lostTransactions) replayFrom = Math.min(replayFrom, segment.baseOffset);
    return result;
  };
  if (cleanShutdown) {
    for (const segment of damaged) {
      onWarning(
        `Found missing or corrupted index files of ${segment.path}, recovering segment and rebuilding index files...`,
      );
      recover(segment, true);
    }
  } else {
    const unflushed = new Set(segments.startingWith(context.recoveryPoint));
    // A power failure after the roll: the last entries of its indexes may be gone with the cut.
    for (const segment of segments.all) {
      if (segment.hadUnusedRoom && segment !== segments.active) damaged.add(segment);
    }
    for (const segment of segments.all.filter((s) => damaged.has(s) || unflushed.has(s))) {
      const result = recover(segment, damaged.has(segment));
      if (result.truncatedBytes > 0 || isHoleAfter(context, segment, result)) {
        removeSegmentsAfter(context, segment);
        break;
      }
    }
  }
  if (segments.isEmpty) {
    const segment = new LogSegment(
      io.disk,
      directory,
      context.logStartOffset,
      config,
      io.clock.nowMs(),
    );
    segment.create(config);
    segments.add(segment);
    return { logEndOffset: context.logStartOffset, scannedBytes, replayFrom };
  }
  const active = segments.active;
  if (active.sizeBytes === 0) {
    return { logEndOffset: active.baseOffset, scannedBytes, replayFrom };
  }
  let end = active.scanFrom(active.offsetIndex.lastOffset);
  let logEndOffset = active.baseOffset;
  if (!walkToEnd(end, (next) => (logEndOffset = next)) || end.nextPosition !== active.sizeBytes) {
    recover(active, true);
    end = active.scanFrom(active.offsetIndex.lastOffset);
    logEndOffset = active.baseOffset;
    walkToEnd(end, (next) => (logEndOffset = next));
  }
  return { logEndOffset, scannedBytes, replayFrom };
}

function walkToEnd(scanner: SegmentScanner, found: (nextOffset: number) => void): boolean {
  try {
    while (scanner.next()) found(nextOffset(scanner.buffer, scanner.at));
    return true;
  } catch (error) {
    if (error instanceof CorruptRecordError) return false;
    throw error;
  }
}

/**
 * Whether records are missing between a segment and the next: a power failure may keep a later file and lose the end
 * of an earlier one. Compaction makes such gaps too: in what was flushed before (LogManager's beforeSwap), or at least
 * in a segment that it rewrote, which was flushed whole before it took its place.
 */
function isHoleAfter(context: LoadContext, segment: LogSegment, found: SegmentRecovery): boolean {
  const next = context.segments.higher(segment)?.baseOffset;
  if (next === undefined || next <= found.nextOffset || found.wasCompacted) return false;
  return next > Math.max(context.recoveryPoint, context.compactedTo);
}

function removeSegmentsAfter({ segments, io, onWarning }: LoadContext, segment: LogSegment): void {
  const later = segments.all.filter((s) => s.baseOffset > segment.baseOffset);
  if (later.length === 0) return;
  onWarning(`Deleting segments as part of log recovery: ${later.map((s) => s.path).join(', ')}`);
  for (const gone of later) {
    segments.remove(gone);
    for (const path of gone.markDeleted()) io.disk.remove(path);
    gone.close();
  }
}

interface SegmentRecovery {
  scannedBytes: number;
  truncatedBytes: number;
  /** Behind the last batch that is left. */
  nextOffset: number;
  /** Offsets are missing within it. */
  wasCompacted: boolean;
  /** The transaction index was damaged and is empty now. */
  lostTransactions: boolean;
}

/**
 * Scans a segment's batches with their checksums, rebuilds its indexes and cuts it behind the last valid batch.
 * Begins at the recovery point when the index entries before it can be trusted, else at the start.
 */
function recoverSegment(
  context: LoadContext,
  segment: LogSegment,
  fromStart: boolean,
): SegmentRecovery {
  const { config, epochs, onWarning } = context;
  const start = fromStart ? 0 : trustedStart(segment, context.recoveryPoint);
  const fileBytes = segment.sizeBytes;
  if (start === 0) {
    segment.offsetIndex.reset();
    segment.timeIndex.reset();
  }
  const lostTransactions = !segment.transactionIndex.isReadable;
  if (lostTransactions) segment.transactionIndex.reset();
  segment.offsetIndex.activate(config.segmentIndexBytes);
  segment.timeIndex.activate(config.segmentIndexBytes);
  segment.beginRebuild(start);
  const scanner = new SegmentScanner(segment.file, start, fileBytes);
  let expected = segment.baseOffset;
  let problem = 'a torn batch';
  let wasCompacted = false;
  try {
    while (scanner.next()) {
      const { buffer, at } = scanner;
      ensureValid(buffer, at);
      const last = lastOffset(buffer, at);
      if (baseOffset(buffer, at) < expected || !segment.canHold(last)) {
        throw new CorruptRecordError(`Offset ${last} of a record batch is out of order`);
      }
      if (start === 0 && hasGap(buffer, at, expected)) wasCompacted = true;
      expected = last + 1;
      segment.batchAppended(config, scanner.sizeBytes, last, maxTimestamp(buffer, at));
      const epoch = partitionLeaderEpoch(buffer, at);
      if (epoch >= 0 && epoch > (epochs.latestEpoch ?? -1)) {
        epochs.assign(epoch, baseOffset(buffer, at));
      }
    }
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    problem = error.message;
  }
  const valid = segment.sizeBytes;
  const truncatedBytes = fileBytes - valid;
  if (truncatedBytes > 0) {
    onWarning(
      `Found invalid messages in log segment ${segment.path} at byte offset ${valid}: ${problem}. Truncated ${truncatedBytes} bytes.`,
    );
    segment.sizeBytes = fileBytes;
    segment.truncateBytes(valid);
  }
  segment.transactionIndex.truncateTo(expected);
  if (segment !== context.segments.active) segment.becomeInactive();
  return {
    scannedBytes: fileBytes - start,
    truncatedBytes,
    nextOffset: expected,
    wasCompacted,
    lostTransactions,
  };
}

/** Whether the batch, or what should come before it, has lost records. */
function hasGap(b: Buffer, at: number, expected: number): boolean {
  if (magic(b, at) < 2) return false;
  return baseOffset(b, at) > expected || recordCount(b, at) <= lastOffsetDelta(b, at);
}

/** The position of a batch before the recovery point that the index names rightly, with everything before it flushed; or 0. */
function trustedStart(segment: LogSegment, recoveryPoint: number): number {
  if (recoveryPoint <= segment.baseOffset) return 0;
  const { offsetIndex, timeIndex } = segment;
  const inOrder = offsetIndex.validEntries(segment.sizeBytes);
  const below = Math.min(inOrder, entriesBelow(segment, inOrder, recoveryPoint));
  if (below === 0) return 0;
  const entry = below - 1;
  const position = offsetIndex.positionAt(entry);
  const offset = offsetIndex.offsetAt(entry);
  const scanner = new SegmentScanner(segment.file, position, segment.sizeBytes);
  if (!walkOne(scanner) || lastOffset(scanner.buffer, scanner.at) !== offset) return 0;
  offsetIndex.truncateTo(below);
  timeIndex.truncateTo(timeIndex.validEntries(offset + 1));
  return position;
}

function walkOne(scanner: SegmentScanner): boolean {
  try {
    return scanner.next();
  } catch (error) {
    if (error instanceof CorruptRecordError) return false;
    throw error;
  }
}

function entriesBelow(segment: LogSegment, count: number, offset: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (segment.offsetIndex.offsetAt(middle) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Fits everything to the offsets that are there, and brings the producer state up to the end. */
function settle(context: LoadContext, recovered: Recovered): LoadedOffsets {
  const { segments, epochs, config, io, directory, onWarning } = context;
  let { logEndOffset } = recovered;
  let logStartOffset = Math.max(context.logStartOffset, segments.first.baseOffset);
  if (logEndOffset < logStartOffset) {
    onWarning(
      `Deleting all segments of ${directory} because logEndOffset (${logEndOffset}) is smaller than logStartOffset ${logStartOffset}.`,
    );
    for (const segment of [...segments.all]) {
      segments.remove(segment);
      for (const path of segment.markDeleted()) io.disk.remove(path);
      segment.close();
    }
    epochs.clear();
    context.producerState.truncateFullyAndStartAt(logStartOffset);
    const segment = new LogSegment(io.disk, directory, logStartOffset, config, io.clock.nowMs());
    segment.create(config);
    segments.add(segment);
    logEndOffset = logStartOffset;
  }
  logStartOffset = Math.max(logStartOffset, segments.first.baseOffset);
  epochs.truncateFromEnd(logEndOffset);
  epochs.truncateFromStart(logStartOffset);
  rebuildProducerState(context, logStartOffset, logEndOffset, recovered.replayFrom);
  const recoveryPoint = context.cleanShutdown
    ? logEndOffset
    : Math.min(context.recoveryPoint, logEndOffset);
  return { logStartOffset, recoveryPoint, logEndOffset, scannedBytes: recovered.scannedBytes };
}

/**
 * The newest snapshot up to `replayFrom`, then the batches after it. Aborted transactions found on the way go to the
 * transaction index, unless they are there.
 */
export function rebuildProducerState(
  context: Pick<LoadContext, 'io' | 'segments' | 'producerState'>,
  logStartOffset: number,
  logEndOffset: number,
  replayFrom = Number.POSITIVE_INFINITY,
): void {
  const { producerState, segments, io } = context;
  producerState.reload(logStartOffset, logEndOffset, io.clock.nowMs(), replayFrom);
  const from = producerState.mapEndOffset;
  if (from < logEndOffset) {
    for (const segment of segments.startingWith(from)) {
      if (segment.baseOffset >= logEndOffset) break;
      replaySegment(producerState, segment, Math.max(from, segment.baseOffset));
    }
  }
  producerState.mapEndOffset = logEndOffset;
}

function replaySegment(
  producerState: ProducerStateManager,
  segment: LogSegment,
  from: number,
): void {
  const known = segment.transactionIndex.entries().at(-1)?.lastOffset ?? -1;
  const scanner = new HeaderScanner(segment.file, segment.indexedPosition(from), segment.sizeBytes);
  while (scanner.next()) {
    if (!hasProducerId(scanner.buffer, scanner.at)) continue;
    if (lastOffset(scanner.buffer, scanner.at) < from) continue;
    if (isControl(scanner.buffer, scanner.at)) scanner.readWhole();
    const { buffer, at } = scanner;
    const info = producerState.prepare(producerId(buffer, at), 'replication');
    const completed = info.append(buffer, at);
    producerState.apply(info);
    if (completed === undefined) continue;
    const lastStableOffset = producerState.lastStableOffset(completed);
    producerState.completeTransaction(completed);
    if (completed.aborted && completed.lastOffset > known) {
      const { aborted, ...transaction } = completed;
      segment.transactionIndex.append({ ...transaction, lastStableOffset });
    }
  }
}
