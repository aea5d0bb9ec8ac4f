// How long members of streams groups may be silent or slow, and what happens to the group when one goes.
// Kafka: scheduleStreamsGroupSessionTimeout, streamsGroupFenceMember.

import type { Clock } from '../../../io/io.ts';
import { ApiError, Errors } from '../../../protocol/errors.ts';
import { type CoordinatorResult, EMPTY_RESULT } from '../../runtime/coordinator-result.ts';
import type { CoordinatorTimer } from '../../runtime/coordinator-timer.ts';
import type { UndoLog } from '../../runtime/undo-log.ts';
import type { GroupCoordinatorConfig } from '../group-coordinator-config.ts';
import type { GroupRegistry } from '../group-registry.ts';
import type { GroupSettingsLookup, StreamsGroupSettings } from '../group-settings.ts';
import type { GroupRecord } from '../records.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import { StreamsGroup } from './streams-group.ts';
import type { StreamsMember } from './streams-member.ts';
import { StreamsMemberState } from './streams-member.ts';
import { streamsGroupRecord, streamsMemberTombstones } from './streams-records.ts';
import { streamsTimers } from './streams-timers.ts';

export interface StreamsServices {
  readonly config: GroupCoordinatorConfig;
  readonly settings: GroupSettingsLookup;
  readonly groups: GroupRegistry;
  readonly topics: TopicLookup;
  readonly timer: CoordinatorTimer<GroupRecord>;
  readonly clock: Clock;
  readonly undo: UndoLog;
  readonly log: (line: string) => void;
}

type TimedResult = CoordinatorResult<GroupRecord, undefined>;

/** When a fencing can't be written it is tried again after this. */
const RETRY_BACKOFF_MS = 500;

export class StreamsSessions {
  readonly services: StreamsServices;

  constructor(services: StreamsServices) {
    this.services = services;
  }

  /** Throws GROUP_ID_NOT_FOUND, also for a group of another kind. */
  group(groupId: string): StreamsGroup {
    const group = this.services.groups.get(groupId);
    if (group instanceof StreamsGroup) return group;
    throw new ApiError(Errors.GROUP_ID_NOT_FOUND, `Group ${groupId} is not a streams group.`);
  }

  /** The group's own settings, else the broker's. */
  settings(groupId: string): StreamsGroupSettings {
    const { config, settings } = this.services;
    const own = settings(groupId).streams ?? {};
    return {
      sessionTimeoutMs: own.sessionTimeoutMs ?? config.streamsGroupSessionTimeoutMs,
      heartbeatIntervalMs: own.heartbeatIntervalMs ?? config.streamsGroupHeartbeatIntervalMs,
      assignmentIntervalMs: own.assignmentIntervalMs ?? config.streamsGroupAssignmentIntervalMs,
      initialRebalanceDelayMs:
        own.initialRebalanceDelayMs ?? config.streamsGroupInitialRebalanceDelayMs,
      numStandbyReplicas: own.numStandbyReplicas ?? config.streamsGroupNumStandbyReplicas,
    };
  }

  // Timers

  scheduleSession(groupId: string, memberId: string): void {
    this.services.timer.schedule(
      streamsTimers.session(groupId, memberId),
      this.settings(groupId).sessionTimeoutMs,
      () => this.#expire(groupId, memberId, 'its session expired'),
      RETRY_BACKOFF_MS,
    );
  }

  /** Who has to give tasks back gets its rebalance time-out for it. */
  onReconciled(groupId: string, member: StreamsMember): void {
    const { memberId, memberEpoch, rebalanceTimeoutMs } = member;
    const key = streamsTimers.rebalance(groupId, memberId);
    if (member.state !== StreamsMemberState.UNREVOKED_TASKS) {
      this.services.timer.cancel(key);
      return;
    }
    this.services.timer.schedule(
      key,
      rebalanceTimeoutMs,
      () => this.#expire(groupId, memberId, 'it did not revoke in time', memberEpoch),
      RETRY_BACKOFF_MS,
    );
  }

  /** `memberEpoch`: only if the member is still there. */
  #expire(groupId: string, memberId: string, reason: string, memberEpoch?: number): TimedResult {
    const group = this.services.groups.find(groupId);
    if (!(group instanceof StreamsGroup)) return EMPTY_RESULT;
    const member = group.members.get(memberId);
    if (member === undefined) return EMPTY_RESULT;
    if (memberEpoch !== undefined && member.memberEpoch !== memberEpoch) return EMPTY_RESULT;
    this.services.log(`Member ${memberId} is fenced from group ${groupId} because ${reason}`);
    return { ...this.fence(group, memberId), response: undefined };
  }

  onLoaded(group: StreamsGroup): void {
    for (const member of group.members.values()) {
      this.scheduleSession(group.groupId, member.memberId);
      if (member.state === StreamsMemberState.UNREVOKED_TASKS) {
        this.onReconciled(group.groupId, member);
      }
    }
  }

  // Going

  /** Takes the member out of the group; its timers go only when that is written. */
  fence(group: StreamsGroup, memberId: string): Pick<TimedResult, 'records' | 'onAppended'> {
    const { groupId, metadata } = group;
    const records = [
      ...streamsMemberTombstones(groupId, memberId),
      streamsGroupRecord(groupId, { ...metadata, epoch: metadata.epoch + 1 }),
    ];
    return {
      records,
      onAppended: (error) => {
        if (error !== undefined) return;
        this.services.timer.cancel(streamsTimers.session(groupId, memberId));
        this.services.timer.cancel(streamsTimers.rebalance(groupId, memberId));
      },
    };
  }
}
