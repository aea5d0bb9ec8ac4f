// Promises that wait for the next event, or a deadline. A handful at most: who waits re-checks its condition itself.

import type { Clock } from '../../io/io.ts';

export class Waiters {
  #waiting: (() => void)[] = [];

  /** Resolves at the next wakeAll, or at the deadline (on Clock.monotonicMs). */
  wait(clock: Clock, deadlineMs = Number.POSITIVE_INFINITY): Promise<void> {
    return new Promise((resolve) => {
      if (deadlineMs === Number.POSITIVE_INFINITY) {
        this.#waiting.push(resolve);
        return;
      }
      const timer = clock.setTimer(Math.max(0, deadlineMs - clock.monotonicMs()), resolve);
      this.#waiting.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  wakeAll(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
