// Describing groups one by one at their coordinators: what the operations for groups of every type have in common.

import { mapBounded } from '../../common/bounded-map.ts';
import type { Api, Draft } from '../../protocol/message.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { Node, OperationOptions, Outcome } from '../types.ts';
import { askCoordinator, type GroupOperation } from './group-call.ts';
import { clientError, failed } from './outcomes.ts';

/** A cluster may have more groups than a broker would like to be asked for at once. */
const MAX_GROUPS_IN_FLIGHT = 100;

interface DescribeRequest {
  groupIds: string[];
  includeAuthorizedOperations: boolean;
}

interface Described {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

export interface GroupDescriber<Q, R, G extends Described, D> {
  readonly operation: GroupOperation;
  readonly api: Api<Q & DescribeRequest, R & { groups: G[] }>;
  readonly description: (group: G, coordinator: Node) => D;
}

/** Never rejects; a result per group in the order asked. */
export async function describeEachGroup<Q, R, G extends Described, D>(
  client: KafkaClient,
  groupIds: readonly string[],
  options: OperationOptions,
  describer: GroupDescriber<Q, R, G, D>,
): Promise<Map<string, Outcome<D>>> {
  return outcomeOfEach(groupIds, (groupId) =>
    describeAtCoordinator(client, groupId, options, describer),
  );
}

/** Never rejects; a result per group in the order asked. */
export async function outcomeOfEach<D>(
  groupIds: readonly string[],
  describe: (groupId: string) => Promise<D>,
): Promise<Map<string, Outcome<D>>> {
  const ids = [...new Set(groupIds)];
  const outcomes = await mapBounded(
    ids,
    MAX_GROUPS_IN_FLIGHT,
    async (groupId): Promise<[string, Outcome<D>]> => {
      try {
        return [groupId, { value: await describe(groupId) }];
      } catch (error) {
        return [groupId, failed<D>(clientError(error))];
      }
    },
  );
  return new Map(outcomes);
}

/** One group; rejects with its error. */
export function describeAtCoordinator<Q, R, G extends Described, D>(
  client: KafkaClient,
  groupId: string,
  options: OperationOptions,
  { operation, api, description }: GroupDescriber<Q, R, G, D>,
): Promise<D> {
  return askCoordinator(client, operation, groupId, options, async (call, target) => {
    const request = { groupIds: [groupId], includeAuthorizedOperations: false };
    const response = await client.request(call, api, request as Draft<Q & DescribeRequest>, {
      target,
    });
    const group = response.groups[0];
    if (group === undefined) return { errorCode: -1 };
    const { errorCode, errorMessage } = group;
    if (errorCode !== 0) return { errorCode, errorMessage };
    const coordinator = await client.coordinator(call, 'group', groupId);
    return { errorCode, value: description(group, coordinator) };
  });
}
