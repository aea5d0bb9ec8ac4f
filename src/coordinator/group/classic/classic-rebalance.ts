// The rebalance of a classic group: from the first JoinGroup over the join barrier to the sync barrier, and the
// timers that end each of them for members who don't come. The requests are in classic-join, classic-sync and
// classic-leave. Kafka: the classic part of GroupMetadataManager.

import type { Clock, Random } from '../../../io/io.ts';
import { type ApiError, Errors } from '../../../protocol/errors.ts';
import type {
  JoinGroupResponse,
  JoinGroupResponseMember,
} from '../../../protocol/generated/apis/join-group-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import { type CoordinatorResult, EMPTY_RESULT } from '../../runtime/coordinator-result.ts';
import type { CoordinatorTimer } from '../../runtime/coordinator-timer.ts';
import type { GroupCoordinatorConfig } from '../group-coordinator-config.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { groupMetadataRecord } from '../record-helpers.ts';
import type { GroupRecord } from '../records.ts';
import { ClassicGroup, joinError } from './classic-group.ts';
import { type ClassicMember, EMPTY_ASSIGNMENT } from './classic-member.ts';
import { classicTimers } from './classic-timers.ts';

export type ClassicResult = CoordinatorResult<GroupRecord, undefined>;

export interface ClassicServices {
  readonly config: GroupCoordinatorConfig;
  readonly groups: GroupRegistry;
  readonly timer: CoordinatorTimer<GroupRecord>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (line: string) => void;
}

export class ClassicRebalance {
  readonly services: ClassicServices;

  constructor(services: ClassicServices) {
    this.services = services;
  }

  // Beginning

  /** After a member came, changed or went: a rebalance begins, or the one that runs may be complete. */
  prepareOrComplete(group: ClassicGroup, reason: string): ClassicResult {
    return group.canRebalance() ? this.prepare(group, reason) : this.maybeCompleteJoin(group);
  }

  prepare(group: ClassicGroup, reason: string): ClassicResult {
    const { timer, config, clock, log } = this.services;
    if (group.isInState('CompletingRebalance')) {
      this.resetAssignments(group, Errors.REBALANCE_IN_PROGRESS);
    }
    group.pendingSyncMembers.clear();
    timer.cancel(classicTimers.sync(group.groupId));
    const isInitial = group.isInState('Empty');
    if (isInitial) {
      const delayMs = config.classicGroupInitialRebalanceDelayMs;
      const remainingMs = Math.max(group.rebalanceTimeoutMs() - delayMs, 0);
      this.#scheduleInitialRebalance(group, delayMs, delayMs, remainingMs);
    }
    const from = group.state;
    group.transitionTo('PreparingRebalance', clock.nowMs());
    log(
      `Preparing to rebalance group ${group.groupId} in state ${from} with old generation ${group.generationId} (reason: ${reason})`,
    );
    return isInitial ? EMPTY_RESULT : this.#completeJoinOrSchedule(group);
  }

  /** A group that was empty waits for more members, again and again while they come, but no longer than its rebalance time-out. */
  #scheduleInitialRebalance(
    group: ClassicGroup,
    timerMs: number,
    delayMs: number,
    remainingMs: number,
  ): void {
    this.services.timer.schedule(classicTimers.join(group.groupId), timerMs, () =>
      this.#endInitialDelay(group.groupId, delayMs, remainingMs),
    );
  }

  #endInitialDelay(groupId: string, delayMs: number, remainingMs: number): ClassicResult {
    const group = this.services.groups.find(groupId);
    if (!(group instanceof ClassicGroup)) return EMPTY_RESULT;
    if (!group.newMemberAdded || remainingMs === 0) return this.completeJoin(group);
    group.newMemberAdded = false;
    const nextDelayMs = Math.min(
      this.services.config.classicGroupInitialRebalanceDelayMs,
      remainingMs,
    );
    const nextRemainingMs = Math.max(remainingMs - delayMs, 0);
    this.#scheduleInitialRebalance(group, nextDelayMs, nextDelayMs, nextRemainingMs);
    return EMPTY_RESULT;
  }

  // The join barrier

  /** Completes the join phase if nobody is missing and it isn't the initial rebalance, which has its own delay. */
  maybeCompleteJoin(group: ClassicGroup): ClassicResult {
    if (!group.isInState('PreparingRebalance')) return EMPTY_RESULT;
    if (group.previousState === 'Empty') return EMPTY_RESULT;
    return group.hasAllMembersJoined() ? this.completeJoin(group) : EMPTY_RESULT;
  }

  #completeJoinOrSchedule(group: ClassicGroup): ClassicResult {
    if (group.hasAllMembersJoined()) return this.completeJoin(group);
    this.#scheduleJoinTimeout(group);
    return EMPTY_RESULT;
  }

  #scheduleJoinTimeout(group: ClassicGroup): void {
    const { groupId } = group;
    this.services.timer.schedule(classicTimers.join(groupId), group.rebalanceTimeoutMs(), () => {
      const current = this.services.groups.find(groupId);
      return current instanceof ClassicGroup ? this.completeJoin(current) : EMPTY_RESULT;
    });
  }

  /** Everybody who came by now is the next generation. */
  completeJoin(group: ClassicGroup): ClassicResult {
    const { timer, clock, log } = this.services;
    const { groupId } = group;
    timer.cancel(classicTimers.join(groupId));
    this.#dropAbsentDynamicMembers(group);
    if (group.isInState('Dead')) return EMPTY_RESULT;
    if (!group.electLeaderAmongJoined() && group.members.size > 0) {
      log(`Group ${groupId} could not complete its rebalance because no members rejoined`);
      this.#scheduleJoinTimeout(group);
      return EMPTY_RESULT;
    }
    group.initNextGeneration(clock.nowMs());
    const { generationId } = group;
    if (group.isEmpty()) {
      log(`Group ${groupId} with generation ${generationId} is now empty`);
      return {
        records: [groupMetadataRecord(group, new Map())],
        response: undefined,
        replay: false,
        onAppended: (error) => this.#logWriteFailure(group, error),
      };
    }
    log(
      `Stabilized group ${groupId} generation ${generationId} with ${group.members.size} members`,
    );
    this.#answerJoins(group);
    this.#schedulePendingSync(group);
    return EMPTY_RESULT;
  }

  #dropAbsentDynamicMembers(group: ClassicGroup): void {
    for (const member of group.notYetRejoinedMembers()) {
      if (member.isStatic) continue;
      this.removeMember(group, member);
      this.services.log(
        `Group ${group.groupId} removed member ${member.memberId}, which hasn't rejoined`,
      );
    }
  }

  #answerJoins(group: ClassicGroup): void {
    for (const member of group.members.values()) {
      group.completeJoin(member, joinSuccess(group, member.memberId));
      this.rescheduleHeartbeat(group, member);
      member.isNew = false;
      group.pendingSyncMembers.add(member.memberId);
    }
  }

  #logWriteFailure(group: ClassicGroup, error: ApiError | undefined): void {
    if (error === undefined) return;
    this.services.log(
      `Failed to write empty metadata for group ${group.groupId}: ${error.message}`,
    );
  }

  // The sync barrier

  #schedulePendingSync(group: ClassicGroup): void {
    const { groupId, generationId } = group;
    this.services.timer.schedule(classicTimers.sync(groupId), group.rebalanceTimeoutMs(), () =>
      this.#expirePendingSync(groupId, generationId),
    );
  }

  /** Members that joined and then didn't ask for their assignment are gone. */
  #expirePendingSync(groupId: string, generationId: number): ClassicResult {
    const { groups, timer, log } = this.services;
    const group = groups.find(groupId);
    if (!(group instanceof ClassicGroup) || group.generationId !== generationId)
      return EMPTY_RESULT;
    if (!group.isInState('CompletingRebalance', 'Stable')) return EMPTY_RESULT;
    if (group.hasReceivedSyncFromAllMembers()) return EMPTY_RESULT;
    const absent = [...group.pendingSyncMembers];
    for (const memberId of absent) {
      group.remove(memberId);
      timer.cancel(classicTimers.heartbeat(groupId, memberId));
    }
    log(`Group ${groupId} removed members that haven't sent their sync requests: ${absent}`);
    return this.prepare(group, `Removing ${absent} on pending sync request expiration`);
  }

  removePendingSync(group: ClassicGroup, memberId: string): void {
    group.pendingSyncMembers.delete(memberId);
    const syncIsOver = !group.isInState('CompletingRebalance', 'Stable');
    if (syncIsOver || group.hasReceivedSyncFromAllMembers()) {
      this.services.timer.cancel(classicTimers.sync(group.groupId));
    }
  }

  setAssignments(group: ClassicGroup, assignments: ReadonlyMap<string, Buffer>): void {
    for (const member of group.members.values()) {
      member.assignment = assignments.get(member.memberId) ?? EMPTY_ASSIGNMENT;
    }
    this.#answerSyncs(group, Errors.NONE);
  }

  resetAssignments(group: ClassicGroup, errorCode: number): void {
    for (const member of group.members.values()) member.assignment = EMPTY_ASSIGNMENT;
    this.#answerSyncs(group, errorCode);
  }

  #answerSyncs(group: ClassicGroup, errorCode: number): void {
    const succeeded = errorCode === Errors.NONE;
    for (const member of group.members.values()) {
      const answered = group.completeSync(member, {
        protocolType: succeeded ? group.protocolType : null,
        protocolName: succeeded ? group.protocolName : null,
        assignment: member.assignment,
        errorCode,
      });
      // From here on the member's own heartbeats keep it alive.
      if (answered) this.rescheduleHeartbeat(group, member);
    }
  }

  // Sessions

  rescheduleHeartbeat(
    group: ClassicGroup,
    member: ClassicMember,
    timeoutMs = member.sessionTimeoutMs,
  ): void {
    this.scheduleSession(group.groupId, member.memberId, timeoutMs);
  }

  /** Also for a member id that was only given out. */
  scheduleSession(groupId: string, memberId: string, timeoutMs: number): void {
    const key = classicTimers.heartbeat(groupId, memberId);
    this.services.timer.schedule(key, timeoutMs, () => this.#expireSession(groupId, memberId));
  }

  #expireSession(groupId: string, memberId: string): ClassicResult {
    const group = this.services.groups.find(groupId);
    if (!(group instanceof ClassicGroup) || group.isInState('Dead')) return EMPTY_RESULT;
    if (group.pendingJoinMembers.has(memberId)) return this.#removePendingMember(group, memberId);
    const member = group.members.get(memberId);
    if (member === undefined || member.hasSatisfiedHeartbeat) return EMPTY_RESULT;
    this.services.log(`Member ${memberId} in group ${groupId} has failed, removing it`);
    return this.#expireMember(group, member);
  }

  #removePendingMember(group: ClassicGroup, memberId: string): ClassicResult {
    group.remove(memberId);
    const mayComplete = group.isInState('PreparingRebalance') && group.hasAllMembersJoined();
    return mayComplete ? this.completeJoin(group) : EMPTY_RESULT;
  }

  #expireMember(group: ClassicGroup, member: ClassicMember): ClassicResult {
    group.completeJoin(member, joinError('', Errors.UNKNOWN_MEMBER_ID));
    group.remove(member.memberId);
    if (group.isInState('Stable', 'CompletingRebalance')) {
      return this.prepareOrComplete(
        group,
        `removing member ${member.memberId} on heartbeat expiration`,
      );
    }
    const mayComplete = group.isInState('PreparingRebalance') && group.hasAllMembersJoined();
    return mayComplete ? this.completeJoin(group) : EMPTY_RESULT;
  }

  /** Out of the group, its session ended. */
  removeMember(group: ClassicGroup, member: ClassicMember): void {
    group.remove(member.memberId);
    this.services.timer.cancel(classicTimers.heartbeat(group.groupId, member.memberId));
  }

  // Life of the shard

  onLoaded(group: ClassicGroup): void {
    for (const member of group.members.values()) this.rescheduleHeartbeat(group, member);
    const { classicGroupMaxSize } = this.services.config;
    if (group.members.size > classicGroupMaxSize) {
      this.prepare(
        group,
        `Freshly-loaded group ${group.groupId} (size ${group.members.size}) is over capacity ${classicGroupMaxSize}`,
      );
    }
  }

  onUnloaded(group: ClassicGroup): void {
    group.transitionTo('Dead', this.services.clock.nowMs());
    for (const member of group.members.values()) {
      group.completeJoin(member, joinError(member.memberId, Errors.NOT_COORDINATOR));
      group.completeSync(member, { errorCode: Errors.NOT_COORDINATOR });
    }
  }
}

export function joinSuccess(
  group: ClassicGroup,
  memberId: string,
  options: {
    readonly leader?: string | null;
    readonly members?: readonly Draft<JoinGroupResponseMember>[];
    readonly skipAssignment?: boolean;
  } = {},
): Draft<JoinGroupResponse> {
  return {
    members: options.members ?? (group.isLeader(memberId) ? membersOf(group) : []),
    memberId,
    generationId: group.generationId,
    protocolName: group.protocolName,
    protocolType: group.protocolType,
    leader: (options.leader === undefined ? group.leaderId : options.leader) ?? '',
    skipAssignment: options.skipAssignment ?? false,
    errorCode: Errors.NONE,
  };
}

/** All members with their subscriptions: what the leader assigns from. */
export function membersOf(group: ClassicGroup): Draft<JoinGroupResponseMember>[] {
  const protocol = group.protocolName!;
  return [...group.members.values()].map((member) => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    metadata: member.metadata(protocol),
  }));
}
