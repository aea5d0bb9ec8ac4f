// Admin.createPartitions: a result per item, in the order asked.

import type { KafkaClient } from '../kafka-client.ts';
import type { NewPartitions, OperationOptions, Outcome } from '../types.ts';

export async function createPartitions(
  client: KafkaClient,
  topics: ReadonlyMap<string, NewPartitions>,
  options: OperationOptions & { validateOnly?: boolean } = {},
): Promise<Map<string, Outcome<void>>> {
  throw new Error(`signature only ${client} ${options}`);
}
