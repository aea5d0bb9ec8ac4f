// Admin.deleteTopics by name: one request to the controller, a result per topic in the order asked.

import { DELETE_TOPICS } from '../../protocol/generated/apis/delete-topics.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, Outcome } from '../types.ts';
import { throughController } from './controller-items.ts';

/** Never rejects; see Outcome. */
export function deleteTopics(
  client: KafkaClient,
  topics: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<void>>> {
  const call = client.startCall('deleteTopics', options);
  return throughController(client, {
    call,
    api: DELETE_TOPICS,
    names: [...new Set(topics)],
    request: (names) => (version) => {
      const timeoutMs = Math.ceil(call.leftMs);
      if (version < 6) return { topicNames: names, timeoutMs };
      return { topics: names.map((name) => ({ name })), timeoutMs };
    },
    results: (response) => response.responses,
    value: () => undefined,
  });
}
