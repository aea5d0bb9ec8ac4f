// Which segments retention takes, oldest first: by time, by size, by log start offset. Decides only; deletes nothing.
// (UnifiedLog.deleteOldSegments)

import type { LogConfig } from './log-config.ts';
import type { LogSegment } from './log-segment.ts';

export interface RetentionState {
  readonly config: LogConfig;
  readonly nowMs: number;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
}

/** The segments to delete, always a beginning of the list; may be all of them, which asks for a roll first. */
export function breachedSegments(
  segments: readonly LogSegment[],
  state: RetentionState,
): LogSegment[] {
  const { config } = state;
  let count = 0;
  if (config.delete) {
    count = Math.max(breachedByTime(segments, state), breachedBySize(segments, state));
  }
  count = Math.max(count, breachedByStartOffset(segments, state));
  return segments.slice(0, count);
}

/** How many from the start may go at all: wholly below the high watermark, not an empty last one. */
function mayGo(segments: readonly LogSegment[], index: number, state: RetentionState): boolean {
  const next = segments[index + 1];
  const end = next?.baseOffset ?? state.logEndOffset;
  if (state.highWatermark < end) return false;
  return next !== undefined || segments[index]!.sizeBytes > 0;
}

function countWhile(
  segments: readonly LogSegment[],
  state: RetentionState,
  breached: (segment: LogSegment, next: LogSegment | undefined) => boolean,
): number {
  let count = 0;
  while (
    count < segments.length &&
    mayGo(segments, count, state) &&
    breached(segments[count]!, segments[count + 1])
  ) {
    count++;
  }
  return count;
}

function breachedByTime(segments: readonly LogSegment[], state: RetentionState): number {
  const { retentionMs } = state.config;
  if (retentionMs < 0) return 0;
  return countWhile(
    segments,
    state,
    (segment) => state.nowMs - segment.largestTimestamp > retentionMs,
  );
}

function breachedBySize(segments: readonly LogSegment[], state: RetentionState): number {
  const { retentionBytes } = state.config;
  if (retentionBytes < 0) return 0;
  let excess = -retentionBytes;
  for (const segment of segments) excess += segment.sizeBytes;
  return countWhile(segments, state, (segment) => {
    if (excess - segment.sizeBytes < 0) return false;
    excess -= segment.sizeBytes;
    return true;
  });
}

function breachedByStartOffset(segments: readonly LogSegment[], state: RetentionState): number {
  return countWhile(
    segments,
    state,
    (_, next) => next !== undefined && next.baseOffset <= state.logStartOffset,
  );
}
