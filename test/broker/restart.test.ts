import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { DESCRIBE_CLUSTER } from '../../src/protocol/generated/apis/describe-cluster.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import type { RawClient } from './support/raw-client.ts';
import { batch, createTopic, fetch, produce, TestBroker } from './support/running-broker.ts';

let broker: TestBroker;
let client: RawClient;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
});

afterAll(() => broker.stop());

describe('a broker that stops', () => {
  it('answers who waits, closes the connections and frees the port', async () => {
    const stopping = await TestBroker.start();
    const waiter = await stopping.client();
    await createTopic(waiter, 'quiet');
    const idle = await stopping.client();
    const waiting = fetch(waiter, 'quiet', 0, { maxWaitMs: 60_000 });
    // Answered after the fetch was received: both go through the same loop, the fetch first.
    await idle.send(METADATA, 13, { topics: [] });
    const { port } = stopping;
    const stopped = stopping.started.stop();
    // Nobody leads the partition any more, which the client is told in time.
    expect((await waiting).errorCode).toBe(Errors.NOT_LEADER_OR_FOLLOWER);
    await Promise.all([waiter.closed, idle.closed, stopped]);
    const next = await TestBroker.start({ port });
    expect(next.port).toBe(port);
    await next.stop();
  });
});

describe('a broker that is started again', () => {
  it('has its topics, records and cluster id', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'kafta-restart-'));
    const first = await TestBroker.start({ dataDirectory });
    const one = await first.client();
    await createTopic(one, 'kept', { configs: { 'max.message.bytes': '1000' } });
    await produce(one, 'kept', batch(['kept record']));
    const { clusterId } = await one.send(DESCRIBE_CLUSTER, 0, {});
    await first.stop();
    const again = await TestBroker.start({ dataDirectory });
    const two = await again.client();
    expect((await two.send(DESCRIBE_CLUSTER, 0, {})).clusterId).toBe(clusterId);
    expect((await fetch(two, 'kept', 0)).records?.includes('kept record')).toBe(true);
    expect((await produce(two, 'kept', batch(['x'.repeat(2000)]))).errorCode).toBe(
      Errors.MESSAGE_TOO_LARGE,
    );
    expect((await produce(two, 'kept', batch(['next']))).baseOffset).toBe(1);
    await again.stop();
    rmSync(dataDirectory, { recursive: true });
  });

  it('is refused while the first one has the folder', async () => {
    const { dataDirectory } = broker.started;
    const second = await TestBroker.start({ dataDirectory }).catch((error: Error) => error);
    expect(second).toBeInstanceOf(Error);
    expect((second as Error).message).toContain(dataDirectory);
    await expect(client.send(METADATA, 13, { topics: [] })).resolves.toBeDefined();
  });
});
