// kafka-consumer-groups.sh --list: the groups' names, with their states and types when those are asked about.

import type { GroupListing } from '../../client/types.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import { pad, widest } from '../support/columns.ts';
import { groupTypeName } from '../support/group-types.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import { ToolError } from '../support/java-error.ts';
import { get, getWrapped } from '../support/java-future.ts';
import { consumerGroups } from './group-service.ts';

/** Of consumer groups (GroupState.groupStatesForType), in the order that Kafka's error names them. */
const STATES = [
  'Stable',
  'Empty',
  'Reconciling',
  'PreparingRebalance',
  'Assigning',
  'CompletingRebalance',
  'Dead',
];
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
  const types = chosen(service.options, 'type', TYPES, 'types');
  const states = chosen(service.options, 'state', STATES, 'state');
  return get(consumerGroups(service, { types, states }));
}

/** Names in any case, with commas between; none are all. */
function chosen(
  options: ParsedOptions,
  option: string,
  known: readonly string[],
  noun: string,
): string[] {
  const text = options.value(option);
  if (text === undefined || text === '') return [];
  const names = text
    .split(',')
    .map((word) => known.find((name) => name.toLowerCase() === word.trim().toLowerCase()));
  if (names.some((name) => name === undefined)) {
    const shown = option === 'type' ? text.toLowerCase() : text;
    throw new ToolError(
      `Invalid ${noun} list '${shown}'. Valid ${noun === 'types' ? 'types' : 'states'} are: ${known.join(', ')}`,
    );
  }
  return names as string[];
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
