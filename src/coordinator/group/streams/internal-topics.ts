// Finds how many partitions each internal topic of an application needs, how many tasks follow from that, and which
// topics are missing. Kafka: InternalTopicManager, RepartitionTopics, CopartitionedTopicsEnforcer, ChangelogTopics. Pure.

import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { CreatableTopic } from '../../../protocol/generated/apis/create-topics-request.ts';
import type {
  Subtopology,
  TopicInfo,
} from '../../../protocol/generated/coordinator/streams-group-topology-value.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import { enforceCopartitioning } from './copartitioning.ts';
import { StreamsStatus, TopicProblem } from './streams-status.ts';
import { type StreamsTopology, sourcesOf } from './streams-topology.ts';

/** An internal topic with its number of partitions. */
export interface ConfiguredTopic {
  readonly name: string;
  readonly partitions: number;
  /** 0: the broker's default */
  readonly replicationFactor: number;
  readonly configs: readonly { readonly key: string; readonly value: string }[];
}

export interface ConfiguredSubtopology {
  readonly subtopologyId: string;
  /** One per partition of its widest source. */
  readonly taskCount: number;
  readonly sourceTopics: readonly string[];
  readonly repartitionSinkTopics: readonly string[];
  readonly repartitionSourceTopics: readonly ConfiguredTopic[];
  readonly stateChangelogTopics: readonly ConfiguredTopic[];
}

export interface ConfiguredTopology {
  readonly epoch: number;
  /** By id, sorted; undefined when the topics don't fit the topology. */
  readonly subtopologies: ReadonlyMap<string, ConfiguredSubtopology> | undefined;
  readonly missingTopics: readonly CreatableTopic[];
  /** Why no task can run yet; undefined: all is there. */
  readonly problem: TopicProblem | undefined;
}

export type PartitionCount = (topic: string) => number | undefined;

/** Throws STREAMS_INVALID_TOPOLOGY for a topology that no topics could fit. */
export function configureTopology(
  topology: StreamsTopology,
  topics: TopicLookup,
): ConfiguredTopology {
  const { epoch } = topology;
  try {
    refuseMissingSources(topology, topics);
    const counts = decideCounts(topology, topics);
    const count: PartitionCount = (topic) =>
      topics.byName(topic)?.partitionCount ?? counts.get(topic);
    const subtopologies = new Map(
      topology.subtopologies.map((one) => [one.subtopologyId, configured(one, counts, count)]),
    );
    const missingTopics = findMissing(subtopologies, topology, topics);
    const problem =
      missingTopics.length === 0
        ? undefined
        : new TopicProblem(
            StreamsStatus.MISSING_INTERNAL_TOPICS,
            `Internal topics are missing: ${summary(missingTopics.map(({ name }) => name))}`,
          );
    return { epoch, subtopologies, missingTopics, problem };
  } catch (error) {
    if (!(error instanceof TopicProblem)) throw error;
    return { epoch, subtopologies: undefined, missingTopics: [], problem: error };
  }
}

function refuseMissingSources(topology: StreamsTopology, topics: TopicLookup): void {
  const missing = new Set(
    topology.subtopologies
      .flatMap(({ sourceTopics }) => sourceTopics)
      .filter((topic) => topics.byName(topic) === undefined),
  );
  if (missing.size === 0) return;
  throw new TopicProblem(
    StreamsStatus.MISSING_SOURCE_TOPICS,
    `Source topics ${summary([...missing].sort())} are missing.`,
  );
}

/** Three by name, the others by number. */
function summary(names: readonly string[]): string {
  const rest = names.length - 3;
  return names.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} additional topics` : '');
}

function decideCounts(topology: StreamsTopology, topics: TopicLookup): Map<string, number> {
  const counts = new Map<string, number>();
  const count: PartitionCount = (topic) =>
    topics.byName(topic)?.partitionCount ?? counts.get(topic);
  for (const [topic, partitions] of repartitionCounts(topology, count)) {
    counts.set(topic, partitions);
  }
  enforceCopartitioning(topology, counts, count);
  for (const subtopology of topology.subtopologies) {
    const taskCount = widestSource(subtopology, count);
    for (const { name } of subtopology.stateChangelogTopics) counts.set(name, taskCount);
  }
  return counts;
}

/** What a subtopology writes has as many partitions as the widest topic that it reads, unless the user said a number. */
function repartitionCounts(topology: StreamsTopology, count: PartitionCount): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { repartitionSourceTopics } of topology.subtopologies) {
    for (const { name, partitions } of repartitionSourceTopics) {
      if (partitions !== 0) counts.set(name, partitions);
    }
  }
  for (let isOpen = true; isOpen; ) {
    isOpen = false;
    let hasProgress = false;
    for (const subtopology of topology.subtopologies) {
      for (const sink of subtopology.repartitionSinkTopics) {
        if (counts.has(sink)) continue;
        const partitions = widestKnownSource(subtopology, counts, count);
        if (partitions === undefined) isOpen = true;
        else {
          counts.set(sink, partitions);
          hasProgress = true;
        }
      }
    }
    if (isOpen && !hasProgress) {
      throw invalidTopology(
        'Failed to compute number of partitions for all repartition topics. There may be loops in the topology that cannot be resolved.',
      );
    }
  }
  for (const { repartitionSourceTopics } of topology.subtopologies) {
    if (repartitionSourceTopics.every(({ name }) => counts.has(name))) continue;
    throw invalidTopology(
      'Failed to compute number of partitions for all repartition topics, because a repartition source topic is never used as a sink topic.',
    );
  }
  return counts;
}

function widestKnownSource(
  { repartitionSourceTopics, sourceTopics }: Subtopology,
  counts: ReadonlyMap<string, number>,
  count: PartitionCount,
): number | undefined {
  const known = [
    ...repartitionSourceTopics.map(({ name }) => counts.get(name)),
    ...sourceTopics.map(count),
  ].filter((partitions) => partitions !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function widestSource(subtopology: Subtopology, count: PartitionCount): number {
  const sources = sourcesOf(subtopology);
  if (sources.length === 0) {
    throw invalidTopology(`No source topics found for subtopology ${subtopology.subtopologyId}`);
  }
  return Math.max(...sources.map((topic) => count(topic)!));
}

function configured(
  subtopology: Subtopology,
  counts: ReadonlyMap<string, number>,
  count: PartitionCount,
): ConfiguredSubtopology {
  const withCount = (topic: TopicInfo): ConfiguredTopic => ({
    name: topic.name,
    partitions: topic.partitions === 0 ? counts.get(topic.name)! : topic.partitions,
    replicationFactor: topic.replicationFactor,
    configs: topic.topicConfigs,
  });
  return {
    subtopologyId: subtopology.subtopologyId,
    taskCount: widestSource(subtopology, count),
    sourceTopics: [...new Set(subtopology.sourceTopics)],
    repartitionSinkTopics: [...new Set(subtopology.repartitionSinkTopics)],
    repartitionSourceTopics: subtopology.repartitionSourceTopics.map(withCount),
    stateChangelogTopics: subtopology.stateChangelogTopics.map(withCount),
  };
}

function findMissing(
  subtopologies: ReadonlyMap<string, ConfiguredSubtopology>,
  topology: StreamsTopology,
  topics: TopicLookup,
): CreatableTopic[] {
  const wanted = new Map<string, CreatableTopic>();
  for (const { repartitionSourceTopics, stateChangelogTopics } of subtopologies.values()) {
    for (const topic of [...repartitionSourceTopics, ...stateChangelogTopics]) {
      wanted.set(topic.name, creatable(topic));
    }
  }
  for (const name of topology.requiredTopics()) {
    const existing = topics.byName(name);
    const topic = wanted.get(name);
    if (existing === undefined || topic === undefined) continue;
    wanted.delete(name);
    if (existing.partitionCount === topic.numPartitions) continue;
    throw new TopicProblem(
      StreamsStatus.INCORRECTLY_PARTITIONED_TOPICS,
      `Existing topic ${name} has different number of partitions: expected ${topic.numPartitions}, found ${existing.partitionCount}`,
    );
  }
  return [...wanted.values()];
}

function creatable(topic: ConfiguredTopic): CreatableTopic {
  return {
    name: topic.name,
    numPartitions: topic.partitions,
    replicationFactor: topic.replicationFactor === 0 ? -1 : topic.replicationFactor,
    assignments: [],
    configs: topic.configs.map(({ key, value }) => ({ name: key, value })),
  };
}

function invalidTopology(message: string): ApiError {
  return new ApiError(Errors.STREAMS_INVALID_TOPOLOGY, message);
}
