// The records of one partition that a share consumer holds, and what it says of each. Bounded by what one fetch acquires;
// a byte per record. Pure.

import { RecordCursor } from '../../records/record-cursor.ts';

/** AcknowledgeType. RENEW keeps the record and its lock for another while (KIP-1222). */
export const Acknowledge = { ACCEPT: 1, RELEASE: 2, REJECT: 3, RENEW: 4 } as const;
export type Acknowledge = (typeof Acknowledge)[keyof typeof Acknowledge];

/** An offset that holds no record for anybody: compacted away, or a control batch. */
const GAP = 0;
/** Said and sent. */
const TAKEN = 0x7e;
const UNDECIDED = 0x7f;

export interface AcquiredRange {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly deliveryCount: number;
}

/** As on the wire: one type for all offsets, or one for each. */
export interface AcknowledgementBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly acknowledgeTypes: number[];
}

interface DecidedRange extends AcquiredRange {
  /** By offset. */
  readonly types: Uint8Array;
}

export class AcquiredRecords {
  readonly #ranges: DecidedRange[];
  #undecided = 0;
  /** Records come in order: mostly the next one is in the same range. */
  #lastRange: DecidedRange | undefined;

  constructor(ranges: readonly AcquiredRange[]) {
    this.#ranges = ranges.map((range) => ({
      ...range,
      types: new Uint8Array(range.lastOffset - range.firstOffset + 1),
    }));
  }

  /** Records that nothing was said of yet. */
  get undecidedCount(): number {
    return this.#undecided;
  }

  /** Takes note of which of the acquired offsets are records: the rest are gaps. */
  addBatch(buffer: Buffer, at: number): void {
    const cursor = new RecordCursor();
    cursor.reset(buffer, at);
    while (cursor.next()) {
      const range = this.#rangeOf(cursor.offset);
      if (range === undefined) continue;
      range.types[cursor.offset - range.firstOffset] = UNDECIDED;
      this.#undecided += 1;
    }
  }

  /** How often the record was handed out, this time included; undefined when it isn't ours. */
  deliveryCount(offset: number): number | undefined {
    return this.#rangeOf(offset)?.deliveryCount;
  }

  /** False for an offset that isn't ours to speak of. A renewed record may be spoken of again. */
  acknowledge(offset: number, type: Acknowledge): boolean {
    const range = this.#rangeOf(offset);
    if (range === undefined) return false;
    const index = offset - range.firstOffset;
    const before = range.types[index];
    if (before === GAP || before === TAKEN) return false;
    if (before === UNDECIDED) this.#undecided -= 1;
    range.types[index] = type;
    return true;
  }

  acknowledgeAll(type: Acknowledge): void {
    for (const { types } of this.#ranges) {
      for (let index = 0; index < types.length; index++) {
        if (types[index] === UNDECIDED) types[index] = type;
      }
    }
    this.#undecided = 0;
  }

  /**
   * What was said since the last call, in the order of offsets, runs together. A renewed record is then one that nothing
   * was said of again.
   */
  take(): AcknowledgementBatch[] {
    const batches: AcknowledgementBatch[] = [];
    for (const { firstOffset, types } of this.#ranges) {
      let start = 0;
      for (let index = 0; index <= types.length; index++) {
        if (index < types.length && types[index]! < TAKEN) continue;
        if (index > start) batches.push(batchOf(firstOffset + start, types.subarray(start, index)));
        start = index + 1;
      }
      for (let index = 0; index < types.length; index++) this.#settle(types, index);
    }
    return batches;
  }

  #settle(types: Uint8Array, index: number): void {
    if (types[index] === Acknowledge.RENEW) {
      types[index] = UNDECIDED;
      this.#undecided += 1;
    } else if (types[index] !== UNDECIDED) types[index] = TAKEN;
  }

  #rangeOf(offset: number): DecidedRange | undefined {
    const last = this.#lastRange;
    if (last !== undefined && offset >= last.firstOffset && offset <= last.lastOffset) return last;
    this.#lastRange = this.#ranges.find(
      ({ firstOffset, lastOffset }) => offset >= firstOffset && offset <= lastOffset,
    );
    return this.#lastRange;
  }
}

function batchOf(firstOffset: number, types: Uint8Array): AcknowledgementBatch {
  const lastOffset = firstOffset + types.length - 1;
  const isUniform = types.every((type) => type === types[0]);
  return { firstOffset, lastOffset, acknowledgeTypes: isUniform ? [types[0]!] : [...types] };
}
