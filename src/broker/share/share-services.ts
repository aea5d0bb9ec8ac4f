// Puts together what a broker has for share groups: the share coordinator, the way to it, and the share partitions.

import { SHARE_STATE_TOPIC } from '../../common/topic-name.ts';
import type { BrokerConfig } from '../../config/server-properties.ts';
import type { Persister } from '../../coordinator/share/persister.ts';
import { ShareCoordinatorService } from '../../coordinator/share/share-coordinator-service.ts';
import type { Io } from '../../io/io.ts';
import type { AutoTopicCreation } from '../auto-topic-creation.ts';
import type { DelayedOperations } from '../delayed-operations.ts';
import type { MetadataCache } from '../metadata-cache.ts';
import { LocalPartitionWriter } from '../partition-writer.ts';
import type { ReplicaManager } from '../replica-manager.ts';
import { LocalPersister } from './local-persister.ts';
import { shareCoordinatorConfig } from './share-config.ts';
import { shareGroupSettings } from './share-group-settings.ts';
import { SharePartitionManager } from './share-partition-manager.ts';

export interface ShareServicesOptions {
  readonly io: Io;
  readonly config: BrokerConfig;
  readonly metadata: MetadataCache;
  readonly replicas: ReplicaManager;
  readonly delayed: DelayedOperations;
  readonly topicCreation: AutoTopicCreation;
  readonly log: (line: string) => void;
}

export interface ShareServices {
  readonly shareCoordinator: ShareCoordinatorService;
  readonly persister: Persister;
  readonly share: SharePartitionManager;
}

export function shareServices(options: ShareServicesOptions): ShareServices {
  const { io, config, metadata, replicas, delayed, topicCreation, log } = options;
  const shareCoordinator = new ShareCoordinatorService({
    io,
    config: shareCoordinatorConfig(config),
    writer: new LocalPartitionWriter(replicas, SHARE_STATE_TOPIC),
    exists: (topicId, partition) =>
      metadata.topicById(topicId)?.partitions[partition] !== undefined,
    deleteRecordsBefore: (partition, offset) => {
      replicas.leading(SHARE_STATE_TOPIC, partition).deleteRecords(offset);
      replicas.logs.checkpoints.deletedRecords();
    },
    log,
  });
  const persister = new LocalPersister({
    coordinator: shareCoordinator,
    metadata,
    topicCreation,
    clock: io.clock,
  });
  const share = new SharePartitionManager({
    clock: io.clock,
    metadata,
    replicas,
    delayed,
    persister,
    settings: shareGroupSettings(config, metadata),
    maxSessions: config.number('group.share.max.share.sessions'),
    log,
  });
  return { shareCoordinator, persister, share };
}
