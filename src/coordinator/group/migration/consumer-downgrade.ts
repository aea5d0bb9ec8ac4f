// A consumer group becomes a classic group when its last member of the consumer protocol goes, or is replaced by a
// static member of the classic one: the members that are left go on with their target as assignment.
// Kafka: validateOnlineDowngrade…, convertToClassicGroup, ClassicGroup.fromConsumerGroup.

import { type ApiError, Errors } from '../../../protocol/errors.ts';
import { appendErrorCode } from '../../runtime/operation-errors.ts';
import { ClassicGroup, CONSUMER_PROTOCOL_TYPE, joinError } from '../classic/classic-group.ts';
import { ClassicMember } from '../classic/classic-member.ts';
import type { ClassicRebalance } from '../classic/classic-rebalance.ts';
import type { ConsumerGroup } from '../consumer/consumer-group.ts';
import type { ConsumerMember } from '../consumer/consumer-member.ts';
import { groupMetadataRecord } from '../record-helpers.ts';
import type { GroupRecord } from '../records.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import { writeAssignment } from './embedded-protocol.ts';

export interface DowngradeOptions {
  /** Who leaves, or is replaced. */
  readonly without: readonly string[];
  /** The static member that takes the place of the one in `without`. */
  readonly joining?: ConsumerMember;
  /** Undefined: the members go on without a rebalance. */
  readonly reason?: string;
}

export interface Downgraded {
  readonly records: readonly GroupRecord[];
  /** The registry has the classic group already. */
  readonly replay: false;
  readonly onAppended: (error: ApiError | undefined) => void;
}

export class ConsumerDowngrade {
  readonly #rebalance: ClassicRebalance;
  readonly #topics: TopicLookup;

  constructor(rebalance: ClassicRebalance, topics: TopicLookup) {
    this.#rebalance = rebalance;
    this.#topics = topics;
  }

  /** Whether somebody is left when these go, and all who are speak the classic protocol. */
  isDueWithout(group: ConsumerGroup, leaving: readonly string[]): boolean {
    const gone = new Set(leaving);
    const left = [...group.members.values()].filter(({ memberId }) => !gone.has(memberId));
    if (left.length === 0 || left.some(usesConsumerProtocol)) return false;
    return this.#isAllowed(group, left.length);
  }

  /** Whether the member is the last one of the consumer protocol, so that a classic one in its place changes the group. */
  isDueInPlaceOf(group: ConsumerGroup, replaced: ConsumerMember): boolean {
    if (!usesConsumerProtocol(replaced)) return false;
    const others = [...group.members.values()].filter(usesConsumerProtocol);
    return others.length === 1 && this.#isAllowed(group, group.members.size);
  }

  #isAllowed({ groupId }: ConsumerGroup, size: number): boolean {
    const { config, log } = this.#rebalance.services;
    if (!['downgrade', 'bidirectional'].includes(config.consumerGroupMigrationPolicy)) {
      log(`Cannot downgrade consumer group ${groupId}: online downgrade is disabled`);
      return false;
    }
    if (size <= config.classicGroupMaxSize) return true;
    log(`Cannot downgrade consumer group ${groupId}: it is larger than a classic group may be`);
    return false;
  }

  /** Puts the classic group in the place of the other; `records` come first. Taken back when they can't be written. */
  convert(group: ConsumerGroup, records: GroupRecord[], options: DowngradeOptions): Downgraded {
    const { groups, log } = this.#rebalance.services;
    const { without, joining, reason } = options;
    const classic = this.#classicOf(group, without, joining);
    const assignments = new Map(
      [...classic.members.values()].map(({ memberId, assignment }) => [memberId, assignment]),
    );
    records.push(
      ...tombstonesOf(group, without, joining),
      groupMetadataRecord(classic, assignments),
    );
    groups.delete(group.groupId);
    groups.put(classic);
    for (const member of classic.members.values()) {
      this.#rebalance.rescheduleHeartbeat(classic, member);
    }
    if (reason !== undefined) this.#rebalance.prepare(classic, reason);
    log(`Converted the consumer group ${group.groupId} to a classic group`);
    const onAppended = (error: ApiError | undefined): void =>
      this.#onAppended(group, classic, error);
    return { records, replay: false, onAppended };
  }

  #onAppended(group: ConsumerGroup, classic: ClassicGroup, error: ApiError | undefined): void {
    const { groups, timer } = this.#rebalance.services;
    if (error === undefined) {
      // It may have been converted back meanwhile.
      const isThere = groups.find(group.groupId) instanceof ClassicGroup;
      if (isThere) for (const key of group.timerKeys()) timer.cancel(key);
      return;
    }
    // The consumer group is back; whoever has joined the other one joins again.
    for (const key of classic.timerKeys()) timer.cancel(key);
    for (const member of classic.members.values()) {
      const errorCode = appendErrorCode(error);
      classic.completeJoin(member, joinError(member.memberId, errorCode));
      classic.completeSync(member, { errorCode: Errors.REBALANCE_IN_PROGRESS });
    }
  }

  #classicOf(
    group: ConsumerGroup,
    without: readonly string[],
    joining: ConsumerMember | undefined,
  ): ClassicGroup {
    const classic = new ClassicGroup(group.groupId, 'Stable');
    classic.generationId = group.groupEpoch;
    classic.protocolType = CONSUMER_PROTOCOL_TYPE;
    classic.currentStateTimestampMs = this.#rebalance.services.clock.nowMs();
    const gone = new Set(without);
    for (const member of group.members.values()) {
      if (!gone.has(member.memberId)) classic.add(classicMemberOf(member));
    }
    if (joining !== undefined) classic.add(classicMemberOf(joining));
    const protocol = classic.selectProtocol();
    classic.protocolName = protocol;
    classic.computeSubscribedTopics();
    for (const member of classic.members.values()) {
      // Who joins takes over what its predecessor has.
      const isJoining = member.memberId === joining?.memberId;
      const target = group.target(isJoining ? without[0]! : member.memberId);
      member.assignment = writeAssignment(target, member.metadata(protocol), this.#topics);
    }
    return classic;
  }
}

function usesConsumerProtocol({ classicMetadata }: ConsumerMember): boolean {
  return classicMetadata === null;
}

/** The records of a replaced member have their tombstones already, those of its successor are among the records. */
function tombstonesOf(
  group: ConsumerGroup,
  without: readonly string[],
  joining: ConsumerMember | undefined,
): GroupRecord[] {
  if (joining === undefined) return group.tombstones();
  return group.tombstones().map((record) => {
    const { key } = record;
    const isReplaced = 'memberId' in key && without.includes(key.memberId);
    return isReplaced
      ? ({ ...record, key: { ...key, memberId: joining.memberId } } as GroupRecord)
      : record;
  });
}

function classicMemberOf(member: ConsumerMember): ClassicMember {
  const { sessionTimeoutMs, supportedProtocols } = member.classicMetadata!;
  return new ClassicMember({
    memberId: member.memberId,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    sessionTimeoutMs,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocols: supportedProtocols,
  });
}
