// kafka-consumer-groups.sh --list: the groups' names, with their states and types when those are asked about.

import type { GroupListing } from '../../client/types.ts';
import { pad, widest } from '../support/columns.ts';
import { groupTypeName } from '../support/group-types.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import { GROUP_STATES, namesOption } from '../support/groups/group-states.ts';
import { get, getWrapped } from '../support/java-future.ts';
import { consumerGroups } from './group-service.ts';

const TYPES = ['Consumer', 'Classic'];

export async function listConsumerGroups(service: GroupService): Promise<number> {
  const { options, context } = service;
  const hasTypes = options.has('type');
  const hasStates = options.has('state');
  const groups = await findGroups(service, hasTypes || hasStates);
  await context.out.present({
    kafka: () =>
      hasTypes || hasStates
        ? listingLines(groups, hasTypes, hasStates)
        : groups.map(({ groupId }) => groupId),
    table: () => ({
      columns: [{ name: 'GROUP' }, { name: 'TYPE' }, { name: 'STATE' }],
      rows: [...groups]
        .sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
        .map(({ groupId, type, state }) => [groupId, groupTypeName(type), state]),
    }),
    data: () =>
      groups.map(({ groupId, type, state, protocolType }) => {
        return { group: groupId, type: groupTypeName(type), state, protocol: protocolType };
      }),
  });
  return 0;
}

function findGroups(service: GroupService, isFiltered: boolean): Promise<GroupListing[]> {
  if (!isFiltered) return getWrapped(consumerGroups(service));
  const types = namesOption(service.options, 'type', TYPES);
  const states = namesOption(service.options, 'state', GROUP_STATES.consumer);
  return get(consumerGroups(service, { types, states }));
}

function listingLines(
  groups: readonly GroupListing[],
  hasTypes: boolean,
  hasStates: boolean,
): string[] {
  const ids = groups.map(({ groupId }) => groupId);
  const width = widest(15, ids) + 10;
  const line = (group: string, type: string, state: string) =>
    [
      pad(group, width),
      ...(hasTypes ? [pad(type, 20)] : []),
      ...(hasStates ? [pad(state, 20)] : []),
    ].join(' ');
  return [
    line('GROUP', 'TYPE', 'STATE'),
    ...groups.map(({ groupId, type, state }) => line(groupId, groupTypeName(type), state)),
  ];
}
