// kill -9 of the broker at random moments under load, then the judgement of an independent client (franz-go):
// no acknowledged record lost or doubled, offsets dense; and of Apache Kafka's dump-log: indexes right.
//   node test/robustness/kill.ts [--times 100] [--seed N] [--value-bytes 100] [--max-up-ms 700]
// Closes with `N passed, N failed`; a failing seed is printed.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ourLaunchers, prepareBroker, startBrokerProcess } from '../support/broker-process.ts';
import { seeded } from '../support/seeded.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'value-bytes': { type: 'string', default: '100' },
    'max-up-ms': { type: 'string', default: '700' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'kafta-kill-'));
const random = seeded(Number(values.seed));
const times = Number(values.times);
execFileSync('go', ['build', '-o', join(folder, 'load'), '.'], {
  cwd: join(import.meta.dirname, 'kill'),
  stdio: ['ignore', 'inherit', 'inherit'],
});
const prepared = await prepareBroker(folder, ourLaunchers, {
  'num.partitions': '4',
  'log.segment.bytes': '8388608',
});
let broker = await startBrokerProcess(prepared, ourLaunchers);
const load = spawn(join(folder, 'load'), [], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: {
    ...process.env,
    BOOTSTRAP: broker.bootstrap,
    TOPIC: 'kill',
    VALUE_BYTES: values['value-bytes'],
  },
});
let verdict = '';
load.stdout.on('data', (chunk) => {
  verdict += chunk;
});
const judged = new Promise<number | null>((settle) => load.once('exit', settle));
const restartsMs: number[] = [];
for (let n = 0; n < times; n++) {
  await new Promise((settle) => setTimeout(settle, random() * Number(values['max-up-ms'])));
  await broker.kill();
  const from = performance.now();
  broker = await startBrokerProcess(prepared, ourLaunchers);
  restartsMs.push(performance.now() - from);
}
load.stdin.end();
const code = await judged;
await broker.stop();
restartsMs.sort((a, b) => a - b);
console.log(verdict.trim());
console.log(
  `restarts: median ${restartsMs[times >> 1]?.toFixed(0)} ms, most ${restartsMs.at(-1)?.toFixed(0)} ms`,
);

function indexFailures(): number {
  const apache = process.env.APACHE_KAFKA;
  if (apache === undefined) {
    console.log('APACHE_KAFKA is not set: indexes not judged');
    return 1;
  }
  let failures = 0;
  for (const partition of readdirSync(prepared.dataDir).filter((name) =>
    name.startsWith('kill-'),
  )) {
    const names = readdirSync(join(prepared.dataDir, partition)).filter((name) =>
      /\.(index|timeindex)$/.test(name),
    );
    const files = names.map((name) => join(prepared.dataDir, partition, name)).join(',');
    const out = execFileSync(
      join(apache, 'bin/kafka-dump-log.sh'),
      ['--index-sanity-check', '--files', files],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    );
    const bad = out
      .split('\n')
      .filter((line) => /mismatch|not found|not sane|exception/i.test(line));
    if (bad.length > 0) console.log(`${partition}: ${bad[0]}`);
    failures += bad.length;
  }
  return failures;
}
const failed = (code === 0 ? 0 : 1) + (indexFailures() > 0 ? 1 : 0);
if (failed > 0) console.log(`seed ${values.seed}; the data is in ${folder}`);
else if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
console.log(`${2 - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
