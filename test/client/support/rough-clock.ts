// A clock as a loaded machine has it: time goes on between two looks at it, and timers call back a little early, because the
// event loop counts their delay from where it last looked at the time.

import type { Clock, Io } from '../../../src/io/io.ts';

/** How far time goes on with each look. */
const LOOK_MS = 0.1;

/** `earlyMs` is how much of its delay a timer leaves out. */
export function withRoughClock(io: Io, earlyMs: number): Io {
  let driftMs = 0;
  const clock: Clock = {
    ...io.clock,
    monotonicMs: () => {
      driftMs += LOOK_MS;
      return io.clock.monotonicMs() + driftMs;
    },
    setTimer: (delayMs, callback, options) =>
      io.clock.setTimer(Math.max(0, delayMs - earlyMs), callback, options),
  };
  return { ...io, clock };
}
