// Requests that wait for something to happen in a partition: Kafka's purgatory.
// An operation waits under several keys; it ends once, by being completed, by its timer or by its client's leaving.

import type { Clock, Timer } from '../io/io.ts';

/** Anything that an operation can wait for: partitions carry one each. */
export class WatchKey {
  readonly waiting = new Set<DelayedOperation>();
  /** It is in the list of those to be looked at. */
  isTouched = false;
  /** Bytes that came since it was last looked at. */
  arrivedBytes = 0;
}

/** `check`: try again now; `expired`: time is up, answer with what there is; `cancelled`: nobody waits any more. */
export type WakeReason = 'check' | 'expired' | 'cancelled';

export interface DelayedOperation {
  /** Something arrived under a key; true when the operation wants to be woken. */
  isReady(arrivedBytes: number): boolean;
  wake(reason: WakeReason): void;
}

export class DelayedOperations {
  readonly #clock: Clock;
  readonly #touched: WatchKey[] = [];
  #isScheduled = false;
  readonly #stops = new Map<DelayedOperation, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#stops.size;
  }

  /** Waits until the operation is woken or `waitMs` passed. The function returned stops the waiting (idempotent). */
  watch(operation: DelayedOperation, keys: readonly WatchKey[], waitMs: number): () => void {
    for (const key of keys) key.waiting.add(operation);
    let timer: Timer | undefined = this.#clock.setTimer(waitMs, () => {
      stop();
      operation.wake('expired');
    });
    const stop = () => {
      if (timer === undefined) return;
      timer.cancel();
      timer = undefined;
      this.#stops.delete(operation);
      for (const key of keys) key.waiting.delete(operation);
    };
    this.#stops.set(operation, stop);
    return stop;
  }

  /**
   * Something happened under the key. Those who wait are looked at after the events at hand had their turn, once for
   * all that happened till then: the producer's answer is on its way before a consumer's is made.
   */
  touch(key: WatchKey, arrivedBytes: number): void {
    if (key.waiting.size === 0) return;
    key.arrivedBytes += arrivedBytes;
    if (key.isTouched) return;
    key.isTouched = true;
    this.#touched.push(key);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.defer(() => this.#lookAtTouched());
  }

  /** Wakes all that wait under a key: the partition is gone or has another leader. */
  wakeAll(key: WatchKey): void {
    for (const operation of [...key.waiting]) operation.wake('check');
  }

  /** Nobody waits any longer: the broker is leaving. */
  expireAll(): void {
    for (const [operation, stop] of [...this.#stops]) {
      stop();
      operation.wake('expired');
    }
  }

  #lookAtTouched(): void {
    this.#isScheduled = false;
    const keys = this.#touched.splice(0);
    for (const key of keys) {
      const arrivedBytes = key.arrivedBytes;
      key.isTouched = false;
      key.arrivedBytes = 0;
      for (const operation of [...key.waiting]) {
        if (operation.isReady(arrivedBytes)) operation.wake('check');
      }
    }
  }
}
