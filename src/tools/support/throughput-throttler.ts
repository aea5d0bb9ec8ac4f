// Holds a sender to a number of records a second (org.apache.kafka.server.util.ThroughputThrottler): asked after each
// record, it sleeps once two milliseconds of rest have come together.

import type { Clock } from '../../io/io.ts';

const SHORTEST_SLEEP_MS = 2;

export class ThroughputThrottler {
  readonly #clock: Clock;
  /** Records a second; negative: no limit, 0: nothing goes. */
  readonly #target: number;
  readonly #startMs: number;
  #owedMs = 0;

  constructor(clock: Clock, target: number) {
    this.#clock = clock;
    this.#target = target;
    this.#startMs = clock.nowMs();
  }

  /** After `sent` records before the one that was sent at `nowMs`. */
  shouldThrottle(sent: number, nowMs: number): boolean {
    if (this.#target < 0) return false;
    const elapsedSeconds = (nowMs - this.#startMs) / 1000;
    return elapsedSeconds > 0 && sent / elapsedSeconds > this.#target;
  }

  /** Resolves when the next record may go, or at once when `signal` is aborted. */
  async throttle(signal?: AbortSignal): Promise<void> {
    this.#owedMs += this.#target > 0 ? 1000 / this.#target : Number.POSITIVE_INFINITY;
    if (this.#owedMs < SHORTEST_SLEEP_MS) return;
    const deadlineMs = this.#clock.monotonicMs() + this.#owedMs;
    this.#owedMs = 0;
    await sleepUntil(this.#clock, deadlineMs, signal);
  }
}

/** No timer reaches further. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves then, or at once when `signal` is aborted. */
export function sleepUntil(clock: Clock, deadlineMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const wait = () => {
      const leftMs = deadlineMs - clock.monotonicMs();
      return clock.setTimer(Math.min(Math.max(leftMs, 0), LONGEST_TIMER_MS), () => {
        if (clock.monotonicMs() < deadlineMs) timer = wait();
        else done();
      });
    };
    let timer = wait();
    if (signal?.aborted) done();
    else signal?.addEventListener('abort', done, { once: true });
  });
}
