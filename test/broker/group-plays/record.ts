// Plays group requests against Apache Kafka, twice each, and keeps what it answered to those that it answers alike, for
// group-plays.test.ts.
//   APACHE_KAFKA=DIR node test/broker/group-plays/record.ts [KIND...]
// With kinds, plays of the others stay as they were recorded.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { prepareBroker, startBrokerProcess } from '../../support/broker-process.ts';
import { play } from './play.ts';
import {
  candidates,
  PLAY_PROPERTIES,
  type RecordedPlay,
  RUN_IDS,
  recordedFile,
} from './repertoire.ts';

const launchers = join(process.env.APACHE_KAFKA ?? '/opt/kafka', 'bin');
const folder = mkdtempSync(join(tmpdir(), 'kafta-plays-'));
const properties = {
  ...PLAY_PROPERTIES,
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
};
const broker = await startBrokerProcess(
  await prepareBroker(folder, launchers, properties),
  launchers,
);
const sleep = (ms: number) => new Promise<void>((settle) => setTimeout(settle, ms));
const kinds = process.argv.slice(2);
const isAsked = ({ kind }: { kind: string }) => kinds.length === 0 || kinds.includes(kind);
const earlier: RecordedPlay[] =
  kinds.length === 0 ? [] : JSON.parse(gunzipSync(readFileSync(recordedFile)).toString());
const recorded = earlier.filter((one) => !isAsked(one));
const common = { port: broker.port, sleep, quietMs: 80, pauseMs: 80 };
for (const choice of candidates.filter(isAsked)) {
  const once = await play({ ...choice, ...common, runId: RUN_IDS[0] });
  const again = await play({ ...choice, ...common, runId: RUN_IDS[1] });
  const isAlike = once.every((line, index) => line === again[index]);
  console.error(`${choice.kind} ${choice.seed}: ${isAlike ? 'kept' : 'left out'}`);
  if (isAlike) recorded.push({ ...choice, lines: once });
}
await broker.stop();
rmSync(folder, { recursive: true, force: true });
writeFileSync(recordedFile, gzipSync(JSON.stringify(recorded), { level: 9 }));
