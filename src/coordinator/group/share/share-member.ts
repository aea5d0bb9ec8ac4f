// A member of a share group as its records say it is: a value that is replaced, never changed. It has no partitions to
// give back: several members may hold the same one. Kafka: ShareGroupMember.

import type { ShareGroupCurrentMemberAssignmentValue } from '../../../protocol/generated/coordinator/share-group-current-member-assignment-value.ts';
import type { ShareGroupMemberMetadataValue } from '../../../protocol/generated/coordinator/share-group-member-metadata-value.ts';
import { NO_PARTITIONS, type TopicPartitions, topicPartitionsOf } from '../consumer/partitions.ts';
import { hasSameTopics, LEAVE_EPOCH } from '../modern-member.ts';

/** As in the records: members of share groups have no states. */
export const NO_STATE = 0;

export interface ShareMember {
  readonly memberId: string;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly subscribedTopicNames: readonly string[];
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly assigned: TopicPartitions;
}

export function newShareMember(memberId: string): ShareMember {
  return {
    memberId,
    rackId: null,
    clientId: '',
    clientHost: '',
    subscribedTopicNames: [],
    memberEpoch: 0,
    previousMemberEpoch: -1,
    assigned: NO_PARTITIONS,
  };
}

/** What the member's metadata record holds. */
export function hasSameMetadata(a: ShareMember, b: ShareMember): boolean {
  return (
    a.rackId === b.rackId &&
    a.clientId === b.clientId &&
    a.clientHost === b.clientHost &&
    hasSameTopics(a, b)
  );
}

export function withMetadata(
  member: ShareMember,
  value: ShareGroupMemberMetadataValue,
): ShareMember {
  return { ...member, ...value };
}

export function withAssignment(
  member: ShareMember,
  value: ShareGroupCurrentMemberAssignmentValue,
): ShareMember {
  const { memberEpoch, previousMemberEpoch, assignedPartitions } = value;
  const assigned = topicPartitionsOf(assignedPartitions);
  return { ...member, memberEpoch, previousMemberEpoch, assigned };
}

export function withoutAssignment(member: ShareMember): ShareMember {
  const memberEpoch = LEAVE_EPOCH;
  return { ...member, memberEpoch, previousMemberEpoch: memberEpoch, assigned: NO_PARTITIONS };
}
