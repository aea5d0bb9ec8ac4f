// Makes the records of share groups in the versions that Kafka 4.3.1 writes.

import { listPartitions, type TopicPartitions } from '../consumer/partitions.ts';
import { hashForRecord } from '../metadata-hash.ts';
import { type GroupRecord, RecordType } from '../records.ts';
import { NO_STATE, type ShareMember } from './share-member.ts';
import { type StatePartitions, statePartitionsValue } from './state-partitions.ts';

const version = 0;

export function shareMemberRecord(groupId: string, member: ShareMember): GroupRecord {
  const { memberId, rackId, clientId, clientHost, subscribedTopicNames } = member;
  return {
    type: RecordType.SHARE_GROUP_MEMBER_METADATA,
    key: { groupId, memberId },
    version,
    value: {
      rackId,
      clientId,
      clientHost,
      subscribedTopicNames: [...subscribedTopicNames].sort(),
    },
  };
}

export function shareEpochRecord(
  groupId: string,
  epoch: number,
  metadataHash: bigint,
): GroupRecord {
  return {
    type: RecordType.SHARE_GROUP_METADATA,
    key: { groupId },
    version,
    value: { epoch, metadataHash: hashForRecord(metadataHash) },
  };
}

export function shareTargetRecord(
  groupId: string,
  memberId: string,
  target: TopicPartitions,
): GroupRecord {
  return {
    type: RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER,
    key: { groupId, memberId },
    version,
    value: { topicPartitions: listPartitions(target) },
  };
}

export function shareTargetEpochRecord(
  groupId: string,
  assignmentEpoch: number,
  assignmentTimestamp: number,
): GroupRecord {
  return {
    type: RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_METADATA,
    key: { groupId },
    version,
    value: { assignmentEpoch, assignmentTimestamp },
  };
}

export function shareCurrentRecord(groupId: string, member: ShareMember): GroupRecord {
  const { memberId, memberEpoch, previousMemberEpoch, assigned } = member;
  return {
    type: RecordType.SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT,
    key: { groupId, memberId },
    version,
    value: {
      memberEpoch,
      previousMemberEpoch,
      state: NO_STATE,
      assignedPartitions: listPartitions(assigned),
    },
  };
}

export function statePartitionsRecord(groupId: string, states: StatePartitions): GroupRecord {
  return {
    type: RecordType.SHARE_GROUP_STATE_PARTITION_METADATA,
    key: { groupId },
    version,
    value: statePartitionsValue(states),
  };
}

/** In this order: what the member has, what it should have, the member. */
export function shareMemberTombstones(groupId: string, memberId: string): GroupRecord[] {
  const key = { groupId, memberId };
  const value = null;
  return [
    { type: RecordType.SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT, key, version, value },
    { type: RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER, key, version, value },
    { type: RecordType.SHARE_GROUP_MEMBER_METADATA, key, version, value },
  ];
}

export function shareGroupTombstones(groupId: string): GroupRecord[] {
  const key = { groupId };
  const value = null;
  return [
    { type: RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_METADATA, key, version, value },
    { type: RecordType.SHARE_GROUP_STATE_PARTITION_METADATA, key, version, value },
    { type: RecordType.SHARE_GROUP_METADATA, key, version, value },
  ];
}
