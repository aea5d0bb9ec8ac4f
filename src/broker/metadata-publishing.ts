// What the broker does with each new metadata image, in the order in which it must happen: the partitions first, then
// what clients are told of them, then the coordinators that live in them.

import { GROUP_METADATA_TOPIC } from '../common/topic-name.ts';
import type { GroupCoordinatorService } from '../coordinator/group/group-coordinator-service.ts';
import type { MetadataDelta } from '../metadata/image/metadata-delta.ts';
import type { MetadataImage } from '../metadata/image/metadata-image.ts';
import type { MetadataPublisher } from '../metadata/image/publisher.ts';
import type { MetadataCache } from './metadata-cache.ts';
import type { ReplicaManager } from './replica-manager.ts';

export interface MetadataPublishingOptions {
  readonly metadata: MetadataCache;
  readonly replicas: ReplicaManager;
  readonly groups: GroupCoordinatorService;
  readonly nodeId: number;
  readonly log: (line: string) => void;
}

export class MetadataPublishing implements MetadataPublisher {
  readonly name = 'broker';
  private readonly options: MetadataPublishingOptions;

  constructor(options: MetadataPublishingOptions) {
    this.options = options;
  }

  onMetadataUpdate(delta: MetadataDelta, image: MetadataImage): void {
    const { metadata, replicas } = this.options;
    const before = metadata.image;
    replicas.apply(delta, image);
    metadata.image = image;
    this.updateGroups(delta, before);
  }

  private updateGroups(delta: MetadataDelta, before: MetadataImage): void {
    const { topicsDelta } = delta;
    if (topicsDelta === undefined) return;
    const { groups, nodeId, log } = this.options;
    const changes = topicsDelta.localChanges(nodeId);
    for (const { topic, partition } of changes.deletes) {
      if (topic === GROUP_METADATA_TOPIC) groups.onResignation(partition);
    }
    for (const { topic, partition, registration } of changes.followers) {
      if (topic !== GROUP_METADATA_TOPIC) continue;
      groups.onResignation(partition, registration.leaderEpoch);
    }
    for (const { topic, partition, registration } of changes.electedLeaders) {
      if (topic !== GROUP_METADATA_TOPIC) continue;
      groups.onElection(partition, registration.leaderEpoch).catch((error: Error) => {
        log(`could not load the groups of ${topic}-${partition}: ${error.message}`);
      });
    }
    const deleted: string[] = [];
    for (const id of topicsDelta.deletedTopicIds) {
      const name = before.topics.getTopicById(id)?.name;
      if (name !== undefined) deleted.push(name);
    }
    if (deleted.length > 0) {
      groups.onTopicsDeleted(deleted).catch((error: Error) => {
        log(`could not delete the offsets of ${deleted.join(', ')}: ${error.message}`);
      });
    }
  }
}
