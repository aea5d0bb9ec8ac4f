// --describe --offsets as Kafka's lines, as a table and as data (ConsumerGroupService.printOffsets).

import type { ConsumerGroupDescription } from '../../client/types.ts';
import { pad, widest } from '../support/columns.ts';
import type { GroupService } from '../support/groups/group-service.ts';

export interface OffsetRow {
  readonly topic: string;
  readonly partition: number;
  readonly leaderEpoch: number | undefined;
  readonly offset: number | undefined;
  readonly end: number | undefined;
  readonly lag: number | undefined;
  readonly consumerId: string | undefined;
  readonly host: string | undefined;
  readonly clientId: string | undefined;
}

/** Tells a group's state on stderr; whether there is more to show. */
export type TellState = (
  service: GroupService,
  group: ConsumerGroupDescription,
  rowCount: number,
) => boolean;

const HEADER = {
  topic: 'TOPIC',
  partition: 'PARTITION',
  leaderEpoch: 'LEADER-EPOCH',
  offset: 'CURRENT-OFFSET',
  end: 'LOG-END-OFFSET',
  lag: 'LAG',
  consumerId: 'CONSUMER-ID',
  host: 'HOST',
  clientId: 'CLIENT-ID',
} as const;

export async function presentOffsets(
  service: GroupService,
  groups: readonly ConsumerGroupDescription[],
  rows: ReadonlyMap<string, readonly OffsetRow[]>,
  tell: TellState,
): Promise<number> {
  const { context, options } = service;
  const isVerbose = options.has('verbose');
  const shown = groups.filter((group) => tell(service, group, rows.get(group.groupId)!.length));
  const all = shown.flatMap(({ groupId }) =>
    rows.get(groupId)!.map((row) => ({ group: groupId, ...row })),
  );
  await context.out.present({
    kafka: () =>
      shown.flatMap(({ groupId }) => offsetLines(groupId, rows.get(groupId)!, isVerbose)),
    table: () => ({
      columns: [
        { name: 'GROUP' },
        { name: 'TOPIC' },
        { name: 'PARTITION', align: 'right' },
        { name: 'CURRENT-OFFSET', align: 'right' },
        { name: 'LOG-END-OFFSET', align: 'right' },
        { name: 'LAG', align: 'right', tone: (lag) => (Number(lag) > 0 ? 'warning' : 'plain') },
        { name: 'CONSUMER-ID' },
        { name: 'HOST' },
        { name: 'CLIENT-ID' },
      ],
      rows: all.map((row) => [
        row.group,
        row.topic,
        row.partition,
        row.offset,
        row.end,
        row.lag,
        row.consumerId,
        row.host,
        row.clientId,
      ]),
    }),
    data: () =>
      all.map((row) => ({
        group: row.group,
        topic: row.topic,
        partition: row.partition,
        leaderEpoch: row.leaderEpoch ?? null,
        currentOffset: row.offset ?? null,
        logEndOffset: row.end ?? null,
        lag: row.lag ?? null,
        consumerId: row.consumerId ?? null,
        host: row.host ?? null,
        clientId: row.clientId ?? null,
      })),
  });
  return 0;
}

export function offsetLines(
  group: string,
  rows: readonly OffsetRow[],
  isVerbose: boolean,
): string[] {
  const groupWidth = widest(15, [group]);
  const topicWidth = widest(
    15,
    rows.map(({ topic }) => topic),
  );
  const consumerWidth = widest(
    15,
    rows.map(({ consumerId }) => consumerId ?? '-'),
  );
  const hostWidth = widest(
    15,
    rows.map(({ host }) => host ?? '-'),
  );
  const line = (name: string, row: { [K in keyof OffsetRow]: string | number | undefined }) =>
    [
      pad(name, groupWidth),
      pad(row.topic ?? '-', topicWidth),
      pad(row.partition ?? '-', 10),
      ...(isVerbose ? [pad(row.leaderEpoch ?? '-', 15)] : []),
      pad(row.offset ?? '-', 15),
      pad(row.end ?? '-', 15),
      pad(row.lag ?? '-', 15),
      pad(row.consumerId ?? '-', consumerWidth),
      pad(row.host ?? '-', hostWidth),
      row.clientId ?? '-',
    ].join(' ');
  return [`\n${line('GROUP', HEADER)}`, ...rows.map((row) => line(group, row))];
}
