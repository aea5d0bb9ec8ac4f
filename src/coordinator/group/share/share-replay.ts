// Applies the records of share groups. Kafka: GroupMetadataManager.replay.

import type { Clock } from '../../../io/io.ts';
import type { ShareGroupMetadataValue } from '../../../protocol/generated/coordinator/share-group-metadata-value.ts';
import type { ShareGroupTargetAssignmentMemberValue } from '../../../protocol/generated/coordinator/share-group-target-assignment-member-value.ts';
import type { UndoLog } from '../../runtime/undo-log.ts';
import { type TopicPartitions, topicPartitionsOf } from '../consumer/partitions.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { GroupsOfKind } from '../groups-of-kind.ts';
import { hashOfRecord } from '../metadata-hash.ts';
import type { GroupMetadata } from '../modern-group.ts';
import { replayGroup, replayMember, replayTarget, replayTargetEpoch } from '../modern-replay.ts';
import { type GroupRecord, RecordType } from '../records.ts';
import { ShareGroup } from './share-group.ts';
import { newShareMember, withAssignment, withMetadata, withoutAssignment } from './share-member.ts';
import { statePartitionsOf } from './state-partitions.ts';

export class ShareReplay {
  readonly #groups: GroupsOfKind<ShareGroup>;
  readonly #clock: Clock;

  constructor(groups: GroupRegistry, undo: UndoLog, clock: Clock) {
    this.#groups = new GroupsOfKind(groups, undo, ShareGroup);
    this.#clock = clock;
  }

  /** Records of other groups' types are left alone. */
  replay(record: GroupRecord): void {
    switch (record.type) {
      case RecordType.SHARE_GROUP_METADATA:
        replayGroup(this.#groups, record.key, record.value, metadataOf);
        break;
      case RecordType.SHARE_GROUP_MEMBER_METADATA:
        replayMember(this.#groups, record.key, record.value, METADATA);
        break;
      case RecordType.SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT:
        replayMember(this.#groups, record.key, record.value, ASSIGNMENT);
        break;
      case RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_METADATA:
        replayTargetEpoch(this.#groups, record.key, record.value);
        break;
      case RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER:
        replayTarget(this.#groups, record.key, record.value, targetOf);
        break;
      case RecordType.SHARE_GROUP_STATE_PARTITION_METADATA:
        if (record.value === null) this.#groups.find(record.key.groupId)?.setStates(undefined);
        else {
          const states = statePartitionsOf(record.value, this.#clock.nowMs());
          this.#groups.getOrCreate(record.key.groupId).setStates(states);
        }
        break;
      default:
        break;
    }
  }
}

const METADATA = { newMember: newShareMember, apply: withMetadata };
const ASSIGNMENT = { newMember: newShareMember, apply: withAssignment, clear: withoutAssignment };

function metadataOf({ epoch, metadataHash }: ShareGroupMetadataValue): GroupMetadata {
  return { epoch, metadataHash: hashOfRecord(metadataHash) };
}

function targetOf({ topicPartitions }: ShareGroupTargetAssignmentMemberValue): TopicPartitions {
  return topicPartitionsOf(topicPartitions);
}
