// Applies the records of consumer groups. Kafka: GroupMetadataManager.replay.

import type { UndoLog } from '../../runtime/undo-log.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { GroupsOfKind, replayMember } from '../groups-of-kind.ts';
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
  readonly #groups: GroupsOfKind<ConsumerGroup>;

  constructor(groups: GroupRegistry, undo: UndoLog) {
    this.#groups = new GroupsOfKind(groups, undo, ConsumerGroup);
  }

  replay(record: GroupRecord): void {
    switch (record.type) {
      case RecordType.CONSUMER_GROUP_METADATA:
        if (record.value === null) this.#groups.delete(record.key.groupId);
        else {
          const { epoch, metadataHash } = record.value;
          this.#groups
            .getOrCreate(record.key.groupId)
            .setGroupEpoch(epoch, hashOfRecord(metadataHash));
        }
        break;
      case RecordType.CONSUMER_GROUP_MEMBER_METADATA:
        replayMember(this.#groups, record.key, record.value, METADATA);
        break;
      case RecordType.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT:
        replayMember(this.#groups, record.key, record.value, ASSIGNMENT);
        break;
      case RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA:
        if (record.value === null) this.#groups.find(record.key.groupId)?.setAssignmentEpoch(-1, 0);
        else {
          const { assignmentEpoch, assignmentTimestamp } = record.value;
          const group = this.#groups.getOrCreate(record.key.groupId);
          group.setAssignmentEpoch(assignmentEpoch, assignmentTimestamp);
        }
        break;
      case RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER:
        if (record.value === null) {
          this.#groups.find(record.key.groupId)?.targets.delete(record.key.memberId);
        } else {
          const target = topicPartitionsOf(record.value.topicPartitions);
          this.#groups.getOrCreate(record.key.groupId).targets.set(record.key.memberId, target);
        }
        break;
      case RecordType.CONSUMER_GROUP_REGULAR_EXPRESSION:
        if (record.value === null) {
          this.#groups.find(record.key.groupId)?.regexes.delete(record.key.regularExpression);
        } else {
          const { topics, version, timestamp: timestampMs } = record.value;
          const resolved = { topics, version, timestampMs };
          this.#groups
            .getOrCreate(record.key.groupId)
            .regexes.set(record.key.regularExpression, resolved);
        }
        break;
      default:
        break;
    }
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

const METADATA = { newMember, apply: withMetadata };
const ASSIGNMENT = { newMember, apply: withAssignment, clear: withoutAssignment };
