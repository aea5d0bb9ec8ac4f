// An embedded broker from lock to shutdown: holds the cluster's lock, finds its ports, formats the data directory
// on first use, writes down where it listens and tells its starter, through descriptor 3, that it serves.

import { closeSync, writeSync } from 'node:fs';
import { formatProperties } from '../common/properties.ts';
import { BrokerConfig } from '../config/server-properties.ts';
import type { DiskLock, Io } from '../io/io.ts';
import type { Readiness } from './ensure.ts';
import { explain } from './explain.ts';
import { LogFile } from './log-file.ts';
import { type ClusterPlaces, clusterPlaces } from './places.ts';
import { DEFAULT_PORT, freePorts, isFree } from './ports.ts';
import type { BrokerStarter } from './running-broker.ts';
import { embeddedProperties, type Ports, parseOverrides } from './settings.ts';
import { forgetProcess, readState, writeState } from './state.ts';
import { stopSignal, untilStopped } from './until-stopped.ts';
import { VERSION } from './version.ts';

/** A command that only looks whether the lock is held holds it for a moment itself. */
const LOCK_PATIENCE_MS = 2000;
const LOCK_RETRY_MS = 5;
/** Descriptor 3 is the pipe to the command that started this process. */
const READINESS_PIPE = 3;

interface Line {
  readonly cluster: string;
  /** As asked for; undefined: the broker chooses. */
  readonly port: number | undefined;
  readonly overrides: readonly string[];
}

/** Resolves with the exit code when it has stopped. Never rejects: who starts it reads the pipe. */
export async function runCluster(
  io: Io,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  starter: BrokerStarter,
): Promise<number> {
  const line = parseLine(argv);
  const places = clusterPlaces(line.cluster, environment);
  io.disk.makeDirectory(places.stateDirectory, { mode: 0o700 });
  const log = new LogFile(io, places.logFile);
  try {
    return await serve(io, line, places, log, starter);
  } catch (error) {
    const message = explain(error, places.dataDirectory);
    log.line(`ERROR ${message}`);
    if (error instanceof Error && error.stack) log.line(error.stack);
    tell({ error: message });
    return 1;
  } finally {
    log.close();
  }
}

async function serve(
  io: Io,
  line: Line,
  places: ClusterPlaces,
  log: LogFile,
  starter: BrokerStarter,
): Promise<number> {
  const signal = stopSignal();
  const lock = await takeLock(io, places);
  try {
    const { ports, remark } = await choosePorts(io, line, places);
    io.disk.makeDirectory(places.dataDirectory, { mode: 0o700 });
    const properties = embeddedProperties(places, ports, parseOverrides(line.overrides));
    const comment = `The broker of kafta's cluster '${places.cluster}'; written by kafta at each start.`;
    io.disk.writeFileAtomic(places.propertiesFile, formatProperties(properties, [comment]), {
      mode: 0o600,
      flush: false,
    });
    log.line(`Starting kafta ${VERSION}, cluster '${places.cluster}', port ${ports.broker}`);
    const config = new BrokerConfig(properties);
    const clusterId = starter.format(io, config);
    const broker = await starter.start({ config, io, log: (text) => log.line(text) });
    writeState(io, places, {
      pid: process.pid,
      startedMs: io.clock.nowMs(),
      host: 'localhost',
      port: ports.broker,
      clusterId,
      version: VERSION,
    });
    tell(remark === undefined ? { ready: true } : { ready: true, remark });
    const reason = await untilStopped(broker, signal);
    log.line(`Stopping: ${reason.text}`);
    await broker.shutdown();
    forgetProcess(io, places);
    log.line('Stopped');
    return reason.isFailure ? 1 : 0;
  } finally {
    lock.release();
  }
}

async function takeLock(io: Io, places: ClusterPlaces): Promise<DiskLock> {
  const deadlineMs = io.clock.monotonicMs() + LOCK_PATIENCE_MS;
  for (;;) {
    const lock = io.disk.lock(places.daemonLock);
    if (lock !== undefined) return lock;
    if (io.clock.monotonicMs() > deadlineMs) {
      throw new Error(
        `Another process runs the broker '${places.cluster}': it holds ${places.daemonLock}.`,
      );
    }
    await new Promise<void>((resolve) => io.clock.setTimer(LOCK_RETRY_MS, resolve));
  }
}

async function choosePorts(
  io: Io,
  line: Line,
  places: ClusterPlaces,
): Promise<{ ports: Ports; remark?: string }> {
  if (line.port !== undefined) {
    if (!(await isFree(io, line.port))) {
      throw new Error(`Port ${line.port} is taken by another process; choose one with --port.`);
    }
    return { ports: await freePorts(io, line.port) };
  }
  const wanted = readState(io, places)?.port ?? DEFAULT_PORT;
  const ports = await freePorts(io, wanted);
  if (ports.broker === wanted) return { ports };
  return { ports, remark: `port ${wanted} is taken by another process` };
}

/** Whoever started this may be gone, or be a shell without that pipe. */
function tell(readiness: Readiness): void {
  try {
    writeSync(READINESS_PIPE, JSON.stringify(readiness));
    closeSync(READINESS_PIPE);
  } catch {}
}

function parseLine(argv: readonly string[]): Line {
  const [cluster = 'default', ...rest] = argv;
  const overrides: string[] = [];
  let port: number | undefined;
  for (let at = 0; at < rest.length; at += 2) {
    const value = rest[at + 1] ?? '';
    if (rest[at] === '--port') port = Number(value);
    else if (rest[at] === '--override') overrides.push(value);
  }
  return { cluster, port, overrides };
}
