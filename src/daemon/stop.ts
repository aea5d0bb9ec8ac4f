// Ends a broker: SIGTERM to the process that holds the lock, then waits until the lock is free.

import type { Io } from '../io/io.ts';
import type { ClusterPlaces } from './places.ts';
import { isLocked, readState } from './state.ts';

const POLL_MS = 15;

/** False: nothing ran. Rejects when it still runs after `timeoutMs`. */
export async function stopBroker(
  io: Io,
  places: ClusterPlaces,
  timeoutMs: number,
): Promise<boolean> {
  if (!isLocked(io, places.daemonLock)) return false;
  const state = readState(io, places);
  if (state === undefined || state.pid === 0) {
    throw new Error(
      `A broker holds ${places.daemonLock} but hasn't said which process it is; try again.`,
    );
  }
  terminate(state.pid);
  if (await isReleased(io, places.daemonLock, timeoutMs)) return true;
  throw new Error(
    `The broker '${places.cluster}' (process ${state.pid}) is still stopping after ${timeoutMs / 1000} s; see ${places.logFile}.`,
  );
}

/** No error when it has gone meanwhile. */
export function terminate(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves with true once nobody holds the lock, with false when somebody still does after `timeoutMs`. */
export async function isReleased(io: Io, lockPath: string, timeoutMs: number): Promise<boolean> {
  const deadlineMs = io.clock.monotonicMs() + timeoutMs;
  while (isLocked(io, lockPath)) {
    if (io.clock.monotonicMs() > deadlineMs) return false;
    await new Promise<void>((resolve) => io.clock.setTimer(POLL_MS, resolve));
  }
  return true;
}
