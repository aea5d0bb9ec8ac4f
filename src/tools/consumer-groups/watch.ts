// kafta consumer-groups --describe --watch: the lag again and again, in place on a terminal, with the rate at which it is
// worked off and an estimate of when that is done. Until Ctrl-C.

import type { ConsumerGroupDescription } from '../../client/types.ts';
import type { Table } from '../../output/output.ts';
import type { GroupService } from '../support/groups/group-service.ts';
import { sleepUntil } from '../support/throughput-throttler.ts';
import { durationText, LagTracker } from './lag-tracker.ts';
import type { OffsetRow } from './offsets-report.ts';

export interface Snapshot {
  readonly group: ConsumerGroupDescription;
  readonly rows: readonly OffsetRow[];
}

export async function watchLag(
  service: GroupService,
  look: () => Promise<readonly Snapshot[]>,
): Promise<number> {
  const { context, options } = service;
  const { clock } = context.io;
  const everyMs = Math.max(1, options.integer('watch') ?? 2) * 1000;
  const tracker = new LagTracker();
  while (!context.signal.aborted && !context.out.isClosed) {
    const startMs = clock.monotonicMs();
    const snapshots = await look();
    for (const { group, rows } of snapshots) tracker.add(group.groupId, rows, clock.monotonicMs());
    if (context.out.format === 'json' || context.out.format === 'yaml') {
      context.out.line(JSON.stringify(snapshots.map((each) => dataOf(each, tracker))));
      await context.out.ready();
    } else await context.out.redraw(snapshots.map((each) => tableOf(each, tracker)));
    await sleepUntil(clock, startMs + everyMs, context.signal);
  }
  return 0;
}

export function tableOf({ group, rows }: Snapshot, tracker: LagTracker): Table {
  const total = tracker.progress(group.groupId, rows);
  const lag = rows.reduce((sum, row) => sum + (row.lag ?? 0), 0);
  const done = durationText(total.remainingSeconds);
  const facts = [group.state, count(group.members.length), `lag ${lag}`];
  // One look tells no rate.
  if (total.consumedPerSecond !== undefined) facts.push(`${rateText(total.consumedPerSecond)}/s`);
  if (done !== undefined) facts.push(done === 'done' ? 'nothing left' : `done in ${done}`);
  return {
    title: `${group.groupId}  ${facts.join(', ')}`,
    columns: [
      { name: 'TOPIC' },
      { name: 'PARTITION', align: 'right' },
      { name: 'CURRENT-OFFSET', align: 'right' },
      { name: 'LOG-END-OFFSET', align: 'right' },
      { name: 'LAG', align: 'right', tone: (cell) => (Number(cell) > 0 ? 'warning' : 'plain') },
      { name: 'RATE/S', align: 'right' },
      { name: 'DONE IN', align: 'right' },
      { name: 'CLIENT-ID' },
    ],
    rows: rows.map((row) => {
      const { consumedPerSecond, remainingSeconds } = tracker.progress(group.groupId, [row]);
      return [
        row.topic,
        row.partition,
        row.offset,
        row.end,
        row.lag,
        rateText(consumedPerSecond),
        row.lag === undefined ? undefined : durationText(remainingSeconds),
        row.clientId,
      ];
    }),
  };
}

function count(members: number): string {
  return members === 1 ? '1 member' : `${members} members`;
}

function rateText(perSecond: number | undefined): string {
  if (perSecond === undefined) return '-';
  return perSecond.toFixed(perSecond < 10 && perSecond > 0 ? 1 : 0);
}

function dataOf({ group, rows }: Snapshot, tracker: LagTracker): object {
  const total = tracker.progress(group.groupId, rows);
  return {
    group: group.groupId,
    state: group.state,
    members: group.members.length,
    lag: rows.reduce((sum, row) => sum + (row.lag ?? 0), 0),
    consumedPerSecond: total.consumedPerSecond ?? null,
    remainingSeconds: total.remainingSeconds ?? null,
    partitions: rows.map(({ topic, partition, offset, end, lag }) => ({
      topic,
      partition,
      currentOffset: offset ?? null,
      logEndOffset: end ?? null,
      lag: lag ?? null,
    })),
  };
}
