// Topics and their partitions (TopicsImage, TopicImage, PartitionRegistration).
// Immutable; topics-delta.ts makes the next image. It knows what the cluster agreed on, not what is on this disk.

export interface PartitionRegistration {
  readonly replicas: readonly number[];
  /** The log directory of each replica, in the order of `replicas`. */
  readonly directories: readonly string[];
  readonly isr: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly addingReplicas: readonly number[];
  /** Eligible leader replicas (KIP-966). */
  readonly elr: readonly number[];
  readonly lastKnownElr: readonly number[];
  /** NO_LEADER (-1) while nobody can lead. */
  readonly leader: number;
  /** 0 RECOVERED, 1 RECOVERING. */
  readonly leaderRecoveryState: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
}

export const NO_LEADER = -1;

export interface TopicImage {
  readonly name: string;
  readonly id: string;
  /** Index = partition id; ids are dense. */
  readonly partitions: readonly PartitionRegistration[];
}

export class TopicsImage {
  static readonly EMPTY = new TopicsImage(new Map(), new Map());

  readonly topicsById: ReadonlyMap<string, TopicImage>;
  readonly topicsByName: ReadonlyMap<string, TopicImage>;

  constructor(
    topicsById: ReadonlyMap<string, TopicImage>,
    topicsByName: ReadonlyMap<string, TopicImage>,
  ) {
    this.topicsById = topicsById;
    this.topicsByName = topicsByName;
  }

  getTopic(name: string): TopicImage | undefined {
    return this.topicsByName.get(name);
  }

  getTopicById(id: string): TopicImage | undefined {
    return this.topicsById.get(id);
  }

  getPartition(topicId: string, partition: number): PartitionRegistration | undefined {
    return this.topicsById.get(topicId)?.partitions[partition];
  }
}

/** The directory that holds this broker's replica; undefined when it has none. */
export function directoryOf(
  partition: PartitionRegistration,
  brokerId: number,
): string | undefined {
  const index = partition.replicas.indexOf(brokerId);
  return index < 0 ? undefined : partition.directories[index];
}
