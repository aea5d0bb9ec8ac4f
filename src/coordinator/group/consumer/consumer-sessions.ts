// How long members of consumer groups may be silent or slow, and what happens to the group when one goes.
// Kafka: scheduleConsumerGroupSessionTimeout, consumerGroupFenceMembers.

import type { Clock, Random } from '../../../io/io.ts';
import { ApiError, Errors } from '../../../protocol/errors.ts';
import { type CoordinatorResult, EMPTY_RESULT } from '../../runtime/coordinator-result.ts';
import type { CoordinatorTimer } from '../../runtime/coordinator-timer.ts';
import type { UndoLog } from '../../runtime/undo-log.ts';
import type { GroupCoordinatorConfig } from '../group-coordinator-config.ts';
import type { GroupRegistry } from '../group-registry.ts';
import type { ConsumerGroupSettings, GroupSettingsLookup } from '../group-settings.ts';
import type { ConsumerDowngrade } from '../migration/consumer-downgrade.ts';
import type { GroupRecord } from '../records.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import { ConsumerGroup } from './consumer-group.ts';
import { type ConsumerMember, hasRegex, MemberState } from './consumer-member.ts';
import { groupEpochRecord, memberTombstones, regexTombstone } from './consumer-records.ts';
import { consumerTimers } from './consumer-timers.ts';
import { membersAfter, metadataHash } from './subscriptions.ts';

export interface ConsumerServices {
  readonly config: GroupCoordinatorConfig;
  readonly settings: GroupSettingsLookup;
  readonly groups: GroupRegistry;
  readonly topics: TopicLookup;
  readonly timer: CoordinatorTimer<GroupRecord>;
  readonly clock: Clock;
  readonly random: Random;
  readonly undo: UndoLog;
  readonly log: (line: string) => void;
}

export type Departure = Pick<TimedResult, 'records' | 'onAppended' | 'replay'>;

type TimedResult = CoordinatorResult<GroupRecord, undefined>;

/** When a fencing can't be written it is tried again after this. */
const RETRY_BACKOFF_MS = 500;

export class ConsumerSessions {
  readonly services: ConsumerServices;
  readonly #downgrade: ConsumerDowngrade;

  constructor(services: ConsumerServices, downgrade: ConsumerDowngrade) {
    this.services = services;
    this.#downgrade = downgrade;
  }

  /** Throws GROUP_ID_NOT_FOUND, also for a group of another kind. */
  group(groupId: string): ConsumerGroup {
    const group = this.services.groups.get(groupId);
    if (group instanceof ConsumerGroup) return group;
    throw new ApiError(Errors.GROUP_ID_NOT_FOUND, `Group ${groupId} is not a consumer group.`);
  }

  /** The group's own settings, else the broker's. */
  settings(groupId: string): ConsumerGroupSettings {
    const { config, settings } = this.services;
    const own = settings(groupId).consumer ?? {};
    return {
      sessionTimeoutMs: own.sessionTimeoutMs ?? config.consumerGroupSessionTimeoutMs,
      heartbeatIntervalMs: own.heartbeatIntervalMs ?? config.consumerGroupHeartbeatIntervalMs,
      assignmentIntervalMs: own.assignmentIntervalMs ?? config.consumerGroupAssignmentIntervalMs,
    };
  }

  // Timers

  /** Of its own length for a member of the classic protocol. */
  scheduleSession(groupId: string, { memberId, classicMetadata }: ConsumerMember): void {
    this.services.timer.schedule(
      consumerTimers.session(groupId, memberId),
      classicMetadata?.sessionTimeoutMs ?? this.settings(groupId).sessionTimeoutMs,
      () => this.#expire(groupId, memberId, 'its session expired'),
      RETRY_BACKOFF_MS,
    );
  }

  /** A member of the classic protocol was told to join again. */
  scheduleJoin(groupId: string, { memberId, rebalanceTimeoutMs }: ConsumerMember): void {
    const key = consumerTimers.join(groupId, memberId);
    if (this.services.timer.isScheduled(key)) return;
    this.#scheduleRebalance(key, groupId, memberId, rebalanceTimeoutMs, 'it did not join in time');
  }

  /** A member of the classic protocol has joined, and has to ask for its assignment. */
  scheduleSync(groupId: string, { memberId, rebalanceTimeoutMs }: ConsumerMember): void {
    const key = consumerTimers.sync(groupId, memberId);
    this.#scheduleRebalance(key, groupId, memberId, rebalanceTimeoutMs, 'it did not sync in time');
  }

  #scheduleRebalance(
    key: string,
    groupId: string,
    memberId: string,
    timeoutMs: number,
    reason: string,
  ): void {
    const expire = (): TimedResult => this.#expire(groupId, memberId, reason);
    this.services.timer.schedule(key, timeoutMs, expire, RETRY_BACKOFF_MS);
  }

  /** Who has to give partitions back gets its rebalance time-out for it; classic members have a time to join instead. */
  onReconciled(groupId: string, member: ConsumerMember): void {
    const { memberId, memberEpoch, rebalanceTimeoutMs } = member;
    if (member.classicMetadata !== null) return;
    const key = consumerTimers.rebalance(groupId, memberId);
    if (member.state !== MemberState.UNREVOKED_PARTITIONS) {
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

  cancel(groupId: string, memberId: string): void {
    for (const name of ['session', 'rebalance', 'join', 'sync'] as const) {
      this.services.timer.cancel(consumerTimers[name](groupId, memberId));
    }
  }

  /** `memberEpoch`: only if the member is still there. */
  #expire(groupId: string, memberId: string, reason: string, memberEpoch?: number): TimedResult {
    const group = this.services.groups.find(groupId);
    if (!(group instanceof ConsumerGroup)) return EMPTY_RESULT;
    const member = group.members.get(memberId);
    if (member === undefined) return EMPTY_RESULT;
    if (memberEpoch !== undefined && member.memberEpoch !== memberEpoch) return EMPTY_RESULT;
    this.services.log(`Member ${memberId} is fenced from group ${groupId} because ${reason}`);
    return { ...this.fence(group, [member]), response: undefined };
  }

  onLoaded(group: ConsumerGroup): void {
    for (const member of group.members.values()) {
      this.scheduleSession(group.groupId, member);
      if (member.state === MemberState.UNREVOKED_PARTITIONS) {
        this.onReconciled(group.groupId, member);
      }
    }
  }

  // Going

  /**
   * Takes the members out of the group; their timers go only when that is written. When no member of the consumer
   * protocol is left, the group becomes a classic one.
   */
  fence(group: ConsumerGroup, leaving: readonly ConsumerMember[]): Departure {
    if (leaving.length === 0) return { records: [] };
    const { groupId } = group;
    const memberIds = leaving.map(({ memberId }) => memberId);
    if (this.#downgrade.isDueWithout(group, memberIds)) {
      const records: GroupRecord[] = [];
      const reason = `Downgrade group ${groupId} from consumer to classic for member leaving.`;
      return this.#downgrade.convert(group, records, { without: memberIds, reason });
    }
    const records = memberIds.flatMap((memberId) => memberTombstones(groupId, memberId));
    const members = membersAfter(group, undefined, memberIds);
    const regexes = new Map(group.regexes);
    const used = new Set(
      [...members.values()].filter(hasRegex).map((member) => member.subscribedTopicRegex),
    );
    for (const regex of group.regexes.keys()) {
      if (used.has(regex)) continue;
      regexes.delete(regex);
      records.push(regexTombstone(groupId, regex));
    }
    const hash = metadataHash(members.values(), regexes, this.services.topics);
    records.push(groupEpochRecord(groupId, group.groupEpoch + 1, hash));
    return {
      records,
      onAppended: (error) => {
        if (error !== undefined) return;
        for (const memberId of memberIds) this.cancel(groupId, memberId);
      },
    };
  }
}
