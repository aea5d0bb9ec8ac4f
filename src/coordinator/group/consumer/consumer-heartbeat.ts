// ConsumerGroupHeartbeat v0-1 (KIP-848): joining, staying, changing a subscription, being reconciled step by step, all
// by one request. Kafka: GroupMetadataManager.consumerGroupHeartbeat. Pure but for the timers.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { ConsumerGroupHeartbeatRequest } from '../../../protocol/generated/apis/consumer-group-heartbeat-request.ts';
import type { ConsumerGroupHeartbeatResponse } from '../../../protocol/generated/apis/consumer-group-heartbeat-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import { isRegexEngineLoaded } from '../../re2.ts';
import type { CoordinatorResult } from '../../runtime/coordinator-result.ts';
import { ClassicGroup } from '../classic/classic-group.ts';
import type { GroupRequestContext } from '../group.ts';
import type { GroupRecord } from '../records.ts';
import { topicsMatching } from '../topic-regex.ts';
import { ConsumerGroup } from './consumer-group.ts';
import {
  type ConsumerMember,
  hasRegex,
  hasSameMetadata,
  hasSameTopics,
  JOIN_EPOCH,
  LEAVE_EPOCH,
  LEAVE_STATIC_EPOCH,
  newMember,
} from './consumer-member.ts';
import {
  currentAssignmentRecord,
  groupEpochRecord,
  memberMetadataRecord,
  memberTombstones,
  regexRecord,
  regexTombstone,
  targetMemberRecord,
} from './consumer-records.ts';
import type { ConsumerSessions } from './consumer-sessions.ts';
import { isSubset, listPartitions, sameEpochs, type TopicPartitions } from './partitions.ts';
import { reconcile } from './reconcile.ts';
import { membersAfter, metadataHash, type Regexes, subscribedTopics } from './subscriptions.ts';
import { computeTarget } from './target-assignment.ts';

type Result = CoordinatorResult<GroupRecord, Draft<ConsumerGroupHeartbeatResponse>>;

/** A heartbeat on its way: what is known of it so far and the records that it makes. */
interface Beat {
  readonly request: ConsumerGroupHeartbeatRequest;
  readonly group: ConsumerGroup;
  readonly before: ConsumerMember;
  /** The static member that it takes the place of. */
  readonly replaced: ConsumerMember | undefined;
  readonly updated: ConsumerMember;
  readonly records: GroupRecord[];
}

export class ConsumerHeartbeat {
  readonly #sessions: ConsumerSessions;

  constructor(sessions: ConsumerSessions) {
    this.#sessions = sessions;
  }

  /** The request's fields have been checked. Throws an ApiError whose message is for the client. */
  heartbeat(context: GroupRequestContext, request: ConsumerGroupHeartbeatRequest): Result {
    const { memberEpoch } = request;
    if (memberEpoch === LEAVE_EPOCH || memberEpoch === LEAVE_STATIC_EPOCH) {
      return this.#leave(request);
    }
    const records: GroupRecord[] = [];
    const converted = this.#sessions.services.groups.find(request.groupId);
    const group = this.#groupFor(request, records);
    const staleTimers = converted === group ? [] : (converted?.timerKeys() ?? []);
    this.#checkRoom(group, request.memberId);
    const { member, replaced } = this.#memberFor(group, request, records);
    const updated = withRequest(member, context, request);
    const beat = { request, group, before: member, replaced, updated, records };
    return this.#advance(beat, staleTimers);
  }

  // Who it is

  #groupFor(request: ConsumerGroupHeartbeatRequest, records: GroupRecord[]): ConsumerGroup {
    const { groups, undo } = this.#sessions.services;
    const { groupId } = request;
    const group = groups.find(groupId);
    if (group instanceof ConsumerGroup) return group;
    const isJoining = request.memberEpoch === JOIN_EPOCH;
    if (group === undefined) {
      if (isJoining) return new ConsumerGroup(groupId, undo);
      throw notFound(`Consumer group ${groupId} not found.`);
    }
    if (isJoining && group instanceof ClassicGroup && group.isEmpty()) {
      records.push(...group.tombstones());
      return new ConsumerGroup(groupId, undo);
    }
    throw notFound(`Group ${groupId} is not a consumer group.`);
  }

  #checkRoom(group: ConsumerGroup, memberId: string): void {
    const { consumerGroupMaxSize } = this.#sessions.services.config;
    if (group.members.size < consumerGroupMaxSize) return;
    if (memberId !== '' && group.members.has(memberId)) return;
    throw new ApiError(
      Errors.GROUP_MAX_SIZE_REACHED,
      `The consumer group has reached its maximum capacity of ${consumerGroupMaxSize} members.`,
    );
  }

  #memberFor(
    group: ConsumerGroup,
    request: ConsumerGroupHeartbeatRequest,
    records: GroupRecord[],
  ): { member: ConsumerMember; replaced: ConsumerMember | undefined } {
    const isJoining = request.memberEpoch === JOIN_EPOCH;
    const memberId =
      request.memberId === '' ? this.#sessions.services.random.uuid() : request.memberId;
    if (request.instanceId !== null) {
      return this.#staticMemberFor(group, request, memberId, records);
    }
    const known = group.members.get(memberId);
    if (known === undefined && !isJoining) group.member(memberId);
    const member = known ?? newMember(memberId);
    checkEpoch(member, request);
    return { member, replaced: undefined };
  }

  #staticMemberFor(
    group: ConsumerGroup,
    request: ConsumerGroupHeartbeatRequest,
    memberId: string,
    records: GroupRecord[],
  ): { member: ConsumerMember; replaced: ConsumerMember | undefined } {
    const instanceId = request.instanceId!;
    const existing = group.staticMember(instanceId);
    if (request.memberEpoch !== JOIN_EPOCH) {
      const member = checkInstance(existing, instanceId, memberId);
      checkEpoch(member, request);
      return { member, replaced: undefined };
    }
    if (existing === undefined) {
      return { member: group.members.get(memberId) ?? newMember(memberId), replaced: undefined };
    }
    if (existing.memberEpoch !== LEAVE_STATIC_EPOCH) {
      throw new ApiError(
        Errors.UNRELEASED_INSTANCE_ID,
        `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${existing.memberId} member.`,
      );
    }
    const member = { ...existing, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
    const { groupId } = group;
    records.push(
      ...memberTombstones(groupId, existing.memberId),
      memberMetadataRecord(groupId, member),
      targetMemberRecord(groupId, memberId, group.target(existing.memberId)),
      currentAssignmentRecord(groupId, member),
    );
    return { member, replaced: existing };
  }

  // What it changes

  /** `staleTimers`: of the classic group that this one takes the place of. */
  #advance(beat: Beat, staleTimers: readonly string[]): Result {
    const { group, before, updated, records, request } = beat;
    const isNewRecord = !group.members.has(updated.memberId) && beat.replaced === undefined;
    if (isNewRecord || !hasSameMetadata(before, updated)) {
      records.push(memberMetadataRecord(group.groupId, updated));
    }
    const regexes = this.#resolveRegexes(beat);
    const namesChanged = !hasSameTopics(before, updated);
    const regexChanged =
      (before.subscribedTopicRegex ?? '') !== (updated.subscribedTopicRegex ?? '');
    const subscriptionChanged = namesChanged || regexChanged;
    const members = membersAfter(group, updated, replacedIds(beat));
    const groupEpoch = this.#groupEpoch(beat, members, regexes, subscriptionChanged);
    const target = this.#target(beat, members, regexes, groupEpoch);
    const reconciled = this.#reconcile(beat, regexes, target, subscriptionChanged);
    this.#sessions.scheduleSession(group.groupId, updated.memberId);
    return {
      records,
      response: this.#response(request, before, reconciled, group.groupId),
      onAppended: (error) => {
        if (error === undefined) this.#forgetReplaced(beat, staleTimers);
      },
    };
  }

  #forgetReplaced({ group, replaced, updated }: Beat, staleTimers: readonly string[]): void {
    for (const key of staleTimers) this.#sessions.services.timer.cancel(key);
    if (replaced === undefined || replaced.memberId === updated.memberId) return;
    this.#sessions.cancel(group.groupId, replaced.memberId);
  }

  /** Expressions that nobody uses go; new ones, and all when topics came or went, are looked at. */
  #resolveRegexes(beat: Beat): Regexes {
    const { group, updated, records } = beat;
    const { topics, clock } = this.#sessions.services;
    const regexes = new Map(group.regexes);
    const members = membersAfter(group, updated, replacedIds(beat));
    const used = new Set<string>();
    for (const member of members.values()) {
      if (hasRegex(member)) used.add(member.subscribedTopicRegex!);
    }
    if (used.size === 0 && regexes.size === 0) return regexes;
    for (const regex of regexes.keys()) {
      if (used.has(regex)) continue;
      regexes.delete(regex);
      records.push(regexTombstone(group.groupId, regex));
    }
    if (!isRegexEngineLoaded()) return regexes;
    for (const regex of used) {
      const known = regexes.get(regex);
      if (known !== undefined && group.checkedVersion === topics.version) continue;
      const matching = topicsMatching(regex, topics.names()).sort();
      if (known !== undefined && sameNames(known.topics, matching)) continue;
      const resolved = { topics: matching, version: topics.version, timestampMs: clock.nowMs() };
      regexes.set(regex, resolved);
      const { version, timestampMs } = resolved;
      records.push(regexRecord(group.groupId, regex, matching, version, timestampMs));
    }
    return regexes;
  }

  /** Another epoch when a subscription changed, or a topic that somebody is subscribed to. */
  #groupEpoch(
    beat: Beat,
    members: ReadonlyMap<string, ConsumerMember>,
    regexes: Regexes,
    subscriptionChanged: boolean,
  ): number {
    const { group, records } = beat;
    const { topics, log } = this.#sessions.services;
    if (!subscriptionChanged && group.checkedVersion === topics.version) return group.groupEpoch;
    const hash = metadataHash(members.values(), regexes, topics);
    group.checkedVersion = topics.version;
    if (!subscriptionChanged && hash === group.metadataHash) return group.groupEpoch;
    const epoch = group.groupEpoch + 1;
    records.push(groupEpochRecord(group.groupId, epoch, hash));
    log(`Bumped epoch of group ${group.groupId} to ${epoch}`);
    return epoch;
  }

  #target(
    beat: Beat,
    members: ReadonlyMap<string, ConsumerMember>,
    regexes: Regexes,
    groupEpoch: number,
  ): { epoch: number; target: TopicPartitions } {
    const { group, updated, replaced, records } = beat;
    const { topics, clock } = this.#sessions.services;
    const targetBefore = (memberId: string): TopicPartitions =>
      group.target(memberId === updated.memberId ? (replaced?.memberId ?? memberId) : memberId);
    const isCurrent = group.assignmentEpoch >= groupEpoch;
    if (isCurrent || !this.#mayAssign(group)) {
      return { epoch: group.assignmentEpoch, target: targetBefore(updated.memberId) };
    }
    const { targets, records: changes } = computeTarget({
      group,
      members,
      regexes,
      topics,
      epoch: groupEpoch,
      nowMs: clock.nowMs(),
      before: targetBefore,
    });
    records.push(...changes);
    return { epoch: groupEpoch, target: targets.get(updated.memberId) ?? new Map() };
  }

  /** Not more often than group.consumer.assignment.interval.ms: members that come together are assigned together. */
  #mayAssign(group: ConsumerGroup): boolean {
    const intervalMs = this.#sessions.settings(group.groupId).assignmentIntervalMs;
    const { assignmentTimestampMs } = group;
    if (assignmentTimestampMs === 0 || intervalMs === 0) return true;
    return this.#sessions.services.clock.nowMs() >= assignmentTimestampMs + intervalMs;
  }

  #reconcile(
    beat: Beat,
    regexes: Regexes,
    { epoch, target }: { epoch: number; target: TopicPartitions },
    subscriptionChanged: boolean,
  ): ConsumerMember {
    const { group, updated, replaced, request, records } = beat;
    const { topics } = this.#sessions.services;
    const subscribed = subscribedTopics(updated, regexes, topics);
    const reconciled = reconcile(updated, {
      targetEpoch: epoch,
      target,
      owned: request.topicPartitions,
      subscriptionChanged,
      subscribedTopicIds: new Set(subscribed.map(({ id }) => id)),
      isOwned: (topicId, partition) =>
        replaced?.assigned.get(topicId)?.has(partition) !== true &&
        group.isOwned(topicId, partition),
    });
    if (isSameAssignment(updated, reconciled)) return reconciled;
    records.push(currentAssignmentRecord(group.groupId, reconciled));
    this.#sessions.onReconciled(group.groupId, reconciled);
    return reconciled;
  }

  #response(
    request: ConsumerGroupHeartbeatRequest,
    before: ConsumerMember,
    member: ConsumerMember,
    groupId: string,
  ): Draft<ConsumerGroupHeartbeatResponse> {
    const isFull =
      request.rebalanceTimeoutMs !== -1 &&
      (request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null) &&
      request.topicPartitions !== null;
    const isTold =
      request.memberEpoch === JOIN_EPOCH || isFull || !sameEpochs(before.assigned, member.assigned);
    return {
      memberId: member.memberId,
      memberEpoch: member.memberEpoch,
      heartbeatIntervalMs: this.#sessions.settings(groupId).heartbeatIntervalMs,
      assignment: isTold ? { topicPartitions: listPartitions(member.assigned) } : null,
    };
  }

  // Leaving

  #leave(request: ConsumerGroupHeartbeatRequest): Result {
    const { groupId, memberId, instanceId, memberEpoch } = request;
    const group = this.#sessions.group(groupId);
    const response = { memberId, memberEpoch };
    if (instanceId === null) {
      const member = group.member(memberId);
      return { ...this.#sessions.fence(group, member), response };
    }
    const member = checkInstance(group.staticMember(instanceId), instanceId, memberId);
    if (memberEpoch === LEAVE_EPOCH) {
      return { ...this.#sessions.fence(group, member), response };
    }
    // It comes back within its session and takes its partitions up again.
    const assigned = new Map(
      [...member.assigned].map(([topicId, partitions]) => [
        topicId,
        new Map([...partitions.keys()].map((partition) => [partition, 0])),
      ]),
    );
    const away = {
      ...member,
      memberEpoch: LEAVE_STATIC_EPOCH,
      assigned,
      pendingRevocation: new Map(),
    };
    return { records: [currentAssignmentRecord(groupId, away)], response };
  }
}

function replacedIds({ replaced }: Beat): string[] {
  return replaced === undefined ? [] : [replaced.memberId];
}

function notFound(message: string): ApiError {
  return new ApiError(Errors.GROUP_ID_NOT_FOUND, message);
}

function withRequest(
  member: ConsumerMember,
  context: GroupRequestContext,
  request: ConsumerGroupHeartbeatRequest,
): ConsumerMember {
  return {
    ...member,
    instanceId: request.instanceId ?? member.instanceId,
    rackId: request.rackId ?? member.rackId,
    rebalanceTimeoutMs:
      request.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    serverAssignor: request.serverAssignor ?? member.serverAssignor,
    subscribedTopicNames: request.subscribedTopicNames ?? member.subscribedTopicNames,
    subscribedTopicRegex: request.subscribedTopicRegex ?? member.subscribedTopicRegex,
    clientId: context.clientId,
    clientHost: context.clientHost,
    classicMetadata: null,
  };
}

/** A member may repeat the heartbeat whose answer it lost, if it still holds no more than it was given. */
function checkEpoch(member: ConsumerMember, request: ConsumerGroupHeartbeatRequest): void {
  const { memberEpoch: received, topicPartitions } = request;
  if (received === JOIN_EPOCH || received === member.memberEpoch) return;
  const isRetry =
    received === member.previousMemberEpoch &&
    topicPartitions !== null &&
    isSubset(topicPartitions, member.assigned);
  if (received < member.memberEpoch && isRetry) return;
  const relation = received > member.memberEpoch ? 'greater' : 'smaller';
  throw new ApiError(
    Errors.FENCED_MEMBER_EPOCH,
    `The consumer group member has a ${relation} member epoch (${received}) than the one known by the group coordinator (${member.memberEpoch}). The member must abandon all its partitions and rejoin.`,
  );
}

function checkInstance(
  existing: ConsumerMember | undefined,
  instanceId: string,
  memberId: string,
): ConsumerMember {
  if (existing === undefined) {
    throw new ApiError(Errors.UNKNOWN_MEMBER_ID, `Instance id ${instanceId} is unknown.`);
  }
  if (existing.memberId === memberId) return existing;
  throw new ApiError(
    Errors.FENCED_INSTANCE_ID,
    `Static member ${memberId} with instance id ${instanceId} was fenced by member ${existing.memberId}.`,
  );
}

function isSameAssignment(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a === b ||
    (a.memberEpoch === b.memberEpoch &&
      a.previousMemberEpoch === b.previousMemberEpoch &&
      a.state === b.state &&
      sameEpochs(a.assigned, b.assigned) &&
      sameEpochs(a.pendingRevocation, b.pendingRevocation))
  );
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
