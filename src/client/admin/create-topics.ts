// Admin.createTopics: a result per item, in the order asked.

import type { KafkaClient } from '../kafka-client.ts';
import type { CreatedTopic, NewTopic, OperationOptions, Outcome } from '../types.ts';

export async function createTopics(
  client: KafkaClient,
  topics: readonly NewTopic[],
  options: OperationOptions & { validateOnly?: boolean } = {},
): Promise<Map<string, Outcome<CreatedTopic>>> {
  throw new Error(`signature only ${client} ${options}`);
}
