// The groups that kafka-consumer-groups.sh means (ConsumerGroupCommand.ConsumerGroupService).

import { listGroups } from '../../client/admin/list-groups.ts';
import type { GroupListing } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import { getWrapped } from '../support/java-future.ts';

/** Groups that consume have one of these (ListGroupsOptions.forConsumerGroups). */
const PROTOCOL_TYPES = ['', 'consumer'];
const GROUP_TYPES = ['Classic', 'Consumer'];

export async function consumerGroups(
  { client, timeoutMs }: GroupService,
  filter: { states?: readonly string[]; types?: readonly string[] } = {},
): Promise<GroupListing[]> {
  const { states = [], types = GROUP_TYPES } = filter;
  const found = await listGroups(client, { timeoutMs, states, types });
  const groups = new Map(
    found
      .filter(({ protocolType }) => PROTOCOL_TYPES.includes(protocolType))
      .map((group) => [group.groupId, group]),
  );
  return javaHashMapOrder([...groups.keys()]).map((groupId) => groups.get(groupId)!);
}

/**
 * Those of --group, or all. Groups of one bucket stay in this order; Apache's tool walks a table of CoordinatorKeys
 * between, whose hash takes in an enum's identity: a number of the JVM's that already another --timeout changes.
 */
export async function chosenGroups(service: GroupService): Promise<readonly string[]> {
  const { options } = service;
  if (!options.has('all-groups')) return options.values('group');
  const groups = await getWrapped(consumerGroups(service));
  return groups.map(({ groupId }) => groupId);
}
