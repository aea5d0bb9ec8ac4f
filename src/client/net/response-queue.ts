// The requests of one connection that wait for their answers: a queue, because a broker answers in order.
// Knows deadlines and correlation ids, nothing of bytes or sockets.

import type { Reader } from '../../protocol/reader.ts';
import type { ClientError } from '../errors.ts';

export interface PendingRequest {
  readonly correlationId: number;
  /** For errors and logs: METADATA. */
  readonly apiName: string;
  /** On Clock.monotonicMs. */
  readonly deadlineMs: number;
  /** Takes the answer behind its correlation id; throws when it isn't what it should be. */
  readonly answer: (reader: Reader) => void;
  readonly fail: (error: ClientError) => void;
}

export class ResponseQueue {
  #waiting: PendingRequest[] = [];
  #head = 0;

  get size(): number {
    return this.#waiting.length - this.#head;
  }

  push(request: PendingRequest): void {
    this.#waiting.push(request);
  }

  /** The oldest, removed; undefined when none waits. */
  shift(): PendingRequest | undefined {
    const first = this.#waiting[this.#head];
    if (first === undefined) return undefined;
    this.#head++;
    if (this.#head > 32) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  /** The earliest deadline; Infinity when none waits. */
  earliestDeadlineMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let at = this.#head; at < this.#waiting.length; at++) {
      earliest = Math.min(earliest, this.#waiting[at]!.deadlineMs);
    }
    return earliest;
  }

  /** One whose deadline has passed. */
  expired(nowMs: number): PendingRequest | undefined {
    for (let at = this.#head; at < this.#waiting.length; at++) {
      if (this.#waiting[at]!.deadlineMs <= nowMs) return this.#waiting[at];
    }
    return undefined;
  }

  /** Empties the queue, failing each. */
  failAll(error: ClientError): void {
    const failed = this.#waiting.slice(this.#head);
    this.#waiting = [];
    this.#head = 0;
    for (const request of failed) request.fail(error);
  }
}
