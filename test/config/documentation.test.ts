import { describe, expect, it } from 'vitest';
import { brokerConfigs, brokerQuotaConfigs } from '../../src/config/broker-configs.ts';
import {
  brokerDocumentation,
  clientMetricsDocumentation,
  documentedBrokerConfigs,
  groupDocumentation,
  topicDocumentation,
} from '../../src/config/documentation.ts';
import { clientMetricsConfigs, groupConfigs } from '../../src/config/group-configs.ts';
import { topicConfigs } from '../../src/config/topic-configs.ts';

describe('documentation', () => {
  it.each([
    ['topic', topicConfigs, topicDocumentation],
    ['group', groupConfigs, groupDocumentation],
    ['client-metrics', clientMetricsConfigs, clientMetricsDocumentation],
  ])('there is of every %s config', (_, table, documentation) => {
    const shown = [...table.values()].filter(({ internal }) => internal !== true);
    expect(shown.filter(({ name }) => documentation(name) === null)).toEqual([]);
  });

  it('of a broker is of configs that there are', () => {
    const isKnown = (name: string) => brokerConfigs.has(name) || brokerQuotaConfigs.has(name);
    expect(documentedBrokerConfigs().filter((name) => !isKnown(name))).toEqual([]);
  });

  it('of a broker’s default is that of the topic’s config, in the same unit', () => {
    expect(brokerDocumentation('log.retention.ms')).toBe(topicDocumentation('retention.ms'));
    expect(brokerDocumentation('log.retention.hours')).toBeNull();
    expect(brokerDocumentation('group.consumer.session.timeout.ms')).toBe(
      groupDocumentation('consumer.session.timeout.ms'),
    );
  });

  it('is none where there is no sentence', () => {
    for (const name of ['nope', 'constructor']) expect(topicDocumentation(name)).toBeNull();
  });
});
