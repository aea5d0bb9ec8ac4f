// Answers that wait for the high watermark, in the order of their offsets. An answer that waits longer than its
// time-out is given as REQUEST_TIMED_OUT; what it answers for may still be committed later, as in Kafka.

import type { Clock, Timer } from '../../io/io.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';

export interface DeferredAnswer {
  /** Called exactly once. */
  complete(error: ApiError | undefined): void;
}

interface Waiting {
  readonly offset: number;
  readonly answer: DeferredAnswer;
  readonly deadlineMs: number;
  done: boolean;
}

export class DeferredQueue {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #waiting: Waiting[] = [];
  #head = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#waiting.length - this.#head;
  }

  add(offset: number, answer: DeferredAnswer): void {
    const deadlineMs = this.#clock.monotonicMs() + this.#timeoutMs;
    this.#waiting.push({ offset, answer, deadlineMs, done: false });
    if (this.#timer === undefined) this.#arm(this.#timeoutMs);
  }

  /** Gives every answer whose offset is at or before the high watermark. */
  completeUpTo(offset: number): void {
    while (this.#head < this.#waiting.length && this.#waiting[this.#head]!.offset <= offset) {
      const waiting = this.#waiting[this.#head++]!;
      this.#finish(waiting, undefined);
    }
    this.#compact();
  }

  failAll(error: ApiError): void {
    const waiting = this.#waiting.slice(this.#head);
    this.#waiting = [];
    this.#head = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const one of waiting) this.#finish(one, error);
  }

  #finish(waiting: Waiting, error: ApiError | undefined): void {
    if (waiting.done) return;
    waiting.done = true;
    waiting.answer.complete(error);
  }

  #compact(): void {
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
      this.#timer?.cancel();
      this.#timer = undefined;
    } else if (this.#head > 1024) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }

  #arm(delayMs: number): void {
    this.#timer = this.#clock.setTimer(delayMs, () => this.#expire(), { background: true });
  }

  /** All time-outs are the same, so the deadlines ascend. */
  #expire(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (let i = this.#head; i < this.#waiting.length; i++) {
      const waiting = this.#waiting[i]!;
      if (waiting.deadlineMs > nowMs) {
        this.#arm(waiting.deadlineMs - nowMs);
        return;
      }
      this.#finish(waiting, new ApiError(Errors.REQUEST_TIMED_OUT));
    }
  }
}
