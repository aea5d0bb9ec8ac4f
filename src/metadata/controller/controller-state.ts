// What a control manager decides on: the image with everything appended so far, the node's config, and the questions
// that several managers ask of them. It never changes the image: replays do.

import { DIRECTORY_MIGRATING, DIRECTORY_UNASSIGNED } from '../../common/uuid.ts';
import type { BrokerConfig } from '../../config/server-properties.ts';
import { effectiveTopicConfig, type TopicConfigLayers } from '../../config/topic-config.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { ConfigResourceType } from '../image/configs-image.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import { isElrSupported } from '../metadata-version.ts';

export interface ControllerState {
  readonly config: BrokerConfig;
  readonly clusterId: string;
  /** Everything appended, committed or not. */
  readonly image: MetadataImage;
}

export function topicLayers(state: ControllerState, topic: string): TopicConfigLayers {
  const { configs } = state.image;
  return {
    config: state.config,
    clusterDefaults: configs.configMapForResource(ConfigResourceType.BROKER, ''),
    brokerOverrides: configs.configMapForResource(
      ConfigResourceType.BROKER,
      String(state.config.nodeId),
    ),
    topicOverrides: configs.configMapForResource(ConfigResourceType.TOPIC, topic),
  };
}

export function isElrEnabled(image: MetadataImage): boolean {
  return image.features.isElrEnabled && isElrSupported(image.features.metadataVersion);
}

/** min.insync.replicas of the topic, at most its replication factor (ReplicationControlManager.getTopicEffectiveMinIsr). */
export function effectiveMinIsr(state: ControllerState, topic: string): number {
  const { value } = effectiveTopicConfig('min.insync.replicas', topicLayers(state, topic));
  const replicas = state.image.topics.getTopic(topic)?.partitions[0]?.replicas.length ?? 1;
  return Math.min(Number(value ?? 1), replicas);
}

export function isUncleanElectionEnabled(state: ControllerState, topic: string): boolean {
  const name = 'unclean.leader.election.enable';
  return effectiveTopicConfig(name, topicLayers(state, topic)).value === 'true';
}

/** Its only directory, else UNASSIGNED: the broker decides (ClusterControlManager.defaultDir). */
export function defaultDirectory(state: ControllerState, brokerId: number): string {
  const broker = state.image.cluster.brokers.get(brokerId);
  if (broker === undefined) return DIRECTORY_UNASSIGNED;
  const [first, ...others] = broker.directories;
  if (first === undefined) return DIRECTORY_MIGRATING;
  return others.length === 0 ? first : DIRECTORY_UNASSIGNED;
}

/** Throws ApiError STALE_BROKER_EPOCH. */
export function checkBrokerEpoch(image: MetadataImage, brokerId: number, epoch: number): void {
  const broker = image.cluster.brokers.get(brokerId);
  if (broker === undefined) {
    throw new ApiError(
      Errors.STALE_BROKER_EPOCH,
      `No broker registration found for broker id ${brokerId}`,
    );
  }
  if (broker.epoch !== epoch) {
    throw new ApiError(
      Errors.STALE_BROKER_EPOCH,
      `Expected broker epoch ${broker.epoch}, but got broker epoch ${epoch}`,
    );
  }
}
