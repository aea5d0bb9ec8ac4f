// The share coordinator's settings and the configs of its topic, out of server.properties.

import type { BrokerConfig } from '../../config/server-properties.ts';
import type { ShareCoordinatorConfig } from '../../coordinator/share/share-coordinator-config.ts';
import type { CompressionType } from '../../records/compression/compression.ts';

export function shareCoordinatorConfig(config: BrokerConfig): ShareCoordinatorConfig {
  const number = (name: string): number => config.number(`share.coordinator.${name}`);
  return {
    stateTopicPartitions: number('state.topic.num.partitions'),
    stateTopicCompression: number('state.topic.compression.codec') as CompressionType,
    updatesPerSnapshot: number('snapshot.update.records.per.snapshot'),
    loadBufferSize: number('load.buffer.size'),
    appendLingerMs: number('append.linger.ms'),
    writeTimeoutMs: number('write.timeout.ms'),
    pruneIntervalMs: number('state.topic.prune.interval.ms'),
    coldSnapshotIntervalMs: number('cold.partition.snapshot.interval.ms'),
  };
}

/** As ShareCoordinatorService.shareGroupStateTopicConfigs. */
export function stateTopicConfigs(config: BrokerConfig): Map<string, string> {
  const text = (name: string): string =>
    String(config.number(`share.coordinator.state.topic.${name}`));
  return new Map([
    ['cleanup.policy', 'delete'],
    ['compression.type', 'producer'],
    ['segment.bytes', text('segment.bytes')],
    ['min.insync.replicas', text('min.isr')],
    ['retention.ms', '-1'],
  ]);
}
