// Every config of the admin client (AdminClientConfig): name, type, default, rule; one row each, the shared ones from
// common-client-configs.ts. It never reads a file.
import { commonClientConfigs } from './common-client-configs.ts';
import { type ConfigTable, configKey, configTable } from './config-def.ts';
import { anyList, atLeast, between } from './validators.ts';

export const adminConfigs: ConfigTable = configTable(commonClientConfigs, [
  configKey('bootstrap.controllers', 'LIST', '', anyList),
  configKey('bootstrap.servers', 'LIST', '', anyList),
  configKey('client.id', 'STRING', ''),
  configKey('connections.max.idle.ms', 'LONG', '300000'),
  configKey('default.api.timeout.ms', 'INT', '60000', atLeast('0')),
  configKey('enable.metrics.push', 'BOOLEAN', 'false'),
  configKey('receive.buffer.bytes', 'INT', '65536', atLeast('-1')),
  configKey('retries', 'INT', '2147483647', between('0', '2147483647')),
]);
