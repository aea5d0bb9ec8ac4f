// The configs a topic lives by: its own override, else the broker's dynamic one, the cluster-wide dynamic one, the
// static one, the default (KafkaConfigSchema.resolveEffectiveTopicConfig, DynamicBrokerConfig).
// Values here are right: they were validated when they were set. It never describes synonyms (describe-configs.ts).
import { type ConfigValue, convertToString, parseType } from './config-def.ts';
import { ConfigSource } from './config-sources.ts';
import type { BrokerConfig } from './server-properties.ts';
import { topicConfigs } from './topic-configs.ts';
import { topicConfigSynonyms } from './topic-synonyms.ts';

type Texts = ReadonlyMap<string, string>;

const NONE: Texts = new Map();

/** Where a topic's effective configs come from, the strongest last. */
export interface TopicConfigLayers {
  readonly config: BrokerConfig;
  /** Dynamic configs of resource BROKER ''. */
  readonly clusterDefaults?: Texts;
  /** Dynamic configs of this broker's own resource. */
  readonly brokerOverrides?: Texts;
  readonly topicOverrides?: Texts;
}

export interface EffectiveConfig {
  readonly name: string;
  readonly value: string | null;
  readonly source: number;
}

/** Every config of a topic by name, parsed. */
export function effectiveTopicValues(layers: TopicConfigLayers): Map<string, ConfigValue> {
  const values = new Map<string, ConfigValue>();
  const statics = layers.config.topicDefaults();
  for (const key of topicConfigs.values()) {
    const override = layers.topicOverrides?.get(key.name);
    const dynamic = override === undefined ? dynamicValue(key.name, layers) : undefined;
    if (override !== undefined) values.set(key.name, parseType(key.name, key.type, override));
    else if (dynamic !== undefined) values.set(key.name, dynamic.value);
    else if (statics.has(key.name)) values.set(key.name, statics.get(key.name) as ConfigValue);
    else values.set(key.name, parseType(key.name, key.type, key.defaultText ?? null));
  }
  return values;
}

/** One config with its source, as the controller answers it after a creation. */
export function effectiveTopicConfig(name: string, layers: TopicConfigLayers): EffectiveConfig {
  const override = layers.topicOverrides?.get(name);
  if (override !== undefined) {
    return { name, value: override, source: ConfigSource.TOPIC_CONFIG };
  }
  const type = topicConfigs.get(name)?.type ?? 'STRING';
  const dynamic = dynamicValue(name, layers);
  if (dynamic !== undefined) {
    return { name, value: convertToString(type, dynamic.value), source: dynamic.source };
  }
  const synonyms = topicConfigSynonyms.get(name) ?? [];
  for (const synonym of synonyms) {
    const text = layers.config.originals.get(synonym.name);
    if (text === undefined) continue;
    const value = scaled(layers.config.value(synonym.name), synonym.multiplyToMs);
    return { name, value: convertToString(type, value), source: ConfigSource.STATIC_BROKER_CONFIG };
  }
  const defaultText = topicConfigs.get(name)?.defaultText ?? null;
  return { name, value: defaultText, source: ConfigSource.DEFAULT_CONFIG };
}

/** All of them, by name. */
export function effectiveTopicConfigs(layers: TopicConfigLayers): EffectiveConfig[] {
  return [...topicConfigs.keys()].sort().map((name) => effectiveTopicConfig(name, layers));
}

function dynamicValue(
  name: string,
  layers: TopicConfigLayers,
): { value: ConfigValue; source: number } | undefined {
  const sources = [
    [layers.brokerOverrides ?? NONE, ConfigSource.DYNAMIC_BROKER_CONFIG],
    [layers.clusterDefaults ?? NONE, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG],
  ] as const;
  const type = topicConfigs.get(name)?.type ?? 'STRING';
  for (const [texts, source] of sources) {
    for (const synonym of topicConfigSynonyms.get(name) ?? []) {
      const text = texts.get(synonym.name);
      if (text === undefined) continue;
      return { value: scaled(parseType(name, type, text), synonym.multiplyToMs), source };
    }
  }
  return undefined;
}

function scaled(value: ConfigValue, multiplyToMs: number | undefined): ConfigValue {
  return multiplyToMs === undefined ? value : (value as number) * multiplyToMs;
}
