// Sets of partitions by topic id, plain and with the epoch in which each was assigned. Pure values, never changed.

/** Partition indexes by topic id. */
export type TopicPartitions = ReadonlyMap<string, ReadonlySet<number>>;
/** By topic id and partition the epoch in which the member got it. */
export type PartitionEpochs = ReadonlyMap<string, ReadonlyMap<number, number>>;

export const NO_PARTITIONS: TopicPartitions = new Map();
export const NO_PARTITION_EPOCHS: PartitionEpochs = new Map();

interface ListedPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

/** A topic may be listed more than once. */
export function topicPartitionsOf(listed: readonly ListedPartitions[]): TopicPartitions {
  const found = new Map<string, Set<number>>();
  for (const { topicId, partitions } of listed) {
    found.set(topicId, new Set([...(found.get(topicId) ?? []), ...partitions]));
  }
  return found;
}

export function listPartitions(
  partitions: TopicPartitions | PartitionEpochs,
): { topicId: string; partitions: number[] }[] {
  return [...partitions].map(([topicId, indexes]) => ({
    topicId,
    partitions: [...indexes.keys()].sort((a, b) => a - b),
  }));
}

export function samePartitions(a: TopicPartitions, b: TopicPartitions): boolean {
  if (a.size !== b.size) return false;
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId);
    if (others === undefined || others.size !== partitions.size) return false;
    for (const partition of partitions) if (!others.has(partition)) return false;
  }
  return true;
}

export function sameEpochs(a: PartitionEpochs, b: PartitionEpochs): boolean {
  if (a.size !== b.size) return false;
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId);
    if (others === undefined || others.size !== partitions.size) return false;
    for (const [partition, epoch] of partitions) {
      if (others.get(partition) !== epoch) return false;
    }
  }
  return true;
}

/** Whether each of `listed` is in `held`. */
export function isSubset(listed: readonly ListedPartitions[], held: PartitionEpochs): boolean {
  return listed.every(({ topicId, partitions }) => {
    const indexes = held.get(topicId);
    return indexes !== undefined && partitions.every((partition) => indexes.has(partition));
  });
}

export function includesAny(listed: readonly ListedPartitions[], held: PartitionEpochs): boolean {
  return listed.some(({ topicId, partitions }) => {
    const indexes = held.get(topicId);
    return indexes !== undefined && partitions.some((partition) => indexes.has(partition));
  });
}
