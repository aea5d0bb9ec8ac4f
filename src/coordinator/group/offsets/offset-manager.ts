// Commit, fetch, delete and expiry of offsets for groups of every kind; pure: it returns the records that do it and
// applies them in replay. Kafka: OffsetMetadataManager.

import { ZERO_UUID } from '../../../common/uuid.ts';
import type { Clock } from '../../../io/io.ts';
import { ApiError, Errors } from '../../../protocol/errors.ts';
import type { OffsetCommitRequest } from '../../../protocol/generated/apis/offset-commit-request.ts';
import type {
  OffsetCommitResponse,
  OffsetCommitResponsePartition,
  OffsetCommitResponseTopic,
} from '../../../protocol/generated/apis/offset-commit-response.ts';
import type { OffsetDeleteRequest } from '../../../protocol/generated/apis/offset-delete-request.ts';
import type { OffsetDeleteResponse } from '../../../protocol/generated/apis/offset-delete-response.ts';
import type { TxnOffsetCommitRequest } from '../../../protocol/generated/apis/txn-offset-commit-request.ts';
import type { TxnOffsetCommitResponse } from '../../../protocol/generated/apis/txn-offset-commit-response.ts';
import type { LegacyOffsetCommitValue } from '../../../protocol/generated/coordinator/legacy-offset-commit-value.ts';
import type { OffsetCommitKey } from '../../../protocol/generated/coordinator/offset-commit-key.ts';
import type { OffsetCommitValue } from '../../../protocol/generated/coordinator/offset-commit-value.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { CoordinatorResult } from '../../runtime/coordinator-result.ts';
import type { UndoLog } from '../../runtime/undo-log.ts';
import { ClassicGroup } from '../classic/classic-group.ts';
import type { ClassicRebalance } from '../classic/classic-rebalance.ts';
import type { CommittedOffset, CommitValidator, Group, GroupRequestContext } from '../group.ts';
import type { GroupCoordinatorConfig } from '../group-coordinator-config.ts';
import type { GroupRegistry } from '../group-registry.ts';
import { offsetCommitRecord, offsetCommitTombstone } from '../record-helpers.ts';
import type { GroupRecord } from '../records.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import { OffsetStore } from './offset-store.ts';
import { PendingOffsets } from './pending-offsets.ts';

/** retention_time_ms of OffsetCommit v2-4 when the client leaves it to the broker. */
const DEFAULT_RETENTION = -1;
/** From here on a commit into an unknown group is told so. */
const GROUP_ID_NOT_FOUND_VERSION = 9;

export interface OffsetManagerServices {
  readonly config: GroupCoordinatorConfig;
  readonly clock: Clock;
  readonly undo: UndoLog;
  readonly groups: GroupRegistry;
  readonly rebalance: ClassicRebalance;
  readonly topics: TopicLookup;
}

export class OffsetManager {
  readonly offsets: OffsetStore;
  readonly pending: PendingOffsets;
  readonly #services: OffsetManagerServices;

  constructor(services: OffsetManagerServices) {
    this.#services = services;
    this.offsets = new OffsetStore(services.undo);
    this.pending = new PendingOffsets(services.undo);
  }

  // Commit

  /** Topic names must be filled in (v10 has ids only). Throws an ApiError that concerns all partitions. */
  commit(
    context: GroupRequestContext,
    request: OffsetCommitRequest,
  ): CoordinatorResult<GroupRecord, Draft<OffsetCommitResponse>> {
    const validate = this.#validateCommit(context, request);
    const nowMs = this.#services.clock.nowMs();
    const { retentionTimeMs } = request;
    const expireTimestamp = retentionTimeMs === DEFAULT_RETENTION ? -1 : nowMs + retentionTimeMs;
    const records: GroupRecord[] = [];
    const topics: Draft<OffsetCommitResponseTopic>[] = [];
    for (const { name, topicId, partitions } of request.topics) {
      const answers: OffsetCommitResponsePartition[] = [];
      for (const partition of partitions) {
        const { partitionIndex, committedOffset, committedLeaderEpoch } = partition;
        const metadata = partition.committedMetadata ?? '';
        if (metadata.length > this.#services.config.offsetMetadataMaxSize) {
          answers.push({ partitionIndex, errorCode: Errors.OFFSET_METADATA_TOO_LARGE });
          continue;
        }
        validate?.(this.#idOf(name, topicId), partitionIndex, name);
        const committed = {
          offset: committedOffset,
          leaderEpoch: committedLeaderEpoch,
          metadata,
          commitTimestamp: nowMs,
          expireTimestamp,
          topicId,
        };
        records.push(offsetCommitRecord(request.groupId, name, partitionIndex, committed));
        answers.push({ partitionIndex, errorCode: Errors.NONE });
      }
      topics.push({ name, topicId, partitions: answers });
    }
    return { records, response: { topics } };
  }

  /** Older clients name their topics; members hold them by id. */
  #idOf(name: string, topicId = ZERO_UUID): string {
    if (topicId !== ZERO_UUID) return topicId;
    return this.#services.topics.byName(name)?.id ?? ZERO_UUID;
  }

  #validateCommit(
    context: GroupRequestContext,
    request: OffsetCommitRequest,
  ): CommitValidator | undefined {
    const { generationIdOrMemberEpoch: generation, memberId, groupInstanceId } = request;
    const group = this.#groupForCommit(context, request);
    const { requestVersion } = context;
    const validate = group.validateOffsetCommit(
      memberId,
      groupInstanceId,
      generation,
      false,
      requestVersion,
    );
    // A commit shows that the member lives.
    if (group instanceof ClassicGroup && group.isInState('Stable', 'PreparingRebalance')) {
      const member = group.members.get(memberId);
      if (member !== undefined) this.#services.rebalance.rescheduleHeartbeat(group, member);
    }
    return validate;
  }

  #groupForCommit(context: GroupRequestContext, request: OffsetCommitRequest): Group {
    const { groups } = this.#services;
    const group = groups.find(request.groupId);
    if (group !== undefined) return group;
    // Somebody who only keeps its offsets here makes the group by committing.
    if (request.generationIdOrMemberEpoch < 0) return groups.getOrCreateForCommit(request.groupId);
    if (context.requestVersion >= GROUP_ID_NOT_FOUND_VERSION) return groups.get(request.groupId);
    throw new ApiError(Errors.ILLEGAL_GENERATION);
  }

  /** Offsets of a producer's transaction: they are pending until its marker comes. Throws an ApiError that concerns all. */
  commitTransactional(
    context: GroupRequestContext,
    request: TxnOffsetCommitRequest,
  ): CoordinatorResult<GroupRecord, Draft<TxnOffsetCommitResponse>> {
    const validate = this.#validateTransactionalCommit(context, request);
    const nowMs = this.#services.clock.nowMs();
    const records: GroupRecord[] = [];
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => {
        const { partitionIndex, committedOffset, committedLeaderEpoch } = partition;
        const metadata = partition.committedMetadata ?? '';
        if (metadata.length > this.#services.config.offsetMetadataMaxSize) {
          return { partitionIndex, errorCode: Errors.OFFSET_METADATA_TOO_LARGE };
        }
        validate?.(this.#idOf(name), partitionIndex, name);
        records.push(
          offsetCommitRecord(request.groupId, name, partitionIndex, {
            offset: committedOffset,
            leaderEpoch: committedLeaderEpoch,
            metadata,
            commitTimestamp: nowMs,
            expireTimestamp: -1,
            topicId: ZERO_UUID,
          }),
        );
        return { partitionIndex, errorCode: Errors.NONE };
      }),
    }));
    return { records, response: { topics } };
  }

  #validateTransactionalCommit(
    context: GroupRequestContext,
    request: TxnOffsetCommitRequest,
  ): CommitValidator | undefined {
    const { groupId, generationId, memberId, groupInstanceId } = request;
    const { groups } = this.#services;
    let group = groups.find(groupId);
    if (group === undefined) {
      if (generationId >= 0) throw new ApiError(Errors.ILLEGAL_GENERATION);
      group = groups.getOrCreateForCommit(groupId);
    }
    try {
      return group.validateOffsetCommit(
        memberId,
        groupInstanceId,
        generationId,
        true,
        context.requestVersion,
      );
    } catch (error) {
      // Producers know nothing of member epochs.
      const isStale = error instanceof ApiError && error.code === Errors.STALE_MEMBER_EPOCH;
      throw isStale ? new ApiError(Errors.ILLEGAL_GENERATION) : error;
    }
  }

  // Deletion

  /** Throws GROUP_ID_NOT_FOUND or NON_EMPTY_GROUP. */
  delete(
    request: OffsetDeleteRequest,
  ): CoordinatorResult<GroupRecord, Draft<OffsetDeleteResponse>> {
    const { groupId } = request;
    const group = this.#services.groups.get(groupId);
    group.validateOffsetDelete();
    const records: GroupRecord[] = [];
    const topics = request.topics.map(({ name, partitions }) => {
      const isSubscribed = group.isSubscribedToTopic(name);
      return {
        name,
        partitions: partitions.map(({ partitionIndex }) => {
          if (isSubscribed) return { partitionIndex, errorCode: Errors.GROUP_SUBSCRIBED_TO_TOPIC };
          if (this.#exists(groupId, name, partitionIndex)) {
            records.push(offsetCommitTombstone(groupId, name, partitionIndex));
          }
          return { partitionIndex, errorCode: Errors.NONE };
        }),
      };
    });
    return { records, response: { topics } };
  }

  #exists(groupId: string, topic: string, partition: number): boolean {
    return (
      this.offsets.get(groupId, topic, partition) !== undefined ||
      this.pending.has(groupId, topic, partition)
    );
  }

  /** Tombstones for all that the group has committed, or is about to. */
  tombstonesOf(groupId: string): GroupRecord[] {
    const records: GroupRecord[] = [];
    for (const [topic, partitions] of this.offsets.group(groupId) ?? []) {
      for (const partition of partitions.keys()) {
        records.push(offsetCommitTombstone(groupId, topic, partition));
      }
    }
    for (const [topic, partition] of this.pending.partitionsOf(groupId)) {
      if (this.offsets.get(groupId, topic, partition) !== undefined) continue;
      records.push(offsetCommitTombstone(groupId, topic, partition));
    }
    return records;
  }

  /** Topics that are gone take every group's offsets with them. */
  tombstonesOfTopics(topics: ReadonlySet<string>): GroupRecord[] {
    const records: GroupRecord[] = [];
    for (const [groupId, byTopic] of this.offsets.groups()) {
      for (const topic of topics) {
        for (const partition of byTopic.get(topic)?.keys() ?? []) {
          records.push(offsetCommitTombstone(groupId, topic, partition));
        }
      }
    }
    return records;
  }

  // Expiry (KIP-211)

  /** Looks at the group's offsets one by one: the tombstone of one that has expired, undefined for one that stays. */
  *expire(group: Group): Generator<GroupRecord | undefined> {
    const { groupId } = group;
    const topics = this.offsets.group(groupId);
    if (topics === undefined) return;
    const base = group.offsetExpiryBase();
    const nowMs = this.#services.clock.nowMs();
    for (const [topic, partitions] of topics) {
      if (base === undefined || group.isSubscribedToTopic(topic)) {
        yield undefined;
        continue;
      }
      for (const [partition, committed] of partitions) {
        const isOver = this.#isExpired(committed, nowMs, base(committed));
        const isGone = isOver && !this.pending.has(groupId, topic, partition);
        yield isGone ? offsetCommitTombstone(groupId, topic, partition) : undefined;
      }
    }
  }

  #isExpired(committed: CommittedOffset, nowMs: number, baseMs: number): boolean {
    if (committed.expireTimestamp !== -1) return nowMs >= committed.expireTimestamp;
    return nowMs - baseMs >= this.#services.config.offsetsRetentionMs;
  }

  // Replay

  replay(key: OffsetCommitKey, value: OffsetCommitValue | null, producerId: number): void {
    const { group: groupId, topic, partition } = key;
    if (value === null) {
      this.offsets.delete(groupId, topic, partition);
      this.pending.delete(groupId, topic, partition);
      return;
    }
    // Offsets without a group record come from somebody who keeps his offsets here only.
    if (this.#services.groups.find(groupId) === undefined) {
      this.#services.groups.getOrCreateClassic(groupId);
    }
    if (producerId === -1) this.offsets.put(groupId, topic, partition, value);
    else this.pending.put(producerId, groupId, topic, partition, value);
  }

  /** Type 0, from before Kafka 0.9.0.1: what it says counts like a commit of today. */
  replayLegacy(
    key: OffsetCommitKey,
    value: LegacyOffsetCommitValue | null,
    producerId: number,
  ): void {
    const current =
      value === null
        ? null
        : { ...value, leaderEpoch: -1, expireTimestamp: -1, topicId: ZERO_UUID };
    this.replay(key, current, producerId);
  }

  replayEndTransactionMarker(producerId: number, isCommit: boolean): void {
    const store = this.pending.take(producerId);
    if (store === undefined || !isCommit) return;
    for (const [groupId, topics] of store.groups()) {
      for (const [topic, partitions] of topics) {
        for (const [partition, committed] of partitions) {
          this.offsets.put(groupId, topic, partition, committed);
        }
      }
    }
  }
}
