// Makes the records of consumer groups in the versions that Kafka 4.3.1 writes.

import { hashForRecord } from '../metadata-hash.ts';
import { type GroupRecord, RecordType } from '../records.ts';
import type { ConsumerMember } from './consumer-member.ts';
import { listPartitions, type PartitionEpochs, type TopicPartitions } from './partitions.ts';

const VERSION = 0;

export function memberMetadataRecord(groupId: string, member: ConsumerMember): GroupRecord {
  return {
    type: RecordType.CONSUMER_GROUP_MEMBER_METADATA,
    key: { groupId, memberId: member.memberId },
    version: VERSION,
    value: {
      instanceId: member.instanceId,
      rackId: member.rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: [...member.subscribedTopicNames].sort(),
      subscribedTopicRegex: member.subscribedTopicRegex,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      serverAssignor: member.serverAssignor,
      classicMemberMetadata: member.classicMetadata,
    },
  };
}

export function groupEpochRecord(
  groupId: string,
  epoch: number,
  metadataHash: bigint,
): GroupRecord {
  return {
    type: RecordType.CONSUMER_GROUP_METADATA,
    key: { groupId },
    version: VERSION,
    value: { epoch, metadataHash: hashForRecord(metadataHash) },
  };
}

export function targetMemberRecord(
  groupId: string,
  memberId: string,
  target: TopicPartitions,
): GroupRecord {
  return {
    type: RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
    key: { groupId, memberId },
    version: VERSION,
    value: { topicPartitions: listPartitions(target) },
  };
}

export function targetMetadataRecord(
  groupId: string,
  assignmentEpoch: number,
  assignmentTimestamp: number,
): GroupRecord {
  return {
    type: RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
    key: { groupId },
    version: VERSION,
    value: { assignmentEpoch, assignmentTimestamp },
  };
}

export function currentAssignmentRecord(groupId: string, member: ConsumerMember): GroupRecord {
  return {
    type: RecordType.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT,
    key: { groupId, memberId: member.memberId },
    version: VERSION,
    value: {
      memberEpoch: member.memberEpoch,
      previousMemberEpoch: member.previousMemberEpoch,
      state: member.state,
      assignedPartitions: withEpochs(member.assigned),
      partitionsPendingRevocation: withEpochs(member.pendingRevocation),
    },
  };
}

function withEpochs(
  held: PartitionEpochs,
): { topicId: string; partitions: number[]; assignmentEpochs: number[] }[] {
  return listPartitions(held).map(({ topicId, partitions }) => ({
    topicId,
    partitions,
    assignmentEpochs: partitions.map((partition) => held.get(topicId)!.get(partition)!),
  }));
}

export function regexRecord(
  groupId: string,
  regularExpression: string,
  topics: readonly string[],
  version: number,
  timestamp: number,
): GroupRecord {
  return {
    type: RecordType.CONSUMER_GROUP_REGULAR_EXPRESSION,
    key: { groupId, regularExpression },
    version: VERSION,
    value: { topics: [...topics].sort(), version, timestamp },
  };
}

export function regexTombstone(groupId: string, regularExpression: string): GroupRecord {
  return {
    type: RecordType.CONSUMER_GROUP_REGULAR_EXPRESSION,
    key: { groupId, regularExpression },
    version: VERSION,
    value: null,
  };
}

/** In this order: what a member holds, what it should hold, the member. */
export function memberTombstones(groupId: string, memberId: string): GroupRecord[] {
  const key = { groupId, memberId };
  const version = VERSION;
  return [
    { type: RecordType.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT, key, version, value: null },
    { type: RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER, key, version, value: null },
    { type: RecordType.CONSUMER_GROUP_MEMBER_METADATA, key, version, value: null },
  ];
}

export function groupTombstones(groupId: string): GroupRecord[] {
  const key = { groupId };
  const version = VERSION;
  return [
    { type: RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA, key, version, value: null },
    { type: RecordType.CONSUMER_GROUP_METADATA, key, version, value: null },
  ];
}
