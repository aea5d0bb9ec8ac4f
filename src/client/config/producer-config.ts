// ProducerConfig as kafta uses it, with the rules between its values (ProducerConfig.postProcessAndValidateIdempotenceConfigs).

import { isJdkClass } from '../../common/java.ts';
import { producerConfigs } from '../../config/producer-configs.ts';
import { ClientError, ConfigError, KafkaError } from '../errors.ts';
import { ConfigValues } from './config-values.ts';
import { type NetworkConfig, networkConfig } from './network-config.ts';
import { checkPlugins } from './plugins.ts';

export type CompressionName = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export interface ProducerConfig {
  readonly network: NetworkConfig;
  /** -1 is all. */
  readonly acks: -1 | 0 | 1;
  readonly idempotence: boolean;
  readonly batchSizeBytes: number;
  /** Otherwise batches behind a backlog may grow. */
  readonly isBatchSizeGiven: boolean;
  readonly bufferMemoryBytes: number;
  readonly maxRequestSizeBytes: number;
  readonly lingerMs: number;
  readonly maxBlockMs: number;
  readonly deliveryTimeoutMs: number;
  readonly retries: number;
  readonly maxInFlight: number;
  readonly compression: CompressionName;
  /** undefined: the codec's default. */
  readonly compressionLevel: number | undefined;
  /** 'sticky' is what Kafka does without a partitioner.class. */
  readonly partitioner: 'sticky' | 'round-robin';
  readonly ignoreKeys: boolean;
  readonly adaptivePartitioning: boolean;
  /** How long a topic stays known after its last use. */
  readonly metadataMaxIdleMs: number;
  /** null: the producer isn't transactional. */
  readonly transactionalId: string | null;
  /** How long the coordinator lets a transaction be open. */
  readonly transactionTimeoutMs: number;
}

/** Throws ConfigError with Kafka's sentence; another ClientError for what KafkaProducer's constructor wraps. */
export function producerConfig(
  given: ReadonlyMap<string, string>,
  clientId: string,
): ProducerConfig {
  const values = new ConfigValues(producerConfigs, given);
  const acks = parseAcks(values.string('acks'));
  const partitioner = parsePartitioner(values.stringOrNull('partitioner.class'));
  const compression = values.string('compression.type') as CompressionName;
  const isIdempotent = idempotence(values, acks);
  const transactionalId = values.stringOrNull('transactional.id');
  if (transactionalId !== null && !isIdempotent) {
    throw new ConfigError('Cannot set a transactional.id without also enabling idempotence.');
  }
  checkTwoPhaseCommit(values);
  checkPlugins(values);
  return {
    network: networkConfig(values, clientId),
    acks,
    idempotence: isIdempotent,
    batchSizeBytes: values.number('batch.size'),
    isBatchSizeGiven: values.isGiven('batch.size'),
    bufferMemoryBytes: values.number('buffer.memory'),
    maxRequestSizeBytes: values.number('max.request.size'),
    lingerMs: values.number('linger.ms'),
    maxBlockMs: values.number('max.block.ms'),
    deliveryTimeoutMs: deliveryTimeout(values),
    retries: values.number('retries'),
    maxInFlight: values.number('max.in.flight.requests.per.connection'),
    compression,
    compressionLevel: compressionLevel(values, compression),
    partitioner,
    ignoreKeys: values.boolean('partitioner.ignore.keys'),
    adaptivePartitioning: values.boolean('partitioner.adaptive.partitioning.enable'),
    metadataMaxIdleMs: values.number('metadata.max.idle.ms'),
    transactionalId,
    transactionTimeoutMs: values.number('transaction.timeout.ms'),
  };
}

function parsePartitioner(className: string | null): ProducerConfig['partitioner'] {
  if (className === null) return 'sticky';
  if (className === 'org.apache.kafka.clients.producer.RoundRobinPartitioner') return 'round-robin';
  if (isJdkClass(className)) {
    throw new KafkaError(
      `class ${className} is not an instance of org.apache.kafka.clients.producer.Partitioner`,
    );
  }
  throw new ConfigError(
    `Invalid value ${className} for configuration partitioner.class: Class ${className} could not be found.`,
  );
}

function parseAcks(text: string): -1 | 0 | 1 {
  return text === 'all' || text === '-1' ? -1 : text === '0' ? 0 : 1;
}

function compressionLevel(values: ConfigValues, compression: CompressionName): number | undefined {
  if (compression === 'none' || compression === 'snappy') return undefined;
  const level = values.number(`compression.${compression}.level`);
  return compression === 'gzip' && level === -1 ? undefined : level;
}

/** On by default; switched off silently by acks or retries, unless it was asked for by name: then those are errors. */
function idempotence(values: ConfigValues, acks: number): boolean {
  if (!values.boolean('enable.idempotence')) return false;
  const isAsked = values.isGiven('enable.idempotence');
  if (values.number('retries') === 0) {
    if (!isAsked) return false;
    throw new ConfigError('Must set retries to non-zero when using the idempotent producer.');
  }
  if (acks !== -1) {
    if (!isAsked) return false;
    throw new ConfigError(
      'Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.',
    );
  }
  const maxInFlight = values.number('max.in.flight.requests.per.connection');
  if (maxInFlight > 5) {
    throw new ConfigError(
      `To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5. Current value is ${maxInFlight}.`,
    );
  }
  return true;
}

/** KIP-939: Kafka's producer 4.3 checks the config and goes on as without it; no broker is told. */
function checkTwoPhaseCommit(values: ConfigValues): void {
  if (!values.boolean('transaction.two.phase.commit.enable')) return;
  if (!values.isGiven('transaction.timeout.ms')) return;
  throw new ConfigError(
    'Cannot set transaction.timeout.ms when transaction.two.phase.commit.enable is set to true. Transactions will not expire with two-phase commit enabled.',
  );
}

const INT_MAX = 2 ** 31 - 1;

/** KafkaProducer.configureDeliveryTimeout: never below linger.ms + request.timeout.ms. */
function deliveryTimeout(values: ConfigValues): number {
  const timeoutMs = values.number('delivery.timeout.ms');
  const leastMs = Math.min(
    Math.min(values.number('linger.ms'), INT_MAX) + values.number('request.timeout.ms'),
    INT_MAX,
  );
  if (timeoutMs >= leastMs) return timeoutMs;
  if (values.isGiven('delivery.timeout.ms')) {
    // Kafka finds it later than the others, and says so in another exception.
    throw new ClientError(
      'org.apache.kafka.common.config.ConfigException',
      'delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms',
    );
  }
  return leastMs;
}
