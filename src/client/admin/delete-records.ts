// Admin.deleteRecords: raises the log start offset of partitions, one request per leader.

import { DELETE_RECORDS } from '../../protocol/generated/apis/delete-records.ts';
import type { KafkaClient } from '../kafka-client.ts';
import {
  type OperationOptions,
  type Outcome,
  partitionKey,
  type TopicPartition,
} from '../types.ts';
import { byTopic, type ItemAnswer, refused, throughLeaders } from './leader-items.ts';

/** `beforeOffset` -1 means the high watermark. */
export type RecordsToDelete = TopicPartition & { readonly beforeOffset: number };

export interface DeletedRecords {
  /** The log start offset of the partition's replicas afterwards. */
  readonly lowWatermark: number;
}

/** Never rejects; one result per partition in the order asked. */
export function deleteRecords(
  client: KafkaClient,
  partitions: readonly RecordsToDelete[],
  options: OperationOptions = {},
): Promise<{ topic: string; partition: number; outcome: Outcome<DeletedRecords> }[]> {
  return throughLeaders<RecordsToDelete, DeletedRecords>(client, {
    name: 'deleteRecords',
    apiName: 'DELETE_RECORDS',
    partitions,
    timeoutMs: options.timeoutMs,
    ask: async (call, leaderId, asked) => {
      const request = {
        topics: [...byTopic(asked)].map(([name, list]) => ({
          name,
          partitions: list.map((item) => ({
            partitionIndex: item.partition,
            offset: item.beforeOffset,
          })),
        })),
        timeoutMs: Math.ceil(call.leftMs),
      };
      const response = await client.request(call, DELETE_RECORDS, request, { target: leaderId });
      const answers = new Map<string, ItemAnswer<DeletedRecords>>();
      for (const topic of response.topics) {
        for (const { partitionIndex, errorCode, lowWatermark } of topic.partitions) {
          const key = partitionKey(topic.name, partitionIndex);
          answers.set(
            key,
            errorCode === 0
              ? { value: { lowWatermark } }
              : refused(client, 'DeleteRecords', key, errorCode),
          );
        }
      }
      return answers;
    },
  });
}
