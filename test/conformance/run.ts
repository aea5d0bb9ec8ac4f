// Plays the transcripts as a matrix: our launchers or Apache Kafka's, against our broker or Apache Kafka's.
//   node test/conformance/run.ts [--apache DIR] [--pairs ours/ours,ours/apache,apache/ours] [--jobs 2] [FILE.t …]
// Without files: those of the tools that kafta has. Prints what differs, then one line per pair with the steps that
// agreed, and closes with `N passed, N failed` over all steps. The exit code is 1 when one failed.

import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { javaArchive } from './java-archive.ts';

const here = import.meta.dirname;
const root = resolve(here, '../..');
const transcripts = join(here, 'transcripts');

/** Whole transcripts of the tools that there are. */
const COMPLETE = [
  /^api-versions/,
  /^topics-/,
  /^(own-)?console-/,
  /^get-offsets/,
  /^delete-records/,
  /^storage/,
  /^dump-log-/,
  /^features/,
  /^log-dirs/,
  /^cluster/,
  /^metadata-quorum/,
  /^configs-/,
  /^consumer-groups-/,
  /^perf-tools/,
  /^verifiable-clients/,
  /^transactions/,
  /^streams-groups/,
  /^share-groups/,
  /^kafka-groups/,
  /^own-groups-/,
  /^options-clients-groups/,
];
/** Jackson orders the fields of Apache Kafka's own lines anew in each of its processes. */
const APACHE_VARIES = [/^verifiable-clients/];
/** What tools say before or without an answer: the broker has little part in it. */
const OF_THE_TOOLS = [/^connection-refused/, /^own-console-/];
/** Of these only the steps whose tools there are; no step needs what one without left. */
const STEP_BY_STEP = [/^connection-refused/, /^bootstrap/, /^options-/];

interface Outcome {
  readonly pair: string;
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly report: string;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    apache: { type: 'string', default: process.env.APACHE_KAFKA ?? join(root, 'apache-kafka') },
    pairs: { type: 'string', default: 'ours/ours,ours/apache,apache/ours' },
    jobs: { type: 'string', default: '2' },
  },
});

const folders: Record<string, string> = {
  ours: join(root, 'bin/launchers'),
  apache: join(values.apache, 'bin'),
};

/** A step that needs a tool which kafta doesn't have yet finds Apache Kafka's, after ours. */
// One compiler tier halves the start of a Java tool, which is most of what a step costs.
const env: NodeJS.ProcessEnv = {
  ...process.env,
  KAFKA_TIER: '1',
  PATH: `${process.env.PATH}:${folders.apache}`,
};

/** A folder of the transcripts to play, cut down to the steps that can be. */
function prepare(): { folder: string; files: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'kafta-transcripts-'));
  symlinkSync(join(transcripts, 'fixtures'), join(folder, 'fixtures'));
  const names = readdirSync(transcripts).filter((name) => name.endsWith('.t'));
  const matches = (patterns: RegExp[]) =>
    names.filter((name) => patterns.some((pattern) => pattern.test(name)));
  const chosen =
    positionals.length > 0 ? positionals : [...matches(COMPLETE), ...matches(STEP_BY_STEP)];
  const isPartial = (name: string) => STEP_BY_STEP.some((pattern) => pattern.test(basename(name)));
  const files = chosen.toSorted().map((name) => {
    const path = existsSync(name) ? name : join(transcripts, name);
    const text = readFileSync(path, 'latin1');
    const copy = join(folder, basename(name));
    writeFileSync(copy, isPartial(name) ? ownSteps(text) : text, 'latin1');
    return copy;
  });
  return { folder, files };
}

/** Drops the steps that name a launcher which kafta doesn't have. */
function ownSteps(text: string): string {
  const own = new Set(readdirSync(join(root, 'bin/launchers')));
  let isKept = true;
  const lines = text.split('\n').filter((line) => {
    if (line.startsWith('  $ ')) {
      const tools = line.match(/kafka-[a-z0-9-]+\.sh/g) ?? [];
      isKept = tools.every((tool) => own.has(tool));
    }
    return isKept || !line.startsWith('  ');
  });
  return lines.join('\n');
}

/** Apache Kafka's tools without a broker of ours would be compared with themselves. */
function isForApache(file: string): boolean {
  const left = [...APACHE_VARIES, ...OF_THE_TOOLS];
  if (left.some((pattern) => pattern.test(basename(file)))) return false;
  return !readFileSync(file, 'latin1').split('\n').includes('#nobroker');
}

function play(pair: string, file: string): Promise<Outcome> {
  const [client = '', broker = ''] = pair.split('/');
  const argv = ['check', '--client', folders[client]!, '--broker', folders[broker]!, file];
  return new Promise((settle) => {
    execFile(
      join(here, 'transcript'),
      argv,
      { maxBuffer: 1 << 26, env },
      (error, stdout, stderr) => {
        const [, agreed = '0', steps = '0'] = /^steps: (\d+) of (\d+)$/m.exec(stdout) ?? [];
        const passed = Number(agreed);
        const failed = Math.max(Number(steps) - passed, error === null ? 0 : 1);
        settle({ pair, file: basename(file), passed, failed, report: stdout + stderr });
      },
    );
  });
}

async function main(): Promise<void> {
  const archive = await javaArchive(values.apache);
  if (archive !== undefined) env.KAFKA_OPTS = archive;
  const { folder, files } = prepare();
  const work = values.pairs
    .split(',')
    .flatMap((pair) => files.map((file) => ({ pair, file })))
    .filter(({ pair, file }) => pair !== 'apache/ours' || isForApache(file));
  const outcomes: Outcome[] = [];
  const worker = async () => {
    for (let next = work.shift(); next !== undefined; next = work.shift()) {
      const outcome = await play(next.pair, next.file);
      outcomes.push(outcome);
      if (outcome.failed > 0) console.log(`=== ${outcome.pair} ${outcome.file}\n${outcome.report}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
  rmSync(folder, { recursive: true, force: true });
  const sum = (list: Outcome[], key: 'passed' | 'failed') =>
    list.reduce((total, each) => total + each[key], 0);
  for (const pair of values.pairs.split(',')) {
    const mine = outcomes.filter((each) => each.pair === pair);
    console.log(`${pair}: ${sum(mine, 'passed')} steps agree, ${sum(mine, 'failed')} differ`);
  }
  const failed = sum(outcomes, 'failed');
  console.log(`${sum(outcomes, 'passed')} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main();
