// Applies the records of streams groups. Kafka: GroupMetadataManager.replay.

import type { UndoLog } from '../../runtime/undo-log.ts';
import { LEAVE_EPOCH } from '../consumer/consumer-member.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { GroupsOfKind, replayMember } from '../groups-of-kind.ts';
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
  readonly #groups: GroupsOfKind<StreamsGroup>;

  constructor(groups: GroupRegistry, undo: UndoLog) {
    this.#groups = new GroupsOfKind(groups, undo, StreamsGroup);
  }

  replay(record: GroupRecord): void {
    switch (record.type) {
      case RecordType.STREAMS_GROUP_METADATA:
        if (record.value === null) this.#groups.delete(record.key.groupId);
        else {
          const { lastAssignmentConfigs, ...metadata } = record.value;
          this.#groups.getOrCreate(record.key.groupId).setMetadata({
            ...metadata,
            metadataHash: hashOfRecord(metadata.metadataHash),
            assignmentConfigs: new Map(
              (lastAssignmentConfigs ?? []).map(({ key, value }) => [key, value]),
            ),
          });
        }
        break;
      case RecordType.STREAMS_GROUP_MEMBER_METADATA:
        replayMember(this.#groups, record.key, record.value, METADATA);
        break;
      case RecordType.STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT:
        replayMember(this.#groups, record.key, record.value, ASSIGNMENT);
        break;
      case RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA:
        if (record.value === null) this.#groups.find(record.key.groupId)?.setAssignment(-1, 0);
        else {
          const { assignmentEpoch, assignmentTimestamp } = record.value;
          this.#groups
            .getOrCreate(record.key.groupId)
            .setAssignment(assignmentEpoch, assignmentTimestamp);
        }
        break;
      case RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER:
        if (record.value === null) {
          this.#groups.find(record.key.groupId)?.targets.delete(record.key.memberId);
        } else {
          this.#groups.getOrCreate(record.key.groupId).targets.set(record.key.memberId, {
            active: tasksOf(record.value.activeTasks),
            standby: tasksOf(record.value.standbyTasks),
            warmup: tasksOf(record.value.warmupTasks),
          });
        }
        break;
      case RecordType.STREAMS_GROUP_TOPOLOGY:
        if (record.value === null) this.#groups.find(record.key.groupId)?.setTopology(undefined);
        else
          this.#groups
            .getOrCreate(record.key.groupId)
            .setTopology(new StreamsTopology(record.value));
        break;
      default:
        break;
    }
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

const METADATA = { newMember: newStreamsMember, apply: withMetadata };
const ASSIGNMENT = { newMember: newStreamsMember, apply: withAssignment, clear: withoutAssignment };
