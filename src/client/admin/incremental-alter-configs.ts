// Admin.incrementalAlterConfigs: a result per item, in the order asked.

import type { KafkaClient } from '../kafka-client.ts';
import type { ConfigChange, ConfigResource, OperationOptions, Outcome } from '../types.ts';

export async function incrementalAlterConfigs(
  client: KafkaClient,
  resources: readonly { resource: ConfigResource; changes: readonly ConfigChange[] }[],
  options: OperationOptions & { validateOnly?: boolean } = {},
): Promise<{ resource: ConfigResource; outcome: Outcome<void> }[]> {
  throw new Error(`signature only ${client} ${options}`);
}
