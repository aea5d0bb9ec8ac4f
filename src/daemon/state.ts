// What is known about a cluster's daemon between commands: broker.json, and whether its lock is held.
// The file outlives a crash and keeps the port; the lock alone says that the daemon lives.

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
  if (state === undefined || state.pid === 0) return undefined;
  return isLocked(io, places.daemonLock) ? state : undefined;
}

export function addressOf(state: BrokerState): string {
  return `${state.host}:${state.port}`;
}
