// Applies the records of streams groups. A tombstone for what isn't there says nothing: compaction may have taken the
// records before it. Kafka: GroupMetadataManager.replay.

import type { UndoLog } from '../../runtime/undo-log.ts';
import { LEAVE_EPOCH } from '../consumer/consumer-member.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { hashOfRecord } from '../metadata-hash.ts';
import { type GroupRecord, RecordType } from '../records.ts';
import { StreamsGroup } from './streams-group.ts';
import {
  newStreamsMember,
  type StreamsMember,
  StreamsMemberState,
  withAssignment,
  withMetadata,
} from './streams-member.ts';
import { StreamsTopology } from './streams-topology.ts';
import { NO_TASKS, tasksOf } from './tasks.ts';

export class StreamsReplay {
  readonly #groups: GroupRegistry;
  readonly #undo: UndoLog;

  constructor(groups: GroupRegistry, undo: UndoLog) {
    this.#groups = groups;
    this.#undo = undo;
  }

  replay(record: GroupRecord): void {
    switch (record.type) {
      case RecordType.STREAMS_GROUP_METADATA:
        if (record.value === null) this.#deleteGroup(record.key.groupId);
        else {
          const { lastAssignmentConfigs, ...metadata } = record.value;
          this.#create(record.key.groupId).setMetadata({
            ...metadata,
            metadataHash: hashOfRecord(metadata.metadataHash),
            assignmentConfigs: new Map(
              (lastAssignmentConfigs ?? []).map(({ key, value }) => [key, value]),
            ),
          });
        }
        break;
      case RecordType.STREAMS_GROUP_MEMBER_METADATA:
        this.#member(record.key, record.value, withMetadata, undefined);
        break;
      case RecordType.STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT:
        this.#member(record.key, record.value, withAssignment, withoutAssignment);
        break;
      case RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA:
        if (record.value === null) this.#find(record.key.groupId)?.setAssignment(-1, 0);
        else {
          const { assignmentEpoch, assignmentTimestamp } = record.value;
          this.#create(record.key.groupId).setAssignment(assignmentEpoch, assignmentTimestamp);
        }
        break;
      case RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER:
        if (record.value === null) {
          this.#find(record.key.groupId)?.targets.delete(record.key.memberId);
        } else {
          this.#create(record.key.groupId).targets.set(record.key.memberId, {
            active: tasksOf(record.value.activeTasks),
            standby: tasksOf(record.value.standbyTasks),
            warmup: tasksOf(record.value.warmupTasks),
          });
        }
        break;
      case RecordType.STREAMS_GROUP_TOPOLOGY:
        if (record.value === null) this.#find(record.key.groupId)?.setTopology(undefined);
        else this.#create(record.key.groupId).setTopology(new StreamsTopology(record.value));
        break;
      default:
        break;
    }
  }

  #member<V>(
    { groupId, memberId }: { groupId: string; memberId: string },
    value: V | null,
    apply: (member: StreamsMember, value: V) => StreamsMember,
    clear: ((member: StreamsMember) => StreamsMember) | undefined,
  ): void {
    if (value !== null) {
      const group = this.#create(groupId);
      group.putMember(apply(group.members.get(memberId) ?? newStreamsMember(memberId), value));
      return;
    }
    const group = this.#find(groupId);
    const member = group?.members.get(memberId);
    if (group === undefined || member === undefined) return;
    if (clear === undefined) group.deleteMember(memberId);
    else group.putMember(clear(member));
  }

  #find(groupId: string): StreamsGroup | undefined {
    const group = this.#groups.find(groupId);
    return group instanceof StreamsGroup ? group : undefined;
  }

  /** In place of a classic group that was converted, too: the conversion's own tombstone may be compacted away. */
  #create(groupId: string): StreamsGroup {
    const existing = this.#find(groupId);
    if (existing !== undefined) return existing;
    const group = new StreamsGroup(groupId, this.#undo);
    this.#groups.put(group);
    return group;
  }

  #deleteGroup(groupId: string): void {
    if (this.#find(groupId) !== undefined) this.#groups.delete(groupId);
  }
}

function withoutAssignment(member: StreamsMember): StreamsMember {
  return {
    ...member,
    memberEpoch: LEAVE_EPOCH,
    previousMemberEpoch: LEAVE_EPOCH,
    state: StreamsMemberState.STABLE,
    assigned: NO_TASKS,
    pendingRevocation: NO_TASKS,
  };
}
