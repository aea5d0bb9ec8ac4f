// Time from the operating system: Date.now, performance.now and Node's timers.

import type { Clock, Timer } from './io.ts';

/** setTimeout takes at most 2^31-1 ms and fires at once beyond it, so a longer wait is made of steps. */
const LONGEST_STEP_MS = 0x7fff_ffff;

class NodeTimer implements Timer {
  private handle: NodeJS.Timeout | undefined;
  private readonly callback: () => void;
  private readonly background: boolean;

  constructor(delayMs: number, callback: () => void, background: boolean) {
    this.callback = callback;
    this.background = background;
    this.arm(delayMs);
  }

  private arm(delayMs: number): void {
    const stepMs = Math.min(Math.max(delayMs, 0), LONGEST_STEP_MS);
    const restMs = delayMs - stepMs;
    this.handle = setTimeout(() => {
      if (restMs > 0) this.arm(restMs);
      else this.fire();
    }, Math.ceil(stepMs));
    if (this.background) this.handle.unref();
  }

  private fire(): void {
    this.handle = undefined;
    this.callback();
  }

  cancel(): void {
    if (this.handle === undefined) return;
    clearTimeout(this.handle);
    this.handle = undefined;
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
};
