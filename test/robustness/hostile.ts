// Two hundred hostile connections beside a working producer: random bytes, huge and negative lengths, half frames,
// headers of every API with a random body, pipelines whose answers nobody reads. The producer's judge (franz-go, see
// kill/main.go) must find all that was acknowledged, and the broker's memory must stay under a bound.
//   node test/robustness/hostile.ts [--connections 200] [--seconds 20] [--seed N] [--most-mib 400]
// Closes with `N passed, N failed`.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ourLaunchers, prepareBroker, startBrokerProcess } from '../support/broker-process.ts';
import { seeded } from '../support/seeded.ts';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'most-mib': { type: 'string', default: '400' },
  },
});
const random = seeded(Number(values.seed));
const int = (bound: number) => Math.floor(random() * bound);

function randomBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = int(256);
  return bytes;
}

function framed(body: Buffer): Buffer {
  const frame = Buffer.alloc(4 + body.length);
  frame.writeInt32BE(body.length);
  body.copy(frame, 4);
  return frame;
}

function header(apiKey: number, version: number): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeInt16BE(apiKey);
  bytes.writeInt16BE(version, 2);
  bytes.writeInt32BE(int(1 << 30), 4);
  bytes.writeInt16BE(-1, 8);
  return bytes;
}

/** Metadata v1 for all topics: a small request with a large answer, many at once, none read. */
function unreadPipeline(socket: Socket): void {
  socket.pause();
  const request = framed(Buffer.concat([header(3, 1), Buffer.from([0xff, 0xff, 0xff, 0xff])]));
  socket.write(Buffer.concat(Array.from({ length: 2000 }, () => request)));
}

const attacks: ((socket: Socket) => void)[] = [
  (socket) => socket.write(randomBytes(1 + int(5000))),
  (socket) => socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])),
  (socket) => socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff])),
  (socket) => socket.write(Buffer.from([0, 0, 0, 0])),
  (socket) => socket.write(Buffer.from([0, 0x10, 0, 0, 0, 3])),
  (socket) =>
    socket.write(framed(Buffer.concat([header(int(93), int(18)), randomBytes(int(400))]))),
  (socket) =>
    socket.write(framed(Buffer.concat([header(int(93), int(18)), Buffer.alloc(int(4000), 0xff)]))),
  (socket) =>
    socket.write(framed(Buffer.concat([header(int(93), int(18)), Buffer.alloc(int(400), 0x7f)]))),
  unreadPipeline,
  (socket) => {
    // The largest legal frame, announced, and fed a byte at a time.
    socket.write(Buffer.from([0x06, 0x40, 0, 0]));
    for (let i = 0; i < 50; i++) socket.write(randomBytes(1));
  },
];

const folder = mkdtempSync(join(tmpdir(), 'kafta-hostile-'));
execFileSync('go', ['build', '-o', join(folder, 'load'), '.'], {
  cwd: join(import.meta.dirname, 'kill'),
  stdio: ['ignore', 'inherit', 'inherit'],
});
const broker = await startBrokerProcess(
  await prepareBroker(folder, ourLaunchers, { 'num.partitions': '4' }),
  ourLaunchers,
);
const load = spawn(join(folder, 'load'), [], {
  stdio: ['pipe', 'inherit', 'inherit'],
  env: { ...process.env, BOOTSTRAP: broker.bootstrap, TOPIC: 'hostile', VALUE_BYTES: '100' },
});
const judged = new Promise<number | null>((settle) => load.once('exit', settle));

let attacked = 0;
const open = new Set<Socket>();
function attack(): void {
  const socket = connect(broker.port, '127.0.0.1');
  open.add(socket);
  attacked++;
  socket.on('error', () => {});
  socket.once('close', () => open.delete(socket));
  socket.once('connect', () => attacks[int(attacks.length)]?.(socket));
}

let mostMib = 0;
const deadline = Date.now() + Number(values.seconds) * 1000;
while (Date.now() < deadline && broker.child.exitCode === null) {
  while (open.size < Number(values.connections)) attack();
  await new Promise((settle) => setTimeout(settle, 50));
  const rssKib = Number(
    execFileSync('ps', ['-o', 'rss=', '-p', String(broker.child.pid)], { encoding: 'utf8' }),
  );
  mostMib = Math.max(mostMib, rssKib / 1024);
  // Those that the broker keeps open make room for others now and then.
  for (const socket of open) if (random() < 0.02) socket.destroy();
}
for (const socket of open) socket.destroy();
load.stdin.end();
const code = await judged;
const alive = broker.child.exitCode === null;
await broker.stop();
console.log(
  `${attacked} hostile connections; the broker's most memory was ${mostMib.toFixed(0)} MiB`,
);
const checks = [code === 0, alive, mostMib <= Number(values['most-mib'])];
const failed = checks.filter((ok) => !ok).length;
if (failed > 0) console.log(`seed ${values.seed}; the broker's log is in ${folder}`);
else rmSync(folder, { recursive: true, force: true });
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
