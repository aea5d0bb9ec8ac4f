// What of a log could be cleaned now, and how much it would be worth: the choice between logs (LogCleanerManager,
// LogToClean). Looks at offsets, sizes and times of segments; changes nothing.

import type { LogConfig } from '../log-config.ts';
import type { LogSegment } from '../log-segment.ts';

/** What the choice looks at of a UnifiedLog. */
export interface CleanableLog {
  readonly config: LogConfig;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly lastStableOffset: number;
  readonly segments: { readonly all: readonly LogSegment[]; readonly active: LogSegment };
}

export interface CleanableRange {
  readonly firstDirtyOffset: number;
  /** The base offset of the first segment that must stay as it is. */
  readonly firstUncleanableOffset: number;
  readonly cleanBytes: number;
  readonly cleanableBytes: number;
  /** cleanableBytes of all that is clean or cleanable; 0 without any. */
  readonly ratio: number;
  /** max.compaction.lag.ms has passed for something dirty. */
  readonly isOverdue: boolean;
  /** The checkpoint is outside the log: the cleaning begins at its start. */
  readonly hasInvalidCheckpoint: boolean;
}

/** `checkpoint`: where the last cleaning ended; undefined when there was none. */
export function cleanableRange(
  log: CleanableLog,
  checkpoint: number | undefined,
  nowMs: number,
): CleanableRange {
  const { all } = log.segments;
  const known = checkpoint ?? log.logStartOffset;
  const hasInvalidCheckpoint = known < log.logStartOffset || known > log.logEndOffset;
  const firstDirtyOffset = hasInvalidCheckpoint ? log.logStartOffset : known;
  const limit = Math.max(firstDirtyOffset, uncleanableOffset(log, firstDirtyOffset, nowMs));
  const firstUncleanable = inactiveFrom(log, limit)[0] ?? log.segments.active;
  const firstUncleanableOffset = firstUncleanable.baseOffset;
  const dirtyBase = floorBase(all, Math.min(firstDirtyOffset, firstUncleanableOffset));
  let cleanBytes = 0;
  let cleanableBytes = 0;
  for (const segment of all) {
    if (segment.baseOffset < firstDirtyOffset) cleanBytes += segment.sizeBytes;
    if (segment.baseOffset >= dirtyBase && segment.baseOffset < firstUncleanableOffset) {
      cleanableBytes += segment.sizeBytes;
    }
  }
  const totalBytes = cleanBytes + cleanableBytes;
  return {
    firstDirtyOffset,
    firstUncleanableOffset,
    cleanBytes,
    cleanableBytes,
    ratio: totalBytes === 0 ? 0 : cleanableBytes / totalBytes,
    isOverdue: isOverdue(log, firstDirtyOffset, nowMs),
    hasInvalidCheckpoint,
  };
}

/** Never the active segment, nothing unstable, nothing younger than min.compaction.lag.ms. */
function uncleanableOffset(log: CleanableLog, firstDirtyOffset: number, nowMs: number): number {
  const lagMs = Math.max(log.config.minCompactionLagMs, 0);
  const least = Math.min(log.lastStableOffset, log.segments.active.baseOffset);
  if (lagMs === 0) return least;
  const young = inactiveFrom(log, firstDirtyOffset).find(
    (segment) => segment.largestTimestamp > nowMs - lagMs,
  );
  return young === undefined ? least : Math.min(least, young.baseOffset);
}

function isOverdue(log: CleanableLog, firstDirtyOffset: number, nowMs: number): boolean {
  const until = nowMs - Math.max(log.config.maxCompactionLagMs, 0);
  return inactiveFrom(log, firstDirtyOffset).some((segment) => {
    const first = segment.firstBatchTimestamp;
    return first > 0 && first < until;
  });
}

/** All but the active one, from the one that holds `offset`. */
function inactiveFrom({ segments }: CleanableLog, offset: number): LogSegment[] {
  const { all, active } = segments;
  if (offset > active.baseOffset) return [];
  const from = floorBase(all, offset);
  return all.filter((segment) => segment !== active && segment.baseOffset >= from);
}

function floorBase(segments: readonly LogSegment[], offset: number): number {
  let base = segments[0]!.baseOffset;
  for (const segment of segments) if (segment.baseOffset <= offset) base = segment.baseOffset;
  return base;
}
