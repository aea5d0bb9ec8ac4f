// The brokers of this machine that kafta runs: the embedded ones by their clusters' state, the foreground ones by a
// record each, with a lock that says whether it still lives. For kafka-server-stop.sh and `kafta broker status`.

import { join } from 'node:path';
import type { DiskLock, Io } from '../io/io.ts';
import { clusterPlaces, clustersDirectory, serversDirectory } from './places.ts';
import { isLocked, livingBroker } from './state.ts';

export interface RunningServer {
  readonly pid: number;
  readonly roles: readonly string[];
  readonly nodeId: number;
  /** Of an embedded one. */
  readonly cluster?: string;
  /** Held as long as it runs. */
  readonly lockPath: string;
}

export interface Registration {
  release(): void;
}

/** Notes that this process serves; what dead processes left behind is cleared on the way. */
export function registerServer(
  io: Io,
  environment: NodeJS.ProcessEnv,
  server: { roles: readonly string[]; nodeId: number },
): Registration {
  const directory = serversDirectory(environment);
  io.disk.makeDirectory(directory, { mode: 0o700 });
  foregroundServers(io, environment);
  const path = join(directory, String(process.pid));
  const lock: DiskLock | undefined = io.disk.lock(`${path}.lock`);
  const record = { pid: process.pid, ...server };
  io.disk.writeFileAtomic(`${path}.json`, JSON.stringify(record), { mode: 0o600, flush: false });
  return {
    release: () => {
      io.disk.remove(`${path}.json`);
      lock?.release();
      io.disk.remove(`${path}.lock`);
    },
  };
}

function foregroundServers(io: Io, environment: NodeJS.ProcessEnv): RunningServer[] {
  const directory = serversDirectory(environment);
  if (!io.disk.exists(directory)) return [];
  const living: RunningServer[] = [];
  for (const name of io.disk.list(directory)) {
    if (!name.endsWith('.json')) continue;
    const lockPath = join(directory, name.replace(/json$/, 'lock'));
    if (isLocked(io, lockPath)) {
      const record = JSON.parse(io.disk.readFile(join(directory, name)).toString());
      living.push({ ...record, lockPath });
    } else {
      io.disk.remove(join(directory, name));
      io.disk.remove(lockPath);
    }
  }
  return living;
}

/** Every broker of this user that lives. */
export function runningServers(io: Io, environment: NodeJS.ProcessEnv): RunningServer[] {
  return [...embeddedServers(io, environment), ...foregroundServers(io, environment)];
}

/** The clusters that have been started here at some time. */
export function knownClusters(io: Io, environment: NodeJS.ProcessEnv): string[] {
  const directory = clustersDirectory(environment);
  return io.disk.exists(directory) ? io.disk.list(directory).sort() : [];
}

function embeddedServers(io: Io, environment: NodeJS.ProcessEnv): RunningServer[] {
  return knownClusters(io, environment).flatMap((cluster) => {
    const places = clusterPlaces(cluster, environment);
    const state = livingBroker(io, places);
    if (state === undefined) return [];
    const { pid } = state;
    const roles = ['broker', 'controller'];
    return [{ pid, roles, nodeId: 1, cluster, lockPath: places.daemonLock }];
  });
}
