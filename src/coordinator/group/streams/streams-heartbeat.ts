// StreamsGroupHeartbeat v0 (KIP-1071): joining with a topology, staying, being given tasks step by step, leaving,
// stopping the application, all by one request. Kafka: GroupMetadataManager.streamsGroupHeartbeat. Pure but for timers.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { CreatableTopic } from '../../../protocol/generated/apis/create-topics-request.ts';
import type {
  StreamsGroupHeartbeatRequest,
  TaskIds,
} from '../../../protocol/generated/apis/streams-group-heartbeat-request.ts';
import type {
  Status,
  StreamsGroupHeartbeatResponse,
} from '../../../protocol/generated/apis/streams-group-heartbeat-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import { type CoordinatorResult, EMPTY_RESULT } from '../../runtime/coordinator-result.ts';
import { ClassicGroup } from '../classic/classic-group.ts';
import type { GroupRequestContext } from '../group.ts';
import { groupHash } from '../metadata-hash.ts';
import { JOIN_EPOCH, LEAVE_EPOCH, LEAVE_STATIC_EPOCH } from '../modern-member.ts';
import type { GroupRecord } from '../records.ts';
import { endpointsOf } from './endpoints.ts';
import { type ConfiguredTopology, configureTopology } from './internal-topics.ts';
import { reconcileTasks } from './reconcile-tasks.ts';
import { StreamsGroup } from './streams-group.ts';
import {
  hasSameAssignment,
  hasSameMetadata,
  newStreamsMember,
  type StreamsMember,
} from './streams-member.ts';
import {
  streamsCurrentRecord,
  streamsGroupRecord,
  streamsMemberRecord,
  streamsTopologyRecord,
} from './streams-records.ts';
import type { StreamsSessions } from './streams-sessions.ts';
import { StreamsStatus } from './streams-status.ts';
import { streamsTimers } from './streams-timers.ts';
import { StreamsTopology, topologyValueOf } from './streams-topology.ts';
import { computeTargetTasks, STANDBY_REPLICAS } from './target-tasks.ts';
import {
  areContained,
  listTasks,
  NO_TARGET,
  sameHeld,
  type TargetTasks,
  tasksOf,
} from './tasks.ts';

export interface StreamsHeartbeatResult {
  readonly response: Draft<StreamsGroupHeartbeatResponse>;
  /** Internal topics for the broker to create. */
  readonly missingTopics: readonly CreatableTopic[];
}

type Result = CoordinatorResult<GroupRecord, StreamsHeartbeatResult>;

/** A heartbeat on its way: what is known of it so far and the records that it makes. */
interface Beat {
  readonly request: StreamsGroupHeartbeatRequest;
  readonly group: StreamsGroup;
  readonly before: StreamsMember;
  readonly updated: StreamsMember;
  readonly records: GroupRecord[];
  readonly status: Status[];
}

interface Target {
  readonly epoch: number;
  readonly tasks: TargetTasks;
}

export class StreamsHeartbeat {
  readonly #sessions: StreamsSessions;

  constructor(sessions: StreamsSessions) {
    this.#sessions = sessions;
  }

  /** The request's fields have been checked. Throws an ApiError whose message is for the client. */
  heartbeat(context: GroupRequestContext, request: StreamsGroupHeartbeatRequest): Result {
    const { memberEpoch } = request;
    if (memberEpoch === LEAVE_EPOCH || memberEpoch === LEAVE_STATIC_EPOCH) {
      return this.#leave(request);
    }
    const records: GroupRecord[] = [];
    const converted = this.#sessions.services.groups.find(request.groupId);
    const group = this.#groupFor(request, records);
    const staleTimers = converted === group ? [] : (converted?.timerKeys() ?? []);
    const before = this.#memberFor(group, request);
    const updated = withRequest(before, context, request);
    const result = this.#advance({ request, group, before, updated, records, status: [] });
    return {
      ...result,
      onAppended: (error) => {
        if (error !== undefined) return;
        for (const key of staleTimers) this.#sessions.services.timer.cancel(key);
      },
    };
  }

  // Who it is

  #groupFor(request: StreamsGroupHeartbeatRequest, records: GroupRecord[]): StreamsGroup {
    const { groups, undo } = this.#sessions.services;
    const { groupId } = request;
    const group = groups.find(groupId);
    const isJoining = request.memberEpoch === JOIN_EPOCH;
    if (group instanceof StreamsGroup) {
      if (isJoining) this.#checkRoom(group);
      return group;
    }
    if (group === undefined) {
      if (isJoining) return new StreamsGroup(groupId, undo);
      throw new ApiError(Errors.GROUP_ID_NOT_FOUND, `Streams group ${groupId} not found.`);
    }
    if (isJoining && group instanceof ClassicGroup && group.isEmpty()) {
      records.push(...group.tombstones());
      this.#sessions.services.log(
        `Converted the empty classic group ${groupId} to a streams group`,
      );
      return new StreamsGroup(groupId, undo);
    }
    throw new ApiError(Errors.GROUP_ID_NOT_FOUND, `Group ${groupId} is not a streams group.`);
  }

  #checkRoom(group: StreamsGroup): void {
    const { streamsGroupMaxSize } = this.#sessions.services.config;
    if (group.members.size < streamsGroupMaxSize) return;
    throw new ApiError(
      Errors.GROUP_MAX_SIZE_REACHED,
      `The streams group has reached its maximum capacity of ${streamsGroupMaxSize} members.`,
    );
  }

  #memberFor(group: StreamsGroup, request: StreamsGroupHeartbeatRequest): StreamsMember {
    const { memberId, memberEpoch } = request;
    if (memberEpoch === JOIN_EPOCH)
      return group.members.get(memberId) ?? newStreamsMember(memberId);
    const member = group.member(memberId);
    checkEpoch(member, request);
    return member;
  }

  // What it changes

  #advance(beat: Beat): Result {
    const { request, group, before, updated, records, status } = beat;
    const { groupId } = group;
    const isNew = !group.members.has(updated.memberId);
    const hasNewMetadata = isNew || !hasSameMetadata(before, updated);
    if (hasNewMetadata) records.push(streamsMemberRecord(groupId, updated));
    const topology = topologyFor(beat);
    const { configured, metadataHash } = this.#configure(group, topology);
    if (configured.problem === undefined) refuseInvalidTasks(request, configured);
    const groupEpoch = this.#groupEpoch(beat, topology, configured, metadataHash, hasNewMetadata);
    this.#delayFirstAssignment(group);
    const target = this.#target(beat, configured, groupEpoch);
    const reconciled = this.#reconcile(beat, target);
    this.#sessions.scheduleSession(groupId, updated.memberId);
    if (request.shutdownApplication) this.#requestShutdown(group, updated.memberId);
    const response = this.#response(beat, reconciled, configured);
    addProblems(status, group, configured);
    const missingTopics = configured.missingTopics;
    return { records, response: { response: { ...response, status }, missingTopics } };
  }

  /** Looks at the topics again when they may have changed, or nobody has since the coordinator started. */
  #configure(
    group: StreamsGroup,
    topology: StreamsTopology,
  ): { configured: ConfiguredTopology; metadataHash: bigint } {
    const { topics } = this.#sessions.services;
    const known = group.topology === undefined ? undefined : group.configured;
    const { metadataHash: hashBefore } = group.metadata;
    if (known !== undefined && group.checkedVersion === topics.version) {
      return { configured: known, metadataHash: hashBefore };
    }
    const metadataHash = groupHash(
      [...topology.requiredTopics()].flatMap((name) => topics.byName(name) ?? []),
    );
    group.checkedVersion = topics.version;
    if (known !== undefined && metadataHash === hashBefore) {
      return { configured: known, metadataHash };
    }
    const configured = configureTopology(topology, topics);
    group.setConfigured(configured);
    return { configured, metadataHash };
  }

  /** Another epoch when a member, the topics, whether they fit, or the settings of assignments changed. */
  #groupEpoch(
    { group, records }: Beat,
    topology: StreamsTopology,
    configured: ConfiguredTopology,
    metadataHash: bigint,
    hasNewMetadata: boolean,
  ): number {
    const { metadata, groupId } = group;
    const validatedTopologyEpoch = configured.problem === undefined ? topology.epoch : -1;
    const assignmentConfigs = this.#assignmentConfigs(groupId);
    const isSame =
      !hasNewMetadata &&
      metadataHash === metadata.metadataHash &&
      validatedTopologyEpoch === metadata.validatedTopologyEpoch &&
      sameConfigs(assignmentConfigs, metadata.assignmentConfigs);
    if (isSame) return metadata.epoch;
    const epoch = metadata.epoch + 1;
    records.push(
      streamsGroupRecord(groupId, {
        epoch,
        metadataHash,
        validatedTopologyEpoch,
        assignmentConfigs,
      }),
    );
    this.#sessions.services.log(
      `Bumped epoch of streams group ${groupId} to ${epoch} with validated topology epoch ${validatedTopologyEpoch}`,
    );
    return epoch;
  }

  #assignmentConfigs(groupId: string): Map<string, string> {
    return new Map([
      [STANDBY_REPLICAS, String(this.#sessions.settings(groupId).numStandbyReplicas)],
    ]);
  }

  // Assignment

  /** Members of an application that start together get their tasks together. */
  #delayFirstAssignment(group: StreamsGroup): void {
    const { groupId } = group;
    const { timer } = this.#sessions.services;
    const delayMs = this.#sessions.settings(groupId).initialRebalanceDelayMs;
    const key = streamsTimers.initialRebalance(groupId);
    if (!group.isEmpty() || delayMs <= 0 || timer.isScheduled(key)) return;
    timer.schedule(key, delayMs, () => this.#assignDelayed(groupId));
  }

  #assignDelayed(groupId: string): CoordinatorResult<GroupRecord, undefined> {
    const group = this.#sessions.services.groups.find(groupId);
    if (!(group instanceof StreamsGroup) || group.isEmpty()) return EMPTY_RESULT;
    const { configured, groupEpoch, metadata } = group;
    // Then the next heartbeat does it.
    if (configured === undefined || groupEpoch <= group.assignmentEpoch) return EMPTY_RESULT;
    const { records } = computeTargetTasks({
      group,
      members: new Map(group.members),
      topology: configured,
      assignmentConfigs: metadata.assignmentConfigs,
      epoch: groupEpoch,
      nowMs: this.#sessions.services.clock.nowMs(),
    });
    return { records, response: undefined };
  }

  #target(beat: Beat, topology: ConfiguredTopology, groupEpoch: number): Target {
    const { group, updated, status, records } = beat;
    const { timer, clock } = this.#sessions.services;
    const { groupId, assignmentEpoch } = group;
    if (timer.isScheduled(streamsTimers.initialRebalance(groupId))) {
      status.push(delayed('Assignment delayed due to the configured initial rebalance delay.'));
      return { epoch: assignmentEpoch, tasks: NO_TARGET };
    }
    const isCurrent = assignmentEpoch >= groupEpoch;
    if (isCurrent || !this.#mayAssign(group)) {
      if (!isCurrent) {
        status.push(delayed('Assignment delayed due to the configured assignment interval.'));
      }
      return { epoch: assignmentEpoch, tasks: group.target(updated.memberId) };
    }
    const { targets, records: changes } = computeTargetTasks({
      group,
      members: new Map(group.members).set(updated.memberId, updated),
      topology,
      assignmentConfigs: this.#assignmentConfigs(groupId),
      epoch: groupEpoch,
      nowMs: clock.nowMs(),
    });
    records.push(...changes);
    return { epoch: groupEpoch, tasks: targets.get(updated.memberId) ?? NO_TARGET };
  }

  /** Not more often than group.streams.assignment.interval.ms. */
  #mayAssign({ groupId, assignmentTimestampMs }: StreamsGroup): boolean {
    const { assignmentIntervalMs } = this.#sessions.settings(groupId);
    if (assignmentTimestampMs === 0 || assignmentIntervalMs === 0) return true;
    return this.#sessions.services.clock.nowMs() >= assignmentTimestampMs + assignmentIntervalMs;
  }

  #reconcile({ group, updated, request, records }: Beat, target: Target): StreamsMember {
    const reconciled = reconcileTasks(updated, {
      targetEpoch: target.epoch,
      target: target.tasks,
      owned: ownedTasks(request),
      owners: group.owners,
    });
    if (hasSameAssignment(updated, reconciled)) return reconciled;
    records.push(streamsCurrentRecord(group.groupId, reconciled));
    this.#sessions.onReconciled(group.groupId, reconciled);
    return reconciled;
  }

  // Answer

  #requestShutdown(group: StreamsGroup, memberId: string): void {
    if (group.shutdownRequestedBy !== undefined) return;
    this.#sessions.services.log(`Member ${memberId} asked streams group ${group.groupId} to stop`);
    group.shutdownRequestedBy = memberId;
  }

  #response(
    { request, group, before }: Beat,
    member: StreamsMember,
    configured: ConfiguredTopology,
  ): Draft<StreamsGroupHeartbeatResponse> {
    const { groups, topics } = this.#sessions.services;
    const { assigned, userEndpoint } = member;
    const isTold =
      request.memberEpoch === JOIN_EPOCH || !sameHeld(before.assigned, member.assigned);
    if (isTold && userEndpoint !== null) group.endpointEpoch++;
    return {
      memberId: member.memberId,
      memberEpoch: member.memberEpoch,
      heartbeatIntervalMs: this.#sessions.settings(group.groupId).heartbeatIntervalMs,
      ...(isTold
        ? {
            activeTasks: listTasks(assigned.active),
            standbyTasks: listTasks(assigned.standby),
            warmupTasks: listTasks(assigned.warmup),
          }
        : {}),
      ...(group.endpointEpoch === request.endpointInformationEpoch
        ? {}
        : { partitionsByUserEndpoint: endpointsOf(withLast(group, member), configured, topics) }),
      // A group that is only just being made has its epoch once it is written.
      ...(groups.find(group.groupId) === group
        ? { endpointInformationEpoch: group.endpointEpoch }
        : {}),
    };
  }

  // Leaving

  #leave(request: StreamsGroupHeartbeatRequest): Result {
    const { groupId, memberId, memberEpoch, shutdownApplication } = request;
    const group = this.#sessions.group(groupId);
    if (shutdownApplication) this.#requestShutdown(group, memberId);
    group.member(memberId);
    this.#sessions.services.log(`Member ${memberId} left streams group ${groupId}`);
    const response = { memberId, memberEpoch, status: [] };
    return {
      ...this.#sessions.fence(group, memberId),
      response: { response, missingTopics: [] },
    };
  }
}

/** The group's topology is its first member's; later ones must bring the same or an older one. */
function topologyFor({ request, group, updated, records, status }: Beat): StreamsTopology {
  const known = group.topology;
  if (known !== undefined && updated.topologyEpoch < known.epoch) {
    status.push({
      statusCode: StreamsStatus.STALE_TOPOLOGY,
      statusDetail: `The member's topology epoch ${updated.topologyEpoch} is behind the group's topology epoch ${known.epoch}.`,
    });
  }
  if (request.topology === null) {
    if (known !== undefined) return known;
    throw new ApiError(Errors.UNKNOWN_SERVER_ERROR);
  }
  const value = topologyValueOf(request.topology);
  const told = new StreamsTopology(value);
  if (known === undefined) {
    records.push(streamsTopologyRecord(group.groupId, value));
    return told;
  }
  if (known.epoch > told.epoch || known.equals(told)) return known;
  throw new ApiError(Errors.INVALID_REQUEST, 'Topology updates are not supported yet.');
}

function withRequest(
  member: StreamsMember,
  context: GroupRequestContext,
  request: StreamsGroupHeartbeatRequest,
): StreamsMember {
  const { rebalanceTimeoutMs, userEndpoint, clientTags } = request;
  return {
    ...member,
    rackId: request.rackId ?? member.rackId,
    rebalanceTimeoutMs: rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : rebalanceTimeoutMs,
    topologyEpoch: request.topology?.epoch ?? member.topologyEpoch,
    processId: request.processId ?? member.processId,
    userEndpoint: userEndpoint ?? member.userEndpoint,
    clientTags:
      clientTags === null
        ? member.clientTags
        : new Map(clientTags.map(({ key, value }) => [key, value])),
    clientId: context.clientId,
    clientHost: context.clientHost,
  };
}

/** A member may repeat the heartbeat whose answer it lost, if it still runs no more than it was given. */
function checkEpoch(member: StreamsMember, request: StreamsGroupHeartbeatRequest): void {
  const { memberEpoch: received, activeTasks, standbyTasks, warmupTasks } = request;
  if (received === member.memberEpoch) return;
  const isRetry =
    received === member.previousMemberEpoch &&
    areContained(activeTasks, member.assigned.active) &&
    areContained(standbyTasks, member.assigned.standby) &&
    areContained(warmupTasks, member.assigned.warmup);
  if (received < member.memberEpoch && isRetry) return;
  const relation = received > member.memberEpoch ? 'greater' : 'smaller';
  throw new ApiError(
    Errors.FENCED_MEMBER_EPOCH,
    `The streams group member has a ${relation} member epoch (${received}) than the one known by the group coordinator (${member.memberEpoch}). The member must abandon all its partitions and rejoin.`,
  );
}

function refuseInvalidTasks(
  { activeTasks, standbyTasks, warmupTasks }: StreamsGroupHeartbeatRequest,
  { subtopologies }: ConfiguredTopology,
): void {
  const listed: TaskIds[] = [activeTasks, standbyTasks, warmupTasks].flatMap(
    (tasks) => tasks ?? [],
  );
  for (const { subtopologyId, partitions } of listed) {
    const subtopology = subtopologies?.get(subtopologyId);
    if (subtopology === undefined) {
      throw invalid(`Subtopology ${subtopologyId} does not exist in the topology.`);
    }
    const { taskCount } = subtopology;
    const wrong = partitions.find((partition) => partition < 0 || partition >= taskCount);
    if (wrong === undefined) continue;
    throw invalid(
      `Task ${wrong} for subtopology ${subtopologyId} is invalid. Number of tasks for this subtopology: ${taskCount}`,
    );
  }
}

/** The members as they will be, the one who asks at the end. */
function withLast({ members }: StreamsGroup, last: StreamsMember): StreamsMember[] {
  return [...[...members.values()].filter(({ memberId }) => memberId !== last.memberId), last];
}

function ownedTasks(request: StreamsGroupHeartbeatRequest): TargetTasks | undefined {
  const { activeTasks, standbyTasks, warmupTasks } = request;
  if (activeTasks === null || standbyTasks === null || warmupTasks === null) return undefined;
  return {
    active: tasksOf(activeTasks),
    standby: tasksOf(standbyTasks),
    warmup: tasksOf(warmupTasks),
  };
}

function addProblems(status: Status[], group: StreamsGroup, { problem }: ConfiguredTopology): void {
  if (problem !== undefined) {
    status.push({ statusCode: problem.status, statusDetail: problem.message });
  }
  const { shutdownRequestedBy } = group;
  if (shutdownRequestedBy === undefined) return;
  status.push({
    statusCode: StreamsStatus.SHUTDOWN_APPLICATION,
    statusDetail: `Streams group member ${shutdownRequestedBy} encountered a fatal error and requested a shutdown for the entire application.`,
  });
}

function delayed(statusDetail: string): Status {
  return { statusCode: StreamsStatus.ASSIGNMENT_DELAYED, statusDetail };
}

function sameConfigs(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

function invalid(message: string): ApiError {
  return new ApiError(Errors.INVALID_REQUEST, message);
}
