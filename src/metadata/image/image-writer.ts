// An image as the records of a snapshot, in Kafka's order (MetadataImage.write and the write of each part).
// What is replayed from them equals the image. It never leaves out a kind of record that kafta doesn't serve.
import {
  isDirectoryAssignmentSupported,
  isElrSupported,
  partitionRecordVersion,
  registerBrokerRecordVersion,
} from '../metadata-version.ts';
import type { RecordDraft } from '../records.ts';
import type { BrokerRegistration, ControllerRegistration } from './cluster-image.ts';
import { resourceOf } from './configs-image.ts';
import { METADATA_VERSION } from './features-image.ts';
import type { MetadataImage } from './metadata-image.ts';
import type { PartitionRegistration, TopicImage } from './topics-image.ts';

export function* imageRecords(image: MetadataImage): Generator<RecordDraft> {
  const level = image.features.metadataVersion;
  yield* featureRecords(image);
  for (const broker of image.cluster.brokers.values()) yield brokerRecord(broker, level);
  for (const controller of image.cluster.controllers.values()) yield controllerRecord(controller);
  for (const topic of image.topics.topicsById.values()) yield* topicRecords(topic, level);
  yield* configRecords(image);
  yield* settingRecords(image);
}

function* featureRecords(image: MetadataImage): Generator<RecordDraft> {
  const versions = [...image.features.finalizedVersions];
  const first = versions.filter(([name]) => name === METADATA_VERSION);
  const others = versions.filter(([name]) => name !== METADATA_VERSION);
  for (const [name, featureLevel] of [...first, ...others]) {
    yield { type: 'FeatureLevelRecord', version: 0, message: { name, featureLevel } };
  }
}

function brokerRecord(broker: BrokerRegistration, level: number): RecordDraft {
  const version = registerBrokerRecordVersion(level);
  return {
    type: 'RegisterBrokerRecord',
    version,
    message: {
      brokerId: broker.id,
      isMigratingZkBroker: version >= 2 && broker.isMigratingZkBroker,
      incarnationId: broker.incarnationId,
      brokerEpoch: broker.epoch,
      endPoints: broker.listeners,
      features: broker.supportedFeatures,
      rack: broker.rack,
      fenced: broker.fenced,
      inControlledShutdown: broker.inControlledShutdown,
      ...(version >= 3 ? { logDirs: broker.directories } : {}),
      ...(version >= 4 ? { cordonedLogDirs: broker.cordonedDirectories } : {}),
    },
  };
}

function controllerRecord(controller: ControllerRegistration): RecordDraft {
  return {
    type: 'RegisterControllerRecord',
    version: 0,
    message: {
      controllerId: controller.id,
      incarnationId: controller.incarnationId,
      zkMigrationReady: controller.zkMigrationReady,
      endPoints: controller.listeners,
      features: controller.supportedFeatures,
    },
  };
}

function* topicRecords(topic: TopicImage, level: number): Generator<RecordDraft> {
  yield { type: 'TopicRecord', version: 0, message: { name: topic.name, topicId: topic.id } };
  for (const [partitionId, partition] of topic.partitions.entries()) {
    yield partitionRecord(topic.id, partitionId, partition, level);
  }
}

function partitionRecord(
  topicId: string,
  partitionId: number,
  partition: PartitionRegistration,
  level: number,
): RecordDraft {
  const hasElr = isElrSupported(level);
  return {
    type: 'PartitionRecord',
    version: partitionRecordVersion(level),
    message: {
      partitionId,
      topicId,
      replicas: partition.replicas,
      isr: partition.isr,
      removingReplicas: partition.removingReplicas,
      addingReplicas: partition.addingReplicas,
      leader: partition.leader,
      leaderRecoveryState: partition.leaderRecoveryState,
      leaderEpoch: partition.leaderEpoch,
      partitionEpoch: partition.partitionEpoch,
      ...(isDirectoryAssignmentSupported(level) ? { directories: partition.directories } : {}),
      ...(hasElr && partition.elr.length > 0 ? { eligibleLeaderReplicas: partition.elr } : {}),
      ...(hasElr && partition.lastKnownElr.length > 0
        ? { lastKnownElr: partition.lastKnownElr }
        : {}),
    },
  };
}

function* configRecords(image: MetadataImage): Generator<RecordDraft> {
  for (const [key, configs] of image.configs.resourceData) {
    const { type: resourceType, name: resourceName } = resourceOf(key);
    for (const [name, value] of configs) {
      yield {
        type: 'ConfigRecord',
        version: 0,
        message: { resourceType, resourceName, name, value },
      };
    }
  }
}

function* settingRecords(image: MetadataImage): Generator<RecordDraft> {
  for (const message of image.clientQuotas.values()) {
    yield { type: 'ClientQuotaRecord', version: 0, message };
  }
  const { producerIds } = image;
  if (producerIds.nextProducerId > 0) {
    const { nextProducerId } = producerIds;
    yield {
      type: 'ProducerIdsRecord',
      version: 0,
      message: { brokerId: -1, brokerEpoch: -1, nextProducerId },
    };
  }
  for (const message of image.acls.values()) {
    yield { type: 'AccessControlEntryRecord', version: 0, message };
  }
  for (const message of image.scram.values()) {
    yield { type: 'UserScramCredentialRecord', version: 0, message };
  }
  for (const message of image.delegationTokens.values()) {
    yield { type: 'DelegationTokenRecord', version: 0, message };
  }
}
