// ShareConsumerConfig as kafta uses it: the consumer's configs without those that a share group decides for itself.

import { consumerConfigs } from '../../config/consumer-configs.ts';
import { ClientError, ConfigError } from '../errors.ts';
import { ConfigValues } from './config-values.ts';
import { type NetworkConfig, networkConfig } from './network-config.ts';

export interface ShareConsumerConfig {
  readonly network: NetworkConfig;
  readonly groupId: string;
  /** explicit: each record is acknowledged by the reader; implicit: all of a poll are accepted by the next one. */
  readonly acknowledgement: 'implicit' | 'explicit';
  /** ShareFetch's share.acquire.mode: 0 whole batches, 1 no more than max.poll.records. */
  readonly acquireMode: 0 | 1;
  readonly maxPollRecords: number;
  readonly maxPollIntervalMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly checkCrcs: boolean;
  readonly rack: string;
  readonly apiTimeoutMs: number;
}

const UNSUPPORTED = [
  'auto.offset.reset',
  'enable.auto.commit',
  'group.instance.id',
  'isolation.level',
  'partition.assignment.strategy',
  'interceptor.classes',
  'session.timeout.ms',
  'heartbeat.interval.ms',
  'group.protocol',
  'group.remote.assignor',
];

/** Throws ConfigError, or what else Java's constructor throws, with Kafka's sentence. */
export function shareConsumerConfig(
  given: ReadonlyMap<string, string>,
  clientId: string | undefined,
): ShareConsumerConfig {
  const refused = UNSUPPORTED.filter((name) => given.has(name));
  if (refused.length > 0) {
    throw new ConfigError(`${refused.join(',')} cannot be set when using a share group.`);
  }
  const values = new ConfigValues(consumerConfigs, given);
  const groupId = values.stringOrNull('group.id');
  if (groupId === null || groupId === '') {
    throw new ClientError(
      'InvalidGroupIdException',
      'You must provide a valid group.id in the consumer configuration.',
      { code: 24 },
    );
  }
  const isRecordLimit = values.string('share.acquire.mode').toLowerCase() === 'record_limit';
  return {
    network: networkConfig(values, clientId ?? `consumer-${groupId}-1`),
    groupId,
    acknowledgement: values.string('share.acknowledgement.mode') as 'implicit' | 'explicit',
    acquireMode: isRecordLimit ? 1 : 0,
    maxPollRecords: values.number('max.poll.records'),
    maxPollIntervalMs: values.number('max.poll.interval.ms'),
    minBytes: values.number('fetch.min.bytes'),
    maxBytes: values.number('fetch.max.bytes'),
    maxWaitMs: values.number('fetch.max.wait.ms'),
    checkCrcs: values.boolean('check.crcs'),
    rack: values.string('client.rack'),
    apiTimeoutMs: values.number('default.api.timeout.ms'),
  };
}
