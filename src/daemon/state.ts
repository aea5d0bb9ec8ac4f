// What is known about a cluster's daemon between commands: broker.json, and whether its lock is held.
// The file outlives a crash and keeps the port; the lock says that a daemon lives, which is that of the file
// when its process does: who starts the next one, or only looks at the lock, holds it too.

import type { Io } from '../io/io.ts';
import type { ClusterPlaces } from './places.ts';

export interface BrokerState {
  /** 0 once it has stopped in order. */
  readonly pid: number;
  readonly startedMs: number;
  readonly host: string;
  readonly port: number;
  readonly clusterId: string;
  /** kafta's version. */
  readonly version: string;
}

/** undefined when there is none or it can't be read: it is only a memory, and written anew by the next start. */
export function readState(io: Io, places: ClusterPlaces): BrokerState | undefined {
  if (!io.disk.exists(places.stateFile)) return undefined;
  try {
    const state = JSON.parse(io.disk.readFile(places.stateFile).toString()) as BrokerState;
    return Number.isInteger(state.port) && Number.isInteger(state.pid) ? state : undefined;
  } catch {
    return undefined;
  }
}

export function writeState(io: Io, places: ClusterPlaces, state: BrokerState): void {
  const content = `${JSON.stringify(state, undefined, 2)}\n`;
  io.disk.writeFileAtomic(places.stateFile, content, { mode: 0o600, flush: false });
}

/**
 * The port stays for the next start. Also called before one: a killed broker's process would be taken for the one
 * that starts, which holds the lock before it says where it listens.
 */
export function forgetProcess(io: Io, places: ClusterPlaces): void {
  const state = readState(io, places);
  if (state !== undefined && state.pid !== 0) writeState(io, places, { ...state, pid: 0 });
}

/** Whether a process holds the lock. Takes it for a moment when nobody does: holders-to-be try again. */
export function isLocked(io: Io, path: string): boolean {
  if (!io.disk.exists(path)) return false;
  const lock = io.disk.lock(path);
  lock?.release();
  return lock === undefined;
}

/** The state of a daemon that lives and has said where it listens; undefined otherwise. */
export function livingBroker(io: Io, places: ClusterPlaces): BrokerState | undefined {
  const state = readState(io, places);
  if (state === undefined || state.pid === 0 || !isRunning(state.pid)) return undefined;
  return isLocked(io, places.daemonLock) ? state : undefined;
}

/** A process of that number; another user's as well. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function addressOf(state: BrokerState): string {
  return `${state.host}:${state.port}`;
}
