// Partitions that move from one log directory to another while clients use them.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { ALTER_REPLICA_LOG_DIRS } from '../../src/protocol/generated/apis/alter-replica-log-dirs.ts';
import { DESCRIBE_LOG_DIRS } from '../../src/protocol/generated/apis/describe-log-dirs.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { valuesOf } from '../log/support.ts';
import type { RawClient } from './support/raw-client.ts';
import { batch, createTopic, fetch, produce, TestBroker } from './support/running-broker.ts';

let broker: TestBroker | undefined;
const folder = mkdtempSync(join(tmpdir(), 'kafta-move-'));
const [a, b] = [join(folder, 'a'), join(folder, 'b')];
const properties = { 'log.dirs': `${a},${b}`, 'metadata.log.dir': a };

afterEach(async () => {
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function move(client: RawClient, path: string, topic: string): Promise<number> {
  const { results } = await client.send(ALTER_REPLICA_LOG_DIRS, 2, {
    dirs: [{ path, topics: [{ name: topic, partitions: [0] }] }],
  });
  return results[0]!.partitions[0]!.errorCode;
}

/** Where the partition is, and where it is going to. */
async function places(client: RawClient, topic: string): Promise<[string, boolean, number][]> {
  const { results } = await client.send(DESCRIBE_LOG_DIRS, 4, { topics: null });
  return results.flatMap(({ logDir, topics }) =>
    topics
      .filter(({ name }) => name === topic)
      .flatMap(({ partitions }) => partitions)
      .map(({ isFutureKey, partitionSize }): [string, boolean, number] => [
        logDir,
        isFutureKey,
        partitionSize,
      ]),
  );
}

describe('a partition that is moved to another log directory', () => {
  it('keeps its records and takes new ones all the while, also after a restart', async () => {
    broker = await TestBroker.start({ dataDirectory: folder, properties });
    let client = await broker.client();
    await createTopic(client, 'moving', { configs: { 'internal.segment.bytes': '1500000' } });
    const from = readdirSync(a).includes('moving-0') ? a : b;
    const to = from === a ? b : a;
    const sent: string[] = [];
    const send = async () => {
      const values = Array.from({ length: 50 }, (_, n) => `${sent.length + n}`.padEnd(500, '.'));
      expect((await produce(client, 'moving', batch(values))).errorCode).toBe(0);
      sent.push(...values);
    };
    for (let n = 0; n < 100; n++) await send();
    expect(await move(client, to, 'moving')).toBe(0);
    const seen: number[] = [];
    for (;;) {
      const found = await places(client, 'moving');
      seen.push(found.length);
      if (found.length === 1 && found[0]![0] === to) break;
      await send();
    }
    // Both were shown while it was under way.
    expect(seen[0]).toBe(2);
    await send();
    const check = async () => {
      const stored: string[] = [];
      while (stored.length < sent.length) {
        const { errorCode, records } = await fetch(client, 'moving', stored.length);
        expect(errorCode).toBe(0);
        const found = valuesOf([records!]).filter(([offset]) => offset >= stored.length);
        expect(found.length).toBeGreaterThan(0);
        stored.push(...found.map(([, value]) => value!));
      }
      expect(stored).toEqual(sent);
    };
    await check();
    expect(readdirSync(to)).toContain('moving-0');
    expect(readdirSync(from).filter((name) => name.startsWith('moving-0'))).toEqual([
      expect.stringMatching(/^moving-0\.[0-9a-f]{32}-delete$/),
    ]);

    await broker.stop();
    broker = await TestBroker.start({ dataDirectory: folder, properties });
    client = await broker.client();
    await check();
    expect((await places(client, 'moving')).map(([path]) => path)).toEqual([to]);
  });

  it('is the new directory’s also for the controller: it has no leader when that one fails', async () => {
    const quick = { ...properties, 'broker.heartbeat.interval.ms': '50' };
    broker = await TestBroker.start({ dataDirectory: folder, properties: quick });
    const client = await broker.client();
    for (const [topic, path] of [
      ['one', a],
      ['other', b],
    ] as const) {
      // It is made there.
      await move(client, path, topic);
      await createTopic(client, topic);
    }
    expect((await places(client, 'one')).map(([path]) => path)).toEqual([a]);
    expect(await move(client, b, 'one')).toBe(0);
    while ((await places(client, 'one')).some(([path]) => path !== b));
    rmSync(b, { recursive: true });
    await places(client, 'one');
    const leaders = async () => {
      const topics = [{ name: 'one' }, { name: 'other' }];
      const answer = await client.send(METADATA, 12, { topics });
      return answer.topics.map(({ partitions }) => partitions[0]!.leaderId);
    };
    let found = await leaders();
    while (!found.includes(-1)) found = await leaders();
    expect(found).toEqual([-1, -1]);
  });

  it('must be here, and the directory one of log.dirs', async () => {
    broker = await TestBroker.start({ dataDirectory: folder, properties });
    const client = await broker.client();
    await createTopic(client, 'still');
    expect(await move(client, '/nowhere', 'still')).toBe(Errors.LOG_DIR_NOT_FOUND);
    expect(await move(client, b, 'later')).toBe(Errors.REPLICA_NOT_AVAILABLE);
    // It is remembered where it is to be.
    await createTopic(client, 'first');
    await createTopic(client, 'later');
    expect((await places(client, 'later')).map(([path]) => path)).toEqual([b]);
  });
});
