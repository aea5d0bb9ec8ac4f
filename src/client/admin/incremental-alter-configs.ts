// Admin.incrementalAlterConfigs: sets, deletes, appends and subtracts config values (KIP-339).

import { INCREMENTAL_ALTER_CONFIGS } from '../../protocol/generated/apis/incremental-alter-configs.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { ConfigChange, ConfigResource, OperationOptions, Outcome } from '../types.ts';
import { groupByNode, resourceKey } from './config-resources.ts';
import { clientError, failed, itemError, missing } from './outcomes.ts';

export interface ResourceChanges {
  readonly resource: ConfigResource;
  readonly changes: readonly ConfigChange[];
}

/** Never rejects; one result per resource in the order asked. */
export async function incrementalAlterConfigs(
  client: KafkaClient,
  resources: readonly ResourceChanges[],
  options: OperationOptions & { validateOnly?: boolean } = {},
): Promise<{ resource: ConfigResource; outcome: Outcome<void> }[]> {
  const outcomes = new Map<string, Outcome<void>>();
  const changes = new Map(resources.map((item) => [resourceKey(item.resource), item.changes]));
  const groups = groupByNode(resources.map((item) => item.resource));
  const asking = [...groups].map(async ([target, group]) => {
    try {
      const call = client.startCall('incrementalAlterConfigs', options);
      const request = {
        resources: group.map((resource) => ({
          resourceType: resource.type,
          resourceName: resource.name,
          configs: changes.get(resourceKey(resource))!.map(({ name, operation, value }) => ({
            name,
            configOperation: operation,
            value,
          })),
        })),
        validateOnly: options.validateOnly ?? false,
      };
      const response = await client.request(call, INCREMENTAL_ALTER_CONFIGS, request, { target });
      for (const { resourceType, resourceName, errorCode, errorMessage } of response.responses) {
        const error = itemError(errorCode, errorMessage);
        outcomes.set(
          resourceKey({ type: resourceType, name: resourceName }),
          error === undefined ? { value: undefined } : failed(error),
        );
      }
    } catch (error) {
      for (const resource of group) outcomes.set(resourceKey(resource), failed(clientError(error)));
    }
  });
  await Promise.all(asking);
  return resources.map(({ resource }) => {
    const outcome = outcomes.get(resourceKey(resource)) ?? failed(missing(resourceKey(resource)));
    return { resource, outcome };
  });
}
