// Admin.deleteRecords: `beforeOffset` -1 means the high watermark.

import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, Outcome, TopicPartition } from '../types.ts';

export async function deleteRecords(
  client: KafkaClient,
  partitions: readonly (TopicPartition & { beforeOffset: number })[],
  options: OperationOptions = {},
): Promise<{ topic: string; partition: number; outcome: Outcome<{ lowWatermark: number }> }[]> {
  throw new Error(`signature only ${client} ${options}`);
}
