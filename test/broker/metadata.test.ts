import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { DESCRIBE_CLUSTER } from '../../src/protocol/generated/apis/describe-cluster.ts';
import { DESCRIBE_TOPIC_PARTITIONS } from '../../src/protocol/generated/apis/describe-topic-partitions.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import type { RawClient } from './support/raw-client.ts';
import { createTopic, TestBroker } from './support/running-broker.ts';

/** A busy machine takes its time. */
const PATIENT = { timeout: 10_000 };

let broker: TestBroker;
let client: RawClient;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
});

afterAll(() => broker.stop());

describe('metadata', () => {
  it('names this broker, and topics by name and by id', async () => {
    const topicId = await createTopic(client, 'named', { partitions: 2 });
    const byName = await client.send(METADATA, 12, {
      topics: [{ name: 'named' }, { name: 'bad name' }],
      allowAutoTopicCreation: false,
    });
    expect(byName.brokers).toMatchObject([{ nodeId: 1, host: 'localhost', port: broker.port }]);
    expect(byName.topics[0]).toMatchObject({ errorCode: 0, topicId });
    expect(byName.topics[0]?.partitions).toHaveLength(2);
    expect(byName.topics[1]?.errorCode).toBe(Errors.INVALID_TOPIC_EXCEPTION);
    const byId = await client.send(METADATA, 12, {
      topics: [
        { topicId, name: null },
        { topicId: 'kaftaReferenceAAAAAAAA', name: null },
      ],
    });
    expect(byId.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      [null, Errors.UNKNOWN_TOPIC_ID],
      ['named', 0],
    ]);
  });

  it('creates a topic that a client asks for, which finds it the next time', async () => {
    const ask = (name: string, allowAutoTopicCreation: boolean) =>
      client
        .send(METADATA, 12, { topics: [{ name }], allowAutoTopicCreation })
        .then(({ topics }) => topics[0]?.errorCode);
    expect(await ask('by-accident', false)).toBe(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    expect(await ask('by-accident', true)).toBe(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    await expect.poll(() => ask('by-accident', false), PATIENT).toBe(Errors.NONE);
  });

  it('in v0 an empty list means all topics, from v1 on none', async () => {
    await createTopic(client, 'one-of-all');
    const names = async (version: number) =>
      (await client.send(METADATA, version, { topics: [] })).topics.map(({ name }) => name);
    expect(await names(0)).toContain('one-of-all');
    expect(await names(1)).toEqual([]);
  });

  it('tells topics page by page when asked for with a limit', async () => {
    await createTopic(client, 'paged', { partitions: 3 });
    const first = await client.send(DESCRIBE_TOPIC_PARTITIONS, 0, {
      topics: [{ name: 'paged' }],
      responsePartitionLimit: 2,
    });
    expect(first.topics[0]?.partitions).toHaveLength(2);
    expect(first.nextCursor).toEqual({ topicName: 'paged', partitionIndex: 2 });
    const second = await client.send(DESCRIBE_TOPIC_PARTITIONS, 0, {
      topics: [{ name: 'paged' }],
      responsePartitionLimit: 2,
      cursor: first.nextCursor,
    });
    expect(second.topics[0]?.partitions.map(({ partitionIndex }) => partitionIndex)).toEqual([2]);
    expect(second.nextCursor).toBe(null);
  });

  it('the cluster describes brokers to clients, and controllers to nobody but controllers', async () => {
    const answer = await client.send(DESCRIBE_CLUSTER, 2, {});
    expect(answer.brokers).toMatchObject([{ brokerId: 1, port: broker.port }]);
    const refused = await client.send(DESCRIBE_CLUSTER, 2, { endpointType: 2 });
    expect(refused.errorCode).toBe(Errors.MISMATCHED_ENDPOINT_TYPE);
  });
});

describe('a broker that doesn’t create topics by itself', () => {
  it('makes none for a client that asks for it, nor for one that doesn’t want it', async () => {
    const other = await TestBroker.start({
      properties: { 'auto.create.topics.enable': 'false' },
    });
    try {
      const asking = await other.client();
      const absent = { topics: [{ name: 'absent' }], allowAutoTopicCreation: true };
      await asking.send(METADATA, 12, absent);
      // What is created is there when a later request to the controller has its answer.
      await createTopic(asking, 'made');
      const { topics } = await asking.send(METADATA, 12, { topics: null });
      expect(topics.map(({ name }) => name)).toEqual(['made']);
    } finally {
      await other.stop();
    }
    await client.send(METADATA, 12, {
      topics: [{ name: 'unwanted' }],
      allowAutoTopicCreation: false,
    });
    await createTopic(client, 'wanted');
    const { topics } = await client.send(METADATA, 12, { topics: null });
    expect(topics.map(({ name }) => name)).not.toContain('unwanted');
  });
});
