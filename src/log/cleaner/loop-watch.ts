// Whether the broker's loop is busy, for a cleaning in another thread that then gives way: looked at a few times a second,
// and only while something is cleaned. It knows of no other process.

import type { Clock, Timer } from '../../io/io.ts';

const LOOK_EVERY_MS = 50;
/** From this share of the time on, the loop counts as busy. */
const BUSY_SHARE = 0.4;
/** Looks in a row that find it idle, before it counts as idle again: a pause between two requests is none. */
const IDLE_LOOKS = 4;

export class LoopWatch {
  readonly #clock: Clock;
  readonly #onChange: (isBusy: boolean) => void;
  #timer: Timer | undefined;
  #isBusy = false;
  #idleLooks = 0;
  #busyMs = 0;
  #atMs = 0;

  /** Says nothing as long as the loop is idle, nor ever where nobody knows (Clock.busyMs). */
  constructor(clock: Clock, onChange: (isBusy: boolean) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    if (clock.busyMs === undefined) return;
    this.#busyMs = clock.busyMs();
    this.#atMs = clock.monotonicMs();
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(LOOK_EVERY_MS, () => this.#look(), { background: true });
  }

  #look(): void {
    const [busyMs, atMs] = [this.#clock.busyMs!(), this.#clock.monotonicMs()];
    const share = (busyMs - this.#busyMs) / (atMs - this.#atMs);
    [this.#busyMs, this.#atMs] = [busyMs, atMs];
    this.#idleLooks = share >= BUSY_SHARE ? 0 : this.#idleLooks + 1;
    const isBusy = this.#idleLooks === 0 || (this.#isBusy && this.#idleLooks < IDLE_LOOKS);
    if (isBusy !== this.#isBusy) {
      this.#isBusy = isBusy;
      this.#onChange(isBusy);
    }
    this.#arm();
  }
}
