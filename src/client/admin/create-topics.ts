// Admin.createTopics: one request to the controller, a result per topic in the order asked.

import { CREATE_TOPICS } from '../../protocol/generated/apis/create-topics.ts';
import type { CreatableTopic } from '../../protocol/generated/apis/create-topics-request.ts';
import type { Draft } from '../../protocol/message.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { CreatedTopic, NewTopic, OperationOptions, Outcome } from '../types.ts';
import { throughController } from './controller-items.ts';

/** Never rejects; see Outcome. */
export function createTopics(
  client: KafkaClient,
  topics: readonly NewTopic[],
  options: OperationOptions & { validateOnly?: boolean } = {},
): Promise<Map<string, Outcome<CreatedTopic>>> {
  const call = client.startCall('createTopics', options);
  const byName = new Map(topics.map((topic) => [topic.name, topic]));
  return throughController(client, {
    call,
    api: CREATE_TOPICS,
    names: [...byName.keys()],
    request: (names) => ({
      topics: names.map((name) => creatable(byName.get(name)!)),
      timeoutMs: Math.ceil(call.leftMs),
      validateOnly: options.validateOnly ?? false,
    }),
    results: (response) => response.topics,
    value: ({ topicId, numPartitions, replicationFactor }) => ({
      topicId,
      partitions: numPartitions,
      replicationFactor,
    }),
  });
}

function creatable(topic: NewTopic): Draft<CreatableTopic> {
  const hasAssignments = topic.assignments !== undefined;
  return {
    name: topic.name,
    numPartitions: hasAssignments ? -1 : (topic.partitions ?? -1),
    replicationFactor: hasAssignments ? -1 : (topic.replicationFactor ?? -1),
    assignments: (topic.assignments ?? []).map((brokerIds, partitionIndex) => ({
      partitionIndex,
      brokerIds,
    })),
    configs: [...(topic.configs ?? [])].map(([name, value]) => ({ name, value })),
  };
}
