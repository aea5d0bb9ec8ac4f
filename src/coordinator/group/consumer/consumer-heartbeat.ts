// ConsumerGroupHeartbeat v0-1 (KIP-848): joining, staying, changing a subscription, being reconciled step by step, all
// by one request. Kafka: GroupMetadataManager.consumerGroupHeartbeat. Pure but for the timers.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { ConsumerGroupHeartbeatRequest } from '../../../protocol/generated/apis/consumer-group-heartbeat-request.ts';
import type { ConsumerGroupHeartbeatResponse } from '../../../protocol/generated/apis/consumer-group-heartbeat-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { CoordinatorResult } from '../../runtime/coordinator-result.ts';
import { ClassicGroup } from '../classic/classic-group.ts';
import type { Group, GroupRequestContext } from '../group.ts';
import type { ClassicUpgrade } from '../migration/classic-upgrade.ts';
import { JOIN_EPOCH, LEAVE_EPOCH, LEAVE_STATIC_EPOCH } from '../modern-member.ts';
import type { GroupRecord } from '../records.ts';
import { ConsumerGroup } from './consumer-group.ts';
import { checkInstance, checkRoom, type JoiningMember, joinStatic } from './consumer-joining.ts';
import { type ConsumerMember, newMember } from './consumer-member.ts';
import { currentAssignmentRecord } from './consumer-records.ts';
import type { ConsumerSessions } from './consumer-sessions.ts';
import { type Beat, ConsumerUpdate } from './consumer-update.ts';
import { isSubset, listPartitions, sameEpochs } from './partitions.ts';

type Result = CoordinatorResult<GroupRecord, Draft<ConsumerGroupHeartbeatResponse>>;

export class ConsumerHeartbeat {
  readonly #sessions: ConsumerSessions;
  readonly #update: ConsumerUpdate;
  readonly #upgrade: ClassicUpgrade;

  constructor(sessions: ConsumerSessions, upgrade: ClassicUpgrade) {
    this.#sessions = sessions;
    this.#update = new ConsumerUpdate(sessions);
    this.#upgrade = upgrade;
  }

  /** The request's fields have been checked. Throws an ApiError whose message is for the client. */
  heartbeat(context: GroupRequestContext, request: ConsumerGroupHeartbeatRequest): Result {
    const { memberEpoch, groupId } = request;
    if (memberEpoch === LEAVE_EPOCH || memberEpoch === LEAVE_STATIC_EPOCH) {
      return this.#leave(request);
    }
    const { groups, config } = this.#sessions.services;
    const records: GroupRecord[] = [];
    const found = groups.find(groupId);
    const group = this.#groupFor(request, found, records);
    checkRoom(group, request.memberId, config.consumerGroupMaxSize);
    const { member, replaced } = this.#memberFor(group, request, records);
    const updated = withRequest(member, context, request);
    const owned = request.topicPartitions;
    const beat = { group, before: member, replaced, updated, owned, records };
    return this.#advance(beat, request, found === group ? undefined : found);
  }

  // Who it is

  #groupFor(
    request: ConsumerGroupHeartbeatRequest,
    group: Group | undefined,
    records: GroupRecord[],
  ): ConsumerGroup {
    const { groupId } = request;
    const { undo } = this.#sessions.services;
    if (group instanceof ConsumerGroup) return group;
    const isJoining = request.memberEpoch === JOIN_EPOCH;
    if (group === undefined) {
      if (isJoining) return new ConsumerGroup(groupId, undo);
      throw notFound(`Consumer group ${groupId} not found.`);
    }
    if (!isJoining || !(group instanceof ClassicGroup)) {
      throw notFound(`Group ${groupId} is not a consumer group.`);
    }
    if (!group.isEmpty()) return this.#convert(group, records);
    records.push(...group.tombstones());
    return new ConsumerGroup(groupId, undo);
  }

  /** Should the conversion fail, the sessions find a group of another kind and do nothing. */
  #convert(group: ClassicGroup, records: GroupRecord[]): ConsumerGroup {
    const converted = this.#upgrade.convert(group, records);
    for (const member of converted.members.values()) {
      this.#sessions.scheduleSession(group.groupId, member);
    }
    return converted;
  }

  #memberFor(
    group: ConsumerGroup,
    request: ConsumerGroupHeartbeatRequest,
    records: GroupRecord[],
  ): JoiningMember {
    const isJoining = request.memberEpoch === JOIN_EPOCH;
    const memberId =
      request.memberId === '' ? this.#sessions.services.random.uuid() : request.memberId;
    const { instanceId } = request;
    if (instanceId !== null) {
      if (isJoining) return joinStatic(group, instanceId, memberId, false, records);
      const member = checkInstance(group.staticMember(instanceId), instanceId, memberId);
      checkEpoch(member, request);
      return { member, replaced: undefined };
    }
    const known = group.members.get(memberId);
    if (known === undefined && !isJoining) group.member(memberId);
    const member = known ?? newMember(memberId);
    checkEpoch(member, request);
    return { member, replaced: undefined };
  }

  // What it changes

  /** `converted`: the group of another kind that this one takes the place of. */
  #advance(
    beat: Beat,
    request: ConsumerGroupHeartbeatRequest,
    converted: Group | undefined,
  ): Result {
    const { group, before, updated, records } = beat;
    const reconciled = this.#update.assign(beat, this.#update.subscribe(beat));
    this.#sessions.scheduleSession(group.groupId, updated);
    return {
      records,
      response: this.#response(request, before, reconciled, group.groupId),
      onAppended: (error) => {
        if (error === undefined) this.#forgetReplaced(beat, converted);
      },
    };
  }

  #forgetReplaced({ group, replaced, updated }: Beat, converted: Group | undefined): void {
    const { groups, timer } = this.#sessions.services;
    // It may have been converted back meanwhile.
    const isThere = groups.find(group.groupId) instanceof ConsumerGroup;
    if (isThere) for (const key of converted?.timerKeys() ?? []) timer.cancel(key);
    if (replaced === undefined || replaced.memberId === updated.memberId) return;
    this.#sessions.cancel(group.groupId, replaced.memberId);
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
    const member =
      instanceId === null
        ? group.member(memberId)
        : checkInstance(group.staticMember(instanceId), instanceId, memberId);
    if (instanceId === null || memberEpoch === LEAVE_EPOCH) {
      return { ...this.#sessions.fence(group, [member]), response };
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
