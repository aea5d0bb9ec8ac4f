// Topologies of streams applications for tests.

import type {
  Subtopology,
  Topology,
} from '../../../src/protocol/generated/apis/streams-group-heartbeat-request.ts';

export function topicInfo(name: string, partitions = 0) {
  return { name, partitions, replicationFactor: 0, topicConfigs: [] };
}

export function subtopology(subtopologyId: string, fields: Partial<Subtopology>): Subtopology {
  return {
    subtopologyId,
    sourceTopics: [],
    sourceTopicRegex: [],
    stateChangelogTopics: [],
    repartitionSinkTopics: [],
    repartitionSourceTopics: [],
    copartitionGroups: [],
    ...fields,
  };
}

export function topologyOf(...subtopologies: Subtopology[]): Topology {
  return { epoch: 0, subtopologies };
}
