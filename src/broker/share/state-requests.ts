// The shape that the five requests to the share coordinator share: one group, topics by id, partitions.

import type { Outcome, SharePartitionKey } from '../../coordinator/share/persister.ts';

interface StateRequest<P> {
  readonly groupId: string;
  readonly topics: readonly { readonly topicId: string; readonly partitions: readonly P[] }[];
}

interface Results<T> {
  readonly topicId: string;
  readonly partitions: (T & { readonly partition: number })[];
}

/** Nothing for a request without group or without partitions, as Kafka answers it. */
export function eachPartition<P extends { readonly partition: number }, T extends Outcome>(
  { groupId, topics }: StateRequest<P>,
  operation: (key: SharePartitionKey, asked: P) => Promise<T>,
): Promise<Results<T>[]> {
  const isEmpty = topics.some(({ partitions }) => partitions.length === 0);
  if (groupId === '' || isEmpty) return Promise.resolve([]);
  return Promise.all(
    topics.map(async ({ topicId, partitions }) => ({
      topicId,
      partitions: await Promise.all(
        partitions.map(async (asked) => {
          const { partition } = asked;
          return { partition, ...(await operation({ groupId, topicId, partition }, asked)) };
        }),
      ),
    })),
  );
}

/** The same outcome for all. */
export function everyPartition<P extends { readonly partition: number }>(
  { topics }: StateRequest<P>,
  outcome: Outcome,
): Results<Outcome>[] {
  return topics.map(({ topicId, partitions }) => ({
    topicId,
    partitions: partitions.map(({ partition }) => ({ partition, ...outcome })),
  }));
}
