// Drives the steps of a cleaning: a slice at a time, others' turn between two slices, and no more bytes a second than
// log.cleaner.io.max.bytes.per.second allows. Never holds the loop longer than a slice and one step.

import type { Clock } from '../../io/io.ts';
import type { Steps } from './cleaning.ts';

export interface Pace {
  /** How long a slice may take. */
  readonly sliceMs: number;
  /** Read and written; at or above Number.MAX_VALUE / 2 there is no limit. */
  readonly maxBytesPerSecond: number;
}

/** The cleaning was called off: what it had written is to be thrown away. */
export class CleaningAbortedError extends Error {
  constructor() {
    super('The cleaning was aborted');
    this.name = 'CleaningAbortedError';
  }
}

/** Ahead of the allowed rate by so much it waits. */
const PATIENCE_MS = 50;

export class PacedRun {
  readonly #clock: Clock;
  readonly #pace: Pace;
  #aborted = false;
  /** When the bytes moved so far are paid for. */
  #paidMs = 0;

  constructor(clock: Clock, pace: Pace) {
    this.#clock = clock;
    this.#pace = pace;
  }

  /** The run in progress rejects with CleaningAbortedError at its next step. */
  abort(): void {
    this.#aborted = true;
  }

  async run<T>(steps: Steps<T>): Promise<T> {
    try {
      for (;;) {
        const result = await this.#slice(steps);
        if (result !== undefined) return result.value;
      }
    } finally {
      // Closes the files of a run that ended early.
      steps.return(undefined as T);
    }
  }

  async #slice<T>(steps: Steps<T>): Promise<{ value: T } | undefined> {
    const clock = this.#clock;
    const endMs = clock.monotonicMs() + this.#pace.sliceMs;
    let waitMs = 0;
    do {
      if (this.#aborted) throw new CleaningAbortedError();
      const step = steps.next();
      if (step.done === true) return { value: step.value };
      if (typeof step.value === 'number') waitMs = this.#owedMs(step.value);
      else await step.value;
    } while (waitMs === 0 && this.#pace.sliceMs > 0 && clock.monotonicMs() < endMs);
    await new Promise<void>((resolve) => {
      if (waitMs > 0) clock.setTimer(waitMs, resolve, { background: true });
      else clock.defer(resolve);
    });
    return undefined;
  }

  /** How long to wait for `bytes` more, 0 when it isn't worth it yet. */
  #owedMs(bytes: number): number {
    const { maxBytesPerSecond } = this.#pace;
    if (maxBytesPerSecond >= Number.MAX_VALUE / 2) return 0;
    const nowMs = this.#clock.monotonicMs();
    this.#paidMs = Math.max(this.#paidMs, nowMs) + (bytes * 1000) / maxBytesPerSecond;
    const ahead = this.#paidMs - nowMs;
    return ahead > PATIENCE_MS ? ahead : 0;
  }
}
