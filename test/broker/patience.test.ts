import { expect, test } from 'vitest';
import { waitWhileThere } from '../../src/broker/patience.ts';
import type { ClientPeer } from '../../src/broker/request-context.ts';
import { virtualIo } from '../coordinator/support/virtual-io.ts';

class Peer {
  readonly callbacks = new Set<() => void>();

  onGone(callback: () => void): () => void {
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }
}

function waiting(delayMs: number) {
  const { clock } = virtualIo();
  const peer = new Peer();
  let isOver = false;
  const wait = waitWhileThere(clock, peer as unknown as ClientPeer, delayMs).then(() => {
    isOver = true;
  });
  return { clock, peer, wait, isOver: () => isOver };
}

test('a client that stays is waited for as long as was said, and then forgotten', async () => {
  const { clock, peer, isOver } = waiting(100);
  await clock.advance(99);
  expect(isOver()).toBe(false);
  await clock.advance(1);
  expect(isOver()).toBe(true);
  expect(peer.callbacks.size).toBe(0);
});

test('a client that goes leaves neither a wait nor a timer behind', async () => {
  const { clock, peer, wait } = waiting(2 ** 31);
  for (const gone of peer.callbacks) gone();
  await wait;
  expect(clock.pendingTimers).toBe(0);
});
