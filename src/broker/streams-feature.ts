// Whether this cluster has streams groups: the broker must speak the protocol and streams.version be in force.

import type { RequestContext } from './request-context.ts';

export function isStreamsEnabled({ services }: RequestContext): boolean {
  const { groups, metadata } = services;
  return (
    groups.config.rebalanceProtocols.includes('streams') &&
    metadata.image.features.level('streams.version') > 0
  );
}
