// What moves between log directories may copy a second, all of them together
// (replica.alter.log.dirs.io.max.bytes.per.second; AlterLogDirsReplication quota). A copy is made, then paid for.

import type { Clock } from '../io/io.ts';

export class MoveQuota {
  readonly #clock: Clock;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  /** Copied, and not yet allowed. */
  #debtBytes = 0;
  #atMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From now on; moves that wait are told at their next look. */
  set bytesPerSecond(limit: number) {
    this.#settle();
    this.#bytesPerSecond = Math.max(limit, 1);
  }

  copied(bytes: number): void {
    this.#settle();
    this.#debtBytes += bytes;
  }

  /** How long to wait with the next copy. */
  get waitMs(): number {
    this.#settle();
    return (this.#debtBytes * 1000) / this.#bytesPerSecond;
  }

  #settle(): void {
    const nowMs = this.#clock.monotonicMs();
    const allowed = ((nowMs - this.#atMs) * this.#bytesPerSecond) / 1000;
    this.#debtBytes = this.#debtBytes > allowed ? this.#debtBytes - allowed : 0;
    this.#atMs = nowMs;
  }
}
