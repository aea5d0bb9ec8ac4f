// Admin.describeConfigs: a result per item, in the order asked.

import type { KafkaClient } from '../kafka-client.ts';
import type { ConfigEntry, ConfigResource, OperationOptions, Outcome } from '../types.ts';

export async function describeConfigs(
  client: KafkaClient,
  resources: readonly ConfigResource[],
  options: OperationOptions & { includeSynonyms?: boolean; includeDocumentation?: boolean } = {},
): Promise<{ resource: ConfigResource; outcome: Outcome<ConfigEntry[]> }[]> {
  throw new Error(`signature only ${client} ${options}`);
}
