// kafka-configs.sh --describe of users, clients and ips: a line for each entity with quotas, then a line for each user
// with SCRAM credentials (ConfigCommand.describeQuotaConfigs, describeClientQuotaAndUserScramCredentialConfigs).

import {
  describeClientQuotas,
  type EntityQuotas,
  type QuotaEntity,
} from '../../client/admin/client-quotas.ts';
import {
  describeUserScramCredentials,
  type UserScramCredentials,
} from '../../client/admin/user-scram-credentials.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { javaHashMapOrder, javaHashOrder } from '../../common/java.ts';
import { javaDoubleToString } from '../../common/java-floating.ts';
import { javaHashCode } from '../../common/java-hash.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { type Entities, quotaFilters } from './entities.ts';

const TIMEOUT_MS = 30_000;
/** In the order in which Kafka names an entity's parts, with what it calls them. */
const PARTS = [
  ['user', 'user-principal'],
  ['client-id', 'client-id'],
  ['ip', 'ip'],
] as const;

export async function describeQuotas(
  client: KafkaClient,
  entities: Entities,
  context: ToolContext,
): Promise<void> {
  const options = { timeoutMs: TIMEOUT_MS };
  const quotas = inJavaOrder(await describeClientQuotas(client, quotaFilters(entities), options));
  const mayHaveScram = entities.types.length === 1 && entities.types[0] === 'users';
  const users =
    mayHaveScram && !entities.names.includes('')
      ? await describeUserScramCredentials(client, entities.names, options)
      : [];
  await context.out.present({
    kafka: () => [...quotas.map(quotaLine), ...users.map(userLine)],
    table: () => ({
      columns: [{ name: 'ENTITY' }, { name: 'CONFIG' }, { name: 'VALUE' }],
      rows: [...quotas.flatMap(quotaRows), ...users.flatMap(userRows)],
    }),
    data: () => [
      ...quotas.map(({ entity, values }) => ({
        entity: Object.fromEntries(entity),
        quotas: Object.fromEntries(values),
      })),
      ...users.map(({ user, outcome }) => ({
        entity: { user },
        scramCredentials: outcome.value ?? null,
        error: outcome.error?.message ?? null,
      })),
    ],
  });
}

/** Admin gives two HashMaps, each made for as many keys as there are. */
function inJavaOrder(quotas: readonly EntityQuotas[]): EntityQuotas[] {
  const ordered = javaHashOrder(quotas, ({ entity }) => entityHash(entity), quotas.length);
  return ordered.map(({ entity, values }) => ({
    entity,
    values: new Map(
      javaHashMapOrder([...values.keys()], values.size).map((key) => [key, values.get(key)!]),
    ),
  }));
}

/** ClientQuotaEntity.hashCode: Objects.hash of a map. */
function entityHash(entity: QuotaEntity): number {
  let hash = 31;
  for (const [type, name] of entity) {
    hash = (hash + (javaHashCode(type) ^ (name === null ? 0 : javaHashCode(name)))) | 0;
  }
  return hash;
}

function quotaLine({ entity, values }: EntityQuotas): string {
  const quotas = [...values].map(([name, value]) => `${name}=${javaDoubleToString(value)}`);
  return `Quota configs for ${described(entity)} are ${quotas.join(', ')}`;
}

function quotaRows({ entity, values }: EntityQuotas): string[][] {
  return [...values].map(([name, value]) => [described(entity), name, javaDoubleToString(value)]);
}

function described(entity: QuotaEntity): string {
  return PARTS.filter(([type]) => entity.has(type))
    .map(([type, called]) => {
      const name = entity.get(type);
      return name === null ? `the default ${called}` : `${called} '${name}'`;
    })
    .join(', ');
}

function userLine({ user, outcome }: UserScramCredentials): string {
  if (outcome.error !== undefined) {
    const { name, message } = outcome.error;
    return `Error retrieving SCRAM credential configs for user-principal '${user}': ${name}: ${message}`;
  }
  const infos = outcome.value.map(
    ({ mechanism, iterations }) => `${mechanism}=iterations=${iterations}`,
  );
  return `SCRAM credential configs for user-principal '${user}' are ${infos.join(', ')}`;
}

function userRows({ user, outcome }: UserScramCredentials): string[][] {
  return (outcome.value ?? []).map(({ mechanism, iterations }) => [
    `user-principal '${user}'`,
    mechanism,
    `iterations=${iterations}`,
  ]);
}
