// Admin.listTopics: Topic names and ids, in no order of meaning; internal ones only when asked for.

import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, TopicListing } from '../types.ts';

export async function listTopics(
  client: KafkaClient,
  options: OperationOptions & { listInternal?: boolean } = {},
): Promise<TopicListing[]> {
  throw new Error(`signature only ${client} ${options}`);
}
