// ConsumerConfig as kafta uses it, with the rules between its values.

import { consumerConfigs } from '../../config/consumer-configs.ts';
import { ClientError, ConfigError } from '../errors.ts';
import { ConfigValues } from './config-values.ts';
import { type NetworkConfig, networkConfig } from './network-config.ts';
import { checkPlugins } from './plugins.ts';

/** auto.offset.reset; by_duration looks for the first record that isn't older than `durationMs` (KIP-1106). */
export type OffsetReset =
  | { readonly kind: 'earliest' | 'latest' | 'none' }
  | { readonly kind: 'by_duration'; readonly durationMs: number };

export type AssignorName = 'range' | 'roundrobin' | 'sticky' | 'cooperative-sticky';

export interface FetchConfig {
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly maxPartitionBytes: number;
  readonly checkCrcs: boolean;
  readonly isReadCommitted: boolean;
  readonly rack: string;
}

export interface GroupConfig {
  readonly groupId: string;
  /** `consumer` is KIP-848's: the coordinator assigns. */
  readonly protocol: 'classic' | 'consumer';
  /** The coordinator's assignor, null leaves it to choose; protocol consumer only. */
  readonly remoteAssignor: string | null;
  /** null: a dynamic member. */
  readonly groupInstanceId: string | null;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** max.poll.interval.ms, which is also the rebalance time-out. */
  readonly maxPollIntervalMs: number;
  readonly assignors: readonly AssignorName[];
  readonly rack: string;
}

export interface ConsumerConfig {
  readonly network: NetworkConfig;
  readonly fetch: FetchConfig;
  /** undefined without group.id. */
  readonly group: GroupConfig | undefined;
  readonly offsetReset: OffsetReset;
  readonly maxPollRecords: number;
  readonly autoCommit: boolean;
  readonly autoCommitIntervalMs: number;
  readonly allowAutoCreateTopics: boolean;
  readonly excludeInternalTopics: boolean;
  readonly apiTimeoutMs: number;
}

/** Throws ConfigError, or what else Java's constructor throws, with Kafka's sentence. */
export function consumerConfig(
  given: ReadonlyMap<string, string>,
  clientId: string | undefined,
): ConsumerConfig {
  const values = new ConfigValues(consumerConfigs, given);
  checkGroupProtocol(values);
  const group = groupConfig(values);
  const network = networkConfig(values, clientId ?? defaultClientId(group));
  checkPlugins(values);
  return {
    network,
    fetch: {
      minBytes: values.number('fetch.min.bytes'),
      maxBytes: values.number('fetch.max.bytes'),
      maxWaitMs: values.number('fetch.max.wait.ms'),
      maxPartitionBytes: values.number('max.partition.fetch.bytes'),
      checkCrcs: values.boolean('check.crcs'),
      isReadCommitted: values.string('isolation.level') === 'read_committed',
      rack: values.string('client.rack'),
    },
    group,
    offsetReset: parseOffsetReset(values.string('auto.offset.reset')),
    maxPollRecords: values.number('max.poll.records'),
    autoCommit: autoCommit(values, group),
    autoCommitIntervalMs: values.number('auto.commit.interval.ms'),
    allowAutoCreateTopics: values.boolean('allow.auto.create.topics'),
    excludeInternalTopics: values.boolean('exclude.internal.topics'),
    apiTimeoutMs: values.number('default.api.timeout.ms'),
  };
}

const CLASSIC_ONLY = [
  'partition.assignment.strategy',
  'heartbeat.interval.ms',
  'session.timeout.ms',
];

/** ConsumerConfig.checkUnsupportedConfigsPostProcess: what the other protocol alone knows may not be set. */
function checkGroupProtocol(values: ConfigValues): void {
  const protocol = values.string('group.protocol').toUpperCase();
  const refused = protocol === 'CONSUMER' ? CLASSIC_ONLY : ['group.remote.assignor'];
  const given = refused.filter((name) => values.isGiven(name));
  if (given.length === 0) return;
  throw new ConfigError(`${given.join(', ')} cannot be set when group.protocol=${protocol}`);
}

/** KafkaConsumer's: consumer-<group>-<instance or a number>. */
function defaultClientId(group: GroupConfig | undefined): string {
  return `consumer-${group?.groupId ?? 'null'}-${group?.groupInstanceId ?? '1'}`;
}

function autoCommit(values: ConfigValues, group: GroupConfig | undefined): boolean {
  const isOn = values.boolean('enable.auto.commit');
  if (group !== undefined || !isOn) return isOn;
  if (!values.isGiven('enable.auto.commit')) return false;
  throw new ClientError(
    'InvalidConfigurationException',
    'enable.auto.commit cannot be set to true when default group id (null) is used.',
  );
}

function groupConfig(values: ConfigValues): GroupConfig | undefined {
  const groupId = values.stringOrNull('group.id');
  if (groupId === null) return undefined;
  if (groupId === '') {
    throw new ClientError(
      'InvalidGroupIdException',
      'The configured group.id should not be an empty string or whitespace.',
    );
  }
  const sessionTimeoutMs = values.number('session.timeout.ms');
  const heartbeatIntervalMs = values.number('heartbeat.interval.ms');
  if (heartbeatIntervalMs >= sessionTimeoutMs) {
    throw new ClientError(
      'java.lang.IllegalArgumentException',
      'Heartbeat must be set lower than the session timeout',
    );
  }
  const isClassic = values.string('group.protocol').toLowerCase() === 'classic';
  return {
    groupId,
    protocol: isClassic ? 'classic' : 'consumer',
    remoteAssignor: values.stringOrNull('group.remote.assignor'),
    groupInstanceId: values.stringOrNull('group.instance.id'),
    sessionTimeoutMs,
    heartbeatIntervalMs,
    maxPollIntervalMs: values.number('max.poll.interval.ms'),
    assignors: values.list('partition.assignment.strategy').map(assignorName),
    rack: values.string('client.rack'),
  };
}

const ASSIGNORS: ReadonlyMap<string, AssignorName> = new Map([
  ['RangeAssignor', 'range'],
  ['RoundRobinAssignor', 'roundrobin'],
  ['StickyAssignor', 'sticky'],
  ['CooperativeStickyAssignor', 'cooperative-sticky'],
]);
const ASSIGNOR_PACKAGE = 'org.apache.kafka.clients.consumer.';

function assignorName(className: string): AssignorName {
  const name = className.replace(/^class /, '');
  const known = name.startsWith(ASSIGNOR_PACKAGE)
    ? ASSIGNORS.get(name.slice(ASSIGNOR_PACKAGE.length))
    : undefined;
  if (known !== undefined) return known;
  throw new ClientError(
    'org.apache.kafka.common.KafkaException',
    `${name} ClassNotFoundException exception occurred`,
    { cause: new ClientError('java.lang.ClassNotFoundException', name) },
  );
}

const DURATION = /^by_duration:P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,9})?)S)?)?$/i;

/** The table's rule let only good ones through. */
function parseOffsetReset(text: string): OffsetReset {
  if (text === 'earliest' || text === 'latest' || text === 'none') return { kind: text };
  const [, days, hours, minutes, seconds] = DURATION.exec(text) ?? [];
  const wholeMinutes = (Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0);
  const durationMs = Math.floor(wholeMinutes * 60_000 + Number(seconds ?? 0) * 1000);
  return { kind: 'by_duration', durationMs };
}
