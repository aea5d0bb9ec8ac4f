// --describe --members as Kafka's lines, as a table and as data (ConsumerGroupService.printMembers).

import type {
  ConsumerGroupDescription,
  ConsumerGroupMember,
  TopicPartition,
} from '../../client/types.ts';
import { pad, widest } from '../support/columns.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import type { TellState } from './offsets-report.ts';

export async function presentMembers(
  service: GroupService,
  groups: readonly ConsumerGroupDescription[],
  tell: TellState,
): Promise<number> {
  const { context, options } = service;
  const isVerbose = options.has('verbose');
  const hasRows = groups.map((group) => tell(service, group, group.members.length));
  const all = groups.flatMap((group) => group.members.map((member) => ({ group, member })));
  await context.out.present({
    kafka: () => groups.flatMap((group, at) => memberLines(group, isVerbose, hasRows[at]!)),
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
        groupInstanceId: member.groupInstanceId,
        host: member.clientHost,
        clientId: member.clientId,
        currentEpoch: member.memberEpoch ?? null,
        assignment: member.assignment,
        targetEpoch: group.targetAssignmentEpoch ?? null,
        targetAssignment: member.targetAssignment ?? null,
        upgraded: member.isUpgraded ?? null,
      })),
  });
  return 0;
}

/** `topic:0,1;other:2`; '-' for nothing. */
function assignmentText(partitions: readonly TopicPartition[]): string {
  if (partitions.length === 0) return '-';
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  }
  return [...topics]
    .map(([topic, list]) => `${topic}:${list.sort((a, b) => a - b).join(',')}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join(';');
}

/** The header is printed even for a group without members. */
export function memberLines(
  group: ConsumerGroupDescription,
  isVerbose: boolean,
  hasRows: boolean,
): string[] {
  const measured = hasRows ? group.members : [];
  const width = (least: number, text: (member: ConsumerGroupMember) => string) =>
    widest(least, measured.map(text));
  const groupWidth = widest(15, hasRows ? [group.groupId] : []);
  const consumerWidth = width(15, ({ memberId }) => memberId);
  const instanceWidth = width(17, ({ groupInstanceId }) => groupInstanceId ?? '');
  const hostWidth = width(15, ({ clientHost }) => clientHost);
  const clientWidth = width(15, ({ clientId }) => clientId);
  const currentWidth = width(20, ({ assignment }) => assignmentText(assignment));
  const targetWidth = width(20, (member) => assignmentText(member.targetAssignment ?? []));
  const hasInstances = measured.some(({ groupInstanceId }) => (groupInstanceId ?? '') !== '');
  const hasUpgraded =
    measured.some(({ isUpgraded }) => isUpgraded === true) &&
    measured.some(({ isUpgraded }) => isUpgraded === false);
  const line = (
    [name, consumer, instance, host, client, count]: readonly (string | number)[],
    [epoch, current, targetEpoch, target, upgraded]: readonly (string | number)[],
  ) =>
    [
      pad(name!, groupWidth),
      pad(consumer!, consumerWidth),
      ...(hasInstances ? [pad(instance!, instanceWidth)] : []),
      pad(host!, hostWidth),
      pad(client!, clientWidth),
      `${pad(count!, 15)} `,
    ].join(' ') +
    (isVerbose
      ? [
          pad(epoch!, 15),
          pad(current!, currentWidth),
          pad(targetEpoch!, 15),
          pad(target!, targetWidth),
          ...(hasUpgraded ? [upgraded!] : []),
        ].join(' ')
      : '');
  const header = line(
    ['GROUP', 'CONSUMER-ID', 'GROUP-INSTANCE-ID', 'HOST', 'CLIENT-ID', '#PARTITIONS'],
    ['CURRENT-EPOCH', 'CURRENT-ASSIGNMENT', 'TARGET-EPOCH', 'TARGET-ASSIGNMENT', 'UPGRADED'],
  );
  const rows = group.members.map((member) =>
    line(
      [
        group.groupId,
        member.memberId,
        member.groupInstanceId ?? '',
        member.clientHost,
        member.clientId,
        member.assignment.length,
      ],
      [
        member.memberEpoch ?? '-',
        assignmentText(member.assignment),
        group.targetAssignmentEpoch ?? '-',
        assignmentText(member.targetAssignment ?? []),
        member.isUpgraded === undefined ? '-' : String(member.isUpgraded),
      ],
    ),
  );
  return [`\n${header}`, ...rows];
}
