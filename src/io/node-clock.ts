// Time from the operating system: Date.now, performance.now and Node's timers.

import type { Clock, Timer } from './io.ts';

/** setTimeout takes at most 2^31-1 ms and fires at once beyond it, so a longer wait is made of steps. */
const LONGEST_STEP_MS = 0x7fff_ffff;

/** Node counts a delay from where its loop last looked at the time, so setTimeout may be early: then the rest is waited out. */
class NodeTimer implements Timer {
  #handle: NodeJS.Timeout | undefined;
  readonly #callback: () => void;
  readonly #background: boolean;
  readonly #dueMs: number;

  constructor(delayMs: number, callback: () => void, background: boolean) {
    this.#callback = callback;
    this.#background = background;
    this.#dueMs = performance.now() + delayMs;
    this.#arm(delayMs);
  }

  #arm(delayMs: number): void {
    const stepMs = Math.min(Math.max(delayMs, 0), LONGEST_STEP_MS);
    this.#handle = setTimeout(this.#stepOver, Math.ceil(stepMs));
    if (this.#background) this.#handle.unref();
  }

  readonly #stepOver = (): void => {
    const restMs = this.#dueMs - performance.now();
    if (restMs > 0) {
      this.#arm(restMs);
      return;
    }
    this.#handle = undefined;
    this.#callback();
  };

  cancel(): void {
    if (this.#handle === undefined) return;
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }
}

export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, callback, options) =>
    new NodeTimer(delayMs, callback, options?.background === true),
  defer: (callback) => {
    setImmediate(callback);
  },
  busyMs: () => performance.eventLoopUtilization().active,
};
