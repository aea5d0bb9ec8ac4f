// What is known of the share groups that kafka-share-groups.sh was told to take (ShareGroupCommand.ShareGroupService).

import {
  describeShareGroups,
  type ShareGroupDescription,
} from '../../client/admin/describe-share-groups.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import { chosenGroups } from '../support/groups/typed-groups.ts';
import { get, orThrow } from '../support/java-future.ts';

/** Sorted by name; the first failure is everybody's. */
export async function describeChosen(service: GroupService): Promise<ShareGroupDescription[]> {
  const { client, timeoutMs } = service;
  const described = await describeShareGroups(client, await chosenGroups(service, 'Share'), {
    timeoutMs,
  });
  const found = await get((async () => [...described.values()].map(orThrow))());
  return found.sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
}
