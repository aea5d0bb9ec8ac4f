// Committed offsets by group, topic and partition. Every change can be taken back (UndoLog).
// Kafka: OffsetMetadataManager.Offsets.

import { TrackedMap, type UndoLog } from '../../runtime/undo-log.ts';
import type { CommittedOffset } from '../group.ts';

export type PartitionOffsets = TrackedMap<number, CommittedOffset>;
export type TopicOffsets = TrackedMap<string, PartitionOffsets>;

export class OffsetStore {
  readonly #undo: UndoLog;
  readonly #groups: TrackedMap<string, TopicOffsets>;

  constructor(undo: UndoLog) {
    this.#undo = undo;
    this.#groups = new TrackedMap(undo);
  }

  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#groups.get(groupId)?.get(topic)?.get(partition);
  }

  group(groupId: string): TopicOffsets | undefined {
    return this.#groups.get(groupId);
  }

  groups(): IterableIterator<[string, TopicOffsets]> {
    return this.#groups.entries();
  }

  put(groupId: string, topic: string, partition: number, committed: CommittedOffset): void {
    let topics = this.#groups.get(groupId);
    if (topics === undefined) {
      topics = new TrackedMap(this.#undo);
      this.#groups.set(groupId, topics);
    }
    let partitions = topics.get(topic);
    if (partitions === undefined) {
      partitions = new TrackedMap(this.#undo);
      topics.set(topic, partitions);
    }
    partitions.set(partition, committed);
  }

  delete(groupId: string, topic: string, partition: number): void {
    const topics = this.#groups.get(groupId);
    const partitions = topics?.get(topic);
    if (topics === undefined || partitions === undefined) return;
    partitions.delete(partition);
    if (partitions.size === 0) topics.delete(topic);
    if (topics.size === 0) this.#groups.delete(groupId);
  }
}
