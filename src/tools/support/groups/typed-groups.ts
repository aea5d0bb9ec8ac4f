// The groups of one type that a script looks after: which there are, which of them it was told to take, and --list
// (ShareGroupCommand and StreamsGroupCommand do these alike; ConsumerGroupCommand has two types and shows them).

import { listGroups } from '../../../client/admin/list-groups.ts';
import type { GroupListing } from '../../../client/types.ts';
import { javaHashMapOrder } from '../../../common/java.ts';
import { pad, widest } from '../columns.ts';
import { get, getWrapped } from '../java-future.ts';
import type { GroupService } from './group-service.ts';
import { GROUP_STATES, namesOption } from './group-states.ts';

export type GroupType = 'Share' | 'Streams';

const STATES = { Share: GROUP_STATES.share, Streams: GROUP_STATES.streams } as const;

/** In the order of Java's HashMap. `states` none: whatever their state. */
export async function groupsOfType(
  { client, timeoutMs }: GroupService,
  type: GroupType,
  states: readonly string[] = [],
): Promise<GroupListing[]> {
  const found = await listGroups(client, { timeoutMs, states, types: [type] });
  const groups = new Map(found.map((group) => [group.groupId, group]));
  return javaHashMapOrder([...groups.keys()]).map((groupId) => groups.get(groupId)!);
}

/** Those of --group, or all. */
export async function chosenGroups(
  service: GroupService,
  type: GroupType,
): Promise<readonly string[]> {
  const { options } = service;
  if (!options.has('all-groups')) return options.values('group');
  return (await getWrapped(groupsOfType(service, type))).map(({ groupId }) => groupId);
}

/** --list: the groups' names, with their states when those are asked about. */
export async function presentGroups(service: GroupService, type: GroupType): Promise<number> {
  const { options, context } = service;
  const hasStates = options.has('state');
  const groups = hasStates
    ? await get(groupsOfType(service, type, namesOption(options, 'state', STATES[type])))
    : await getWrapped(groupsOfType(service, type));
  const ids = groups.map(({ groupId }) => groupId);
  const width = widest(15, ids);
  await context.out.present({
    kafka: () =>
      hasStates
        ? [
            `${pad('GROUP', width)} STATE`,
            ...groups.map(({ groupId, state }) => `${pad(groupId, width)} ${state}`),
          ]
        : ids,
    table: () => ({
      columns: [{ name: 'GROUP' }, { name: 'STATE' }],
      rows: groups.map(({ groupId, state }) => [groupId, state]),
    }),
    data: () => groups.map(({ groupId, state }) => ({ group: groupId, state })),
  });
  return 0;
}
