// The loggers whose levels DescribeConfigs tells and IncrementalAlterConfigs changes (RuntimeLoggerManager, KIP-412): the
// names that operators of Apache Kafka turn up, with levels that live as long as the process. This broker's own log is
// one stream of lines; a level here silences and adds nothing.

import { ApiError, Errors } from '../protocol/errors.ts';

const ROOT = 'root';
const NAMES: readonly string[] = [
  'kafka.coordinator.transaction.TransactionCoordinator',
  'kafka.coordinator.transaction.TransactionMarkerChannelManager',
  'kafka.log.LogCleaner',
  'kafka.log.LogManager',
  'kafka.network.ConnectionQuotas',
  'kafka.network.DataPlaneAcceptor',
  'kafka.network.Processor',
  'kafka.network.SocketServer',
  'kafka.request.logger',
  'kafka.server.BrokerServer',
  'kafka.server.ConfigAdminManager',
  'kafka.server.ControllerApis',
  'kafka.server.ControllerRegistrationManager',
  'kafka.server.ControllerServer',
  'kafka.server.KafkaApis',
  'kafka.server.KafkaRaftServer',
  'kafka.server.KafkaRequestHandler',
  'kafka.server.ReplicaManager',
  'kafka.server.ReplicationQuotaManager',
  'kafka.server.SharedServer',
  'kafka.server.metadata.BrokerMetadataPublisher',
  'kafka.server.metadata.DynamicConfigPublisher',
  'kafka.server.share.ShareCoordinatorMetadataCacheHelperImpl',
  'kafka.server.share.SharePartitionManager',
  'org.apache.kafka.controller.QuorumController',
  'org.apache.kafka.coordinator.group.GroupCoordinatorService',
  'org.apache.kafka.raft.KafkaRaftClient',
  ROOT,
];
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const OPERATIONS = ['SET', 'DELETE', 'APPEND', 'SUBTRACT'];

export interface LevelChange {
  readonly name: string;
  /** AlterConfigOp. */
  readonly configOperation: number;
  readonly value: string | null;
}

export class Loggers {
  readonly #levels = new Map([[ROOT, 'WARN']]);

  /** Every logger with its level, or the root's where it has none. */
  all(): { readonly name: string; readonly level: string }[] {
    const rootLevel = this.#levels.get(ROOT)!;
    return NAMES.map((name) => ({ name, level: this.#levels.get(name) ?? rootLevel }));
  }

  /** All changes or none. Throws ApiError. */
  alter(changes: readonly LevelChange[], validateOnly: boolean): void {
    for (const change of changes) check(change);
    if (validateOnly) return;
    for (const { name, configOperation, value } of changes) {
      if (configOperation === 0) this.#levels.set(name, value!);
      else this.#levels.delete(name);
    }
  }
}

function check({ name, configOperation, value }: LevelChange): void {
  const operation = OPERATIONS[configOperation];
  // Kafka falls over it.
  if (operation === undefined) throw new ApiError(Errors.UNKNOWN_SERVER_ERROR);
  if (operation !== 'SET' && operation !== 'DELETE') {
    throw invalid(`${operation} operation is not allowed for the BROKER_LOGGER resource`);
  }
  if (!NAMES.includes(name)) {
    throw new ApiError(Errors.INVALID_CONFIG, `Logger ${name} does not exist!`);
  }
  if (operation === 'DELETE') {
    if (name === ROOT) throw invalid('Removing the log level of the root logger is not allowed');
  } else if (value === null || !LEVELS.includes(value)) {
    throw new ApiError(
      Errors.INVALID_CONFIG,
      `Cannot set the log level of ${name} to ${value} as it is not a supported log level. Valid log levels are ${LEVELS.join(', ')}`,
    );
  }
}

const invalid = (message: string): ApiError => new ApiError(Errors.INVALID_REQUEST, message);
