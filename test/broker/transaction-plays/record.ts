// Plays against Apache Kafka and keeps what it answered, for transaction-plays.test.ts.
//   APACHE_KAFKA=DIR node test/broker/transaction-plays/record.ts [scripted | repertoire]

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
  scriptedFile,
  setTransactionVersion,
} from './repertoire.ts';
import { SCRIPTED_PROPERTIES, scriptedPlay } from './scripted.ts';

const launchers = join(process.env.APACHE_KAFKA ?? '/opt/kafka', 'bin');
const sleep = (ms: number) => new Promise<void>((settle) => setTimeout(settle, ms));

async function onBroker(
  properties: Readonly<Record<string, string>>,
  act: (port: number) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kafta-plays-'));
  const prepared = await prepareBroker(folder, launchers, {
    'transaction.state.log.num.partitions': '1',
    'offsets.topic.num.partitions': '1',
    ...properties,
  });
  const broker = await startBrokerProcess(prepared, launchers);
  try {
    await act(broker.port);
  } finally {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function recordScripted(port: number): Promise<void> {
  const lines = await scriptedPlay(port, sleep);
  writeFileSync(scriptedFile, lines.map((line) => `${line}\n`).join(''));
}

async function recordRepertoire(port: number): Promise<void> {
  const recorded: RecordedPlay[] = [];
  const client = await RawClient.connect(port);
  for (const { transactionVersion, plays } of repertoire) {
    await setTransactionVersion(client, transactionVersion);
    for (const options of plays) {
      recorded.push({ ...options, lines: await play({ ...options, port, sleep }) });
    }
  }
  await client.close();
  writeFileSync(recordedFile, gzipSync(JSON.stringify(recorded), { level: 9 }));
}

const [only] = process.argv.slice(2);
if (only !== 'repertoire') await onBroker(SCRIPTED_PROPERTIES, recordScripted);
if (only !== 'scripted') await onBroker({}, recordRepertoire);
