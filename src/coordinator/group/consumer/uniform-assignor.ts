// The `uniform` assignor: partitions spread evenly over all subscribed topics together, and as many as possible stay
// where they are. Kafka: UniformAssignor with its builders for equal and for different subscriptions.

import { type AssignorInput, type AssignorMember, isHomogeneous } from './assignor.ts';
import type { TopicPartitions } from './partitions.ts';

type Draft = Map<string, Map<string, Set<number>>>;

export function assignUniformly(input: AssignorInput): Map<string, TopicPartitions> {
  if (input.members.length === 0) return new Map();
  return isHomogeneous(input) ? assignEqual(input) : assignDifferent(input);
}

interface Partition {
  readonly topicId: string;
  readonly index: number;
}

/** With equal subscriptions everybody gets the same number, some one more. */
function assignEqual({ members, partitionCounts }: AssignorInput): Map<string, TopicPartitions> {
  const topics = [...members[0]!.subscribedTopicIds];
  const total = topics.reduce((sum, id) => sum + (partitionCounts.get(id) ?? 0), 0);
  const quota = Math.floor(total / members.length);
  let extras = total % members.length;
  const draft: Draft = new Map();
  const taken = new Map(topics.map((id) => [id, new Set<number>()]));
  const unfilled: { memberId: string; missing: number }[] = [];
  for (const [i, member] of members.entries()) {
    const kept = keep(member, taken, partitionCounts, quota + (extras > 0 ? 1 : 0));
    draft.set(member.memberId, kept.partitions);
    let missing = quota - kept.count;
    // Those who come last may take the extra ones; somebody who already has one keeps it.
    const isLast = members.length - i <= extras;
    if (kept.count > quota) extras--;
    else if (isLast && extras > 0) {
      missing++;
      extras--;
    }
    if (missing > 0) unfilled.push({ memberId: member.memberId, missing });
  }
  const free = freePartitions(topics, taken, partitionCounts);
  let next = 0;
  for (const { memberId, missing } of unfilled) {
    for (let i = 0; i < missing && next < free.length; i++) add(draft, memberId, free[next++]!);
  }
  return draft;
}

/** The first `limit` of the member's partitions that still exist and are nobody else's. */
function keep(
  member: AssignorMember,
  taken: ReadonlyMap<string, Set<number>>,
  partitionCounts: ReadonlyMap<string, number>,
  limit: number,
): { partitions: Map<string, Set<number>>; count: number } {
  const partitions = new Map<string, Set<number>>();
  let count = 0;
  for (const [topicId, indexes] of member.current) {
    const ofTopic = taken.get(topicId);
    if (ofTopic === undefined || !member.subscribedTopicIds.has(topicId)) continue;
    for (const index of indexes) {
      if (count >= limit || index >= (partitionCounts.get(topicId) ?? 0) || ofTopic.has(index)) {
        continue;
      }
      ofTopic.add(index);
      const kept = partitions.get(topicId);
      if (kept === undefined) partitions.set(topicId, new Set([index]));
      else kept.add(index);
      count++;
    }
  }
  return { partitions, count };
}

function freePartitions(
  topics: readonly string[],
  taken: ReadonlyMap<string, ReadonlySet<number>>,
  partitionCounts: ReadonlyMap<string, number>,
): Partition[] {
  const free: Partition[] = [];
  for (const topicId of topics) {
    for (let index = 0; index < (partitionCounts.get(topicId) ?? 0); index++) {
      if (!taken.get(topicId)!.has(index)) free.push({ topicId, index });
    }
  }
  return free;
}

function add(draft: Draft, memberId: string, { topicId, index }: Partition): void {
  const topics = draft.get(memberId)!;
  const indexes = topics.get(topicId);
  if (indexes === undefined) topics.set(topicId, new Set([index]));
  else indexes.add(index);
}

/**
 * With different subscriptions: keep, give what is free to the subscriber with least, topics with few subscribers first,
 * then move single partitions from who has most to who has least while that makes it more even.
 */
function assignDifferent({
  members,
  partitionCounts,
}: AssignorInput): Map<string, TopicPartitions> {
  const topics = [...partitionCounts.keys()];
  const subscribers = new Map<string, string[]>(topics.map((id) => [id, []]));
  const draft: Draft = new Map();
  const counts = new Map<string, number>();
  const taken = new Map(topics.map((id) => [id, new Set<number>()]));
  for (const member of members) {
    for (const id of member.subscribedTopicIds) subscribers.get(id)?.push(member.memberId);
    const kept = keep(member, taken, partitionCounts, Number.POSITIVE_INFINITY);
    draft.set(member.memberId, kept.partitions);
    counts.set(member.memberId, kept.count);
  }
  const scarceFirst = topics
    .filter((id) => subscribers.get(id)!.length > 0)
    .sort((a, b) => subscribers.get(a)!.length - subscribers.get(b)!.length);
  for (const partition of freePartitions(scarceFirst, taken, partitionCounts)) {
    const memberId = leastLoaded(subscribers.get(partition.topicId)!, counts);
    add(draft, memberId, partition);
    counts.set(memberId, counts.get(memberId)! + 1);
  }
  balance(draft, counts, subscribers);
  return draft;
}

function leastLoaded(memberIds: readonly string[], counts: ReadonlyMap<string, number>): string {
  let least = memberIds[0]!;
  for (const memberId of memberIds) {
    if (counts.get(memberId)! < counts.get(least)!) least = memberId;
  }
  return least;
}

/** Each move brings two members closer together, so it ends; the bound is for the reader. */
function balance(
  draft: Draft,
  counts: Map<string, number>,
  subscribers: ReadonlyMap<string, readonly string[]>,
): void {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let moves = total * counts.size;
  for (let moved = true; moved && moves > 0; ) {
    moved = false;
    for (const [memberId, topics] of draft) {
      for (const [topicId, indexes] of topics) {
        const to = leastLoaded(subscribers.get(topicId)!, counts);
        while (indexes.size > 0 && counts.get(memberId)! > counts.get(to)! + 1) {
          const index = [...indexes].at(-1)!;
          indexes.delete(index);
          add(draft, to, { topicId, index });
          counts.set(memberId, counts.get(memberId)! - 1);
          counts.set(to, counts.get(to)! + 1);
          moved = true;
          moves--;
        }
        if (indexes.size === 0) topics.delete(topicId);
      }
    }
  }
}
