// The group coordinator as request handlers see it: one method per API over generated messages, each going to the
// shard that holds the group. Checks what concerns the request alone, and turns failures into each API's answer.
// Kafka: GroupCoordinatorService. It never looks into a group.

import { appendAll } from '../../common/append-all.ts';
import { coordinatorPartitionFor } from '../../common/java-hash.ts';
import type { Io } from '../../io/io.ts';
import { type ApiError, Errors } from '../../protocol/errors.ts';
import type { ConsumerGroupDescribeRequest } from '../../protocol/generated/apis/consumer-group-describe-request.ts';
import type {
  ConsumerGroupDescribeResponse,
  DescribedGroup as DescribedConsumerGroup,
} from '../../protocol/generated/apis/consumer-group-describe-response.ts';
import type { ConsumerGroupHeartbeatRequest } from '../../protocol/generated/apis/consumer-group-heartbeat-request.ts';
import type { ConsumerGroupHeartbeatResponse } from '../../protocol/generated/apis/consumer-group-heartbeat-response.ts';
import type { DeleteGroupsRequest } from '../../protocol/generated/apis/delete-groups-request.ts';
import type {
  DeletableGroupResult,
  DeleteGroupsResponse,
} from '../../protocol/generated/apis/delete-groups-response.ts';
import type { DescribeGroupsRequest } from '../../protocol/generated/apis/describe-groups-request.ts';
import type {
  DescribedGroup,
  DescribeGroupsResponse,
} from '../../protocol/generated/apis/describe-groups-response.ts';
import type { HeartbeatRequest } from '../../protocol/generated/apis/heartbeat-request.ts';
import type { HeartbeatResponse } from '../../protocol/generated/apis/heartbeat-response.ts';
import type { JoinGroupRequest } from '../../protocol/generated/apis/join-group-request.ts';
import type { JoinGroupResponse } from '../../protocol/generated/apis/join-group-response.ts';
import type { LeaveGroupRequest } from '../../protocol/generated/apis/leave-group-request.ts';
import type { LeaveGroupResponse } from '../../protocol/generated/apis/leave-group-response.ts';
import type { ListGroupsRequest } from '../../protocol/generated/apis/list-groups-request.ts';
import type {
  ListedGroup,
  ListGroupsResponse,
} from '../../protocol/generated/apis/list-groups-response.ts';
import type { OffsetCommitRequest } from '../../protocol/generated/apis/offset-commit-request.ts';
import type { OffsetCommitResponse } from '../../protocol/generated/apis/offset-commit-response.ts';
import type { OffsetDeleteRequest } from '../../protocol/generated/apis/offset-delete-request.ts';
import type { OffsetDeleteResponse } from '../../protocol/generated/apis/offset-delete-response.ts';
import type { OffsetFetchRequestGroup } from '../../protocol/generated/apis/offset-fetch-request.ts';
import type { OffsetFetchResponseGroup } from '../../protocol/generated/apis/offset-fetch-response.ts';
import type { StreamsGroupDescribeRequest } from '../../protocol/generated/apis/streams-group-describe-request.ts';
import type {
  DescribedGroup as DescribedStreamsGroup,
  StreamsGroupDescribeResponse,
} from '../../protocol/generated/apis/streams-group-describe-response.ts';
import type { StreamsGroupHeartbeatRequest } from '../../protocol/generated/apis/streams-group-heartbeat-request.ts';
import type { SyncGroupRequest } from '../../protocol/generated/apis/sync-group-request.ts';
import type { SyncGroupResponse } from '../../protocol/generated/apis/sync-group-response.ts';
import type { TxnOffsetCommitRequest } from '../../protocol/generated/apis/txn-offset-commit-request.ts';
import type { TxnOffsetCommitResponse } from '../../protocol/generated/apis/txn-offset-commit-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { loadRegexEngine } from '../re2.ts';
import type { CoordinatorResult } from '../runtime/coordinator-result.ts';
import { CoordinatorRuntime } from '../runtime/coordinator-runtime.ts';
import { operationError } from '../runtime/operation-errors.ts';
import type { PartitionWriter } from '../runtime/partition-writer.ts';
import { settleAll } from '../runtime/settle-all.ts';
import type {
  ShardState,
  TransactionalProducer,
  TransactionMarker,
} from '../runtime/shard-context.ts';
import type { Persister } from '../share/persister.ts';
import { checkConsumerHeartbeat } from './consumer/check-heartbeat.ts';
import type { GroupRequestContext } from './group.ts';
import type { GroupCoordinatorConfig } from './group-coordinator-config.ts';
import { type GroupSettingsLookup, NO_GROUP_SETTINGS } from './group-settings.ts';
import { GroupShard } from './group-shard.ts';
import { groupFetchError } from './offsets/offset-fetch-shapes.ts';
import { type GroupRecord, GroupRecordSerde } from './records.ts';
import type { ShareMembershipLookup } from './share/share-group-config.ts';
import { NO_PERSISTER, ShareGroupService } from './share/share-group-service.ts';
import { checkStreamsHeartbeat } from './streams/check-streams-heartbeat.ts';
import type { StreamsHeartbeatResult } from './streams/streams-heartbeat.ts';
import { NO_TOPICS, type TopicLookup } from './topic-lookup.ts';

export const OFFSETS_TOPIC = '__consumer_offsets';

export interface GroupCoordinatorOptions {
  readonly io: Io;
  readonly config: GroupCoordinatorConfig;
  readonly writer: PartitionWriter;
  /** Without it no consumer group ever gets a partition. */
  readonly topics?: TopicLookup;
  /** Settings of single groups (ConfigResource GROUP). */
  readonly settings?: GroupSettingsLookup;
  readonly shareSettings?: ShareMembershipLookup;
  /** Without it no share group ever gets a partition. */
  readonly persister?: Persister;
  /** Where a partition ends for consumers; throws an ApiError when that isn't known here. */
  readonly endOffset?: (topic: string, partition: number) => number;
  readonly log?: (line: string) => void;
}

/** Answers that may wait for the high watermark in one shard. */
const MAX_DEFERRED_ANSWERS = 100_000;

export class GroupCoordinatorService {
  readonly config: GroupCoordinatorConfig;
  readonly share: ShareGroupService;
  readonly #runtime: CoordinatorRuntime<GroupShard, GroupRecord>;
  readonly #log: (line: string) => void;

  constructor(options: GroupCoordinatorOptions) {
    const { io, config, writer } = options;
    this.config = config;
    const { topics = NO_TOPICS, settings = NO_GROUP_SETTINGS, log = () => {} } = options;
    this.#log = log;
    const { shareSettings = () => ({}) } = options;
    this.#runtime = new CoordinatorRuntime({
      io,
      topic: OFFSETS_TOPIC,
      writer,
      serde: new GroupRecordSerde(),
      makeShard: (services) =>
        new GroupShard(services, { config, topics, settings, shareSettings }),
      log,
      config: {
        writeTimeoutMs: config.offsetsCommitTimeoutMs,
        loadSliceBytes: config.offsetsLoadBufferSize,
        appendLingerMs: config.appendLingerMs,
        compression: config.offsetsTopicCompression,
        maxDeferredAnswers: MAX_DEFERRED_ANSWERS,
      },
    });
    this.share = new ShareGroupService({
      write: (groupId, operation) => this.#write(groupId, operation),
      read: (groupId, operation) => this.#runtime.read(this.partitionFor(groupId), operation),
      persister: options.persister ?? NO_PERSISTER,
      topics,
      endOffset: options.endOffset ?? (() => 0),
      log,
    });
  }

  /** The partition of __consumer_offsets that holds the group: its leader is the group's coordinator. */
  partitionFor(groupId: string): number {
    return coordinatorPartitionFor(groupId, this.config.offsetsTopicPartitions);
  }

  // Leadership

  /** This broker leads the partition of __consumer_offsets now. Resolves when its groups are loaded. */
  onElection(partition: number, leaderEpoch: number): Promise<void> {
    return this.#runtime.load(partition, leaderEpoch);
  }

  onResignation(partition: number, leaderEpoch?: number): void {
    this.#runtime.unload(partition, leaderEpoch);
  }

  stateOf(partition: number): ShardState | undefined {
    return this.#runtime.stateOf(partition);
  }

  /** A transaction ends that has committed offsets in the partition: they count now, or never. Rejects with an ApiError. */
  completeTransaction(partition: number, marker: TransactionMarker): Promise<void> {
    return this.#runtime.completeTransaction(partition, marker);
  }

  /** Everything that was committed for these topics is deleted. */
  async onTopicsDeleted(
    names: readonly string[],
    topicIds: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    const topics = new Set(names);
    const deleting = [
      ...this.#runtime.writeAll((shard) => shard.onTopicsDeleted(topics)),
      ...this.#runtime.writeAll((shard) => shard.share.states.onTopicsDeleted(topicIds)),
    ];
    await settleAll(deleting, 'delete the offsets of topics', this.#log);
  }

  /** Whoever waits is answered with NOT_COORDINATOR. */
  close(): void {
    this.#runtime.close();
  }

  #write<T>(
    groupId: string,
    operation: (shard: GroupShard) => CoordinatorResult<GroupRecord, T>,
  ): Promise<T> {
    return this.#runtime.write(this.partitionFor(groupId), operation);
  }

  // Membership of classic groups

  /** Resolves when the join barrier falls: up to the group's rebalance time-out later. */
  joinGroup(
    context: GroupRequestContext,
    request: JoinGroupRequest,
  ): Promise<Draft<JoinGroupResponse>> {
    const { memberId } = request;
    const version = context.requestVersion;
    const errorCode = this.#refusalOfJoin(request);
    if (errorCode !== undefined) {
      return Promise.resolve(joinResponseFor({ memberId, errorCode }, version));
    }
    const complete =
      version === 0 ? { ...request, rebalanceTimeoutMs: request.sessionTimeoutMs } : request;
    return new Promise((resolve) => {
      const respond = (response: Draft<JoinGroupResponse>): void =>
        resolve(joinResponseFor(response, version));
      this.#write(request.groupId, (shard) => shard.joinGroup(context, complete, respond)).catch(
        (error) => respond({ errorCode: operationError(error).code }),
      );
    });
  }

  #refusalOfJoin({ groupId, sessionTimeoutMs }: JoinGroupRequest): number | undefined {
    if (groupId === '') return Errors.INVALID_GROUP_ID;
    const { classicGroupMinSessionTimeoutMs, classicGroupMaxSessionTimeoutMs } = this.config;
    const isInBounds =
      sessionTimeoutMs >= classicGroupMinSessionTimeoutMs &&
      sessionTimeoutMs <= classicGroupMaxSessionTimeoutMs;
    return isInBounds ? undefined : Errors.INVALID_SESSION_TIMEOUT;
  }

  /** Resolves when the leader has brought the assignment. */
  syncGroup(request: SyncGroupRequest): Promise<Draft<SyncGroupResponse>> {
    if (request.groupId === '') return Promise.resolve({ errorCode: Errors.INVALID_GROUP_ID });
    return new Promise((resolve) => {
      this.#write(request.groupId, (shard) => shard.syncGroup(request, resolve)).catch((error) =>
        resolve({ errorCode: operationError(error).code }),
      );
    });
  }

  async heartbeat(request: HeartbeatRequest): Promise<Draft<HeartbeatResponse>> {
    if (request.groupId === '') return { errorCode: Errors.INVALID_GROUP_ID };
    try {
      return await this.#write(request.groupId, (shard) => shard.heartbeat(request));
    } catch (error) {
      const { code } = operationError(error);
      // The member stays: its session begins anew when the group is loaded.
      return { errorCode: code === Errors.COORDINATOR_LOAD_IN_PROGRESS ? Errors.NONE : code };
    }
  }

  /** v0-2 name one member at the top: it is the only one, and its error is the request's. */
  async leaveGroup(
    context: GroupRequestContext,
    request: LeaveGroupRequest,
  ): Promise<Draft<LeaveGroupResponse>> {
    const isSingle = context.requestVersion < 3;
    const members = isSingle
      ? [{ memberId: request.memberId, groupInstanceId: null, reason: null }]
      : request.members;
    const response = await this.#leaveGroup({ ...request, members });
    if (!isSingle) return response;
    return { errorCode: response.errorCode || response.members?.[0]?.errorCode || Errors.NONE };
  }

  async #leaveGroup(request: LeaveGroupRequest): Promise<Draft<LeaveGroupResponse>> {
    if (request.groupId === '') return { errorCode: Errors.INVALID_GROUP_ID };
    try {
      return await this.#write(request.groupId, (shard) => shard.leaveGroup(request));
    } catch (error) {
      const { code: errorCode } = operationError(error);
      if (errorCode !== Errors.UNKNOWN_MEMBER_ID) return { errorCode };
      const members = request.members.map(({ memberId, groupInstanceId }) => ({
        memberId,
        groupInstanceId,
        errorCode,
      }));
      return { members };
    }
  }

  // Consumer groups (KIP-848)

  async consumerGroupHeartbeat(
    context: GroupRequestContext,
    request: ConsumerGroupHeartbeatRequest,
  ): Promise<Draft<ConsumerGroupHeartbeatResponse>> {
    try {
      checkConsumerHeartbeat(request, context.requestVersion, this.config);
      if (request.subscribedTopicRegex) await loadRegexEngine();
      return await this.#write(request.groupId, (shard) =>
        shard.consumerGroupHeartbeat(context, request),
      );
    } catch (error) {
      const { code: errorCode, message: errorMessage } = operationError(error);
      return { errorCode, errorMessage };
    }
  }

  async describeConsumerGroups(
    request: ConsumerGroupDescribeRequest,
  ): Promise<Draft<ConsumerGroupDescribeResponse>> {
    const groups = request.groupIds.map(async (groupId): Promise<Draft<DescribedConsumerGroup>> => {
      if (groupId === '') return { groupId, errorCode: Errors.INVALID_GROUP_ID };
      try {
        return await this.#runtime.read(this.partitionFor(groupId), (shard) =>
          shard.describeConsumerGroup(groupId),
        );
      } catch (error) {
        const { code: errorCode, message: errorMessage } = operationError(error);
        return { groupId, errorCode, errorMessage };
      }
    });
    return { groups: await Promise.all(groups) };
  }

  // Streams groups (KIP-1071)

  async streamsGroupHeartbeat(
    context: GroupRequestContext,
    request: StreamsGroupHeartbeatRequest,
  ): Promise<StreamsHeartbeatResult> {
    try {
      checkStreamsHeartbeat(request);
      return await this.#write(request.groupId, (shard) =>
        shard.streamsGroupHeartbeat(context, request),
      );
    } catch (error) {
      const { code: errorCode, message: errorMessage } = operationError(error);
      return { response: { errorCode, errorMessage }, missingTopics: [] };
    }
  }

  async describeStreamsGroups(
    request: StreamsGroupDescribeRequest,
  ): Promise<Draft<StreamsGroupDescribeResponse>> {
    const groups = request.groupIds.map(async (groupId): Promise<Draft<DescribedStreamsGroup>> => {
      if (groupId === '') return { groupId, errorCode: Errors.INVALID_GROUP_ID };
      try {
        return await this.#runtime.read(this.partitionFor(groupId), (shard) =>
          shard.describeStreamsGroup(groupId),
        );
      } catch (error) {
        const { code: errorCode, message: errorMessage } = operationError(error);
        return { groupId, errorCode, errorMessage };
      }
    });
    return { groups: await Promise.all(groups) };
  }

  // Offsets

  /** Topic names must be filled in. */
  commitOffsets(
    context: GroupRequestContext,
    request: OffsetCommitRequest,
  ): Promise<Draft<OffsetCommitResponse>> {
    return this.#write(request.groupId, (shard) => shard.commitOffsets(context, request)).catch(
      (error) => commitFailure(request, operationError(error).code),
    );
  }

  /** Offsets that count when the producer's transaction is committed. */
  async commitTransactionalOffsets(
    context: GroupRequestContext,
    request: TxnOffsetCommitRequest,
    producer: TransactionalProducer,
  ): Promise<Draft<TxnOffsetCommitResponse>> {
    try {
      return await this.#runtime.writeTransactional(
        this.partitionFor(request.groupId),
        producer,
        (shard) => shard.commitTransactionalOffsets(context, request),
      );
    } catch (error) {
      return txnCommitFailure(request, operationError(error).code);
    }
  }

  /** One group of OffsetFetch; topic names must be filled in. */
  async fetchOffsets(
    context: GroupRequestContext,
    request: OffsetFetchRequestGroup,
    requireStable: boolean,
  ): Promise<Draft<OffsetFetchResponseGroup>> {
    try {
      return await this.#runtime.read(this.partitionFor(request.groupId), (shard) =>
        shard.fetchOffsets(request, requireStable),
      );
    } catch (error) {
      return groupFetchError(
        request,
        fetchErrorCode(operationError(error)),
        context.requestVersion,
      );
    }
  }

  async deleteOffsets(request: OffsetDeleteRequest): Promise<Draft<OffsetDeleteResponse>> {
    if (request.groupId === '') return { errorCode: Errors.INVALID_GROUP_ID };
    try {
      return await this.#write(request.groupId, (shard) => shard.deleteOffsets(request));
    } catch (error) {
      return { errorCode: operationError(error).code };
    }
  }

  // Groups

  /** The groups of all partitions that this broker leads. */
  async listGroups(request: ListGroupsRequest): Promise<Draft<ListGroupsResponse>> {
    const states = new Set(request.statesFilter.map((state) => state.toLowerCase()));
    const types = new Set(request.typesFilter.map((type) => type.toLowerCase()));
    const groups: ListedGroup[] = [];
    try {
      const reads = this.#runtime.readAll((shard) => shard.listGroups(states, types));
      for (const result of await Promise.allSettled(reads)) {
        if (result.status === 'fulfilled') appendAll(groups, result.value);
        // The partition moved away while it was asked: its new coordinator lists its groups.
        else if (operationError(result.reason).code !== Errors.NOT_COORDINATOR) throw result.reason;
      }
      return { groups };
    } catch (error) {
      return { errorCode: operationError(error).code };
    }
  }

  async describeGroups(
    context: GroupRequestContext,
    request: DescribeGroupsRequest,
  ): Promise<Draft<DescribeGroupsResponse>> {
    const groups = request.groups.map(async (groupId): Promise<Draft<DescribedGroup>> => {
      try {
        return await this.#runtime.read(this.partitionFor(groupId), (shard) =>
          shard.describeGroup(groupId, context.requestVersion),
        );
      } catch (error) {
        return { groupId, errorCode: operationError(error).code };
      }
    });
    return { groups: await Promise.all(groups) };
  }

  /** Groups of one partition go in one batch. */
  async deleteGroups(request: DeleteGroupsRequest): Promise<Draft<DeleteGroupsResponse>> {
    const byPartition = new Map<number, string[]>();
    for (const groupId of new Set(request.groupsNames)) {
      const partition = this.partitionFor(groupId);
      const groupIds = byPartition.get(partition);
      if (groupIds === undefined) byPartition.set(partition, [groupId]);
      else groupIds.push(groupId);
    }
    const results = [...byPartition].map(([partition, groupIds]) =>
      this.#deleteGroupsOf(partition, groupIds),
    );
    return { results: (await Promise.all(results)).flat() };
  }

  async #deleteGroupsOf(
    partition: number,
    groupIds: readonly string[],
  ): Promise<Draft<DeletableGroupResult>[]> {
    const failures = await this.share.prepareDeletion(groupIds);
    const failed = [...failures].map(([groupId, errorCode]) => ({ groupId, errorCode }));
    const ready = groupIds.filter((groupId) => !failures.has(groupId));
    if (ready.length === 0) return failed;
    try {
      const results = await this.#runtime.write(partition, (shard) => shard.deleteGroups(ready));
      return [...failed, ...results];
    } catch (error) {
      const errorCode = operationError(error).code;
      return groupIds.map((groupId) => ({ groupId, errorCode }));
    }
  }
}

/** No protocol name is null from version 7 on, which older ones don't know. Kafka: JoinGroupResponse. */
function joinResponseFor(
  response: Draft<JoinGroupResponse>,
  version: number,
): Draft<JoinGroupResponse> {
  return { ...response, protocolName: response.protocolName || (version < 7 ? '' : null) };
}

export function commitFailure(
  request: OffsetCommitRequest,
  errorCode: number,
): Draft<OffsetCommitResponse> {
  const topics = request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  }));
  return { topics };
}

export function txnCommitFailure(
  request: TxnOffsetCommitRequest,
  errorCode: number,
): Draft<TxnOffsetCommitResponse> {
  const topics = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
  }));
  return { topics };
}

/** Reading, a partition that isn't here means that the coordinator isn't either. */
function fetchErrorCode(error: ApiError): number {
  return error.code === Errors.COORDINATOR_NOT_AVAILABLE ? Errors.NOT_COORDINATOR : error.code;
}
