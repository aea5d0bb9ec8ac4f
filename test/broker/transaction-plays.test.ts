// Plays of transactional requests (transaction-plays/play.ts), held against what Apache Kafka 4.3.1 answered to the same:
// errors, offsets, epochs, states of transactions and producers, with transaction.version 0, 1 and 2.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeIo } from '../../src/io/node.ts';
import { TestBroker } from './support/running-broker.ts';
import { play } from './transaction-plays/play.ts';
import {
  type RecordedPlay,
  recordedFile,
  repertoire,
  scriptedFile,
  setTransactionVersion,
} from './transaction-plays/repertoire.ts';
import { SCRIPTED_PROPERTIES, scriptedPlay } from './transaction-plays/scripted.ts';

const recorded = JSON.parse(gunzipSync(readFileSync(recordedFile)).toString()) as RecordedPlay[];
const { clock } = nodeIo();
const sleep = (ms: number) => new Promise<void>((settle) => clock.setTimer(ms, settle));

describe.each(repertoire)('with transaction.version $transactionVersion', (acts) => {
  let broker: TestBroker;

  beforeAll(async () => {
    broker = await TestBroker.start();
    await setTransactionVersion(await broker.client(), acts.transactionVersion);
  });

  afterAll(() => broker.stop());

  test.each(acts.plays)('answers play $seed as Apache Kafka does', async ({ seed }) => {
    const { lines, ...options } = recorded.find((one) => one.seed === seed)!;
    const answered = await play({ ...options, port: broker.port, sleep });
    const differs = answered.findIndex((line, index) => line !== lines[index]);
    expect(answered[differs]).toBe(lines[differs]);
    expect(answered.length).toBe(lines.length);
  });
});

test('answers the scripted play as Apache Kafka does', async () => {
  const lines = readFileSync(scriptedFile, 'utf8').trimEnd().split('\n');
  const broker = await TestBroker.start({ properties: SCRIPTED_PROPERTIES });
  try {
    expect(await scriptedPlay(broker.port, sleep)).toEqual(lines);
  } finally {
    await broker.stop();
  }
});
