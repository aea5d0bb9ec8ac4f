// The tables against the facts of configs.json, and every bad value that Apache was given against its sentence.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adminConfigs } from '../../src/config/admin-configs.ts';
import { brokerConfigs } from '../../src/config/broker-configs.ts';
import { type ConfigTable, parseAll, parseType } from '../../src/config/config-def.ts';
import { validateTopicConfigs } from '../../src/config/config-validation.ts';
import { consumerConfigs } from '../../src/config/consumer-configs.ts';
import { clientMetricsConfigs, groupConfigs } from '../../src/config/group-configs.ts';
import { producerConfigs } from '../../src/config/producer-configs.ts';
import { BrokerConfig } from '../../src/config/server-properties.ts';
import { topicConfigs } from '../../src/config/topic-configs.ts';

interface Fact {
  name: string;
  type: string;
  default?: string | null;
  required?: boolean;
  valid?: string;
  internal?: boolean;
  updateMode?: string;
}

const facts = JSON.parse(
  readFileSync(new URL('../../src/config/configs.json', import.meta.url), 'utf8'),
) as Record<string, Fact[]> & {
  topicBadValues: { name: string; value: string; error: string }[];
};

const broker = new BrokerConfig(
  new Map([
    ['process.roles', 'broker,controller'],
    ['node.id', '1'],
    ['controller.quorum.voters', '1@localhost:9093'],
    ['listeners', 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093'],
    ['controller.listener.names', 'CONTROLLER'],
  ]),
);

const tables: Record<string, ConfigTable> = {
  topic: topicConfigs,
  broker: brokerConfigs,
  group: groupConfigs,
  clientMetrics: clientMetricsConfigs,
  producer: producerConfigs,
  consumer: consumerConfigs,
  admin: adminConfigs,
};

for (const [name, table] of Object.entries(tables)) {
  describe(`the ${name} configs`, () => {
    it('are those of Apache Kafka: names, types, defaults, rules', () => {
      const ours = [...table.values()].map((key) => ({
        name: key.name,
        type: key.type,
        default: key.defaultText,
        valid: key.validator?.text ?? '',
        internal: key.internal ?? false,
        updateMode: key.updateMode,
      }));
      const theirs = (facts[name] as Fact[]).map((fact) => ({
        name: fact.name,
        type: fact.type,
        default: fact.required ? undefined : fact.default,
        valid: fact.valid ?? '',
        internal: fact.internal ?? false,
        updateMode: fact.updateMode,
      }));
      const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
      expect(ours.sort(byName)).toEqual(theirs.sort(byName));
    });

    it('accept their own defaults', () => {
      const required = new Map<string, string>();
      for (const key of table.values()) {
        if (key.defaultText !== undefined) continue;
        required.set(key.name, key.name === 'process.roles' ? 'broker' : '1');
      }
      expect(() => parseAll(table, required)).not.toThrow();
    });
  });
}

describe('a bad topic config is refused with the sentence of Apache Kafka', () => {
  for (const { name, value, error } of facts.topicBadValues) {
    it(`${name}=${value}`, () => {
      const sentence = error.replace(/^[A-Za-z]+: /, '');
      const check = () => validateTopicConfigs(new Map([[name, value]]), new Map(), broker);
      expect(check).toThrow(expect.objectContaining({ message: sentence }));
    });
  }

  it('a minimum compaction lag above the maximum', () => {
    const configs = new Map([
      ['min.compaction.lag.ms', '20'],
      ['max.compaction.lag.ms', '10'],
    ]);
    expect(() => validateTopicConfigs(configs, new Map(), broker)).toThrow(
      'conflict topic config setting min.compaction.lag.ms (20) > max.compaction.lag.ms (10)',
    );
  });

  it('an empty entry of a list', () => {
    const configs = new Map([['cleanup.policy', 'compact,,delete']]);
    expect(() => validateTopicConfigs(configs, new Map(), broker)).toThrow(
      "Configuration 'cleanup.policy' values must not be empty.",
    );
  });
});

describe('a good topic config is taken', () => {
  it('a repeated cleanup policy counts once', () => {
    expect(parseType('cleanup.policy', 'LIST', 'compact, compact')).toEqual(['compact']);
    const configs = new Map([['cleanup.policy', 'compact,compact']]);
    expect(() => validateTopicConfigs(configs, new Map(), broker)).not.toThrow();
  });
});
