// A run of offsets that was delivered together, with one state for all or one for each offset; and the sorted list of
// such runs. It knows nothing of members' requests. Kafka: InFlightBatch and SharePartition's cachedState.

import { InFlightState, NO_MEMBER, RecordState } from './record-state.ts';

export class InFlightBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** One state for all offsets; undefined once they are told apart. */
  #whole: InFlightState | undefined;
  #offsets: InFlightState[] | undefined;

  constructor(firstOffset: number, lastOffset: number, state: InFlightState) {
    this.firstOffset = firstOffset;
    this.lastOffset = lastOffset;
    this.#whole = state;
  }

  get size(): number {
    return this.lastOffset - this.firstOffset + 1;
  }

  get whole(): InFlightState | undefined {
    return this.#whole;
  }

  /** By offset - firstOffset. */
  get offsets(): readonly InFlightState[] | undefined {
    return this.#offsets;
  }

  /** The state of one of its offsets. */
  stateAt(offset: number): InFlightState {
    return this.#whole ?? this.#offsets![offset - this.firstOffset]!;
  }

  /** Each offset has a state of its own from now on, equal to begin with. */
  split(): readonly InFlightState[] {
    if (this.#offsets === undefined) {
      const whole = this.#whole!;
      this.#offsets = Array.from({ length: this.size }, () => whole.copy());
      this.#whole = undefined;
    }
    return this.#offsets;
  }

  /** Split, with what is after `lastAcquired` given back as if it had never been delivered. */
  splitAfter(lastAcquired: number): void {
    const states = this.split();
    for (let i = lastAcquired + 1 - this.firstOffset; i < states.length; i++) {
      this.#offsets![i] = new InFlightState(RecordState.AVAILABLE, 0, NO_MEMBER);
    }
  }

  isWithin(firstOffset: number, lastOffset: number): boolean {
    return this.firstOffset >= firstOffset && this.lastOffset <= lastOffset;
  }

  /** Every state with the first and last offset that it is for. */
  forEachState(
    visit: (state: InFlightState, firstOffset: number, lastOffset: number) => void,
  ): void {
    if (this.#whole !== undefined) {
      visit(this.#whole, this.firstOffset, this.lastOffset);
      return;
    }
    const offsets = this.#offsets!;
    for (let i = 0; i < offsets.length; i++) {
      visit(offsets[i]!, this.firstOffset + i, this.firstOffset + i);
    }
  }
}

/** Batches that don't overlap, by their first offset. */
export class InFlightBatches {
  readonly #list: InFlightBatch[] = [];

  get size(): number {
    return this.#list.length;
  }

  get first(): InFlightBatch | undefined {
    return this.#list[0];
  }

  get last(): InFlightBatch | undefined {
    return this.#list[this.#list.length - 1];
  }

  at(index: number): InFlightBatch | undefined {
    return this.#list[index];
  }

  /** Index of the last batch that begins at or before the offset; -1 when there is none. */
  floorIndex(offset: number): number {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#list[middle]!.firstOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  floor(offset: number): InFlightBatch | undefined {
    return this.#list[this.floorIndex(offset)];
  }

  /** Those that begin in [from, to]; a copy. */
  beginningIn(from: number, to: number): InFlightBatch[] {
    return this.#list.slice(this.floorIndex(from - 1) + 1, this.floorIndex(to) + 1);
  }

  add(batch: InFlightBatch): void {
    const index = this.floorIndex(batch.firstOffset);
    const isThere = index >= 0 && this.#list[index]!.firstOffset === batch.firstOffset;
    if (isThere) this.#list[index] = batch;
    else this.#list.splice(index + 1, 0, batch);
  }

  /** The first `count` of them. */
  removeFirst(count: number): void {
    this.#list.splice(0, count);
  }

  clear(): void {
    this.#list.length = 0;
  }

  [Symbol.iterator](): IterableIterator<InFlightBatch> {
    return this.#list[Symbol.iterator]();
  }
}
