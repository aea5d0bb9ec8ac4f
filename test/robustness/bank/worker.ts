// One worker of the bank as a process of its own, to be killed: INDEX BOOTSTRAP SEED. Tells its parent what it did after
// each change, stops when it is told to.

import { nodeIo } from '../../../src/io/node.ts';
import { BankWorker } from '../../support/bank-worker.ts';
import { seeded } from '../../support/seeded.ts';

const [index = '', bootstrap = '', seed = ''] = process.argv.slice(2);
const io = nodeIo();
const world = {
  newIo: () => io,
  bootstrapServers: [bootstrap],
  chance: seeded(Number(seed)),
  sleep: (ms: number) => new Promise<void>((settle) => setTimeout(settle, ms)),
};
const worker = new BankWorker(world, { abort: 0.05, crash: 0.03, zombie: 0.03 }, Number(index));
process.once('message', () => worker.stop());
process.once('disconnect', () => process.exit(1));
let told = '';
const telling = setInterval(() => {
  const text = JSON.stringify(worker.ledger);
  if (text !== told) process.send?.(worker.ledger);
  told = text;
}, 20);
await worker.run();
clearInterval(telling);
process.send?.(worker.ledger, () => process.exit(0));
