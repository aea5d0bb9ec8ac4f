// JoinGroup of the classic protocol: v0-9, member ids first (KIP-394, v4+), static members (KIP-345), skipAssignment
// (KIP-814, v9). The answer goes through the responder: at once for an error, else when the join barrier falls.
// Kafka: classicGroupJoinToClassicGroup and what it calls.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { JoinGroupRequest } from '../../../protocol/generated/apis/join-group-request.ts';
import { EMPTY_RESULT } from '../../runtime/coordinator-result.ts';
import { appendErrorCode } from '../../runtime/operation-errors.ts';
import type { GroupRequestContext } from '../group.ts';
import { newMemberId } from '../member-id.ts';
import { emptyGroupMetadataRecord, groupMetadataRecord } from '../record-helpers.ts';
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE, joinError } from './classic-group.ts';
import { ClassicMember, type ClassicProtocol, type JoinResponder } from './classic-member.ts';
import { type ClassicRebalance, type ClassicResult, joinSuccess } from './classic-rebalance.ts';
import { isBearableSubscription } from './subscription.ts';

/** From here on a client is given its member id before it joins. */
const KNOWN_MEMBER_ID_VERSION = 4;
const SKIP_ASSIGNMENT_VERSION = 9;

export class ClassicJoin {
  readonly #rebalance: ClassicRebalance;

  constructor(rebalance: ClassicRebalance) {
    this.#rebalance = rebalance;
  }

  /** `respond` is called exactly once, now or later. */
  join(
    context: GroupRequestContext,
    request: JoinGroupRequest,
    respond: JoinResponder,
  ): ClassicResult {
    const { groups, clock } = this.#rebalance.services;
    const { groupId, memberId } = request;
    const isUnknownMember = memberId === '';
    const isNewGroup = groups.find(groupId) === undefined;
    if (isNewGroup && !isUnknownMember) {
      respond(joinError(memberId, Errors.UNKNOWN_MEMBER_ID));
      return EMPTY_RESULT;
    }
    const group = groups.getOrCreateClassic(groupId);
    // A new group is Empty from now on, which its first record tells.
    group.currentStateTimestampMs ??= clock.nowMs();
    let result: ClassicResult;
    if (!this.#hasRoomFor(group, memberId)) {
      group.remove(memberId);
      respond(joinError('', Errors.GROUP_MAX_SIZE_REACHED));
      result = EMPTY_RESULT;
    } else if (isUnknownMember) {
      result = this.#joinNew(context, request, group, respond);
    } else {
      result = this.#joinExisting(context, request, group, respond);
    }
    if (!isNewGroup || result !== EMPTY_RESULT) return result;
    return this.#persistNewGroup(group, respond);
  }

  /** So that another coordinator knows the group, though it has no generation yet. */
  #persistNewGroup(group: ClassicGroup, respond: JoinResponder): ClassicResult {
    return {
      records: [emptyGroupMetadataRecord(group)],
      response: undefined,
      replay: false,
      onAppended: (error) => {
        if (error !== undefined) respond(joinError('', appendErrorCode(error)));
      },
    };
  }

  /** group.max.size; who is in already stays in. */
  #hasRoomFor(group: ClassicGroup, memberId: string): boolean {
    const { classicGroupMaxSize } = this.#rebalance.services.config;
    const member = group.members.get(memberId);
    switch (group.state) {
      case 'Empty':
      case 'Dead':
        return true;
      case 'PreparingRebalance':
        return member?.isAwaitingJoin === true || group.membersAwaitingJoin < classicGroupMaxSize;
      default:
        return member !== undefined || group.members.size < classicGroupMaxSize;
    }
  }

  // Without a member id

  #joinNew(
    context: GroupRequestContext,
    request: JoinGroupRequest,
    group: ClassicGroup,
    respond: JoinResponder,
  ): ClassicResult {
    const refusal = refusalOf(group, request);
    if (refusal !== undefined) {
      respond(joinError('', refusal));
      return EMPTY_RESULT;
    }
    const { groupInstanceId } = request;
    const { random } = this.#rebalance.services;
    const memberId = newMemberId(groupInstanceId ?? context.clientId, random);
    if (groupInstanceId !== null) {
      const replaced = group.staticMembers.get(groupInstanceId);
      if (replaced !== undefined) {
        return this.#rejoinStatic(context, request, group, replaced, memberId, respond);
      }
    } else if (context.requestVersion >= KNOWN_MEMBER_ID_VERSION) {
      return this.#giveMemberId(request, group, memberId, respond);
    }
    return this.#addMember(context, request, group, memberId, respond);
  }

  /** A member that never comes back with its id would otherwise stay for a session: now it costs the id only. */
  #giveMemberId(
    request: JoinGroupRequest,
    group: ClassicGroup,
    memberId: string,
    respond: JoinResponder,
  ): ClassicResult {
    group.pendingJoinMembers.add(memberId);
    this.#rebalance.scheduleSession(group.groupId, memberId, request.sessionTimeoutMs);
    respond(joinError(memberId, Errors.MEMBER_ID_REQUIRED));
    return EMPTY_RESULT;
  }

  #addMember(
    context: GroupRequestContext,
    request: JoinGroupRequest,
    group: ClassicGroup,
    memberId: string,
    respond: JoinResponder,
  ): ClassicResult {
    const member = new ClassicMember({
      memberId,
      groupInstanceId: request.groupInstanceId,
      clientId: context.clientId,
      clientHost: context.clientHost,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs,
      sessionTimeoutMs: request.sessionTimeoutMs,
      protocolType: request.protocolType,
      protocols: protocolsOf(request),
    });
    member.isNew = true;
    if (group.isInState('PreparingRebalance') && group.previousState === 'Empty') {
      group.newMemberAdded = true;
    }
    group.add(member, respond);
    // Its session begins with the answer; until then it has this long to go away unnoticed.
    const { classicGroupNewMemberJoinTimeoutMs } = this.#rebalance.services.config;
    this.#rebalance.rescheduleHeartbeat(group, member, classicGroupNewMemberJoinTimeoutMs);
    const reason = `Adding new member ${memberId} with group instance id ${request.groupInstanceId}; client reason: ${reasonOf(request)}`;
    return this.#rebalance.prepareOrComplete(group, reason);
  }

  // With a member id

  #joinExisting(
    context: GroupRequestContext,
    request: JoinGroupRequest,
    group: ClassicGroup,
    respond: JoinResponder,
  ): ClassicResult {
    const { memberId } = request;
    const refusal = refusalOf(group, request);
    if (refusal !== undefined) {
      respond(joinError(memberId, refusal));
      return EMPTY_RESULT;
    }
    if (group.pendingJoinMembers.has(memberId)) {
      // Ids are given out to dynamic members only.
      if (request.groupInstanceId !== null) throw new ApiError(Errors.UNKNOWN_SERVER_ERROR);
      return this.#addMember(context, request, group, memberId, respond);
    }
    try {
      group.validateMember(memberId, request.groupInstanceId);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      respond(joinError(memberId, error.code));
      return EMPTY_RESULT;
    }
    return this.#rejoin(request, group, group.member(memberId), respond);
  }

  #rejoin(
    request: JoinGroupRequest,
    group: ClassicGroup,
    member: ClassicMember,
    respond: JoinResponder,
  ): ClassicResult {
    const protocols = protocolsOf(request);
    const { memberId } = member;
    switch (group.state) {
      case 'PreparingRebalance':
        return this.#updateMember(request, group, member, respond, 'joining');
      case 'CompletingRebalance':
        // The answer to its join got lost; the generation stands.
        if (member.matches(protocols)) break;
        return this.#updateMember(request, group, member, respond, 'updating metadata');
      case 'Stable':
        // The leader rejoins to have something reassigned, a follower because its subscription changed.
        if (group.isLeader(memberId)) {
          return this.#updateMember(request, group, member, respond, 'leader re-joining');
        }
        if (member.matches(protocols)) break;
        return this.#updateMember(request, group, member, respond, 'updating metadata');
      default:
        respond(joinError(memberId, Errors.UNKNOWN_MEMBER_ID));
        return EMPTY_RESULT;
    }
    respond(joinSuccess(group, memberId));
    return EMPTY_RESULT;
  }

  #updateMember(
    request: JoinGroupRequest,
    group: ClassicGroup,
    member: ClassicMember,
    respond: JoinResponder,
    what: string,
  ): ClassicResult {
    const { rebalanceTimeoutMs, sessionTimeoutMs } = request;
    group.updateMember(member, protocolsOf(request), rebalanceTimeoutMs, sessionTimeoutMs, respond);
    const reason = `Member ${member.memberId} ${what} during ${group.state}; client reason: ${reasonOf(request)}`;
    return this.#rebalance.prepareOrComplete(group, reason);
  }

  // Static members that come back

  #rejoinStatic(
    context: GroupRequestContext,
    request: JoinGroupRequest,
    group: ClassicGroup,
    oldMemberId: string,
    memberId: string,
    respond: JoinResponder,
  ): ClassicResult {
    const instanceId = request.groupInstanceId!;
    const oldLeader = group.leaderId;
    const member = group.replaceStaticMember(instanceId, oldMemberId, memberId);
    this.#rebalance.rescheduleHeartbeat(group, member);
    const before = pick(member);
    const { rebalanceTimeoutMs, sessionTimeoutMs } = request;
    group.updateMember(member, protocolsOf(request), rebalanceTimeoutMs, sessionTimeoutMs, respond);
    const reason = `Group's static member ${memberId} with group instance id ${instanceId} rejoins; client reason: ${reasonOf(request)}`;
    if (group.isInState('CompletingRebalance')) return this.#rebalance.prepare(group, reason);
    if (!group.isInState('Stable')) return this.#rebalance.maybeCompleteJoin(group);
    if (group.selectProtocol() !== (group.protocolName ?? '')) {
      return this.#rebalance.prepareOrComplete(group, reason);
    }
    // Nothing that others see has changed but the id: no rebalance, the record alone.
    return this.#keepGeneration(context, group, member, {
      oldMemberId,
      oldLeader,
      before,
      respond,
    });
  }

  #keepGeneration(
    context: GroupRequestContext,
    group: ClassicGroup,
    member: ClassicMember,
    undo: {
      readonly oldMemberId: string;
      readonly oldLeader: string | null;
      readonly before: ReturnType<typeof pick>;
      readonly respond: JoinResponder;
    },
  ): ClassicResult {
    const assignments = new Map(
      [...group.members.values()].map((one) => [one.memberId, one.assignment]),
    );
    return {
      records: [groupMetadataRecord(group, assignments)],
      response: undefined,
      replay: false,
      onAppended: (error) => {
        if (error === undefined) this.#answerKept(context, group, member, undo.oldLeader);
        else this.#revertStatic(group, member, undo, error);
      },
    };
  }

  #answerKept(
    context: GroupRequestContext,
    group: ClassicGroup,
    member: ClassicMember,
    oldLeader: string | null,
  ): void {
    const { memberId } = member;
    const isLeader = group.isLeader(memberId);
    // Before v9 the leader can't be told to leave the assignment alone: it is told that another one leads.
    const canSkip = context.requestVersion >= SKIP_ASSIGNMENT_VERSION;
    group.completeJoin(
      member,
      canSkip
        ? joinSuccess(group, memberId, { skipAssignment: isLeader })
        : joinSuccess(group, memberId, { leader: oldLeader, members: [] }),
    );
  }

  #revertStatic(
    group: ClassicGroup,
    member: ClassicMember,
    undo: {
      readonly oldMemberId: string;
      readonly oldLeader: string | null;
      readonly before: ReturnType<typeof pick>;
      readonly respond: JoinResponder;
    },
    error: ApiError,
  ): void {
    if (group.members.get(member.memberId) !== member) return;
    const { protocols, rebalanceTimeoutMs, sessionTimeoutMs } = undo.before;
    const failure = { ...joinSuccess(group, member.memberId, { leader: undo.oldLeader }) };
    group.completeJoin(member, {
      ...failure,
      members: [],
      memberId: '',
      errorCode: appendErrorCode(error),
    });
    group.updateMember(member, protocols, rebalanceTimeoutMs, sessionTimeoutMs, undefined);
    const old = group.replaceStaticMember(
      member.groupInstanceId!,
      member.memberId,
      undo.oldMemberId,
    );
    this.#rebalance.rescheduleHeartbeat(group, old);
  }
}

function pick(member: ClassicMember): {
  protocols: readonly ClassicProtocol[];
  rebalanceTimeoutMs: number;
  sessionTimeoutMs: number;
} {
  const { protocols, rebalanceTimeoutMs, sessionTimeoutMs } = member;
  return { protocols, rebalanceTimeoutMs, sessionTimeoutMs };
}

/** Errors that concern the group, not the member. */
function refusalOf(group: ClassicGroup, request: JoinGroupRequest): number | undefined {
  if (group.isInState('Dead')) return Errors.COORDINATOR_NOT_AVAILABLE;
  if (!group.supportsProtocols(request.protocolType, request.protocols)) {
    return Errors.INCONSISTENT_GROUP_PROTOCOL;
  }
  const isConsumer = request.protocolType === CONSUMER_PROTOCOL_TYPE;
  if (isConsumer && !request.protocols.every(({ metadata }) => isBearableSubscription(metadata))) {
    return Errors.INCONSISTENT_GROUP_PROTOCOL;
  }
  return undefined;
}

/** Copies: the request's bytes live no longer than the request. */
function protocolsOf(request: JoinGroupRequest): ClassicProtocol[] {
  return request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }));
}

function reasonOf(request: JoinGroupRequest): string {
  return request.reason === null || request.reason === '' ? 'not provided' : request.reason;
}
