// The settings of the group coordinator, typed. Filled from BrokerConfig by the broker; tests take the defaults.
// Names are those of server.properties in camel case. Kafka: GroupCoordinatorConfig.

import type { CompressionType } from '../../records/compression/compression.ts';
import { DEFAULT_SHARE_GROUP_CONFIG, type ShareGroupConfig } from './share/share-group-config.ts';

/** Which way groups with members may go between the classic and the consumer protocol (KIP-848). */
export type MigrationPolicy = 'disabled' | 'downgrade' | 'upgrade' | 'bidirectional';

export interface GroupCoordinatorConfig {
  /** offsets.topic.num.partitions */
  readonly offsetsTopicPartitions: number;
  /** offsets.topic.compression.codec */
  readonly offsetsTopicCompression: CompressionType;
  /** offset.metadata.max.bytes, compared with the characters of the metadata, as Kafka does */
  readonly offsetMetadataMaxSize: number;
  /** offsets.retention.minutes, in milliseconds */
  readonly offsetsRetentionMs: number;
  readonly offsetsRetentionCheckIntervalMs: number;
  readonly offsetsLoadBufferSize: number;
  readonly offsetsCommitTimeoutMs: number;
  /** group.coordinator.append.linger.ms; -1 adaptive */
  readonly appendLingerMs: number;
  /** group.coordinator.rebalance.protocols */
  readonly rebalanceProtocols: readonly string[];

  readonly classicGroupMaxSize: number;
  readonly classicGroupMinSessionTimeoutMs: number;
  readonly classicGroupMaxSessionTimeoutMs: number;
  readonly classicGroupInitialRebalanceDelayMs: number;
  /** Not configurable in Kafka: how long a new member may take between JoinGroup and its answer. */
  readonly classicGroupNewMemberJoinTimeoutMs: number;

  readonly consumerGroupMaxSize: number;
  readonly consumerGroupSessionTimeoutMs: number;
  readonly consumerGroupHeartbeatIntervalMs: number;
  readonly consumerGroupAssignmentIntervalMs: number;
  readonly consumerGroupAssignors: readonly string[];
  readonly consumerGroupMigrationPolicy: MigrationPolicy;

  readonly share: ShareGroupConfig;

  readonly streamsGroupMaxSize: number;
  readonly streamsGroupSessionTimeoutMs: number;
  readonly streamsGroupHeartbeatIntervalMs: number;
  readonly streamsGroupAssignmentIntervalMs: number;
  readonly streamsGroupInitialRebalanceDelayMs: number;
  readonly streamsGroupNumStandbyReplicas: number;
}

export const DEFAULT_GROUP_COORDINATOR_CONFIG: GroupCoordinatorConfig = {
  offsetsTopicPartitions: 50,
  offsetsTopicCompression: 0,
  offsetMetadataMaxSize: 4096,
  offsetsRetentionMs: 10080 * 60_000,
  offsetsRetentionCheckIntervalMs: 600_000,
  offsetsLoadBufferSize: 5 * 1024 * 1024,
  offsetsCommitTimeoutMs: 5000,
  appendLingerMs: -1,
  rebalanceProtocols: ['classic', 'consumer', 'streams'],
  classicGroupMaxSize: 2147483647,
  classicGroupMinSessionTimeoutMs: 6000,
  classicGroupMaxSessionTimeoutMs: 1_800_000,
  classicGroupInitialRebalanceDelayMs: 3000,
  classicGroupNewMemberJoinTimeoutMs: 5 * 60_000,
  consumerGroupMaxSize: 2147483647,
  consumerGroupSessionTimeoutMs: 45_000,
  consumerGroupHeartbeatIntervalMs: 5000,
  consumerGroupAssignmentIntervalMs: 1000,
  consumerGroupAssignors: ['uniform', 'range'],
  share: DEFAULT_SHARE_GROUP_CONFIG,
  consumerGroupMigrationPolicy: 'bidirectional',
  streamsGroupMaxSize: 2147483647,
  streamsGroupSessionTimeoutMs: 45_000,
  streamsGroupHeartbeatIntervalMs: 5000,
  streamsGroupAssignmentIntervalMs: 1000,
  streamsGroupInitialRebalanceDelayMs: 3000,
  streamsGroupNumStandbyReplicas: 0,
};
