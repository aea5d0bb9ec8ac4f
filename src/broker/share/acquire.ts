// Gives records that were read to a member: new ones, and those in flight that are available again. Whole batches, so
// that answers and acknowledgements stay small; single records when a member may only have so many (record_limit) or
// when a record keeps failing and has to be told from its neighbours. Pure. Kafka: SharePartition.acquire.

import { type AcquiredRun, endOfBatchWith, type FetchedBatch } from './fetched-batches.ts';
import { InFlightBatch } from './in-flight-batch.ts';
import type { InFlightWindow } from './in-flight-window.ts';
import { InFlightState, RecordState } from './record-state.ts';

export interface AcquireRequest {
  readonly memberId: string;
  /** share.acquire.mode record_limit: never more than maxRecords (KIP-1206). Else whole batches. */
  readonly isRecordLimit: boolean;
  /** How many records the runs of the answer should have at least. */
  readonly batchSize: number;
  readonly maxRecords: number;
  /** Where the log was read. */
  readonly fetchOffset: number;
  /** At least one. */
  readonly batches: readonly FetchedBatch[];
  readonly lockDeadlineMs: number;
  readonly maxDeliveryCount: number;
  readonly maxInFlight: number;
}

/** The runs that the member has now, in order. */
export function acquire(window: InFlightWindow, request: AcquireRequest): AcquiredRun[] {
  return new Acquisition(window, request).run();
}

/** From this many deliveries on a record that is available again goes out in smaller and smaller company. */
function throttleLimit(maxDeliveryCount: number): number {
  return Math.max(2, Math.ceil(maxDeliveryCount / 2));
}

class Acquisition {
  readonly #window: InFlightWindow;
  readonly #request: AcquireRequest;
  readonly #runs: AcquiredRun[] = [];
  /** Of the records that were read, the last that may be acquired. */
  #lastOffset: number;
  /** How many may be acquired still. */
  #room: number;

  constructor(window: InFlightWindow, request: AcquireRequest) {
    this.#window = window;
    this.#request = request;
    this.#lastOffset = request.batches[request.batches.length - 1]!.lastOffset;
    this.#room = Math.min(request.maxRecords, request.maxInFlight - window.inFlightCount);
  }

  run(): AcquiredRun[] {
    const { batches, fetchOffset } = this.#request;
    const window = this.#window;
    if (this.#lastOffset < window.startOffset || !this.#limitToWindow()) return [];
    const readFrom = batches[0]!.baseOffset;
    window.readFrom(fetchOffset, readFrom);
    const from = this.#alignedStart(readFrom);
    const known = window.batches.beginningIn(Math.min(readFrom, from), this.#lastOffset);
    if (known.length === 0) {
      this.#acquireNew(from, this.#lastOffset);
      return this.#runs;
    }
    this.#acquireKnown(known, readFrom, from);
    const lastKnown = known[known.length - 1]!.lastOffset;
    if (this.#room > 0 && lastKnown < this.#lastOffset) {
      this.#acquireNew(lastKnown + 1, this.#lastOffset);
    }
    const last = this.#runs[this.#runs.length - 1];
    if (last !== undefined) window.gapsReadUpTo(last.lastOffset + 1);
    return this.#runs;
  }

  /** With all locks taken, only what is in flight already may be acquired again. False: nothing may. */
  #limitToWindow(): boolean {
    if (this.#room > 0) return true;
    const { endOffset } = this.#window;
    const { fetchOffset, maxRecords } = this.#request;
    if (fetchOffset > endOffset) return false;
    this.#room = Math.min(maxRecords, endOffset - fetchOffset + 1);
    this.#lastOffset = Math.min(this.#lastOffset, endOffset);
    return this.#room > 0;
  }

  /** Where to begin: with the batch in flight that the records lie in, never before the start offset. */
  #alignedStart(readFrom: number): number {
    const floor = this.#window.batches.floor(readFrom);
    if (floor === undefined) return Math.max(readFrom, this.#window.startOffset);
    return floor.lastOffset >= readFrom ? floor.firstOffset : readFrom;
  }

  // What is in flight already

  #acquireKnown(known: readonly InFlightBatch[], readFrom: number, from: number): void {
    let gapStart = from;
    for (const batch of known) {
      if (this.#room <= 0) return;
      if (this.#window.isGapOpen) {
        if (gapStart < batch.firstOffset) this.#acquireNew(gapStart, batch.firstOffset - 1);
        gapStart = batch.lastOffset + 1;
        if (this.#room <= 0) return;
      }
      const isThrottled = this.#isThrottled(batch, readFrom);
      if (isThrottled && this.#runs.length > 0) {
        this.#room = 0;
        return;
      }
      const taken = this.#acquireFrom(batch, readFrom, isThrottled);
      if (isThrottled && taken > 0) {
        this.#room = 0;
        return;
      }
    }
  }

  #acquireFrom(batch: InFlightBatch, readFrom: number, isThrottled: boolean): number {
    const { isRecordLimit, memberId, lockDeadlineMs } = this.#request;
    const { whole } = batch;
    const isTooLarge = isRecordLimit && batch.size > this.#room;
    const isWhole = batch.isWithin(readFrom, this.#lastOffset) && !isTooLarge && !isThrottled;
    if (whole !== undefined) {
      if (!whole.isAvailable) return 0;
      if (isWhole) {
        whole.acquire(memberId, lockDeadlineMs);
        const { firstOffset, lastOffset } = batch;
        this.#runs.push({ firstOffset, lastOffset, deliveryCount: whole.deliveryCount });
        this.#room -= batch.size;
        return batch.size;
      }
      batch.split();
    }
    const taken = this.#acquireOffsets(batch, readFrom);
    this.#room -= taken;
    return taken;
  }

  #isThrottled(batch: InFlightBatch, readFrom: number): boolean {
    let most = -1;
    batch.forEachState((state, first) => {
      if (!state.isAvailable) return;
      const isRead = batch.whole !== undefined || (first >= readFrom && first <= this.#lastOffset);
      if (isRead) most = Math.max(most, state.deliveryCount);
    });
    return most >= throttleLimit(this.#request.maxDeliveryCount);
  }

  /** Offset by offset. One on its last delivery goes alone: should it fail for good, its neighbours don't with it. */
  #acquireOffsets(batch: InFlightBatch, readFrom: number): number {
    const { memberId, lockDeadlineMs, maxDeliveryCount, isRecordLimit } = this.#request;
    const isolates = maxDeliveryCount > 2;
    const limit = throttleLimit(maxDeliveryCount);
    const offsets = batch.offsets!;
    const runs: AcquiredRun[] = [];
    let taken = 0;
    let most = isRecordLimit ? this.#room : Number.POSITIVE_INFINITY;
    let isThrottled = false;
    const begin = Math.max(0, readFrom - batch.firstOffset);
    const end = Math.min(offsets.length, this.#lastOffset - batch.firstOffset + 1);
    for (let i = begin; i < end && taken < most; i++) {
      const state = offsets[i]!;
      if (!state.isAvailable) continue;
      if (isolates && state.deliveryCount === maxDeliveryCount - 1 && taken > 0) break;
      if (state.deliveryCount >= limit && !isThrottled) {
        isThrottled = true;
        most = Math.min(most, Math.max(1, offsets.length >> (state.deliveryCount - limit + 1)));
      }
      state.acquire(memberId, lockDeadlineMs);
      taken++;
      appendRun(runs, batch.firstOffset + i, state.deliveryCount);
      if (isolates && state.deliveryCount === maxDeliveryCount) break;
    }
    this.#runs.push(...runs);
    return taken;
  }

  // What is new

  #acquireNew(firstOffset: number, lastOffset: number): void {
    const { batches, isRecordLimit } = this.#request;
    const window = this.#window;
    const isEmpty = window.batches.size === 0;
    const first = isEmpty ? Math.max(firstOffset, window.endOffset) : firstOffset;
    let last = lastOffset;
    if (this.#room < last - first + 1) {
      last = endOfBatchWith(batches, first + this.#room - 1);
      // Between what the persisted state told, batches needn't end where the log's do.
      if (window.isGapOpen && last > lastOffset) last = lastOffset;
    }
    if (last < first) return;
    const runs = this.#newRuns(first, last);
    for (const run of runs) this.#addBatch(run);
    if (window.batches.first!.firstOffset === first) window.startOffset = first;
    if (last > window.endOffset) window.endOffset = last;
    let taken = last - first + 1;
    if (isRecordLimit && taken > this.#room) {
      taken = this.#room;
      window.batches.floor(first)!.splitAfter(first + taken - 1);
      window.mayHaveAvailable = true;
      runs[0] = { ...runs[0]!, lastOffset: first + taken - 1 };
    }
    this.#runs.push(...runs);
    this.#room -= taken;
    window.gapsReadUpTo(first + taken);
  }

  /** Cut where batches of the log begin, each at least as long as the member's batch size. */
  #newRuns(firstOffset: number, lastOffset: number): AcquiredRun[] {
    const { batches, batchSize, isRecordLimit } = this.#request;
    const runs: AcquiredRun[] = [];
    let first = firstOffset;
    if (!isRecordLimit && lastOffset - firstOffset + 1 > batchSize) {
      for (const { baseOffset } of batches) {
        if (baseOffset > lastOffset) break;
        if (baseOffset - first < batchSize || baseOffset <= first) continue;
        runs.push({ firstOffset: first, lastOffset: baseOffset - 1, deliveryCount: 1 });
        first = baseOffset;
      }
    }
    runs.push({ firstOffset: first, lastOffset, deliveryCount: 1 });
    return runs;
  }

  #addBatch({ firstOffset, lastOffset }: AcquiredRun): void {
    const { memberId, lockDeadlineMs } = this.#request;
    const state = new InFlightState(RecordState.ACQUIRED, 1, memberId, lockDeadlineMs);
    this.#window.batches.add(new InFlightBatch(firstOffset, lastOffset, state));
  }
}

/** Neighbours with the same delivery count make one run. */
function appendRun(runs: AcquiredRun[], offset: number, deliveryCount: number): void {
  const last = runs[runs.length - 1];
  if (
    last !== undefined &&
    last.lastOffset + 1 === offset &&
    last.deliveryCount === deliveryCount
  ) {
    runs[runs.length - 1] = { ...last, lastOffset: offset };
  } else {
    runs.push({ firstOffset: offset, lastOffset: offset, deliveryCount });
  }
}
