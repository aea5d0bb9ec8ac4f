// A node of both roles: the controller, and the broker with its logs, its coordinators, its listeners and its standing with
// the controller, put together. The controller is a method call away; in Kafka it is a connection.

import { compareUuids } from '../common/uuid.ts';
import { type ListenerEndpoint, securityProtocolId } from '../config/endpoints.ts';
import type { BrokerConfig } from '../config/server-properties.ts';
import type { Io } from '../io/io.ts';
import { LogManager } from '../log/log-manager.ts';
import { ProducerStateConfig } from '../log/producer-state-config.ts';
import type { Controller } from '../metadata/controller/controller.ts';
import { QuorumController } from '../metadata/controller/quorum-controller.ts';
import { EMPTY_IMAGE } from '../metadata/image/metadata-image.ts';
import type { Feature, Listener } from '../protocol/generated/apis/broker-registration-request.ts';
import { handlers } from './apis/index.ts';
import { AutoTopicCreation } from './auto-topic-creation.ts';
import { BrokerLifecycle } from './broker-lifecycle.ts';
import { type Coordinators, openCoordinators } from './coordinators.ts';
import { DelayedOperations } from './delayed-operations.ts';
import { DirectoryAssignments } from './directory-assignments.ts';
import { SUPPORTED_FEATURES } from './features.ts';
import { FetchReader } from './fetch-reader.ts';
import { FetchSessions } from './fetch-session.ts';
import type { ListenerRole } from './handler.ts';
import { internalTopicConfigs } from './internal-topic-configs.ts';
import { Loggers } from './loggers.ts';
import { MetadataCache } from './metadata-cache.ts';
import { MetadataPublishing } from './metadata-publishing.ts';
import { ProducerIds } from './producer-ids.ts';
import { RegistrationRefresh } from './registration-refresh.ts';
import { ReplicaManager } from './replica-manager.ts';
import { RequestRouter } from './request-router.ts';
import { listenerSecurity } from './security/listener-security.ts';
import type { AdvertisedApi, BrokerServices } from './services.ts';
import { type BoundListener, type ListenerSpec, SocketServer } from './socket-server.ts';
import { StorageFailures } from './storage-failures.ts';
import { StreamsTopicCreation } from './streams-topic-creation.ts';
import { TopicLogConfigs } from './topic-log-configs.ts';
import { TransactionVerifier } from './transaction-verifier.ts';

export interface BrokerNodeOptions {
  readonly config: BrokerConfig;
  readonly io: Io;
  readonly clusterId: string;
  /** Log directory → its id, of those that could be read. */
  readonly directoryIds: ReadonlyMap<string, string>;
  /** Log directories that can't be used, and why. */
  readonly failedDirs: ReadonlyMap<string, Error>;
  readonly log: (line: string) => void;
  /** Something happened that the broker can't go on with. */
  readonly onFatal: (error: Error) => void;
}

/** A client that waits for an answer at shutdown gets it within this time. */
const SHUTDOWN_GRACE_MS = 1000;

export class BrokerNode {
  readonly services: BrokerServices;
  readonly #options: BrokerNodeOptions;
  readonly #logs: LogManager;
  readonly #controller: Controller;
  readonly #coordinators: Coordinators;
  readonly #sockets: SocketServer;
  readonly #delayed: DelayedOperations;
  readonly #assignments: DirectoryAssignments;
  #lifecycle: BrokerLifecycle | undefined;

  private constructor(options: BrokerNodeOptions, logs: LogManager, controller: Controller) {
    const { config, io, clusterId, log } = options;
    const { nodeId } = config;
    this.#options = options;
    this.#logs = logs;
    this.#controller = controller;
    const delayed = new DelayedOperations(io.clock);
    const replicas = replicaManager(options, logs, delayed);
    const metadata = new MetadataCache(controller.nodeId, () => controller.kraftVersion);
    const internalConfigs = internalTopicConfigs(config);
    const topicCreation = new AutoTopicCreation(controller, config, internalConfigs, log);
    const producerIds = new ProducerIds(controller, nodeId, () => this.brokerEpoch);
    const coordinators = openCoordinators({
      io,
      config,
      metadata,
      replicas,
      delayed,
      topicCreation,
      nextProducerId: () => producerIds.next(),
      log,
    });
    this.#delayed = delayed;
    this.#coordinators = coordinators;
    this.#assignments = this.#directoryAssignments(replicas);
    replicas.onMoved = () => this.#assignments.schedule();
    this.services = {
      io,
      config,
      clusterId,
      nodeId,
      metadata,
      controller,
      replicas,
      fetchSessions: new FetchSessions(
        config.number('max.incremental.fetch.session.cache.slots'),
        io.random,
      ),
      fetchReader: new FetchReader(replicas, metadata, log),
      delayed,
      ...coordinators,
      verifier: new TransactionVerifier(coordinators.transactions, logs.producerState),
      loggers: new Loggers(),
      producerIds,
      topicCreation,
      streamsTopics: new StreamsTopicCreation(controller, io.clock, log),
      apiVersions: (role) => ADVERTISED[role],
      log,
    };
    this.#sockets = socketServer(this.services);
    const assignments = this.#assignments;
    controller.addPublisher(
      new MetadataPublishing({ metadata, replicas, ...coordinators, assignments, nodeId, log }),
    );
  }

  #directoryAssignments(replicas: ReplicaManager): DirectoryAssignments {
    const { config, directoryIds, log } = this.#options;
    return new DirectoryAssignments({
      controller: this.#controller,
      logs: this.#logs,
      nodeId: config.nodeId,
      brokerEpoch: () => this.brokerEpoch,
      logDirs: config.logDirs,
      directoryIds,
      partitions: () => replicas.partitions(),
      log,
    });
  }

  /** Opens logs and controller, listens, registers. What was opened is closed again when a step fails. */
  static async start(options: BrokerNodeOptions): Promise<BrokerNode> {
    // The logs first: they take the locks of the folders, without which nobody may touch the metadata log.
    const logs = openLogs(options);
    let controller: Controller | undefined;
    let node: BrokerNode | undefined;
    try {
      controller = await openController(options);
      node = new BrokerNode(options, logs, controller);
      await node.#listen();
      await node.#register();
      return node;
    } catch (error) {
      if (node !== undefined) {
        await node.#sockets.close();
        node.#closeServices();
      }
      await controller?.shutdown();
      await logs.shutdown(logs.previousBrokerEpoch);
      throw error;
    }
  }

  get listeners(): readonly BoundListener[] {
    return this.#sockets.listeners;
  }

  get brokerEpoch(): number {
    return this.#lifecycle?.brokerEpoch ?? -1;
  }

  /** Leaves the cluster, answers who waits, flushes and marks the folders as cleanly closed. */
  async shutdown(): Promise<void> {
    await this.#lifecycle
      ?.leave()
      .catch((error: Error) => this.#options.log(`controlled shutdown failed: ${error.message}`));
    this.#closeServices();
    this.#delayed.expireAll();
    await this.#sockets.close(SHUTDOWN_GRACE_MS);
    // The logs last: with them go the locks of the folders.
    try {
      await this.#controller.shutdown();
    } finally {
      await this.#logs.shutdown(this.brokerEpoch);
    }
  }

  #closeServices(): void {
    const { share, groups, transactions, shareCoordinator } = this.#coordinators;
    const { replicas } = this.services;
    for (const each of [share, groups, transactions, shareCoordinator, replicas]) each.close();
  }

  /** All of them are looked at before the first one is opened. */
  async #listen(): Promise<void> {
    const { config } = this.#options;
    const controllers = config.isController ? config.controllerListeners : [];
    const specs = await Promise.all([
      ...config.brokerListeners.map((endpoint) => this.#listenerSpec('broker', endpoint)),
      ...controllers.map((endpoint) => this.#listenerSpec('controller', endpoint)),
    ]);
    for (const spec of specs) await this.#sockets.listen(spec);
  }

  async #listenerSpec(role: ListenerRole, endpoint: ListenerEndpoint): Promise<ListenerSpec> {
    const { name, host, port } = endpoint;
    return { name, role, host, port, ...(await listenerSecurity(endpoint, this.services)) };
  }

  async #register(): Promise<void> {
    const { config, io, clusterId, directoryIds, log, onFatal } = this.#options;
    const controller = this.#controller;
    const incarnationId = io.random.uuid();
    const registerController = () =>
      controller.registerController({
        controllerId: config.nodeId,
        incarnationId,
        zkMigrationReady: false,
        listeners: this.#boundListeners(config.controllerListeners),
        features: supportedFeatures(),
      });
    await registerController();
    const idsOf = (isChosen: (logDir: string) => boolean): string[] =>
      config.logDirs.flatMap((logDir) =>
        isChosen(logDir) ? (directoryIds.get(logDir) ?? []) : [],
      );
    const cordonedLogDirs = () => idsOf((logDir) => this.#logs.isCordoned(logDir));
    const lifecycle = new BrokerLifecycle({
      controller,
      clock: io.clock,
      heartbeatIntervalMs: config.number('broker.heartbeat.interval.ms'),
      offlineLogDirs: () => idsOf((logDir) => !this.#logs.isOnline(logDir)),
      cordonedLogDirs,
      log,
      onFatal,
      registration: {
        brokerId: config.nodeId,
        clusterId,
        incarnationId: io.random.uuid(),
        listeners: this.#boundListeners(config.advertisedListeners),
        features: supportedFeatures(),
        rack: config.text('broker.rack'),
        isMigratingZkBroker: false,
        // One that is bad at the start isn't registered: what lies there gets no leader.
        logDirs: idsOf((logDir) => this.#logs.isOnline(logDir)).sort(compareUuids),
        previousBrokerEpoch: this.#logs.previousBrokerEpoch,
      },
    });
    this.#lifecycle = lifecycle;
    await lifecycle.start();
    this.#assignments.schedule();
    const refresh = new RegistrationRefresh({
      nodeId: config.nodeId,
      cordonedLogDirs,
      registerController,
      registerBroker: () => lifecycle.register(),
      tellCordoned: () => lifecycle.tell(),
      log,
    });
    controller.addPublisher(refresh);
  }

  /** Port 0 was for the system to choose: clients are told what it chose. */
  #boundListeners(endpoints: readonly ListenerEndpoint[]): Listener[] {
    return endpoints.map(({ name, host, port, securityProtocol }) => ({
      name,
      host: host === '' ? 'localhost' : host,
      port: port !== 0 ? port : (this.listeners.find((bound) => bound.name === name)?.port ?? 0),
      securityProtocol: securityProtocolId(securityProtocol),
    }));
  }
}

function openLogs({ config, io, log, failedDirs }: BrokerNodeOptions): LogManager {
  const topicConfigs = new TopicLogConfigs(config);
  const logs = new LogManager({
    io,
    logDirs: config.logDirs,
    failedDirs,
    // The topics' own configs come with the first image.
    configFor: (topic) => topicConfigs.forTopic(topic, EMPTY_IMAGE),
    onWarning: log,
    retentionCheckIntervalMs: config.number('log.retention.check.interval.ms'),
    flushCheckIntervalMs: config.number('log.flush.scheduler.interval.ms'),
    checkpointIntervalMs: config.number('log.flush.offset.checkpoint.interval.ms'),
    startOffsetCheckpointIntervalMs: config.number('log.flush.start.offset.checkpoint.interval.ms'),
    initialTaskDelayMs: config.number('log.initial.task.delay.ms'),
    highWatermarkCheckpointIntervalMs: config.number(
      'replica.high.watermark.checkpoint.interval.ms',
    ),
    producerState: new ProducerStateConfig(topicConfigs.producerState(EMPTY_IMAGE)),
    ...(config.boolean('log.cleaner.enable')
      ? { cleaner: topicConfigs.cleanerSettings(EMPTY_IMAGE) }
      : {}),
    producerExpiryCheckIntervalMs: config.number('producer.id.expiration.check.interval.ms'),
  });
  logs.cordon(topicConfigs.cordonedLogDirs(EMPTY_IMAGE));
  return logs;
}

/** A disk that fails takes its partitions out of the replica manager. */
function replicaManager(
  { config, io, log, onFatal }: BrokerNodeOptions,
  logs: LogManager,
  delayed: DelayedOperations,
): ReplicaManager {
  const { nodeId, metadataLogDir } = config;
  const failures = new StorageFailures({
    clock: io.clock,
    metadataLogDir,
    log,
    diskFailed: (failure) => logs.diskFailed(failure),
    onFatal,
  });
  const configs = new TopicLogConfigs(config);
  const { clock } = io;
  const replicas = new ReplicaManager({ clock, nodeId, logs, configs, delayed, failures, log });
  logs.onDirectoryFailure = (failure) => {
    failures.directoryFailed(failure);
    replicas.wentOffline(failure.logs);
  };
  return replicas;
}

function openController(options: BrokerNodeOptions): Promise<QuorumController> {
  const { io, config, clusterId, onFatal, log: warn } = options;
  const onFault = (error: unknown) =>
    onFatal(error instanceof Error ? error : new Error(String(error)));
  return QuorumController.start({ io, config, clusterId, onFault, warn });
}

function supportedFeatures(): Feature[] {
  return SUPPORTED_FEATURES.map(({ name, minVersion, maxVersion }) => ({
    name,
    minSupportedVersion: minVersion,
    maxSupportedVersion: maxVersion,
  }));
}

function socketServer(services: BrokerServices): SocketServer {
  const { io, config, log } = services;
  const limits = {
    requestMaxBytes: config.number('socket.request.max.bytes'),
    connectionsMaxIdleMs: config.number('connections.max.idle.ms'),
    maxConnections: config.number('max.connections'),
    maxConnectionsPerIp: config.number('max.connections.per.ip'),
  };
  return new SocketServer(io, limits, new RequestRouter(services, handlers), log);
}

/** What ApiVersions tells on a listener: its handlers, in the order of their keys. */
function advertise(role: ListenerRole): AdvertisedApi[] {
  return handlers
    .filter((handler) => handler.roles.includes(role))
    .map(({ key, advertisedMinVersion, maxVersion }) => ({
      apiKey: key,
      minVersion: advertisedMinVersion,
      maxVersion,
    }))
    .sort((a, b) => a.apiKey - b.apiKey);
}

const ADVERTISED = { broker: advertise('broker'), controller: advertise('controller') };
