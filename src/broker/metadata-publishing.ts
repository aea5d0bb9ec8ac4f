// What the broker does with each new metadata image, in the order in which it must happen: the partitions first, then
// what clients are told of them, then the coordinators that live in them.

import {
  GROUP_METADATA_TOPIC,
  SHARE_STATE_TOPIC,
  TRANSACTION_STATE_TOPIC,
} from '../common/topic-name.ts';
import type { GroupCoordinatorService } from '../coordinator/group/group-coordinator-service.ts';
import type { ShareCoordinatorService } from '../coordinator/share/share-coordinator-service.ts';
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator.ts';
import type { MetadataDelta } from '../metadata/image/metadata-delta.ts';
import type { MetadataImage } from '../metadata/image/metadata-image.ts';
import type { MetadataPublisher } from '../metadata/image/publisher.ts';
import type { LocalPartition } from '../metadata/image/topics-delta.ts';
import type { DirectoryAssignments } from './directory-assignments.ts';
import type { MetadataCache } from './metadata-cache.ts';
import type { ReplicaManager } from './replica-manager.ts';
import type { SharePartitionManager } from './share/share-partition-manager.ts';

export interface MetadataPublishingOptions {
  readonly metadata: MetadataCache;
  readonly replicas: ReplicaManager;
  readonly groups: GroupCoordinatorService;
  readonly transactions: TransactionCoordinator;
  readonly shareCoordinator: ShareCoordinatorService;
  readonly share: SharePartitionManager;
  readonly assignments: DirectoryAssignments;
  readonly nodeId: number;
  readonly log: (line: string) => void;
}

/** A coordinator that lives in the partitions of its topic. */
interface Coordinator {
  onElection(partition: number, leaderEpoch: number): Promise<void>;
  onResignation(partition: number, leaderEpoch?: number): void;
}

export class MetadataPublishing implements MetadataPublisher {
  readonly name = 'broker';
  readonly #options: MetadataPublishingOptions;

  constructor(options: MetadataPublishingOptions) {
    this.#options = options;
    options.replicas.onOpened = (opened) => {
      if (opened.registration.leader === options.nodeId) this.#elected(opened);
    };
  }

  onMetadataUpdate(delta: MetadataDelta, image: MetadataImage): void {
    const { metadata, replicas } = this.#options;
    const before = metadata.image;
    replicas.apply(delta, image);
    metadata.image = image;
    if (delta.topicsDelta !== undefined) this.#options.assignments.schedule();
    this.#updateLeaderships(delta);
    this.#forgetOffsets(delta, before);
    this.#updateShare(delta, image);
  }

  #updateLeaderships({ topicsDelta }: MetadataDelta): void {
    if (topicsDelta === undefined) return;
    const changes = topicsDelta.localChanges(this.#options.nodeId);
    for (const { topic, partition } of changes.deletes) {
      this.#coordinatorOf(topic)?.onResignation(partition);
    }
    for (const { topic, partition, registration } of changes.followers) {
      this.#coordinatorOf(topic)?.onResignation(partition, registration.leaderEpoch);
    }
    for (const elected of changes.electedLeaders) this.#elected(elected);
  }

  #elected({ topic, partition, registration }: LocalPartition): void {
    this.#coordinatorOf(topic)
      ?.onElection(partition, registration.leaderEpoch)
      .catch((error: Error) => {
        this.#options.log(`could not load ${topic}-${partition}: ${error.message}`);
      });
  }

  #coordinatorOf(topic: string): Coordinator | undefined {
    const { groups, transactions, shareCoordinator } = this.#options;
    if (topic === GROUP_METADATA_TOPIC) return groups;
    if (topic === SHARE_STATE_TOPIC) return shareCoordinator;
    return topic === TRANSACTION_STATE_TOPIC ? transactions : undefined;
  }

  #forgetOffsets({ topicsDelta }: MetadataDelta, before: MetadataImage): void {
    if (topicsDelta === undefined) return;
    const { groups, log } = this.#options;
    const deleted: string[] = [];
    for (const id of topicsDelta.deletedTopicIds) {
      const name = before.topics.getTopicById(id)?.name;
      if (name !== undefined) deleted.push(name);
    }
    if (deleted.length > 0) {
      groups.onTopicsDeleted(deleted, topicsDelta.deletedTopicIds).catch((error: Error) => {
        log(`could not delete the offsets of ${deleted.join(', ')}: ${error.message}`);
      });
    }
  }

  #updateShare({ topicsDelta }: MetadataDelta, image: MetadataImage): void {
    const { shareCoordinator, share, log } = this.#options;
    if (image.features.level('share.version') === 0) share.dropAll();
    const deleted = topicsDelta?.deletedTopicIds;
    if (deleted === undefined || deleted.size === 0) return;
    shareCoordinator.onTopicsDeleted(deleted).catch((error: Error) => {
      log(`could not delete the share state of topics: ${error.message}`);
    });
  }
}
