// Which member of a consumer group a request is from, new ones and static ones that come back included; who may not
// come in. For both protocols. Kafka: getOrMaybeSubscribe…ConsumerGroupMember, throwIf….

import { ApiError, Errors } from '../../../protocol/errors.ts';
import { LEAVE_STATIC_EPOCH } from '../modern-member.ts';
import type { GroupRecord } from '../records.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { type ConsumerMember, newMember } from './consumer-member.ts';
import {
  currentAssignmentRecord,
  memberMetadataRecord,
  memberTombstones,
  targetMemberRecord,
} from './consumer-records.ts';

export interface JoiningMember {
  readonly member: ConsumerMember;
  /** The static member that it takes the place of. */
  readonly replaced: ConsumerMember | undefined;
}

/** Throws GROUP_MAX_SIZE_REACHED; who is in already stays in. */
export function checkRoom(group: ConsumerGroup, memberId: string, maxSize: number): void {
  if (group.members.size < maxSize) return;
  if (memberId !== '' && group.members.has(memberId)) return;
  throw new ApiError(
    Errors.GROUP_MAX_SIZE_REACHED,
    `The consumer group has reached its maximum capacity of ${maxSize} members.`,
  );
}

/**
 * A static member that joins: a new one, or one that takes the place of its predecessor with what that had. The records
 * of the change of ids are added. Throws UNRELEASED_INSTANCE_ID.
 */
export function joinStatic(
  group: ConsumerGroup,
  instanceId: string,
  memberId: string,
  usesClassic: boolean,
  records: GroupRecord[],
): JoiningMember {
  const existing = group.staticMember(instanceId);
  if (existing === undefined) {
    return { member: group.members.get(memberId) ?? newMember(memberId), replaced: undefined };
  }
  // Members of the classic protocol don't say that they come back.
  const speaksClassic = usesClassic || existing.classicMetadata !== null;
  if (!speaksClassic && existing.memberEpoch !== LEAVE_STATIC_EPOCH) {
    throw new ApiError(
      Errors.UNRELEASED_INSTANCE_ID,
      `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${existing.memberId} member.`,
    );
  }
  const member = { ...existing, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
  const { groupId } = group;
  records.push(
    ...memberTombstones(groupId, existing.memberId),
    memberMetadataRecord(groupId, member),
    targetMemberRecord(groupId, memberId, group.target(existing.memberId)),
    currentAssignmentRecord(groupId, member),
  );
  return { member, replaced: existing };
}

/** Throws UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID. */
export function checkInstance(
  existing: ConsumerMember | undefined,
  instanceId: string,
  memberId: string,
): ConsumerMember {
  if (existing === undefined) {
    throw new ApiError(Errors.UNKNOWN_MEMBER_ID, `Instance id ${instanceId} is unknown.`);
  }
  if (existing.memberId === memberId) return existing;
  throw new ApiError(
    Errors.FENCED_INSTANCE_ID,
    `Static member ${memberId} with instance id ${instanceId} was fenced by member ${existing.memberId}.`,
  );
}
