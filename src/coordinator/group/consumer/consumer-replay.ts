// Applies the records of consumer groups. A tombstone for what isn't there says nothing: compaction may have taken the
// records before it. Kafka: GroupMetadataManager.replay.

import type { UndoLog } from '../../runtime/undo-log.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { hashOfRecord } from '../metadata-hash.ts';
import { type GroupRecord, RecordType } from '../records.ts';
import { ConsumerGroup } from './consumer-group.ts';
import {
  type ConsumerMember,
  LEAVE_EPOCH,
  MemberState,
  newMember,
  withAssignment,
  withMetadata,
} from './consumer-member.ts';
import { NO_PARTITION_EPOCHS, topicPartitionsOf } from './partitions.ts';

export class ConsumerReplay {
  readonly #groups: GroupRegistry;
  readonly #undo: UndoLog;

  constructor(groups: GroupRegistry, undo: UndoLog) {
    this.#groups = groups;
    this.#undo = undo;
  }

  replay(record: GroupRecord): void {
    switch (record.type) {
      case RecordType.CONSUMER_GROUP_METADATA:
        if (record.value === null) this.#deleteGroup(record.key.groupId);
        else {
          const { epoch, metadataHash } = record.value;
          this.#create(record.key.groupId).setGroupEpoch(epoch, hashOfRecord(metadataHash));
        }
        break;
      case RecordType.CONSUMER_GROUP_MEMBER_METADATA:
        this.#member(record.key, record.value, withMetadata, undefined);
        break;
      case RecordType.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT:
        this.#member(record.key, record.value, withAssignment, withoutAssignment);
        break;
      case RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA:
        if (record.value === null) this.#find(record.key.groupId)?.setAssignmentEpoch(-1, 0);
        else {
          const { assignmentEpoch, assignmentTimestamp } = record.value;
          const group = this.#create(record.key.groupId);
          group.setAssignmentEpoch(assignmentEpoch, assignmentTimestamp);
        }
        break;
      case RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER:
        if (record.value === null) {
          this.#find(record.key.groupId)?.targets.delete(record.key.memberId);
        } else {
          const target = topicPartitionsOf(record.value.topicPartitions);
          this.#create(record.key.groupId).targets.set(record.key.memberId, target);
        }
        break;
      case RecordType.CONSUMER_GROUP_REGULAR_EXPRESSION:
        if (record.value === null) {
          this.#find(record.key.groupId)?.regexes.delete(record.key.regularExpression);
        } else {
          const { topics, version, timestamp: timestampMs } = record.value;
          const resolved = { topics, version, timestampMs };
          this.#create(record.key.groupId).regexes.set(record.key.regularExpression, resolved);
        }
        break;
      default:
        break;
    }
  }

  #member<V>(
    { groupId, memberId }: { groupId: string; memberId: string },
    value: V | null,
    apply: (member: ConsumerMember, value: V) => ConsumerMember,
    clear: ((member: ConsumerMember) => ConsumerMember) | undefined,
  ): void {
    if (value !== null) {
      const group = this.#create(groupId);
      group.putMember(apply(group.members.get(memberId) ?? newMember(memberId), value));
      return;
    }
    const group = this.#find(groupId);
    const member = group?.members.get(memberId);
    if (group === undefined || member === undefined) return;
    if (clear === undefined) group.deleteMember(memberId);
    else group.putMember(clear(member));
  }

  #find(groupId: string): ConsumerGroup | undefined {
    const group = this.#groups.find(groupId);
    return group instanceof ConsumerGroup ? group : undefined;
  }

  /** In place of a classic group that was converted, too: the conversion's own tombstone may be compacted away. */
  #create(groupId: string): ConsumerGroup {
    const existing = this.#find(groupId);
    if (existing !== undefined) return existing;
    const group = new ConsumerGroup(groupId, this.#undo);
    this.#groups.put(group);
    return group;
  }

  #deleteGroup(groupId: string): void {
    if (this.#find(groupId) !== undefined) this.#groups.delete(groupId);
  }
}

function withoutAssignment(member: ConsumerMember): ConsumerMember {
  return {
    ...member,
    memberEpoch: LEAVE_EPOCH,
    previousMemberEpoch: LEAVE_EPOCH,
    state: MemberState.STABLE,
    assigned: NO_PARTITION_EPOCHS,
    pendingRevocation: NO_PARTITION_EPOCHS,
  };
}
