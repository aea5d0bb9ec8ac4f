// What a share partition remembers between its start offset (SPSO) and its end offset (SPEO): the batches in flight, the
// gaps that the persisted state left, and where to read next. Pure: no time, no I/O. Kafka: SharePartition's cache.

import { type InFlightBatch, InFlightBatches } from './in-flight-batch.ts';
import { InFlightState, isTerminal, NO_MEMBER, RecordState } from './record-state.ts';

/** Between what the persisted state told there may be records that were never acknowledged: they are read again. */
interface GapWindow {
  /** End offset when the state was read: past it there are no such gaps. */
  readonly endOffset: number;
  startOffset: number;
}

export class InFlightWindow {
  readonly batches = new InFlightBatches();
  startOffset = 0;
  endOffset = 0;
  /** Something in flight may be available again. */
  mayHaveAvailable = false;
  /** Records in flight at or after the start offset that are done with. */
  deliveryCompleteCount = 0;
  #gap: GapWindow | undefined;

  /** From the persisted state; the batches are sorted and don't overlap. */
  restore(startOffset: number, states: readonly InFlightBatch[]): void {
    this.startOffset = startOffset;
    let expected = startOffset;
    let gapStart = -1;
    for (const batch of states) {
      if (gapStart === -1 && batch.firstOffset > expected) gapStart = expected;
      expected = batch.lastOffset + 1;
      this.batches.add(batch);
      if (isTerminal(batch.whole!.state)) this.deliveryCompleteCount += batch.size;
    }
    const last = this.batches.last;
    if (last === undefined) {
      this.endOffset = startOffset;
      return;
    }
    this.mayHaveAvailable = true;
    this.endOffset = last.lastOffset;
    if (gapStart !== -1) this.#gap = { endOffset: this.endOffset, startOffset: gapStart };
    this.advance();
  }

  get isGapOpen(): boolean {
    return this.#gap !== undefined && this.#gap.endOffset === this.endOffset;
  }

  /** Records that count against share.partition.max.record.locks. */
  get inFlightCount(): number {
    return this.batches.size === 0 ? 0 : this.endOffset - this.startOffset + 1;
  }

  get #isFresh(): boolean {
    const { last } = this.batches;
    return last === undefined || this.startOffset > last.lastOffset;
  }

  /** Where the next records for a member are to be read. */
  nextFetchOffset(): number {
    if (this.#isFresh) {
      this.mayHaveAvailable = false;
      return this.endOffset;
    }
    if (!this.mayHaveAvailable) return this.endOffset + 1;
    const offset = this.#firstAvailable();
    if (offset !== undefined) return offset;
    this.mayHaveAvailable = false;
    return this.endOffset + 1;
  }

  #firstAvailable(): number | undefined {
    let gapStart = this.isGapOpen ? this.#gap!.startOffset : -1;
    for (const batch of this.batches) {
      if (gapStart !== -1) {
        if (batch.firstOffset > gapStart) return gapStart;
        gapStart = Math.max(batch.lastOffset + 1, gapStart);
      }
      if (batch.whole !== undefined) {
        if (batch.whole.isAvailable) return batch.firstOffset;
        continue;
      }
      const index = batch.offsets!.findIndex((state) => state.isAvailable);
      if (index >= 0) return batch.firstOffset + index;
    }
    return undefined;
  }

  /** Records up to `offset` (exclusive) have been read: what is missing before it isn't there. */
  gapsReadUpTo(offset: number): void {
    const gap = this.#gap;
    if (gap === undefined) return;
    if (gap.endOffset === this.endOffset && offset <= gap.endOffset) {
      gap.startOffset = Math.max(gap.startOffset, offset);
    } else this.#gap = undefined;
  }

  /** A read at `fetchOffset` found nothing before `firstRead`: whatever was looked for there isn't there. */
  readFrom(fetchOffset: number, firstRead: number): void {
    this.#archiveStale(fetchOffset, firstRead);
    const gap = this.#gap;
    if (gap !== undefined && fetchOffset <= gap.startOffset && gap.startOffset < firstRead) {
      gap.startOffset = firstRead;
    }
    this.#skipFilledGaps();
  }

  /**
   * Moves the beginning of the gaps past what is in flight by now; past the end there are none. Kafka leaves them open
   * until a new record is read, which never comes when all locks are taken.
   */
  #skipFilledGaps(): void {
    const gap = this.#gap;
    if (gap === undefined) return;
    for (let i = Math.max(0, this.batches.floorIndex(gap.startOffset)); ; i++) {
      const batch = this.batches.at(i);
      if (batch === undefined || batch.firstOffset > gap.startOffset) break;
      gap.startOffset = Math.max(gap.startOffset, batch.lastOffset + 1);
    }
    if (gap.startOffset > gap.endOffset) this.#gap = undefined;
  }

  /** Whether the start offset lies in the batch, behind its first offset. */
  isCutByStart(firstOffset: number, lastOffset: number): boolean {
    return firstOffset < this.startOffset && lastOffset >= this.startOffset;
  }

  /** How many of the offsets are at or after the start offset. */
  countFromStart(firstOffset: number, lastOffset: number): number {
    return Math.max(0, lastOffset - Math.max(this.startOffset, firstOffset) + 1);
  }

  // Moving on

  /** Moves the start offset past what is done with, and forgets whole batches before it. False: nothing moved. */
  advance(): boolean {
    this.#skipFilledGaps();
    if (!this.#canAdvance()) return false;
    const { lastDone, doneCount } = this.#doneFromStart();
    if (lastDone === -1) return false;
    const last = this.batches.last!;
    if (lastDone === last.lastOffset) {
      this.startOffset = last.lastOffset + 1;
      this.endOffset = last.lastOffset + 1;
      this.batches.clear();
      this.deliveryCompleteCount = 0;
      return true;
    }
    const index = this.batches.floorIndex(lastDone);
    const isWholeBatch = this.batches.at(index)!.lastOffset === lastDone;
    if (isWholeBatch) {
      const next = this.batches.at(index + 1)!.firstOffset;
      this.startOffset = Math.max(this.startOffset, next);
      if (this.isGapOpen) this.startOffset = Math.min(this.#gap!.startOffset, this.startOffset);
    } else {
      this.startOffset = Math.max(this.startOffset, lastDone + 1);
    }
    this.deliveryCompleteCount -= doneCount;
    this.batches.removeFirst(isWholeBatch ? index + 1 : index);
    return true;
  }

  #canAdvance(): boolean {
    const floor = this.batches.floor(this.startOffset);
    // The first batch begins later: either there is a gap that is still to be read, or nothing was there at all.
    if (floor === undefined && this.isGapOpen) return false;
    const batch = floor ?? this.batches.first;
    if (batch === undefined) return false;
    if (floor === undefined) return isDone(batch.stateAt(batch.firstOffset));
    const state = batch.stateAt(Math.min(this.startOffset, batch.lastOffset));
    return isDone(state);
  }

  #doneFromStart(): { lastDone: number; doneCount: number } {
    let lastDone = -1;
    let doneCount = 0;
    for (const batch of this.batches) {
      if (this.isGapOpen && batch.lastOffset >= this.#gap!.startOffset) break;
      if (batch.whole !== undefined) {
        if (!isDone(batch.whole)) break;
        lastDone = batch.lastOffset;
        doneCount += this.countFromStart(batch.firstOffset, batch.lastOffset);
        continue;
      }
      const offsets = batch.offsets!;
      for (let i = 0; i < offsets.length; i++) {
        const state = offsets[i]!;
        if (!isDone(state)) return { lastDone, doneCount };
        lastDone = batch.firstOffset + i;
        if (lastDone >= this.startOffset) doneCount++;
      }
    }
    return { lastDone, doneCount };
  }

  // Records that are gone

  /** The log begins at `logStartOffset` now, after our start offset. */
  moveToLogStart(logStartOffset: number): void {
    if (this.#gap !== undefined) {
      this.#gap.startOffset = Math.max(this.#gap.startOffset, logStartOffset);
      this.#skipFilledGaps();
    }
    if (logStartOffset <= this.startOffset) return;
    if (this.batches.size === 0) {
      this.startOffset = logStartOffset;
      this.endOffset = logStartOffset;
      this.deliveryCompleteCount = 0;
      return;
    }
    const doneCount = this.#countDoneBefore(logStartOffset);
    // What members hold stays theirs until they answer or their locks end.
    const archived = this.archive(
      this.startOffset,
      logStartOffset - 1,
      [...this.batches],
      RecordState.AVAILABLE,
      false,
    );
    if (archived) this.mayHaveAvailable = true;
    this.startOffset = logStartOffset;
    this.deliveryCompleteCount -= doneCount;
    if (this.endOffset < this.startOffset) this.endOffset = this.startOffset;
  }

  #countDoneBefore(offset: number): number {
    let count = 0;
    for (const batch of this.batches) {
      if (batch.firstOffset >= offset) break;
      batch.forEachState((state, first, last) => {
        if (!isTerminal(state.state)) return;
        count += Math.max(0, Math.min(offset - 1, last) - Math.max(this.startOffset, first) + 1);
      });
    }
    return count;
  }

  /** Batches that were compacted away. */
  #archiveStale(fetchOffset: number, firstRead: number): void {
    if (this.batches.size === 0 || fetchOffset >= firstRead) return;
    const floor = this.batches.floor(fetchOffset);
    const from =
      floor !== undefined && floor.lastOffset >= fetchOffset ? floor.firstOffset : fetchOffset;
    const stale = this.batches.beginningIn(from, firstRead - 1);
    if (this.archive(fetchOffset, firstRead - 1, stale, RecordState.AVAILABLE, true)) {
      this.mayHaveAvailable = true;
    }
  }

  /** Archives what is in state `from` among the offsets [firstOffset, lastOffset]. True: something was. */
  archive(
    firstOffset: number,
    lastOffset: number,
    batches: readonly InFlightBatch[],
    from: RecordState,
    isCounted: boolean,
  ): boolean {
    let hasArchived = false;
    for (const batch of batches) {
      if (batch.firstOffset > lastOffset) break;
      if (batch.lastOffset < firstOffset) continue;
      if (batch.whole !== undefined && !batch.isWithin(firstOffset, lastOffset)) {
        if (batch.whole.state !== from) continue;
        batch.split();
      }
      batch.forEachState((state, first, last) => {
        if (state.state !== from || first < firstOffset || last > lastOffset) return;
        state.archive();
        if (isCounted) this.deliveryCompleteCount += last - first + 1;
        hasArchived = true;
      });
    }
    return hasArchived;
  }
}

function isDone(state: InFlightState): boolean {
  return !state.isChanging && isTerminal(state.state);
}

/** A stretch of the persisted state, held by nobody. */
export function persistedState(state: RecordState, deliveryCount: number): InFlightState {
  return new InFlightState(state, deliveryCount, NO_MEMBER);
}
