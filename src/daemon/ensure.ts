// Makes sure that a cluster's daemon runs, and starts it at most once however many commands want it at the same time:
// the one that gets the spawn lock starts it, the others wait for that lock and then find the daemon alive.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { DiskLock, Io } from '../io/io.ts';
import { daemonEntry } from './entry.ts';
import type { ClusterPlaces } from './places.ts';
import { type BrokerState, forgetProcess, livingBroker } from './state.ts';

const LOCK_RETRY_MS = 10;
/** Recovery of a large data directory takes its time; nothing that still works is given up earlier. */
const START_TIMEOUT_MS = 120_000;

export interface Ensured {
  readonly state: BrokerState;
  readonly wasStarted: boolean;
  /** What the daemon had to say about its start: another port than before, for one. */
  readonly remark?: string;
}

/** What the daemon writes to its file descriptor 3, once. */
export type Readiness =
  | { readonly ready: true; readonly remark?: string }
  | { readonly error: string };

export interface StartOptions {
  /** Refused when it is taken; absent: the port of last time, else 9092, else the next free one. */
  readonly port?: number;
  readonly overrides?: readonly string[];
  /** The daemon's program; for tests. */
  readonly entry?: string;
}

/** Rejects with an Error whose message says in one line why there is no broker. */
export async function ensureBroker(
  io: Io,
  places: ClusterPlaces,
  options: StartOptions = {},
): Promise<Ensured> {
  const living = livingBroker(io, places);
  if (living !== undefined) return { state: living, wasStarted: false };
  io.disk.makeDirectory(places.stateDirectory, { mode: 0o700 });
  const lock = await takeSpawnLock(io, places);
  try {
    // Somebody else may have started it while this one waited.
    const started = livingBroker(io, places);
    if (started !== undefined) return { state: started, wasStarted: false };
    forgetProcess(io, places);
    const { remark } = await startDaemon(io, places, options);
    const state = livingBroker(io, places);
    if (state === undefined) throw new Error(ended(places));
    return { state, wasStarted: true, ...(remark === undefined ? {} : { remark }) };
  } finally {
    lock.release();
  }
}

async function takeSpawnLock(io: Io, places: ClusterPlaces): Promise<DiskLock> {
  const deadlineMs = io.clock.monotonicMs() + START_TIMEOUT_MS;
  for (;;) {
    const lock = io.disk.lock(places.spawnLock);
    if (lock !== undefined) return lock;
    if (io.clock.monotonicMs() > deadlineMs) {
      throw new Error(
        `Another command has been starting the broker '${places.cluster}' for ${START_TIMEOUT_MS / 1000} s; see ${places.logFile}.`,
      );
    }
    await new Promise<void>((resolve) => io.clock.setTimer(LOCK_RETRY_MS, resolve));
  }
}

/** Resolves when the daemon has said that it serves. */
async function startDaemon(
  io: Io,
  places: ClusterPlaces,
  options: StartOptions,
): Promise<{ remark?: string }> {
  const child = spawnDaemon(places, options);
  const readiness = await readinessOf(io, child, places);
  if ('error' in readiness) throw new Error(readiness.error);
  return readiness.remark === undefined ? {} : { remark: readiness.remark };
}

function spawnDaemon(places: ClusterPlaces, options: StartOptions): ChildProcess {
  const crashFile = openSync(places.crashFile, 'w', 0o600);
  const argv = [options.entry ?? daemonEntry(), 'cluster', places.cluster];
  if (options.port !== undefined) argv.push('--port', String(options.port));
  for (const override of options.overrides ?? []) argv.push('--override', override);
  try {
    const child = spawn(process.execPath, argv, {
      detached: true,
      // It must not keep a folder busy that the user wants to remove or unmount.
      cwd: places.stateDirectory,
      env: absoluteHome(process.env),
      stdio: ['ignore', crashFile, crashFile, 'pipe'],
      windowsHide: true,
    });
    child.unref();
    return child;
  } finally {
    closeSync(crashFile);
  }
}

/** It works in another folder, where a relative KAFTA_HOME would be another one. */
function absoluteHome(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const home = environment.KAFTA_HOME;
  return home ? { ...environment, KAFTA_HOME: resolve(home) } : environment;
}

function readinessOf(io: Io, child: ChildProcess, places: ClusterPlaces): Promise<Readiness> {
  return new Promise((resolve, reject) => {
    const pipe = child.stdio[3] as Readable;
    let text = '';
    const timer = io.clock.setTimer(START_TIMEOUT_MS, () => {
      pipe.destroy();
      reject(
        new Error(
          `The broker didn't come up in ${START_TIMEOUT_MS / 1000} s; see ${places.logFile}.`,
        ),
      );
    });
    child.on('error', (error) => {
      timer.cancel();
      reject(new Error(`The broker can't be started: ${error.message}`));
    });
    pipe.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    pipe.on('error', () => {});
    pipe.on('close', () => {
      timer.cancel();
      try {
        resolve(JSON.parse(text) as Readiness);
      } catch {
        reject(new Error(ended(places)));
      }
    });
  });
}

function ended(places: ClusterPlaces): string {
  return `The broker '${places.cluster}' ended while it was starting; see ${places.logFile} and ${places.crashFile}.`;
}
