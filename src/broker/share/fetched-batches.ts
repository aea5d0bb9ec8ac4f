// The record batches of a read, by their headers alone: what offsets they span, which of them belong to transactions
// that were aborted, and which bytes hold the records that a member was given. Kafka: ShareFetchUtils.

import type { AbortedTransaction } from '../../log/transaction-index.ts';
import {
  baseOffset,
  hasProducerId,
  isControl,
  isTransactional,
  lastOffset,
  producerId,
  sizeInBytes,
} from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';

export interface FetchedBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Where it lies in the buffer that was read. */
  readonly at: number;
  readonly end: number;
}

export interface OffsetRange {
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** A run of records given to a member. */
export interface AcquiredRun extends OffsetRange {
  readonly deliveryCount: number;
}

/** `records`: whole batches. */
export function fetchedBatches(records: Buffer): FetchedBatch[] {
  const batches: FetchedBatch[] = [];
  for (let at = 0; at < records.length; ) {
    const end = at + sizeInBytes(records, at);
    batches.push({
      baseOffset: baseOffset(records, at),
      lastOffset: lastOffset(records, at),
      at,
      end,
    });
    at = end;
  }
  return batches;
}

/** The last offset of the batch that holds `offset`; the offset itself when none does. */
export function endOfBatchWith(batches: readonly FetchedBatch[], offset: number): number {
  const batch = batches.findLast((one) => one.baseOffset <= offset);
  return batch !== undefined && offset <= batch.lastOffset ? batch.lastOffset : offset;
}

/** The whole batches from the one that holds the first acquired offset to the one that holds the last. */
export function sliceAcquired(
  records: Buffer,
  batches: readonly FetchedBatch[],
  acquired: readonly AcquiredRun[],
): Buffer {
  const first = acquired[0]!.firstOffset;
  const last = acquired[acquired.length - 1]!.lastOffset;
  const from = batches.findLast((batch) => batch.baseOffset <= first) ?? batches[0]!;
  const to = batches.findLast((batch) => batch.baseOffset <= last) ?? from;
  return records.subarray(from.at, Math.max(from.end, to.end));
}

/** Those of the batches whose transaction was aborted, control batches excepted. */
export function abortedBatches(
  records: Buffer,
  batches: readonly FetchedBatch[],
  aborted: readonly AbortedTransaction[],
): FetchedBatch[] {
  if (aborted.length === 0) return [];
  const pending = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const producers = new Set<number>();
  const found: FetchedBatch[] = [];
  let next = 0;
  for (const batch of batches) {
    if (!hasProducerId(records, batch.at)) continue;
    while (next < pending.length && pending[next]!.firstOffset <= batch.lastOffset) {
      producers.add(pending[next++]!.producerId);
    }
    const producer = producerId(records, batch.at);
    if (isAbortMarker(records, batch.at)) producers.delete(producer);
    else if (isTransactional(records, batch.at) && producers.has(producer)) found.push(batch);
  }
  return found;
}

/** Key of a control record: int16 version, int16 type, of which 0 aborts. */
function isAbortMarker(records: Buffer, at: number): boolean {
  if (!isControl(records, at)) return false;
  const cursor = new RecordCursor();
  cursor.reset(records, at);
  return (
    cursor.next() &&
    cursor.keyLength >= 4 &&
    cursor.buffer.readInt16BE(cursor.keyPosition + 2) === 0
  );
}

/** `runs` without the offsets in `holes`, both in order. */
export function withoutRanges(
  runs: readonly AcquiredRun[],
  holes: readonly { readonly baseOffset: number; readonly lastOffset: number }[],
): AcquiredRun[] {
  const left: AcquiredRun[] = [];
  let next = 0;
  for (const run of runs) {
    let { firstOffset } = run;
    while (next < holes.length && holes[next]!.lastOffset < firstOffset) next++;
    for (let i = next; i < holes.length && holes[i]!.baseOffset <= run.lastOffset; i++) {
      const hole = holes[i]!;
      if (hole.baseOffset > firstOffset) {
        left.push({ ...run, firstOffset, lastOffset: hole.baseOffset - 1 });
      }
      firstOffset = Math.max(firstOffset, hole.lastOffset + 1);
    }
    if (firstOffset <= run.lastOffset) left.push({ ...run, firstOffset });
  }
  return left;
}
