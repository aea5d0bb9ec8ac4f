// What a partition knows of one producer: its epoch, its last five batches and its open transaction.
// (org.apache.kafka.storage.internals.log.ProducerStateEntry)

import { NO_PRODUCER_EPOCH, NO_SEQUENCE, NO_TIMESTAMP } from '../records/record-batch.ts';

/** Batches remembered to recognise a retry: the most a producer may have in flight. */
export const BATCHES_TO_RETAIN = 5;

export interface BatchMetadata {
  readonly lastSequence: number;
  readonly lastOffset: number;
  readonly offsetDelta: number;
  readonly timestamp: number;
}

export function firstSequenceOf(batch: BatchMetadata): number {
  const first = batch.lastSequence - batch.offsetDelta;
  return first < 0 ? first + 0x80000000 : first;
}

export function firstOffsetOf(batch: BatchMetadata): number {
  return batch.lastOffset - batch.offsetDelta;
}

export class ProducerStateEntry {
  readonly producerId: number;
  producerEpoch = NO_PRODUCER_EPOCH;
  coordinatorEpoch = -1;
  lastTimestamp = NO_TIMESTAMP;
  /** First offset of the open transaction, or -1. */
  currentTransactionFirstOffset = -1;
  /** Oldest first. */
  readonly batches: BatchMetadata[] = [];

  constructor(producerId: number) {
    this.producerId = producerId;
  }

  get isEmpty(): boolean {
    return this.batches.length === 0;
  }

  get lastSequence(): number {
    return this.batches[this.batches.length - 1]?.lastSequence ?? NO_SEQUENCE;
  }

  get lastOffset(): number {
    return this.batches[this.batches.length - 1]?.lastOffset ?? -1;
  }

  get lastOffsetDelta(): number {
    return this.batches[this.batches.length - 1]?.offsetDelta ?? 0;
  }

  /** A new epoch forgets the batches of the old one. */
  updateEpoch(epoch: number): void {
    if (this.producerEpoch === epoch) return;
    this.batches.length = 0;
    this.producerEpoch = epoch;
  }

  addBatch(epoch: number, batch: BatchMetadata): void {
    this.updateEpoch(epoch);
    if (this.batches.length === BATCHES_TO_RETAIN) this.batches.shift();
    this.batches.push(batch);
    this.lastTimestamp = batch.timestamp;
  }

  /** The remembered batch with these very sequences, when `epoch` is the current one. */
  findDuplicate(
    epoch: number,
    firstSequence: number,
    lastSequence: number,
  ): BatchMetadata | undefined {
    if (epoch !== this.producerEpoch) return undefined;
    for (const batch of this.batches) {
      if (batch.lastSequence === lastSequence && firstSequenceOf(batch) === firstSequence) {
        return batch;
      }
    }
    return undefined;
  }
}
