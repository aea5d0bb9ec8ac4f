// The active controller of a cluster with one voter (QuorumController): each operation is decided by a pure control
// manager on the image of everything appended, its records are appended and replayed at once, and its promise settles
// when they are committed and published. Everything it knows comes out of a replay; only heartbeats are soft state.
import { ZERO_UUID } from '../../common/uuid.ts';
import type { BrokerConfig } from '../../config/server-properties.ts';
import type { Io } from '../../io/io.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { AllocateProducerIdsRequest } from '../../protocol/generated/apis/allocate-producer-ids-request.ts';
import type { AllocateProducerIdsResponse } from '../../protocol/generated/apis/allocate-producer-ids-response.ts';
import type { AlterClientQuotasRequest } from '../../protocol/generated/apis/alter-client-quotas-request.ts';
import type { AlterClientQuotasResponse } from '../../protocol/generated/apis/alter-client-quotas-response.ts';
import type { AlterConfigsRequest } from '../../protocol/generated/apis/alter-configs-request.ts';
import type { AlterConfigsResponse } from '../../protocol/generated/apis/alter-configs-response.ts';
import type { AlterPartitionReassignmentsRequest } from '../../protocol/generated/apis/alter-partition-reassignments-request.ts';
import type { AlterPartitionReassignmentsResponse } from '../../protocol/generated/apis/alter-partition-reassignments-response.ts';
import type { AlterPartitionRequest } from '../../protocol/generated/apis/alter-partition-request.ts';
import type { AlterPartitionResponse } from '../../protocol/generated/apis/alter-partition-response.ts';
import type { AlterUserScramCredentialsRequest } from '../../protocol/generated/apis/alter-user-scram-credentials-request.ts';
import type { AlterUserScramCredentialsResponse } from '../../protocol/generated/apis/alter-user-scram-credentials-response.ts';
import type { AssignReplicasToDirsRequest } from '../../protocol/generated/apis/assign-replicas-to-dirs-request.ts';
import type { AssignReplicasToDirsResponse } from '../../protocol/generated/apis/assign-replicas-to-dirs-response.ts';
import type { BrokerHeartbeatRequest } from '../../protocol/generated/apis/broker-heartbeat-request.ts';
import type { BrokerHeartbeatResponse } from '../../protocol/generated/apis/broker-heartbeat-response.ts';
import type { BrokerRegistrationRequest } from '../../protocol/generated/apis/broker-registration-request.ts';
import type { BrokerRegistrationResponse } from '../../protocol/generated/apis/broker-registration-response.ts';
import type { ControllerRegistrationRequest } from '../../protocol/generated/apis/controller-registration-request.ts';
import type { ControllerRegistrationResponse } from '../../protocol/generated/apis/controller-registration-response.ts';
import type { CreatePartitionsRequest } from '../../protocol/generated/apis/create-partitions-request.ts';
import type { CreatePartitionsResponse } from '../../protocol/generated/apis/create-partitions-response.ts';
import type { CreateTopicsRequest } from '../../protocol/generated/apis/create-topics-request.ts';
import type { CreateTopicsResponse } from '../../protocol/generated/apis/create-topics-response.ts';
import type { DeleteTopicsRequest } from '../../protocol/generated/apis/delete-topics-request.ts';
import type { DeleteTopicsResponse } from '../../protocol/generated/apis/delete-topics-response.ts';
import type { DescribeQuorumRequest } from '../../protocol/generated/apis/describe-quorum-request.ts';
import type { DescribeQuorumResponse } from '../../protocol/generated/apis/describe-quorum-response.ts';
import type { ElectLeadersRequest } from '../../protocol/generated/apis/elect-leaders-request.ts';
import type { ElectLeadersResponse } from '../../protocol/generated/apis/elect-leaders-response.ts';
import type { IncrementalAlterConfigsRequest } from '../../protocol/generated/apis/incremental-alter-configs-request.ts';
import type { IncrementalAlterConfigsResponse } from '../../protocol/generated/apis/incremental-alter-configs-response.ts';
import type { UnregisterBrokerRequest } from '../../protocol/generated/apis/unregister-broker-request.ts';
import type { UnregisterBrokerResponse } from '../../protocol/generated/apis/unregister-broker-response.ts';
import type { UpdateFeaturesRequest } from '../../protocol/generated/apis/update-features-request.ts';
import type { UpdateFeaturesResponse } from '../../protocol/generated/apis/update-features-response.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import type { MetadataPublisher } from '../image/publisher.ts';
import type { RecordDraft } from '../records.ts';
import { readBootstrapRecords } from '../storage/bootstrap-metadata.ts';
import { readMetaProperties } from '../storage/meta-properties.ts';
import { activationRecords } from './activation.ts';
import { alterClientQuotas } from './client-quota-control.ts';
import {
  fenceRecords,
  processHeartbeat,
  registerBroker,
  registerController,
  unregisterBroker,
} from './cluster-control.ts';
import { alterConfigs, incrementalAlterConfigs } from './config-requests.ts';
import type { ControlResult } from './control-result.ts';
import type { Controller, ControllerRequestContext } from './controller.ts';
import type { ControllerState } from './controller-state.ts';
import { deleteTopics } from './delete-requests.ts';
import { assignReplicasToDirs } from './directory-control.ts';
import { updateFeatures } from './feature-control.ts';
import { Heartbeats } from './heartbeats.ts';
import { alterPartition, electLeaders } from './leadership-control.ts';
import { MetadataRuntime } from './metadata-runtime.ts';
import { allocateProducerIds } from './producer-id-control.ts';
import { describeQuorum } from './quorum-description.ts';
import { alterPartitionReassignments } from './reassignment-control.ts';
import { alterUserScramCredentials } from './scram-control.ts';
import { takeCreatePartitions, takeCreateTopics } from './topic-requests.ts';

export interface QuorumControllerOptions {
  readonly io: Io;
  readonly config: BrokerConfig;
  readonly clusterId: string;
  /** A fault after which nothing can be trusted: a flush that failed, a publisher that threw. */
  readonly onFault: (error: unknown) => void;
  /** Told, a line each, of damage to the log that could be made good again. */
  readonly warn?: (line: string) => void;
}

/** A session check that comes this much too late says that this process slept: nobody is blamed for it. */
const LATE_CHECK_MS = 1000;

export class QuorumController implements Controller {
  readonly #options: QuorumControllerOptions;
  readonly #runtime: MetadataRuntime;
  readonly #heartbeats: Heartbeats;
  #lastSessionCheckMs = 0;

  /**
   * Opens and replays the log, begins a new epoch, and resolves when its first records are committed.
   * Throws MetadataLogError, MetadataRecordError, DiskError.
   */
  static async start(options: QuorumControllerOptions): Promise<QuorumController> {
    const controller = new QuorumController(options);
    await controller.#activate();
    return controller;
  }

  private constructor(options: QuorumControllerOptions) {
    this.#options = options;
    this.#runtime = new MetadataRuntime(options);
    this.#heartbeats = new Heartbeats(options.config.number('broker.session.timeout.ms'));
  }

  get image(): MetadataImage {
    return this.#runtime.committedImage;
  }

  get nodeId(): number {
    return this.#options.config.nodeId;
  }

  get leaderEpoch(): number {
    return this.#runtime.log.leaderEpoch;
  }

  get kraftVersion(): 0 | 1 {
    return this.#runtime.log.kraftVersion;
  }

  get lastCommittedOffset(): number {
    return this.#runtime.log.highWatermark - 1;
  }

  addPublisher(publisher: MetadataPublisher): void {
    this.#runtime.addPublisher(publisher);
  }

  async createTopics(
    request: CreateTopicsRequest,
    context: ControllerRequestContext = {},
  ): Promise<CreateTopicsResponse> {
    const { random } = this.#options.io;
    const chance = {
      randomInt: (bound: number) => random.int(bound),
      randomUuid: () => random.uuid(),
    };
    const mayDescribe = context.mayDescribeConfigs ?? (() => true);
    const topics = await this.#commit(takeCreateTopics(this.#state, request, chance, mayDescribe));
    return { throttleTimeMs: 0, topics };
  }

  async deleteTopics(
    request: DeleteTopicsRequest,
    context: ControllerRequestContext = {},
  ): Promise<DeleteTopicsResponse> {
    const responses = await this.#commit(
      deleteTopics(this.#state, request, context.apiVersion ?? Number.MAX_SAFE_INTEGER),
    );
    return { throttleTimeMs: 0, responses };
  }

  async createPartitions(request: CreatePartitionsRequest): Promise<CreatePartitionsResponse> {
    const random = (bound: number): number => this.#options.io.random.int(bound);
    const { records, response } = takeCreatePartitions(
      this.#state,
      request.topics,
      request.timeoutMs,
      random,
    );
    await this.#append(request.validateOnly ? [] : records);
    return { throttleTimeMs: 0, results: response };
  }

  async incrementalAlterConfigs(
    request: IncrementalAlterConfigsRequest,
  ): Promise<IncrementalAlterConfigsResponse> {
    const responses = await this.#commit(incrementalAlterConfigs(this.#state, request));
    return { throttleTimeMs: 0, responses };
  }

  async alterConfigs(request: AlterConfigsRequest): Promise<AlterConfigsResponse> {
    const responses = await this.#commit(alterConfigs(this.#state, request));
    return { throttleTimeMs: 0, responses };
  }

  async alterClientQuotas(request: AlterClientQuotasRequest): Promise<AlterClientQuotasResponse> {
    const unresolvable = await this.#unresolvable(request);
    const isResolvable = (name: string): boolean => !unresolvable.has(name);
    const result = alterClientQuotas(this.#runtime.image, request, isResolvable);
    return { throttleTimeMs: 0, entries: await this.#commit(result) };
  }

  async alterUserScramCredentials(
    request: AlterUserScramCredentialsRequest,
  ): Promise<AlterUserScramCredentialsResponse> {
    const results = await this.#commit(alterUserScramCredentials(this.#runtime.image, request));
    return { throttleTimeMs: 0, results };
  }

  async registerBroker(request: BrokerRegistrationRequest): Promise<BrokerRegistrationResponse> {
    const nowMs = this.#nowMs();
    const result = this.#attempt(() =>
      registerBroker(this.#state, this.#heartbeats, request, this.#runtime.nextOffset, nowMs),
    );
    if (result instanceof ApiError) {
      return { throttleTimeMs: 0, errorCode: result.code, brokerEpoch: -1 };
    }
    const committed = this.#append(result.records);
    const isFenced = this.#runtime.image.cluster.brokers.get(request.brokerId)?.fenced !== false;
    this.#heartbeats.touch(request.brokerId, result.response, -1, isFenced, nowMs);
    await committed;
    return { throttleTimeMs: 0, errorCode: Errors.NONE, brokerEpoch: result.response };
  }

  async brokerHeartbeat(request: BrokerHeartbeatRequest): Promise<BrokerHeartbeatResponse> {
    const result = this.#attempt(() => processHeartbeat(this.#state, this.#heartbeats, request));
    if (result instanceof ApiError) {
      const refused = { isCaughtUp: false, isFenced: true, shouldShutDown: false };
      return { throttleTimeMs: 0, errorCode: result.code, ...refused };
    }
    const { response, records } = result;
    const committed = this.#append(records);
    const { brokerId, brokerEpoch, currentMetadataOffset } = request;
    this.#heartbeats.touch(
      brokerId,
      brokerEpoch,
      currentMetadataOffset,
      response.isFenced,
      this.#nowMs(),
    );
    if (response.inControlledShutdown && records.length > 0) {
      this.#heartbeats.beginControlledShutdown(brokerId, this.#runtime.nextOffset - 1);
    }
    await committed;
    const { isCaughtUp, isFenced, shouldShutDown } = response;
    return { throttleTimeMs: 0, errorCode: Errors.NONE, isCaughtUp, isFenced, shouldShutDown };
  }

  async unregisterBroker(request: UnregisterBrokerRequest): Promise<UnregisterBrokerResponse> {
    const records = this.#attempt(() => unregisterBroker(this.#state, request.brokerId));
    if (records instanceof ApiError) {
      return { throttleTimeMs: 0, errorCode: records.code, errorMessage: records.message };
    }
    this.#heartbeats.remove(request.brokerId);
    await this.#append(records);
    return { throttleTimeMs: 0, errorCode: Errors.NONE, errorMessage: null };
  }

  async registerController(
    request: ControllerRegistrationRequest,
  ): Promise<ControllerRegistrationResponse> {
    const records = this.#attempt(() => registerController(this.#runtime.image, request));
    if (records instanceof ApiError) {
      return { throttleTimeMs: 0, errorCode: records.code, errorMessage: records.message };
    }
    await this.#append(records);
    return { throttleTimeMs: 0, errorCode: Errors.NONE, errorMessage: null };
  }

  async allocateProducerIds(
    request: AllocateProducerIdsRequest,
  ): Promise<AllocateProducerIdsResponse> {
    const { brokerId, brokerEpoch } = request;
    const result = this.#attempt(() => allocateProducerIds(this.#state, brokerId, brokerEpoch));
    if (result instanceof ApiError) {
      return { throttleTimeMs: 0, errorCode: result.code, producerIdStart: -1, producerIdLen: 0 };
    }
    const { start, length } = await this.#commit(result);
    return {
      throttleTimeMs: 0,
      errorCode: Errors.NONE,
      producerIdStart: start,
      producerIdLen: length,
    };
  }

  async alterPartition(request: AlterPartitionRequest): Promise<AlterPartitionResponse> {
    const result = this.#attempt(() => alterPartition(this.#state, request));
    if (result instanceof ApiError) {
      return { throttleTimeMs: 0, errorCode: result.code, topics: [] };
    }
    return this.#commit(result);
  }

  async assignReplicasToDirs(
    request: AssignReplicasToDirsRequest,
  ): Promise<AssignReplicasToDirsResponse> {
    const result = this.#attempt(() => assignReplicasToDirs(this.#state, request));
    if (result instanceof ApiError) {
      return { throttleTimeMs: 0, errorCode: result.code, directories: [] };
    }
    return this.#commit(result);
  }

  async electLeaders(request: ElectLeadersRequest): Promise<ElectLeadersResponse> {
    return this.#commit(electLeaders(this.#state, request));
  }

  async alterPartitionReassignments(
    request: AlterPartitionReassignmentsRequest,
  ): Promise<AlterPartitionReassignmentsResponse> {
    return this.#commit(alterPartitionReassignments(this.#state, request));
  }

  async updateFeatures(
    request: UpdateFeaturesRequest,
    context: ControllerRequestContext = {},
  ): Promise<UpdateFeaturesResponse> {
    const changes = this.#attempt(() => updateFeatures(this.#state, request, this.kraftVersion));
    if (changes instanceof ApiError) {
      const errorMessage =
        'The update failed for all features since the following feature had an error: ' +
        changes.message;
      return { throttleTimeMs: 0, errorCode: changes.code, errorMessage, results: [] };
    }
    if (!request.validateOnly) {
      // Both in this turn: a second request that comes meanwhile must see what the first one changes.
      const written = this.#append(changes.records);
      const upgraded = changes.kraftVersion === undefined ? undefined : this.#upgradeQuorum();
      await Promise.all([written, upgraded]);
    }
    const isOld = (context.apiVersion ?? 2) <= 1;
    const results = request.featureUpdates.map(({ feature }) => ({
      feature,
      errorCode: Errors.NONE,
      // ApiError.NONE, whose message is its name.
      errorMessage: 'NONE',
    }));
    return {
      throttleTimeMs: 0,
      errorCode: Errors.NONE,
      errorMessage: null,
      results: isOld ? results : [],
    };
  }

  /** To kraft.version 1: from here on the voters are in the log (KIP-853). */
  #upgradeQuorum(): Promise<void> {
    const { config, io } = this.#options;
    const controller = this.#runtime.image.cluster.controllers.get(config.nodeId);
    const endpoints = controller?.listeners ?? [];
    const { directoryId } = readMetaProperties(io.disk, config.metadataLogDir) ?? {};
    const voter = {
      voterId: config.nodeId,
      voterDirectoryId: directoryId ?? ZERO_UUID,
      endpoints: endpoints.map(({ name, host, port }) => ({ name, host, port })),
      kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
    };
    return this.#runtime.log.upgradeToDynamicQuorum([voter]).committed;
  }

  describeQuorum(request: DescribeQuorumRequest): DescribeQuorumResponse {
    const nowMs = this.#options.io.clock.nowMs();
    return describeQuorum(request, this.#options.config, this.#runtime.log, nowMs);
  }

  async shutdown(): Promise<void> {
    await this.#runtime.close();
  }

  get #state(): ControllerState {
    const { config, clusterId } = this.#options;
    return { config, clusterId, image: this.#runtime.image };
  }

  /** The names of ip entities that are neither addresses nor names of any. */
  async #unresolvable({ entries }: AlterClientQuotasRequest): Promise<Set<string>> {
    const names = new Set<string>();
    for (const { entityType, entityName } of entries.flatMap(({ entity }) => entity)) {
      if (entityType === 'ip' && entityName) names.add(entityName);
    }
    for (const name of names) {
      if (await this.#options.io.network.canResolve(name)) names.delete(name);
    }
    return names;
  }

  #nowMs(): number {
    return this.#options.io.clock.monotonicMs();
  }

  async #activate(): Promise<void> {
    const { io, config } = this.#options;
    this.#runtime.finishRecovery();
    const first = this.#runtime.log.becomeLeader();
    const records = activationRecords({
      image: this.#runtime.image,
      isTransactionOpen: this.#runtime.isTransactionOpen,
      bootstrapRecords: readBootstrapRecords(io.disk, config.metadataLogDir),
      minInsyncReplicas: config.number('min.insync.replicas'),
    });
    const written = this.#append(records);
    await Promise.all([first.committed, written]);
    for (const broker of this.#runtime.image.cluster.brokers.values()) {
      if (!broker.fenced) this.#heartbeats.expect(broker.id, this.#nowMs());
    }
    this.#runtime.startTimers();
    const checkMs = Math.max(100, config.number('broker.session.timeout.ms') / 4);
    this.#lastSessionCheckMs = this.#nowMs();
    this.#runtime.every(checkMs, () => this.#fenceStaleBrokers(checkMs));
  }

  #fenceStaleBrokers(checkMs: number): void {
    const nowMs = this.#nowMs();
    const lateMs = nowMs - this.#lastSessionCheckMs - checkMs;
    this.#lastSessionCheckMs = nowMs;
    if (lateMs > LATE_CHECK_MS) return;
    for (const brokerId of this.#heartbeats.staleBrokers(nowMs)) {
      this.#heartbeats.remove(brokerId);
      this.#append(fenceRecords(this.#state, brokerId)).catch(this.#options.onFault);
    }
  }

  /** An ApiError comes back as a value, anything else goes through. */
  #attempt<T>(decide: () => T): T | ApiError {
    try {
      return decide();
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  async #commit<T>(result: ControlResult<T>): Promise<T> {
    await this.#append(result.records);
    return result.response;
  }

  /** An answer without records may tell of what isn't committed yet: it waits for that (ControllerWriteEvent). */
  async #append(records: readonly RecordDraft[]): Promise<void> {
    await (records.length > 0 ? this.#runtime.append(records) : this.#runtime.whenCommitted());
  }
}
