// Applies the records of streams groups. Kafka: GroupMetadataManager.replay.

import type { StreamsGroupMetadataValue } from '../../../protocol/generated/coordinator/streams-group-metadata-value.ts';
import type { StreamsGroupTargetAssignmentMemberValue } from '../../../protocol/generated/coordinator/streams-group-target-assignment-member-value.ts';
import type { UndoLog } from '../../runtime/undo-log.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { GroupsOfKind } from '../groups-of-kind.ts';
import { hashOfRecord } from '../metadata-hash.ts';
import { LEAVE_EPOCH } from '../modern-member.ts';
import { replayGroup, replayMember, replayTarget, replayTargetEpoch } from '../modern-replay.ts';
import { type GroupRecord, RecordType } from '../records.ts';
import { StreamsGroup, type StreamsMetadata } from './streams-group.ts';
import {
  newStreamsMember,
  type StreamsMember,
  StreamsMemberState,
  withAssignment,
  withMetadata,
} from './streams-member.ts';
import { StreamsTopology } from './streams-topology.ts';
import { NO_TASKS, type TargetTasks, tasksOf } from './tasks.ts';

export class StreamsReplay {
  readonly #groups: GroupsOfKind<StreamsGroup>;

  constructor(groups: GroupRegistry, undo: UndoLog) {
    this.#groups = new GroupsOfKind(groups, undo, StreamsGroup);
  }

  replay(record: GroupRecord): void {
    switch (record.type) {
      case RecordType.STREAMS_GROUP_METADATA:
        replayGroup(this.#groups, record.key, record.value, metadataOf);
        break;
      case RecordType.STREAMS_GROUP_MEMBER_METADATA:
        replayMember(this.#groups, record.key, record.value, METADATA);
        break;
      case RecordType.STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT:
        replayMember(this.#groups, record.key, record.value, ASSIGNMENT);
        break;
      case RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA:
        replayTargetEpoch(this.#groups, record.key, record.value);
        break;
      case RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER:
        replayTarget(this.#groups, record.key, record.value, targetOf);
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

function metadataOf({
  lastAssignmentConfigs,
  ...metadata
}: StreamsGroupMetadataValue): StreamsMetadata {
  return {
    ...metadata,
    metadataHash: hashOfRecord(metadata.metadataHash),
    assignmentConfigs: new Map((lastAssignmentConfigs ?? []).map(({ key, value }) => [key, value])),
  };
}

function targetOf(value: StreamsGroupTargetAssignmentMemberValue): TargetTasks {
  return {
    active: tasksOf(value.activeTasks),
    standby: tasksOf(value.standbyTasks),
    warmup: tasksOf(value.warmupTasks),
  };
}
