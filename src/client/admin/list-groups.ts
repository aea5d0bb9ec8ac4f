// Admin.listGroups: every broker is asked for the groups that it coordinates.

import { LIST_GROUPS } from '../../protocol/generated/apis/list-groups.ts';
import type { ClusterView } from '../cluster-view.ts';
import { errorOf, KafkaError } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { GroupListing, OperationOptions } from '../types.ts';
import { isPassing } from './group-call.ts';

export interface ListGroupsOptions extends OperationOptions {
  /** Kafka's names: Stable, Empty … (KIP-518). */
  readonly states?: readonly string[];
  /** Classic, Consumer, Share, Streams (KIP-848). */
  readonly types?: readonly string[];
}

/** Rejects with ClientError when one of the brokers can't be asked. */
export async function listGroups(
  client: KafkaClient,
  options: ListGroupsOptions = {},
): Promise<GroupListing[]> {
  const view = await findAllBrokers(client, options);
  const { states = [], types = [] } = options;
  const asking = [...view.nodes.keys()].map(async (target) => {
    const call = client.startCall('listGroups', options);
    for (;;) {
      const response = await client.request(
        call,
        LIST_GROUPS,
        (version) => ({
          ...(version >= 4 || states.length > 0 ? { statesFilter: states } : {}),
          ...(version >= 5 || types.length > 0 ? { typesFilter: types } : {}),
        }),
        { target },
      );
      if (response.errorCode === 0) return response.groups;
      const error = errorOf(response.errorCode);
      if (!isPassing(error)) throw error;
      await call.backOff(error);
    }
  });
  const groups = (await Promise.all(asking)).flat();
  return groups.map(({ groupId, protocolType, groupState, groupType }) => {
    return { groupId, protocolType, state: groupState, type: groupType };
  });
}

async function findAllBrokers(
  client: KafkaClient,
  options: OperationOptions,
): Promise<ClusterView> {
  try {
    return await client.cluster(client.startCall('findAllBrokers', options), true);
  } catch (error) {
    throw new KafkaError('Failed to find brokers to send ListGroups', error);
  }
}
