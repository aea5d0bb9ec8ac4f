// Admin.listConsumerGroupOffsets: what a group has committed.

import { Errors } from '../../protocol/errors.ts';
import { OFFSET_FETCH } from '../../protocol/generated/apis/offset-fetch.ts';
import { errorOf } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import {
  type CommittedOffset,
  type OperationOptions,
  partitionKey,
  type TopicPartition,
} from '../types.ts';
import { askCoordinator } from './group-call.ts';
import { byTopic } from './leader-items.ts';

const FIRST_VERSION_WITH_GROUPS = 8;
/** Up to here topics go by name. */
const NAMES_MAX_VERSION = 9;

export type GroupOffset = TopicPartition & CommittedOffset;

/** Of all partitions with a commit, or of these; those without one are left out. Rejects with ClientError. */
export function listGroupOffsets(
  client: KafkaClient,
  groupId: string,
  options: OperationOptions & {
    partitions?: readonly TopicPartition[];
    requireStable?: boolean;
  } = {},
): Promise<GroupOffset[]> {
  const topics =
    options.partitions === undefined
      ? null
      : [...byTopic(options.partitions)].map(([name, list]) => ({
          name,
          partitionIndexes: list.map((item) => item.partition),
        }));
  return askCoordinator(
    client,
    { handler: 'offsetFetch', api: 'OFFSET_FETCH' },
    groupId,
    options,
    async (call, target) => {
      const response = await client.request(
        call,
        OFFSET_FETCH,
        (version) => ({
          ...(version >= FIRST_VERSION_WITH_GROUPS
            ? { groups: [{ groupId, topics }] }
            : { groupId, topics }),
          ...(version >= 7 ? { requireStable: options.requireStable ?? false } : {}),
        }),
        { target, maxVersion: NAMES_MAX_VERSION, minVersion: topics === null ? 2 : 1 },
      );
      const found = response.groups[0] ?? response;
      const value: GroupOffset[] = [];
      for (const { name, partitions } of found.topics) {
        for (const item of partitions) {
          if (item.errorCode === Errors.UNSTABLE_OFFSET_COMMIT) {
            return { errorCode: Errors.COORDINATOR_LOAD_IN_PROGRESS };
          }
          if (item.errorCode !== 0) {
            throw errorOf(
              item.errorCode,
              `${partitionKey(name, item.partitionIndex)}: ${errorOf(item.errorCode).message}`,
            );
          }
          if (item.committedOffset < 0) continue;
          value.push({
            topic: name,
            partition: item.partitionIndex,
            offset: item.committedOffset,
            leaderEpoch: item.committedLeaderEpoch < 0 ? undefined : item.committedLeaderEpoch,
            metadata: item.metadata ?? '',
          });
        }
      }
      return { errorCode: found.errorCode, value };
    },
  );
}
