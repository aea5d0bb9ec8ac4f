// StickyAssignor and CooperativeStickyAssignor: as even as can be, and as much as can be stays where it was (KIP-54, KIP-429).
// Equal subscriptions follow AbstractStickyAssignor.ConstrainedAssignmentBuilder; unequal ones are balanced greedily.

import { partitionKey, type TopicPartition } from '../../../types.ts';
import {
  type Assignor,
  compareStrings,
  emptyAssignment,
  type GroupAssignment,
  type GroupMemberInfo,
} from './assignor.ts';

export const stickyAssignor: Assignor = {
  name: 'sticky',
  assign: (members, partitionCounts) => assignSticky(members, partitionCounts),
};

export const cooperativeStickyAssignor: Assignor = {
  name: 'cooperative-sticky',
  assign(members, partitionCounts) {
    const assignment = assignSticky(members, partitionCounts);
    withholdTransfers(members, assignment);
    return assignment;
  },
};

function assignSticky(
  members: readonly GroupMemberInfo[],
  partitionCounts: ReadonlyMap<string, number>,
): GroupAssignment {
  const owned = validOwned(members, partitionCounts);
  return haveEqualTopics(members)
    ? assignConstrained(members, partitionCounts, owned)
    : assignGeneral(members, partitionCounts, owned);
}

/** What members hold, as far as it still exists and is theirs: of two that claim a partition the later generation has it. */
function validOwned(
  members: readonly GroupMemberInfo[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, TopicPartition[]> {
  const generations = members.map((member) => member.generation);
  const latest = Math.max(-1, ...generations);
  const claims = new Map<string, number>();
  const current = members.filter((member) => member.generation === latest);
  for (const member of current) {
    for (const { topic, partition } of member.owned) {
      const key = partitionKey(topic, partition);
      claims.set(key, (claims.get(key) ?? 0) + 1);
    }
  }
  const owned = new Map<string, TopicPartition[]>();
  for (const member of members) {
    const isCurrent = member.generation === latest;
    const valid = member.owned.filter(({ topic, partition }) => {
      const isThere = partition < (partitionCounts.get(topic) ?? 0);
      // Claimed twice in one generation, nobody has it.
      const isSole = (claims.get(partitionKey(topic, partition)) ?? 0) === 1;
      return isCurrent && isThere && isSole && member.topics.includes(topic);
    });
    owned.set(member.memberId, valid);
  }
  return owned;
}

function haveEqualTopics(members: readonly GroupMemberInfo[]): boolean {
  const [first, ...rest] = members.map((member) => new Set(member.topics));
  return rest.every(
    (topics) => topics.size === first!.size && [...topics].every((topic) => first!.has(topic)),
  );
}

function assignConstrained(
  members: readonly GroupMemberInfo[],
  partitionCounts: ReadonlyMap<string, number>,
  owned: ReadonlyMap<string, readonly TopicPartition[]>,
): GroupAssignment {
  const assignment = emptyAssignment(members);
  const all = allPartitions(members, partitionCounts);
  const minQuota = Math.floor(all.length / members.length);
  const maxQuota = Math.ceil(all.length / members.length);
  let withMaxLeft = all.length % members.length;
  const kept = new Set<string>();
  const under: string[] = [];
  const exactlyMin: string[] = [];
  for (const { memberId } of members) {
    // The first partitions of all topics are kept rather than all of the first topic.
    const held = [...(owned.get(memberId) ?? [])].sort(
      (a, b) => a.partition - b.partition || compareStrings(a.topic, b.topic),
    );
    const isOver = maxQuota > minQuota && held.length >= maxQuota && withMaxLeft > 0;
    const share = held.slice(0, isOver ? maxQuota : minQuota);
    if (isOver) withMaxLeft--;
    else if (held.length < minQuota) under.push(memberId);
    else exactlyMin.push(memberId);
    assignment.get(memberId)!.push(...share);
    for (const { topic, partition } of share) kept.add(partitionKey(topic, partition));
  }
  const free = all.filter(({ topic, partition }) => !kept.has(partitionKey(topic, partition)));
  deal(free, assignment, under.sort(compareStrings), exactlyMin, minQuota);
  return assignment;
}

/** In turn to those below the least share; once all have it, one more each to as many as it takes. */
function deal(
  free: readonly TopicPartition[],
  assignment: GroupAssignment,
  under: readonly string[],
  exactlyMin: string[],
  minQuota: number,
): void {
  let waiting = [...under];
  let turn = 0;
  let next = 0;
  while (waiting.length > 0 && next < free.length) {
    if (turn >= waiting.length) turn = 0;
    const memberId = waiting[turn]!;
    const own = assignment.get(memberId)!;
    own.push(free[next]!);
    next++;
    if (own.length < minQuota) turn++;
    else {
      waiting = waiting.toSpliced(turn, 1);
      exactlyMin.push(memberId);
    }
  }
  exactlyMin.sort(compareStrings);
  for (let at = 0; next < free.length; next++, at++) {
    assignment.get(exactlyMin[at % exactlyMin.length]!)!.push(free[next]!);
  }
}

function assignGeneral(
  members: readonly GroupMemberInfo[],
  partitionCounts: ReadonlyMap<string, number>,
  owned: ReadonlyMap<string, readonly TopicPartition[]>,
): GroupAssignment {
  const assignment = emptyAssignment(members);
  const taken = new Set<string>();
  for (const { memberId } of members) {
    const held = owned.get(memberId) ?? [];
    assignment.get(memberId)!.push(...held);
    for (const { topic, partition } of held) taken.add(partitionKey(topic, partition));
  }
  const candidates = (topic: string) =>
    members
      .filter((member) => member.topics.includes(topic))
      .map((member) => member.memberId)
      .sort(compareStrings);
  for (const item of allPartitions(members, partitionCounts)) {
    if (taken.has(partitionKey(item.topic, item.partition))) continue;
    assignment.get(leastLoaded(candidates(item.topic), assignment))!.push(item);
  }
  balance(assignment, candidates);
  return assignment;
}

/** Moves partitions from the fuller to the emptier while that makes the two more even; each move lowers the sum of squares. */
function balance(assignment: GroupAssignment, candidates: (topic: string) => string[]): void {
  for (let hasMoved = true; hasMoved; ) {
    hasMoved = false;
    for (const [memberId, own] of assignment) {
      for (const item of [...own]) {
        const target = leastLoaded(candidates(item.topic), assignment);
        const into = assignment.get(target)!;
        if (target === memberId || own.length - into.length < 2) continue;
        own.splice(own.indexOf(item), 1);
        into.push(item);
        hasMoved = true;
      }
    }
  }
}

function leastLoaded(memberIds: readonly string[], assignment: GroupAssignment): string {
  let best = memberIds[0]!;
  for (const memberId of memberIds) {
    if (assignment.get(memberId)!.length < assignment.get(best)!.length) best = memberId;
  }
  return best;
}

function allPartitions(
  members: readonly GroupMemberInfo[],
  partitionCounts: ReadonlyMap<string, number>,
): TopicPartition[] {
  const topics = new Set(members.flatMap((member) => member.topics));
  const all: TopicPartition[] = [];
  for (const topic of [...topics].sort(compareStrings)) {
    const count = partitionCounts.get(topic) ?? 0;
    for (let partition = 0; partition < count; partition++) all.push({ topic, partition });
  }
  return all;
}

/** A partition that changes hands is first given up by its owner, and assigned in the rebalance after that (KIP-429). */
function withholdTransfers(members: readonly GroupMemberInfo[], assignment: GroupAssignment): void {
  const owners = new Map<string, string>();
  for (const member of members) {
    for (const { topic, partition } of member.owned) {
      owners.set(partitionKey(topic, partition), member.memberId);
    }
  }
  for (const [memberId, own] of assignment) {
    const allowed = own.filter(({ topic, partition }) => {
      const owner = owners.get(partitionKey(topic, partition));
      return owner === undefined || owner === memberId;
    });
    assignment.set(memberId, allowed);
  }
}
