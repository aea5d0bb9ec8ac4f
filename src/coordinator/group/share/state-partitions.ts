// Which partitions a share group has state for with the share coordinator: on its way there, there, or on its way out.
// What the group's ShareGroupStatePartitionMetadata record holds; values that are replaced. Kafka:
// ShareGroupStatePartitionMetadataInfo, InitMapValue.

import type { ShareGroupStatePartitionMetadataValue } from '../../../protocol/generated/coordinator/share-group-state-partition-metadata-value.ts';

export interface StatePartitionsOfTopic {
  readonly name: string;
  readonly partitions: ReadonlySet<number>;
}

/** By topic id. */
export type TopicStates = ReadonlyMap<string, StatePartitionsOfTopic>;

export interface StatePartitions {
  readonly initializing: TopicStates;
  /** When what is initializing was last begun; not in the record: after a restart it is the time of loading. */
  readonly initializingSinceMs: number;
  readonly initialized: TopicStates;
  /** Names by topic id. */
  readonly deleting: ReadonlyMap<string, string>;
}

export const NO_TOPIC_STATES: TopicStates = new Map();
export const NO_STATE_PARTITIONS: StatePartitions = {
  initializing: NO_TOPIC_STATES,
  initializingSinceMs: 0,
  initialized: NO_TOPIC_STATES,
  deleting: new Map(),
};

export function statePartitionsOf(
  value: ShareGroupStatePartitionMetadataValue,
  nowMs: number,
): StatePartitions {
  return {
    initializing: statesOf(value.initializingTopics),
    initializingSinceMs: nowMs,
    initialized: statesOf(value.initializedTopics),
    deleting: new Map(value.deletingTopics.map(({ topicId, topicName }) => [topicId, topicName])),
  };
}

function statesOf(
  topics: readonly { topicId: string; topicName: string; partitions: readonly number[] }[],
): TopicStates {
  return new Map(
    topics.map(({ topicId, topicName, partitions }) => [
      topicId,
      { name: topicName, partitions: new Set(partitions) },
    ]),
  );
}

export function statePartitionsValue(
  states: StatePartitions,
): ShareGroupStatePartitionMetadataValue {
  return {
    initializingTopics: listed(states.initializing),
    initializedTopics: listed(states.initialized),
    deletingTopics: [...states.deleting].map(([topicId, topicName]) => ({ topicId, topicName })),
  };
}

function listed(
  states: TopicStates,
): { topicId: string; topicName: string; partitions: number[] }[] {
  return [...states].map(([topicId, { name, partitions }]) => ({
    topicId,
    topicName: name,
    partitions: [...partitions].sort((a, b) => a - b),
  }));
}

/** All of both. */
export function union(a: TopicStates, b: TopicStates): TopicStates {
  const all = new Map(a);
  for (const [topicId, { name, partitions }] of b) {
    const known = all.get(topicId)?.partitions ?? [];
    all.set(topicId, { name, partitions: new Set([...known, ...partitions]) });
  }
  return all;
}

/** What is in `a` alone. */
export function without(a: TopicStates, b: TopicStates): TopicStates {
  const rest = new Map<string, StatePartitionsOfTopic>();
  for (const [topicId, { name, partitions }] of a) {
    const others = b.get(topicId)?.partitions;
    const left = new Set([...partitions].filter((partition) => others?.has(partition) !== true));
    if (left.size > 0) rest.set(topicId, { name, partitions: left });
  }
  return rest;
}

export function withoutTopics<T>(
  states: ReadonlyMap<string, T>,
  topicIds: ReadonlySet<string>,
): ReadonlyMap<string, T> {
  return new Map([...states].filter(([topicId]) => !topicIds.has(topicId)));
}

export interface StatePartitionId {
  readonly topicId: string;
  readonly partition: number;
}

export function* partitionsIn(states: TopicStates): Generator<StatePartitionId> {
  for (const [topicId, { partitions }] of states) {
    for (const partition of partitions) yield { topicId, partition };
  }
}
