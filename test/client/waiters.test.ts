// Those who wait for the next event or a deadline, whichever comes first.

import { expect, it } from 'vitest';
import { Waiters } from '../../src/client/net/waiters.ts';
import type { Clock } from '../../src/io/io.ts';

/** Timers that go off when a test says so. */
function clock() {
  const due: (() => void)[] = [];
  let cancelled = 0;
  const fake = {
    monotonicMs: () => 0,
    setTimer: (_delayMs: number, goOff: () => void) => {
      due.push(goOff);
      return { cancel: () => (cancelled += 1) };
    },
  } as unknown as Clock;
  return { fake, due, cancelled: () => cancelled };
}

it('those whose time is up are forgotten', async () => {
  const { fake, due, cancelled } = clock();
  const waiters = new Waiters();
  const waits = [waiters.wait(fake, 10), waiters.wait(fake, 10)];
  for (const goOff of due) goOff();
  await Promise.all(waits);
  waiters.wakeAll();
  expect(cancelled()).toBe(0);
});

it('those who are woken leave no timer behind', async () => {
  const { fake, cancelled } = clock();
  const waiters = new Waiters();
  const waits = [waiters.wait(fake, 10), waiters.wait(fake)];
  waiters.wakeAll();
  await Promise.all(waits);
  expect(cancelled()).toBe(1);
});
