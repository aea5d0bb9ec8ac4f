// Applies the records of share groups. Kafka: GroupMetadataManager.replay.

import type { Clock } from '../../../io/io.ts';
import type { UndoLog } from '../../runtime/undo-log.ts';
import { topicPartitionsOf } from '../consumer/partitions.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { GroupsOfKind } from '../groups-of-kind.ts';
import { hashOfRecord } from '../metadata-hash.ts';
import { type GroupRecord, RecordType } from '../records.ts';
import { ShareGroup } from './share-group.ts';
import {
  newShareMember,
  type ShareMember,
  withAssignment,
  withMetadata,
  withoutAssignment,
} from './share-member.ts';
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
        if (record.value === null) this.#groups.delete(record.key.groupId);
        else {
          const { epoch, metadataHash } = record.value;
          this.#groups
            .getOrCreate(record.key.groupId)
            .setGroupEpoch(epoch, hashOfRecord(metadataHash));
        }
        break;
      case RecordType.SHARE_GROUP_MEMBER_METADATA:
        if (record.value === null) {
          this.#groups.find(record.key.groupId)?.members.delete(record.key.memberId);
        } else this.#put(record.key, withMetadata, record.value);
        break;
      case RecordType.SHARE_GROUP_CURRENT_MEMBER_ASSIGNMENT:
        if (record.value !== null) this.#put(record.key, withAssignment, record.value);
        else {
          const group = this.#groups.find(record.key.groupId);
          const member = group?.members.get(record.key.memberId);
          if (member !== undefined) {
            group!.members.set(record.key.memberId, withoutAssignment(member));
          }
        }
        break;
      case RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_METADATA:
        if (record.value === null) this.#groups.find(record.key.groupId)?.setAssignmentEpoch(-1, 0);
        else {
          const { assignmentEpoch, assignmentTimestamp } = record.value;
          const group = this.#groups.getOrCreate(record.key.groupId);
          group.setAssignmentEpoch(assignmentEpoch, assignmentTimestamp);
        }
        break;
      case RecordType.SHARE_GROUP_TARGET_ASSIGNMENT_MEMBER:
        if (record.value === null) {
          this.#groups.find(record.key.groupId)?.targets.delete(record.key.memberId);
        } else {
          const target = topicPartitionsOf(record.value.topicPartitions);
          this.#groups.getOrCreate(record.key.groupId).targets.set(record.key.memberId, target);
        }
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

  #put<V>(
    { groupId, memberId }: { groupId: string; memberId: string },
    apply: (member: ShareMember, value: V) => ShareMember,
    value: V,
  ): void {
    const group = this.#groups.getOrCreate(groupId);
    const member = group.members.get(memberId) ?? newShareMember(memberId);
    group.members.set(memberId, apply(member, value));
  }
}
