// The partitions that a consumer reads now, and where it stands in each. Asks nobody.

import { ClientError } from '../errors.ts';
import { partitionKey, type TopicPartition } from '../types.ts';
import type { OffsetToCommit } from './group/offset-store.ts';
import { PartitionState } from './partition-state.ts';

export class Assignment {
  readonly #states = new Map<string, PartitionState>();
  /** Raised whenever a partition goes: what was noted of its offsets before may be another's business now. */
  lossCount = 0;

  /** By partition key. */
  get states(): ReadonlyMap<string, PartitionState> {
    return this.#states;
  }

  get partitions(): readonly TopicPartition[] {
    return [...this.#states.values()].map(({ topic, partition }) => ({ topic, partition }));
  }

  /** Throws for a partition that isn't assigned. */
  of({ topic, partition }: TopicPartition): PartitionState {
    const key = partitionKey(topic, partition);
    const state = this.#states.get(key);
    if (state !== undefined) return state;
    throw new ClientError(
      'java.lang.IllegalStateException',
      `No current assignment for partition ${key}`,
    );
  }

  /** What was there before keeps its place; what goes loses its buffers. */
  replace(partitions: readonly TopicPartition[]): void {
    const kept = new Map<string, PartitionState>();
    for (const { topic, partition } of partitions) {
      const key = partitionKey(topic, partition);
      kept.set(key, this.#states.get(key) ?? new PartitionState(topic, partition));
    }
    for (const [key, state] of this.#states) {
      if (kept.has(key)) continue;
      state.dropBuffered();
      this.lossCount += 1;
    }
    this.#states.clear();
    for (const [key, state] of kept) this.#states.set(key, state);
  }

  /** All but these. */
  without(gone: readonly TopicPartition[]): readonly TopicPartition[] {
    const keys = new Set(gone.map((item) => partitionKey(item.topic, item.partition)));
    return this.partitions.filter((item) => !keys.has(partitionKey(item.topic, item.partition)));
  }

  /** Behind what was handed out; partitions without a position have nothing to commit. */
  consumedOffsets(): OffsetToCommit[] {
    const offsets: OffsetToCommit[] = [];
    for (const { topic, partition, position, positionEpoch } of this.#states.values()) {
      if (position < 0) continue;
      offsets.push({ topic, partition, offset: position, leaderEpoch: positionEpoch });
    }
    return offsets;
  }
}
