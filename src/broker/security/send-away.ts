// The last answer to a client that isn't let in: late, so that guessing takes time, and then the connection ends.

import type { Clock } from '../../io/io.ts';
import type { ClientPeer } from '../request-context.ts';

/** Resolves to `answer` after `delayMs`, or as soon as the client is gone. */
export function sendAwayLate<T>(
  clock: Clock,
  peer: ClientPeer,
  delayMs: number,
  reason: string,
  answer: T,
): Promise<T> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      forget();
      peer.closeAfterAnswer(reason);
      resolve(answer);
    };
    const timer = clock.setTimer(delayMs, done);
    const forget = peer.onGone(done);
  });
}
