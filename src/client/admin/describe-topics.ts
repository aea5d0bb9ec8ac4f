// Admin.describeTopics: By name, a result per topic in the order asked; DescribeTopicPartitions with paging (KIP-966), Metadata on older brokers.

import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, Outcome, TopicDescription } from '../types.ts';

export async function describeTopics(
  client: KafkaClient,
  topics: readonly string[],
  options: OperationOptions & {
    includeAuthorizedOperations?: boolean;
    partitionsPerPage?: number;
  } = {},
): Promise<Map<string, Outcome<TopicDescription>>> {
  throw new Error(`signature only ${client} ${options}`);
}
