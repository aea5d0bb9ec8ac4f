// Admin.listShareGroupOffsets, alterShareGroupOffsets, deleteShareGroupOffsets: where share groups start, seen and set from
// outside while they are empty (KIP-932).

import { ALTER_SHARE_GROUP_OFFSETS } from '../../protocol/generated/apis/alter-share-group-offsets.ts';
import { DELETE_SHARE_GROUP_OFFSETS } from '../../protocol/generated/apis/delete-share-group-offsets.ts';
import { DESCRIBE_SHARE_GROUP_OFFSETS } from '../../protocol/generated/apis/describe-share-group-offsets.ts';
import { errorOf } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import {
  type OperationOptions,
  type Outcome,
  partitionKey,
  type TopicPartition,
} from '../types.ts';
import { askCoordinator } from './group-call.ts';
import { byTopic } from './leader-items.ts';
import { failed } from './outcomes.ts';

export interface ShareGroupOffset extends TopicPartition {
  /** The share-partition start offset; undefined when the group never read there. */
  readonly startOffset: number | undefined;
  readonly leaderEpoch: number | undefined;
  /** undefined when the broker doesn't tell. */
  readonly lag: number | undefined;
}

/** Of all partitions that the group knows. Rejects with ClientError; partitions with errors are left out. */
export function listShareGroupOffsets(
  client: KafkaClient,
  groupId: string,
  options: OperationOptions = {},
): Promise<ShareGroupOffset[]> {
  return askCoordinator(
    client,
    { handler: 'describeShareGroupOffsets', api: 'DESCRIBE_SHARE_GROUP_OFFSETS' },
    groupId,
    options,
    async (call, target) => {
      const request = { groups: [{ groupId, topics: null }] };
      const response = await client.request(call, DESCRIBE_SHARE_GROUP_OFFSETS, request, {
        target,
      });
      const group = response.groups[0];
      if (group === undefined) return { errorCode: -1 };
      const { errorCode, errorMessage } = group;
      if (errorCode !== 0) return { errorCode, errorMessage };
      const value = group.topics.flatMap(({ topicName, partitions }) =>
        partitions
          .filter((each) => each.errorCode === 0)
          .map((each) => ({
            topic: topicName,
            partition: each.partitionIndex,
            startOffset: each.startOffset < 0 ? undefined : each.startOffset,
            leaderEpoch:
              each.startOffset < 0 || each.leaderEpoch < 0 ? undefined : each.leaderEpoch,
            lag: each.startOffset < 0 || each.lag < 0 ? undefined : each.lag,
          })),
      );
      return { errorCode: 0, value };
    },
  );
}

/** A result per partition, by partition key. Rejects when the group as a whole refuses. */
export function alterShareGroupOffsets(
  client: KafkaClient,
  groupId: string,
  offsets: readonly (TopicPartition & { readonly offset: number })[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<void>>> {
  const topics = [...byTopic(offsets)].map(([topicName, list]) => ({
    topicName,
    partitions: list.map(({ partition, offset }) => ({
      partitionIndex: partition,
      startOffset: offset,
    })),
  }));
  return askCoordinator(
    client,
    { handler: 'alterShareGroupOffsets', api: 'ALTER_SHARE_GROUP_OFFSETS' },
    groupId,
    options,
    async (call, target) => {
      const request = { groupId, topics };
      const response = await client.request(call, ALTER_SHARE_GROUP_OFFSETS, request, { target });
      const { errorCode, errorMessage } = response;
      if (errorCode !== 0) return { errorCode, errorMessage };
      const value = new Map<string, Outcome<void>>();
      for (const { topicName, partitions } of response.responses) {
        for (const each of partitions) {
          value.set(partitionKey(topicName, each.partitionIndex), outcomeOf(each));
        }
      }
      return { errorCode: 0, value };
    },
  );
}

/** A result per topic. Rejects when the group as a whole refuses. */
export function deleteShareGroupOffsets(
  client: KafkaClient,
  groupId: string,
  topics: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<void>>> {
  return askCoordinator(
    client,
    { handler: 'deleteShareGroupOffsets', api: 'DELETE_SHARE_GROUP_OFFSETS' },
    groupId,
    options,
    async (call, target) => {
      const request = { groupId, topics: topics.map((topicName) => ({ topicName })) };
      const response = await client.request(call, DELETE_SHARE_GROUP_OFFSETS, request, { target });
      const { errorCode, errorMessage } = response;
      if (errorCode !== 0) return { errorCode, errorMessage };
      const value = new Map(
        response.responses.map((each) => [each.topicName, outcomeOf(each)] as const),
      );
      return { errorCode: 0, value };
    },
  );
}

function outcomeOf({
  errorCode,
  errorMessage,
}: {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}): Outcome<void> {
  return errorCode === 0 ? { value: undefined } : failed(errorOf(errorCode, errorMessage));
}
