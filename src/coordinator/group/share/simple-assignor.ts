// The `simple` assignor of share groups: every member gets partitions and every partition members, as evenly as it goes,
// because members share partitions rather than own them. What a member has it keeps if it may. Kafka: SimpleAssignor.

import { isHomogeneous } from '../consumer/assignor.ts';
import { NO_PARTITIONS, type TopicPartitions } from '../consumer/partitions.ts';

export interface ShareAssignorMember {
  readonly memberId: string;
  readonly subscribedTopicIds: ReadonlySet<string>;
  /** Its part of the assignment before. */
  readonly current: TopicPartitions;
}

export interface ShareAssignorInput {
  readonly members: readonly ShareAssignorMember[];
  /** Partitions that have state, by topic id. */
  readonly assignable: ReadonlyMap<string, ReadonlySet<number>>;
}

type Draft = Map<string, Map<string, Set<number>>>;

interface Slot {
  readonly topicId: string;
  readonly partition: number;
  sharers: number;
}

export function assignSimply(input: ShareAssignorInput): Map<string, TopicPartitions> {
  const { members } = input;
  if (members.length === 0) return new Map();
  const draft: Draft = new Map(members.map(({ memberId }) => [memberId, new Map()]));
  const everyone = members.map(({ memberId, current }) => ({ memberId, current }));
  const isEqual = isHomogeneous({
    members: members.map((member) => ({ ...member, instanceId: null })),
    partitionCounts: new Map(),
  });
  if (isEqual) {
    spread(everyone, slotsOf(members[0]!.subscribedTopicIds, input), draft);
    return draft;
  }
  const topicIds = new Set(members.flatMap(({ subscribedTopicIds }) => [...subscribedTopicIds]));
  for (const topicId of topicIds) {
    const subscribers = members.filter(({ subscribedTopicIds }) => subscribedTopicIds.has(topicId));
    spread(subscribers, slotsOf(new Set([topicId]), input), draft);
  }
  return draft;
}

function slotsOf(topicIds: ReadonlySet<string>, { assignable }: ShareAssignorInput): Slot[] {
  return [...topicIds].flatMap((topicId) =>
    [...(assignable.get(topicId) ?? [])]
      .sort((a, b) => a - b)
      .map((partition) => ({ topicId, partition, sharers: 0 })),
  );
}

/** Each partition to as many members as each other, each member as many partitions, give or take one. */
function spread(
  members: readonly { readonly memberId: string; readonly current: TopicPartitions }[],
  slots: readonly Slot[],
  draft: Draft,
): void {
  if (slots.length === 0) return;
  const sharing = Math.ceil(members.length / slots.length);
  const share = (sharing * slots.length) / members.length;
  const byKey = new Map(slots.map((slot) => [`${slot.topicId}:${slot.partition}`, slot]));
  const missing: { readonly memberId: string; count: number }[] = [];
  for (const [i, { memberId, current }] of members.entries()) {
    let count = Math.ceil(share * (i + 1)) - Math.ceil(share * i);
    for (const [topicId, partitions] of current) {
      for (const partition of partitions) {
        const slot = byKey.get(`${topicId}:${partition}`);
        if (slot === undefined || slot.sharers >= sharing || count === 0) continue;
        give(draft, memberId, slot);
        count--;
      }
    }
    if (count > 0) missing.push({ memberId, count });
  }
  // Those with fewest members first: no partition is left without one while another has many.
  const open = slots.filter(({ sharers }) => sharers < sharing);
  open.sort((a, b) => a.sharers - b.sharers);
  for (const want of missing) {
    for (let i = 0; i < open.length && want.count > 0; ) {
      const slot = open[i]!;
      if (has(draft, want.memberId, slot)) {
        i++;
        continue;
      }
      give(draft, want.memberId, slot);
      want.count--;
      if (slot.sharers >= sharing) open.splice(i, 1);
      else i++;
    }
  }
  for (const slot of slots) if (slot.sharers === 0) give(draft, leastLoaded(members, draft), slot);
}

function has(draft: Draft, memberId: string, { topicId, partition }: Slot): boolean {
  return draft.get(memberId)!.get(topicId)?.has(partition) === true;
}

function give(draft: Draft, memberId: string, slot: Slot): void {
  const topics = draft.get(memberId)!;
  const partitions = topics.get(slot.topicId) ?? new Set();
  topics.set(slot.topicId, partitions);
  partitions.add(slot.partition);
  slot.sharers++;
}

function leastLoaded(members: readonly { readonly memberId: string }[], draft: Draft): string {
  const load = (memberId: string): number => {
    let count = 0;
    for (const partitions of (draft.get(memberId) ?? NO_PARTITIONS).values()) {
      count += partitions.size;
    }
    return count;
  };
  let least = members[0]!.memberId;
  for (const { memberId } of members) if (load(memberId) < load(least)) least = memberId;
  return least;
}
