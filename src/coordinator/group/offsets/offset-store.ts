// Committed offsets by group, topic and partition. Every change can be taken back (UndoLog). A later commit overwrites the
// object of the earlier one: thousands of groups that commit all the time leave nothing for the collector to move about.
// Kafka: OffsetMetadataManager.Offsets.

import { type Inverse, TrackedMap, type UndoLog } from '../../runtime/undo-log.ts';
import type { CommittedOffset } from '../group.ts';

/** The store's own copy. */
class StoredOffset implements CommittedOffset {
  offset: number;
  leaderEpoch: number;
  metadata: string;
  commitTimestamp: number;
  expireTimestamp: number;
  topicId: string;

  constructor(from: CommittedOffset) {
    this.offset = from.offset;
    this.leaderEpoch = from.leaderEpoch;
    this.metadata = from.metadata;
    this.commitTimestamp = from.commitTimestamp;
    this.expireTimestamp = from.expireTimestamp;
    this.topicId = from.topicId;
  }

  overwrite(from: CommittedOffset): void {
    this.offset = from.offset;
    this.leaderEpoch = from.leaderEpoch;
    this.metadata = from.metadata;
    this.commitTimestamp = from.commitTimestamp;
    this.expireTimestamp = from.expireTimestamp;
    this.topicId = from.topicId;
  }
}

class Overwritten implements Inverse {
  readonly #stored: StoredOffset;
  readonly #before: CommittedOffset;

  constructor(stored: StoredOffset) {
    this.#stored = stored;
    this.#before = new StoredOffset(stored);
  }

  undo(): void {
    this.#stored.overwrite(this.#before);
  }
}

export type PartitionOffsets = TrackedMap<number, StoredOffset>;
export type TopicOffsets = TrackedMap<string, PartitionOffsets>;

export class OffsetStore {
  readonly #undo: UndoLog;
  readonly #groups: TrackedMap<string, TopicOffsets>;

  constructor(undo: UndoLog) {
    this.#undo = undo;
    this.#groups = new TrackedMap(undo);
  }

  /** Valid until the next change. */
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
    const stored = partitions.get(partition);
    if (stored === undefined) {
      partitions.set(partition, new StoredOffset(committed));
      return;
    }
    if (this.#undo.recording) this.#undo.add(new Overwritten(stored));
    stored.overwrite(committed);
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
