// Kafka's consumer: partitions by assignment or by group, batches fetched ahead of the reader.
// Hands out whole batches as bytes; nothing is allocated per record.

import type { Io } from '../../io/io.ts';
import type { CommittedOffset, ListedOffset, TopicPartition } from '../types.ts';

/**
 * A run of records of one partition: walk with a RecordCursor from `at`, and skip those with an offset below `fromOffset`
 * (a fetch may begin inside a batch). Only data batches come here: never control batches, never aborted ones under read_committed.
 */
export interface ConsumedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly buffer: Buffer;
  readonly at: number;
  readonly fromOffset: number;
  /** The offset after the batch. */
  readonly nextOffset: number;
  /** -1 when unknown. */
  readonly leaderEpoch: number;
}

export interface RebalanceListener {
  onAssigned?(partitions: readonly TopicPartition[]): void | Promise<void>;
  onRevoked?(partitions: readonly TopicPartition[]): void | Promise<void>;
  onLost?(partitions: readonly TopicPartition[]): void | Promise<void>;
}

export interface ConsumerOptions {
  readonly bootstrapServers: readonly string[];
  /** Java consumer properties, group.id and auto.offset.reset among them. */
  readonly config: ReadonlyMap<string, string>;
  readonly io: Io;
  readonly clientId?: string;
}

export class Consumer {
  constructor(_options: ConsumerOptions) {}

  /** By hand, without a group's balance. Replaces the assignment. */
  assign(_partitions: readonly TopicPartition[]): void {}

  /** By group: topics by name or by a test on names (re-evaluated at each metadata refresh). */
  subscribe(
    _topics: readonly string[] | { readonly matches: (topic: string) => boolean },
    _listener?: RebalanceListener,
  ): void {}

  assignment(): readonly TopicPartition[] {
    return [];
  }

  /** Before the first poll too; takes effect with the next poll. */
  seek(_partition: TopicPartition, _offset: number): void {}
  seekToBeginning(_partitions: readonly TopicPartition[]): void {}
  seekToEnd(_partitions: readonly TopicPartition[]): void {}

  /**
   * Waits up to `timeoutMs` for data; [] when there is none. Batches stay valid until the next poll.
   * Positions move behind the batches returned, and the next poll auto-commits them: to commit less
   * (a reader that stopped inside a batch), seek before close. Throws ClientError as Java's poll does.
   */
  poll(_timeoutMs: number): Promise<ConsumedBatch[]> {
    throw new Error('signature only');
  }

  /** Makes a waiting poll return [] now. */
  wakeup(): void {}

  /** The offset of the next record; looks it up (committed, reset) when not known yet. */
  position(_partition: TopicPartition, _timeoutMs?: number): Promise<number> {
    throw new Error('signature only');
  }

  /** Commits the positions (or these offsets) and waits for the answer. */
  async commit(
    _offsets?: readonly (TopicPartition & { offset: number; metadata?: string })[],
  ): Promise<void> {}

  committed(
    _partitions: readonly TopicPartition[],
  ): Promise<Map<string, CommittedOffset | undefined>> {
    throw new Error('signature only');
  }

  /** Partition numbers of a topic, [] when it doesn't exist (it may be auto-created by asking). */
  partitionsFor(_topic: string, _timeoutMs?: number): Promise<number[]> {
    throw new Error('signature only');
  }

  /** ListOffsets for partitions; `timestamp` an OffsetSpec or ms. */
  offsetsFor(
    _partitions: readonly (TopicPartition & { timestamp: number })[],
    _timeoutMs?: number,
  ): Promise<Map<string, ListedOffset>> {
    throw new Error('signature only');
  }

  pause(_partitions: readonly TopicPartition[]): void {}
  resume(_partitions: readonly TopicPartition[]): void {}

  /** Auto-commits, leaves the group (unless static), closes sockets; within `timeoutMs` (30 s). Idempotent. */
  async close(_timeoutMs?: number): Promise<void> {}
}
