// The coordinators of a node, put together: of groups, of transactions and of share state, each over its topic's partitions
// on this broker.

import { GROUP_METADATA_TOPIC, TRANSACTION_STATE_TOPIC } from '../common/topic-name.ts';
import { GroupCoordinatorService } from '../coordinator/group/group-coordinator-service.ts';
import type { Persister } from '../coordinator/share/persister.ts';
import type { ShareCoordinatorService } from '../coordinator/share/share-coordinator-service.ts';
import type { MarkerWriter } from '../coordinator/transaction/marker-sender.ts';
import { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator.ts';
import { groupCoordinatorConfig } from './group-config.ts';
import { ImageTopics, imageGroupSettings } from './group-lookups.ts';
import { LocalPartitionWriter } from './partition-writer.ts';
import { shareMembershipSettings } from './share/share-group-settings.ts';
import type { SharePartitionManager } from './share/share-partition-manager.ts';
import { type ShareServicesOptions, shareServices } from './share/share-services.ts';
import { transactionCoordinatorConfig } from './transaction-config.ts';
import { LocalMarkers } from './transaction-markers.ts';

export interface CoordinatorsOptions extends ShareServicesOptions {
  /** A producer id that nobody has had. Rejects with an ApiError that clients retry. */
  readonly nextProducerId: () => Promise<number>;
}

export interface Coordinators {
  readonly groups: GroupCoordinatorService;
  readonly transactions: TransactionCoordinator;
  readonly markers: MarkerWriter;
  readonly shareCoordinator: ShareCoordinatorService;
  readonly share: SharePartitionManager;
}

export function openCoordinators(options: CoordinatorsOptions): Coordinators {
  const { io, metadata, replicas, log } = options;
  const { shareCoordinator, share, persister } = shareServices(options);
  const groups = groupCoordinator(options, persister);
  const markers = new LocalMarkers({ clock: io.clock, replicas, metadata, groups, log });
  const transactions = transactionCoordinator(options, markers);
  return { groups, transactions, markers, shareCoordinator, share };
}

function groupCoordinator(
  { io, config, metadata, replicas, log }: CoordinatorsOptions,
  persister: Persister,
): GroupCoordinatorService {
  return new GroupCoordinatorService({
    io,
    config: groupCoordinatorConfig(config),
    writer: new LocalPartitionWriter(replicas, GROUP_METADATA_TOPIC),
    topics: new ImageTopics(metadata),
    settings: imageGroupSettings(metadata),
    shareSettings: shareMembershipSettings(metadata),
    persister,
    endOffset: (topic, partition) => replicas.leading(topic, partition).log.highWatermark,
    log,
  });
}

function transactionCoordinator(
  { io, config, metadata, replicas, nextProducerId, log }: CoordinatorsOptions,
  markers: MarkerWriter,
): TransactionCoordinator {
  return new TransactionCoordinator({
    io,
    config: transactionCoordinatorConfig(config),
    writer: new LocalPartitionWriter(replicas, TRANSACTION_STATE_TOPIC),
    markers,
    nextProducerId,
    partitionCount: () =>
      metadata.topic(TRANSACTION_STATE_TOPIC)?.partitions.length ??
      config.number('transaction.state.log.num.partitions'),
    transactionVersion: () => metadata.image.features.level('transaction.version'),
    log,
  });
}
