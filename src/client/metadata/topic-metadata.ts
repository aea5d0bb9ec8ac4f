// What a client remembers of one topic: id, leaders and their epochs. A newer answer replaces an older one,
// an older epoch never replaces a newer one (KIP-320).

import type { MetadataResponseTopic } from '../../protocol/generated/apis/metadata-response.ts';

export interface PartitionLeader {
  /** -1 when there is none. */
  readonly leaderId: number;
  /** -1 when the broker doesn't tell. */
  readonly leaderEpoch: number;
}

export interface TopicMetadata {
  readonly name: string;
  readonly topicId: string;
  readonly isInternal: boolean;
  /** By partition number. */
  readonly partitions: readonly PartitionLeader[];
  /** Partitions with a leader. */
  readonly available: readonly number[];
}

/** `old` is what was known before, undefined when nothing. */
export function mergeTopic(
  old: TopicMetadata | undefined,
  answer: MetadataResponseTopic,
): TopicMetadata {
  const isSame = old !== undefined && old.topicId === answer.topicId;
  const partitions: PartitionLeader[] = [];
  for (const { partitionIndex, leaderId, leaderEpoch } of answer.partitions) {
    const before = isSame ? old.partitions[partitionIndex] : undefined;
    const isStale = before !== undefined && leaderEpoch >= 0 && before.leaderEpoch > leaderEpoch;
    partitions[partitionIndex] = isStale ? before : { leaderId, leaderEpoch };
  }
  return makeTopic(answer.name ?? '', answer.topicId, answer.isInternal, partitions);
}

/** The topic with one partition's leader replaced, when its epoch is newer (KIP-951). */
export function withLeader(
  topic: TopicMetadata,
  partition: number,
  leader: PartitionLeader,
): TopicMetadata {
  const known = topic.partitions[partition];
  if (known === undefined || known.leaderEpoch >= leader.leaderEpoch) return topic;
  const partitions = [...topic.partitions];
  partitions[partition] = leader;
  return makeTopic(topic.name, topic.topicId, topic.isInternal, partitions);
}

function makeTopic(
  name: string,
  topicId: string,
  isInternal: boolean,
  sparse: readonly (PartitionLeader | undefined)[],
): TopicMetadata {
  const partitions = Array.from(sparse, (leader) => leader ?? { leaderId: -1, leaderEpoch: -1 });
  const available = [...partitions.keys()].filter((index) => partitions[index]!.leaderId >= 0);
  return { name, topicId, isInternal, partitions, available };
}
