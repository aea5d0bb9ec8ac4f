// The last answer to a client that isn't let in: late, so that guessing takes time, and then the connection ends.

import type { Clock } from '../../io/io.ts';
import { waitWhileThere } from '../patience.ts';
import type { ClientPeer } from '../request-context.ts';

/** Resolves to `answer` after `delayMs`, or as soon as the client is gone. */
export async function sendAwayLate<T>(
  clock: Clock,
  peer: ClientPeer,
  delayMs: number,
  reason: string,
  answer: T,
): Promise<T> {
  await waitWhileThere(clock, peer, delayMs);
  peer.closeAfterAnswer(reason);
  return answer;
}
