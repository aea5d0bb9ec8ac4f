// Where the records of a large read lie in their segment file, for those who send them without looking into them.
// Looks at batch headers alone, at both ends of the stretch; what is small or isn't simple is log-read.ts's to read.

import type { DiskFile } from '../io/io.ts';
import { lastOffset, sizeInBytes } from '../records/record-batch.ts';
import type { ReadableLog, ReadOptions } from './log-read.ts';
import type { LogSegment } from './log-segment.ts';

/** Whole batches. The bytes don't change; the file is closed when its segment was deleted a while ago. */
export interface LogSlice {
  readonly file: DiskFile;
  readonly position: number;
  readonly sizeBytes: number;
}

/** Less is read at once. */
export const LEAST_SLICE_BYTES = 64 * 1024;

/** Batches of a log lie at most this far behind an index entry, as long as they are small. */
const PEEK_BYTES = 8192;
const HEADER_BYTES = 61;
const peek = Buffer.allocUnsafeSlow(PEEK_BYTES);

/** undefined: read it, with all the errors that reading has. */
export function locateInLog(
  log: ReadableLog,
  startOffset: number,
  maxBytes: number,
  options: ReadOptions,
): LogSlice | undefined {
  if (startOffset < log.logStartOffset || startOffset >= log.highWatermark) return undefined;
  if (maxBytes < LEAST_SLICE_BYTES) return undefined;
  const segment = log.segments.floor(startOffset);
  if (segment === undefined || !isWhollyVisible(log, segment, startOffset, options)) {
    return undefined;
  }
  const entry = segment.offsetIndex.lookup(startOffset);
  const from = entry < 0 ? 0 : segment.offsetIndex.positionAt(entry);
  const named = entry < 0 ? undefined : segment.offsetIndex.offsetAt(entry);
  if (segment.sizeBytes - from < LEAST_SLICE_BYTES) return undefined;
  return cut(segment, from, named, startOffset, maxBytes, options.minOneMessage);
}

/** The reader may see all that is in the segment, and no transaction in it was aborted. */
function isWhollyVisible(
  log: ReadableLog,
  segment: LogSegment,
  startOffset: number,
  { isolation }: ReadOptions,
): boolean {
  const upper =
    isolation === 'committed'
      ? log.lastStableOffset
      : isolation === 'high-watermark'
        ? log.highWatermark
        : log.logEndOffset;
  const end = log.segments.higher(segment)?.baseOffset ?? log.logEndOffset;
  if (upper < end) return false;
  return isolation !== 'committed' || log.abortedTransactions(startOffset, upper).length === 0;
}

function cut(
  segment: LogSegment,
  from: number,
  named: number | undefined,
  startOffset: number,
  maxBytes: number,
  minOneMessage: boolean,
): LogSlice | undefined {
  const walk = new HeaderWalk(segment.file, from, segment.sizeBytes);
  if (from < 0 || !walk.next()) return undefined;
  // An index that doesn't lead to its batch is the reader's to repair.
  if (named !== undefined && walk.lastOffset !== named) return undefined;
  while (walk.lastOffset < startOffset) {
    if (!walk.next()) return undefined;
  }
  const { position, sizeBytes } = walk;
  const limit = position + maxBytes;
  let end = segment.sizeBytes;
  if (sizeBytes > maxBytes) {
    if (!minOneMessage) return undefined;
    end = position + sizeBytes;
  } else if (limit < end) {
    end = lastBoundary(segment, position, limit);
  }
  if (end - position < LEAST_SLICE_BYTES) return undefined;
  return { file: segment.file, position, sizeBytes: end - position };
}

/** The end of the last batch that ends at or before `limit`; `start` is one's beginning. */
function lastBoundary(segment: LogSegment, start: number, limit: number): number {
  const { offsetIndex } = segment;
  let low = 0;
  let high = offsetIndex.entryCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsetIndex.positionAt(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  const from = low === 0 ? start : Math.max(start, offsetIndex.positionAt(low - 1));
  const walk = new HeaderWalk(segment.file, from, segment.sizeBytes);
  let end = from;
  while (walk.next() && walk.position + walk.sizeBytes <= limit) {
    end = walk.position + walk.sizeBytes;
  }
  return end;
}

/** Steps over whole batches by their headers. */
class HeaderWalk {
  position = 0;
  sizeBytes = 0;
  lastOffset = -1;
  readonly #file: DiskFile;
  readonly #end: number;
  #nextPosition: number;
  #peekPosition = 0;
  #peeked = 0;

  constructor(file: DiskFile, position: number, end: number) {
    this.#file = file;
    this.#nextPosition = position;
    this.#end = end;
  }

  next(): boolean {
    const at = this.#nextPosition;
    if (at + HEADER_BYTES > this.#end) return false;
    if (at < this.#peekPosition || at + HEADER_BYTES > this.#peekPosition + this.#peeked) {
      const wanted = Math.min(PEEK_BYTES, this.#end - at);
      this.#peeked = this.#file.read(peek, 0, wanted, at);
      this.#peekPosition = at;
      if (this.#peeked < HEADER_BYTES) return false;
    }
    const inPeek = at - this.#peekPosition;
    const size = sizeInBytes(peek, inPeek);
    // What isn't a batch is for the reader to name.
    if (size < HEADER_BYTES || at + size > this.#end) return false;
    this.position = at;
    this.sizeBytes = size;
    this.lastOffset = lastOffset(peek, inPeek);
    this.#nextPosition = at + size;
    return true;
  }
}
