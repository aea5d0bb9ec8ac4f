// The shape that the five requests to the share coordinator share: one group, topics by id, partitions.

import { javaHashOrder } from '../../common/java.ts';
import { javaUuidHash } from '../../common/java-hash.ts';
import type { Outcome, SharePartitionKey } from '../../coordinator/share/persister.ts';

interface StateRequest<P> {
  readonly groupId: string;
  readonly topics: readonly { readonly topicId: string; readonly partitions: readonly P[] }[];
}

interface Results<T> {
  readonly topicId: string;
  readonly partitions: (T & { readonly partition: number })[];
}

/**
 * Nothing for a request without group, without topics, or with a topic without partitions (but for `takesEmptyTopics`). What
 * is named twice is done twice and answered once, as the last time; answers come in the order of Kafka's hash maps.
 */
export async function eachPartition<P extends { readonly partition: number }, T extends Outcome>(
  { groupId, topics }: StateRequest<P>,
  operation: (key: SharePartitionKey, asked: P) => Promise<T>,
  takesEmptyTopics = false,
): Promise<Results<T>[]> {
  const isEmpty = !takesEmptyTopics && topics.some(({ partitions }) => partitions.length === 0);
  if (groupId === '' || isEmpty) return [];
  const byTopic = new Map<string, Map<number, Promise<T>>>();
  for (const { topicId, partitions } of topics) {
    if (partitions.length === 0) continue;
    const answers = byTopic.get(topicId) ?? new Map<number, Promise<T>>();
    byTopic.set(topicId, answers);
    for (const asked of partitions) {
      const { partition } = asked;
      answers.set(partition, operation({ groupId, topicId, partition }, asked));
    }
  }
  return Promise.all(
    javaHashOrder([...byTopic.keys()], javaUuidHash).map(async (topicId) => {
      const answers = byTopic.get(topicId)!;
      const partitions = javaHashOrder([...answers.keys()], (partition) => partition);
      return {
        topicId,
        partitions: await Promise.all(
          partitions.map(async (partition) => ({ partition, ...(await answers.get(partition)!) })),
        ),
      };
    }),
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
