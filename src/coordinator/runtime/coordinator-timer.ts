// Named timers of one coordinator shard; an expiry is an operation like any other and may return records.
// Scheduling under a name that is taken replaces it. Kafka: CoordinatorTimer.
// A deadline that only moves away (a heartbeat) costs one assignment: the armed timer rearms itself when it fires.

import type { Clock, Timer } from '../../io/io.ts';
import type { CoordinatorResult } from './coordinator-result.ts';

export type TimedOperation<R> = () => CoordinatorResult<R, unknown>;

export interface CoordinatorTimer<R> {
  /** `retryBackoffMs`: when the write of the expiry fails, it is tried again after that; undefined: never. */
  schedule(
    key: string,
    delayMs: number,
    operation: TimedOperation<R>,
    retryBackoffMs?: number,
  ): void;
  cancel(key: string): void;
  isScheduled(key: string): boolean;
}

interface Entry<R> {
  deadlineMs: number;
  armedForMs: number;
  timer: Timer;
  operation: TimedOperation<R>;
  retryBackoffMs: number | undefined;
}

/** Runs an expiry as a write of the shard; calls back with false when it has to be tried again. */
export type ExpiryRunner<R> = (
  operation: TimedOperation<R>,
  done: (succeeded: boolean) => void,
) => void;

export class ShardTimer<R> implements CoordinatorTimer<R> {
  readonly #clock: Clock;
  readonly #run: ExpiryRunner<R>;
  readonly #entries = new Map<string, Entry<R>>();
  #closed = false;

  constructor(clock: Clock, run: ExpiryRunner<R>) {
    this.#clock = clock;
    this.#run = run;
  }

  get size(): number {
    return this.#entries.size;
  }

  schedule(
    key: string,
    delayMs: number,
    operation: TimedOperation<R>,
    retryBackoffMs?: number,
  ): void {
    if (this.#closed) return;
    const deadlineMs = this.#clock.monotonicMs() + Math.max(0, delayMs);
    const existing = this.#entries.get(key);
    if (existing !== undefined && existing.armedForMs <= deadlineMs) {
      existing.deadlineMs = deadlineMs;
      existing.operation = operation;
      existing.retryBackoffMs = retryBackoffMs;
      return;
    }
    existing?.timer.cancel();
    const entry = { deadlineMs, operation, retryBackoffMs } as Entry<R>;
    this.#entries.set(key, entry);
    this.#arm(key, entry);
  }

  cancel(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.timer.cancel();
    this.#entries.delete(key);
  }

  isScheduled(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Cancels all; nothing can be scheduled afterwards. */
  close(): void {
    this.#closed = true;
    for (const entry of this.#entries.values()) entry.timer.cancel();
    this.#entries.clear();
  }

  #arm(key: string, entry: Entry<R>): void {
    entry.armedForMs = entry.deadlineMs;
    const delayMs = Math.max(0, entry.deadlineMs - this.#clock.monotonicMs());
    entry.timer = this.#clock.setTimer(delayMs, () => this.#fire(key, entry), { background: true });
  }

  #fire(key: string, entry: Entry<R>): void {
    if (this.#closed || this.#entries.get(key) !== entry) return;
    // Rounding of the system's timer may fire a fraction of a millisecond early.
    if (this.#clock.monotonicMs() + 1 < entry.deadlineMs) {
      this.#arm(key, entry);
      return;
    }
    this.#entries.delete(key);
    this.#run(entry.operation, (succeeded) => {
      if (succeeded || entry.retryBackoffMs === undefined || this.#entries.has(key)) return;
      this.schedule(key, entry.retryBackoffMs, entry.operation, entry.retryBackoffMs);
    });
  }
}
