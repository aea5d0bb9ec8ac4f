// kafka-server-start.sh and `kafta broker run`: a broker from a server.properties in the foreground, its log on stdout.

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parseProperties } from '../common/properties.ts';
import { BrokerConfig } from '../config/server-properties.ts';
import type { Io } from '../io/io.ts';
import type { ByteTarget } from '../io/stdio.ts';
import { daemonEntry } from './entry.ts';
import { explain } from './explain.ts';
import { timestamp } from './log-file.ts';
import { serversDirectory } from './places.ts';
import type { BrokerStarter } from './running-broker.ts';
import { registerServer } from './servers.ts';
import { parseOverrides } from './settings.ts';
import { stopSignal, untilStopped } from './until-stopped.ts';

const USAGE =
  'USAGE: kafka-server-start.sh [-daemon] server.properties [--override property=value]*';

interface Line {
  readonly file: string;
  readonly overrides: readonly string[];
  readonly isDetached: boolean;
}

/** Resolves with the exit code: 143 and 130 after SIGTERM and SIGINT, as a JVM ends; 1 when it couldn't run. */
export async function runForeground(
  io: Io,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  stdout: ByteTarget,
  starter: BrokerStarter,
): Promise<number> {
  const line = parseLine(argv);
  if (line === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 1;
  }
  if (line.isDetached) return detach(io, line, environment);
  const log = (text: string) => {
    stdout.writeSync(Buffer.from(`[${timestamp(io.clock.nowMs())}] ${text}\n`));
  };
  let dataDirectory = '';
  try {
    const config = readConfig(io, line);
    dataDirectory = config.logDirs[0] ?? '';
    return await serve(io, config, environment, log, starter);
  } catch (error) {
    const message = explain(error, dataDirectory);
    log(`ERROR ${message}`);
    process.stderr.write(`${message}\n`);
    return 1;
  }
}

async function serve(
  io: Io,
  config: BrokerConfig,
  environment: NodeJS.ProcessEnv,
  log: (text: string) => void,
  starter: BrokerStarter,
): Promise<number> {
  const signal = stopSignal();
  const broker = await starter.start({ config, io, log });
  const { processRoles, nodeId } = config;
  const registration = registerServer(io, environment, { roles: processRoles, nodeId });
  log(`Serving at ${broker.listeners.map((each) => `${each.host}:${each.port}`).join(', ')}`);
  const reason = await untilStopped(broker, signal);
  log(`Stopping: ${reason.text}`);
  await broker.shutdown();
  registration.release();
  log('Stopped');
  return reason.exitCode;
}

function readConfig(io: Io, line: Line): BrokerConfig {
  if (!io.disk.exists(line.file)) throw new Error(`There is no file ${line.file}.`);
  const properties = parseProperties(io.disk.readFile(line.file).toString('latin1'));
  for (const [key, value] of parseOverrides(line.overrides)) properties.set(key, value);
  return new BrokerConfig(properties);
}

/** -daemon: the same line again, without a terminal, its output in kafkaServer.out. */
function detach(io: Io, line: Line, environment: NodeJS.ProcessEnv): number {
  const directory = environment.LOG_DIR ?? serversDirectory(environment);
  io.disk.makeDirectory(directory);
  const output = openSync(join(directory, 'kafkaServer.out'), 'w', 0o600);
  const overrides = line.overrides.flatMap((override) => ['--override', override]);
  const child = spawn(process.execPath, [daemonEntry(), 'run', line.file, ...overrides], {
    detached: true,
    stdio: ['ignore', output, output],
    windowsHide: true,
  });
  child.unref();
  closeSync(output);
  return 0;
}

/** kafka-server-start.sh's -name and -loggc are the JVM's: taken, and without effect. */
function parseLine(argv: readonly string[]): Line | undefined {
  const overrides: string[] = [];
  let file: string | undefined;
  let isDetached = false;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '-daemon') isDetached = true;
    else if (word === '-loggc') continue;
    else if (word === '-name') at++;
    else if (word === '--override') overrides.push(argv[++at] ?? '');
    else if (word.startsWith('--override=')) overrides.push(word.slice('--override='.length));
    else if (file === undefined && !word.startsWith('-')) file = word;
    else return undefined;
  }
  return file === undefined ? undefined : { file, overrides, isDetached };
}
