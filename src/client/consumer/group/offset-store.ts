// Committed offsets of a group: reading and writing them (OffsetFetch, OffsetCommit), retried while errors pass.

import type { Io } from '../../../io/io.ts';
import { Errors } from '../../../protocol/errors.ts';
import { OFFSET_COMMIT } from '../../../protocol/generated/apis/offset-commit.ts';
import { OFFSET_FETCH } from '../../../protocol/generated/apis/offset-fetch.ts';
import type { OffsetFetchResponse } from '../../../protocol/generated/apis/offset-fetch-response.ts';
import { byTopic } from '../../admin/leader-items.ts';
import { ClientError, errorOf, TimeoutError, UnsupportedVersionError } from '../../errors.ts';
import { unauthorizedTopics } from '../../metadata/metadata-manager.ts';
import type { NetworkClient } from '../../net/network-client.ts';
import { type CommittedOffset, partitionKey, type TopicPartition } from '../../types.ts';
import type { GroupCoordinatorClient } from './group-coordinator-client.ts';

export interface OffsetToCommit extends TopicPartition {
  readonly offset: number;
  readonly leaderEpoch?: number;
  readonly metadata?: string;
}

/** Who commits: a member in its generation, or nobody's member (generation -1, no id). */
export interface CommitIdentity {
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

/** The group whose offsets a transaction commits, and as whom (ConsumerGroupMetadata, KIP-447). */
export interface GroupMetadata extends CommitIdentity {
  readonly groupId: string;
}

export interface OffsetStoreOptions {
  readonly io: Io;
  readonly network: NetworkClient;
  readonly coordinator: GroupCoordinatorClient;
  readonly groupId: string;
  readonly requireStable: boolean;
  readonly retryBackoffMs: number;
  readonly identity: () => CommitIdentity;
  /** The coordinator doesn't know us as what we think we are. */
  readonly onMembershipError: (code: number) => void;
}

/** By name up to here; topic ids (version 10) need every topic's id at hand. */
const NAMES_MAX_VERSION = 9;
const GROUPS_VERSION = 8;

export class OffsetStore {
  readonly #options: OffsetStoreOptions;

  constructor(options: OffsetStoreOptions) {
    this.#options = options;
  }

  /** By partition key; undefined values have no committed offset. Rejects with TimeoutError after `timeoutMs`. */
  fetch(
    partitions: readonly TopicPartition[],
    timeoutMs: number,
  ): Promise<Map<string, CommittedOffset | undefined>> {
    const what = partitions.map((item) => partitionKey(item.topic, item.partition)).join(', ');
    const timedOut = () =>
      new TimeoutError(
        `Timeout of ${timeoutMs}ms expired before the last committed offset for partitions [${what}] could be determined. ` +
          'Try tuning default.api.timeout.ms larger to relax the threshold.',
      );
    return this.#retried(timeoutMs, timedOut, () => this.#fetchOnce(partitions));
  }

  /**
   * Rejects with TimeoutError after `timeoutMs`, or with what forbids the commit (CommitFailedException and others). Tried
   * again only as long as the offsets are still the caller's to commit; given up without a word then.
   */
  commit(
    offsets: readonly OffsetToCommit[],
    timeoutMs: number,
    isStillOurs: () => boolean = () => true,
  ): Promise<void> {
    if (offsets.length === 0) return Promise.resolve();
    const timedOut = () =>
      new TimeoutError(
        `Timeout of ${timeoutMs}ms expired before successfully committing offsets ${shown(offsets)}`,
      );
    return this.#retried(timeoutMs, timedOut, async () => {
      if (isStillOurs()) await this.#commitOnce(offsets);
    });
  }

  async #retried<T>(
    timeoutMs: number,
    timedOut: () => ClientError,
    attempt: () => Promise<T>,
  ): Promise<T> {
    const { io, network, retryBackoffMs } = this.#options;
    const deadlineMs = io.clock.monotonicMs() + timeoutMs;
    for (;;) {
      try {
        return await network.within(attempt(), deadlineMs, timedOut);
      } catch (error) {
        if (!(error instanceof ClientError) || !error.retriable) throw error;
        if (io.clock.monotonicMs() + retryBackoffMs >= deadlineMs) throw timedOut();
      }
      await network.sleep(retryBackoffMs);
      network.checkOpen();
    }
  }

  async #fetchOnce(
    partitions: readonly TopicPartition[],
  ): Promise<Map<string, CommittedOffset | undefined>> {
    const { coordinator, groupId, requireStable } = this.#options;
    const topics = [...byTopic(partitions)].map(([name, list]) => ({
      name,
      partitionIndexes: list.map((item) => item.partition),
    }));
    const response = await coordinator.request(
      OFFSET_FETCH,
      (version) => ({
        ...(version >= GROUPS_VERSION ? { groups: [{ groupId, topics }] } : { groupId, topics }),
        ...(version >= 7 ? { requireStable } : {}),
      }),
      { maxVersion: NAMES_MAX_VERSION },
    );
    const error = coordinator.check(response.groups[0]?.errorCode ?? response.errorCode);
    if (error !== undefined) throw error;
    return this.#offsetsOf(response);
  }

  #offsetsOf(response: OffsetFetchResponse): Map<string, CommittedOffset | undefined> {
    const offsets = new Map<string, CommittedOffset | undefined>();
    const unauthorized = new Set<string>();
    for (const { name, partitions } of response.groups[0]?.topics ?? response.topics) {
      for (const found of partitions) {
        const { partitionIndex, errorCode, committedOffset, committedLeaderEpoch } = found;
        if (errorCode === Errors.TOPIC_AUTHORIZATION_FAILED) unauthorized.add(name);
        else if (errorCode === Errors.UNSTABLE_OFFSET_COMMIT) throw errorOf(errorCode);
        else if (errorCode !== 0 && errorCode !== Errors.UNKNOWN_TOPIC_OR_PARTITION) {
          throw errorOf(errorCode);
        }
        const isThere = errorCode === 0 && committedOffset >= 0;
        const epoch = committedLeaderEpoch < 0 ? undefined : committedLeaderEpoch;
        const metadata = found.metadata ?? '';
        const value = { offset: committedOffset, leaderEpoch: epoch, metadata };
        offsets.set(partitionKey(name, partitionIndex), isThere ? value : undefined);
      }
    }
    if (unauthorized.size > 0) throw unauthorizedTopics(...unauthorized);
    return offsets;
  }

  async #commitOnce(offsets: readonly OffsetToCommit[]): Promise<void> {
    const { coordinator, groupId, identity } = this.#options;
    const { generationId, memberId, groupInstanceId } = identity();
    const topics = [...byTopic(offsets)].map(([name, list]) => ({
      name,
      partitions: list.map((item) => ({
        partitionIndex: item.partition,
        committedOffset: item.offset,
        committedLeaderEpoch: item.leaderEpoch ?? -1,
        committedMetadata: item.metadata ?? '',
      })),
    }));
    const response = await coordinator.request(
      OFFSET_COMMIT,
      (version) => {
        if (groupInstanceId !== null && version < 7) {
          throw new UnsupportedVersionError(
            'The broker offset commit protocol version is too old for group.instance.id',
          );
        }
        return {
          groupId,
          generationIdOrMemberEpoch: generationId,
          memberId,
          topics,
          ...(version >= 7 ? { groupInstanceId } : {}),
        };
      },
      { maxVersion: NAMES_MAX_VERSION },
    );
    const unauthorized = new Set<string>();
    for (const { name, partitions } of response.topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        if (errorCode === Errors.TOPIC_AUTHORIZATION_FAILED) unauthorized.add(name);
        else if (errorCode !== 0) this.#refuse(errorCode, partitionKey(name, partitionIndex));
      }
    }
    if (unauthorized.size > 0) throw unauthorizedTopics(...unauthorized);
  }

  /** ConsumerCoordinator.OffsetCommitResponseHandler. */
  #refuse(code: number, key: string): never {
    const { coordinator, onMembershipError } = this.#options;
    const error = coordinator.check(code) ?? errorOf(code);
    if (
      code === Errors.UNKNOWN_MEMBER_ID ||
      code === Errors.ILLEGAL_GENERATION ||
      code === Errors.FENCED_INSTANCE_ID
    ) {
      onMembershipError(code);
      if (code === Errors.FENCED_INSTANCE_ID) throw error;
      throw commitFailed();
    }
    if (code === Errors.REBALANCE_IN_PROGRESS) {
      throw new ClientError(
        'RebalanceInProgressException',
        'Offset commit cannot be completed since the consumer member is not part of an active group for auto partition assignment',
        { code },
      );
    }
    if (code === Errors.UNKNOWN_TOPIC_OR_PARTITION || code === Errors.REQUEST_TIMED_OUT) {
      throw new ClientError('UnknownTopicOrPartitionException', error.message, {
        code,
        retriable: true,
      });
    }
    if (code === Errors.STALE_MEMBER_EPOCH) {
      // The answer to our heartbeat with the new epoch is on its way.
      throw new ClientError('StaleMemberEpochException', error.message, { code, retriable: true });
    }
    if (error.retriable) throw error;
    throw new ClientError(
      'org.apache.kafka.common.KafkaException',
      `Unexpected error in commit: ${error.message}`,
      { code, cause: new Error(key) },
    );
  }
}

function commitFailed(): ClientError {
  return new ClientError(
    'org.apache.kafka.clients.consumer.CommitFailedException',
    'Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group.',
  );
}

function shown(offsets: readonly OffsetToCommit[]): string {
  const entries = offsets.map(({ topic, partition, offset, metadata }) => {
    return `${partitionKey(topic, partition)}=OffsetAndMetadata{offset=${offset}, leaderEpoch=null, metadata='${metadata ?? ''}'}`;
  });
  return `{${entries.join(', ')}}`;
}
