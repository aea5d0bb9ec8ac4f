// Admin.listPartitionReassignments (KIP-455): what is being moved, asked of the controller.

import { Errors } from '../../protocol/errors.ts';
import { LIST_PARTITION_REASSIGNMENTS } from '../../protocol/generated/apis/list-partition-reassignments.ts';
import { errorOf } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, Reassignment, TopicPartition } from '../types.ts';
import { byTopic } from './leader-items.ts';

/** undefined asks for all partitions. Rejects with ClientError. */
export async function listPartitionReassignments(
  client: KafkaClient,
  partitions: readonly TopicPartition[] | undefined,
  options: OperationOptions = {},
): Promise<Reassignment[]> {
  const call = client.startCall('listPartitionReassignments', options);
  const topics =
    partitions === undefined
      ? null
      : [...byTopic(partitions)].map(([name, list]) => ({
          name,
          partitionIndexes: list.map((item) => item.partition),
        }));
  for (;;) {
    const request = { topics, timeoutMs: Math.ceil(call.leftMs) };
    const response = await client.request(call, LIST_PARTITION_REASSIGNMENTS, request, {
      target: 'controller',
    });
    if (response.errorCode === 0) {
      return response.topics.flatMap(({ name, partitions: list }) =>
        list.map(({ partitionIndex, replicas, addingReplicas, removingReplicas }) => {
          return {
            topic: name,
            partition: partitionIndex,
            replicas,
            addingReplicas,
            removingReplicas,
          };
        }),
      );
    }
    const error = errorOf(response.errorCode, response.errorMessage);
    if (error.code !== Errors.NOT_CONTROLLER) throw error;
    client.forgetCluster();
    await call.backOff(error);
  }
}
