// Broker configs of tiered storage: update mode, name, type, default, rule; one row
// each, in Kafka's own order, which shows in DescribeConfigs. It never holds values that somebody set.
import { type ConfigKey, internalKey } from '../config-def.ts';
import { atLeast, between, nonEmptyString } from '../validators.ts';
import { broker } from './row.ts';

export const remoteConfigs: readonly ConfigKey[] = [
  broker('read-only', 'remote.log.storage.system.enable', 'BOOLEAN', 'false'),
  broker(
    'read-only',
    'remote.log.storage.manager.impl.prefix',
    'STRING',
    'rsm.config.',
    nonEmptyString,
  ),
  broker(
    'read-only',
    'remote.log.metadata.manager.impl.prefix',
    'STRING',
    'rlmm.config.',
    nonEmptyString,
  ),
  broker('read-only', 'remote.log.storage.manager.class.name', 'STRING', null, nonEmptyString),
  broker('read-only', 'remote.log.storage.manager.class.path', 'STRING', null),
  broker(
    'read-only',
    'remote.log.metadata.manager.class.name',
    'STRING',
    'org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager',
    nonEmptyString,
  ),
  broker('read-only', 'remote.log.metadata.manager.class.path', 'STRING', null),
  broker('read-only', 'remote.log.metadata.manager.listener.name', 'STRING', null, nonEmptyString),
  broker('read-only', 'remote.log.metadata.custom.metadata.max.bytes', 'INT', '128', atLeast('0')),
  broker(
    'cluster-wide',
    'remote.log.index.file.cache.total.size.bytes',
    'LONG',
    '1073741824',
    atLeast('1'),
  ),
  internalKey(
    broker('read-only', 'remote.log.index.file.cache.ttl.ms', 'LONG', '900000', atLeast('-1')),
  ),
  broker('read-only', 'remote.log.manager.thread.pool.size', 'INT', '2', atLeast('1')),
  broker('cluster-wide', 'remote.log.manager.copier.thread.pool.size', 'INT', '10', atLeast('1')),
  broker(
    'cluster-wide',
    'remote.log.manager.expiration.thread.pool.size',
    'INT',
    '10',
    atLeast('1'),
  ),
  broker('cluster-wide', 'remote.log.manager.follower.thread.pool.size', 'INT', '2', atLeast('1')),
  broker('read-only', 'remote.log.manager.task.interval.ms', 'LONG', '30000', atLeast('1')),
  internalKey(
    broker('read-only', 'remote.log.manager.task.retry.backoff.ms', 'LONG', '500', atLeast('1')),
  ),
  internalKey(
    broker(
      'read-only',
      'remote.log.manager.task.retry.backoff.max.ms',
      'LONG',
      '30000',
      atLeast('1'),
    ),
  ),
  internalKey(
    broker(
      'read-only',
      'remote.log.manager.task.retry.jitter',
      'DOUBLE',
      '0.2',
      between('0', '0.5'),
    ),
  ),
  broker('cluster-wide', 'remote.log.reader.threads', 'INT', '10', atLeast('1')),
  broker('read-only', 'remote.log.reader.max.pending.tasks', 'INT', '100', atLeast('1')),
  broker('cluster-wide', 'log.local.retention.ms', 'LONG', '-2', atLeast('-2')),
  broker('cluster-wide', 'log.local.retention.bytes', 'LONG', '-2', atLeast('-2')),
  broker(
    'cluster-wide',
    'remote.log.manager.copy.max.bytes.per.second',
    'LONG',
    '9223372036854775807',
    atLeast('1'),
  ),
  broker('read-only', 'remote.log.manager.copy.quota.window.num', 'INT', '11', atLeast('1')),
  broker(
    'read-only',
    'remote.log.manager.copy.quota.window.size.seconds',
    'INT',
    '1',
    atLeast('1'),
  ),
  broker(
    'cluster-wide',
    'remote.log.manager.fetch.max.bytes.per.second',
    'LONG',
    '9223372036854775807',
    atLeast('1'),
  ),
  broker('read-only', 'remote.log.manager.fetch.quota.window.num', 'INT', '11', atLeast('1')),
  broker(
    'read-only',
    'remote.log.manager.fetch.quota.window.size.seconds',
    'INT',
    '1',
    atLeast('1'),
  ),
  broker('cluster-wide', 'remote.fetch.max.wait.ms', 'INT', '500', atLeast('1')),
  broker('cluster-wide', 'remote.list.offsets.request.timeout.ms', 'LONG', '30000', atLeast('1')),
];
