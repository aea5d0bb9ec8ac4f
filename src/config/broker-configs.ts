// Every config of a broker and controller (AbstractKafkaConfig), from the row files in broker/, in Kafka's order.
// BrokerConfig (server-properties.ts) is the typed view of what server.properties gives to them.
// It never holds values that somebody set.
import { coordinatorConfigs } from './broker/coordinator.ts';
import { groupConfigs } from './broker/group.ts';
import { logConfigs } from './broker/log.ts';
import { quorumConfigs } from './broker/quorum.ts';
import { remoteConfigs } from './broker/remote.ts';
import { broker } from './broker/row.ts';
import { securityConfigs } from './broker/security.ts';
import { serverConfigs } from './broker/server.ts';
import { type ConfigTable, configTable } from './config-def.ts';
import { atLeast } from './validators.ts';

export const brokerConfigs: ConfigTable = configTable(
  remoteConfigs,
  serverConfigs,
  groupConfigs,
  logConfigs,
  coordinatorConfigs,
  quorumConfigs,
  securityConfigs,
);

const throttle = (name: string) =>
  broker('cluster-wide', name, 'LONG', '9223372036854775807', atLeast('0'));

/** What a running broker may be given and server.properties doesn't know (QuotaConfig.brokerQuotaConfigs). */
export const brokerQuotaConfigs: ConfigTable = configTable([
  throttle('leader.replication.throttled.rate'),
  throttle('follower.replication.throttled.rate'),
  throttle('replica.alter.log.dirs.io.max.bytes.per.second'),
]);
