// Dynamic configs of brokers, groups and client metrics, quotas, SCRAM users, finalized features.

import { alterClientQuotas } from '../../../src/client/admin/client-quotas.ts';
import { describeConfigs } from '../../../src/client/admin/describe-configs.ts';
import { incrementalAlterConfigs } from '../../../src/client/admin/incremental-alter-configs.ts';
import {
  alterUserScramCredentials,
  describeUserScramCredentials,
} from '../../../src/client/admin/user-scram-credentials.ts';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { API_VERSIONS } from '../../../src/protocol/generated/apis/api-versions.ts';
import { DESCRIBE_CLIENT_QUOTAS } from '../../../src/protocol/generated/apis/describe-client-quotas.ts';
import type { Holding } from '../holding.ts';

const SET = 0 as const;
const BROKER = 4;
const GROUP = 32;
const CLIENT_METRICS = 16;
const STATIC_CONFIG = 4;
const DEFAULT_CONFIG = 5;
/** So high that no broker ever throttles. */
const RATE = 1e9;

export const settings: Holding = {
  name: 'settings',

  async add({ client, round }) {
    const set = (name: string, value: string) => ({ name, operation: SET, value }) as const;
    const outcomes = await incrementalAlterConfigs(client, [
      {
        resource: { type: BROKER, name: '1' },
        changes: [set('log.cleaner.threads', String(1 + (round % 2)))],
      },
      {
        resource: { type: BROKER, name: '' },
        changes: [set('message.max.bytes', `${2e6 + round}`)],
      },
      {
        resource: { type: GROUP, name: `group-${round}` },
        changes: [set('consumer.session.timeout.ms', '50000')],
      },
      {
        resource: { type: CLIENT_METRICS, name: `metrics-${round}` },
        changes: [set('metrics', 'org.apache.kafka.'), set('interval.ms', '60000')],
      },
    ]);
    for (const { outcome } of outcomes) if (outcome.error !== undefined) throw outcome.error;
    await addQuotas(client, round);
    await addUsers(client, round);
  },

  async observe({ client }) {
    const seen = new Map<string, string>();
    const resources = [
      { type: BROKER, name: '1' },
      { type: BROKER, name: '' },
      ...[0, 1, 2, 3].flatMap((round) => [
        { type: GROUP, name: `group-${round}` },
        { type: CLIENT_METRICS, name: `metrics-${round}` },
      ]),
    ];
    for (const { resource, outcome } of await describeConfigs(client, resources)) {
      const dynamic = (outcome.value ?? [])
        .filter((entry) => entry.source !== STATIC_CONFIG && entry.source !== DEFAULT_CONFIG)
        .map((entry) => `${entry.name}=${entry.value} ${entry.source}`);
      seen.set(`configs of ${resource.type} '${resource.name}'`, dynamic.sort().join('\n'));
    }
    seen.set('quotas', await quotas(client));
    seen.set('scram users', await users(client));
    seen.set('features', await features(client));
    return seen;
  },
};

async function features(client: KafkaClient): Promise<string> {
  const request = { clientSoftwareName: 'takeover', clientSoftwareVersion: '1' };
  const response = await client.send(API_VERSIONS, request, { callName: 'features' });
  return response.finalizedFeatures
    .map(
      ({ name, minVersionLevel, maxVersionLevel }) =>
        `${name} ${minVersionLevel}-${maxVersionLevel}`,
    )
    .sort()
    .join('\n');
}

async function addQuotas(client: KafkaClient, round: number): Promise<void> {
  const rates = new Map([
    ['producer_byte_rate', RATE + round],
    ['consumer_byte_rate', RATE],
    ['request_percentage', 1000.5 + round],
  ]);
  const user = `user-${round}`;
  await alterClientQuotas(client, new Map([['user', user]]), rates);
  await alterClientQuotas(
    client,
    new Map([['user', null]]),
    new Map([['producer_byte_rate', RATE]]),
  );
  await alterClientQuotas(client, new Map([['client-id', `client ${round}`]]), rates);
  const both = new Map([
    ['user', user],
    ['client-id', null],
  ]);
  await alterClientQuotas(client, both, rates);
  await alterClientQuotas(client, both, new Map([['request_percentage', undefined]]));
  const names = (name: string | null) => [name, null, `${name} 2`] as const;
  for (const each of names(user)) {
    await alterClientQuotas(client, new Map([['user', each]]), rates);
    await alterClientQuotas(client, new Map([['client-id', each]]), rates);
    for (const clientId of names(`client-${round}`)) {
      const pair = new Map([
        ['user', each],
        ['client-id', clientId],
      ]);
      await alterClientQuotas(client, pair, new Map([['controller_mutation_rate', RATE + round]]));
    }
  }
  const anyIp = new Map([['ip', null]]);
  await alterClientQuotas(client, anyIp, new Map([['connection_creation_rate', 10_000 + round]]));
  const ip = new Map([['ip', `10.0.0.${round + 1}`]]);
  await alterClientQuotas(client, ip, new Map([['connection_creation_rate', 10_000]]));
}

async function addUsers(client: KafkaClient, round: number): Promise<void> {
  const password = `secret-${round}`;
  const user = `scram-${round}`;
  const short = { mechanism: 'SCRAM-SHA-256', iterations: 4096 + round, password } as const;
  const long = { mechanism: 'SCRAM-SHA-512', iterations: 8192, password } as const;
  await alterUserScramCredentials(client, user, [], [short]);
  await alterUserScramCredentials(client, user, [], [long]);
  if (round % 2 === 1) await alterUserScramCredentials(client, user, ['SCRAM-SHA-256'], []);
}

async function quotas(client: KafkaClient): Promise<string> {
  const request = { components: [], strict: false };
  const { entries } = await client.send(DESCRIBE_CLIENT_QUOTAS, request, { callName: 'quotas' });
  return (entries ?? [])
    .map(({ entity, values }) => {
      const parts = entity.map((part) => `${part.entityType}=${part.entityName}`).sort();
      return `${parts.join(' ')}: ${values.map(({ key, value }) => `${key}=${value}`).sort()}`;
    })
    .sort()
    .join('\n');
}

async function users(client: KafkaClient): Promise<string> {
  const described = await describeUserScramCredentials(client, []);
  return described
    .map(({ user, outcome }) => {
      const infos = (outcome.value ?? []).map((each) => `${each.mechanism} ${each.iterations}`);
      return `${user} ${infos.sort().join(', ')}`;
    })
    .sort()
    .join('\n');
}
