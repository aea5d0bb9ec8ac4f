// The share groups that kafka-share-groups.sh means, and what is known of them (ShareGroupCommand.ShareGroupService).

import {
  describeShareGroups,
  type ShareGroupDescription,
} from '../../client/admin/describe-share-groups.ts';
import { listGroups } from '../../client/admin/list-groups.ts';
import type { GroupListing } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import { get, getWrapped, orThrow } from '../support/java-future.ts';

export async function shareGroups(
  { client, timeoutMs }: GroupService,
  states: readonly string[] = [],
): Promise<GroupListing[]> {
  const found = await listGroups(client, { timeoutMs, states, types: ['Share'] });
  const groups = new Map(found.map((group) => [group.groupId, group]));
  return javaHashMapOrder([...groups.keys()]).map((groupId) => groups.get(groupId)!);
}

/** Those of --group, or all. */
export async function chosenShareGroups(service: GroupService): Promise<readonly string[]> {
  const { options } = service;
  if (!options.has('all-groups')) return options.values('group');
  return (await getWrapped(shareGroups(service))).map(({ groupId }) => groupId);
}

/** Sorted by name; the first failure is everybody's. */
export async function describeChosen(service: GroupService): Promise<ShareGroupDescription[]> {
  const { client, timeoutMs } = service;
  const described = await describeShareGroups(client, await chosenShareGroups(service), {
    timeoutMs,
  });
  const found = await get((async () => [...described.values()].map(orThrow))());
  return found.sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
}
