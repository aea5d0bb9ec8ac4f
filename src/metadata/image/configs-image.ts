// The configs that were set on topics, brokers, groups and client-metrics subscriptions (ConfigurationsImage).
// Immutable; a delta collects replayed records and makes the next image. Defaults and synonyms are no part of it:
// src/config knows them.

import { LayeredMap } from '../../common/layered-map.ts';

/** ConfigResource.Type: the ids in ConfigRecord and in the config APIs. */
export const ConfigResourceType = {
  UNKNOWN: 0,
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
  CLIENT_METRICS: 16,
  GROUP: 32,
} as const;

const NO_CONFIGS: ReadonlyMap<string, string> = new Map();

export interface ConfigResource {
  readonly type: number;
  /** '' of type BROKER: the cluster-wide default. */
  readonly name: string;
}

export const resourceKey = (type: number, name: string): string => `${type}:${name}`;

export function resourceOf(key: string): ConfigResource {
  const colon = key.indexOf(':');
  return { type: Number(key.slice(0, colon)), name: key.slice(colon + 1) };
}

export class ConfigurationsImage {
  static readonly EMPTY = new ConfigurationsImage(new Map());

  /** resourceKey → config name → value; a resource without configs isn't there. */
  readonly resourceData: ReadonlyMap<string, ReadonlyMap<string, string>>;

  constructor(resourceData: ReadonlyMap<string, ReadonlyMap<string, string>>) {
    this.resourceData = resourceData;
  }

  configMapForResource(type: number, name: string): ReadonlyMap<string, string> {
    return this.resourceData.get(resourceKey(type, name)) ?? NO_CONFIGS;
  }

  resourcesOfType(type: number): string[] {
    const names: string[] = [];
    for (const key of this.resourceData.keys()) {
      const resource = resourceOf(key);
      if (resource.type === type) names.push(resource.name);
    }
    return names;
  }
}

export class ConfigurationsDelta {
  readonly image: ConfigurationsImage;
  /** resourceKey → config name → new value, null where it was removed. */
  readonly changes = new Map<string, Map<string, string | null>>();

  constructor(image: ConfigurationsImage) {
    this.image = image;
  }

  replayConfig(type: number, resourceName: string, name: string, value: string | null): void {
    const key = resourceKey(type, resourceName);
    let changes = this.changes.get(key);
    if (changes === undefined) {
      changes = new Map();
      this.changes.set(key, changes);
    }
    changes.set(name, value);
  }

  /** A deleted topic takes its configs with it. */
  deleteResource(type: number, resourceName: string): void {
    const configs = this.image.configMapForResource(type, resourceName);
    const names = new Set([
      ...configs.keys(),
      ...(this.changes.get(resourceKey(type, resourceName))?.keys() ?? []),
    ]);
    for (const name of names) this.replayConfig(type, resourceName, name, null);
  }

  apply(): ConfigurationsImage {
    const data = new Map<string, ReadonlyMap<string, string> | undefined>();
    for (const [key, changes] of this.changes) {
      const configs = new Map(this.image.resourceData.get(key) ?? []);
      for (const [name, value] of changes) {
        if (value === null) configs.delete(name);
        else configs.set(name, value);
      }
      data.set(key, configs.size === 0 ? undefined : configs);
    }
    return new ConfigurationsImage(LayeredMap.with(this.image.resourceData, data));
  }
}
