// kafka-share-groups.sh --describe: where a group starts and how much is left, who its members are, what state it is in.

import type { ShareGroupDescription } from '../../client/admin/describe-share-groups.ts';
import {
  listShareGroupOffsets,
  type ShareGroupOffset,
} from '../../client/admin/share-group-offsets.ts';
import type { TopicPartition } from '../../client/types.ts';
import { pad, widest } from '../support/columns.ts';
import { type GroupService, printError } from '../support/groups/group-service.ts';
import { getWrapped } from '../support/java-future.ts';
import { describeChosen } from './groups.ts';

export async function describeShareGroupsCommand(service: GroupService): Promise<number> {
  const { options } = service;
  const groups = await describeChosen(service);
  if (options.has('members')) await presentMembers(service, groups);
  else if (options.has('state')) await presentStates(service, groups);
  else await presentOffsets(service, groups);
  return 0;
}

/** maybePrintEmptyGroupState: whether there is more to show. */
function tellState(
  { context }: GroupService,
  { groupId, state }: ShareGroupDescription,
  count: number,
): boolean {
  const gap = context.manner === 'exact' ? '\n' : '';
  if (state === 'Dead') printError(context, `Share group '${groupId}' does not exist.`);
  if (state === 'Empty') context.err(`${gap}Share group '${groupId}' has no active members.`);
  return state !== 'Dead' && count > 0;
}

async function presentOffsets(
  service: GroupService,
  groups: readonly ShareGroupDescription[],
): Promise<void> {
  const { client, context, options, timeoutMs } = service;
  const offsets = new Map<string, ShareGroupOffset[]>();
  for (const { groupId } of groups) {
    const found = await getWrapped(listShareGroupOffsets(client, groupId, { timeoutMs }));
    offsets.set(groupId, found.sort(byName));
  }
  const all = [...offsets].flatMap(([group, list]) => list.map((each) => ({ group, ...each })));
  await context.out.present({
    kafka: () =>
      [...offsets].flatMap(([group, list]) => offsetLines(group, list, options.has('verbose'))),
    table: () => ({
      columns: [
        { name: 'GROUP' },
        { name: 'TOPIC' },
        { name: 'PARTITION', align: 'right' },
        { name: 'START-OFFSET', align: 'right' },
        { name: 'LAG', align: 'right', tone: (lag) => (Number(lag) > 0 ? 'warning' : 'plain') },
      ],
      rows: all.map((each) => [each.group, each.topic, each.partition, each.startOffset, each.lag]),
    }),
    data: () =>
      all.map(({ group, topic, partition, startOffset, leaderEpoch, lag }) => ({
        group,
        topic,
        partition,
        leaderEpoch: leaderEpoch ?? null,
        startOffset: startOffset ?? null,
        lag: lag ?? null,
      })),
  });
}

function byName(a: TopicPartition, b: TopicPartition): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition;
}

export function offsetLines(
  group: string,
  offsets: readonly ShareGroupOffset[],
  isVerbose: boolean,
): string[] {
  if (offsets.length === 0) return [`\nShare group '${group}' has no offset information.`];
  const groupWidth = widest(15, [group]);
  const topicWidth = widest(
    15,
    offsets.map(({ topic }) => topic),
  );
  const line = (cells: readonly (string | number)[]) => {
    const [name, topic, partition, epoch, start, lag] = cells;
    const middle = isVerbose ? [pad(epoch!, 13), pad(start!, 13)] : [pad(start!, 13)];
    return [
      pad(name!, groupWidth),
      pad(topic!, topicWidth),
      pad(partition!, 10),
      ...middle,
      lag,
    ].join(' ');
  };
  return [
    `\n${line(['GROUP', 'TOPIC', 'PARTITION', 'LEADER-EPOCH', 'START-OFFSET', 'LAG'])}`,
    ...offsets.map(({ topic, partition, leaderEpoch, startOffset, lag }) =>
      line([group, topic, partition, leaderEpoch ?? '-', startOffset ?? '-', lag ?? '-']),
    ),
  ];
}

async function presentStates(
  service: GroupService,
  groups: readonly ShareGroupDescription[],
): Promise<void> {
  const { context, options } = service;
  for (const group of groups) tellState(service, group, 1);
  await context.out.present({
    kafka: () => groups.flatMap((group) => stateLines(group, options.has('verbose'))),
    table: () => ({
      columns: [
        { name: 'GROUP' },
        { name: 'COORDINATOR' },
        { name: 'STATE', tone: (state) => (state === 'Stable' ? 'good' : 'dim') },
        { name: '#MEMBERS', align: 'right' },
      ],
      rows: groups.map(({ groupId, coordinator, state, members }) => [
        groupId,
        `${coordinator.host}:${coordinator.port} (${coordinator.id})`,
        state,
        members.length,
      ]),
    }),
    data: () =>
      groups.map((group) => ({
        group: group.groupId,
        coordinator: group.coordinator,
        state: group.state,
        groupEpoch: group.groupEpoch,
        assignmentEpoch: group.targetAssignmentEpoch,
        assignor: group.assignor,
        members: group.members.length,
      })),
  });
}

export function stateLines(group: ShareGroupDescription, isVerbose: boolean): string[] {
  const { groupId, state, groupEpoch, targetAssignmentEpoch, members } = group;
  const { id, host, port } = group.coordinator;
  const coordinator = `${host}:${port}  (${id})`;
  const line = (
    [name, where, what]: readonly string[],
    [epoch, target]: readonly (string | number)[],
    count: string | number,
  ) =>
    [
      pad(name!, widest(15, [groupId])),
      pad(where!, widest(25, [coordinator])),
      pad(what!, 15),
      ...(isVerbose ? [pad(epoch!, 12), pad(target!, 17)] : []),
      count,
    ].join(' ');
  const header = line(
    ['GROUP', 'COORDINATOR (ID)', 'STATE'],
    ['GROUP-EPOCH', 'ASSIGNMENT-EPOCH'],
    '#MEMBERS',
  );
  const epochs = [groupEpoch, targetAssignmentEpoch];
  return [`\n${header}`, line([groupId, coordinator, state], epochs, members.length)];
}

async function presentMembers(
  service: GroupService,
  groups: readonly ShareGroupDescription[],
): Promise<void> {
  const { context, options } = service;
  const shown = groups.filter((group) => tellState(service, group, group.members.length));
  const all = groups.flatMap((group) => group.members.map((member) => ({ group, member })));
  await context.out.present({
    kafka: () => shown.flatMap((group) => memberLines(group, options.has('verbose'))),
    table: () => ({
      columns: [
        { name: 'GROUP' },
        { name: 'CONSUMER-ID' },
        { name: 'HOST' },
        { name: 'CLIENT-ID' },
        { name: '#PARTITIONS', align: 'right' },
        { name: 'ASSIGNMENT' },
      ],
      rows: all.map(({ group, member }) => [
        group.groupId,
        member.memberId,
        member.clientHost,
        member.clientId,
        member.assignment.length,
        assignmentText(member.assignment),
      ]),
    }),
    data: () =>
      all.map(({ group, member }) => ({
        group: group.groupId,
        consumerId: member.memberId,
        host: member.clientHost,
        clientId: member.clientId,
        memberEpoch: member.memberEpoch,
        assignment: member.assignment,
      })),
  });
}

export function memberLines(group: ShareGroupDescription, isVerbose: boolean): string[] {
  const { groupId } = group;
  const members = [...group.members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const width = (texts: string[]) => widest(15, texts);
  const groupWidth = width([groupId]);
  const memberWidth = width(members.map(({ memberId }) => memberId));
  const hostWidth = width(members.map(({ clientHost }) => clientHost));
  const clientWidth = width(members.map(({ clientId }) => clientId));
  const line = ([name, member, host, client, count, epoch, list]: readonly (string | number)[]) =>
    [
      pad(name!, groupWidth),
      pad(member!, memberWidth),
      pad(host!, hostWidth),
      pad(client!, clientWidth),
      pad(count!, 12),
      ...(isVerbose ? [pad(epoch!, 13)] : []),
      list,
    ].join(' ');
  const header = ['GROUP', 'CONSUMER-ID', 'HOST', 'CLIENT-ID', '#PARTITIONS', 'MEMBER-EPOCH'];
  return [
    `\n${line([...header, 'ASSIGNMENT'])}`,
    ...members.map((each) =>
      line([
        groupId,
        each.memberId,
        each.clientHost,
        each.clientId,
        each.assignment.length,
        each.memberEpoch,
        assignmentText(each.assignment),
      ]),
    ),
  ];
}

/** `topic:0,1;other:2` */
function assignmentText(partitions: readonly TopicPartition[]): string {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  }
  return [...topics]
    .map(([topic, list]) => `${topic}:${list.sort((a, b) => a - b).join(',')}`)
    .sort()
    .join(';');
}
