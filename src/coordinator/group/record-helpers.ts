// Makes the records of offsets and classic groups in the versions that Kafka 4.3.1 writes.
// Kafka: GroupCoordinatorRecordHelpers.

import { assert } from '../../common/assert.ts';
import type { ClassicGroup } from './classic/classic-group.ts';
import type { CommittedOffset } from './group.ts';
import { type GroupRecord, RecordType } from './records.ts';

/** Version 1 is the last with an expire timestamp; else the newest. */
const OFFSET_COMMIT_VERSION_WITH_EXPIRY = 1;
const OFFSET_COMMIT_VERSION = 4;
const GROUP_METADATA_VERSION = 3;

export function offsetCommitRecord(
  group: string,
  topic: string,
  partition: number,
  committed: CommittedOffset,
): GroupRecord {
  const expires = committed.expireTimestamp !== -1;
  return {
    type: RecordType.OFFSET_COMMIT,
    key: { group, topic, partition },
    version: expires ? OFFSET_COMMIT_VERSION_WITH_EXPIRY : OFFSET_COMMIT_VERSION,
    value: committed,
  };
}

export function offsetCommitTombstone(
  group: string,
  topic: string,
  partition: number,
): GroupRecord {
  return {
    type: RecordType.OFFSET_COMMIT,
    key: { group, topic, partition },
    version: 0,
    value: null,
  };
}

/** `assignments` by member id; a member that isn't in it is a defect. */
export function groupMetadataRecord(
  group: ClassicGroup,
  assignments: ReadonlyMap<string, Buffer>,
): GroupRecord {
  const protocol = group.protocolName;
  const members = [...group.members.values()].map((member) => {
    const assignment = assignments.get(member.memberId);
    assert(protocol !== null, `group ${group.groupId} has members but no protocol`);
    assert(assignment !== undefined, `no assignment for ${member.memberId} of ${group.groupId}`);
    return {
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      sessionTimeout: member.sessionTimeoutMs,
      subscription: member.metadata(protocol),
      assignment,
    };
  });
  return {
    type: RecordType.GROUP_METADATA,
    key: { group: group.groupId },
    version: GROUP_METADATA_VERSION,
    value: {
      protocolType: group.protocolType ?? '',
      generation: group.generationId,
      protocol,
      leader: group.leaderId,
      currentStateTimestamp: group.currentStateTimestampMs ?? -1,
      members,
    },
  };
}

/** A group that was made and has nothing yet: a coordinator that takes over then knows it. */
export function emptyGroupMetadataRecord(group: ClassicGroup): GroupRecord {
  return {
    type: RecordType.GROUP_METADATA,
    key: { group: group.groupId },
    version: GROUP_METADATA_VERSION,
    value: {
      protocolType: '',
      generation: 0,
      protocol: null,
      leader: null,
      currentStateTimestamp: group.currentStateTimestampMs ?? -1,
      members: [],
    },
  };
}

export function groupMetadataTombstone(groupId: string): GroupRecord {
  return { type: RecordType.GROUP_METADATA, key: { group: groupId }, version: 0, value: null };
}
