// The configs of a topic (Kafka's LogConfig), one row each: name, type, default, rule. Validation, DescribeConfigs and the
// effective values of a log read these rows; a new topic config is one row here and, where a broker config stands
// behind it, one row in topic-synonyms.ts. It never says where a value comes from.
import { type ConfigTable, configKey, configTable, internalKey } from './config-def.ts';
import { atLeast, between, gzipLevel, list, oneOf, throttledReplicas } from './validators.ts';

export const topicConfigs: ConfigTable = configTable([
  configKey('segment.bytes', 'INT', '1073741824', atLeast('1048576')),
  configKey('segment.ms', 'LONG', '604800000', atLeast('1')),
  configKey('segment.jitter.ms', 'LONG', '0', atLeast('0')),
  configKey('segment.index.bytes', 'INT', '10485760', atLeast('4')),
  configKey('flush.messages', 'LONG', '9223372036854775807', atLeast('1')),
  configKey('flush.ms', 'LONG', '9223372036854775807', atLeast('0')),
  configKey('retention.bytes', 'LONG', '-1'),
  configKey('retention.ms', 'LONG', '604800000', atLeast('-1')),
  configKey('max.message.bytes', 'INT', '1048588', atLeast('0')),
  configKey('index.interval.bytes', 'INT', '4096', atLeast('0')),
  configKey('delete.retention.ms', 'LONG', '86400000', atLeast('0')),
  configKey('min.compaction.lag.ms', 'LONG', '0', atLeast('0')),
  configKey('max.compaction.lag.ms', 'LONG', '9223372036854775807', atLeast('1')),
  configKey('file.delete.delay.ms', 'LONG', '60000', atLeast('0')),
  configKey('min.cleanable.dirty.ratio', 'DOUBLE', '0.5', between('0', '1')),
  configKey(
    'cleanup.policy',
    'LIST',
    'delete',
    list({ valid: ['compact', 'delete'], emptyAllowed: true, nullAllowed: false }),
  ),
  configKey('unclean.leader.election.enable', 'BOOLEAN', 'false'),
  configKey('min.insync.replicas', 'INT', '1', atLeast('1')),
  configKey(
    'compression.type',
    'STRING',
    'producer',
    oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
  ),
  configKey('compression.gzip.level', 'INT', '-1', gzipLevel),
  configKey('compression.lz4.level', 'INT', '9', between('1', '17')),
  configKey('compression.zstd.level', 'INT', '3', between('-131072', '22')),
  configKey('preallocate', 'BOOLEAN', 'false'),
  configKey('message.timestamp.type', 'STRING', 'CreateTime', oneOf('CreateTime', 'LogAppendTime')),
  configKey('message.timestamp.before.max.ms', 'LONG', '9223372036854775807', atLeast('0')),
  configKey('message.timestamp.after.max.ms', 'LONG', '3600000', atLeast('0')),
  configKey('leader.replication.throttled.replicas', 'LIST', '', throttledReplicas),
  configKey('follower.replication.throttled.replicas', 'LIST', '', throttledReplicas),
  configKey('remote.storage.enable', 'BOOLEAN', 'false'),
  configKey('local.retention.ms', 'LONG', '-2', atLeast('-2')),
  configKey('local.retention.bytes', 'LONG', '-2', atLeast('-2')),
  configKey('remote.log.copy.disable', 'BOOLEAN', 'false'),
  configKey('remote.log.delete.on.disable', 'BOOLEAN', 'false'),
  internalKey(configKey('internal.segment.bytes', 'INT', null)),
]);
