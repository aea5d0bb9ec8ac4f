// Exponential back-off with jitter, as Kafka's ExponentialBackoff (KIP-580, KIP-601).
// Pure but for the dice; keeps no timers and no state.

import type { Random } from '../../io/io.ts';

const BASE = 2;
const JITTER = 0.2;
const DICE = 1 << 30;

export class ExponentialBackoff {
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #random: Random;

  constructor(initialMs: number, maxMs: number, random: Random) {
    this.#initialMs = Math.min(initialMs, maxMs);
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /** Milliseconds to wait after `failures` failures in a row (0 is the first wait): doubled each time, ±20 %, at most the maximum. */
  delayMs(failures: number): number {
    if (this.#initialMs <= 0) return 0;
    const term = Math.min(this.#initialMs * BASE ** Math.min(failures, 40), this.#maxMs);
    const factor = 1 - JITTER + (2 * JITTER * this.#random.int(DICE)) / DICE;
    return Math.min(Math.floor(term * factor), this.#maxMs);
  }
}
