// A coordinator's way into its topic on this broker: the PartitionWriter over the replica manager.
// Knows nothing of what the records mean.

import type {
  AppendContext,
  PartitionListener,
  PartitionWriter,
} from '../coordinator/runtime/partition-writer.ts';
import type { Partition } from './partition.ts';
import type { ReplicaManager } from './replica-manager.ts';

export class LocalPartitionWriter implements PartitionWriter {
  readonly #replicas: ReplicaManager;
  readonly #topic: string;
  readonly #requiredAcks: number;

  /** `requiredAcks`: offsets.commit.required.acks, which Kafka has fixed to -1. */
  constructor(replicas: ReplicaManager, topic: string, requiredAcks = -1) {
    this.#replicas = replicas;
    this.#topic = topic;
    this.#requiredAcks = requiredAcks;
  }

  maxBatchBytes(partition: number): number {
    return this.#leading(partition).log.config.maxMessageBytes;
  }

  append(partition: number, batch: Buffer, context?: AppendContext): number {
    const info = this.#leading(partition).append(batch, this.#requiredAcks, {
      origin: 'coordinator',
      ...context,
    });
    return info.lastOffset + 1;
  }

  logStartOffset(partition: number): number {
    return this.#leading(partition).log.logStartOffset;
  }

  logEndOffset(partition: number): number {
    return this.#leading(partition).log.logEndOffset;
  }

  highWatermark(partition: number): number {
    return this.#leading(partition).log.highWatermark;
  }

  read(partition: number, offset: number, maxBytes: number): readonly Buffer[] {
    const { log } = this.#leading(partition);
    return log.read(offset, maxBytes, { isolation: 'log-end', minOneMessage: true }).records;
  }

  setListener(partition: number, listener: PartitionListener): () => void {
    return this.#replicas.listen(this.#leading(partition), {
      onAppend: (of) => listener.onHighWatermarkUpdated(of.log.highWatermark),
      onGone: () => listener.onFailed(),
    });
  }

  #leading(index: number): Partition {
    return this.#replicas.leading(this.#topic, index);
  }
}
