// SyncGroup of the classic protocol, v0-5: the leader brings the assignment, everybody gets his part of it once it is
// written. Kafka: classicGroupSyncToClassicGroup.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { SyncGroupRequest } from '../../../protocol/generated/apis/sync-group-request.ts';
import { EMPTY_RESULT } from '../../runtime/coordinator-result.ts';
import { appendErrorCode } from '../../runtime/operation-errors.ts';
import { groupMetadataRecord } from '../record-helpers.ts';
import { ClassicGroup } from './classic-group.ts';
import { EMPTY_ASSIGNMENT, type SyncResponder } from './classic-member.ts';
import type { ClassicRebalance, ClassicResult } from './classic-rebalance.ts';

export class ClassicSync {
  readonly #rebalance: ClassicRebalance;

  constructor(rebalance: ClassicRebalance) {
    this.#rebalance = rebalance;
  }

  /** `respond` is called exactly once, now or later. */
  sync(request: SyncGroupRequest, respond: SyncResponder): ClassicResult {
    const group = this.#rebalance.services.groups.find(request.groupId);
    if (!(group instanceof ClassicGroup) || group.isEmpty()) {
      respond({ errorCode: Errors.UNKNOWN_MEMBER_ID });
      return EMPTY_RESULT;
    }
    const refusal = refusalOf(group, request);
    if (refusal !== undefined) {
      respond({ errorCode: refusal });
      return EMPTY_RESULT;
    }
    const { memberId } = request;
    switch (group.state) {
      case 'CompletingRebalance':
        return this.#await(group, request, respond);
      case 'Stable':
        this.#rebalance.removePendingSync(group, memberId);
        respond({
          protocolType: group.protocolType,
          protocolName: group.protocolName,
          assignment: group.member(memberId).assignment,
          errorCode: Errors.NONE,
        });
        return EMPTY_RESULT;
      default:
        respond({ errorCode: Errors.REBALANCE_IN_PROGRESS });
        return EMPTY_RESULT;
    }
  }

  #await(group: ClassicGroup, request: SyncGroupRequest, respond: SyncResponder): ClassicResult {
    const { memberId } = request;
    const member = group.member(memberId);
    member.awaitingSync?.({ errorCode: Errors.REBALANCE_IN_PROGRESS });
    member.awaitingSync = respond;
    this.#rebalance.removePendingSync(group, memberId);
    if (!group.isLeader(memberId)) return EMPTY_RESULT;
    const assignments = assignmentsOf(group, request);
    this.#rebalance.services.log(
      `Assignment received from leader ${memberId} for group ${group.groupId} for generation ${group.generationId}`,
    );
    return {
      records: [groupMetadataRecord(group, assignments)],
      response: undefined,
      replay: false,
      onAppended: (error) => this.#onAppended(group, request, assignments, error),
    };
  }

  #onAppended(
    group: ClassicGroup,
    request: SyncGroupRequest,
    assignments: ReadonlyMap<string, Buffer>,
    error: ApiError | undefined,
  ): void {
    // Another rebalance may have begun while the record was on its way.
    if (!group.isInState('CompletingRebalance')) return;
    if (request.generationId !== group.generationId) return;
    if (error === undefined) {
      this.#rebalance.setAssignments(group, assignments);
      group.transitionTo('Stable', this.#rebalance.services.clock.nowMs());
      return;
    }
    const code = appendErrorCode(error);
    this.#rebalance.resetAssignments(group, code);
    const reason = `Error ${code} when storing the group assignment of ${request.memberId}`;
    this.#rebalance.prepareOrComplete(group, reason);
  }
}

function refusalOf(group: ClassicGroup, request: SyncGroupRequest): number | undefined {
  if (group.isInState('Dead')) return Errors.COORDINATOR_NOT_AVAILABLE;
  try {
    group.validateMember(request.memberId, request.groupInstanceId);
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
  if (request.generationId !== group.generationId) return Errors.ILLEGAL_GENERATION;
  const isInconsistent =
    differs(request.protocolType, group.protocolType) ||
    differs(request.protocolName, group.protocolName);
  return isInconsistent ? Errors.INCONSISTENT_GROUP_PROTOCOL : undefined;
}

/** Versions below 5 don't tell. */
function differs(ofMember: string | null, ofGroup: string | null): boolean {
  return ofMember !== null && ofGroup !== null && ofMember !== ofGroup;
}

/** Copies; a member that the leader left out gets nothing. */
function assignmentsOf(group: ClassicGroup, request: SyncGroupRequest): Map<string, Buffer> {
  const assignments = new Map<string, Buffer>();
  for (const { memberId, assignment } of request.assignments) {
    assignments.set(memberId, Buffer.from(assignment));
  }
  for (const memberId of group.members.keys()) {
    if (!assignments.has(memberId)) assignments.set(memberId, EMPTY_ASSIGNMENT);
  }
  return assignments;
}
