// The storage sections of the benchmark: compaction beside producing, and opening many partitions after either kind of
// stop. They prepare their data through a broker of ours; no peer is needed.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  type BrokerProcess,
  ourLaunchers,
  prepareBroker,
  startBrokerProcess,
} from '../test/support/broker-process.ts';
import { cpuSeconds, measure, row } from './support.ts';

const COMPACTED_MB = Number(process.env.COMPACTED_MB ?? 1000);
const KEYS = 200_000;
const PARTITIONS = 200;
const OPEN_BYTES = 2_000_000_000;

const launcher = (name: string) => join(ourLaunchers, name);

/** Keyed lines for kcat, `key:value`. */
async function writeKeyed(path: string, bytes: number): Promise<void> {
  const out = createWriteStream(path);
  const value = 'the quick brown fox jumps over the lazy dog; pack my box with jugs '
    .repeat(8)
    .slice(0, 400);
  let written = 0;
  for (let n = 0; written < bytes; ) {
    let block = '';
    while (block.length < 1 << 20) block += `key-${(n++ * 7919) % KEYS}:${value}\n`;
    written += block.length;
    if (!out.write(block)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function produce(bootstrap: string, topic: string, file: string, keyed: boolean) {
  const args = ['-P', '-b', bootstrap, '-t', topic, '-X', 'queue.buffering.max.messages=1000000'];
  return measure(['kcat', ...args, ...(keyed ? ['-K:'] : []), '-l', file]);
}

function alter(broker: BrokerProcess, topic: string, config: string): void {
  const entity = [
    '--entity-type',
    'topics',
    '--entity-name',
    topic,
    '--alter',
    '--add-config',
    config,
  ];
  execFileSync(launcher('kafka-configs.sh'), ['--bootstrap-server', broker.bootstrap, ...entity], {
    stdio: 'ignore',
  });
}

function create(broker: BrokerProcess, topic: string, ...more: string[]): void {
  const args = ['--bootstrap-server', broker.bootstrap, '--create', '--topic', topic, ...more];
  execFileSync(launcher('kafka-topics.sh'), args, { stdio: 'ignore' });
}

/** Until the checkpoint tells of the cleaning of `partition`; seconds since the call. */
async function cleaned(broker: BrokerProcess, partition: string): Promise<number> {
  const file = join(broker.dataDir, 'cleaner-offset-checkpoint');
  const began = performance.now();
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes(`${partition} `)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return (performance.now() - began) / 1000;
}

/** `lines`: a file of about 300 MB to produce meanwhile. */
export async function compaction(folder: string, lines: string): Promise<void> {
  const keyed = join(folder, 'keyed');
  await writeKeyed(keyed, COMPACTED_MB * 1e6);
  const prepared = await prepareBroker(folder, ourLaunchers, {
    'log.cleaner.backoff.ms': '50',
  });
  const broker = await startBrokerProcess(prepared, ourLaunchers);
  try {
    const configs = [
      'cleanup.policy=compact',
      'min.cleanable.dirty.ratio=1',
      'segment.bytes=67108864',
    ];
    for (const topic of ['alone', 'beside']) {
      create(broker, topic, ...configs.flatMap((each) => ['--config', each]));
      await produce(broker.bootstrap, topic, keyed, true);
    }
    create(broker, 'other');
    create(broker, 'warm');
    await produce(broker.bootstrap, 'warm', lines, false);
    const quiet = await produce(broker.bootstrap, 'other', lines, false);

    alter(broker, 'alone', 'min.cleanable.dirty.ratio=0.01');
    const before = cpuSeconds(broker.child.pid as number);
    const aloneS = await cleaned(broker, 'alone 0');
    const cpuS = cpuSeconds(broker.child.pid as number) - before;
    console.log(
      `compaction: ${COMPACTED_MB} MB in ${aloneS.toFixed(2)} s, ${cpuS.toFixed(2)} s of CPU`,
    );
    row('compaction, seconds per 100 MB', (aloneS / COMPACTED_MB) * 100, '1 s', 1, 1, 's');

    alter(broker, 'beside', 'min.cleanable.dirty.ratio=0.01');
    const waiting = cleaned(broker, 'beside 0');
    const busy = await produce(broker.bootstrap, 'other', lines, false);
    row('produce while compacting, wall', busy.wallS, 'without', quiet.wallS, 1.25, 's');
    await waiting;
  } finally {
    await broker.stop();
    rmSync(keyed);
    rmSync(prepared.dataDir, { recursive: true, force: true });
  }
}

/** Seconds from the start of the process to the first answer. */
async function opened(
  prepared: Awaited<ReturnType<typeof prepareBroker>>,
): Promise<[number, BrokerProcess]> {
  const began = performance.now();
  const broker = await startBrokerProcess(prepared, ourLaunchers);
  const socket = connect(broker.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(Buffer.from('0000000a00120000000000010000', 'hex'));
  await once(socket, 'data');
  socket.destroy();
  return [(performance.now() - began) / 1000, broker];
}

/** `lines` is produced, spread over all partitions, until there are 2 GB. */
export async function open(folder: string, lines: string): Promise<void> {
  const prepared = await prepareBroker(folder, ourLaunchers, {
    'num.partitions': String(PARTITIONS),
  });
  const first = await startBrokerProcess(prepared, ourLaunchers);
  create(first, 'many', '--partitions', String(PARTITIONS));
  const runs = Math.ceil(OPEN_BYTES / statSync(lines).size);
  for (let run = 0; run < runs; run++) await produce(first.bootstrap, 'many', lines, false);
  await first.kill();
  const [afterKill, second] = await opened(prepared);
  await second.stop();
  const clean: number[] = [];
  for (let run = 0; run < 3; run++) {
    const [seconds, broker] = await opened(prepared);
    clean.push(seconds);
    await broker.stop();
  }
  rmSync(prepared.dataDir, { recursive: true, force: true });
  row(
    `open ${PARTITIONS} partitions, 2 GB, clean stop`,
    clean.sort((a, b) => a - b)[1]!,
    '1 s',
    1,
    1,
    's',
  );
  row(`open ${PARTITIONS} partitions, 2 GB, kill -9`, afterKill, '5 s', 5, 1, 's');
}
