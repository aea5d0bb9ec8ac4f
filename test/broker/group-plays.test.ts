// Plays of group requests (group-plays/play.ts), held against what Apache Kafka 4.3.1 answered to the same: members of
// classic, consumer, share and streams groups, and those who commit, list, describe and delete.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeIo } from '../../src/io/node.ts';
import { play } from './group-plays/play.ts';
import {
  PLAY_PROPERTIES,
  type RecordedPlay,
  RUN_IDS,
  recordedFile,
} from './group-plays/repertoire.ts';
import { TestBroker } from './support/running-broker.ts';

const recorded = JSON.parse(gunzipSync(readFileSync(recordedFile)).toString()) as RecordedPlay[];
const { clock } = nodeIo();
const sleep = (ms: number) => new Promise<void>((settle) => clock.setTimer(ms, settle));
let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.start({ properties: PLAY_PROPERTIES });
});

afterAll(() => broker.stop());

test.each(recorded)(
  'answers $kind play $seed as Apache Kafka does',
  async ({ lines, ...choice }) => {
    const waiting = { quietMs: 0, pauseMs: 0, expected: lines, runId: RUN_IDS[0] };
    const answered = await play({ ...choice, ...waiting, port: broker.port, sleep });
    const differs = answered.findIndex((line, index) => line !== lines[index]);
    expect(answered[differs]).toBe(lines[differs]);
    expect(answered.length).toBe(lines.length);
  },
);
