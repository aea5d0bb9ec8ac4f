// Virtual time and seeded chance for coordinator tests: nothing happens until a test says so.

import type { Clock, Io, Random, Timer } from '../../../src/io/io.ts';

interface VirtualTimer {
  dueMs: number;
  order: number;
  callback: () => void;
  cancelled: boolean;
}

export class VirtualClock implements Clock {
  #nowMs = 1_700_000_000_000;
  #order = 0;
  #timers: VirtualTimer[] = [];
  #deferred: (() => void)[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer: VirtualTimer = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      callback,
      cancelled: false,
    };
    this.#timers.push(timer);
    return {
      cancel: () => {
        timer.cancelled = true;
      },
    };
  }

  /** Timers that would still call back. */
  get pendingTimers(): number {
    return this.#timers.filter(({ cancelled }) => !cancelled).length;
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  /** Runs what was deferred and lets promises settle, until nothing moves. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      await new Promise((resolve) => setImmediate(resolve));
      const deferred = this.#deferred;
      this.#deferred = [];
      for (const callback of deferred) callback();
      quiet = deferred.length === 0 ? quiet + 1 : 0;
    }
  }

  /** Lets `durationMs` pass, every timer at its time. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await this.settle();
    for (;;) {
      this.#timers = this.#timers.filter(({ cancelled }) => !cancelled);
      let next: VirtualTimer | undefined;
      for (const timer of this.#timers) {
        if (timer.dueMs > endMs) continue;
        if (next === undefined || timer.dueMs < next.dueMs) next = timer;
        else if (timer.dueMs === next.dueMs && timer.order < next.order) next = timer;
      }
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.cancelled = true;
      next.callback();
      await this.settle();
    }
    this.#nowMs = endMs;
  }
}

/** xorshift32: the same seed, the same run. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761) >>> 0 || 1;
  }

  #next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  int(bound: number): number {
    return this.#next() % bound;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.int(256)));
  }

  uuid(): string {
    return this.bytes(16).toString('base64url').replace(/^-/, 'A');
  }

  chance(percent: number): boolean {
    return this.int(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)]!;
  }
}

export function virtualIo(seed = 1): { io: Io; clock: VirtualClock; random: SeededRandom } {
  const clock = new VirtualClock();
  const random = new SeededRandom(seed);
  // The coordinator touches neither disk nor network.
  return { io: { clock, random } as unknown as Io, clock, random };
}
