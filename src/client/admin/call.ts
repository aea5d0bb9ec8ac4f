// One admin operation with its deadline and its tries: the time-out texts and retry rules of KafkaAdminClient.Call.

import { type ClientError, TimeoutError } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';

export class Call {
  /** Java's name for it: listTopics. */
  readonly name: string;
  /** On Clock.monotonicMs. */
  readonly deadlineMs: number;
  readonly #client: KafkaClient;
  #tries = 0;

  constructor(client: KafkaClient, name: string, timeoutMs: number) {
    this.#client = client;
    this.name = name;
    this.deadlineMs = client.io.clock.monotonicMs() + timeoutMs;
  }

  /** Never negative. */
  get leftMs(): number {
    return Math.max(0, this.deadlineMs - this.#client.io.clock.monotonicMs());
  }

  /** For a call that got no node until its deadline. */
  readonly unassigned = (): TimeoutError =>
    new TimeoutError(`Timed out waiting for a node assignment. Call: ${this.name}`);

  /** For a call that found no server to ask until its deadline. */
  readonly unreachable = (): TimeoutError => {
    const error = this.unassigned();
    const { unreachableHint } = this.#client;
    if (unreachableHint === undefined) return error;
    return new TimeoutError(`${error.message}. ${unreachableHint}`);
  };

  /** After a retriable failure: waits the back-off, or throws what Java's call fails with when time or tries are over. */
  async backOff(cause: ClientError): Promise<void> {
    this.#tries++;
    if (this.#tries > this.#client.config.retries) throw cause;
    const delayMs = this.#client.retryBackoff.delayMs(this.#tries - 1);
    if (this.leftMs <= delayMs) {
      await this.#client.network.sleep(this.leftMs);
      throw this.timedOut(cause);
    }
    await this.#client.network.sleep(delayMs);
    this.#client.network.checkOpen();
  }

  /** For a call whose last try failed or was cut off at the deadline. */
  timedOut(cause: ClientError): TimeoutError {
    const nowMs = this.#client.io.clock.nowMs();
    const deadlineMs = Math.round(nowMs + this.deadlineMs - this.#client.io.clock.monotonicMs());
    return new TimeoutError(
      `Call(callName=${this.name}, deadlineMs=${deadlineMs}, tries=${this.#tries}, nextAllowedTryMs=0) ` +
        `timed out at ${nowMs} after ${this.#tries} attempt(s)`,
      cause,
    );
  }
}
