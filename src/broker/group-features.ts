// Which protocols of groups this cluster has: the broker must speak one and its feature be in force.
// Kafka: KafkaApis.isConsumerGroupProtocolEnabled, isStreamsGroupProtocolEnabled.

import type { RequestContext } from './request-context.ts';

export const isConsumerEnabled = (context: RequestContext): boolean =>
  isEnabled(context, 'consumer', 'group.version');

export const isStreamsEnabled = (context: RequestContext): boolean =>
  isEnabled(context, 'streams', 'streams.version');

function isEnabled({ services }: RequestContext, protocol: string, feature: string): boolean {
  const { groups, metadata } = services;
  return (
    groups.config.rebalanceProtocols.includes(protocol) &&
    metadata.image.features.level(feature) > 0
  );
}
