// Searches of a segment by time. An entry of the time index is only trusted when the batch it names has that time.

import {
  lastOffset as batchLastOffset,
  maxTimestamp as batchMaxTimestamp,
  partitionLeaderEpoch,
} from '../records/record-batch.ts';
import { RecordCursor } from '../records/record-cursor.ts';
import type { LogSegment } from './log-segment.ts';

export interface TimestampAndOffset {
  readonly timestamp: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

/** The first record at or after both `timestamp` and `startOffset`; undefined when the segment has none. */
export function findInSegment(
  segment: LogSegment,
  timestamp: number,
  startOffset: number,
): TimestampAndOffset | undefined {
  const entry = segment.timeIndex.lookup(timestamp - 1);
  const from =
    entry < 0 || !isTimeOf(segment, entry) ? segment.baseOffset : segment.timeIndex.offsetAt(entry);
  const scanner = segment.scanFrom(Math.max(from, startOffset));
  const cursor = new RecordCursor();
  while (scanner.next()) {
    const { buffer, at } = scanner;
    if (batchMaxTimestamp(buffer, at) < timestamp) continue;
    if (batchLastOffset(buffer, at) < startOffset) continue;
    cursor.reset(buffer, at);
    while (cursor.next()) {
      if (cursor.timestamp >= timestamp && cursor.offset >= startOffset) {
        return {
          timestamp: cursor.timestamp,
          offset: cursor.offset,
          leaderEpoch: partitionLeaderEpoch(buffer, at),
        };
      }
    }
  }
  return undefined;
}

/** Whether an entry of the time index tells the largest time of the batch it names. */
function isTimeOf(segment: LogSegment, entry: number): boolean {
  const offset = segment.timeIndex.offsetAt(entry);
  if (!segment.canHold(offset)) return false;
  const scanner = segment.scanFrom(offset);
  while (scanner.next()) {
    const last = batchLastOffset(scanner.buffer, scanner.at);
    if (last < offset) continue;
    const time = batchMaxTimestamp(scanner.buffer, scanner.at);
    return last === offset && time === segment.timeIndex.timestampAt(entry);
  }
  return false;
}
