// Admin.describeCluster: a result per item, in the order asked.

import type { KafkaClient } from '../kafka-client.ts';
import type { ClusterDescription, OperationOptions } from '../types.ts';

export async function describeCluster(
  client: KafkaClient,
  options: OperationOptions & {
    includeAuthorizedOperations?: boolean;
    includeFencedBrokers?: boolean;
  } = {},
): Promise<ClusterDescription> {
  throw new Error(`signature only ${client} ${options}`);
}
