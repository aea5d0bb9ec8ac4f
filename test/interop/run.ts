// Runs other people's clients against a broker: kafta's own, freshly started, or the one at BOOTSTRAP.
//   node test/interop/run.ts [CLIENT …]
// Installs each client into a cache folder first; a client that can't be installed counts as failed, never as skipped.
// Closes with `N passed, N failed`.

import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ourLaunchers, prepareBroker, startBrokerProcess } from '../support/broker-process.ts';

const here = import.meta.dirname;
const project = resolve(here, '../..');
const cache = process.env.INTEROP_CACHE ?? join(tmpdir(), 'kafta-interop');
const count = process.env.COUNT ?? '2000';
const clientTimeoutMs = 600_000;

interface Client {
  readonly install: (folder: string) => void;
  readonly command: (folder: string) => string[];
}

function run(command: string, args: string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], env: process.env });
}

function pip(packages: string[]): Client {
  return {
    install: (folder) => {
      run('python3', ['-m', 'venv', 'venv'], folder);
      run('venv/bin/pip', ['install', '-q', '--disable-pip-version-check', ...packages], folder);
    },
    command: (folder) => [join(folder, 'venv/bin/python'), join(folder, 'client.py')],
  };
}

const npm: Client = {
  install: (folder) => run('npm', ['install', '--silent', '--no-audit', '--no-fund'], folder),
  command: (folder) => [process.execPath, join(folder, 'client.mjs')],
};

const apache: Client = {
  install: (folder) => {
    const install = join(project, 'test/conformance/apache-kafka/install');
    run('bash', [install, process.env.APACHE_KAFKA ?? join(folder, '../apache-kafka')], folder);
  },
  command: (folder) => ['bash', join(folder, 'client.sh')],
};

function installKcat(): void {
  try {
    execFileSync('kcat', ['-V'], { stdio: 'ignore' });
  } catch {
    run('apt-get', ['update', '-qq'], here);
    run('apt-get', ['install', '-y', '-qq', 'kcat'], here);
  }
}

/** Beside each other: most of a client's time is waiting. */
const atOnce = 2;

const clients: Record<string, Client> = {
  // First, as it takes longest.
  'kafka-streams': apache,
  kcat: { install: installKcat, command: (folder) => ['bash', join(folder, 'client.sh')] },
  'kafka-python': pip([
    'kafka-python==3.0.12',
    'python-snappy==0.7.3',
    'lz4==4.4.5',
    'zstandard',
    'crc32c',
  ]),
  'confluent-kafka': pip(['confluent-kafka==2.16.1']),
  kafkajs: npm,
  platformatic: npm,
  'franz-go': {
    install: (folder) => run('go', ['build', '-o', 'client', '.'], folder),
    command: (folder) => [join(folder, 'client')],
  },
  'franz-go-eos': {
    install: (folder) => {
      run('go', ['test', '-c', '-o', 'eos.test', 'github.com/twmb/franz-go/pkg/kgo'], folder);
    },
    command: (folder) => ['bash', join(folder, 'client.sh')],
  },
  apache,
  'mixed-groups': apache,
};

/** What is installed was made of these very files. */
function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

function runClient(name: string, client: Client, bootstrap: string): Promise<boolean> {
  const folder = join(cache, name);
  try {
    mkdirSync(folder, { recursive: true });
    cpSync(join(here, 'clients', name), folder, { recursive: true });
    const sources = digestOf(join(here, 'clients', name));
    const marker = join(folder, '.installed');
    const isInstalled = existsSync(marker) && readFileSync(marker, 'utf8') === sources;
    if (!isInstalled) client.install(folder);
    writeFileSync(marker, sources);
  } catch (error) {
    const reason = String(error).split('\n')[0];
    console.log(`--- ${name}\nnot ok ${name}: can't be installed: ${reason}`);
    return Promise.resolve(false);
  }
  const apache = process.env.APACHE_KAFKA ?? join(cache, 'apache-kafka');
  const [command, ...args] = client.command(folder);
  const child = spawn(command as string, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, BOOTSTRAP: bootstrap, COUNT: count, APACHE_KAFKA: apache },
    timeout: clientTimeoutMs,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  return new Promise((settle) => {
    child.once('error', () => settle(false));
    child.once('close', (code, signal) => {
      const outcome = code === 0 ? `ok ${name}` : `not ok ${name}: ${signal ?? `exit ${code}`}`;
      console.log(`--- ${name}\n${said}${outcome}`);
      settle(code === 0);
    });
  });
}

async function main(): Promise<void> {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(clients);
  const unknown = names.find((name) => clients[name] === undefined);
  if (unknown !== undefined) {
    throw new Error(`no client ${unknown}; there are ${Object.keys(clients).join(', ')}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'kafta-interop-broker-'));
  installKcat();
  const broker = process.env.BOOTSTRAP
    ? undefined
    : await startBrokerProcess(await prepareBroker(folder, ourLaunchers), ourLaunchers);
  const bootstrap = broker?.bootstrap ?? (process.env.BOOTSTRAP as string);
  let passed = 0;
  const waiting = [...names];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      if (await runClient(name, clients[name] as Client, bootstrap)) passed++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
  console.log(`${passed} passed, ${names.length - passed} failed`);
  process.exitCode = passed === names.length ? 0 : 1;
}

await main();
