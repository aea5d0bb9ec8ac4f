// Admin.deleteTopics: a result per item, in the order asked.

import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, Outcome } from '../types.ts';

export async function deleteTopics(
  client: KafkaClient,
  topics: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<void>>> {
  throw new Error(`signature only ${client} ${options}`);
}
