// Admin.listOffsets: `timestamp` is an OffsetSpec or ms since the epoch; one result per partition in the order asked.

import type { KafkaClient } from '../kafka-client.ts';
import type { ListedOffset, OperationOptions, Outcome, TopicPartition } from '../types.ts';

export async function listOffsets(
  client: KafkaClient,
  partitions: readonly (TopicPartition & { timestamp: number })[],
  options: OperationOptions & { isolationLevel?: 'read_uncommitted' | 'read_committed' } = {},
): Promise<{ topic: string; partition: number; outcome: Outcome<ListedOffset> }[]> {
  throw new Error(`signature only ${client} ${options}`);
}
