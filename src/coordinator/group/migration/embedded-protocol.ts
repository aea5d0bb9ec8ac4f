// What classic consumers tell each other inside JoinGroup and SyncGroup (ConsumerProtocolSubscription and -Assignment,
// each prefixed by its int16 version), for a coordinator that serves them in a consumer group. A newer version than ours
// is read as our newest. Kafka: ConsumerProtocol, coordinator.group.Utils.

import {
  consumerProtocolAssignment,
  type TopicPartition,
} from '../../../protocol/generated/data/consumer-protocol-assignment.ts';
import { Reader } from '../../../protocol/reader.ts';
import { Writer } from '../../../protocol/writer.ts';
import {
  listPartitions,
  type PartitionEpochs,
  type TopicPartitions,
  topicPartitionsOf,
} from '../consumer/partitions.ts';
import type { TopicLookup } from '../topic-lookup.ts';

export interface EmbeddedAssignment {
  readonly partitions: TopicPartitions;
  /** Something that only the members' own assignor understands. */
  readonly hasUserData: boolean;
}

/** Topics that are gone are left out. Throws MalformedError. */
export function readAssignment(bytes: Buffer, topics: TopicLookup): EmbeddedAssignment {
  const reader = new Reader(bytes);
  const version = Math.min(reader.readInt16(), consumerProtocolAssignment.maxVersion);
  const { assignedPartitions, userData } = consumerProtocolAssignment.read(reader, version);
  const partitions = topicPartitionsOf(byTopicId(assignedPartitions, topics));
  return { partitions, hasUserData: (userData?.length ?? 0) > 0 };
}

export function byTopicId(
  listed: readonly TopicPartition[],
  topics: TopicLookup,
): { topicId: string; partitions: readonly number[] }[] {
  return listed.flatMap(({ topic, partitions }) => {
    const topicId = topics.byName(topic)?.id;
    return topicId === undefined ? [] : [{ topicId, partitions }];
  });
}

/** In the version of the member's own subscription: what it can read. */
export function writeAssignment(
  partitions: TopicPartitions | PartitionEpochs,
  subscription: Buffer,
  topics: TopicLookup,
): Buffer {
  const told = new Reader(subscription).readInt16();
  const version = Math.min(told, consumerProtocolAssignment.maxVersion);
  const assignedPartitions = listPartitions(partitions).flatMap(({ topicId, partitions: list }) => {
    const topic = topics.byId(topicId)?.name;
    return topic === undefined ? [] : [{ topic, partitions: list }];
  });
  const writer = new Writer();
  writer.writeInt16(version);
  consumerProtocolAssignment.write(writer, { assignedPartitions, userData: null }, version);
  return writer.finishBuffer();
}
