// What DescribeConfigs answers for topics, brokers, groups and client-metrics subscriptions: value, source, type and
// synonyms of every config, in the order in which Kafka's HashMap gives them (ConfigHelper, DynamicBrokerConfig).
// Pure; whether the resource exists and who may ask is the broker's business.
import { javaHashMapOrder } from '../common/java.ts';
import { brokerConfigs, brokerQuotaConfigs } from './broker-configs.ts';
import {
  type ConfigKey,
  type ConfigTable,
  type ConfigValue,
  convertToString,
  normalizeText,
  parseType,
} from './config-def.ts';
import { CONFIG_TYPE_IDS, ConfigSource } from './config-sources.ts';
import { clientMetricsConfigs, groupConfigSynonyms, groupConfigs } from './group-configs.ts';
import type { BrokerConfig } from './server-properties.ts';
import { effectiveTopicValues } from './topic-config.ts';
import { topicConfigs } from './topic-configs.ts';
import { topicConfigSynonyms } from './topic-synonyms.ts';

type Texts = ReadonlyMap<string, string>;

export interface DescribedSynonym {
  readonly name: string;
  /** null when sensitive. */
  readonly value: string | null;
  readonly source: number;
}

export interface DescribedConfig {
  readonly name: string;
  /** null when sensitive, and where there is no value. */
  readonly value: string | null;
  readonly readOnly: boolean;
  /** ConfigSource. */
  readonly source: number;
  readonly isSensitive: boolean;
  /** DescribeConfigsResponse.ConfigType; 0 when the config isn't known. */
  readonly type: number;
  /** The strongest first. */
  readonly synonyms: readonly DescribedSynonym[];
}

/** The broker's own configs: static, and the dynamic ones of the image. */
export interface BrokerLayers {
  readonly config: BrokerConfig;
  /** Dynamic configs of resource BROKER ''. */
  readonly clusterDefaults: Texts;
  /** Dynamic configs of this broker's resource. */
  readonly brokerOverrides: Texts;
}

export function describeTopicConfigs(layers: BrokerLayers, overrides: Texts): DescribedConfig[] {
  const values = effectiveTopicValues({ ...layers, topicOverrides: overrides });
  return inHashOrder(described(topicConfigs)).map((key) => {
    const override = overrides.get(key.name);
    const value =
      override === undefined
        ? convertToString(key.type, values.get(key.name) ?? null)
        : normalizeText(key, override);
    const primary = topicConfigSynonyms.get(key.name)?.[0]?.name;
    const behind = primary === undefined ? [] : brokerSynonyms(primary, layers);
    const own =
      override === undefined ? [] : [{ name: key.name, value, source: ConfigSource.TOPIC_CONFIG }];
    return entry(key.name, key, value, false, [...own, ...behind]);
  });
}

export function describeBrokerConfigs(layers: BrokerLayers): DescribedConfig[] {
  const dynamic = new Map([...layers.clusterDefaults, ...layers.brokerOverrides]);
  const known = described(brokerConfigs).map((key) => key.name);
  const given = [...layers.config.originals.keys(), ...dynamic.keys()];
  const extra = given.filter((name) => !brokerConfigs.has(name));
  return javaHashMapOrder([...new Set([...known, ...extra])]).map((name) => {
    const key = brokerKey(name);
    const text = dynamic.get(name);
    const value =
      text === undefined ? staticText(layers.config, name, key) : shown(key, name, text);
    const isReadOnly = key === undefined || (key.updateMode ?? 'read-only') === 'read-only';
    return entry(name, key, value, isReadOnly, brokerSynonyms(name, layers));
  });
}

/** The cluster-wide dynamic configs: only those that were set. */
export function describeBrokerDefaults(layers: BrokerLayers): DescribedConfig[] {
  return javaHashMapOrder([...layers.clusterDefaults.keys()]).map((name) => {
    const key = brokerKey(name);
    const value = shown(key, name, layers.clusterDefaults.get(name) as string);
    const synonyms = brokerSynonyms(name, layers).filter(
      (synonym) => synonym.source === ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG,
    );
    const isReadOnly = key === undefined || (key.updateMode ?? 'read-only') === 'read-only';
    return entry(name, key, value, isReadOnly, synonyms);
  });
}

export function describeGroupConfigs(layers: BrokerLayers, overrides: Texts): DescribedConfig[] {
  return inHashOrder(described(groupConfigs)).map((key) => {
    const brokerName = groupConfigSynonyms[key.name] ?? null;
    const behind =
      brokerName === null
        ? [{ name: key.name, value: key.defaultText ?? null, source: ConfigSource.DEFAULT_CONFIG }]
        : brokerSynonyms(brokerName, layers);
    const override = overrides.get(key.name);
    const value =
      override === undefined ? (behind[0]?.value ?? null) : normalizeText(key, override);
    const own =
      override === undefined ? [] : [{ name: key.name, value, source: ConfigSource.GROUP_CONFIG }];
    return entry(key.name, key, value, false, [...own, ...behind]);
  });
}

export function describeClientMetricsConfigs(overrides: Texts): DescribedConfig[] {
  return inHashOrder(described(clientMetricsConfigs)).map((key) => {
    const override = overrides.get(key.name);
    if (override === undefined) return entry(key.name, key, key.defaultText ?? null, false, []);
    const value = normalizeText(key, override);
    return entry(key.name, key, value, false, [
      { name: key.name, value, source: ConfigSource.CLIENT_METRICS_CONFIG },
    ]);
  });
}

function described(table: ConfigTable): ConfigKey[] {
  return [...table.values()].filter((key) => key.internal !== true);
}

function inHashOrder(keys: readonly ConfigKey[]): ConfigKey[] {
  const byName = new Map(keys.map((key) => [key.name, key]));
  return javaHashMapOrder([...byName.keys()]).map((name) => byName.get(name) as ConfigKey);
}

function entry(
  name: string,
  key: ConfigKey | undefined,
  value: string | null,
  readOnly: boolean,
  synonyms: readonly DescribedSynonym[],
): DescribedConfig {
  const isSensitive = isSecret(key);
  return {
    name,
    value: isSensitive ? null : value,
    readOnly,
    source: synonyms[0]?.source ?? ConfigSource.DEFAULT_CONFIG,
    isSensitive,
    type: key === undefined ? 0 : CONFIG_TYPE_IDS[key.type],
    synonyms: isSensitive ? synonyms.map((synonym) => ({ ...synonym, value: null })) : synonyms,
  };
}

/** What nobody knows could be a secret (KafkaConfig.maybeSensitive). */
const isSecret = (key: ConfigKey | undefined): boolean =>
  key === undefined || key.type === 'PASSWORD';

/** `listener.name.internal.ssl.keystore.type` is described as ssl.keystore.type is. */
function brokerKey(name: string): ConfigKey | undefined {
  const base = /^listener\.name\.[^.]*\.(.*)$/.exec(name)?.[1];
  return brokerConfigs.get(base ?? name) ?? brokerQuotaConfigs.get(name);
}

function staticText(config: BrokerConfig, name: string, key: ConfigKey | undefined): string | null {
  const original = config.originals.get(name);
  if (!brokerConfigs.has(name)) return original ?? null;
  return convertToString(key?.type ?? 'STRING', config.value(name));
}

function shown(key: ConfigKey | undefined, name: string, text: string): string | null {
  if (key === undefined || brokerQuotaConfigs.has(name)) return text;
  const value: ConfigValue = parseType(name, key.type, text);
  return key.type === 'LONG' ? normalizeText(key, text) : convertToString(key.type, value);
}

/** Names that give a config its value, the strongest first (DynamicBrokerConfig.brokerConfigSynonyms). */
const SYNONYM_GROUPS: readonly (readonly string[])[] = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
];

function synonymNames(name: string): readonly string[] {
  // Only the interval takes the scheduler's value, not the other way round.
  if (name === 'log.flush.interval.ms') return [name, 'log.flush.scheduler.interval.ms'];
  const base = /^listener\.name\.[^.]*\.(.*)$/.exec(name)?.[1];
  if (base !== undefined) return [name, base];
  return SYNONYM_GROUPS.find((group) => group.includes(name)) ?? [name];
}

/** Every place that gives the config a value; those before its own name are another config's (ConfigHelper). */
function brokerSynonyms(name: string, layers: BrokerLayers): DescribedSynonym[] {
  const names = synonymNames(name);
  const sources: readonly [(name: string) => string | null | undefined, number][] = [
    [(each) => layers.brokerOverrides.get(each), ConfigSource.DYNAMIC_BROKER_CONFIG],
    [(each) => layers.clusterDefaults.get(each), ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG],
    [(each) => layers.config.originals.get(each), ConfigSource.STATIC_BROKER_CONFIG],
    [(each) => brokerConfigs.get(each)?.defaultText, ConfigSource.DEFAULT_CONFIG],
  ];
  const found: DescribedSynonym[] = [];
  for (const [textOf, source] of sources) {
    for (const each of names) {
      const text = textOf(each);
      if (text === undefined || text === null) continue;
      found.push({ name: each, value: isSecret(brokerKey(each)) ? null : text, source });
    }
  }
  const first = found.findIndex((synonym) => synonym.name === name);
  return first < 0 ? [] : found.slice(first);
}
