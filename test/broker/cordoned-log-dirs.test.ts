// Log directories that get nothing new (cordoned.log.dirs, KIP-1066), set while the broker runs and before its start.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { ALTER_REPLICA_LOG_DIRS } from '../../src/protocol/generated/apis/alter-replica-log-dirs.ts';
import { CREATE_TOPICS } from '../../src/protocol/generated/apis/create-topics.ts';
import { DESCRIBE_LOG_DIRS } from '../../src/protocol/generated/apis/describe-log-dirs.ts';
import { INCREMENTAL_ALTER_CONFIGS } from '../../src/protocol/generated/apis/incremental-alter-configs.ts';
import type { RawClient } from './support/raw-client.ts';
import { createTopic, TestBroker } from './support/running-broker.ts';

let broker: TestBroker | undefined;
const folder = mkdtempSync(join(tmpdir(), 'kafta-cordon-'));
const [a, b] = [join(folder, 'a'), join(folder, 'b')];
const properties = { 'log.dirs': `${a},${b}`, 'metadata.log.dir': a };

afterEach(async () => {
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(more: Record<string, string> = {}): Promise<RawClient> {
  broker = await TestBroker.start({
    dataDirectory: folder,
    properties: { ...properties, ...more },
  });
  return broker.client();
}

const SET = 0;
const REMOVE = 1;

async function cordon(client: RawClient, value: string | null): Promise<string | null> {
  const configOperation = value === null ? REMOVE : SET;
  const { responses } = await client.send(INCREMENTAL_ALTER_CONFIGS, 1, {
    resources: [
      {
        resourceType: 4,
        resourceName: '1',
        configs: [{ name: 'cordoned.log.dirs', configOperation, value }],
      },
    ],
  });
  return responses[0]!.errorMessage;
}

const foldersOf = (topic: string): number[] =>
  [a, b].map((dir) => readdirSync(dir).filter((name) => name.startsWith(`${topic}-`)).length);

async function cordoned(client: RawClient): Promise<boolean[]> {
  const { results } = await client.send(DESCRIBE_LOG_DIRS, 5, { topics: [] });
  return results.map(({ isCordoned }) => isCordoned);
}

async function createCode(client: RawClient, name: string): Promise<number> {
  const { topics } = await client.send(CREATE_TOPICS, 7, {
    topics: [{ name, numPartitions: 1, replicationFactor: 1 }],
  });
  return topics[0]!.errorCode;
}

it('a cordoned directory gets no partitions, neither new ones nor moved ones', async () => {
  const client = await start();
  await createTopic(client, 'before', { partitions: 4 });
  expect(foldersOf('before')).toEqual([2, 2]);
  expect(await cordon(client, b)).toBeNull();
  expect(await cordoned(client)).toEqual([false, true]);
  await createTopic(client, 'after', { partitions: 4 });
  expect(foldersOf('after')).toEqual([4, 0]);
  const { results } = await client.send(ALTER_REPLICA_LOG_DIRS, 2, {
    dirs: [{ path: b, topics: [{ name: 'after', partitions: [0] }] }],
  });
  expect(results[0]!.partitions[0]!.errorCode).toBe(Errors.INVALID_REPLICA_ASSIGNMENT);
  expect(await cordon(client, null)).toBeNull();
  expect(await cordoned(client)).toEqual([false, false]);
});

it('a broker of which all directories are cordoned gets no topics', async () => {
  const client = await start();
  expect(await cordon(client, `*,${a}`)).toBe(
    'requirement failed: When cordoned.log.dirs is set to *, it must not contain other values',
  );
  expect(await cordon(client, '*')).toBeNull();
  // The controller knows with the heartbeat that is sent at once.
  const names = Array.from({ length: 1000 }, (_, n) => `t${n}`);
  let code = 0;
  while (code === 0) code = await createCode(client, names.pop()!);
  expect(code).toBe(Errors.INVALID_REPLICATION_FACTOR);
  expect(names.length).toBeGreaterThan(900);
  expect(await cordon(client, null)).toBeNull();
  while ((await createCode(client, 'again')) !== 0);
});

it('server.properties cordon as well', async () => {
  const client = await start({ 'cordoned.log.dirs': b });
  expect(await cordoned(client)).toEqual([false, true]);
  await createTopic(client, 'after', { partitions: 2 });
  expect(foldersOf('after')).toEqual([2, 0]);
});
