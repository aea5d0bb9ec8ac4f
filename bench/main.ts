// `npm run bench`: the speed and memory table of kafta, side by side with its peers in one run, as ratios.
//   APACHE_KAFKA=DIR node bench/main.ts [SECTION …]     sections: start, produce, consume, broker, spawn, latency,
//                                                    compaction, open, dump-log, transactions, commits, replay
// Needs Apache Kafka (test/conformance/apache-kafka/install DIR), kcat and go. Figures are medians of runs in turn.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import {
  type BrokerProcess,
  freePort,
  ourLaunchers,
  prepareBroker,
  startBrokerProcess,
} from '../test/support/broker-process.ts';
import { dumpLog } from './dump-log.ts';
import { type CommitFigures, GroupLoad } from './group-load.ts';
import { compaction, open } from './storage.ts';
import { cpuSeconds, type Figures, inTurn, measure, median, residentMiB, row } from './support.ts';

const project = resolve(import.meta.dirname, '..');
const apache = process.env.APACHE_KAFKA ?? '';
if (!existsSync(join(apache, 'bin/kafka-topics.sh'))) {
  console.error('Set APACHE_KAFKA to the folder that test/conformance/apache-kafka/install made.');
  process.exit(2);
}
const apacheBin = join(apache, 'bin');
const kafta = join(project, 'bin/run.js');
const lines = Number(process.env.LINES ?? 3_000_000);
const folder = mkdtempSync(join(tmpdir(), 'kafta-bench-'));
const input = join(folder, 'lines');

async function writeLines(): Promise<void> {
  const out = createWriteStream(input);
  let block = '';
  for (let n = 0; n < lines; n++) {
    block += `${String(n).padStart(12, '0')} ${'the quick brown fox jumps over the lazy dog; pack my box with five dozen jugs '.slice(0, 79)}\n`;
    if (block.length > 1 << 20) {
      if (!out.write(block)) await once(out, 'drain');
      block = '';
    }
  }
  out.end(block);
  await once(out, 'finish');
}

async function withBroker(
  launchers: string,
  name: string,
  body: (broker: BrokerProcess) => Promise<void>,
): Promise<void> {
  const home = mkdtempSync(join(folder, `${name}-`));
  const broker = await startBrokerProcess(await prepareBroker(home, launchers), launchers);
  try {
    await body(broker);
  } finally {
    await broker.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

const tool = (bin: string, script: string, ...args: string[]) => [join(bin, script), ...args];
const create = (broker: BrokerProcess, topic: string) =>
  measure(
    tool(
      apacheBin,
      'kafka-topics.sh',
      '--bootstrap-server',
      broker.bootstrap,
      '--create',
      '--topic',
      topic,
    ),
  );
const kcatProduce = (bootstrap: string, topic: string) =>
  measure([
    'kcat',
    '-P',
    '-b',
    bootstrap,
    '-t',
    topic,
    '-X',
    'queue.buffering.max.messages=1000000',
    '-l',
    input,
  ]);
const kcatConsume = (bootstrap: string, topic: string) =>
  measure(['kcat', '-C', '-b', bootstrap, '-t', topic, '-o', 'beginning', '-e', '-q']);

async function start(): Promise<void> {
  await withBroker(ourLaunchers, 'start', async (broker) => {
    const list = ['--bootstrap-server', broker.bootstrap, '--list'];
    const [bare, launcher, command, theirs] = (await inTurn(11, [
      () => measure([process.execPath, '-e', '0']),
      () => measure(tool(ourLaunchers, 'kafka-topics.sh', ...list)),
      () => measure([process.execPath, kafta, 'topics', ...list]),
      () => measure(tool(apacheBin, 'kafka-topics.sh', ...list)),
    ])) as [Figures, Figures, Figures, Figures];
    row('kafka-topics.sh --list, wall', launcher.wallS, 'bare node', bare.wallS, 3, 's');
    row('kafka-topics.sh --list, wall', launcher.wallS, 'Apache', theirs.wallS, 0.1, 's');
    row(
      'kafka-topics.sh --list, peak memory',
      launcher.peakMiB,
      'node + 60',
      bare.peakMiB + 60,
      1,
      'MiB',
    );
    row('kafta topics --list, wall', command.wallS, 'bare node', bare.wallS, 5, 's');
  });
}

async function produce(): Promise<void> {
  await withBroker(ourLaunchers, 'produce', async (broker) => {
    for (const topic of ['ours', 'kcat', 'apache']) await create(broker, topic);
    const produceWith = (bin: string, topic: string) =>
      measure(
        tool(
          bin,
          'kafka-console-producer.sh',
          '--bootstrap-server',
          broker.bootstrap,
          '--topic',
          topic,
        ),
        { input },
      );
    const [ours, kcat, theirs] = (await inTurn(3, [
      () => produceWith(ourLaunchers, 'ours'),
      () => kcatProduce(broker.bootstrap, 'kcat'),
      () => produceWith(apacheBin, 'apache'),
    ])) as [Figures, Figures, Figures];
    row(`console-producer, ${lines} lines, wall`, ours.wallS, 'kcat', kcat.wallS, 1, 's');
    row(`console-producer, ${lines} lines, wall`, ours.wallS, 'Apache', theirs.wallS, 1, 's');
    row('console-producer, peak memory', ours.peakMiB, '200 MiB', 200, 1, 'MiB');
  });
}

async function consume(): Promise<void> {
  await withBroker(ourLaunchers, 'consume', async (broker) => {
    await create(broker, 'bench');
    await kcatProduce(broker.bootstrap, 'bench');
    const args = [
      '--bootstrap-server',
      broker.bootstrap,
      '--topic',
      'bench',
      '--from-beginning',
      '--max-messages',
      String(lines),
    ];
    const [ours, kcat, theirs] = (await inTurn(3, [
      () => measure(tool(ourLaunchers, 'kafka-console-consumer.sh', ...args)),
      () => kcatConsume(broker.bootstrap, 'bench'),
      () => measure(tool(apacheBin, 'kafka-console-consumer.sh', ...args)),
    ])) as [Figures, Figures, Figures];
    row(`console-consumer, ${lines} records, wall`, ours.wallS, 'kcat', kcat.wallS, 1, 's');
    row(`console-consumer, ${lines} records, wall`, ours.wallS, 'Apache', theirs.wallS, 1, 's');
    row('console-consumer, peak memory', ours.peakMiB, '200 MiB', 200, 1, 'MiB');
  });
}

interface Spent {
  /** Of the client's run. */
  readonly wallS: number;
  /** Of the broker meanwhile. */
  readonly cpuS: number;
}

/** Medians of `runs` of the client against each broker. They take turns: whoever came first would pay for all. */
async function spentInTurn(
  runs: number,
  brokers: readonly BrokerProcess[],
  client: (broker: BrokerProcess) => Promise<Figures>,
): Promise<Spent[]> {
  const all = brokers.map((broker) => ({ broker, walls: [] as number[], cpus: [] as number[] }));
  for (let run = 0; run < runs; run++) {
    for (const { broker, walls, cpus } of all) {
      const pid = broker.child.pid as number;
      const before = cpuSeconds(pid);
      walls.push((await client(broker)).wallS);
      cpus.push(cpuSeconds(pid) - before);
    }
  }
  return all.map(({ walls, cpus }) => ({ wallS: median(walls), cpuS: median(cpus) }));
}

/** franz-go's broker in memory, while `work` runs. */
async function withFakeBroker<T>(work: (bootstrap: string) => Promise<T>): Promise<T> {
  execFileSync('go', ['build', '-o', join(folder, 'kfake'), '.'], {
    cwd: join(import.meta.dirname, 'kfake'),
  });
  const port = await freePort();
  const child = spawn(join(folder, 'kfake'), [String(port)], { stdio: 'ignore' });
  try {
    await measure(['kcat', '-L', '-b', `localhost:${port}`]);
    return await work(`localhost:${port}`);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}

/** The lines by kcat into each broker in turn: both stand in the same weather. */
async function produceBesideKfake(): Promise<void> {
  await withBroker(ourLaunchers, 'kfake', (running) =>
    withFakeBroker(async (fake) => {
      await create(running, 'bench');
      const [ours, theirs] = (await inTurn(5, [
        () => kcatProduce(running.bootstrap, 'bench'),
        () => kcatProduce(fake, 'bench'),
      ])) as [Figures, Figures];
      row('broker: kcat produces the lines, wall', ours.wallS, 'kfake', theirs.wallS, 1, 's');
    }),
  );
}

async function broker(): Promise<void> {
  await produceBesideKfake();
  await withBroker(ourLaunchers, 'broker', (running) =>
    withBroker(apacheBin, 'broker-apache', (apaches) => compareBrokers(running, apaches)),
  );
}

const LOADS = 3;

async function compareBrokers(running: BrokerProcess, apaches: BrokerProcess): Promise<void> {
  const brokers = [running, apaches];
  const pid = running.child.pid as number;
  const idleMiB = residentMiB(pid);
  for (const each of brokers) await create(each, 'bench');
  const inGb = statSync(input).size / 1e9;
  const [produced, theyProduced] = (await spentInTurn(LOADS, brokers, ({ bootstrap }) =>
    kcatProduce(bootstrap, 'bench'),
  )) as [Spent, Spent];
  const outGb = LOADS * inGb;
  const [consumed, theyConsumed] = (await spentInTurn(LOADS, brokers, ({ bootstrap }) =>
    kcatConsume(bootstrap, 'bench'),
  )) as [Spent, Spent];
  const afterMiB = residentMiB(pid);
  const what = 'broker: kcat produces the lines, wall';
  row(what, produced.wallS, 'Apache', theyProduced.wallS, 1, 's');
  const cpu = 'broker: CPU seconds per GB';
  row(`${cpu} produced`, produced.cpuS / inGb, 'Apache', theyProduced.cpuS / inGb, 0.5, 's');
  row(`${cpu} consumed`, consumed.cpuS / outGb, 'Apache', theyConsumed.cpuS / outGb, 0.5, 's');
  row('broker: memory idle', idleMiB, '80 MiB', 80, 1, 'MiB');
  row('broker: memory after that load', afterMiB, '250 MiB', 250, 1, 'MiB');
}

/** Seconds until the broker process started at `from` answers ApiVersions. */
async function firstAnswer(config: string, port: number): Promise<number> {
  const from = performance.now();
  const child = spawn(join(ourLaunchers, 'kafka-server-start.sh'), [config], { stdio: 'ignore' });
  const request = Buffer.from('0000000a00120000000000010000', 'hex');
  const tryOnce = () =>
    new Promise<boolean>((settle) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(request));
      socket.once('data', () => settle(true));
      socket.once('error', () => setTimeout(() => settle(false), 1));
      socket.once('close', () => settle(false));
    });
  while (!(await tryOnce()));
  const seconds = (performance.now() - from) / 1000;
  child.kill();
  await once(child, 'exit');
  return seconds;
}

async function spawnTimes(): Promise<void> {
  const home = mkdtempSync(join(folder, 'spawn-'));
  const prepared = await prepareBroker(home, ourLaunchers);
  const answers: number[] = [];
  for (let run = 0; run < 7; run++) answers.push(await firstAnswer(prepared.config, prepared.port));
  row('broker: spawn to first answer', median(answers), '0.15 s', 0.15, 1, 's');
  const firsts: number[] = [];
  for (let run = 0; run < 5; run++) {
    const env = { ...process.env, KAFTA_HOME: mkdtempSync(join(folder, 'home-')) };
    firsts.push((await measure([process.execPath, kafta, 'topics', '--list'], { env })).wallS);
    await measure([process.execPath, kafta, 'broker', 'stop'], { env });
  }
  row('first command including the spawn', median(firsts), '0.4 s', 0.4, 1, 's');
}

interface Latency {
  readonly meanMs: number;
  readonly p99Ms: number;
}

/** 100 records a transaction; each broker is asked once before it counts. */
async function transactions(): Promise<void> {
  const each = Number(process.env.TRANSACTIONS ?? 2000);
  await withBroker(ourLaunchers, 'transactions', (ours) =>
    withBroker(apacheBin, 'transactions-apache', async (theirs) => {
      const run = (broker: BrokerProcess, producers: number, count: number) => () =>
        measure([
          process.execPath,
          join(import.meta.dirname, 'transactions.ts'),
          broker.bootstrap,
          'transactions',
          String(producers),
          String(Math.max(1, Math.round(count / producers))),
        ]);
      for (const broker of [ours, theirs]) {
        await create(broker, 'transactions');
        await run(broker, 8, each)();
      }
      for (const producers of [1, 8]) {
        const [kafta, kafka] = (await inTurn(3, [
          run(ours, producers, each),
          run(theirs, producers, each),
        ])) as [Figures, Figures];
        const what = `${each} transactions of ${producers} producers, wall`;
        row(what, kafta.wallS, 'Apache', kafka.wallS, 1, 's');
      }
    }),
  );
}

async function latency(): Promise<void> {
  const results: Latency[] = [];
  for (const launchers of [ourLaunchers, apacheBin]) {
    await withBroker(launchers, 'latency', async (running) => {
      const out = execFileSync(
        join(apacheBin, 'kafka-e2e-latency.sh'),
        [running.bootstrap, 'latency', '5000', 'all', '100'],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      const meanMs = Number(/Avg latency: ([\d.]+)/.exec(out)?.[1]);
      const p99Ms = Number(/99th = (\d+)/.exec(out)?.[1]);
      results.push({ meanMs, p99Ms });
    });
  }
  const [ours, theirs] = results as [Latency, Latency];
  row('end-to-end latency, mean', ours.meanMs, 'Apache', theirs.meanMs, 1, 'ms');
  row('end-to-end latency, 99th percentile', ours.p99Ms, 'Apache', theirs.p99Ms, 1, 'ms');
}

/** Groups of one member each; the pace of the requirement. */
const GROUPS = 3000;
const COMMITS_PER_SECOND = 10_000;

async function commits(): Promise<void> {
  const results: (CommitFigures & { cpuS: number })[] = [];
  for (const launchers of [ourLaunchers, apacheBin]) {
    await withBroker(launchers, 'commits', async (running) => {
      const groups = await GroupLoad.open(running.port, GROUPS, 300);
      await groups.prepare(1);
      await groups.join();
      const before = cpuSeconds(running.child.pid as number);
      const figures = await groups.commitAtPace(COMMITS_PER_SECOND, 10_000, 10_000);
      groups.close();
      if (figures.failed > 0) throw new Error(`${figures.failed} commits failed`);
      const cpuS = (cpuSeconds(running.child.pid as number) - before) / 20;
      results.push({ ...figures, cpuS });
    });
  }
  const [ours, theirs] = results as [(typeof results)[0], (typeof results)[0]];
  const what = `${COMMITS_PER_SECOND} commits/s into ${GROUPS} groups`;
  row(`${what}, p99`, ours.p99Ms, '10 ms', 10, 1, 'ms');
  row(`${what}, p99`, ours.p99Ms, 'Apache', theirs.p99Ms, 1, 'ms');
  row(`${what}, p50`, ours.p50Ms, 'Apache', theirs.p50Ms, 1, 'ms');
  row(`${what}, reached`, COMMITS_PER_SECOND, 'ours', ours.perSecond, 1.02, '/s');
  row(`${what}, CPU per second`, ours.cpuS, 'Apache', theirs.cpuS, 1, 's');
}

const REPLAYED_RECORDS = 1_000_000;

/** Seconds from the start of a broker that was killed until it has told every group's offset. */
async function replayTime(launchers: string): Promise<number> {
  const home = mkdtempSync(join(folder, 'replay-'));
  const prepared = await prepareBroker(home, launchers);
  const first = await startBrokerProcess(prepared, launchers);
  const load = await GroupLoad.open(first.port, GROUPS, 100);
  await load.prepare(10);
  const offset = await load.fill(REPLAYED_RECORDS, 10);
  load.close();
  await first.kill();
  const from = performance.now();
  const second = await startBrokerProcess(prepared, launchers);
  const again = await GroupLoad.open(second.port, GROUPS, 100);
  await again.untilFetched(offset);
  const seconds = (performance.now() - from) / 1000;
  again.close();
  await second.stop();
  rmSync(home, { recursive: true, force: true });
  return seconds;
}

async function replay(): Promise<void> {
  const ours = await replayTime(ourLaunchers);
  const theirs = await replayTime(apacheBin);
  const what = `start after kill -9, ${REPLAYED_RECORDS} offset records`;
  row(what, ours, '3 s', 3, 1, 's');
  row(what, ours, 'Apache', theirs, 1, 's');
}

const sections: Record<string, () => Promise<void>> = {
  start,
  produce,
  consume,
  broker,
  spawn: spawnTimes,
  latency,
  'dump-log': () => dumpLog(mkdtempSync(join(folder, 'dump-')), apacheBin),
  compaction: () => compaction(mkdtempSync(join(folder, 'compaction-')), input),
  open: () => open(mkdtempSync(join(folder, 'open-')), input),
  transactions,
  commits,
  replay,
};
/**
 * A virtual machine gives memory that the section before freed back to its host, a sixteenth every two seconds (Linux's
 * page reporting), and stands still for tens of milliseconds meanwhile, whatever runs on it.
 */
const REST_MS = 60_000;
const millisecondSections = ['latency', 'commits'];

try {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(sections);
  const withoutLines = ['start', 'spawn', 'latency', 'commits', 'replay'];
  if (!names.every((name) => withoutLines.includes(name))) await writeLines();
  for (const name of names) {
    const section = sections[name];
    if (section === undefined)
      throw new Error(`no section ${name}; there are ${Object.keys(sections).join(', ')}`);
    // What the section before wrote would be written back while this one is timed.
    execFileSync('sync');
    if (name !== names[0] && millisecondSections.includes(name)) await rest(REST_MS);
    await section();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
