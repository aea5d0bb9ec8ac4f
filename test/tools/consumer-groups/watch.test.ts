// What --watch shows of a group that works off its lag.

import { describe, expect, test } from 'vitest';
import type { ConsumerGroupDescription } from '../../../src/client/types.ts';
import { durationText, LagTracker } from '../../../src/tools/consumer-groups/lag-tracker.ts';
import type { OffsetRow } from '../../../src/tools/consumer-groups/offsets-report.ts';
import { tableOf } from '../../../src/tools/consumer-groups/watch.ts';
import { fakeContext } from '../fake-context.ts';

function row(partition: number, offset: number | undefined, end: number): OffsetRow {
  return {
    topic: 't',
    partition,
    leaderEpoch: 0,
    offset,
    end,
    lag: offset === undefined ? undefined : end - offset,
    consumerId: undefined,
    host: undefined,
    clientId: undefined,
  };
}

function tracked(...samples: readonly (readonly [atMs: number, ...rows: OffsetRow[]])[]) {
  const tracker = new LagTracker();
  for (const [atMs, ...rows] of samples) tracker.add('g', rows, atMs);
  return tracker;
}

describe('the progress of a group', () => {
  test('is unknown after one look', () => {
    const rows = [row(0, 10, 100)];
    expect(tracked([0, ...rows]).progress('g', rows)).toEqual({
      consumedPerSecond: undefined,
      remainingSeconds: undefined,
    });
  });

  test('takes account of what is produced meanwhile', () => {
    const rows = [row(0, 110, 200), row(1, 60, 60)];
    const tracker = tracked([0, row(0, 10, 150), row(1, 50, 60)], [10_000, ...rows]);
    expect(tracker.progress('g', rows)).toEqual({ consumedPerSecond: 11, remainingSeconds: 15 });
    expect(tracker.progress('g', [row(1, 60, 60)]).remainingSeconds).toBe(0);
  });

  test('has no end while more is produced than read', () => {
    const rows = [row(0, 20, 300)];
    const tracker = tracked([0, row(0, 10, 100)], [10_000, ...rows]);
    expect(tracker.progress('g', rows)).toEqual({
      consumedPerSecond: 1,
      remainingSeconds: undefined,
    });
  });

  test('is that of the last half minute, and starts anew after a reset', () => {
    const tracker = tracked([0, row(0, 0, 9000)]);
    for (let atMs = 2000; atMs <= 60_000; atMs += 2000) {
      tracker.add('g', [row(0, atMs < 30_000 ? 0 : (atMs - 30_000) / 10, 9000)], atMs);
    }
    expect(tracker.progress('g', [row(0, 3000, 9000)]).consumedPerSecond).toBe(100);
    tracker.add('g', [row(0, 5, 9000)], 62_000);
    expect(tracker.progress('g', [row(0, 5, 9000)]).consumedPerSecond).toBeUndefined();
  });
});

test.each([
  [undefined, undefined],
  [0, 'done'],
  [4.2, '5s'],
  [125, '2m 05s'],
  [12_000, '3h 20m'],
  [352_800, '4d 2h'],
])('%j seconds are told as %j', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

test('the title sums up a group', () => {
  const rows = [row(0, 110, 200)];
  const group = {
    groupId: 'g',
    state: 'Stable',
    members: [{}],
  } as unknown as ConsumerGroupDescription;
  const table = tableOf({ group, rows }, tracked([0, row(0, 10, 200)], [10_000, ...rows]));
  expect(table.title).toBe('g  Stable, 1 member, lag 90, 10/s, done in 9s');
  expect(table.rows[0]).toEqual(['t', 0, 110, 200, 90, '10', '9s', undefined]);
});

test('where there is no terminal one look follows the other', async () => {
  const context = fakeContext({ manner: 'modern' });
  await context.out.redraw([{ columns: [{ name: 'A' }], rows: [[1]] }]);
  await context.out.redraw([{ columns: [{ name: 'A' }], rows: [[2]] }]);
  expect(await context.stdoutText()).toBe('A\n1\nA\n2\n');
});

test('the title leaves out the rate that one look cannot tell', () => {
  const rows = [row(0, 10, 100)];
  const group = {
    groupId: 'g',
    state: 'Empty',
    members: [{}, {}],
  } as unknown as ConsumerGroupDescription;
  expect(tableOf({ group, rows }, tracked([0, ...rows])).title).toBe('g  Empty, 2 members, lag 90');
});
