// Transactions as fast as a broker takes them: PRODUCERS connections, each one transaction after another of 100 records of
// 100 bytes in one batch, by the protocol itself so that no client's speed is measured.
//   node bench/transactions.ts HOST:PORT TOPIC PRODUCERS TRANSACTIONS    (TRANSACTIONS of each producer)

import { RawClient } from '../test/broker/support/raw-client.ts';
import { Transactional } from '../test/broker/support/transactions.ts';

const RECORDS = 100;
const RETRIABLE = new Set([14, 15, 16, 19, 51]);

const [bootstrap = '', topic = '', producers = '1', transactions = '1000'] = process.argv.slice(2);
const port = Number(bootstrap.split(':')[1]);
const values = Array.from({ length: RECORDS }, (_, n) => String(n).padStart(RECORDS, '.'));

/** Until it is neither being loaded nor busy with the end of the last transaction. */
async function insist<T extends { errorCode: number }>(request: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await request();
    if (answer.errorCode === 0) return answer;
    if (!RETRIABLE.has(answer.errorCode)) throw new Error(`error ${answer.errorCode}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function produce(index: number): Promise<void> {
  const client = await RawClient.connect(port);
  const producer = new Transactional(client, `bench-${topic}-${index}`);
  await insist(() => producer.findCoordinator());
  await insist(() => producer.init());
  for (let n = 0; n < Number(transactions); n++) {
    await insist(() => producer.produce(topic, values));
    await insist(() => producer.end(true));
  }
  await client.close();
}

await Promise.all(Array.from({ length: Number(producers) }, (_, index) => produce(index)));
