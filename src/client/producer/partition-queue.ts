// The batches of one partition, in order: those waiting (the last one open for records) and those in flight.
// Holds the sequence numbers of an idempotent producer (TransactionManager's TxnPartitionEntry). Decides nothing about time.

import { NO_SEQUENCE, type ProducerBatch } from './producer-batch.ts';

const SEQUENCE_LIMIT = 2 ** 31;

export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  /** Waiting, oldest first; batches to be retried stand before those never sent, in the order of their sequences. */
  readonly waiting: ProducerBatch[] = [];
  /** Sent or to be retried, by sequence: what isn't acknowledged yet. */
  readonly unacknowledged: ProducerBatch[] = [];
  /** Records that ever went into its batches. */
  appendedCount = 0;
  nextSequence = 0;
  /** Under which identity the next sequence counts. */
  producerId = -1;
  producerEpoch = -1;
  /** The broker's numbers and ours have parted for certain: nothing goes before a new epoch begins. */
  needsNewEpoch = false;
  /**
   * Nobody knows whether a batch that was given up arrived. Those behind it are tried on under their old numbers, or they
   * could be doubled; a new epoch begins once they are settled (TransactionManager.hasUnresolvedSequence).
   */
  isUnresolved = false;
  /** Whether batches may outgrow batch.size while others wait; not any more once the broker found one too large. */
  mayGrow = true;
  /** Estimated compressed bytes per plain byte, as CompressionRatioEstimator. */
  compressionRatio = 1;
  /** The transaction that has records of this partition, and the one that its coordinator knows them of. */
  transaction = 0;
  addedTransaction = 0;
  /** Of the last acknowledged record, -1 when unknown. */
  lastAckedOffset = -1;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  /** The batch that takes records; undefined when there is none. */
  get open(): ProducerBatch | undefined {
    const last = this.waiting[this.waiting.length - 1];
    return last === undefined || last.isTracked ? undefined : last;
  }

  /** Whether the oldest waiting batch may go: a numbered one only when nothing before it is unacknowledged. */
  mayDrain(batch: ProducerBatch): boolean {
    return batch.baseSequence === NO_SEQUENCE || this.unacknowledged[0] === batch;
  }

  /** Whether a batch was begun by then; looks at the heads only, which are the oldest. */
  hasOlderThan(bornMs: number): boolean {
    const first = this.waiting[0];
    if (first !== undefined && first.createdMs <= bornMs) return true;
    return this.unacknowledged.some((batch) => !batch.isDone && batch.createdMs <= bornMs);
  }

  /** From now on the batch counts as unacknowledged. */
  track(batch: ProducerBatch): void {
    if (batch.isTracked) return;
    batch.isTracked = true;
    this.unacknowledged.push(batch);
  }

  /** Gives the next sequence numbers under the queue's identity. */
  assignSequence(batch: ProducerBatch): void {
    batch.setIdentity(this.producerId, this.producerEpoch, this.nextSequence);
    this.nextSequence = (this.nextSequence + batch.recordCount) % SEQUENCE_LIMIT;
  }

  /** Puts a tracked batch back to be sent again: before what was never sent, in the order of the first sending. */
  requeue(batch: ProducerBatch): void {
    const order = this.#orderOf(batch);
    const at = this.waiting.findIndex((other) => this.#orderOf(other) > order);
    this.waiting.splice(at < 0 ? this.waiting.length : at, 0, batch);
  }

  /** Puts the parts of a split batch in its place, tracked and waiting; they share out its sequence numbers. */
  replace(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    let sequence = batch.baseSequence;
    for (const part of parts) {
      part.isTracked = true;
      if (sequence !== NO_SEQUENCE) {
        part.setIdentity(batch.producerId, batch.producerEpoch, sequence);
        sequence = (sequence + part.recordCount) % SEQUENCE_LIMIT;
      }
    }
    const at = this.unacknowledged.indexOf(batch);
    this.unacknowledged.splice(at, 1, ...parts);
    for (const part of parts) this.requeue(part);
  }

  settle(batch: ProducerBatch): void {
    const at = this.unacknowledged.indexOf(batch);
    if (at >= 0) this.unacknowledged.splice(at, 1);
  }

  /** Numbers every unacknowledged batch anew from 0 under a new identity (TransactionManager.startSequencesAtBeginning). */
  restartSequences(producerId: number, producerEpoch: number): void {
    this.producerId = producerId;
    this.producerEpoch = producerEpoch;
    this.nextSequence = 0;
    this.needsNewEpoch = false;
    this.isUnresolved = false;
    for (const batch of this.unacknowledged) if (!batch.isDone) this.assignSequence(batch);
  }

  /** A numbered batch was refused for certain: those behind it move up (TxnPartitionMap.adjustSequencesDueToFailedBatch). */
  closeGap(refused: ProducerBatch): void {
    const count = refused.recordCount;
    this.nextSequence = (this.nextSequence - count + SEQUENCE_LIMIT) % SEQUENCE_LIMIT;
    const at = this.unacknowledged.indexOf(refused);
    for (const batch of this.unacknowledged.slice(at + 1)) {
      if (batch.isDone) continue;
      const sequence = (batch.baseSequence - count + SEQUENCE_LIMIT) % SEQUENCE_LIMIT;
      batch.setIdentity(batch.producerId, batch.producerEpoch, sequence);
    }
  }

  /** Numbers begin anew with the next batch, whatever was unsettled. */
  forgetSequences(): void {
    this.producerId = -1;
    this.producerEpoch = -1;
    this.needsNewEpoch = false;
    this.isUnresolved = false;
  }

  #orderOf(batch: ProducerBatch): number {
    const at = this.unacknowledged.indexOf(batch);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }
}
