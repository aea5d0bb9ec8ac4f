// What a stretch of metadata records changes in the topics (TopicsDelta, TopicDelta, LocalReplicaChanges).
// Collects replayed records, makes the next image, and tells a broker which of its replicas to make, lead or delete.
// It never touches a log.
import { assert } from '../../common/assert.ts';
import { LayeredMap } from '../../common/layered-map.ts';
import { DIRECTORY_MIGRATING, DIRECTORY_UNASSIGNED } from '../../common/uuid.ts';
import type { PartitionChangeRecord } from '../../protocol/generated/metadata/partition-change-record.ts';
import type { PartitionRecord } from '../../protocol/generated/metadata/partition-record.ts';
import { type PartitionRegistration, type TopicImage, TopicsImage } from './topics-image.ts';

const NO_LEADER_CHANGE = -2;

export interface LocalPartition {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly registration: PartitionRegistration;
}

export interface LocalReplicaChanges {
  /** Replicas that this broker holds no more. */
  readonly deletes: readonly { topic: string; topicId: string; partition: number }[];
  /** Partitions that this broker leads, with a new leader epoch. */
  readonly electedLeaders: readonly LocalPartition[];
  /** Partitions that this broker leads and that changed (ISR, replicas), the elected ones among them. */
  readonly leaders: readonly LocalPartition[];
  readonly followers: readonly LocalPartition[];
}

export class TopicDelta {
  readonly image: TopicImage;
  readonly partitionChanges = new Map<number, PartitionRegistration>();

  constructor(image: TopicImage) {
    this.image = image;
  }

  get name(): string {
    return this.image.name;
  }

  get id(): string {
    return this.image.id;
  }

  partition(id: number): PartitionRegistration | undefined {
    return this.partitionChanges.get(id) ?? this.image.partitions[id];
  }

  apply(): TopicImage {
    const partitions = [...this.image.partitions];
    for (const [id, partition] of this.partitionChanges) partitions[id] = partition;
    return { name: this.image.name, id: this.image.id, partitions };
  }
}

export class TopicsDelta {
  readonly image: TopicsImage;
  /** Topic id → what changed; new topics among them. */
  readonly changedTopics = new Map<string, TopicDelta>();
  readonly deletedTopicIds = new Set<string>();
  readonly createdTopicIds = new Set<string>();

  constructor(image: TopicsImage) {
    this.image = image;
  }

  replayTopic(name: string, topicId: string): void {
    this.changedTopics.set(topicId, new TopicDelta({ name, id: topicId, partitions: [] }));
    this.createdTopicIds.add(topicId);
  }

  replayPartition(record: PartitionRecord): void {
    const topic = this.#changedTopic(record.topicId);
    topic.partitionChanges.set(record.partitionId, registrationOf(record));
  }

  replayPartitionChange(record: PartitionChangeRecord): void {
    const topic = this.#changedTopic(record.topicId);
    const previous = topic.partition(record.partitionId);
    assert(
      previous !== undefined,
      `a record changes partition ${topic.name}-${record.partitionId}, which doesn't exist`,
    );
    topic.partitionChanges.set(record.partitionId, mergePartition(previous, record));
  }

  /** ClearElrRecord: of one topic, or of all when the name is empty (KIP-966). */
  replayClearElr(topicName: string): void {
    const topics =
      topicName === ''
        ? this.#currentTopics()
        : this.#currentTopics().filter((topic) => topic.name === topicName);
    for (const topic of topics) {
      for (const [id, partition] of topic.partitions.entries()) {
        if (partition.elr.length === 0 && partition.lastKnownElr.length === 0) continue;
        this.#changedTopic(topic.id).partitionChanges.set(id, {
          ...partition,
          elr: [],
          lastKnownElr: [],
          partitionEpoch: partition.partitionEpoch + 1,
        });
      }
    }
  }

  /** Returns the deleted topic's name. */
  replayRemoveTopic(topicId: string): string {
    const name = this.changedTopics.get(topicId)?.name ?? this.image.getTopicById(topicId)?.name;
    assert(name !== undefined, `a record removes topic ${topicId}, which doesn't exist`);
    this.changedTopics.delete(topicId);
    // A topic that came and went within one delta was never seen.
    if (!this.createdTopicIds.delete(topicId)) this.deletedTopicIds.add(topicId);
    return name;
  }

  apply(): TopicsImage {
    const byId = new Map<string, TopicImage | undefined>();
    const byName = new Map<string, TopicImage | undefined>();
    for (const id of this.deletedTopicIds) {
      byId.set(id, undefined);
      const name = this.image.getTopicById(id)?.name;
      if (name !== undefined) byName.set(name, undefined);
    }
    for (const [id, delta] of this.changedTopics) {
      const topic = delta.apply();
      byId.set(id, topic);
      byName.set(topic.name, topic);
    }
    return new TopicsImage(
      LayeredMap.with(this.image.topicsById, byId),
      LayeredMap.with(this.image.topicsByName, byName),
    );
  }

  /** What `brokerId` has to do, deletions of replicas first. */
  localChanges(brokerId: number): LocalReplicaChanges {
    const deletes: { topic: string; topicId: string; partition: number }[] = [];
    const electedLeaders: LocalPartition[] = [];
    const leaders: LocalPartition[] = [];
    const followers: LocalPartition[] = [];
    for (const topicId of this.deletedTopicIds) {
      const topic = this.image.getTopicById(topicId) as TopicImage;
      for (const [partition, registration] of topic.partitions.entries()) {
        if (registration.replicas.includes(brokerId)) {
          deletes.push({ topic: topic.name, topicId, partition });
        }
      }
    }
    for (const [topicId, delta] of this.changedTopics) {
      for (const [partition, registration] of delta.partitionChanges) {
        const previous = delta.image.partitions[partition];
        if (!registration.replicas.includes(brokerId)) {
          if (previous?.replicas.includes(brokerId)) {
            deletes.push({ topic: delta.name, topicId, partition });
          }
          continue;
        }
        const local = { topic: delta.name, topicId, partition, registration };
        if (registration.leader !== brokerId) followers.push(local);
        else {
          leaders.push(local);
          if (previous?.leaderEpoch !== registration.leaderEpoch) electedLeaders.push(local);
        }
      }
    }
    return { deletes, electedLeaders, leaders, followers };
  }

  #currentTopics(): TopicImage[] {
    const topics = new Map(this.image.topicsById);
    for (const id of this.deletedTopicIds) topics.delete(id);
    for (const [id, delta] of this.changedTopics) topics.set(id, delta.apply());
    return [...topics.values()];
  }

  #changedTopic(topicId: string): TopicDelta {
    let delta = this.changedTopics.get(topicId);
    if (delta === undefined) {
      const image = this.image.getTopicById(topicId);
      assert(image !== undefined, `a record changes topic ${topicId}, which doesn't exist`);
      delta = new TopicDelta(image);
      this.changedTopics.set(topicId, delta);
    }
    return delta;
  }
}

function registrationOf(record: PartitionRecord): PartitionRegistration {
  return {
    replicas: record.replicas,
    directories: directoriesFor(record.replicas, record.directories),
    isr: record.isr,
    removingReplicas: record.removingReplicas,
    addingReplicas: record.addingReplicas,
    elr: record.eligibleLeaderReplicas ?? [],
    lastKnownElr: record.lastKnownElr ?? [],
    leader: record.leader,
    leaderRecoveryState: record.leaderRecoveryState,
    leaderEpoch: record.leaderEpoch,
    partitionEpoch: record.partitionEpoch,
  };
}

/** Records before version 1 name no directories: every replica's is then unknown (DirectoryId.MIGRATING). */
function directoriesFor(
  replicas: readonly number[],
  directories: readonly string[],
): readonly string[] {
  return directories.length === replicas.length
    ? directories
    : replicas.map(() => DIRECTORY_MIGRATING);
}

/** PartitionRegistration.merge: fields that the record leaves out stay; the epochs always move. */
function mergePartition(
  previous: PartitionRegistration,
  record: PartitionChangeRecord,
): PartitionRegistration {
  const isLeaderChange = record.leader !== NO_LEADER_CHANGE;
  const replicas = record.replicas ?? previous.replicas;
  return {
    replicas,
    directories: mergeDirectories(previous, record, replicas),
    isr: record.isr ?? previous.isr,
    removingReplicas: record.removingReplicas ?? previous.removingReplicas,
    addingReplicas: record.addingReplicas ?? previous.addingReplicas,
    elr: record.eligibleLeaderReplicas ?? previous.elr,
    lastKnownElr: record.lastKnownElr ?? previous.lastKnownElr,
    leader: isLeaderChange ? record.leader : previous.leader,
    leaderRecoveryState:
      record.leaderRecoveryState < 0 ? previous.leaderRecoveryState : record.leaderRecoveryState,
    leaderEpoch: previous.leaderEpoch + (isLeaderChange ? 1 : 0),
    partitionEpoch: previous.partitionEpoch + 1,
  };
}

function mergeDirectories(
  previous: PartitionRegistration,
  record: PartitionChangeRecord,
  replicas: readonly number[],
): readonly string[] {
  if (record.directories !== null && record.directories.length === replicas.length) {
    return record.directories;
  }
  if (record.replicas === null) return previous.directories;
  return replicas.map((id) => {
    const index = previous.replicas.indexOf(id);
    return previous.directories[index] ?? DIRECTORY_UNASSIGNED;
  });
}
