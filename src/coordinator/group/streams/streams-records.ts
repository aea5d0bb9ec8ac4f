// Makes the records of streams groups in the versions that Kafka 4.3.1 writes. Kafka: StreamsCoordinatorRecordHelpers.

import type { StreamsGroupTopologyValue } from '../../../protocol/generated/coordinator/streams-group-topology-value.ts';
import { hashForRecord } from '../metadata-hash.ts';
import { type GroupRecord, RecordType } from '../records.ts';
import type { StreamsMember } from './streams-member.ts';
import { listTasks, type TargetTasks, type TaskEpochs, type Tasks } from './tasks.ts';

const VERSION = 0;

export interface GroupEpochFields {
  readonly epoch: number;
  readonly metadataHash: bigint;
  readonly validatedTopologyEpoch: number;
  readonly assignmentConfigs: ReadonlyMap<string, string>;
}

export function streamsMemberRecord(groupId: string, member: StreamsMember): GroupRecord {
  const { memberId, clientTags } = member;
  return {
    type: RecordType.STREAMS_GROUP_MEMBER_METADATA,
    key: { groupId, memberId },
    version: VERSION,
    value: {
      instanceId: member.instanceId,
      rackId: member.rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      topologyEpoch: member.topologyEpoch,
      processId: member.processId,
      userEndpoint: member.userEndpoint,
      clientTags: [...clientTags]
        .map(([key, value]) => ({ key, value }))
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    },
  };
}

export function streamsGroupRecord(groupId: string, fields: GroupEpochFields): GroupRecord {
  const { epoch, metadataHash, validatedTopologyEpoch, assignmentConfigs } = fields;
  return {
    type: RecordType.STREAMS_GROUP_METADATA,
    key: { groupId },
    version: VERSION,
    value: {
      epoch,
      metadataHash: hashForRecord(metadataHash),
      validatedTopologyEpoch,
      lastAssignmentConfigs: [...assignmentConfigs].map(([key, value]) => ({ key, value })),
    },
  };
}

export function streamsTopologyRecord(
  groupId: string,
  value: StreamsGroupTopologyValue,
): GroupRecord {
  return { type: RecordType.STREAMS_GROUP_TOPOLOGY, key: { groupId }, version: VERSION, value };
}

export function streamsTargetRecord(
  groupId: string,
  memberId: string,
  target: TargetTasks,
): GroupRecord {
  return {
    type: RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER,
    key: { groupId, memberId },
    version: VERSION,
    value: {
      activeTasks: listTasks(target.active),
      standbyTasks: listTasks(target.standby),
      warmupTasks: listTasks(target.warmup),
    },
  };
}

export function streamsTargetEpochRecord(
  groupId: string,
  assignmentEpoch: number,
  assignmentTimestamp: number,
): GroupRecord {
  return {
    type: RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA,
    key: { groupId },
    version: VERSION,
    value: { assignmentEpoch, assignmentTimestamp },
  };
}

export function streamsCurrentRecord(groupId: string, member: StreamsMember): GroupRecord {
  const { memberId, assigned, pendingRevocation } = member;
  return {
    type: RecordType.STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT,
    key: { groupId, memberId },
    version: VERSION,
    value: {
      memberEpoch: member.memberEpoch,
      previousMemberEpoch: member.previousMemberEpoch,
      state: member.state,
      activeTasks: withEpochs(assigned.active),
      standbyTasks: withoutEpochs(assigned.standby),
      warmupTasks: withoutEpochs(assigned.warmup),
      activeTasksPendingRevocation: withEpochs(pendingRevocation.active),
      standbyTasksPendingRevocation: withoutEpochs(pendingRevocation.standby),
      warmupTasksPendingRevocation: withoutEpochs(pendingRevocation.warmup),
    },
  };
}

interface RecordedTasks {
  subtopologyId: string;
  partitions: number[];
  assignmentEpochs: number[] | null;
}

function withEpochs(tasks: TaskEpochs): RecordedTasks[] {
  return listTasks(tasks).map(({ subtopologyId, partitions }) => ({
    subtopologyId,
    partitions,
    assignmentEpochs: partitions.map((partition) => tasks.get(subtopologyId)!.get(partition)!),
  }));
}

function withoutEpochs(tasks: Tasks): RecordedTasks[] {
  return listTasks(tasks).map((listed) => ({ ...listed, assignmentEpochs: null }));
}

/** In this order: what a member holds, what it should hold, the member. */
export function streamsMemberTombstones(groupId: string, memberId: string): GroupRecord[] {
  const key = { groupId, memberId };
  const version = VERSION;
  return [
    { type: RecordType.STREAMS_GROUP_CURRENT_MEMBER_ASSIGNMENT, key, version, value: null },
    { type: RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_MEMBER, key, version, value: null },
    { type: RecordType.STREAMS_GROUP_MEMBER_METADATA, key, version, value: null },
  ];
}

export function streamsGroupTombstones(groupId: string): GroupRecord[] {
  const key = { groupId };
  const version = VERSION;
  return [
    { type: RecordType.STREAMS_GROUP_TARGET_ASSIGNMENT_METADATA, key, version, value: null },
    { type: RecordType.STREAMS_GROUP_METADATA, key, version, value: null },
    { type: RecordType.STREAMS_GROUP_TOPOLOGY, key, version, value: null },
  ];
}
