// Promises that wait for the next event, or a deadline. A handful at most: who waits re-checks its condition itself.

import type { Clock } from '../../io/io.ts';

export class Waiters {
  #waiting = new Set<() => void>();

  /** Resolves at the next wakeAll, or at the deadline (on Clock.monotonicMs). */
  wait(clock: Clock, deadlineMs = Number.POSITIVE_INFINITY): Promise<void> {
    return new Promise((resolve) => {
      if (deadlineMs === Number.POSITIVE_INFINITY) {
        this.#waiting.add(resolve);
        return;
      }
      const wake = () => {
        timer.cancel();
        resolve();
      };
      const timer = clock.setTimer(Math.max(0, deadlineMs - clock.monotonicMs()), () => {
        this.#waiting.delete(wake);
        resolve();
      });
      this.#waiting.add(wake);
    });
  }

  wakeAll(): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }
}
