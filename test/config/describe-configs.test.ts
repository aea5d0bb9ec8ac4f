// Against the live answers of Apache Kafka 4.3.1 in configs.json: every value, source, type, synonym and the order.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONFIG_TYPE_IDS, ConfigSource } from '../../src/config/config-sources.ts';
import {
  type BrokerLayers,
  type DescribedConfig,
  describeBrokerConfigs,
  describeBrokerDefaults,
  describeClientMetricsConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from '../../src/config/describe-configs.ts';
import { BrokerConfig } from '../../src/config/server-properties.ts';

interface LiveConfig {
  name: string;
  value: string | null;
  source: keyof typeof ConfigSource;
  type: keyof typeof CONFIG_TYPE_IDS;
  readOnly?: boolean;
  sensitive?: boolean;
  synonyms: [string, string, keyof typeof ConfigSource][];
  resource?: string;
}

const facts = JSON.parse(
  readFileSync(new URL('../../src/config/configs.json', import.meta.url), 'utf8'),
) as Record<string, LiveConfig[]>;

const live = (key: string): LiveConfig[] => facts[key] as LiveConfig[];

const statics = new Map(
  live('describe:broker')
    .filter((config) => config.source === 'STATIC_BROKER_CONFIG' && config.name !== 'broker.id')
    .map((config) => [config.name, config.value as string]),
);
const config = new BrokerConfig(statics);
const layers: BrokerLayers = {
  config,
  clusterDefaults: new Map([['min.insync.replicas', '1']]),
  brokerOverrides: new Map(),
};

const expected = (config: LiveConfig): DescribedConfig => ({
  name: config.name,
  value: config.value,
  readOnly: config.readOnly ?? false,
  source: ConfigSource[config.source],
  isSensitive: config.sensitive ?? false,
  type: CONFIG_TYPE_IDS[config.type],
  synonyms: config.synonyms.map(([name, value, source]) => ({
    name,
    value,
    source: ConfigSource[source],
  })),
});

describe('descriptions are those of Apache Kafka', () => {
  it('of a topic without overrides', () => {
    expect(describeTopicConfigs(layers, new Map())).toEqual(live('describe:topic').map(expected));
  });

  it('of a broker', () => {
    const found = describeBrokerConfigs(layers);
    expect(found.map((each) => each.name)).toEqual(live('describe:broker').map((c) => c.name));
    expect(found).toEqual(live('describe:broker').map(expected));
  });

  it('of the cluster-wide broker defaults', () => {
    expect(describeBrokerDefaults(layers)).toEqual(live('describe:brokerDefault').map(expected));
  });

  it('of a group without overrides', () => {
    expect(describeGroupConfigs(layers, new Map())).toEqual(live('describe:group').map(expected));
  });

  it('of a client-metrics subscription without overrides', () => {
    expect(describeClientMetricsConfigs(new Map())).toEqual(
      live('describe:clientMetrics').map(expected),
    );
  });
});

describe('overrides', () => {
  const overridden: BrokerLayers = {
    config,
    clusterDefaults: new Map([['log.retention.ms', '86400000']]),
    brokerOverrides: new Map([['log.segment.bytes', '2097152']]),
  };
  const answers: Record<string, DescribedConfig[]> = {
    '2:topic': describeTopicConfigs(overridden, new Map([['retention.ms', '1000']])),
    '4:1': describeBrokerConfigs(overridden),
    '4:': describeBrokerDefaults(overridden),
    '32:facts-group': describeGroupConfigs(
      overridden,
      new Map([['consumer.session.timeout.ms', '46000']]),
    ),
    '16:facts-metrics': describeClientMetricsConfigs(new Map([['interval.ms', '10000']])),
  };

  for (const each of live('describe:afterOverrides')) {
    it(`${each.name} of ${each.resource} is answered as Apache does`, () => {
      const found = answers[each.resource as string]?.find((c) => c.name === each.name);
      expect(found).toEqual(expected(each));
    });
  }

  it('a number that is no double is answered to its last digit', () => {
    const overrides = new Map([['max.compaction.lag.ms', '9223372036854775806']]);
    const found = describeTopicConfigs(layers, overrides).find(
      ({ name }) => name === 'max.compaction.lag.ms',
    );
    expect(found?.value).toBe('9223372036854775806');
    expect(found?.synonyms[0]?.value).toBe('9223372036854775806');
  });

  it('a throttle, which server.properties doesn’t know, is answered as it was given', () => {
    const name = 'leader.replication.throttled.rate';
    const throttled = describeBrokerConfigs({
      ...overridden,
      brokerOverrides: new Map([[name, ' 7 ']]),
    });
    expect(throttled.find((each) => each.name === name)).toMatchObject({
      value: ' 7 ',
      type: 5,
      readOnly: false,
      isSensitive: false,
      synonyms: [{ name, value: ' 7 ', source: ConfigSource.DYNAMIC_BROKER_CONFIG }],
    });
  });

  it('a secret is never answered, wherever it was set', () => {
    const secret = describeBrokerConfigs({
      ...overridden,
      brokerOverrides: new Map([['ssl.keystore.password', 'very-secret']]),
    });
    expect(JSON.stringify(secret)).not.toContain('very-secret');
  });
});
