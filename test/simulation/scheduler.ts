// Virtual time: a queue of events, run one at a time in order of due time, then of insertion.
// Nothing waits in real time. Between two events every promise reaction runs to its end, so a run depends on
// nothing but the seed. Usage: `await scheduler.run(async () => { ...code that waits on virtual timers... })`.

import type { Timer } from '../../src/io/io.ts';

class Event implements Timer {
  readonly dueMs: number;
  readonly sequence: number;
  callback: (() => void) | undefined;

  constructor(dueMs: number, sequence: number, callback: () => void) {
    this.dueMs = dueMs;
    this.sequence = sequence;
    this.callback = callback;
  }

  cancel(): void {
    this.callback = undefined;
  }
}

/** Nothing is left to happen, and what was waited for didn't. */
export class DeadlockError extends Error {
  constructor(nowMs: number) {
    super(`nothing is left to happen at ${nowMs} ms of virtual time`);
    this.name = 'DeadlockError';
  }
}

export class Scheduler {
  /** Virtual milliseconds since the simulation began. */
  nowMs = 0;
  /** More events than this in one run is taken for an endless loop. */
  maxEvents = 2_000_000;
  #sequence = 0;
  /** A binary heap by (dueMs, sequence). */
  readonly #heap: Event[] = [];

  schedule(delayMs: number, callback: () => void): Timer {
    const dueMs = this.nowMs + Math.max(0, delayMs);
    const event = new Event(dueMs, this.#sequence++, callback);
    this.#heap.push(event);
    this.#siftUp(this.#heap.length - 1);
    return event;
  }

  /** Runs events until `work` has settled, and gives its result. Throws DeadlockError when nothing is left to run. */
  async run<T>(work: () => Promise<T> | T): Promise<T> {
    let settled = false;
    const result = (async () => work())();
    const mark = () => {
      settled = true;
    };
    result.then(mark, mark);
    await reactions();
    for (let events = 0; !settled; events++) {
      if (events > this.maxEvents) throw new Error('the simulation does not come to an end');
      if (!this.#step()) throw new DeadlockError(this.nowMs);
      await reactions();
    }
    return result;
  }

  /** Lets `durationMs` of virtual time pass. */
  async advance(durationMs: number): Promise<void> {
    let due = false;
    const timer = this.schedule(durationMs, () => {
      due = true;
    });
    while (!due) {
      this.#step();
      await reactions();
    }
    timer.cancel();
  }

  /** Resolves after `durationMs` of virtual time; for use within run(). */
  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(durationMs, resolve);
    });
  }

  /** Runs the next event. False when none is left. */
  #step(): boolean {
    for (;;) {
      const event = this.#pop();
      if (event === undefined) return false;
      const { callback } = event;
      if (callback === undefined) continue;
      event.callback = undefined;
      this.nowMs = Math.max(this.nowMs, event.dueMs);
      callback();
      return true;
    }
  }

  #before(a: Event, b: Event): boolean {
    return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence);
  }

  #siftUp(start: number): void {
    const heap = this.#heap;
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#before(heap[at]!, heap[parent]!)) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.#before(heap[child]!, heap[least]!)) least = child;
      }
      if (least === at) return first;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

/** Lets every promise reaction that can run do so; it takes no virtual time. */
function reactions(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
