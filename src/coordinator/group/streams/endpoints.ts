// Which partitions are served where: for interactive queries a member learns the endpoints of the others with what each
// holds. Kafka: EndpointToPartitionsManager. Pure.

import type {
  EndpointToPartitions,
  TopicPartition,
} from '../../../protocol/generated/apis/streams-group-heartbeat-response.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import type { ConfiguredTopology } from './internal-topics.ts';
import type { StreamsMember } from './streams-member.ts';
import type { TaskEpochs, Tasks } from './tasks.ts';

/** Members without an endpoint (application.server) are left out. */
export function endpointsOf(
  members: Iterable<StreamsMember>,
  topology: ConfiguredTopology,
  topics: TopicLookup,
): EndpointToPartitions[] {
  const endpoints: EndpointToPartitions[] = [];
  for (const { userEndpoint, assigned } of members) {
    if (userEndpoint === null) continue;
    const { host, port } = userEndpoint;
    endpoints.push({
      userEndpoint: { host, port },
      activePartitions: partitionsOf(assigned.active, topology, topics),
      standbyPartitions: partitionsOf(assigned.standby, topology, topics),
    });
  }
  return endpoints;
}

function partitionsOf(
  tasks: Tasks | TaskEpochs,
  topology: ConfiguredTopology,
  topics: TopicLookup,
): TopicPartition[] {
  const found: TopicPartition[] = [];
  for (const [subtopologyId, partitions] of tasks) {
    const subtopology = topology.subtopologies?.get(subtopologyId);
    if (subtopology === undefined) continue;
    const sources = [
      ...subtopology.sourceTopics,
      ...subtopology.repartitionSourceTopics.map(({ name }) => name),
    ];
    for (const topic of sources) {
      // A narrow topic beside a wide one has no partition for the later tasks.
      const count = topics.byName(topic)?.partitionCount ?? 0;
      const existing = [...partitions.keys()].filter((partition) => partition < count);
      found.push({ topic, partitions: existing.sort((a, b) => a - b) });
    }
  }
  return found;
}
