// kafka-share-groups.sh --list: the groups' names, with their states when those are asked about.

import { pad, widest } from '../support/columns.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import { GROUP_STATES, namesOption } from '../support/groups/group-states.ts';
import { get, getWrapped } from '../support/java-future.ts';
import { shareGroups } from './groups.ts';

export async function listShareGroups(service: GroupService): Promise<number> {
  const { options, context } = service;
  const hasStates = options.has('state');
  const groups = hasStates
    ? await get(shareGroups(service, namesOption(options, 'state', GROUP_STATES.share)))
    : await getWrapped(shareGroups(service));
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
