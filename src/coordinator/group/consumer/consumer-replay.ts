// Applies the records of consumer groups. Kafka: GroupMetadataManager.replay.

import type { ConsumerGroupMetadataValue } from '../../../protocol/generated/coordinator/consumer-group-metadata-value.ts';
import type { ConsumerGroupTargetAssignmentMemberValue } from '../../../protocol/generated/coordinator/consumer-group-target-assignment-member-value.ts';
import type { UndoLog } from '../../runtime/undo-log.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { GroupsOfKind } from '../groups-of-kind.ts';
import { hashOfRecord } from '../metadata-hash.ts';
import type { GroupMetadata } from '../modern-group.ts';
import { LEAVE_EPOCH } from '../modern-member.ts';
import { replayGroup, replayMember, replayTarget, replayTargetEpoch } from '../modern-replay.ts';
import { type GroupRecord, RecordType } from '../records.ts';
import { ConsumerGroup } from './consumer-group.ts';
import {
  type ConsumerMember,
  MemberState,
  newMember,
  withAssignment,
  withMetadata,
} from './consumer-member.ts';
import { NO_PARTITION_EPOCHS, type TopicPartitions, topicPartitionsOf } from './partitions.ts';

export class ConsumerReplay {
  readonly #groups: GroupsOfKind<ConsumerGroup>;

  constructor(groups: GroupRegistry, undo: UndoLog) {
    this.#groups = new GroupsOfKind(groups, undo, ConsumerGroup);
  }

  replay(record: GroupRecord): void {
    switch (record.type) {
      case RecordType.CONSUMER_GROUP_METADATA:
        replayGroup(this.#groups, record.key, record.value, metadataOf);
        break;
      case RecordType.CONSUMER_GROUP_MEMBER_METADATA:
        replayMember(this.#groups, record.key, record.value, METADATA);
        break;
      case RecordType.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT:
        replayMember(this.#groups, record.key, record.value, ASSIGNMENT);
        break;
      case RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA:
        replayTargetEpoch(this.#groups, record.key, record.value);
        break;
      case RecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER:
        replayTarget(this.#groups, record.key, record.value, targetOf);
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

function metadataOf({ epoch, metadataHash }: ConsumerGroupMetadataValue): GroupMetadata {
  return { epoch, metadataHash: hashOfRecord(metadataHash) };
}

function targetOf({ topicPartitions }: ConsumerGroupTargetAssignmentMemberValue): TopicPartitions {
  return topicPartitionsOf(topicPartitions);
}
