// Which of a topic's partitions a record goes to: the one it names, the one of its key's hash, the next in turn
// (RoundRobinPartitioner), or one that is kept for a batch's worth of bytes (BuiltInPartitioner, KIP-794).
// It makes no batches and sends nothing.

import { partitionForKey } from '../../common/murmur2.ts';
import type { Random } from '../../io/io.ts';
import type { ProducerConfig } from '../config/producer-config.ts';
import type { TopicMetadata } from '../metadata/topic-metadata.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { Appended, type RecordAccumulator } from './record-accumulator.ts';
import { StickyPartitioner } from './sticky-partitioner.ts';

/** How a record gets its partition. */
export const Choice = {
  /** By the partition or the key that it names. */
  BY_RECORD: 0,
  STICKY: 1,
  IN_TURN: 2,
} as const;
export type Choice = (typeof Choice)[keyof typeof Choice];

export class TopicPartitioner {
  readonly name: string;
  /** The newest that is known; replaced with every update. */
  metadata: TopicMetadata;
  readonly #config: ProducerConfig;
  readonly #accumulator: RecordAccumulator;
  readonly #queues: PartitionQueue[];
  readonly #sticky: StickyPartitioner;
  /** RoundRobinPartitioner: records so far. */
  #turn = 0;

  constructor(
    metadata: TopicMetadata,
    config: ProducerConfig,
    accumulator: RecordAccumulator,
    random: Random,
  ) {
    this.name = metadata.name;
    this.metadata = metadata;
    this.#config = config;
    this.#accumulator = accumulator;
    this.#queues = accumulator.queuesOf(metadata.name);
    this.#sticky = new StickyPartitioner(config.batchSizeBytes, random);
  }

  /** `partition` -1: the record names none. */
  choice(partition: number, key: Buffer | null): Choice {
    if (partition >= 0) return Choice.BY_RECORD;
    if (this.#config.partitioner === 'round-robin') return Choice.IN_TURN;
    return key === null || this.#config.ignoreKeys ? Choice.STICKY : Choice.BY_RECORD;
  }

  /** undefined for a partition that isn't known (yet). */
  queue(
    choice: Choice,
    partition: number,
    key: Buffer | null,
    keyStart: number,
    keyEnd: number,
  ): PartitionQueue | undefined {
    if (choice === Choice.STICKY) return this.#stickyQueue();
    if (choice === Choice.IN_TURN) return this.#nextQueue();
    const count = this.metadata.partitions.length;
    const chosen = partition >= 0 ? partition : partitionForKey(key!, keyStart, keyEnd, count);
    if (chosen >= count) return undefined;
    return this.#queues[chosen] ?? this.#queueOf(chosen);
  }

  /** A record was taken into the queue; its open batch had `sizeBefore` bytes before that, 0 if there was none. */
  onAppended(choice: Choice, queue: PartitionQueue, appended: Appended, sizeBefore: number): void {
    if (choice === Choice.IN_TURN) this.#turn++;
    if (choice !== Choice.STICKY) return;
    const size = queue.open?.builder.estimatedSizeBytes ?? 0;
    const bytes = appended === Appended.INTO_OPEN ? size - sizeBefore : size;
    this.#sticky.onAppended(bytes, this.#accumulator.isLastFull(queue));
  }

  /** Lets partitions with long queues be drawn less often (partitioner.adaptive.partitioning.enable, KIP-794). */
  updateLoads(): void {
    const { available, partitions } = this.metadata;
    // Only once every partition has been used: an empty queue says nothing before.
    if (partitions.length < 2 || !available.every((index) => this.#queues[index])) return;
    this.#sticky.updateLoads(
      available,
      available.map((partition) => this.#queues[partition]?.waiting.length ?? 0),
    );
  }

  #stickyQueue(): PartitionQueue {
    const { available, partitions } = this.metadata;
    const queue = this.#queueOf(this.#sticky.peek(available, partitions.length));
    // A batch that was sent or filled meanwhile is the moment to move on (RecordAccumulator.partitionChanged).
    if (!this.#accumulator.isLastFull(queue)) return queue;
    this.#sticky.onAppended(0, true);
    return this.#queueOf(this.#sticky.peek(available, partitions.length));
  }

  /** Whatever the key. */
  #nextQueue(): PartitionQueue {
    const { available, partitions } = this.metadata;
    const count = available.length > 0 ? available.length : partitions.length;
    const at = this.#turn % count;
    return this.#queueOf(available[at] ?? at);
  }

  #queueOf(partition: number): PartitionQueue {
    return this.#accumulator.queue(this.#queues, this.name, partition);
  }
}
