// Share groups as request handlers see them: one method per API over generated messages, each going to the shard that
// holds the group and, for the state of its partitions, to the share coordinator. Kafka: the share group part of
// GroupCoordinatorService.

import { ApiError, Errors, errorInfo } from '../../../protocol/errors.ts';
import type { AlterShareGroupOffsetsRequest } from '../../../protocol/generated/apis/alter-share-group-offsets-request.ts';
import type { AlterShareGroupOffsetsResponse } from '../../../protocol/generated/apis/alter-share-group-offsets-response.ts';
import type { DeleteShareGroupOffsetsRequest } from '../../../protocol/generated/apis/delete-share-group-offsets-request.ts';
import type { DeleteShareGroupOffsetsResponse } from '../../../protocol/generated/apis/delete-share-group-offsets-response.ts';
import type { DescribeShareGroupOffsetsRequestGroup } from '../../../protocol/generated/apis/describe-share-group-offsets-request.ts';
import type {
  DescribeShareGroupOffsetsResponseGroup,
  DescribeShareGroupOffsetsResponsePartition,
} from '../../../protocol/generated/apis/describe-share-group-offsets-response.ts';
import type { DescribedGroup } from '../../../protocol/generated/apis/share-group-describe-response.ts';
import type { ShareGroupHeartbeatRequest } from '../../../protocol/generated/apis/share-group-heartbeat-request.ts';
import type { ShareGroupHeartbeatResponse } from '../../../protocol/generated/apis/share-group-heartbeat-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { CoordinatorResult } from '../../runtime/coordinator-result.ts';
import { operationError } from '../../runtime/operation-errors.ts';
import type { Outcome, Persister } from '../../share/persister.ts';
import { UNINITIALIZED_START_OFFSET, UNKNOWN_COUNT } from '../../share/persister.ts';
import type { GroupRequestContext } from '../group.ts';
import type { GroupShard } from '../group-shard.ts';
import type { GroupRecord } from '../records.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import { checkShareHeartbeat } from './check-share-heartbeat.ts';
import type { ShareBeat } from './share-heartbeat.ts';
import { partitionsIn, type TopicStates } from './state-partitions.ts';

export interface ShareGroupServiceOptions {
  readonly write: <T>(
    groupId: string,
    operation: (shard: GroupShard) => CoordinatorResult<GroupRecord, T>,
  ) => Promise<T>;
  readonly read: <T>(groupId: string, operation: (shard: GroupShard) => T) => Promise<T>;
  readonly persister: Persister;
  readonly topics: TopicLookup;
  /** Where the partition ends for consumers. Throws an ApiError when it isn't led here. */
  readonly endOffset: (topic: string, partition: number) => number;
  readonly log: (line: string) => void;
}

export class ShareGroupService {
  readonly #options: ShareGroupServiceOptions;

  constructor(options: ShareGroupServiceOptions) {
    this.#options = options;
  }

  // Membership

  /**
   * A member that joins, or changes its subscription, is answered when its partitions have their state, so that it can begin
   * at once; Kafka gives them with a later heartbeat.
   */
  async heartbeat(
    context: GroupRequestContext,
    request: ShareGroupHeartbeatRequest,
  ): Promise<Draft<ShareGroupHeartbeatResponse>> {
    try {
      checkShareHeartbeat(request);
      const first = await this.#beat(context, request);
      const initializing = this.#initialize(request.groupId, first);
      if (first.toInitialize.size === 0 || request.subscribedTopicNames === null) {
        return first.response;
      }
      await initializing;
      const second = await this.#beat(context, request);
      // What the share coordinator didn't take the first time is tried once more, without anybody's waiting for it.
      void this.#initialize(request.groupId, second);
      return second.response;
    } catch (error) {
      const { code: errorCode, message: errorMessage } = operationError(error);
      return { errorCode, errorMessage };
    }
  }

  #beat(context: GroupRequestContext, request: ShareGroupHeartbeatRequest): Promise<ShareBeat> {
    return this.#options.write(request.groupId, (shard) => shard.share.heartbeat(context, request));
  }

  /** Tells the share coordinator; what it didn't take is asked for again by a later heartbeat. Never rejects. */
  async #initialize(groupId: string, { toInitialize, groupEpoch }: ShareBeat): Promise<void> {
    const { persister, write, log } = this.#options;
    if (toInitialize.size === 0) return;
    try {
      const failure = await firstFailure(
        [...partitionsIn(toInitialize)].map(({ topicId, partition }) =>
          persister.initialize({ groupId, topicId, partition }, groupEpoch, -1),
        ),
      );
      if (failure !== undefined) {
        log(`could not initialize partitions of share group ${groupId}: ${failure.errorMessage}`);
      }
      await write(groupId, ({ share: { states } }) =>
        failure === undefined
          ? states.begun(groupId, toInitialize)
          : states.failed(groupId, toInitialize),
      );
    } catch (error) {
      log(`could not initialize partitions of share group ${groupId}: ${String(error)}`);
    }
  }

  async describe(groupIds: readonly string[]): Promise<Draft<DescribedGroup>[]> {
    return Promise.all(
      groupIds.map(async (groupId): Promise<Draft<DescribedGroup>> => {
        if (groupId === '') return { groupId, errorCode: Errors.INVALID_GROUP_ID };
        try {
          return await this.#options.read(groupId, (shard) => shard.share.describe(groupId));
        } catch (error) {
          const { code: errorCode, message: errorMessage } = operationError(error);
          return { groupId, errorCode, errorMessage };
        }
      }),
    );
  }

  // Offsets

  /** `topics` null: all partitions that the group has state for. */
  async describeOffsets(
    request: DescribeShareGroupOffsetsRequestGroup,
  ): Promise<Draft<DescribeShareGroupOffsetsResponseGroup>> {
    const { groupId } = request;
    try {
      const asked = request.topics ?? (await this.#initializedTopics(groupId));
      this.#checkReadable(asked);
      const topics = await Promise.all(
        asked.map(async ({ topicName, partitions }) => {
          const topic = this.#options.topics.byName(topicName);
          if (topic === undefined) {
            const startOffset = UNINITIALIZED_START_OFFSET;
            const unknown = partitions.map((partitionIndex) => ({ partitionIndex, startOffset }));
            return { topicName, partitions: unknown };
          }
          const described = partitions.map((partition) =>
            this.#describePartition(groupId, topicName, topic.id, partition),
          );
          return { topicName, topicId: topic.id, partitions: await Promise.all(described) };
        }),
      );
      return { groupId, topics };
    } catch (error) {
      const { code: errorCode, message: errorMessage } = operationError(error);
      return { groupId, errorCode, errorMessage };
    }
  }

  /**
   * The whole group fails by what no share coordinator would be asked (DefaultStatePersister.validate).
   * @throws ApiError UNKNOWN_SERVER_ERROR
   */
  #checkReadable(asked: readonly { topicName: string; partitions: readonly number[] }[]): void {
    for (const { topicName, partitions } of asked) {
      if (this.#options.topics.byName(topicName) === undefined) continue;
      if (partitions.length > 0 && partitions.every((partition) => partition >= 0)) continue;
      throw new ApiError(Errors.UNKNOWN_SERVER_ERROR);
    }
  }

  async #initializedTopics(
    groupId: string,
  ): Promise<{ topicName: string; partitions: number[] }[]> {
    const { read, topics } = this.#options;
    const initialized = await read(groupId, (shard) => shard.share.initializedPartitions(groupId));
    return [...initialized].flatMap(([topicId, { partitions }]) => {
      const topicName = topics.byId(topicId)?.name;
      return topicName === undefined ? [] : [{ topicName, partitions: [...partitions] }];
    });
  }

  async #describePartition(
    groupId: string,
    topicName: string,
    topicId: string,
    partition: number,
  ): Promise<Draft<DescribeShareGroupOffsetsResponsePartition>> {
    const key = { groupId, topicId, partition };
    const summary = await this.#options.persister.readSummary(key, -1);
    const { errorCode, startOffset, leaderEpoch, deliveryCompleteCount } = summary;
    const unknown = { partitionIndex: partition, startOffset: -1, leaderEpoch: 0, lag: -1 };
    if (errorCode !== Errors.NONE) return unknown;
    const isLagUnknown =
      startOffset === UNINITIALIZED_START_OFFSET || deliveryCompleteCount === UNKNOWN_COUNT;
    if (isLagUnknown) return { ...unknown, startOffset, leaderEpoch };
    try {
      const endOffset = this.#options.endOffset(topicName, partition);
      const lag = endOffset - startOffset - deliveryCompleteCount;
      return { partitionIndex: partition, startOffset, leaderEpoch, lag };
    } catch (error) {
      const { code, message } = operationError(error);
      return { partitionIndex: partition, errorCode: code, errorMessage: message };
    }
  }

  async alterOffsets(
    request: AlterShareGroupOffsetsRequest,
  ): Promise<Draft<AlterShareGroupOffsetsResponse>> {
    const { groupId } = request;
    if (groupId === '') return failed(Errors.INVALID_GROUP_ID);
    try {
      const { write, persister } = this.#options;
      const { topics, changes, groupEpoch } = await write(groupId, (shard) =>
        shard.share.states.alter(request),
      );
      if (changes.length === 0) return { responses: topics };
      const negative = changes.find(({ partition }) => partition < 0);
      if (negative !== undefined) {
        const where = `${groupId} ${negative.topicId} ${negative.partition}`;
        const sentence = `Initialize share group parameters has invalid partitionId - ${where}`;
        return failed(Errors.UNKNOWN_SERVER_ERROR, sentence);
      }
      const outcomes = new Map<string, Outcome>();
      const done = new Map<string, { name: string; partitions: Set<number> }>();
      for (const { topicId, partition, startOffset } of changes) {
        const key = { groupId, topicId, partition };
        const outcome = await persister.initialize(key, groupEpoch, startOffset);
        outcomes.set(`${topicId}:${partition}`, outcome);
        if (outcome.errorCode !== Errors.NONE) continue;
        const name = this.#options.topics.byId(topicId)?.name ?? '';
        const known = done.get(topicId) ?? { name, partitions: new Set<number>() };
        done.set(topicId, known);
        known.partitions.add(partition);
      }
      await write(groupId, (shard) => shard.share.states.begun(groupId, done));
      return {
        responses: topics.map((topic) => ({
          ...topic,
          partitions: (topic.partitions ?? []).map((answer) => {
            const outcome = outcomes.get(`${topic.topicId}:${answer.partitionIndex}`);
            if (outcome === undefined || outcome.errorCode === Errors.NONE) return answer;
            const { errorCode, errorMessage } = outcome;
            return { ...answer, errorCode, errorMessage };
          }),
        })),
      };
    } catch (error) {
      const { code, message } = operationError(error);
      return failed(code, message);
    }
  }

  async deleteOffsets(
    request: DeleteShareGroupOffsetsRequest,
  ): Promise<Draft<DeleteShareGroupOffsetsResponse>> {
    const { groupId } = request;
    if (groupId === '') return failed(Errors.INVALID_GROUP_ID);
    try {
      const { write } = this.#options;
      const names = request.topics.map(({ topicName }) => topicName);
      const { refused, toDelete } = await write(groupId, (shard) =>
        shard.share.states.beginDeletion(groupId, names),
      );
      if (toDelete.size === 0) return { responses: refused };
      const failures = await this.#deleteStates(groupId, toDelete);
      const done = new Set([...toDelete.keys()].filter((topicId) => !failures.has(topicId)));
      if (done.size > 0) {
        await write(groupId, (shard) => shard.share.states.completeDeletion(groupId, done));
      }
      const answers = [...toDelete].map(([topicId, { name: topicName }]) => {
        const errorCode = failures.get(topicId)?.errorCode;
        if (errorCode === undefined) return { topicName, topicId, errorMessage: null };
        const errorMessage = errorInfo(errorCode).message;
        return { topicName, topicId, errorCode, errorMessage };
      });
      return { responses: [...answers, ...refused] };
    } catch (error) {
      const { code, message } = operationError(error);
      return failed(code, message);
    }
  }

  /** The first failure of each topic that has one. */
  async #deleteStates(groupId: string, states: TopicStates): Promise<Map<string, Outcome>> {
    const failures = new Map<string, Outcome>();
    for (const { topicId, partition } of partitionsIn(states)) {
      const outcome = await this.#options.persister.delete({ groupId, topicId, partition });
      if (outcome.errorCode !== Errors.NONE && !failures.has(topicId)) {
        failures.set(topicId, outcome);
      }
    }
    return failures;
  }

  // Groups

  /** Before share groups are deleted: their state goes. The error of each that can't be; others aren't in it. */
  async prepareDeletion(groupIds: readonly string[]): Promise<Map<string, number>> {
    const errors = new Map<string, number>();
    const { read, write } = this.#options;
    for (const groupId of groupIds) {
      try {
        const isShare = await read(groupId, (shard) => shard.share.isShareGroup(groupId));
        if (!isShare) continue;
        const states = await write(groupId, (shard) =>
          shard.share.states.beginGroupDeletion(groupId),
        );
        const [failure] = (await this.#deleteStates(groupId, states)).values();
        if (failure !== undefined) errors.set(groupId, failure.errorCode);
      } catch (error) {
        errors.set(groupId, operationError(error).code);
      }
    }
    return errors;
  }
}

async function firstFailure(outcomes: readonly Promise<Outcome>[]): Promise<Outcome | undefined> {
  return (await Promise.all(outcomes)).find(({ errorCode }) => errorCode !== Errors.NONE);
}

function failed(
  errorCode: number,
  errorMessage = errorInfo(errorCode).message,
): { errorCode: number; errorMessage: string | null } {
  return { errorCode, errorMessage };
}

/** Without a share coordinator nothing has state. */
export const NO_PERSISTER: Persister = {
  initialize: unavailable,
  write: unavailable,
  delete: unavailable,
  read: async () => ({ ...(await unavailable()), stateEpoch: 0, startOffset: 0, stateBatches: [] }),
  readSummary: async () => ({
    ...(await unavailable()),
    stateEpoch: 0,
    leaderEpoch: 0,
    startOffset: 0,
    deliveryCompleteCount: UNKNOWN_COUNT,
  }),
};

async function unavailable(): Promise<Outcome> {
  const { code, message } = new ApiError(Errors.COORDINATOR_NOT_AVAILABLE);
  return { errorCode: code, errorMessage: message };
}
