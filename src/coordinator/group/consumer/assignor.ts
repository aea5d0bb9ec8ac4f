// What an assignor of the broker is given and gives back (KIP-848). Pure functions, chosen by name.

import type { TopicPartitions } from './partitions.ts';

export interface AssignorMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly subscribedTopicIds: ReadonlySet<string>;
  /** Its part of the assignment before. */
  readonly current: TopicPartitions;
}

export interface AssignorInput {
  readonly members: readonly AssignorMember[];
  /** Partition count by id, of every topic that somebody is subscribed to. */
  readonly partitionCounts: ReadonlyMap<string, number>;
}

/** Every partition of a subscribed topic to exactly one of its subscribers. */
export type Assignor = (input: AssignorInput) => Map<string, TopicPartitions>;

/** Whether all are subscribed to the same topics. */
export function isHomogeneous({ members }: AssignorInput): boolean {
  const first = members[0]?.subscribedTopicIds;
  return members.every(({ subscribedTopicIds }) => {
    if (subscribedTopicIds.size !== first!.size) return false;
    for (const id of subscribedTopicIds) if (!first!.has(id)) return false;
    return true;
  });
}
