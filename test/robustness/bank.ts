// kill -9 of the broker at random moments while a bank works on transactions (test/support/bank.ts) in eight processes,
// which are killed too: afterwards every order was carried out once, the sums are what they were, and no transaction hangs.
//   node test/robustness/bank.ts [--times 100] [--seed N] [--max-up-ms 900] [--worker-kills 0.3] [--broker DIR_OF_LAUNCHERS]
// Closes with `N passed, N failed`; a failing seed is printed.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeIo } from '../../src/io/node.ts';
import { Bank } from '../support/bank.ts';
import { ourLaunchers, prepareBroker, startBrokerProcess } from '../support/broker-process.ts';
import { seeded } from '../support/seeded.ts';
import { WorkerProcesses } from './bank/processes.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'max-up-ms': { type: 'string', default: '900' },
    /** Per kill of the broker, how many workers are killed. */
    'worker-kills': { type: 'string', default: '0.3' },
    broker: { type: 'string', default: ourLaunchers },
  },
});

const times = Number(values.times);
const maxUpMs = Number(values['max-up-ms']);
const launchers = resolve(values.broker);
const random = seeded(Number(values.seed));
const chance = seeded(Number(values.seed) + 1);
const sleep = (ms: number) => new Promise<void>((settle) => setTimeout(settle, ms));
const folder = mkdtempSync(join(tmpdir(), 'kafta-bank-'));
const prepared = await prepareBroker(folder, launchers, {
  'log.segment.bytes': '4194304',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
});
let broker = await startBrokerProcess(prepared, launchers);
const io = nodeIo();
const workers = new WorkerProcesses(broker.bootstrap, chance);
const bank = new Bank(
  { newIo: () => io, bootstrapServers: [broker.bootstrap], chance, sleep },
  workers,
);
await bank.open();
let isKilling = true;
const orders = (async () => {
  while (isKilling) await bank.giveOrders(2000, 40);
})();
const restartsMs: number[] = [];
for (let n = 0; n < times; n++) {
  await sleep(random() * maxUpMs);
  if (random() < Number(values['worker-kills'])) await workers.killOne();
  await broker.kill();
  const from = performance.now();
  broker = await startBrokerProcess(prepared, launchers);
  restartsMs.push(performance.now() - from);
}
isKilling = false;
await orders;
const began = performance.now();
const wrong = await bank.close(60_000);
await broker.stop();
restartsMs.sort((a, b) => a - b);
console.log(JSON.stringify(bank.ledger));
console.log(
  `${times} kills, ${workers.killed} of workers; restarts: median ${restartsMs[times >> 1]?.toFixed(0)} ms, most ${restartsMs.at(-1)?.toFixed(0)} ms; ` +
    `settled after ${((performance.now() - began) / 1000).toFixed(1)} s`,
);
for (const line of wrong) console.log(line);
if (wrong.length > 0) console.log(`seed ${values.seed}; the data is in ${folder}`);
else if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
console.log(wrong.length === 0 ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = wrong.length === 0 ? 0 : 1;
