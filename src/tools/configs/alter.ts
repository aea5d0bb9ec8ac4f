// kafka-configs.sh --alter (ConfigCommand.alterConfig): sets and deletes configs of one entity, all or none of them.

import { ConfigResourceType } from '../../client/admin/config-resources.ts';
import { describeConfigs } from '../../client/admin/describe-configs.ts';
import { incrementalAlterConfigs } from '../../client/admin/incremental-alter-configs.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { type Changes, parseChanges } from './changes.ts';
import { refusal } from './checks.ts';
import { alterClients, alterIpQuotas } from './client-changes.ts';
import { type Entities, type EntityType, RESOURCE_TYPES, singular } from './entities.ts';

const TIMEOUT_MS = 30_000;
const SET = 0;
const DELETE = 1;

export async function alterEntity(
  client: KafkaClient,
  entities: Entities,
  options: ParsedOptions,
  context: ToolContext,
): Promise<void> {
  const { types, names } = entities;
  const [type] = types as EntityType[];
  const [name] = names;
  const changes = parseChanges(options, context.io);
  if (type === 'broker-loggers') await checkLoggers(client, name!, changes);
  if (Object.hasOwn(RESOURCE_TYPES, type!)) await alterResource(client, type!, name!, changes);
  else if (type === 'ips') await alterIpQuotas(client, entities, changes);
  else await alterClients(client, entities, changes);
  await context.out.present({
    kafka: () => [
      name === ''
        ? `Completed updating default config for ${type} in the cluster.`
        : `Completed updating config for ${singular(type!)} ${name}.`,
    ],
    data: () => ({
      entityType: type,
      entityName: name === '' ? null : name,
      added: [...changes.added.keys()],
      deleted: changes.deleted,
    }),
  });
}

async function alterResource(
  client: KafkaClient,
  type: EntityType,
  name: string,
  { added, deleted }: Changes,
): Promise<void> {
  const changes = [
    ...[...added].map(([key, value]) => ({ name: key, operation: SET, value }) as const),
    ...deleted.map((key) => ({ name: key, operation: DELETE, value: '' }) as const),
  ];
  const resource = { type: RESOURCE_TYPES[type]!, name };
  const [result] = await incrementalAlterConfigs(client, [{ resource, changes }], {
    timeoutMs: TIMEOUT_MS,
  });
  if (result!.outcome.error !== undefined) throw result!.outcome.error;
}

/** Only loggers that the broker has can be changed. */
async function checkLoggers(
  client: KafkaClient,
  broker: string,
  { added, deleted }: Changes,
): Promise<void> {
  const resource = { type: ConfigResourceType.BROKER_LOGGER, name: broker };
  const [result] = await describeConfigs(client, [resource], { timeoutMs: TIMEOUT_MS });
  const { value, error } = result!.outcome;
  if (error !== undefined) throw error;
  const known = new Set(value.map(({ name }) => name));
  const unknown = [...deleted, ...added.keys()].filter((logger) => !known.has(logger));
  if (unknown.length > 0) throw refusal(`Invalid broker logger(s): ${unknown.join(',')}`);
}
