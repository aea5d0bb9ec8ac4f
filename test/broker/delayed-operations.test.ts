import { describe, expect, it } from 'vitest';
import {
  type DelayedOperation,
  DelayedOperations,
  WatchKey,
} from '../../src/broker/delayed-operations.ts';
import type { Clock } from '../../src/io/io.ts';

/** Time that passes when told to. */
class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Map<object, { atMs: number; callback: () => void }>();
  #deferred: (() => void)[] = [];

  nowMs(): number {
    return this.#now;
  }
  monotonicMs(): number {
    return this.#now;
  }
  setTimer(delayMs: number, callback: () => void) {
    const timer = { cancel: () => this.#timers.delete(timer) };
    this.#timers.set(timer, { atMs: this.#now + delayMs, callback });
    return timer;
  }
  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  turn(): void {
    for (const callback of this.#deferred.splice(0)) callback();
  }
  pass(ms: number): void {
    this.#now += ms;
    for (const [timer, { atMs, callback }] of this.#timers) {
      if (atMs > this.#now) continue;
      this.#timers.delete(timer);
      callback();
    }
  }
  get timerCount(): number {
    return this.#timers.size;
  }
}

function operation(wantedBytes: number): DelayedOperation & { woken: string[] } {
  let missing = wantedBytes;
  const woken: string[] = [];
  return {
    woken,
    isReady: (arrived) => {
      missing -= arrived;
      return missing <= 0;
    },
    wake: (reason) => woken.push(reason),
  };
}

describe('delayed operations', () => {
  it('are looked at once for all that arrived in a turn, when it is over', () => {
    const clock = new ManualClock();
    const delayed = new DelayedOperations(clock);
    const key = new WatchKey();
    const waiting = operation(30);
    delayed.watch(waiting, [key], 1000);
    delayed.touch(key, 20);
    clock.turn();
    expect(waiting.woken).toEqual([]);
    delayed.touch(key, 5);
    delayed.touch(key, 5);
    expect(waiting.woken).toEqual([]);
    clock.turn();
    expect(waiting.woken).toEqual(['check']);
  });

  it('end when their time is up, under all their keys', () => {
    const clock = new ManualClock();
    const delayed = new DelayedOperations(clock);
    const keys = [new WatchKey(), new WatchKey()];
    const waiting = operation(1);
    delayed.watch(waiting, keys, 100);
    clock.pass(99);
    expect(waiting.woken).toEqual([]);
    clock.pass(1);
    expect(waiting.woken).toEqual(['expired']);
    expect(keys.map((key) => key.waiting.size)).toEqual([0, 0]);
    expect(delayed.size).toBe(0);
  });

  it('leave neither timer nor key behind when they are stopped', () => {
    const clock = new ManualClock();
    const delayed = new DelayedOperations(clock);
    const key = new WatchKey();
    const stop = delayed.watch(operation(1), [key], 100);
    stop();
    stop();
    expect([delayed.size, key.waiting.size, clock.timerCount]).toEqual([0, 0, 0]);
  });

  it('all end at once when the broker leaves', () => {
    const clock = new ManualClock();
    const delayed = new DelayedOperations(clock);
    const waiting = [operation(1), operation(1)];
    for (const each of waiting) delayed.watch(each, [new WatchKey()], 100);
    delayed.expireAll();
    expect(waiting.map(({ woken }) => woken)).toEqual([['expired'], ['expired']]);
    expect(clock.timerCount).toBe(0);
  });
});
