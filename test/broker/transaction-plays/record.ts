// Plays against Apache Kafka and keeps what it answered, for transaction-plays.test.ts.
//   APACHE_KAFKA=DIR node test/broker/transaction-plays/record.ts

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { prepareBroker, startBrokerProcess } from '../../support/broker-process.ts';
import { RawClient } from '../support/raw-client.ts';
import { play } from './play.ts';
import {
  type RecordedPlay,
  recordedFile,
  repertoire,
  setTransactionVersion,
} from './repertoire.ts';

const launchers = join(process.env.APACHE_KAFKA ?? '/opt/kafka', 'bin');
const folder = mkdtempSync(join(tmpdir(), 'kafta-plays-'));
const broker = await startBrokerProcess(
  await prepareBroker(folder, launchers, {
    'transaction.state.log.num.partitions': '1',
    'offsets.topic.num.partitions': '1',
  }),
  launchers,
);
const sleep = (ms: number) => new Promise<void>((settle) => setTimeout(settle, ms));
const recorded: RecordedPlay[] = [];
const client = await RawClient.connect(broker.port);
for (const { transactionVersion, plays } of repertoire) {
  await setTransactionVersion(client, transactionVersion);
  for (const options of plays) {
    recorded.push({ ...options, lines: await play({ ...options, port: broker.port, sleep }) });
  }
}
await client.close();
await broker.stop();
rmSync(folder, { recursive: true, force: true });
writeFileSync(recordedFile, gzipSync(JSON.stringify(recorded), { level: 9 }));
