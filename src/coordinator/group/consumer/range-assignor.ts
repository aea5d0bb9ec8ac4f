// The `range` assignor: of every topic each subscriber gets a run of neighbouring partitions, and members with the same
// subscriptions get the same runs of topics with the same number of partitions (co-partitioning). Members go by instance
// id, those without by member id. Kafka: RangeAssignor.

import type { AssignorInput, AssignorMember } from './assignor.ts';
import type { TopicPartitions } from './partitions.ts';

export function assignRanges(input: AssignorInput): Map<string, TopicPartitions> {
  const members = [...input.members].sort(byInstanceThenMember);
  const draft = new Map(members.map(({ memberId }) => [memberId, new Map<string, Set<number>>()]));
  for (const [topicId, count] of input.partitionCounts) {
    const subscribers = members.filter((member) => member.subscribedTopicIds.has(topicId));
    if (subscribers.length === 0) continue;
    const quota = Math.floor(count / subscribers.length);
    const extras = count % subscribers.length;
    let next = 0;
    for (const [i, { memberId }] of subscribers.entries()) {
      const size = quota + (i < extras ? 1 : 0);
      if (size === 0) continue;
      const indexes = Array.from({ length: size }, (_, offset) => next + offset);
      draft.get(memberId)!.set(topicId, new Set(indexes));
      next += size;
    }
  }
  return draft;
}

function byInstanceThenMember(a: AssignorMember, b: AssignorMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId);
  if (a.instanceId !== null) return -1;
  if (b.instanceId !== null) return 1;
  return compare(a.memberId, b.memberId);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
