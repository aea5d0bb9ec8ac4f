// Admin.listConfigResources: the resources of some types that have configs (KIP-1142; before it client-metrics alone, KIP-714).

import { LIST_CONFIG_RESOURCES } from '../../protocol/generated/apis/list-config-resources.ts';
import { errorOf } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { ConfigResource, OperationOptions } from '../types.ts';

/** In the broker's order. Rejects with ClientError; UnsupportedVersionError where the broker can't list the type. */
export async function listConfigResources(
  client: KafkaClient,
  types: readonly number[],
  options: OperationOptions = {},
): Promise<ConfigResource[]> {
  const call = client.startCall('listConfigResources', options);
  const response = await client.request(call, LIST_CONFIG_RESOURCES, (version) =>
    version === 0 ? {} : { resourceTypes: types },
  );
  if (response.errorCode !== 0) throw errorOf(response.errorCode);
  return response.configResources.map(({ resourceType, resourceName }) => ({
    type: resourceType,
    name: resourceName,
  }));
}
