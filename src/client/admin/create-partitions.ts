// Admin.createPartitions: one request to the controller, a result per topic in the order asked.

import { CREATE_PARTITIONS } from '../../protocol/generated/apis/create-partitions.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { NewPartitions, OperationOptions, Outcome } from '../types.ts';
import { throughController } from './controller-items.ts';

/** Never rejects; see Outcome. */
export function createPartitions(
  client: KafkaClient,
  topics: ReadonlyMap<string, NewPartitions>,
  options: OperationOptions & { validateOnly?: boolean } = {},
): Promise<Map<string, Outcome<void>>> {
  const call = client.startCall('createPartitions', options);
  return throughController(client, {
    call,
    api: CREATE_PARTITIONS,
    names: [...topics.keys()],
    request: (names) => ({
      topics: names.map((name) => {
        const { totalCount, assignments } = topics.get(name)!;
        const lists = assignments?.map((brokerIds) => ({ brokerIds })) ?? null;
        return { name, count: totalCount, assignments: lists };
      }),
      timeoutMs: Math.ceil(call.leftMs),
      validateOnly: options.validateOnly ?? false,
    }),
    results: (response) => response.results,
    value: () => undefined,
  });
}
