// Every config of the producer client (ProducerConfig): name, type, default, rule; one row each, the shared ones from
// common-client-configs.ts. It never reads a file.
import { commonClientConfigs } from './common-client-configs.ts';
import { type ConfigTable, configKey, configTable } from './config-def.ts';
import {
  anyList,
  atLeast,
  between,
  gzipLevel,
  nonEmptyList,
  nonEmptyString,
  oneOf,
} from './validators.ts';

export const producerConfigs: ConfigTable = configTable(commonClientConfigs, [
  configKey('acks', 'STRING', 'all', oneOf('all', '-1', '0', '1')),
  configKey('batch.size', 'INT', '16384', atLeast('0')),
  configKey('bootstrap.servers', 'LIST', undefined, nonEmptyList),
  configKey('buffer.memory', 'LONG', '33554432', atLeast('0')),
  configKey('client.id', 'STRING', ''),
  configKey('compression.gzip.level', 'INT', '-1', gzipLevel),
  configKey('compression.lz4.level', 'INT', '9', between('1', '17')),
  configKey('compression.type', 'STRING', 'none', oneOf('none', 'gzip', 'snappy', 'lz4', 'zstd')),
  configKey('compression.zstd.level', 'INT', '3', between('-131072', '22')),
  configKey('connections.max.idle.ms', 'LONG', '540000'),
  configKey('delivery.timeout.ms', 'INT', '120000', atLeast('0')),
  configKey('enable.idempotence', 'BOOLEAN', 'true'),
  configKey('enable.metrics.push', 'BOOLEAN', 'true'),
  configKey('interceptor.classes', 'LIST', '', anyList),
  configKey('key.serializer', 'CLASS', undefined),
  configKey('linger.ms', 'LONG', '5', atLeast('0')),
  configKey('max.block.ms', 'LONG', '60000', atLeast('0')),
  configKey('max.in.flight.requests.per.connection', 'INT', '5', atLeast('1')),
  configKey('max.request.size', 'INT', '1048576', atLeast('0')),
  configKey('metadata.max.idle.ms', 'LONG', '300000', atLeast('5000')),
  configKey('partitioner.adaptive.partitioning.enable', 'BOOLEAN', 'true'),
  configKey('partitioner.availability.timeout.ms', 'LONG', '0', atLeast('0')),
  configKey('partitioner.class', 'CLASS', null),
  configKey('partitioner.ignore.keys', 'BOOLEAN', 'false'),
  configKey('receive.buffer.bytes', 'INT', '32768', atLeast('-1')),
  configKey('retries', 'INT', '2147483647', between('0', '2147483647')),
  configKey('transaction.timeout.ms', 'INT', '60000'),
  configKey('transaction.two.phase.commit.enable', 'BOOLEAN', 'false'),
  configKey('transactional.id', 'STRING', null, nonEmptyString),
  configKey('value.serializer', 'CLASS', undefined),
]);
