// The group coordinator's settings out of server.properties.

import type { BrokerConfig } from '../config/server-properties.ts';
import {
  DEFAULT_GROUP_COORDINATOR_CONFIG,
  type GroupCoordinatorConfig,
  type MigrationPolicy,
} from '../coordinator/group/group-coordinator-config.ts';
import type { CompressionType } from '../records/compression/compression.ts';

export function groupCoordinatorConfig(config: BrokerConfig): GroupCoordinatorConfig {
  return {
    ...DEFAULT_GROUP_COORDINATOR_CONFIG,
    offsetsTopicPartitions: config.number('offsets.topic.num.partitions'),
    offsetsTopicCompression: config.number('offsets.topic.compression.codec') as CompressionType,
    offsetMetadataMaxSize: config.number('offset.metadata.max.bytes'),
    offsetsRetentionMs: config.number('offsets.retention.minutes') * 60_000,
    offsetsRetentionCheckIntervalMs: config.number('offsets.retention.check.interval.ms'),
    offsetsLoadBufferSize: config.number('offsets.load.buffer.size'),
    offsetsCommitTimeoutMs: config.number('offsets.commit.timeout.ms'),
    appendLingerMs: config.number('group.coordinator.append.linger.ms'),
    rebalanceProtocols: config.list('group.coordinator.rebalance.protocols'),
    classicGroupMaxSize: config.number('group.max.size'),
    classicGroupMinSessionTimeoutMs: config.number('group.min.session.timeout.ms'),
    classicGroupMaxSessionTimeoutMs: config.number('group.max.session.timeout.ms'),
    classicGroupInitialRebalanceDelayMs: config.number('group.initial.rebalance.delay.ms'),
    consumerGroupMaxSize: config.number('group.consumer.max.size'),
    consumerGroupSessionTimeoutMs: config.number('group.consumer.session.timeout.ms'),
    consumerGroupHeartbeatIntervalMs: config.number('group.consumer.heartbeat.interval.ms'),
    consumerGroupAssignmentIntervalMs: config.number('group.consumer.assignment.interval.ms'),
    consumerGroupAssignors: config.list('group.consumer.assignors'),
    share: {
      sessionTimeoutMs: config.number('group.share.session.timeout.ms'),
      heartbeatIntervalMs: config.number('group.share.heartbeat.interval.ms'),
      assignmentIntervalMs: config.number('group.share.assignment.interval.ms'),
      maxSize: config.number('group.share.max.size'),
      initializeRetryIntervalMs: config.number('group.share.initialize.retry.interval.ms'),
    },
    consumerGroupMigrationPolicy: migrationPolicy(config),
    streamsGroupMaxSize: config.number('group.streams.max.size'),
    streamsGroupSessionTimeoutMs: config.number('group.streams.session.timeout.ms'),
    streamsGroupHeartbeatIntervalMs: config.number('group.streams.heartbeat.interval.ms'),
    streamsGroupAssignmentIntervalMs: config.number('group.streams.assignment.interval.ms'),
    streamsGroupInitialRebalanceDelayMs: config.number('group.streams.initial.rebalance.delay.ms'),
    streamsGroupNumStandbyReplicas: config.number('group.streams.num.standby.replicas'),
  };
}

/** In any case; what it may be has been validated. */
function migrationPolicy(config: BrokerConfig): MigrationPolicy {
  return (config.text('group.consumer.migration.policy') ?? '').toLowerCase() as MigrationPolicy;
}
