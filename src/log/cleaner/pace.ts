// Drives the steps of a cleaning: a slice at a time, others' turn between two slices, and no more bytes a second than
// log.cleaner.io.max.bytes.per.second allows; asked to give way, it rests most of the time. Never holds the loop longer
// than a slice and one step.

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

/**
 * Giving way, it works this share of the time; more where that is less than GIVE_WAY_BYTES_PER_SECOND, so that a log that
 * is written at full speed doesn't outgrow its cleaning (read twice: 100 MB a second of it).
 */
const GIVE_WAY_SHARE = 0.3;
const GIVE_WAY_BYTES_PER_SECOND = 200_000_000;
const GIVE_WAY_SLICE_MS = 10;

/** Ahead of the allowed rate by so much it waits. */
const PATIENCE_MS = 50;

export class PacedRun {
  readonly #clock: Clock;
  readonly #pace: Pace;
  #aborted = false;
  #givesWay = false;
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

  /** From the next slice on. */
  giveWay(isAsked: boolean): void {
    this.#givesWay = isAsked;
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
    const givesWay = this.#givesWay;
    const sliceMs = givesWay ? Math.min(this.#pace.sliceMs, GIVE_WAY_SLICE_MS) : this.#pace.sliceMs;
    const startMs = clock.monotonicMs();
    let waitMs = 0;
    let bytes = 0;
    do {
      if (this.#aborted) throw new CleaningAbortedError();
      const step = steps.next();
      if (step.done === true) return { value: step.value };
      if (typeof step.value === 'number') {
        waitMs = this.#owedMs(step.value);
        bytes += step.value;
      } else await step.value;
    } while (waitMs === 0 && sliceMs > 0 && clock.monotonicMs() < startMs + sliceMs);
    if (givesWay) waitMs = Math.max(waitMs, restMs(clock.monotonicMs() - startMs, bytes));
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

/** After `workedMs` in which `bytes` were moved. */
function restMs(workedMs: number, bytes: number): number {
  const byShare = workedMs / GIVE_WAY_SHARE - workedMs;
  const byBytes = (bytes * 1000) / GIVE_WAY_BYTES_PER_SECOND - workedMs;
  return Math.max(Math.min(byShare, byBytes), 0);
}
