// Members of the classic protocol in a consumer group (KIP-848): JoinGroup takes a step of the reconciliation, SyncGroup
// tells what the member holds, Heartbeat sends it to join again when there is another step to take.
// Kafka: classicGroupJoinToConsumerGroup and its siblings.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { HeartbeatRequest } from '../../../protocol/generated/apis/heartbeat-request.ts';
import type { HeartbeatResponse } from '../../../protocol/generated/apis/heartbeat-response.ts';
import type { JoinGroupRequest } from '../../../protocol/generated/apis/join-group-request.ts';
import type {
  LeaveGroupRequest,
  MemberIdentity,
} from '../../../protocol/generated/apis/leave-group-request.ts';
import type { LeaveGroupResponse } from '../../../protocol/generated/apis/leave-group-response.ts';
import type { SyncGroupRequest } from '../../../protocol/generated/apis/sync-group-request.ts';
import type { Draft } from '../../../protocol/message.ts';
import { type CoordinatorResult, EMPTY_RESULT, respond } from '../../runtime/coordinator-result.ts';
import { appendErrorCode } from '../../runtime/operation-errors.ts';
import { CONSUMER_PROTOCOL_TYPE } from '../classic/classic-group.ts';
import type { JoinResponder, SyncResponder } from '../classic/classic-member.ts';
import type { ClassicResult } from '../classic/classic-rebalance.ts';
import { readSubscription } from '../classic/subscription.ts';
import type { ConsumerGroup } from '../consumer/consumer-group.ts';
import {
  checkInstance,
  checkRoom,
  type JoiningMember,
  joinStatic,
} from '../consumer/consumer-joining.ts';
import { type ConsumerMember, MemberState, newMember } from '../consumer/consumer-member.ts';
import type { ConsumerSessions } from '../consumer/consumer-sessions.ts';
import { consumerTimers } from '../consumer/consumer-timers.ts';
import { type Beat, ConsumerUpdate } from '../consumer/consumer-update.ts';
import type { GroupRequestContext } from '../group.ts';
import type { GroupRecord } from '../records.ts';
import type { ConsumerDowngrade } from './consumer-downgrade.ts';
import { byTopicId, writeAssignment } from './embedded-protocol.ts';

/** From here on a client is given its member id before it joins. */
const KNOWN_MEMBER_ID_VERSION = 4;

type Result<T> = CoordinatorResult<GroupRecord, T>;

export class ClassicMembers {
  readonly #sessions: ConsumerSessions;
  readonly #update: ConsumerUpdate;
  readonly #downgrade: ConsumerDowngrade;

  constructor(sessions: ConsumerSessions, downgrade: ConsumerDowngrade) {
    this.#sessions = sessions;
    this.#update = new ConsumerUpdate(sessions);
    this.#downgrade = downgrade;
  }

  // Joining

  /** `answer` is called once, unless this throws an ApiError or the records can't be written. */
  join(
    group: ConsumerGroup,
    context: GroupRequestContext,
    request: JoinGroupRequest,
    answer: JoinResponder,
  ): ClassicResult {
    const { config, random } = this.#sessions.services;
    if (config.consumerGroupMigrationPolicy === 'disabled') {
      throw inconsistent(
        `Cannot join the consumer group ${group.groupId} with the classic protocol because the group migration is disabled.`,
      );
    }
    const isUnknown = request.memberId === '';
    const memberId = isUnknown ? random.uuid() : request.memberId;
    checkRoom(group, memberId, config.consumerGroupMaxSize);
    if (!supportsProtocols(group, request)) {
      throw inconsistent(`Member ${memberId}'s protocols are not supported.`);
    }
    const isDynamic = request.groupInstanceId === null;
    if (isUnknown && isDynamic && context.requestVersion >= KNOWN_MEMBER_ID_VERSION) {
      answer({ memberId, errorCode: Errors.MEMBER_ID_REQUIRED });
      return EMPTY_RESULT;
    }
    const records: GroupRecord[] = [];
    const { member, replaced } = memberFor(group, request, memberId, records);
    const { updated, owned } = this.#withRequest(member, context, request);
    // Who was removed has lost what it goes on with: another may have it. (Kafka takes it in again, and both have it.)
    if (isDynamic && !isUnknown && owned?.length) group.member(memberId);
    const beat = { group, before: member, replaced, updated, owned, records };
    return this.#advance(beat, answer);
  }

  #withRequest(
    member: ConsumerMember,
    context: GroupRequestContext,
    request: JoinGroupRequest,
  ): { updated: ConsumerMember; owned: Beat['owned'] } {
    const supportedProtocols = request.protocols.map(({ name, metadata }) => ({
      name,
      metadata: Buffer.from(metadata),
    }));
    const subscription = readable(() => readSubscription(supportedProtocols[0]!.metadata));
    const { rebalanceTimeoutMs, sessionTimeoutMs } = request;
    const updated = {
      ...member,
      instanceId: request.groupInstanceId ?? member.instanceId,
      rackId: subscription.rackId || member.rackId,
      rebalanceTimeoutMs:
        rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : rebalanceTimeoutMs,
      subscribedTopicNames: subscription.topics,
      subscribedTopicRegex: '',
      clientId: context.clientId,
      clientHost: context.clientHost,
      classicMetadata: { sessionTimeoutMs, supportedProtocols },
    };
    const { topics } = this.#sessions.services;
    return { updated, owned: byTopicId(subscription.ownedPartitions, topics) };
  }

  #advance(beat: Beat, answer: JoinResponder): ClassicResult {
    const { group, replaced, records } = beat;
    const isDowngrade = replaced !== undefined && this.#downgrade.isDueInPlaceOf(group, replaced);
    const subscribed = this.#update.subscribe(beat);
    if (!isDowngrade) {
      const member = this.#update.assign(beat, subscribed);
      return {
        records,
        response: undefined,
        onAppended: (error) => {
          if (error === undefined) this.#onJoined(beat, member, answer);
          else answer({ errorCode: appendErrorCode(error) });
        },
      };
    }
    // The assignment that there is goes with the members; a stale one is for the classic group to replace.
    const isStale = subscribed.groupEpoch > group.assignmentEpoch;
    const member = isStale ? beat.updated : this.#update.assignStale(beat, subscribed);
    const reason = `Downgrade group ${group.groupId} from consumer to classic with stale assignment.`;
    const converted = this.#downgrade.convert(group, records, {
      without: [replaced.memberId],
      joining: member,
      ...(isStale ? { reason } : {}),
    });
    return {
      ...converted,
      response: undefined,
      onAppended: (error) => {
        converted.onAppended(error);
        if (error === undefined) answer(joined(member));
        else answer({ errorCode: appendErrorCode(error) });
      },
    };
  }

  /** It has its rebalance time-out to ask for its assignment. */
  #onJoined({ group, replaced }: Beat, member: ConsumerMember, answer: JoinResponder): void {
    const { groupId } = group;
    this.#sessions.services.timer.cancel(consumerTimers.join(groupId, member.memberId));
    if (replaced !== undefined) this.#sessions.cancel(groupId, replaced.memberId);
    this.#sessions.scheduleSession(groupId, member);
    this.#sessions.scheduleSync(groupId, member);
    answer(joined(member));
  }

  // Staying

  /** `answer` is called once, unless this throws an ApiError. */
  sync(group: ConsumerGroup, request: SyncGroupRequest, answer: SyncResponder): ClassicResult {
    const { groupId } = group;
    const member = classicMember(group, request);
    checkGeneration(member, request.generationId);
    checkProtocol(member, request);
    this.#checkStep(group, member);
    const { topics, timer } = this.#sessions.services;
    const { metadata } = member.classicMetadata!.supportedProtocols[0]!;
    const assignment = readable(() => writeAssignment(member.assigned, metadata, topics));
    return {
      ...EMPTY_RESULT,
      onAppended: (error) => {
        if (error !== undefined) {
          answer({ errorCode: appendErrorCode(error) });
          return;
        }
        timer.cancel(consumerTimers.sync(groupId, member.memberId));
        this.#sessions.scheduleSession(groupId, member);
        const { protocolType, protocolName } = request;
        answer({ protocolType, protocolName, assignment, errorCode: Errors.NONE });
      },
    };
  }

  /** Who has still to give back has joined already: it does so with its assignment. */
  #checkStep(group: ConsumerGroup, member: ConsumerMember): void {
    const isBehind = group.assignmentEpoch > member.memberEpoch;
    if (!isBehind || member.state === MemberState.UNREVOKED_PARTITIONS) return;
    this.#sessions.scheduleJoin(group.groupId, member);
    throw new ApiError(
      Errors.REBALANCE_IN_PROGRESS,
      `A new rebalance is triggered in group ${group.groupId} and member ${member.memberId} should rejoin to catch up.`,
    );
  }

  heartbeat(group: ConsumerGroup, request: HeartbeatRequest): Result<Draft<HeartbeatResponse>> {
    const { groupId } = group;
    const member = classicMember(group, request);
    checkGeneration(member, request.generationId);
    this.#sessions.scheduleSession(groupId, member);
    const hasStepToTake =
      member.memberEpoch < group.assignmentEpoch ||
      member.state === MemberState.UNREVOKED_PARTITIONS ||
      (member.state === MemberState.UNRELEASED_PARTITIONS && !group.isWaitingForPartitions(member));
    if (!hasStepToTake) return respond({ errorCode: Errors.NONE });
    this.#sessions.scheduleJoin(groupId, member);
    return respond({ errorCode: Errors.REBALANCE_IN_PROGRESS });
  }

  // Leaving

  leave(group: ConsumerGroup, request: LeaveGroupRequest): Result<Draft<LeaveGroupResponse>> {
    const leaving = new Map<string, ConsumerMember>();
    const members = request.members.map((identity) => {
      const { memberId, groupInstanceId } = identity;
      try {
        const member = leavingMember(group, identity);
        leaving.set(member.memberId, member);
        return { memberId, groupInstanceId, errorCode: Errors.NONE };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { memberId, groupInstanceId, errorCode: error.code };
      }
    });
    return { ...this.#sessions.fence(group, [...leaving.values()]), response: { members } };
  }
}

function joined(member: ConsumerMember): Parameters<JoinResponder>[0] {
  return {
    memberId: member.memberId,
    generationId: member.memberEpoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocolName: member.classicMetadata!.supportedProtocols[0]!.name,
    errorCode: Errors.NONE,
  };
}

function memberFor(
  group: ConsumerGroup,
  { groupInstanceId, memberId: told }: JoinGroupRequest,
  memberId: string,
  records: GroupRecord[],
): JoiningMember {
  if (groupInstanceId === null) {
    return { member: group.members.get(memberId) ?? newMember(memberId), replaced: undefined };
  }
  if (told === '') return joinStatic(group, groupInstanceId, memberId, true, records);
  const existing = group.staticMember(groupInstanceId);
  return { member: checkInstance(existing, groupInstanceId, memberId), replaced: undefined };
}

const nameOf = ({ name }: { readonly name: string }): string => name;

/** One protocol must be every classic member's. */
function supportsProtocols(
  group: ConsumerGroup,
  { protocolType, protocols }: JoinGroupRequest,
): boolean {
  if (protocolType !== CONSUMER_PROTOCOL_TYPE || protocols.length === 0) return false;
  const others = [...group.members.values()].flatMap(({ classicMetadata }) =>
    classicMetadata === null ? [] : [new Set(classicMetadata.supportedProtocols.map(nameOf))],
  );
  return protocols.some(({ name }) => others.every((supported) => supported.has(name)));
}

/** Throws UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID. */
function existingMember(
  group: ConsumerGroup,
  {
    memberId,
    groupInstanceId,
  }: { readonly memberId: string; readonly groupInstanceId: string | null },
): ConsumerMember {
  if (groupInstanceId === null) return group.member(memberId);
  return checkInstance(group.staticMember(groupInstanceId), groupInstanceId, memberId);
}

/** Throws UNKNOWN_MEMBER_ID, for a member of the consumer protocol too, or FENCED_INSTANCE_ID. */
function classicMember(
  group: ConsumerGroup,
  identity: { readonly memberId: string; readonly groupInstanceId: string | null },
): ConsumerMember {
  return withClassicProtocol(existingMember(group, identity));
}

/** Of either protocol: administrators take members out by it, static ones by their instance id alone. */
function leavingMember(
  group: ConsumerGroup,
  { memberId, groupInstanceId }: MemberIdentity,
): ConsumerMember {
  const told = memberId === '' && groupInstanceId !== null;
  const known = told ? group.staticMember(groupInstanceId)?.memberId : memberId;
  return existingMember(group, { memberId: known ?? '', groupInstanceId });
}

function withClassicProtocol(member: ConsumerMember): ConsumerMember {
  if (member.classicMetadata !== null) return member;
  throw new ApiError(
    Errors.UNKNOWN_MEMBER_ID,
    `Member ${member.memberId} does not use the classic protocol.`,
  );
}

function checkGeneration({ memberId, memberEpoch }: ConsumerMember, generationId: number): void {
  if (generationId === memberEpoch) return;
  throw new ApiError(
    Errors.ILLEGAL_GENERATION,
    `The request generation id ${generationId} is not equal to the member epoch ${memberEpoch} of member ${memberId}.`,
  );
}

function checkProtocol(
  { memberId, classicMetadata }: ConsumerMember,
  { protocolType, protocolName }: SyncGroupRequest,
): void {
  if (protocolType !== null && protocolType !== CONSUMER_PROTOCOL_TYPE) {
    throw inconsistent(
      `The protocol type ${protocolType} from member ${memberId} request is not equal to the group protocol type ${CONSUMER_PROTOCOL_TYPE}.`,
    );
  }
  const told = classicMetadata!.supportedProtocols[0]!.name;
  if (protocolName === null || protocolName === told) return;
  throw inconsistent(
    `The protocol name ${protocolName} from member ${memberId} request is not equal to the protocol name ${told} returned in the join response.`,
  );
}

function inconsistent(message: string): ApiError {
  return new ApiError(Errors.INCONSISTENT_GROUP_PROTOCOL, message);
}

/** What a member embeds in its requests is its own affair until we need it: then it must be readable. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(Errors.UNKNOWN_SERVER_ERROR, 'Malformed embedded consumer protocol.');
  }
}
