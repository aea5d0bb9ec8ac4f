// Starts a broker as its own process, as a user would, from a folder of launchers (ours or Apache Kafka's).
// Used by the interop, robustness and benchmark scripts; the tests of `npm test` start theirs in process.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '../..');
export const ourLaunchers = join(project, 'bin/launchers');

export interface BrokerProcess {
  readonly bootstrap: string;
  readonly port: number;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** SIGTERM, then waits for the end. */
  stop(): Promise<void>;
  /** SIGKILL, then waits for the end. */
  kill(): Promise<void>;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((settle, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => settle(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export interface BrokerFolder {
  readonly folder: string;
  readonly port: number;
  readonly config: string;
  readonly dataDir: string;
}

/** Writes server.properties into `folder` and formats its data directory. */
export async function prepareBroker(
  folder: string,
  launchers: string,
  properties: Record<string, string> = {},
): Promise<BrokerFolder> {
  const [port, controller] = [await freePort(), await freePort()];
  const dataDir = join(folder, 'data');
  const all: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@localhost:${controller}`,
    listeners: `PLAINTEXT://localhost:${port},CONTROLLER://localhost:${controller}`,
    'advertised.listeners': `PLAINTEXT://localhost:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': dataDir,
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    ...properties,
  };
  const config = join(folder, 'server.properties');
  writeFileSync(
    config,
    `${Object.entries(all)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n')}\n`,
  );
  if (!existsSync(join(dataDir, 'meta.properties'))) {
    const storage = join(launchers, 'kafka-storage.sh');
    execFileSync(storage, ['format', '-t', 'kaftaReferenceAAAAAAAA', '-c', config], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return { folder, port, config, dataDir };
}

/** Starts the broker and resolves once it accepts connections. */
export async function startBrokerProcess(
  prepared: BrokerFolder,
  launchers: string,
): Promise<BrokerProcess> {
  const log = openSync(join(prepared.folder, 'broker.log'), 'a');
  const child = spawn(join(launchers, 'kafka-server-start.sh'), [prepared.config], {
    stdio: ['ignore', log, log],
    env: { ...process.env, KAFKA_HEAP_OPTS: process.env.KAFKA_HEAP_OPTS ?? '-Xmx1g -Xms1g' },
  });
  const gone = new Promise<void>((settle) => child.once('exit', () => settle()));
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
  };
  const deadline = Date.now() + 60_000;
  while (!(await answers(prepared.port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await end('SIGKILL');
      throw new Error(`the broker did not come up; see ${join(prepared.folder, 'broker.log')}`);
    }
  }
  return {
    bootstrap: `localhost:${prepared.port}`,
    port: prepared.port,
    dataDir: prepared.dataDir,
    child,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** True once an ApiVersions v0 request is answered. */
function answers(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (answer: boolean) => {
      socket.destroy();
      if (answer) settle(true);
      else setTimeout(() => settle(false), 5);
    };
    socket.setTimeout(2000, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('data', () => finish(true));
    socket.once('end', () => finish(false));
    socket.once('connect', () => socket.write(Buffer.from('0000000a00120000000000010000', 'hex')));
  });
}
