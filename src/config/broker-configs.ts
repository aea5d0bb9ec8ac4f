// Every config of a broker and controller (AbstractKafkaConfig), from the row files in broker/.
// BrokerConfig (broker-config.ts) is the typed view of what server.properties gives to them.
// It never holds values that somebody set.
import { coordinatorConfigs } from './broker/coordinator.ts';
import { generalConfigs } from './broker/general.ts';
import { logConfigs } from './broker/log.ts';
import { remoteConfigs } from './broker/remote.ts';
import { securityConfigs } from './broker/security.ts';
import { type ConfigTable, configTable } from './config-def.ts';

export const brokerConfigs: ConfigTable = configTable(
  generalConfigs,
  logConfigs,
  coordinatorConfigs,
  securityConfigs,
  remoteConfigs,
);
