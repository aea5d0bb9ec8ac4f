// Which entities a command line of kafka-configs.sh names: --entity-type with --entity-name or --entity-default, or the
// flags of one type (ConfigCommandOptions.entityTypes, entityNames).

import type {
  QuotaEntity,
  QuotaEntityType,
  QuotaFilter,
} from '../../client/admin/client-quotas.ts';
import { ConfigResourceType } from '../../client/admin/config-resources.ts';
import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';

export type EntityType =
  | 'topics'
  | 'clients'
  | 'users'
  | 'brokers'
  | 'ips'
  | 'client-metrics'
  | 'groups'
  | 'broker-loggers';

/** In the order in which Kafka tells them. */
export const ENTITY_TYPES: readonly EntityType[] = [
  'topics',
  'clients',
  'users',
  'brokers',
  'ips',
  'client-metrics',
  'groups',
  'broker-loggers',
];

/** The types whose configs go by DescribeConfigs, with their resource type. */
export const RESOURCE_TYPES: Readonly<Partial<Record<EntityType, number>>> = {
  topics: ConfigResourceType.TOPIC,
  brokers: ConfigResourceType.BROKER,
  'broker-loggers': ConfigResourceType.BROKER_LOGGER,
  'client-metrics': ConfigResourceType.CLIENT_METRICS,
  groups: ConfigResourceType.GROUP,
};

const FLAGS: readonly (readonly [string, EntityType])[] = [
  ['topic', 'topics'],
  ['client', 'clients'],
  ['user', 'users'],
  ['broker', 'brokers'],
  ['broker-logger', 'broker-loggers'],
  ['ip', 'ips'],
  ['client-metrics', 'client-metrics'],
  ['group', 'groups'],
];
const DEFAULT_FLAGS: readonly (readonly [string, EntityType])[] = [
  ['client-defaults', 'clients'],
  ['user-defaults', 'users'],
  ['broker-defaults', 'brokers'],
  ['ip-defaults', 'ips'],
];

export interface Entities {
  /** As written: --entity-type takes any word. */
  readonly types: readonly string[];
  /** '' is the default of the type. May be fewer or more than the types. */
  readonly names: readonly string[];
}

/** Throws CommandLineError for a flag given twice. */
export function entitiesOf(options: ParsedOptions): Entities {
  const flags = FLAGS.filter(([flag]) => options.has(flag));
  const defaults = DEFAULT_FLAGS.filter(([flag]) => options.has(flag));
  return {
    types: [...options.values('entity-type'), ...[...flags, ...defaults].map(([, type]) => type)],
    names: [
      ...genericNames(options),
      ...flags.map(([flag]) => options.value(flag)!),
      ...defaults.map(() => ''),
    ],
  };
}

/** Whether a flag of one type stands on the line. */
export function hasEntityFlag(options: ParsedOptions): boolean {
  return [...FLAGS, ...DEFAULT_FLAGS].some(([flag]) => options.has(flag));
}

/** --entity-name and --entity-default in the order in which they were given. */
function genericNames(options: ParsedOptions): string[] {
  const names = [...options.values('entity-name')];
  return options.line.sequence
    .filter(({ name }) => name === 'entity-name' || name === 'entity-default')
    .map(({ name }) => (name === 'entity-name' ? names.shift()! : ''));
}

/** `topics` → `topic`, as Kafka does it. */
export function singular(type: string): string {
  return type.slice(0, -1);
}

const QUOTA_TYPES: Readonly<Record<string, QuotaEntityType>> = {
  users: 'user',
  clients: 'client-id',
  ips: 'ip',
};

/** For DescribeClientQuotas: a type without a name takes them all. Throws CommandLineError. */
export function quotaFilters({ types, names }: Entities): QuotaFilter[] {
  if (names.length > types.length) {
    throw new CommandLineError(
      'More entity names specified than entity types',
      'java.lang.IllegalArgumentException',
    );
  }
  return types.map((type, index) => {
    const name = names[index];
    return { type: QUOTA_TYPES[type]!, name: name === '' ? null : name };
  });
}

/** For AlterClientQuotas: as many names as types. */
export function quotaEntity({ types, names }: Entities): QuotaEntity {
  return new Map(types.map((type, index) => [QUOTA_TYPES[type]!, names[index] || null]));
}
