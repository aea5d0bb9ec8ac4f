// What DescribeConfigs tells of a resource: each config's effective value, where it comes from, and every place that
// sets it, the strongest first (kafka.server.ConfigHelper). Reads an image and the static config; changes nothing.

import { javaHashCode } from '../common/java-hash.ts';
import { brokerConfigs } from '../config/broker-configs.ts';
import { type ConfigKey, type ConfigTable, convertToString } from '../config/config-def.ts';
import { CONFIG_TYPE_IDS, ConfigSource } from '../config/config-sources.ts';
import {
  clientMetricsConfigs,
  groupConfigSynonyms,
  groupConfigs,
} from '../config/group-configs.ts';
import type { BrokerConfig } from '../config/server-properties.ts';
import { effectiveTopicConfigs } from '../config/topic-config.ts';
import { topicConfigs } from '../config/topic-configs.ts';
import { topicConfigSynonyms } from '../config/topic-synonyms.ts';
import { ConfigResourceType } from '../metadata/image/configs-image.ts';
import type { MetadataImage } from '../metadata/image/metadata-image.ts';
import type {
  DescribeConfigsResourceResult,
  DescribeConfigsSynonym,
} from '../protocol/generated/apis/describe-configs-response.ts';
import type { Draft } from '../protocol/message.ts';

type Texts = ReadonlyMap<string, string>;
type Entry = Draft<DescribeConfigsResourceResult>;
type Synonym = Draft<DescribeConfigsSynonym>;

const { BROKER, TOPIC, GROUP, CLIENT_METRICS } = ConfigResourceType;

/** Configs that several broker configs stand for, the strongest first (DynamicBrokerConfig.brokerConfigSynonyms). */
const FAMILIES: readonly (readonly string[])[] = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
];
/** The family's configs that stand for it; the scheduler's interval has a life of its own. */
const FAMILY_OF = new Map(
  FAMILIES.flatMap((family) =>
    family
      .filter((name) => name !== 'log.flush.scheduler.interval.ms')
      .map((name) => [name, family] as const),
  ),
);

export class ConfigDescriber {
  private readonly config: BrokerConfig;
  private readonly image: MetadataImage;
  private readonly statics: Texts;

  constructor(config: BrokerConfig, image: MetadataImage) {
    this.config = config;
    this.image = image;
    // Each is the other's synonym, and Kafka fills both in.
    const nodeId = String(config.nodeId);
    this.statics = new Map([...config.originals, ['node.id', nodeId], ['broker.id', nodeId]]);
  }

  topic(name: string): Entry[] {
    const { configs } = this.image;
    const overrides = configs.configMapForResource(TOPIC, name);
    const effective = effectiveTopicConfigs({
      config: this.config,
      clusterDefaults: this.dynamicDefaults(),
      brokerOverrides: this.dynamicOwn(),
      topicOverrides: overrides,
    });
    return effective
      .filter((entry) => topicConfigs.get(entry.name)?.internal !== true)
      .map((entry) => {
        const key = topicConfigs.get(entry.name) as ConfigKey;
        const primary = topicConfigSynonyms.get(entry.name)?.[0]?.name;
        const synonyms = primary === undefined ? [] : this.synonyms(primary, key);
        const override = overrides.get(entry.name);
        if (override !== undefined) {
          synonyms.unshift(synonym(entry.name, override, ConfigSource.TOPIC_CONFIG, key));
        }
        return entryOf(key, entry.value, synonyms, false);
      })
      .sort(inJavaOrder(64));
  }

  /** This broker's, all of them. */
  broker(): Entry[] {
    const entries: Entry[] = [];
    for (const key of brokerConfigs.values()) {
      if (key.internal === true) continue;
      const synonyms = this.synonyms(key.name, key);
      entries.push(entryOf(key, this.brokerValue(key), synonyms, isReadOnly(key)));
    }
    return entries.sort(inJavaOrder(512));
  }

  /** The dynamic configs of all brokers. */
  brokerDefaults(): Entry[] {
    const entries: Entry[] = [];
    for (const [name, value] of this.dynamicDefaults()) {
      const key = brokerConfigs.get(name);
      if (key === undefined) continue;
      const synonyms = this.synonyms(name, key).filter(
        ({ source }) => source === ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG,
      );
      entries.push(entryOf(key, value, synonyms, isReadOnly(key)));
    }
    return entries.sort(inJavaOrder(16));
  }

  group(name: string): Entry[] {
    const overrides = this.image.configs.configMapForResource(GROUP, name);
    return [...groupConfigs.values()]
      .map((key) => {
        const brokerName = groupConfigSynonyms[key.name] ?? undefined;
        const brokerKey = brokerName === undefined ? undefined : brokerConfigs.get(brokerName);
        const synonyms =
          brokerKey === undefined
            ? [synonym(key.name, key.defaultText ?? null, ConfigSource.DEFAULT_CONFIG, key)]
            : this.synonyms(brokerKey.name, brokerKey);
        const override = overrides.get(key.name);
        if (override !== undefined) {
          synonyms.unshift(synonym(key.name, override, ConfigSource.GROUP_CONFIG, key));
        }
        return entryOf(key, override ?? synonyms[0]?.value ?? null, synonyms, false);
      })
      .sort(inJavaOrder(32));
  }

  clientMetrics(name: string): Entry[] {
    const overrides = this.image.configs.configMapForResource(CLIENT_METRICS, name);
    return tableEntries(clientMetricsConfigs, overrides, ConfigSource.CLIENT_METRICS_CONFIG);
  }

  private dynamicOwn(): Texts {
    return this.image.configs.configMapForResource(BROKER, String(this.config.nodeId));
  }

  private dynamicDefaults(): Texts {
    return this.image.configs.configMapForResource(BROKER, '');
  }

  private brokerValue(key: ConfigKey): string | null {
    const dynamic = this.dynamicOwn().get(key.name) ?? this.dynamicDefaults().get(key.name);
    if (dynamic !== undefined) return dynamic;
    if (key.name === 'broker.id') return String(this.config.nodeId);
    return convertToString(key.type, this.config.value(key.name));
  }

  /** As ConfigHelper.configSynonyms: what is stronger than the config itself is another config's business. */
  private synonyms(name: string, key: ConfigKey): Synonym[] {
    const names = FAMILY_OF.get(name) ?? [name];
    const all: Synonym[] = [];
    const add = (source: number, texts: (each: string) => string | null | undefined) => {
      for (const each of names) {
        const text = texts(each);
        if (text !== undefined && text !== null) all.push(synonym(each, text, source, key));
      }
    };
    const own = this.dynamicOwn();
    const defaults = this.dynamicDefaults();
    add(ConfigSource.DYNAMIC_BROKER_CONFIG, (each) => own.get(each));
    add(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, (each) => defaults.get(each));
    add(ConfigSource.STATIC_BROKER_CONFIG, (each) => this.statics.get(each));
    add(ConfigSource.DEFAULT_CONFIG, (each) => brokerConfigs.get(each)?.defaultText);
    const first = all.findIndex((each) => each.name === name);
    return first < 0 ? [] : all.slice(first);
  }
}

function tableEntries(table: ConfigTable, overrides: Texts, source: number): Entry[] {
  return [...table.values()].map((key) => {
    const override = overrides.get(key.name);
    const synonyms = override === undefined ? [] : [synonym(key.name, override, source, key)];
    return entryOf(key, override ?? key.defaultText ?? null, synonyms, false);
  });
}

function synonym(name: string, value: string | null, source: number, key: ConfigKey): Synonym {
  return { name, value: isSensitive(key) ? null : value, source };
}

function entryOf(
  key: ConfigKey,
  value: string | null,
  synonyms: readonly Synonym[],
  readOnly: boolean,
): Entry {
  return {
    name: key.name,
    value: isSensitive(key) ? null : value,
    readOnly,
    isSensitive: isSensitive(key),
    configSource: synonyms[0]?.source ?? ConfigSource.DEFAULT_CONFIG,
    configType: CONFIG_TYPE_IDS[key.type],
    synonyms,
    documentation: null,
  };
}

function isSensitive(key: ConfigKey): boolean {
  return key.type === 'PASSWORD';
}

function isReadOnly(key: ConfigKey): boolean {
  return (key.updateMode ?? 'read-only') === 'read-only';
}

/** Kafka answers in the order of a Java hash map; nobody relies on it, but a byte-wise comparison sees it. */
function inJavaOrder(buckets: number): (a: Entry, b: Entry) => number {
  return (a, b) => bucketOf(a.name ?? '', buckets) - bucketOf(b.name ?? '', buckets);
}

function bucketOf(name: string, buckets: number): number {
  const hash = javaHashCode(name);
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}
