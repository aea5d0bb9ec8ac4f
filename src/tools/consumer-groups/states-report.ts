// --describe --state as Kafka's lines, as a table and as data (ConsumerGroupService.printStates).

import type { ConsumerGroupDescription } from '../../client/types.ts';
import { pad, widest } from '../support/columns.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import type { TellState } from './offsets-report.ts';

export async function presentStates(
  service: GroupService,
  groups: readonly ConsumerGroupDescription[],
  tell: TellState,
): Promise<number> {
  const { context, options } = service;
  const isVerbose = options.has('verbose');
  const shown = groups.filter((group) => tell(service, group, 1));
  await context.out.present({
    kafka: () => shown.flatMap((group) => stateLines(group, isVerbose)),
    table: () => ({
      columns: [
        { name: 'GROUP' },
        { name: 'COORDINATOR' },
        { name: 'ASSIGNMENT-STRATEGY' },
        {
          name: 'STATE',
          tone: (state) => (state === 'Stable' ? 'good' : state === 'Empty' ? 'dim' : 'warning'),
        },
        { name: '#MEMBERS', align: 'right' },
      ],
      rows: shown.map((group) => [
        group.groupId,
        `${group.coordinator.host}:${group.coordinator.port} (${group.coordinator.id})`,
        group.assignor,
        group.state,
        group.members.length,
      ]),
    }),
    data: () =>
      shown.map((group) => ({
        group: group.groupId,
        type: group.type,
        coordinator: group.coordinator,
        assignmentStrategy: group.assignor === '' ? null : group.assignor,
        state: group.state,
        groupEpoch: group.groupEpoch ?? null,
        targetAssignmentEpoch: group.targetAssignmentEpoch ?? null,
        members: group.members.length,
      })),
  });
  return 0;
}

export function stateLines(group: ConsumerGroupDescription, isVerbose: boolean): string[] {
  const { id, host, port } = group.coordinator;
  const coordinator = `${host}:${port}  (${id})`;
  const line = (
    name: string,
    where: string,
    strategy: string,
    state: string,
    epochs: readonly (string | number)[],
    members: string | number,
  ) =>
    [
      pad(name, widest(15, [group.groupId])),
      pad(where, widest(25, [coordinator])),
      pad(strategy, 20),
      pad(state, 20),
      ...(isVerbose ? [pad(epochs[0]!, 15), pad(epochs[1]!, 25)] : []),
      members,
    ].join(' ');
  const header = ['GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH'];
  const epochs = [group.groupEpoch ?? '-', group.targetAssignmentEpoch ?? '-'];
  const strategy = group.assignor === '' ? '-' : group.assignor;
  return [
    `\n${line('GROUP', 'COORDINATOR (ID)', 'ASSIGNMENT-STRATEGY', 'STATE', header, '#MEMBERS')}`,
    line(group.groupId, coordinator, strategy, group.state, epochs, group.members.length),
  ];
}
