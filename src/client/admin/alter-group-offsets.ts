// Admin.alterConsumerGroupOffsets and deleteConsumerGroupOffsets: a group's commits set or forgotten from outside,
// which its coordinator allows while the group is empty (or, for a deletion, doesn't read the topic).

import { OFFSET_COMMIT } from '../../protocol/generated/apis/offset-commit.ts';
import { OFFSET_DELETE } from '../../protocol/generated/apis/offset-delete.ts';
import type { KafkaClient } from '../kafka-client.ts';
import {
  type OperationOptions,
  type Outcome,
  partitionKey,
  type TopicPartition,
} from '../types.ts';
import { askCoordinator, groupError, isPassing } from './group-call.ts';
import { byTopic } from './leader-items.ts';
import { failed } from './outcomes.ts';

const NAMES_MAX_VERSION = 9;

export interface OffsetToSet extends TopicPartition {
  readonly offset: number;
  readonly leaderEpoch?: number;
  readonly metadata?: string;
}

/** A result per partition, by partition key. Rejects when the group as a whole refuses. */
export function alterGroupOffsets(
  client: KafkaClient,
  groupId: string,
  offsets: readonly OffsetToSet[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<void>>> {
  const topics = [...byTopic(offsets)].map(([name, list]) => ({
    name,
    partitions: list.map((item) => ({
      partitionIndex: item.partition,
      committedOffset: item.offset,
      committedLeaderEpoch: item.leaderEpoch ?? -1,
      committedMetadata: item.metadata ?? '',
    })),
  }));
  return askCoordinator(
    client,
    { handler: 'offsetCommit', api: 'OFFSET_COMMIT' },
    groupId,
    options,
    async (call, target) => {
      const request = { groupId, topics };
      const limits = { target, maxVersion: NAMES_MAX_VERSION };
      const response = await client.request(call, OFFSET_COMMIT, request, limits);
      return outcomesOf(groupId, response.topics);
    },
  );
}

/** A result per partition, by partition key. Rejects when the group as a whole refuses. */
export function deleteGroupOffsets(
  client: KafkaClient,
  groupId: string,
  partitions: readonly TopicPartition[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<void>>> {
  const topics = [...byTopic(partitions)].map(([name, list]) => ({
    name,
    partitions: list.map((item) => ({ partitionIndex: item.partition })),
  }));
  return askCoordinator(
    client,
    { handler: 'offsetDelete', api: 'OFFSET_DELETE' },
    groupId,
    options,
    async (call, target) => {
      const response = await client.request(call, OFFSET_DELETE, { groupId, topics }, { target });
      if (response.errorCode !== 0) return { errorCode: response.errorCode };
      return outcomesOf(groupId, response.topics);
    },
  );
}

/** One partition's passing error means another round for all: both operations may be repeated. */
function outcomesOf(
  groupId: string,
  topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[];
  }[],
): { errorCode: number; value: Map<string, Outcome<void>> } {
  const value = new Map<string, Outcome<void>>();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, errorCode } of partitions) {
      const error = errorCode === 0 ? undefined : groupError(errorCode, groupId);
      if (error !== undefined && isPassing(error)) return { errorCode, value };
      const outcome: Outcome<void> = error === undefined ? { value: undefined } : failed(error);
      value.set(partitionKey(name, partitionIndex), outcome);
    }
  }
  return { errorCode: 0, value };
}
