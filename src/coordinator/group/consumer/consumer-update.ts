// What a member's request changes in a consumer group, whichever protocol it speaks: its own record, regular
// expressions, the group's epoch, the target assignment, and the member's next step towards it. Makes the records; the
// requests are in consumer-heartbeat.ts and migration/classic-members.ts. Kafka: GroupMetadataManager.

import { isRegexEngineLoaded } from '../../re2.ts';
import { hasSameTopics } from '../modern-member.ts';
import type { GroupRecord } from '../records.ts';
import { topicsMatching } from '../topic-regex.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { type ConsumerMember, hasRegex, hasSameMetadata } from './consumer-member.ts';
import {
  currentAssignmentRecord,
  groupEpochRecord,
  memberMetadataRecord,
  regexRecord,
  regexTombstone,
} from './consumer-records.ts';
import type { ConsumerSessions } from './consumer-sessions.ts';
import { sameEpochs, type TopicPartitions } from './partitions.ts';
import { type OwnedPartitions, reconcile } from './reconcile.ts';
import { membersAfter, metadataHash, type Regexes, subscribedTopics } from './subscriptions.ts';
import { computeTarget } from './target-assignment.ts';

/** A request on its way: what is known of the member so far and the records that it makes. */
export interface Beat {
  readonly group: ConsumerGroup;
  readonly before: ConsumerMember;
  /** The static member that it takes the place of. */
  readonly replaced: ConsumerMember | undefined;
  readonly updated: ConsumerMember;
  /** What the member says it holds; null when it didn't say. */
  readonly owned: readonly OwnedPartitions[] | null;
  readonly records: GroupRecord[];
}

/** What has been found out about a beat before anything is assigned. */
export interface Subscribed {
  /** As they will be. Asked for only when something changed: a heartbeat that says nothing new costs the same in any group. */
  readonly members: () => ReadonlyMap<string, ConsumerMember>;
  readonly regexes: Regexes;
  readonly groupEpoch: number;
  readonly subscriptionChanged: boolean;
}

export class ConsumerUpdate {
  readonly #sessions: ConsumerSessions;

  constructor(sessions: ConsumerSessions) {
    this.#sessions = sessions;
  }

  /** The member's record and the group's epoch. */
  subscribe(beat: Beat): Subscribed {
    const { group, before, updated, records } = beat;
    const isNewRecord = !group.members.has(updated.memberId) && beat.replaced === undefined;
    if (isNewRecord || !hasSameMetadata(before, updated)) {
      records.push(memberMetadataRecord(group.groupId, updated));
    }
    const namesChanged = !hasSameTopics(before, updated);
    const regexChanged =
      (before.subscribedTopicRegex ?? '') !== (updated.subscribedTopicRegex ?? '');
    const subscriptionChanged = namesChanged || regexChanged;
    let after: Map<string, ConsumerMember> | undefined;
    const members = (): Map<string, ConsumerMember> => {
      after ??= membersAfter(group, updated, replacedIds(beat));
      return after;
    };
    const regexes = this.#resolveRegexes(beat, members, regexChanged);
    const groupEpoch = this.#groupEpoch(beat, members, regexes, subscriptionChanged);
    return { members, regexes, groupEpoch, subscriptionChanged };
  }

  /** A new target when the epoch asks for one; the member after its step towards it. */
  assign(beat: Beat, subscribed: Subscribed): ConsumerMember {
    return this.#reconcile(beat, subscribed, this.#target(beat, subscribed));
  }

  /** The member after a step towards the target that there is. */
  assignStale(beat: Beat, subscribed: Subscribed): ConsumerMember {
    const { group, updated } = beat;
    const target = targetBefore(beat, updated.memberId);
    return this.#reconcile(beat, subscribed, { epoch: group.assignmentEpoch, target });
  }

  /** Expressions that nobody uses go; new ones, and all when topics came or went, are looked at. */
  #resolveRegexes(
    beat: Beat,
    members: () => ReadonlyMap<string, ConsumerMember>,
    regexChanged: boolean,
  ): Regexes {
    const { group, updated, records } = beat;
    const { topics, clock } = this.#sessions.services;
    const regexes = new Map(group.regexes);
    if (regexes.size === 0 && !hasRegex(updated)) return regexes;
    if (!regexChanged && group.checkedVersion === topics.version) return regexes;
    const used = new Set<string>();
    for (const member of members().values()) {
      if (hasRegex(member)) used.add(member.subscribedTopicRegex!);
    }
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
    members: () => ReadonlyMap<string, ConsumerMember>,
    regexes: Regexes,
    subscriptionChanged: boolean,
  ): number {
    const { group, records } = beat;
    const { topics, log } = this.#sessions.services;
    if (!subscriptionChanged && group.checkedVersion === topics.version) return group.groupEpoch;
    const hash = metadataHash(members().values(), regexes, topics);
    group.checkedVersion = topics.version;
    if (!subscriptionChanged && hash === group.metadataHash) return group.groupEpoch;
    const epoch = group.groupEpoch + 1;
    records.push(groupEpochRecord(group.groupId, epoch, hash));
    log(`Bumped epoch of group ${group.groupId} to ${epoch}`);
    return epoch;
  }

  #target(
    beat: Beat,
    { members, regexes, groupEpoch }: Subscribed,
  ): { epoch: number; target: TopicPartitions } {
    const { group, updated, records } = beat;
    const { topics, clock } = this.#sessions.services;
    const before = (memberId: string): TopicPartitions => targetBefore(beat, memberId);
    const isCurrent = group.assignmentEpoch >= groupEpoch;
    if (isCurrent || !this.#mayAssign(group)) {
      return { epoch: group.assignmentEpoch, target: before(updated.memberId) };
    }
    const { targets, records: changes } = computeTarget({
      group,
      members: members(),
      regexes,
      topics,
      epoch: groupEpoch,
      nowMs: clock.nowMs(),
      before,
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
    { regexes, subscriptionChanged }: Subscribed,
    { epoch, target }: { epoch: number; target: TopicPartitions },
  ): ConsumerMember {
    const { group, updated, replaced, owned, records } = beat;
    const { topics } = this.#sessions.services;
    const subscribed = subscribedTopics(updated, regexes, topics);
    const reconciled = reconcile(updated, {
      targetEpoch: epoch,
      target,
      owned,
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
}

function replacedIds({ replaced }: Beat): string[] {
  return replaced === undefined ? [] : [replaced.memberId];
}

/** A replaced static member's target is its successor's. */
function targetBefore({ group, updated, replaced }: Beat, memberId: string): TopicPartitions {
  return group.target(memberId === updated.memberId ? (replaced?.memberId ?? memberId) : memberId);
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
