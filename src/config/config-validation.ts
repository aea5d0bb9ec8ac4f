// Whether a set of configs may be given to a topic, a group or a client-metrics subscription
// (LogConfig.validate, GroupConfig.validate, ClientMetricsConfigs.validate), with Kafka's sentences.
// It never looks at what is stored; the caller gives the whole set that would hold.
import { brokerConfigs, brokerQuotaConfigs } from './broker-configs.ts';
import {
  ConfigError,
  type ConfigKey,
  ConfigRequestError,
  type ConfigTable,
  type ConfigValue,
  parseAll,
  parseConfig,
} from './config-def.ts';
import { clientMetricsConfigs, groupConfigs } from './group-configs.ts';
import type { BrokerConfig } from './server-properties.ts';
import { topicConfigs } from './topic-configs.ts';

type Texts = ReadonlyMap<string, string>;

/** Throws ConfigError. `existing` are the topic's configs before the change. */
export function validateTopicConfigs(configs: Texts, existing: Texts, broker: BrokerConfig): void {
  if (configs.size === 0) return;
  checkNames(configs, topicConfigs, 'topic');
  const values = parseAll(topicConfigs, withStatics(configs, broker));
  checkCompactionLags(values);
  if (values.get('remote.storage.enable') === true) {
    checkRemoteStorage(values, broker);
  } else if (existing.get('remote.storage.enable') === 'true') {
    checkTurnedOff(values);
  }
}

/** What the broker's own configs give to a topic that leaves a config out takes part in the rules. */
function withStatics(configs: Texts, broker: BrokerConfig): Map<string, string | null> {
  const texts = new Map<string, string | null>(configs);
  const statics = broker.topicDefaults();
  for (const name of ['min.compaction.lag.ms', 'max.compaction.lag.ms', 'cleanup.policy']) {
    const value = statics.get(name);
    if (!texts.has(name) && value !== undefined && value !== null) {
      texts.set(name, longSafe(value));
    }
  }
  return texts;
}

const longSafe = (value: ConfigValue): string =>
  typeof value === 'number' && value >= 2 ** 63 ? '9223372036854775807' : String(value);

function checkNames(configs: Texts, table: ConfigTable, kind: string): void {
  for (const name of configs.keys()) {
    if (!table.has(name)) throw new ConfigError(`Unknown ${kind} config name: ${name}`);
  }
}

function checkCompactionLags(values: ReadonlyMap<string, ConfigValue>): void {
  const min = values.get('min.compaction.lag.ms') as number;
  const max = values.get('max.compaction.lag.ms') as number;
  if (min > max) {
    throw new ConfigError(
      `conflict topic config setting min.compaction.lag.ms (${min}) > max.compaction.lag.ms (${max})`,
    );
  }
}

function checkRemoteStorage(values: ReadonlyMap<string, ConfigValue>, broker: BrokerConfig): void {
  if (!broker.boolean('remote.log.storage.system.enable')) {
    throw new ConfigError(
      'Tiered Storage functionality is disabled in the broker. ' +
        'Topic cannot be configured with remote log storage.',
    );
  }
  const policy = values.get('cleanup.policy') as readonly string[];
  if (policy.includes('compact')) {
    throw new ConfigError(
      'Remote log storage only supports topics with cleanup.policy=delete or ' +
        'cleanup.policy being an empty list.',
    );
  }
}

function checkTurnedOff(values: ReadonlyMap<string, ConfigValue>): void {
  if (values.get('remote.log.delete.on.disable') === true) return;
  throw new ConfigError(
    'It is invalid to disable remote storage without deleting remote data. If you want to keep the ' +
      'remote data and turn to read only, please set ' +
      '`remote.storage.enable=true,remote.log.copy.disable=true`. If you want to disable remote storage ' +
      'and delete all remote data, please set ' +
      '`remote.storage.enable=false,remote.log.delete.on.disable=true`.',
  );
}

/** [group config, broker config that bounds it from below, from above], in Kafka's order. */
const GROUP_BOUNDS: readonly (readonly [string, string | null, string | null])[] = [
  'consumer.heartbeat.interval.ms',
  'consumer.session.timeout.ms',
  'consumer.assignment.interval.ms',
  'share.heartbeat.interval.ms',
  'share.session.timeout.ms',
  'share.assignment.interval.ms',
  'share.record.lock.duration.ms',
  'share.delivery.count.limit',
  'share.partition.max.record.locks',
  'streams.heartbeat.interval.ms',
  'streams.session.timeout.ms',
  'streams.num.standby.replicas',
  'streams.assignment.interval.ms',
].map((name) => {
  const [kind, ...rest] = name.split('.') as [string, ...string[]];
  const tail = rest.join('.');
  if (name === 'streams.num.standby.replicas') {
    return [name, null, 'group.streams.max.standby.replicas'] as const;
  }
  return [name, `group.${kind}.min.${tail}`, `group.${kind}.max.${tail}`] as const;
});

/** Throws ConfigError. */
export function validateGroupConfigs(configs: Texts, broker: BrokerConfig): void {
  checkNames(configs, groupConfigs, 'group');
  const values = parseAll(groupConfigs, withBrokerGroupValues(configs, broker));
  for (const [name, minName, maxName] of GROUP_BOUNDS) {
    if (!configs.has(name)) continue;
    const value = values.get(name) as number;
    if (minName !== null && value < broker.number(minName)) {
      throw new ConfigError(`${name} must be greater than or equal to ${minName}`);
    }
    if (maxName !== null && value > broker.number(maxName)) {
      throw new ConfigError(`${name} must be less than or equal to ${maxName}`);
    }
  }
  for (const kind of ['consumer', 'share', 'streams']) {
    const session = values.get(`${kind}.session.timeout.ms`) as number;
    const heartbeat = values.get(`${kind}.heartbeat.interval.ms`) as number;
    if (session <= heartbeat) {
      throw new ConfigError(
        `${kind}.session.timeout.ms must be greater than ${kind}.heartbeat.interval.ms`,
      );
    }
  }
}

function withBrokerGroupValues(configs: Texts, broker: BrokerConfig): Map<string, string> {
  const texts = new Map(configs);
  for (const kind of ['consumer', 'share', 'streams']) {
    for (const tail of ['session.timeout.ms', 'heartbeat.interval.ms']) {
      const name = `${kind}.${tail}`;
      if (!texts.has(name)) texts.set(name, String(broker.value(`group.${name}`)));
    }
  }
  return texts;
}

const MATCH_KEYS = [
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
];

/** Throws ConfigError. */
export function validateClientMetricsConfigs(configs: Texts): void {
  for (const name of configs.keys()) {
    if (!clientMetricsConfigs.has(name)) {
      throw new ConfigRequestError(`Unknown client metrics configuration: ${name}`);
    }
  }
  const values = parseAll(clientMetricsConfigs, configs);
  const interval = values.get('interval.ms') as number;
  if (interval < 100 || interval > 3_600_000) {
    throw new ConfigRequestError(
      `Invalid value ${interval} for interval.ms, interval must be between 100 and 3600000 (1 hour)`,
    );
  }
  for (const pattern of values.get('match') as readonly string[]) {
    const [name, expression] = pattern.split('=').map((part) => part.trim());
    const isGood = name !== undefined && expression !== undefined && MATCH_KEYS.includes(name);
    if (!isGood) throw new ConfigError(`Illegal client matching pattern: ${pattern}`);
  }
}

const SECURITY_CONFIGS = [
  'ssl.key.password',
  'ssl.keystore.certificate.chain',
  'ssl.keystore.key',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.keystore.type',
  'ssl.truststore.certificates',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.type',
];
const CLUSTER_LEVEL_LISTENER_CONFIGS = [
  'max.connection.creation.rate',
  'max.connections',
  'num.network.threads',
];
const LISTENER_CONFIG = /^listener\.name\.[^.]*\.(.*)$/;

/**
 * The whole set of dynamic configs of a broker, or of all brokers (DynamicBrokerConfig.validateConfigs).
 * Throws ConfigRequestError.
 */
export function validateDynamicBrokerConfigs(configs: Texts, isPerBroker: boolean): void {
  const names = [...configs.keys()];
  refuseAny(
    names.filter((name) => brokerConfigs.get(name)?.updateMode === 'read-only'),
    'Cannot update these configs dynamically',
  );
  refuseAny(
    SECURITY_CONFIGS.filter((name) => configs.has(name)),
    'These security configs can be dynamically updated only per-listener using the listener prefix',
  );
  for (const [name, text] of configs) {
    checkType(brokerConfigs.get(LISTENER_CONFIG.exec(name)?.[1] ?? name), text);
  }
  for (const key of brokerQuotaConfigs.values()) checkType(key, configs.get(key.name));
  if (isPerBroker) return;
  refuseAny(
    names.filter(isPerBrokerOnly),
    'Cannot update these configs at default cluster level, broker id must be specified',
  );
}

function checkType(key: ConfigKey | undefined, text: string | undefined): void {
  if (key === undefined || text === undefined) return;
  try {
    parseConfig(key, text);
  } catch (error) {
    throw new ConfigRequestError((error as Error).message);
  }
}

function isPerBrokerOnly(name: string): boolean {
  const base = LISTENER_CONFIG.exec(name)?.[1];
  if (base !== undefined) return !CLUSTER_LEVEL_LISTENER_CONFIGS.includes(base);
  return brokerConfigs.get(name)?.updateMode === 'per-broker';
}

function refuseAny(names: readonly string[], sentence: string): void {
  if (names.length > 0) throw new ConfigRequestError(`${sentence}: [${names.join(', ')}]`);
}
