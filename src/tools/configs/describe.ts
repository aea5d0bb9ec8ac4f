// kafka-configs.sh --describe (ConfigCommand.describeConfig): one heading per entity, then its configs sorted by name.

import { describeConfigs } from '../../client/admin/describe-configs.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import type { ConfigEntry } from '../../client/types.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { type Entities, type EntityType, RESOURCE_TYPES, singular } from './entities.ts';
import { describeQuotas } from './quotas.ts';
import { allEntities, isKnown } from './resources.ts';

/** Admin's time for one answer here. */
const TIMEOUT_MS = 30_000;
/** ConfigEntry.ConfigSource by its number. */
const SOURCES = [
  'UNKNOWN',
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
  'DYNAMIC_BROKER_LOGGER_CONFIG',
  'DYNAMIC_CLIENT_METRICS_CONFIG',
  'DYNAMIC_GROUP_CONFIG',
];

interface DescribedEntity {
  readonly type: EntityType;
  readonly name: string;
  readonly configs: readonly ConfigEntry[];
}

export async function describeEntities(
  client: KafkaClient,
  entities: Entities,
  options: ParsedOptions,
  context: ToolContext,
): Promise<void> {
  const { types, names } = entities;
  if (!Object.hasOwn(RESOURCE_TYPES, types[0]!)) {
    await describeQuotas(client, entities, context);
    return;
  }
  const type = types[0] as EntityType;
  await describeResources(client, type, names[0], options.has('all'), context);
}

async function describeResources(
  client: KafkaClient,
  type: EntityType,
  wanted: string | undefined,
  isAll: boolean,
  context: ToolContext,
): Promise<void> {
  if (wanted !== undefined && !isAll && !(await isKnown(client, type, wanted))) {
    context.notice(
      `The ${singular(type)} '${wanted}' doesn't exist and doesn't have dynamic config.`,
    );
    return;
  }
  const names = wanted === undefined ? await allEntities(client, type) : [wanted];
  const described: DescribedEntity[] = [];
  try {
    for (const name of names) {
      const entity = { type, name, configs: [] };
      described.push(entity);
      described[described.length - 1] = { ...entity, configs: await fetch(client, entity, isAll) };
    }
  } catch (error) {
    // Kafka has printed the headings by then.
    if (context.manner === 'exact') await present(described, isAll, context);
    throw error;
  }
  await present(described, isAll, context);
}

async function fetch(
  client: KafkaClient,
  { type, name }: DescribedEntity,
  isAll: boolean,
): Promise<ConfigEntry[]> {
  const resource = { type: RESOURCE_TYPES[type]!, name };
  const [result] = await describeConfigs(client, [resource], {
    includeSynonyms: true,
    timeoutMs: TIMEOUT_MS,
  });
  const { value, error } = result!.outcome;
  if (error !== undefined) throw error;
  const source = isAll ? undefined : dynamicSource(type, name);
  return value
    .filter((entry) => source === undefined || SOURCES[entry.source] === source)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What counts as set on the entity itself; undefined: everything (loggers). */
function dynamicSource(type: EntityType, name: string): string | undefined {
  switch (type) {
    case 'topics':
      return 'DYNAMIC_TOPIC_CONFIG';
    case 'brokers':
      return name === '' ? 'DYNAMIC_DEFAULT_BROKER_CONFIG' : 'DYNAMIC_BROKER_CONFIG';
    case 'client-metrics':
      return 'DYNAMIC_CLIENT_METRICS_CONFIG';
    case 'groups':
      return 'DYNAMIC_GROUP_CONFIG';
    default:
      return undefined;
  }
}

async function present(
  entities: readonly DescribedEntity[],
  isAll: boolean,
  context: ToolContext,
): Promise<void> {
  await context.out.present({
    kafka: () =>
      entities.flatMap((entity) => [heading(entity, isAll), ...entity.configs.map(line)]),
    table: () =>
      entities.map((entity) => ({
        title: heading(entity, isAll).replace(/ are:$/, ''),
        columns: [{ name: 'CONFIG' }, { name: 'VALUE' }, { name: 'SOURCE', tone: () => 'dim' }],
        rows: entity.configs.map((config) => [
          config.name,
          shown(config),
          SOURCES[config.source] ?? 'UNKNOWN',
        ]),
      })),
    data: () =>
      entities.map(({ type, name, configs }) => ({
        entityType: type,
        entityName: name === '' ? null : name,
        configs: configs.map((config) => ({
          name: config.name,
          value: config.value,
          source: SOURCES[config.source] ?? 'UNKNOWN',
          isSensitive: config.isSensitive,
          isReadOnly: config.isReadOnly,
        })),
      })),
  });
}

function shown({ value, isSensitive }: ConfigEntry): string {
  return value ?? (isSensitive ? '(hidden)' : '');
}

function heading({ type, name }: DescribedEntity, isAll: boolean): string {
  if (name === '') return `Default configs for ${type} in the cluster are:`;
  return `${isAll ? 'All' : 'Dynamic'} configs for ${singular(type)} ${name} are:`;
}

function line({ name, value, isSensitive, synonyms }: ConfigEntry): string {
  const origins = synonyms.map(
    (synonym) => `${SOURCES[synonym.source] ?? 'UNKNOWN'}:${synonym.name}=${synonym.value}`,
  );
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${origins.join(', ')}}`;
}
