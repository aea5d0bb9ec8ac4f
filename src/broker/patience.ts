// Waiting on behalf of a client: for a while, and no longer than the client stays.

import type { Clock } from '../io/io.ts';
import type { ClientPeer } from './request-context.ts';

/** Resolves after `delayMs`, or as soon as the client is gone. */
export function waitWhileThere(clock: Clock, peer: ClientPeer, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      forget();
      resolve();
    };
    const timer = clock.setTimer(delayMs, done);
    const forget = peer.onGone(done);
  });
}
