// The topics of the cluster as a group coordinator needs them: names, ids and partition counts of one moment.

export interface TopicInfo {
  readonly id: string;
  readonly name: string;
  readonly partitionCount: number;
  /** Racks of the brokers that have a replica of the partition, where brokers have racks. */
  readonly racks?: (partition: number) => readonly string[];
}

export interface TopicLookup {
  /** Another one whenever topics or partitions may have changed. Grows. */
  readonly version: number;
  /** The same object as long as the topic is the same. */
  byName(name: string): TopicInfo | undefined;
  byId(id: string): TopicInfo | undefined;
  names(): Iterable<string>;
}

export const NO_TOPICS: TopicLookup = {
  version: 0,
  byName: () => undefined,
  byId: () => undefined,
  names: () => [],
};
