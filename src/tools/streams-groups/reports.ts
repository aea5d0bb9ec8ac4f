// What kafka-streams-groups.sh --describe shows, as Kafka's lines, as tables and as data.

import type {
  StreamsGroupDescription,
  StreamsGroupMember,
} from '../../client/admin/describe-streams-groups.ts';
import type { TopicPartition } from '../../client/types.ts';
import { pad, widest } from '../support/columns.ts';
import type { GroupService } from '../support/groups/group-service.ts';

export type StreamsOffsetRow = TopicPartition & {
  readonly offset: number | undefined;
  readonly leaderEpoch: number | undefined;
  readonly end: number;
  readonly lag: number;
};

type Groups = readonly StreamsGroupDescription[];
type Assignment = StreamsGroupMember['assignment'];

/** isGroupStateValid: nothing is shown of a group without members. */
function shown(groups: Groups): Groups {
  return groups.filter(({ state, members }) => state !== 'Dead' && members.length > 0);
}

export async function presentMembers(service: GroupService, groups: Groups): Promise<void> {
  const { context, options } = service;
  const all = groups.flatMap((group) => group.members.map((member) => ({ group, member })));
  await context.out.present({
    kafka: () => shown(groups).flatMap((group) => memberLines(group, options.has('verbose'))),
    table: () => ({
      columns: [
        { name: 'GROUP' },
        { name: 'MEMBER' },
        { name: 'PROCESS' },
        { name: 'CLIENT-ID' },
        { name: 'HOST' },
        { name: 'TASKS' },
      ],
      rows: all.map(({ group, member }) => [
        group.groupId,
        member.memberId,
        member.processId,
        member.clientId,
        member.clientHost,
        tasksText(member.assignment).replace(/;$/, '') || undefined,
      ]),
    }),
    data: () =>
      all.map(({ group, member }) => ({
        group: group.groupId,
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        processId: member.processId,
        clientId: member.clientId,
        host: member.clientHost,
        protocol: member.isClassic ? 'classic' : 'streams',
        memberEpoch: member.memberEpoch,
        topologyEpoch: member.topologyEpoch,
        targetAssignmentEpoch: group.targetAssignmentEpoch,
        assignment: member.assignment,
        targetAssignment: member.targetAssignment,
      })),
  });
}

export function memberLines(group: StreamsGroupDescription, isVerbose: boolean): string[] {
  const { groupId, members } = group;
  const width = (text: (member: StreamsGroupMember) => string) => widest(15, members.map(text));
  const groupWidth = widest(15, [groupId]);
  const memberWidth = width(({ memberId }) => memberId);
  const processWidth = width(({ processId }) => processId);
  const clientWidth = width(({ clientId }) => clientId);
  const line = (
    name: string,
    [target, topology, protocol, epoch]: readonly (string | number)[],
    [member, process, client, tasks]: readonly string[],
  ) => {
    const owner = `${pad(process!, processWidth)} ${pad(client!, clientWidth)} ${tasks}`;
    if (!isVerbose) return `${pad(name, groupWidth)} ${pad(member!, memberWidth)} ${owner}`;
    // Kafka's format has no space before the member.
    const epochs = `${pad(target!, 25)} ${pad(topology!, 15)}${pad(member!, memberWidth)}`;
    return `${pad(name, groupWidth)} ${epochs} ${pad(protocol!, 15)} ${pad(epoch!, 15)} ${owner}`;
  };
  return [
    line(
      'GROUP',
      ['TARGET-ASSIGNMENT-EPOCH', 'TOPOLOGY-EPOCH', 'MEMBER-PROTOCOL', 'MEMBER-EPOCH'],
      ['MEMBER', 'PROCESS', 'CLIENT-ID', 'ASSIGNMENTS'],
    ),
    ...members.map((each) =>
      line(
        groupId,
        [
          group.targetAssignmentEpoch,
          group.topologyEpoch,
          each.isClassic ? 'classic' : 'streams',
          each.memberEpoch,
        ],
        [
          each.memberId,
          each.processId,
          each.clientId,
          tasksText(each.assignment) +
            (isVerbose ? tasksText(each.targetAssignment, 'TARGET-') : ''),
        ],
      ),
    ),
  ];
}

/** `ACTIVE: 0:[0,1]; STANDBY: 1:[0]; `, with the space at its end. */
function tasksText({ activeTasks, standbyTasks, warmupTasks }: Assignment, prefix = ''): string {
  const kind = (name: string, tasks: Assignment['activeTasks']) =>
    tasks.length === 0
      ? ''
      : `${prefix}${name}: ${tasks.map((each) => `${each.subtopologyId}:[${each.partitions.join(',')}]; `).join('')}`;
  return kind('ACTIVE', activeTasks) + kind('STANDBY', standbyTasks) + kind('WARMUP', warmupTasks);
}

export async function presentStates(service: GroupService, groups: Groups): Promise<void> {
  const { context, options } = service;
  await context.out.present({
    kafka: () => groups.flatMap((group) => stateLines(group, options.has('verbose'))),
    table: () => ({
      columns: [
        { name: 'GROUP' },
        { name: 'COORDINATOR' },
        {
          name: 'STATE',
          tone: (state) => (state === 'Stable' ? 'good' : state === 'Empty' ? 'dim' : 'warning'),
        },
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
        targetAssignmentEpoch: group.targetAssignmentEpoch,
        topologyEpoch: group.topologyEpoch,
        members: group.members.length,
        subtopologies: group.subtopologies,
      })),
  });
}

export function stateLines(group: StreamsGroupDescription, isVerbose: boolean): string[] {
  const { groupId, state, groupEpoch, targetAssignmentEpoch, members } = group;
  const { id, host, port } = group.coordinator;
  const coordinator = `${host}:${port} (${id})`;
  const line = (
    [name, where, what]: readonly string[],
    [epoch, target]: readonly (string | number)[],
    count: string | number,
  ) => {
    const start = `${pad(name!, widest(15, [groupId]))} ${pad(where!, widest(25, [coordinator]))} ${pad(what!, 25)}`;
    return isVerbose
      ? `${start} ${pad(epoch!, 15)} ${pad(target!, 25)} ${count}`
      : `${start} ${count}`;
  };
  return [
    line(
      ['GROUP', 'COORDINATOR (ID)', 'STATE'],
      ['GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH'],
      '#MEMBERS',
    ),
    line([groupId, coordinator, state], [groupEpoch, targetAssignmentEpoch], members.length),
  ];
}

export async function presentOffsets(
  service: GroupService,
  groups: Groups,
  rows: ReadonlyMap<string, readonly StreamsOffsetRow[]>,
): Promise<void> {
  const { context, options } = service;
  const all = groups.flatMap(({ groupId }) =>
    rows.get(groupId)!.map((row) => ({ group: groupId, ...row })),
  );
  await context.out.present({
    kafka: () =>
      shown(groups).flatMap(({ groupId }) =>
        offsetLines(groupId, rows.get(groupId)!, options.has('verbose')),
      ),
    table: () => ({
      columns: [
        { name: 'GROUP' },
        { name: 'TOPIC' },
        { name: 'PARTITION', align: 'right' },
        { name: 'CURRENT-OFFSET', align: 'right' },
        { name: 'LOG-END-OFFSET', align: 'right' },
        { name: 'LAG', align: 'right', tone: (lag) => (Number(lag) > 0 ? 'warning' : 'plain') },
      ],
      rows: all.map((row) => [row.group, row.topic, row.partition, row.offset, row.end, row.lag]),
    }),
    data: () =>
      all.map((row) => ({
        group: row.group,
        topic: row.topic,
        partition: row.partition,
        leaderEpoch: row.leaderEpoch ?? null,
        currentOffset: row.offset ?? null,
        logEndOffset: row.end,
        lag: row.lag,
      })),
  });
}

export function offsetLines(
  group: string,
  rows: readonly StreamsOffsetRow[],
  isVerbose: boolean,
): string[] {
  const groupWidth = widest(15, [group]);
  const topicWidth = widest(
    15,
    rows.map(({ topic }) => topic),
  );
  const line = (
    [name, topic, partition]: readonly (string | number)[],
    lag: string | number,
    rest: readonly (string | number)[],
  ) => {
    const start = `${pad(name!, groupWidth)} ${pad(topic!, topicWidth)} ${pad(partition!, 10)}`;
    if (!isVerbose) return `${start} ${lag}`;
    return [start, ...[...rest, lag].map((cell) => pad(cell, 15))].join(' ');
  };
  return [
    line(['GROUP', 'TOPIC', 'PARTITION'], 'OFFSET-LAG', [
      'CURRENT-OFFSET',
      'LEADER-EPOCH',
      'LOG-END-OFFSET',
    ]),
    ...rows.map(({ topic, partition, offset, leaderEpoch, end, lag }) =>
      line([group, topic, partition], lag, [offset ?? '-', leaderEpoch ?? '-', end]),
    ),
  ];
}
