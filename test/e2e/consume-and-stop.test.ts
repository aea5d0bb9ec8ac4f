// A console consumer of a group that is told to stop while it prints: what is committed is what was printed, and the next
// member of the group goes on with the record behind it.

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kafta } from '../support/kafta.ts';

const launchers = resolve(import.meta.dirname, '../../bin/launchers');
const RECORDS = 60_000;
const PARTITIONS = 3;

let kafta: Kafta;
let server: string;

beforeAll(async () => {
  kafta = new Kafta();
  await kafta.run(['topics', '--create', '--topic', 't', '--partitions', String(PARTITIONS)]);
  const { stdout } = await kafta.run(['broker', 'status', '--output', 'json']);
  server = JSON.parse(stdout)[0].bootstrapServer;
  await kafta.shell(
    `seq 1 ${RECORDS} | sed 's/.*/&:&/' | kafta console-producer --topic t ` +
      '--reader-property parse.key=true --reader-property key.separator=:',
  );
});

afterAll(() => kafta.end());

/** Per partition the offset behind the last record that reached stdout; `signal` once `stopAfter` lines have. */
async function consume(options: readonly string[], signal: NodeJS.Signals, stopAfter: number) {
  const child = spawn(
    resolve(launchers, 'kafka-console-consumer.sh'),
    [
      ...['--bootstrap-server', server, '--topic', 't', ...options],
      ...['--formatter-property', 'print.partition=true'],
      ...['--formatter-property', 'print.offset=true'],
    ],
    { env: { ...process.env, ...kafta.env }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let text = '';
  let lines = 0;
  let isStopped = false;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    for (const byte of chunk) if (byte === 0x0a) lines += 1;
    if (lines < stopAfter || isStopped) return;
    isStopped = true;
    child.kill(signal);
  });
  await new Promise((settle) => child.once('close', settle));
  const next = new Map<number, number>();
  const seen = text.trimEnd().split('\n');
  for (const line of seen) {
    const [, partition, offset] = /^Partition:(\d+)\tOffset:(\d+)\t/.exec(line)!;
    next.set(Number(partition), Number(offset) + 1);
  }
  return { next, lines: seen.length, exitCode: child.exitCode };
}

async function committed(group: string): Promise<Map<number, number>> {
  const argv = ['consumer-groups', '--describe', '--group', group, '--output', 'json'];
  const rows: { partition: number; currentOffset: number | null }[] = JSON.parse(
    (await kafta.run(argv)).stdout,
  );
  const offsets = rows.map((row) => [row.partition, row.currentOffset ?? 0] as const);
  return new Map(offsets.filter(([, offset]) => offset > 0));
}

test.each([
  ['classic', 'SIGINT'],
  ['classic', 'SIGTERM'],
  ['consumer', 'SIGINT'],
  ['consumer', 'SIGTERM'],
] as const)('the %s protocol commits what was printed on %s', async (protocol, signal) => {
  const group = `${protocol}-${signal}`;
  const options = ['--group', group, '--command-property', `group.protocol=${protocol}`];
  const first = await consume([...options, '--from-beginning'], signal, 5_000);
  expect(first.exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
  expect(first.lines).toBeLessThan(RECORDS);
  const offsets = await committed(group);
  expect(offsets).toEqual(first.next);
  // All the rest and nothing else: the members before it have left, so the next one needn't wait for them.
  const rest = await consume(
    [...options, '--from-beginning', '--max-messages', String(RECORDS - first.lines)],
    signal,
    Number.POSITIVE_INFINITY,
  );
  expect(rest.exitCode).toBe(0);
  const ends = [...(await committed(group)).values()];
  expect(ends.reduce((sum, offset) => sum + offset, 0)).toBe(RECORDS);
});
