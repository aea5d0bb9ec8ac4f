// The promise that nobody is locked in, tried out: kafta and Apache Kafka take turns on one directory and one
// server.properties, everything written by one is compared through the other, and every file at each stop.
//   node test/takeover/run.ts [--apache DIR] [--keep] [--trip kafta,apache,kafta] [--format='--feature transaction.version=0']
// A broker with an exclamation mark (kafta!,apache) is killed instead of stopped: its files are judged through the next.
// Closes with `N passed, N failed`.

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Checks } from './checks.ts';
import { Cluster } from './cluster.ts';
import { checkDisk, type Left } from './disk.ts';
import type { Observations, Stage, Who } from './holding.ts';
import { holdings } from './holdings/index.ts';

const { values } = parseArgs({
  options: {
    apache: {
      type: 'string',
      default: process.env.APACHE_KAFKA ?? resolve(import.meta.dirname, '../../apache-kafka'),
    },
    keep: { type: 'boolean', default: false },
    format: { type: 'string', default: '' },
    trip: { type: 'string' },
  },
});

const checks = new Checks();
const root = mkdtempSync(join(tmpdir(), 'kafta-takeover-'));

/** More options of kafka-storage.sh format: --release-version, --feature, --standalone for kraft.version 1. */
const formatting = values.format.split(' ').filter((word) => word !== '');

const TRIPS = ['kafta,apache,kafta', 'apache,kafta,apache'];

/** What Apache Kafka says on a directory of its own, too. */
const USUAL = [
  // A topic that was deleted before its directories were told.
  'AssignReplicasToDirsRequest from broker 1 references unknown topic ID',
  // Of a machine that has other things to do.
  'Exceptionally slow controller event',
  // Wrong passwords are tried, too.
  'due to invalid credentials with SASL mechanism',
  'Performing controller activation.',
  'Attempting to close NetworkClient that has already been closed.',
  // The first use of a share group, before the topic of their state has a leader.
  '[PersisterStateManager]: Unable to find node to use for coordinator lookup.',
  'Exception while getting share coordinator',
  // Two members ask at once.
  'Auto topic creation failed for',
  'Received error while calling initialize state for share-group on persister',
  'Persister initialization failed',
  // Two lookups at once want the topic made.
  "Auto topic creation failed for __transaction_state with error 'TOPIC_ALREADY_EXISTS'",
  // When partitions are added to a topic.
  'to exist, but it was missing. Creating...',
];

interface Turn {
  readonly who: Who;
  readonly isKilled: boolean;
}

const turnsOf = (trip: string): Turn[] =>
  trip.split(',').map((turn) => ({
    who: turn.startsWith('kafta') ? 'kafta' : 'apache',
    isKilled: turn.endsWith('!'),
  }));

async function travel(trip: string): Promise<void> {
  const turns = turnsOf(trip);
  const cluster = await Cluster.make(
    join(root, trip.replaceAll(/\W/g, '-')),
    values.apache,
    formatting.includes('--standalone'),
  );
  cluster.format(turns[0]!.who, formatting);
  const known: Observations = new Map();
  const memory = new Map<string, number>();
  let left: Left | undefined;
  for (const [round, { who, isKilled }] of turns.entries()) {
    const path = trip.split(',').slice(0, round + 1);
    const name = path.join(' → ');
    const began = performance.now();
    try {
      const started = await cluster.start(who);
      const stage: Stage = { who, round, memory, saslBootstrap: cluster.saslBootstrap, ...started };
      if (round > 0) await compare(name, stage, known);
      for (const holding of holdings) await holding.add(stage);
      for (const [key, text] of await observe(stage)) known.set(key, text);
    } catch (error) {
      checks.holds(`${name}: goes through`, false, () => String((error as Error).stack));
      await cluster.kill();
      return;
    }
    const log = isKilled ? await cluster.kill() : await cluster.stop();
    writeFileSync(join(cluster.folder, `${path.join('-')}.log`), log);
    checkLog(name, who, log, turns[round - 1]?.isKilled === true);
    if (!isKilled) {
      left = checkDisk(checks, name, cluster, left);
      dump(name, cluster);
    }
    console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
}

async function observe(stage: Stage): Promise<Observations> {
  const all: Observations = new Map();
  for (const holding of holdings) {
    for (const [key, text] of await holding.observe(stage))
      all.set(`${holding.name}: ${key}`, text);
  }
  return all;
}

async function compare(name: string, stage: Stage, known: Observations): Promise<void> {
  const now = await observe(stage);
  for (const [key, text] of now) {
    const before = known.get(key);
    // What the broker before couldn't tell of.
    if (before !== undefined) checks.equal(`${name}: ${key}`, text, before);
  }
  checks.holds(`${name}: enough was compared`, now.size > 40, () => `${now.size}`);
  for (const holding of holdings) {
    if (holding.check === undefined) continue;
    const problems = await holding.check(stage);
    checks.equal(`${name}: ${holding.name} go on`, problems.join('\n'), '');
  }
}

function checkLog(name: string, who: Who, log: string, isAfterKill: boolean): void {
  const lines = log.split('\n').filter((line) => !USUAL.some((usual) => line.includes(usual)));
  const complaint =
    who === 'apache' ? /\] (WARN|ERROR|FATAL) / : /could not|cannot|failed|damaged|error/i;
  checks.equal(
    `${name}: no complaint`,
    lines.filter((line) => complaint.test(line)).join('\n'),
    '',
  );
  if (isAfterKill) return;
  const recovered = lines.filter((line) => /recover(ing|ed) /i.test(line));
  const unexpected = recovered.filter((line) => !line.includes('__cluster_metadata'));
  checks.equal(`${name}: no recovery`, unexpected.join('\n'), '');
}

/** All logs, indexes and snapshots through Apache Kafka's dump-log and ours: the same text, and no complaint in it. */
function dump(name: string, cluster: Cluster): void {
  const files = cluster.logDirs.flatMap((logDir) =>
    readdirSync(logDir, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(log|index|timeindex|snapshot|txnindex)$/.test(path))
      .filter((path) => !path.includes('-delete'))
      .map((path) => join(logDir, path)),
  );
  const args = ['--deep-iteration', '--print-data-log', '--files', files.sort().join(',')];
  const apache = cluster.run('apache', 'kafka-dump-log.sh', args);
  checks.equal(`${name}: dump-log`, cluster.run('kafta', 'kafka-dump-log.sh', args), apache);
  const complaints = apache.split('\n').filter((line) => /mismatch|not found|corrupt/i.test(line));
  checks.equal(`${name}: dump-log finds nothing`, complaints.slice(0, 5).join('\n'), '');
}

if (!existsSync(join(values.apache, 'bin'))) throw new Error(`no Apache Kafka in ${values.apache}`);
for (const trip of values.trip === undefined ? TRIPS : [values.trip]) await travel(trip);
if (values.keep || checks.failed > 0) console.log(`the directories are in ${root}`);
else rmSync(root, { recursive: true, force: true });
console.log(`${checks.passed} passed, ${checks.failed} failed`);
process.exitCode = checks.failed > 0 ? 1 : 0;
