// A partition's log behind a fake broker, with the rules that make an idempotent producer's life hard:
// sequences must follow each other, the last five batches are recognised as duplicates (ProducerStateManager).

import {
  baseSequence,
  lastSequence,
  producerEpoch,
  producerId,
  recordCount,
  setBaseOffset,
  sizeInBytes,
  verifyCrc,
} from '../../../src/records/record-batch.ts';
import { RecordCursor } from '../../../src/records/record-cursor.ts';

const CORRUPT_MESSAGE = 2;
const MESSAGE_TOO_LARGE = 10;
const OUT_OF_ORDER = 45;

interface Known {
  readonly first: number;
  readonly last: number;
  readonly offset: number;
}

export class FakeLog {
  readonly batches: Buffer[] = [];
  endOffset = 0;
  maxBatchBytes = Number.POSITIVE_INFINITY;
  #epochs = new Map<number, number>();
  #recent = new Map<number, Known[]>();

  /** As the answer of Produce for a partition. */
  append(records: Buffer): { errorCode: number; baseOffset: number } {
    if (sizeInBytes(records, 0) !== records.length) throw new Error('more than one batch');
    if (!verifyCrc(records, 0)) return { errorCode: CORRUPT_MESSAGE, baseOffset: -1 };
    if (records.length > this.maxBatchBytes)
      return { errorCode: MESSAGE_TOO_LARGE, baseOffset: -1 };
    const id = producerId(records, 0);
    if (id >= 0) {
      const refusal = this.#checkSequence(id, records);
      if (refusal !== undefined) return refusal;
    }
    const batch = Buffer.from(records);
    const baseOffset = this.endOffset;
    setBaseOffset(batch, 0, baseOffset);
    this.batches.push(batch);
    this.endOffset += recordCount(batch, 0);
    return { errorCode: 0, baseOffset };
  }

  /** The values of all records as text, in order. */
  values(): string[] {
    const cursor = new RecordCursor();
    const values: string[] = [];
    for (const batch of this.batches) {
      cursor.reset(batch, 0);
      while (cursor.next()) values.push(cursor.value()!.toString());
    }
    return values;
  }

  #checkSequence(
    id: number,
    records: Buffer,
  ): { errorCode: number; baseOffset: number } | undefined {
    const epoch = producerEpoch(records, 0);
    const first = baseSequence(records, 0);
    const last = lastSequence(records, 0);
    const isNewEpoch = epoch !== this.#epochs.get(id);
    const recent = isNewEpoch ? [] : (this.#recent.get(id) ?? []);
    const known = recent.find((entry) => entry.first === first && entry.last === last);
    if (known !== undefined) return { errorCode: 0, baseOffset: known.offset };
    const previous = recent[recent.length - 1];
    const expected = previous === undefined ? 0 : previous.last + 1;
    if (first !== expected) return { errorCode: OUT_OF_ORDER, baseOffset: -1 };
    this.#epochs.set(id, epoch);
    this.#recent.set(id, [...recent.slice(-4), { first, last, offset: this.endOffset }]);
    return undefined;
  }
}
