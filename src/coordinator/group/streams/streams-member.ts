// A member of a streams group (KIP-1071), which is one thread of an application, as its records say it is: a value that
// is replaced, never changed. Kafka: StreamsGroupMember.

import type { StreamsGroupCurrentMemberAssignmentValue } from '../../../protocol/generated/coordinator/streams-group-current-member-assignment-value.ts';
import type {
  Endpoint,
  StreamsGroupMemberMetadataValue,
} from '../../../protocol/generated/coordinator/streams-group-member-metadata-value.ts';
import { type HeldTasks, NO_TASKS, sameHeld, type TaskEpochs, tasksOf } from './tasks.ts';

/** As in the records: int8. Not the numbers of consumer groups. Kafka: streams.MemberState. */
export const StreamsMemberState = {
  /** Has all of its target. */
  STABLE: 1,
  /** Must give tasks back before it goes on to the next epoch. */
  UNREVOKED_TASKS: 2,
  /** Waits for tasks that others haven't given back yet. */
  UNRELEASED_TASKS: 3,
  /** Written by a coordinator of another version. */
  UNKNOWN: 127,
} as const;
export type StreamsMemberState = (typeof StreamsMemberState)[keyof typeof StreamsMemberState];

export interface StreamsMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly topologyEpoch: number;
  /** Members of one process share its state directory: it never runs a task twice. */
  readonly processId: string;
  /** Where its interactive queries are served (application.server). */
  readonly userEndpoint: Endpoint | null;
  readonly clientTags: ReadonlyMap<string, string>;
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  /** UNREVOKED and UNRELEASED mean tasks here. */
  readonly state: StreamsMemberState;
  readonly assigned: HeldTasks;
  readonly pendingRevocation: HeldTasks;
}

export function newStreamsMember(memberId: string): StreamsMember {
  return {
    memberId,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    rebalanceTimeoutMs: -1,
    topologyEpoch: -1,
    processId: '',
    userEndpoint: null,
    clientTags: new Map(),
    memberEpoch: 0,
    previousMemberEpoch: -1,
    state: StreamsMemberState.STABLE,
    assigned: NO_TASKS,
    pendingRevocation: NO_TASKS,
  };
}

export function isReconciledTo(member: StreamsMember, targetEpoch: number): boolean {
  return member.state === StreamsMemberState.STABLE && member.memberEpoch === targetEpoch;
}

/** Whether both have told the same of themselves: what the member's metadata record holds. */
export function hasSameMetadata(a: StreamsMember, b: StreamsMember): boolean {
  return (
    a.memberId === b.memberId &&
    a.instanceId === b.instanceId &&
    a.rackId === b.rackId &&
    a.clientId === b.clientId &&
    a.clientHost === b.clientHost &&
    a.rebalanceTimeoutMs === b.rebalanceTimeoutMs &&
    a.topologyEpoch === b.topologyEpoch &&
    a.processId === b.processId &&
    a.userEndpoint?.host === b.userEndpoint?.host &&
    a.userEndpoint?.port === b.userEndpoint?.port &&
    a.clientTags.size === b.clientTags.size &&
    [...a.clientTags].every(([key, value]) => b.clientTags.get(key) === value)
  );
}

export function hasSameAssignment(a: StreamsMember, b: StreamsMember): boolean {
  return (
    a === b ||
    (a.memberEpoch === b.memberEpoch &&
      a.previousMemberEpoch === b.previousMemberEpoch &&
      a.state === b.state &&
      sameHeld(a.assigned, b.assigned) &&
      sameHeld(a.pendingRevocation, b.pendingRevocation))
  );
}

export function withMetadata(
  member: StreamsMember,
  value: StreamsGroupMemberMetadataValue,
): StreamsMember {
  return {
    ...member,
    instanceId: value.instanceId,
    rackId: value.rackId,
    clientId: value.clientId,
    clientHost: value.clientHost,
    rebalanceTimeoutMs: value.rebalanceTimeoutMs,
    topologyEpoch: value.topologyEpoch,
    processId: value.processId,
    userEndpoint: value.userEndpoint,
    clientTags: new Map(value.clientTags.map(({ key, value: tag }) => [key, tag])),
  };
}

export function withAssignment(
  member: StreamsMember,
  value: StreamsGroupCurrentMemberAssignmentValue,
): StreamsMember {
  const state = Object.values(StreamsMemberState).find((one) => one === value.state);
  return {
    ...member,
    memberEpoch: value.memberEpoch,
    previousMemberEpoch: value.previousMemberEpoch,
    state: state ?? StreamsMemberState.UNKNOWN,
    assigned: {
      active: epochsOf(value.activeTasks, value.memberEpoch),
      standby: tasksOf(value.standbyTasks),
      warmup: tasksOf(value.warmupTasks),
    },
    pendingRevocation: {
      active: epochsOf(value.activeTasksPendingRevocation, value.memberEpoch),
      standby: tasksOf(value.standbyTasksPendingRevocation),
      warmup: tasksOf(value.warmupTasksPendingRevocation),
    },
  };
}

/** Records from before 4.3 have no epoch per task: the member's own counts. */
function epochsOf(
  listed: StreamsGroupCurrentMemberAssignmentValue['activeTasks'],
  memberEpoch: number,
): TaskEpochs {
  return new Map(
    listed.map(({ subtopologyId, partitions, assignmentEpochs }) => [
      subtopologyId,
      new Map(partitions.map((partition, i) => [partition, assignmentEpochs?.[i] ?? memberEpoch])),
    ]),
  );
}
