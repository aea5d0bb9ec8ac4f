// A batch on its way: open while records come, then sent, perhaps again, then acknowledged or failed.
// Its buffer lives until the last answer to any try came, because the socket may still read from it.

import type { RecordBatchBuilder } from '../../records/record-batch-builder.ts';
import type { PartitionQueue } from './partition-queue.ts';

export const NO_SEQUENCE = -1;

export class ProducerBatch {
  readonly queue: PartitionQueue;
  readonly builder: RecordBatchBuilder;
  /** Plain bytes at which the batch counts as full. */
  readonly limitBytes: number;
  /** Counted against buffer.memory until release. */
  readonly memoryBytes: number;
  /** On Clock.monotonicMs. */
  readonly createdMs: number;
  /** Of its first record among all that the partition's queue ever took. */
  firstIndex = 0;
  attempts = 0;
  /** Not to be sent again before; on Clock.monotonicMs. */
  retryAtMs = 0;
  producerId = -1;
  producerEpoch = -1;
  baseSequence = NO_SEQUENCE;
  /** The finished bytes under the current identity; undefined before the first try and after a new identity. */
  bytes: Buffer | undefined;
  isInFlight = false;
  /** Its end was reported: expired while in flight, perhaps. */
  isDone = false;
  /** Sent at least once, or a part of a batch that was: it has its place in the order. */
  isTracked = false;
  /** Its numbers aren't those of the first sending any more. */
  wasRenumbered = false;
  readonly isTransactional: boolean;

  constructor(
    queue: PartitionQueue,
    builder: RecordBatchBuilder,
    limitBytes: number,
    memoryBytes: number,
    createdMs: number,
    isTransactional: boolean,
  ) {
    this.queue = queue;
    this.builder = builder;
    this.limitBytes = limitBytes;
    this.memoryBytes = memoryBytes;
    this.createdMs = createdMs;
    this.isTransactional = isTransactional;
  }

  get recordCount(): number {
    return this.builder.recordCount;
  }

  /** The batch's bytes with its identity in the header; built once per identity. */
  build(): Buffer {
    this.bytes ??= this.builder.build({
      producerId: this.producerId,
      producerEpoch: this.producerEpoch,
      baseSequence: this.baseSequence,
      transactional: this.isTransactional,
    });
    return this.bytes;
  }

  setIdentity(producerId: number, producerEpoch: number, baseSequence: number): void {
    this.wasRenumbered ||= this.baseSequence !== NO_SEQUENCE;
    this.producerId = producerId;
    this.producerEpoch = producerEpoch;
    this.baseSequence = baseSequence;
    this.bytes = undefined;
  }
}
