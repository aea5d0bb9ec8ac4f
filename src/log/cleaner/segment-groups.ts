// Which neighbouring segments a cleaning merges into one: as many as stay within the size of a segment, of its indexes,
// and within the reach of relative offsets (Cleaner.groupSegmentsBySize). Decides only.

import type { LogSegment } from '../log-segment.ts';

const MAX_RELATIVE_OFFSET = 0x7fffffff;

export interface GroupLimits {
  readonly segmentBytes: number;
  readonly indexBytes: number;
  /** Behind the last segment. */
  readonly endOffset: number;
}

/** In the order of the segments; every segment is in one group. */
export function groupSegments(
  segments: readonly LogSegment[],
  limits: GroupLimits,
): LogSegment[][] {
  const groups: LogSegment[][] = [];
  let group: LogSegment[] = [];
  let [logBytes, offsetIndexBytes, timeIndexBytes] = [0, 0, 0];
  segments.forEach((segment, n) => {
    const lastOffset = (segments[n + 1]?.baseOffset ?? limits.endOffset) - 1;
    const fits =
      group.length > 0 &&
      logBytes + segment.sizeBytes <= limits.segmentBytes &&
      offsetIndexBytes + segment.offsetIndex.sizeBytes <= limits.indexBytes &&
      timeIndexBytes + segment.timeIndex.sizeBytes <= limits.indexBytes &&
      (segment.sizeBytes === 0 || lastOffset - group[0]!.baseOffset <= MAX_RELATIVE_OFFSET);
    if (!fits) {
      group = [];
      groups.push(group);
      [logBytes, offsetIndexBytes, timeIndexBytes] = [0, 0, 0];
    }
    group.push(segment);
    logBytes += segment.sizeBytes;
    offsetIndexBytes += segment.offsetIndex.sizeBytes;
    timeIndexBytes += segment.timeIndex.sizeBytes;
  });
  return groups;
}
