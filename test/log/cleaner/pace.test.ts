// How a cleaning in a thread of its own shares the machine with the broker's loop, in virtual time: work takes time because
// each step says how much.

import { expect, test } from 'vitest';
import type { Clock } from '../../../src/io/io.ts';
import { LoopWatch } from '../../../src/log/cleaner/loop-watch.ts';
import { PacedRun } from '../../../src/log/cleaner/pace.ts';
import { Scheduler } from '../../simulation/scheduler.ts';
import { VirtualWorld } from '../../simulation/virtual-io.ts';

const UNLIMITED = { sliceMs: 100, maxBytesPerSecond: Number.MAX_VALUE };
const STEP_BYTES = 250_000;

/** `count` steps of 250 kB, each of which takes `stepMs`. */
function* steps(scheduler: Scheduler, count: number, stepMs: number) {
  for (let n = 0; n < count; n++) {
    scheduler.nowMs += stepMs;
    yield STEP_BYTES;
  }
}

/** Seconds that 100 MB take at `bytesPerMs`. */
async function seconds(
  bytesPerMs: number,
  prepare: (run: PacedRun) => void = () => {},
  pace = UNLIMITED,
): Promise<number> {
  const world = new VirtualWorld(1);
  const { scheduler } = world;
  const run = new PacedRun(world.process().io.clock, pace);
  prepare(run);
  await scheduler.run(() => run.run(steps(scheduler, 400, STEP_BYTES / bytesPerMs)));
  return scheduler.nowMs / 1000;
}

test('a cleaning that nobody asks to give way takes all the time there is', async () => {
  expect(await seconds(1_000_000)).toBeCloseTo(0.1, 2);
});

test('one that gives way works three tenths of the time', async () => {
  expect(await seconds(1_000_000, (run) => run.giveWay(true))).toBeCloseTo(0.1 / 0.3, 1);
});

test('and longer, up to all the time, where it would move less than 200 MB a second', async () => {
  expect(await seconds(300_000, (run) => run.giveWay(true))).toBeCloseTo(0.5, 1);
  expect(await seconds(100_000, (run) => run.giveWay(true))).toBeCloseTo(1, 1);
});

test('it takes all the time again when nobody needs it any more', async () => {
  const taken = await seconds(1_000_000, (run) => {
    run.giveWay(true);
    run.giveWay(false);
  });
  expect(taken).toBeCloseTo(0.1, 2);
});

test('log.cleaner.io.max.bytes.per.second holds while it gives way too', async () => {
  const pace = { ...UNLIMITED, maxBytesPerSecond: 50_000_000 };
  expect(await seconds(1_000_000, (run) => run.giveWay(true), pace)).toBeCloseTo(2, 1);
});

test('the loop is busy from four tenths of the time on, and idle when it has been so for a while', async () => {
  const scheduler = new Scheduler();
  let share = 0;
  let busyMs = 0;
  let atMs = 0;
  const work = (next: number) => {
    busyMs += (scheduler.nowMs - atMs) * share;
    atMs = scheduler.nowMs;
    share = next;
    return busyMs;
  };
  const clock: Clock = {
    nowMs: () => scheduler.nowMs,
    monotonicMs: () => scheduler.nowMs,
    setTimer: (delayMs, callback) => scheduler.schedule(delayMs, callback),
    defer: (callback) => {
      scheduler.schedule(0, callback);
    },
    busyMs: () => work(share),
  };
  const said: [number, boolean][] = [];
  const watch = new LoopWatch(clock, (isBusy) => said.push([scheduler.nowMs, isBusy]));
  await scheduler.advance(200);
  work(0.3);
  await scheduler.advance(200);
  expect(said).toEqual([]);
  work(0.9);
  await scheduler.advance(500);
  expect(said).toEqual([[450, true]]);
  work(0);
  await scheduler.advance(150);
  work(0.9);
  await scheduler.advance(150);
  work(0.1);
  await scheduler.advance(500);
  expect(said).toEqual([
    [450, true],
    [1400, false],
  ]);
  watch.stop();
  work(0.9);
  await scheduler.advance(500);
  expect(said).toHaveLength(2);
});
