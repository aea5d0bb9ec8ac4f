// Something that a caller began and waits for at most max.block.ms: it goes on behind his back and may be waited for again
// (Kafka's TransactionalRequestResult).

import type { Clock } from '../../../io/io.ts';
import { type ClientError, TimeoutError } from '../../errors.ts';
import { Waiters } from '../../net/waiters.ts';

export class PendingOperation {
  /** Whether somebody has been told how it ended. */
  isAcknowledged = false;
  #isSettled = false;
  #error: ClientError | undefined;
  readonly #waiters = new Waiters();

  get isDone(): boolean {
    return this.#isSettled;
  }

  /** The first end counts. */
  done(): void {
    this.#settle(undefined);
  }

  fail(error: ClientError): void {
    this.#settle(error);
  }

  /** Rejects with what it failed with, or after `timeoutMs` with a TimeoutError of that text. */
  async wait(clock: Clock, timeoutMs: number, timeoutText: string): Promise<void> {
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    while (!this.#isSettled) {
      if (clock.monotonicMs() >= deadlineMs) throw new TimeoutError(timeoutText);
      await this.#waiters.wait(clock, deadlineMs);
    }
    this.isAcknowledged = true;
    if (this.#error !== undefined) throw this.#error;
  }

  #settle(error: ClientError | undefined): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#error = error;
    this.#waiters.wakeAll();
  }
}
