// ListConfigResources v0-1
//
// Behavior: the resources that have, or could have, configs: of the types asked for, or of all types.
//
// Version notes: v0 was ListClientMetricsResources and knows client-metrics subscriptions alone; v1 takes types (KIP-1142).

import { ConfigResourceType } from '../../metadata/image/configs-image.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { LIST_CONFIG_RESOURCES } from '../../protocol/generated/apis/list-config-resources.ts';
import { handler } from '../handler.ts';
import type { MetadataCache } from '../metadata-cache.ts';

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = ConfigResourceType;

/** In the order of Apache Kafka's answer. */
const TYPES: readonly number[] = [BROKER_LOGGER, BROKER, GROUP, CLIENT_METRICS, TOPIC];

export const listConfigResources = handler(LIST_CONFIG_RESOURCES, {
  minVersion: 0,
  maxVersion: 1,
  handle(request, context) {
    const { metadata } = context.services;
    if (context.apiVersion === 0) {
      return {
        configResources: names(CLIENT_METRICS, metadata).map((resourceName) => ({ resourceName })),
      };
    }
    const asked = request.resourceTypes;
    if (asked.some((type) => !TYPES.includes(type))) {
      throw new ApiError(Errors.UNSUPPORTED_VERSION);
    }
    const types = asked.length === 0 ? TYPES : TYPES.filter((type) => asked.includes(type));
    return {
      configResources: types.flatMap((resourceType) =>
        names(resourceType, metadata).map((resourceName) => ({ resourceName, resourceType })),
      ),
    };
  },
});

function names(type: number, metadata: MetadataCache): string[] {
  const { image } = metadata;
  if (type === TOPIC) return [...image.topics.topicsByName.keys()].sort();
  if (type === BROKER || type === BROKER_LOGGER) {
    return [...image.cluster.brokers.keys()].map(String);
  }
  return image.configs.resourcesOfType(type).sort();
}
