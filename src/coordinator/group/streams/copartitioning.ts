// Topics that are joined must have the same number of partitions: of internal ones the number is chosen so, of others
// it is checked. Kafka: CopartitionedTopicsEnforcer. Pure.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { Subtopology } from '../../../protocol/generated/coordinator/streams-group-topology-value.ts';
import type { PartitionCount } from './internal-topics.ts';
import { StreamsStatus, TopicProblem } from './streams-status.ts';
import type { StreamsTopology } from './streams-topology.ts';

interface RepartitionTopics {
  /** The user has chosen their number of partitions. */
  readonly fixed: ReadonlySet<string>;
  readonly flexible: ReadonlySet<string>;
}

/** Adds to `counts` what it decides. Throws TopicProblem. */
export function enforceCopartitioning(
  topology: StreamsTopology,
  counts: Map<string, number>,
  count: PartitionCount,
): void {
  const fixed = new Set<string>();
  const flexible = new Set<string>();
  for (const { repartitionSourceTopics } of topology.subtopologies) {
    for (const { name, partitions } of repartitionSourceTopics) {
      (partitions === 0 ? flexible : fixed).add(name);
    }
  }
  for (const subtopology of topology.subtopologies) {
    for (const group of copartitionGroups(subtopology)) {
      enforce(group, { fixed, flexible }, counts, count);
    }
  }
}

/** Indexes into the subtopology's lists of topics. */
function copartitionGroups(subtopology: Subtopology): Set<string>[] {
  const { sourceTopics, repartitionSourceTopics } = subtopology;
  return subtopology.copartitionGroups.map(
    (group) =>
      new Set([
        ...group.sourceTopics.flatMap((index) => sourceTopics[index] ?? []),
        ...group.repartitionSourceTopics.flatMap(
          (index) => repartitionSourceTopics[index]?.name ?? [],
        ),
      ]),
  );
}

function enforce(
  group: ReadonlySet<string>,
  { fixed, flexible }: RepartitionTopics,
  counts: Map<string, number>,
  count: PartitionCount,
): void {
  if (group.size === 0) return;
  const repartition = new Map<string, number>();
  const others = new Map<string, number>();
  for (const topic of group) {
    const isRepartition = fixed.has(topic) || flexible.has(topic);
    (isRepartition ? repartition : others).set(topic, count(topic)!);
  }
  const wanted = wantedCount(repartition, others, fixed, count);
  for (const [topic, partitions] of repartition) {
    if (fixed.has(topic) && partitions !== wanted) {
      throw incorrectlyPartitioned(
        `Number of partitions [${partitions}] of repartition topic [${topic}] doesn't match number of partitions [${wanted}] of the source topic.`,
      );
    }
    counts.set(topic, wanted);
  }
}

function wantedCount(
  repartition: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number>,
  fixed: ReadonlySet<string>,
  count: PartitionCount,
): number {
  if (others.size > 0) return onlyCount(others, others.values());
  // As Kafka: the fixed topics of all groups together.
  if (fixed.size > 0)
    return onlyCount(
      repartition,
      [...fixed].map((topic) => count(topic)!),
    );
  const most = Math.max(...repartition.values());
  if (most > 0) return most;
  throw new ApiError(
    Errors.STREAMS_INVALID_TOPOLOGY,
    `All topics in the copartition group had undefined partition number: [${[...repartition.keys()].join(', ')}]`,
  );
}

function onlyCount(topics: ReadonlyMap<string, number>, counts: Iterable<number>): number {
  const [first, ...rest] = new Set(counts);
  if (rest.length === 0) return first!;
  const list = [...topics]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([topic, partitions]) => `${topic}=${partitions}`)
    .join(', ');
  throw incorrectlyPartitioned(
    `Following topics do not have the same number of partitions: [{${list}}]`,
  );
}

function incorrectlyPartitioned(message: string): TopicProblem {
  return new TopicProblem(StreamsStatus.INCORRECTLY_PARTITIONED_TOPICS, message);
}
