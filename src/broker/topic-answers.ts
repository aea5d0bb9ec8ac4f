// A topic as Metadata and DescribeTopicPartitions tell it: what is the same in both answers.

import { isInternalTopic } from '../common/topic-name.ts';
import type { PartitionRegistration, TopicImage } from '../metadata/image/topics-image.ts';
import { Errors } from '../protocol/errors.ts';
import type { MetadataCache } from './metadata-cache.ts';

/** All of a topic but its partitions. */
export function topicAnswer({ name, id }: TopicImage, topicAuthorizedOperations: number) {
  return {
    errorCode: Errors.NONE,
    name,
    topicId: id,
    isInternal: isInternalTopic(name),
    topicAuthorizedOperations,
  };
}

/** LEADER_NOT_AVAILABLE when no client can reach the leader. */
export function partitionAnswer(
  partition: PartitionRegistration,
  partitionIndex: number,
  metadata: MetadataCache,
) {
  const leaderId = metadata.aliveLeader(partition);
  return {
    errorCode: leaderId < 0 ? Errors.LEADER_NOT_AVAILABLE : Errors.NONE,
    partitionIndex,
    leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    offlineReplicas: metadata.offlineReplicas(partition),
  };
}
