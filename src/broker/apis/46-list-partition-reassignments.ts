// ListPartitionReassignments v0
//
// Behavior: the partitions whose replicas are being exchanged, all or those asked for (KIP-455). Without a broker to move
// to there is none.

import type { PartitionRegistration } from '../../metadata/image/topics-image.ts';
import { LIST_PARTITION_REASSIGNMENTS } from '../../protocol/generated/apis/list-partition-reassignments.ts';
import type { OngoingPartitionReassignment } from '../../protocol/generated/apis/list-partition-reassignments-response.ts';
import { handler } from '../handler.ts';

export const listPartitionReassignments = handler(LIST_PARTITION_REASSIGNMENTS, {
  minVersion: 0,
  maxVersion: 0,
  roles: ['broker', 'controller'],
  handle(request, context) {
    const { metadata } = context.services;
    const asked =
      request.topics?.map(({ name, partitionIndexes }) => ({
        topic: metadata.topic(name),
        indexes: new Set(partitionIndexes),
      })) ?? metadata.topics().map((topic) => ({ topic, indexes: undefined }));
    const topics = [];
    for (const { topic, indexes } of asked) {
      if (topic === undefined) continue;
      const partitions = ongoing(topic.partitions, indexes);
      if (partitions.length > 0) topics.push({ name: topic.name, partitions });
    }
    return { errorMessage: null, topics };
  },
});

function ongoing(
  partitions: readonly PartitionRegistration[],
  indexes: ReadonlySet<number> | undefined,
): OngoingPartitionReassignment[] {
  const found: OngoingPartitionReassignment[] = [];
  for (const [partitionIndex, partition] of partitions.entries()) {
    if (indexes !== undefined && !indexes.has(partitionIndex)) continue;
    if (partition.addingReplicas.length + partition.removingReplicas.length === 0) continue;
    found.push({
      partitionIndex,
      replicas: [...partition.replicas],
      addingReplicas: [...partition.addingReplicas],
      removingReplicas: [...partition.removingReplicas],
    });
  }
  return found;
}
