// The life of an embedded broker's process: started once, found again, survived, stopped. The broker inside only listens.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureBroker } from '../../src/daemon/ensure.ts';
import { type ClusterPlaces, clusterPlaces } from '../../src/daemon/places.ts';
import { runningServers } from '../../src/daemon/servers.ts';
import { livingBroker, readState, writeState } from '../../src/daemon/state.ts';
import { isReleased, stopBroker } from '../../src/daemon/stop.ts';
import type { Listener } from '../../src/io/io.ts';
import { nodeIo } from '../../src/io/node.ts';
import { daemonProgram, ensureProgram } from './programs/paths.ts';

const io = nodeIo();
const CLUSTERS = ['default', 'second'];
let home: string;
let environment: Record<string, string>;
let blocker: Listener | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kafta-daemon-'));
  environment = { KAFTA_HOME: home };
  process.env.KAFTA_HOME = home;
});

afterEach(async () => {
  for (const cluster of CLUSTERS) await stopBroker(io, places(cluster), 10_000);
  await blocker?.close();
  blocker = undefined;
  delete process.env.KAFTA_HOME;
  delete process.env.FAIL;
  rmSync(home, { recursive: true, force: true });
});

function places(cluster = 'default'): ClusterPlaces {
  return clusterPlaces(cluster, environment);
}

function ensure(cluster = 'default', port?: number) {
  const options = { entry: daemonProgram, ...(port === undefined ? {} : { port }) };
  return ensureBroker(io, places(cluster), options);
}

/** Remembers a port that nothing else of this machine is likely to want. */
async function preferFreePort(cluster = 'default'): Promise<number> {
  const listener = await io.network.listen({ host: 'localhost', port: 0 }, () => {});
  const { port } = listener;
  await listener.close();
  io.disk.makeDirectory(places(cluster).stateDirectory, { mode: 0o700 });
  const state = { pid: 0, startedMs: 0, host: 'localhost', port, clusterId: '', version: '' };
  writeState(io, places(cluster), state);
  return port;
}

describe('a broker that is needed', () => {
  test('is started by one of many commands at once, and found by the others', async () => {
    await preferFreePort();
    const runs = await Promise.all(
      Array.from({ length: 6 }, () => execa(process.execPath, [ensureProgram, 'default'])),
    );
    const results = runs.map(({ stdout }) => JSON.parse(stdout));
    expect(results.filter(({ wasStarted }) => wasStarted)).toHaveLength(1);
    expect(new Set(results.map(({ state }) => state.pid)).size).toBe(1);
  });

  test('listens where its state says, and keeps its files to its owner', async () => {
    const port = await preferFreePort();
    const { state, wasStarted } = await ensure();
    expect([wasStarted, state.port]).toEqual([true, port]);
    const connection = await io.network.connect({ host: 'localhost', port, timeoutMs: 2000 });
    connection.destroy();
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect(mode(places().dataDirectory)).toBe(0o700);
    expect(mode(places().stateDirectory)).toBe(0o700);
    expect(mode(places().stateFile)).toBe(0o600);
    expect((await ensure()).wasStarted).toBe(false);
  });

  test('is started again after kill -9, at the same port', async () => {
    await preferFreePort();
    const first = await ensure();
    process.kill(first.state.pid, 'SIGKILL');
    expect(await isReleased(io, places().daemonLock, 5000)).toBe(true);
    expect(livingBroker(io, places())).toBeUndefined();
    const second = await ensure();
    expect(second.wasStarted).toBe(true);
    expect(second.state.pid).not.toBe(first.state.pid);
    expect(second.state.port).toBe(first.state.port);
  });

  test('is started although its state is rubbish', async () => {
    await preferFreePort();
    const port = readState(io, places())?.port;
    writeFileSync(places().stateFile, '{"pid":');
    const { state } = await ensure('default', port);
    expect(state.port).toBe(port);
  });

  test('is not mistaken for another process that has its former number', async () => {
    const port = await preferFreePort();
    writeState(io, places(), { ...readState(io, places())!, pid: process.pid });
    const { state, wasStarted } = await ensure();
    expect([wasStarted, state.port, state.pid === process.pid]).toEqual([true, port, false]);
  });

  test('is not taken for the killed one whose lock the next one holds while it starts', async () => {
    await preferFreePort();
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeState(io, places(), { ...readState(io, places())!, pid });
    const lock = io.disk.lock(places().daemonLock);
    expect(livingBroker(io, places())).toBeUndefined();
    lock?.release();
    writeState(io, places(), { ...readState(io, places())!, pid: process.pid });
    process.env.FAIL = 'exit';
    await expect(ensure()).rejects.toThrow();
    expect(readState(io, places())?.pid).toBe(0);
  });

  test('takes the next port when its own is taken, and says so', async () => {
    const port = await preferFreePort();
    blocker = await io.network.listen({ host: 'localhost', port }, () => {});
    const { state, remark } = await ensure();
    expect(state.port).toBeGreaterThan(port);
    expect(remark).toBe(`port ${port} is taken by another process`);
  });

  test('is refused a port that was asked for and is taken', async () => {
    const port = await preferFreePort();
    blocker = await io.network.listen({ host: 'localhost', port }, () => {});
    await expect(ensure('default', port)).rejects.toThrow(
      `Port ${port} is taken by another process; choose one with --port.`,
    );
  });

  test('that fails while starting is told in one line, and in its log', async () => {
    await preferFreePort();
    process.env.FAIL = 'The directory is damaged at offset 7.';
    await expect(ensure()).rejects.toThrow('The directory is damaged at offset 7.');
    expect(readFileSync(places().logFile, 'utf8')).toContain('ERROR The directory is damaged');
  });

  test('is refused an override that is none', async () => {
    await preferFreePort();
    const options = { entry: daemonProgram, overrides: ['foo'] };
    await expect(ensureBroker(io, places(), options)).rejects.toThrow(
      "--override takes key=value, not 'foo'.",
    );
  });

  test('that vanishes while starting is told with where to look', async () => {
    await preferFreePort();
    process.env.FAIL = 'exit';
    await expect(ensure()).rejects.toThrow(
      `The broker 'default' ended while it was starting; see ${places().logFile} and ${places().crashFile}.`,
    );
  });

  test('is found under a home that is given as a relative path', async () => {
    const port = await preferFreePort();
    process.env.KAFTA_HOME = relative(process.cwd(), home);
    const { state } = await ensureBroker(io, clusterPlaces('default', process.env), {
      entry: daemonProgram,
    });
    expect(state.port).toBe(port);
    expect(livingBroker(io, places())?.pid).toBe(state.pid);
  });

  test('is one of several clusters side by side', async () => {
    await preferFreePort('default');
    await preferFreePort('second');
    const [first, second] = [await ensure('default'), await ensure('second')];
    expect(first.state.port).not.toBe(second.state.port);
    const running = runningServers(io, environment);
    expect(running.map(({ cluster }) => cluster)).toEqual(['default', 'second']);
  });
});

describe('a broker that is stopped', () => {
  test('is gone when stopping resolves, keeps its port, and can be stopped again', async () => {
    const port = await preferFreePort();
    await ensure();
    expect(await stopBroker(io, places(), 5000)).toBe(true);
    expect(livingBroker(io, places())).toBeUndefined();
    expect(readState(io, places())).toMatchObject({ pid: 0, port });
    expect(await stopBroker(io, places(), 5000)).toBe(false);
    expect(readFileSync(places().logFile, 'utf8')).toMatch(/Stopping: SIGTERM\n.*Stopped\n$/);
  });
});
