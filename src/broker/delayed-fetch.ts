// A fetch that found less than its minimum and waits: for records in its partitions, its time or its client's leaving.
// Each wake reads again; an answer is made once.

import type { Clock } from '../io/io.ts';
import type { DelayedOperation, DelayedOperations, WakeReason } from './delayed-operations.ts';
import { type ReadAll, releaseReads } from './fetch-reader.ts';
import type { ClientPeer } from './request-context.ts';

export interface DelayedFetchOptions {
  readonly clock: Clock;
  readonly delayed: DelayedOperations;
  readonly peer: ClientPeer;
  readonly minBytes: number;
  readonly maxWaitMs: number;
  readonly read: () => ReadAll;
  /** The reader sees committed records only: a marker of few bytes may show it many. */
  readonly isCommitted: boolean;
}

/** Resolves with what there is when it is enough or time is up; with null when the client has gone. */
export function waitForRecords(
  options: DelayedFetchOptions,
  first: ReadAll,
): Promise<ReadAll | null> {
  return new Promise((resolve) => new DelayedFetch(options, first, resolve));
}

class DelayedFetch implements DelayedOperation {
  readonly #options: DelayedFetchOptions;
  readonly #resolve: (result: ReadAll | null) => void;
  readonly #deadlineMs: number;
  readonly #forgetPeer: () => void;
  #missingBytes = 0;
  #stop: () => void = () => {};

  constructor(
    options: DelayedFetchOptions,
    first: ReadAll,
    resolve: (result: ReadAll | null) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#deadlineMs = options.clock.monotonicMs() + options.maxWaitMs;
    this.#forgetPeer = options.peer.onGone(() => this.wake('cancelled'));
    this.#wait(first, options.maxWaitMs);
  }

  isReady(arrivedBytes: number): boolean {
    this.#missingBytes -= arrivedBytes;
    return this.#missingBytes <= 0 || this.#options.isCommitted;
  }

  wake(reason: WakeReason): void {
    this.#stop();
    if (reason === 'cancelled') {
      this.#resolve(null);
      return;
    }
    const result = this.#options.read();
    const leftMs = this.#deadlineMs - this.#options.clock.monotonicMs();
    const isEnough = result.isUrgent || result.sizeBytes >= this.#options.minBytes;
    if (isEnough || reason === 'expired' || leftMs <= 0) {
      this.#forgetPeer();
      this.#resolve(result);
    } else {
      // Records came, but none that this client may read yet.
      this.#wait(result, leftMs);
    }
  }

  #wait(result: ReadAll, waitMs: number): void {
    releaseReads(result.reads);
    this.#missingBytes = this.#options.minBytes - result.sizeBytes;
    const keys = [];
    for (const { partition } of result.reads) {
      if (partition !== undefined) keys.push(partition.arrivals);
    }
    this.#stop = this.#options.delayed.watch(this, keys, waitMs);
  }
}
