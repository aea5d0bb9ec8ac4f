// What request handlers work with: the parts of the running broker, put together by broker.ts.
// An interface on purpose: a handler's test gives it the parts that the handler uses.

import type { BrokerConfig } from '../config/server-properties.ts';
import type { GroupCoordinatorService } from '../coordinator/group/group-coordinator-service.ts';
import type { ShareCoordinatorService } from '../coordinator/share/share-coordinator-service.ts';
import type { MarkerWriter } from '../coordinator/transaction/marker-sender.ts';
import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator.ts';
import type { Io } from '../io/io.ts';
import type { Controller } from '../metadata/controller/controller.ts';
import type { AutoTopicCreation } from './auto-topic-creation.ts';
import type { DelayedOperations } from './delayed-operations.ts';
import type { FetchReader } from './fetch-reader.ts';
import type { FetchSessions } from './fetch-session.ts';
import type { ListenerRole } from './handler.ts';
import type { Loggers } from './loggers.ts';
import type { MetadataCache } from './metadata-cache.ts';
import type { ProducerIds } from './producer-ids.ts';
import type { ReplicaManager } from './replica-manager.ts';
import type { SharePartitionManager } from './share/share-partition-manager.ts';
import type { StreamsTopicCreation } from './streams-topic-creation.ts';
import type { TransactionVerifier } from './transaction-verifier.ts';

export interface AdvertisedApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

export interface BrokerServices {
  readonly io: Io;
  readonly config: BrokerConfig;
  readonly clusterId: string;
  readonly nodeId: number;
  readonly metadata: MetadataCache;
  readonly controller: Controller;
  readonly replicas: ReplicaManager;
  readonly fetchSessions: FetchSessions;
  readonly fetchReader: FetchReader;
  readonly delayed: DelayedOperations;
  readonly groups: GroupCoordinatorService;
  readonly transactions: TransactionCoordinator;
  readonly markers: MarkerWriter;
  readonly verifier: TransactionVerifier;
  readonly loggers: Loggers;
  readonly producerIds: ProducerIds;
  readonly topicCreation: AutoTopicCreation;
  readonly streamsTopics: StreamsTopicCreation;
  readonly share: SharePartitionManager;
  readonly shareCoordinator: ShareCoordinatorService;
  /** What ApiVersions tells on a listener of this role, by key. */
  apiVersions(role: ListenerRole): readonly AdvertisedApi[];
  /** A line for the broker's log. */
  log(line: string): void;
}
