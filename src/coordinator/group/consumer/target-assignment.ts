// Computes the target assignment of a consumer group for its present epoch and makes the records of what changed.
// Kafka: TargetAssignmentBuilder. Pure.

import type { GroupRecord } from '../records.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import type { Assignor } from './assignor.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { ConsumerMember } from './consumer-member.ts';
import { targetMemberRecord, targetMetadataRecord } from './consumer-records.ts';
import { NO_PARTITIONS, samePartitions, type TopicPartitions } from './partitions.ts';
import { assignRanges } from './range-assignor.ts';
import { type Regexes, subscribedTopics } from './subscriptions.ts';
import { assignUniformly } from './uniform-assignor.ts';

const ASSIGNORS: ReadonlyMap<string, Assignor> = new Map([
  ['uniform', assignUniformly],
  ['range', assignRanges],
]);

export const DEFAULT_ASSIGNOR = 'uniform';

export interface TargetInput {
  readonly group: ConsumerGroup;
  readonly members: ReadonlyMap<string, ConsumerMember>;
  readonly regexes: Regexes;
  readonly topics: TopicLookup;
  readonly epoch: number;
  readonly nowMs: number;
  /** Targets before; a replaced static member's under its new id. */
  readonly before: (memberId: string) => TopicPartitions;
}

export interface TargetResult {
  readonly targets: ReadonlyMap<string, TopicPartitions>;
  readonly records: readonly GroupRecord[];
}

export function computeTarget(input: TargetInput): TargetResult {
  const { group, members, regexes, topics, epoch, nowMs, before } = input;
  const partitionCounts = new Map<string, number>();
  const specs = [...members.values()].map((member) => {
    const subscribed = subscribedTopics(member, regexes, topics);
    for (const { id, partitionCount } of subscribed) partitionCounts.set(id, partitionCount);
    return {
      memberId: member.memberId,
      instanceId: member.instanceId,
      subscribedTopicIds: new Set(subscribed.map(({ id }) => id)),
      current: before(member.memberId),
    };
  });
  const assignor = ASSIGNORS.get(preferredAssignor(members.values())) ?? assignUniformly;
  const targets = assignor({ members: specs, partitionCounts });
  const records: GroupRecord[] = [];
  for (const memberId of members.keys()) {
    const target = targets.get(memberId) ?? NO_PARTITIONS;
    const isKnown = group.targets.has(memberId);
    if (isKnown && samePartitions(before(memberId), target)) continue;
    records.push(targetMemberRecord(group.groupId, memberId, target));
  }
  records.push(targetMetadataRecord(group.groupId, epoch, nowMs));
  return { targets, records };
}

/** The one that most members ask for; of two with as many, the one that Kafka's map names first, which is uniform. */
export function preferredAssignor(members: Iterable<ConsumerMember>): string {
  const votes = new Map<string, number>();
  for (const { serverAssignor } of members) {
    if (serverAssignor !== null) votes.set(serverAssignor, (votes.get(serverAssignor) ?? 0) + 1);
  }
  let preferred = DEFAULT_ASSIGNOR;
  let most = 0;
  for (const [name, count] of votes) {
    if (count < most || (count === most && name !== DEFAULT_ASSIGNOR)) continue;
    preferred = name;
    most = count;
  }
  return preferred;
}
