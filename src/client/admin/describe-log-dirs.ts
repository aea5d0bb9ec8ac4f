// Admin.describeLogDirs: a result per item, in the order asked.

import type { KafkaClient } from '../kafka-client.ts';
import type { LogDirDescription, OperationOptions, Outcome } from '../types.ts';

export async function describeLogDirs(
  client: KafkaClient,
  brokers: readonly number[],
  options: OperationOptions = {},
): Promise<Map<number, Outcome<LogDirDescription[]>>> {
  throw new Error(`signature only ${client} ${options}`);
}
