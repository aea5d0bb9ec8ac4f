// Work that comes again and again in the background (Kafka's scheduler): one that fails is told of and comes again.

import type { Clock, Timer } from '../io/io.ts';

const MAX_TIMER_MS = 0x7fffffff;

export class PeriodicTasks {
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  readonly #timers = new Set<Timer>();
  #closed = false;

  constructor(clock: Clock, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Never, when the interval is longer than a timer can be. */
  every(intervalMs: number, firstDelayMs: number, work: () => void): void {
    if (intervalMs > MAX_TIMER_MS) return;
    const arm = (delayMs: number) => {
      const timer = this.#clock.setTimer(
        delayMs,
        () => {
          this.#timers.delete(timer);
          if (this.#closed) return;
          try {
            work();
          } catch (error) {
            this.#onFailure(error);
          }
          arm(Math.max(intervalMs, 1));
        },
        { background: true },
      );
      this.#timers.add(timer);
    };
    arm(Math.min(firstDelayMs, MAX_TIMER_MS));
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
