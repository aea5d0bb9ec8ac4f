// The topology of a streams application as its members bring it: subtopologies with the topics that they read, write
// and keep their state in. Fixed for the life of the group. Kafka: StreamsTopology.

import type { Topology } from '../../../protocol/generated/apis/streams-group-heartbeat-request.ts';
import type {
  StreamsGroupTopologyValue,
  Subtopology,
} from '../../../protocol/generated/coordinator/streams-group-topology-value.ts';

export class StreamsTopology {
  readonly epoch: number;
  /** In the order of their ids. */
  readonly subtopologies: readonly Subtopology[];
  /** The subtopology that reads a topic. */
  readonly bySourceTopic: ReadonlyMap<string, Subtopology>;

  constructor(value: StreamsGroupTopologyValue) {
    this.epoch = value.epoch;
    this.subtopologies = [...value.subtopologies].sort((a, b) =>
      a.subtopologyId < b.subtopologyId ? -1 : 1,
    );
    this.bySourceTopic = new Map(
      value.subtopologies.flatMap((subtopology) =>
        sourcesOf(subtopology).map((topic) => [topic, subtopology] as const),
      ),
    );
  }

  /** All topics that must exist before a task can run. */
  requiredTopics(): Set<string> {
    return new Set(
      this.subtopologies.flatMap((subtopology) => [
        ...sourcesOf(subtopology),
        ...subtopology.stateChangelogTopics.map(({ name }) => name),
      ]),
    );
  }

  #text(): string {
    const { epoch, subtopologies } = this;
    return JSON.stringify(topologyValueOf({ epoch, subtopologies: [...subtopologies] }));
  }

  equals(other: StreamsTopology): boolean {
    return this.epoch === other.epoch && this.#text() === other.#text();
  }
}

/** What the subtopology reads: users' topics, then those that the application writes itself. */
export function sourcesOf({ sourceTopics, repartitionSourceTopics }: Subtopology): string[] {
  return [...sourceTopics, ...repartitionSourceTopics.map(({ name }) => name)];
}

/** As it is kept in the group's record. */
export function topologyValueOf({ epoch, subtopologies }: Topology): StreamsGroupTopologyValue {
  return {
    epoch,
    subtopologies: subtopologies.map((subtopology) => ({
      subtopologyId: subtopology.subtopologyId,
      sourceTopics: [...subtopology.sourceTopics],
      sourceTopicRegex: [...subtopology.sourceTopicRegex],
      stateChangelogTopics: subtopology.stateChangelogTopics.map(topicInfoOf),
      repartitionSinkTopics: [...subtopology.repartitionSinkTopics],
      repartitionSourceTopics: subtopology.repartitionSourceTopics.map(topicInfoOf),
      copartitionGroups: subtopology.copartitionGroups.map((group) => ({
        sourceTopics: [...group.sourceTopics],
        sourceTopicRegex: [...group.sourceTopicRegex],
        repartitionSourceTopics: [...group.repartitionSourceTopics],
      })),
    })),
  };
}

function topicInfoOf(
  topic: Topology['subtopologies'][number]['stateChangelogTopics'][number],
): Subtopology['stateChangelogTopics'][number] {
  const { name, partitions, replicationFactor, topicConfigs } = topic;
  return {
    name,
    partitions,
    replicationFactor,
    topicConfigs: topicConfigs.map(({ key, value }) => ({ key, value })),
  };
}
