// The broker's view of the cluster: the newest image, and the questions that request handlers ask it.
// A publisher among others: it never changes what it is told.

import { EMPTY_IMAGE, type MetadataImage } from '../metadata/image/metadata-image.ts';
import {
  NO_LEADER,
  type PartitionRegistration,
  type TopicImage,
} from '../metadata/image/topics-image.ts';
import {
  METADATA_FEATURES_ORDER,
  SUPPORTED_FEATURES,
  type SupportedFeatureRange,
} from './features.ts';

export interface BrokerEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly isFenced: boolean;
}

export interface FeatureView {
  readonly supported: readonly SupportedFeatureRange[];
  readonly epoch: number;
  readonly finalized: readonly {
    readonly name: string;
    readonly maxVersionLevel: number;
    readonly minVersionLevel: number;
  }[];
}

export class MetadataCache {
  image: MetadataImage;
  readonly #controllerNodeId: number;

  readonly #kraftVersion: () => number;

  constructor(controllerNodeId: number, kraftVersion: () => number = () => 0) {
    this.#kraftVersion = kraftVersion;
    this.image = EMPTY_IMAGE;
    this.#controllerNodeId = controllerNodeId;
  }

  topic(name: string): TopicImage | undefined {
    return this.image.topics.getTopic(name);
  }

  topicById(id: string): TopicImage | undefined {
    return this.image.topics.getTopicById(id);
  }

  topics(): TopicImage[] {
    return [...this.image.topics.topicsByName.values()];
  }

  /** The one to name in answers: a broker that is alive (the active controller isn't told, KIP-590). */
  controllerId(): number {
    return this.#controllerNodeId;
  }

  /** The controllers that have this listener. */
  controllers(listenerName: string): { nodeId: number; host: string; port: number }[] {
    const endpoints: { nodeId: number; host: string; port: number }[] = [];
    for (const controller of this.image.cluster.controllers.values()) {
      const listener = controller.listeners.find(({ name }) => name === listenerName);
      if (listener === undefined) continue;
      endpoints.push({ nodeId: controller.id, host: listener.host, port: listener.port });
    }
    return endpoints;
  }

  /** The leader of the metadata quorum, which only a controller listener tells. */
  activeControllerId(): number {
    return this.#controllerNodeId;
  }

  aliveBrokers(listenerName: string): BrokerEndpoint[] {
    return this.brokers(listenerName).filter((broker) => !broker.isFenced);
  }

  /** Brokers that have this listener, fenced ones too. */
  brokers(listenerName: string): BrokerEndpoint[] {
    const endpoints: BrokerEndpoint[] = [];
    for (const broker of this.image.cluster.brokers.values()) {
      const listener = broker.listeners.find(({ name }) => name === listenerName);
      if (listener === undefined) continue;
      const { host, port } = listener;
      endpoints.push({ nodeId: broker.id, host, port, rack: broker.rack, isFenced: broker.fenced });
    }
    return endpoints;
  }

  endpoint(nodeId: number, listenerName: string): BrokerEndpoint | undefined {
    return this.aliveBrokers(listenerName).find((broker) => broker.nodeId === nodeId);
  }

  isAlive(nodeId: number): boolean {
    return this.image.cluster.isUnfenced(nodeId);
  }

  /** The leader that clients can reach; -1 when there is none. */
  aliveLeader(partition: PartitionRegistration): number {
    return this.isAlive(partition.leader) ? partition.leader : NO_LEADER;
  }

  /** Of brokers that are away, or in a directory that failed. */
  offlineReplicas(partition: PartitionRegistration): number[] {
    const { cluster } = this.image;
    const isOnline = (id: number, n: number) =>
      this.isAlive(id) && cluster.isDirectoryOnline(id, partition.directories[n]!);
    return partition.replicas.filter((id, n) => !isOnline(id, n));
  }

  features(): FeatureView {
    const { features, provenance } = this.image;
    const finalized: { name: string; maxVersionLevel: number; minVersionLevel: number }[] = [];
    for (const name of METADATA_FEATURES_ORDER) {
      const level = features.level(name);
      if (level > 0) finalized.push({ name, maxVersionLevel: level, minVersionLevel: level });
    }
    // The quorum's own feature: of the log, not of the image (KIP-853).
    const level = this.#kraftVersion();
    if (level > 0) {
      finalized.push({ name: 'kraft.version', maxVersionLevel: level, minVersionLevel: level });
    }
    return { supported: SUPPORTED_FEATURES, epoch: provenance.lastContainedOffset, finalized };
  }
}
