// Which node a config resource is asked of, and keys for maps of resources.

import type { Target } from '../kafka-client.ts';
import type { ConfigResource } from '../types.ts';

export const ConfigResourceType = {
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
  CLIENT_METRICS: 16,
  GROUP: 32,
} as const;

/** As Java prints a ConfigResource: ConfigResource(type=TOPIC, name='t'). */
export function resourceKey({ type, name }: ConfigResource): string {
  const names = Object.entries(ConfigResourceType);
  const typeName = names.find(([, id]) => id === type)?.[0] ?? 'UNKNOWN';
  return `ConfigResource(type=${typeName}, name='${name}')`;
}

/** A broker's own configs and loggers come from that broker; the cluster-wide default ('') and the rest from any. */
export function groupByNode(resources: readonly ConfigResource[]): Map<Target, ConfigResource[]> {
  const groups = new Map<Target, ConfigResource[]>();
  for (const resource of resources) {
    const target = nodeOf(resource);
    const group = groups.get(target);
    if (group === undefined) groups.set(target, [resource]);
    else group.push(resource);
  }
  return groups;
}

export function nodeOf({ type, name }: ConfigResource): Target {
  const isOneBroker =
    (type === ConfigResourceType.BROKER && name !== '') ||
    type === ConfigResourceType.BROKER_LOGGER;
  return isOneBroker && /^[0-9]+$/.test(name) ? Number(name) : 'any';
}
