// Admin.describeConfigs: brokers answer for themselves, any broker for everything else.

import { DESCRIBE_CONFIGS } from '../../protocol/generated/apis/describe-configs.ts';
import type { DescribeConfigsResult } from '../../protocol/generated/apis/describe-configs-response.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { ConfigEntry, ConfigResource, OperationOptions, Outcome } from '../types.ts';
import { groupByNode, resourceKey } from './config-resources.ts';
import { clientError, failed, itemError, missing } from './outcomes.ts';

export interface DescribeConfigsOptions extends OperationOptions {
  readonly includeSynonyms?: boolean;
  readonly includeDocumentation?: boolean;
}

export interface DescribedConfigs {
  readonly resource: ConfigResource;
  readonly outcome: Outcome<ConfigEntry[]>;
}

/** Never rejects; one result per resource in the order asked, entries as the broker sent them. */
export async function describeConfigs(
  client: KafkaClient,
  resources: readonly ConfigResource[],
  options: DescribeConfigsOptions = {},
): Promise<DescribedConfigs[]> {
  const outcomes = new Map<string, Outcome<ConfigEntry[]>>();
  const asking = [...groupByNode(resources)].map(async ([target, group]) => {
    try {
      const call = client.startCall('describeConfigs', options);
      const response = await client.request(
        call,
        DESCRIBE_CONFIGS,
        (version) => ({
          resources: group.map(({ type, name }) => ({
            resourceType: type,
            resourceName: name,
            configurationKeys: null,
          })),
          includeSynonyms: options.includeSynonyms ?? false,
          ...(version >= 3 ? { includeDocumentation: options.includeDocumentation ?? false } : {}),
        }),
        { target },
      );
      for (const result of response.results) {
        const resource = { type: result.resourceType, name: result.resourceName };
        const error = itemError(result.errorCode, result.errorMessage);
        outcomes.set(
          resourceKey(resource),
          error === undefined ? { value: entries(result) } : failed(error),
        );
      }
    } catch (error) {
      for (const resource of group) outcomes.set(resourceKey(resource), failed(clientError(error)));
    }
  });
  await Promise.all(asking);
  return resources.map((resource) => {
    const outcome = outcomes.get(resourceKey(resource)) ?? failed(missing(resourceKey(resource)));
    return { resource, outcome };
  });
}

function entries(result: DescribeConfigsResult): ConfigEntry[] {
  return result.configs.map((config) => ({
    name: config.name,
    value: config.value,
    source: config.configSource,
    isReadOnly: config.readOnly,
    isSensitive: config.isSensitive,
    type: config.configType,
    documentation: config.documentation,
    synonyms: config.synonyms.map(({ name, value, source }) => ({ name, value, source })),
  }));
}
