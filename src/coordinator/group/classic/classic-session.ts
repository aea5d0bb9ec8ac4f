// Heartbeat (v0-4) and LeaveGroup (v0-5) of the classic protocol: how a member stays and how it goes.
// Kafka: classicGroupHeartbeatToClassicGroup, classicGroupLeaveToClassicGroup.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { HeartbeatRequest } from '../../../protocol/generated/apis/heartbeat-request.ts';
import type { HeartbeatResponse } from '../../../protocol/generated/apis/heartbeat-response.ts';
import type {
  LeaveGroupRequest,
  MemberIdentity,
} from '../../../protocol/generated/apis/leave-group-request.ts';
import type {
  LeaveGroupResponse,
  MemberResponse,
} from '../../../protocol/generated/apis/leave-group-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { CoordinatorResult } from '../../runtime/coordinator-result.ts';
import { EMPTY_RESULT, respond } from '../../runtime/coordinator-result.ts';
import type { GroupRecord } from '../records.ts';
import { type ClassicGroup, joinError } from './classic-group.ts';
import type { ClassicRebalance } from './classic-rebalance.ts';
import { classicTimers } from './classic-timers.ts';

export class ClassicSession {
  readonly #rebalance: ClassicRebalance;

  constructor(rebalance: ClassicRebalance) {
    this.#rebalance = rebalance;
  }

  /** Throws COORDINATOR_NOT_AVAILABLE, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID or ILLEGAL_GENERATION. */
  heartbeat(
    group: ClassicGroup,
    request: HeartbeatRequest,
  ): CoordinatorResult<GroupRecord, Draft<HeartbeatResponse>> {
    if (group.isInState('Dead')) throw new ApiError(Errors.COORDINATOR_NOT_AVAILABLE);
    group.validateMember(request.memberId, request.groupInstanceId);
    if (request.generationId !== group.generationId) throw new ApiError(Errors.ILLEGAL_GENERATION);
    if (group.isEmpty()) return respond({ errorCode: Errors.UNKNOWN_MEMBER_ID });
    this.#rebalance.rescheduleHeartbeat(group, group.member(request.memberId));
    const isPreparing = group.isInState('PreparingRebalance');
    return respond({ errorCode: isPreparing ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE });
  }

  leave(
    group: ClassicGroup,
    request: LeaveGroupRequest,
  ): CoordinatorResult<GroupRecord, Draft<LeaveGroupResponse>> {
    if (group.isInState('Dead')) return respond({ errorCode: Errors.COORDINATOR_NOT_AVAILABLE });
    const members = request.members.map((member) => this.#leaveOne(group, member));
    const left = members.filter(({ errorCode }) => errorCode === Errors.NONE);
    const result = left.length === 0 ? EMPTY_RESULT : this.#rebalanceAfterLeave(group, left);
    return { ...result, response: { members } };
  }

  #rebalanceAfterLeave(
    group: ClassicGroup,
    left: readonly Draft<MemberResponse>[],
  ): CoordinatorResult<GroupRecord, undefined> {
    const ids = left.map(({ memberId }) => memberId).join(',');
    switch (group.state) {
      case 'Stable':
      case 'CompletingRebalance':
        return this.#rebalance.prepareOrComplete(group, `explicit leave of ${ids}`);
      case 'PreparingRebalance':
        return this.#rebalance.maybeCompleteJoin(group);
      default:
        return EMPTY_RESULT;
    }
  }

  #leaveOne(group: ClassicGroup, identity: MemberIdentity): Draft<MemberResponse> {
    const { memberId, groupInstanceId } = identity;
    return { memberId, groupInstanceId, errorCode: this.#removeLeaving(group, identity) };
  }

  #removeLeaving(group: ClassicGroup, identity: MemberIdentity): number {
    const { memberId, groupInstanceId } = identity;
    if (memberId === '') {
      // An administrator takes a static member out by its instance id.
      const current =
        groupInstanceId === null ? undefined : group.staticMembers.get(groupInstanceId);
      if (current === undefined) return Errors.UNKNOWN_MEMBER_ID;
      this.#remove(group, current);
      return Errors.NONE;
    }
    if (group.pendingJoinMembers.has(memberId)) {
      group.remove(memberId);
      this.#rebalance.services.timer.cancel(classicTimers.heartbeat(group.groupId, memberId));
      return Errors.NONE;
    }
    try {
      group.validateMember(memberId, groupInstanceId);
    } catch (error) {
      if (error instanceof ApiError) return error.code;
      throw error;
    }
    this.#remove(group, memberId);
    return Errors.NONE;
  }

  #remove(group: ClassicGroup, memberId: string): void {
    const member = group.member(memberId);
    group.completeJoin(member, joinError('', Errors.UNKNOWN_MEMBER_ID));
    group.completeSync(member, { errorCode: Errors.UNKNOWN_MEMBER_ID });
    this.#rebalance.removeMember(group, member);
  }
}
