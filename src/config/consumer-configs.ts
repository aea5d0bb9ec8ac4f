// Every config of the consumer client (ConsumerConfig): name, type, default, rule; one row each, the shared ones from
// common-client-configs.ts. It never reads a file.
import { commonClientConfigs } from './common-client-configs.ts';
import { type ConfigTable, configKey, configTable, internalKey } from './config-def.ts';
import {
  anyList,
  atLeast,
  consumerOffsetReset,
  nonEmptyList,
  nonEmptyString,
  oneOf,
  oneOfIgnoringCase,
} from './validators.ts';

export const consumerConfigs: ConfigTable = configTable(commonClientConfigs, [
  configKey('allow.auto.create.topics', 'BOOLEAN', 'true'),
  configKey('auto.commit.interval.ms', 'INT', '5000', atLeast('0')),
  configKey('auto.offset.reset', 'STRING', 'latest', consumerOffsetReset),
  configKey('bootstrap.servers', 'LIST', undefined, nonEmptyList),
  configKey('check.crcs', 'BOOLEAN', 'true'),
  configKey('client.id', 'STRING', ''),
  configKey('client.rack', 'STRING', ''),
  configKey('connections.max.idle.ms', 'LONG', '540000'),
  configKey('default.api.timeout.ms', 'INT', '60000', atLeast('0')),
  configKey('enable.auto.commit', 'BOOLEAN', 'true'),
  configKey('enable.metrics.push', 'BOOLEAN', 'true'),
  configKey('exclude.internal.topics', 'BOOLEAN', 'true'),
  configKey('fetch.max.bytes', 'INT', '52428800', atLeast('0')),
  configKey('fetch.max.wait.ms', 'INT', '500', atLeast('0')),
  configKey('fetch.min.bytes', 'INT', '1', atLeast('0')),
  configKey('group.id', 'STRING', null),
  configKey('group.instance.id', 'STRING', null, nonEmptyString),
  configKey('group.protocol', 'STRING', 'classic', oneOfIgnoringCase('CONSUMER', 'CLASSIC')),
  configKey('group.remote.assignor', 'STRING', null),
  configKey('heartbeat.interval.ms', 'INT', '3000'),
  configKey('interceptor.classes', 'LIST', '', anyList),
  internalKey(configKey('internal.throw.on.fetch.stable.offset.unsupported', 'BOOLEAN', 'false')),
  configKey(
    'isolation.level',
    'STRING',
    'read_uncommitted',
    oneOf('read_committed', 'read_uncommitted'),
  ),
  configKey('key.deserializer', 'CLASS', undefined),
  configKey('max.partition.fetch.bytes', 'INT', '1048576', atLeast('0')),
  configKey('max.poll.interval.ms', 'INT', '300000', atLeast('1')),
  configKey('max.poll.records', 'INT', '500', atLeast('1')),
  configKey(
    'partition.assignment.strategy',
    'LIST',
    'class org.apache.kafka.clients.consumer.RangeAssignor,class org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
    anyList,
  ),
  configKey('receive.buffer.bytes', 'INT', '65536', atLeast('-1')),
  configKey('session.timeout.ms', 'INT', '45000'),
  configKey('share.acknowledgement.mode', 'STRING', 'implicit', oneOf('implicit', 'explicit')),
  configKey(
    'share.acquire.mode',
    'STRING',
    'BATCH_OPTIMIZED',
    oneOf('batch_optimized', 'record_limit'),
  ),
  configKey('value.deserializer', 'CLASS', undefined),
]);
