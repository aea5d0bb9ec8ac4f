// The settings of the share coordinator, typed. Filled from BrokerConfig by the broker; tests take the defaults.
// Names are those of server.properties in camel case. Kafka: ShareCoordinatorConfig.

import type { CompressionType } from '../../records/compression/compression.ts';

export interface ShareCoordinatorConfig {
  /** share.coordinator.state.topic.num.partitions */
  readonly stateTopicPartitions: number;
  readonly stateTopicCompression: CompressionType;
  /** share.coordinator.snapshot.update.records.per.snapshot */
  readonly updatesPerSnapshot: number;
  readonly loadBufferSize: number;
  readonly appendLingerMs: number;
  readonly writeTimeoutMs: number;
  /** share.coordinator.state.topic.prune.interval.ms */
  readonly pruneIntervalMs: number;
  /** share.coordinator.cold.partition.snapshot.interval.ms */
  readonly coldSnapshotIntervalMs: number;
}

export const DEFAULT_SHARE_COORDINATOR_CONFIG: ShareCoordinatorConfig = {
  stateTopicPartitions: 50,
  stateTopicCompression: 0,
  updatesPerSnapshot: 500,
  loadBufferSize: 5 * 1024 * 1024,
  appendLingerMs: -1,
  writeTimeoutMs: 5000,
  pruneIntervalMs: 300_000,
  coldSnapshotIntervalMs: 300_000,
};
