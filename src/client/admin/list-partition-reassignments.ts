// Admin.listPartitionReassignments: undefined asks for all.

import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, Reassignment, TopicPartition } from '../types.ts';

export async function listPartitionReassignments(
  client: KafkaClient,
  partitions: readonly TopicPartition[] | undefined,
  options: OperationOptions = {},
): Promise<Reassignment[]> {
  throw new Error(`signature only ${client} ${options}`);
}
