// Admin.deleteConsumerGroups: empty groups and their commits, each group through its coordinator.

import { DELETE_GROUPS } from '../../protocol/generated/apis/delete-groups.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, Outcome } from '../types.ts';
import { askCoordinator } from './group-call.ts';
import { clientError, failed } from './outcomes.ts';

/** Never rejects; a result per group in the order asked. */
export async function deleteGroups(
  client: KafkaClient,
  groupIds: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<void>>> {
  const outcomes = new Map<string, Outcome<void>>();
  for (const groupId of new Set(groupIds)) {
    try {
      await askCoordinator(
        client,
        { handler: 'deleteConsumerGroups', api: 'DELETE_GROUPS' },
        groupId,
        options,
        async (call, target) => {
          const request = { groupsNames: [groupId] };
          const response = await client.request(call, DELETE_GROUPS, request, { target });
          return { errorCode: response.results[0]?.errorCode ?? -1 };
        },
      );
      outcomes.set(groupId, { value: undefined });
    } catch (error) {
      outcomes.set(groupId, failed(clientError(error)));
    }
  }
  return outcomes;
}
