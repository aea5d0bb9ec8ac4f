import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { FETCH } from '../../src/protocol/generated/apis/fetch.ts';
import { PRODUCE } from '../../src/protocol/generated/apis/produce.ts';
import { Compression } from '../../src/records/compression/compression.ts';
import { baseOffset, lastOffset, sizeInBytes } from '../../src/records/record-batch.ts';
import type { RawClient } from './support/raw-client.ts';
import {
  batch,
  createTopic,
  fetch,
  fetchDraft,
  produce,
  TestBroker,
} from './support/running-broker.ts';

let broker: TestBroker;
let client: RawClient;
let count = 0;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
});

afterAll(() => broker.stop());

async function newTopic(configs: Record<string, string> = {}): Promise<string> {
  const name = `topic-${count++}`;
  await createTopic(client, name, { configs });
  return name;
}

describe('produce', () => {
  it('gives offsets in order and keeps the records as they came', async () => {
    const topic = await newTopic();
    expect(await produce(client, topic, batch(['a', 'b']))).toMatchObject({
      errorCode: 0,
      baseOffset: 0,
      logAppendTimeMs: -1,
      logStartOffset: 0,
    });
    expect((await produce(client, topic, batch(['c']), { acks: 1 })).baseOffset).toBe(2);
    const { records, highWatermark } = await fetch(client, topic, 0);
    expect(highWatermark).toBe(3);
    const second = sizeInBytes(records!, 0);
    expect([baseOffset(records!, 0), lastOffset(records!, second)]).toEqual([0, 2]);
    expect(records!.includes('c')).toBe(true);
  });

  it('with acks=0 answers nothing, and the next request is answered as usual', async () => {
    const topic = await newTopic();
    const records = batch(['quiet']);
    const partitionData = [{ index: 0, records }];
    client.post(PRODUCE, 12, { acks: 0, topicData: [{ name: topic, partitionData }] });
    expect((await produce(client, topic, batch(['loud']))).baseOffset).toBe(1);
  });

  it('with acks=0 an error closes the connection', async () => {
    const other = await broker.client();
    const partitionData = [{ index: 0, records: batch(['x']) }];
    other.post(PRODUCE, 12, { acks: 0, topicData: [{ name: 'nowhere', partitionData }] });
    await other.closed;
  });

  it('answers partitions one by one, in the order of the request', async () => {
    const topic = await newTopic();
    const records = batch(['x']);
    const { responses } = await client.send(PRODUCE, 12, {
      acks: -1,
      topicData: [
        { name: 'nowhere', partitionData: [{ index: 0, records }] },
        {
          name: topic,
          partitionData: [
            { index: 7, records },
            { index: 0, records },
          ],
        },
      ],
    });
    const codes = responses.map(({ partitionResponses }) =>
      partitionResponses.map(({ index, errorCode }) => [index, errorCode]),
    );
    expect(codes).toEqual([
      [[0, 3]],
      [
        [7, 3],
        [0, 0],
      ],
    ]);
  });

  it('refuses what Kafka refuses, and writes nothing of it', async () => {
    const topic = await newTopic({ 'max.message.bytes': '1000' });
    const damaged = batch(['abc']);
    damaged[damaged.length - 1]! ^= 1;
    const code = async (records: Buffer, acks = -1) =>
      (await produce(client, topic, records, { acks })).errorCode;
    expect(await code(batch(['x'.repeat(2000)]))).toBe(Errors.MESSAGE_TOO_LARGE);
    expect(await code(damaged)).toBe(Errors.CORRUPT_MESSAGE);
    expect(await code(Buffer.alloc(0))).toBe(Errors.INVALID_RECORD);
    expect(await code(Buffer.concat([batch(['a']), batch(['b'])]))).toBe(Errors.INVALID_RECORD);
    const whole = batch(['cut off']);
    expect(await code(whole.subarray(0, whole.length - 3))).toBe(Errors.INVALID_RECORD);
    expect(await code(batch(['a']), 2)).toBe(Errors.INVALID_REQUIRED_ACKS);
    expect(await code(batch(['a'], { control: true }))).toBe(Errors.INVALID_RECORD);
    expect((await fetch(client, topic, 0)).highWatermark).toBe(0);
  });

  it('takes zstd from v7 on alone (KIP-110)', async () => {
    const topic = await newTopic();
    const records = batch(['x'], { compression: Compression.ZSTD });
    const send = async (version: number) => {
      const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }];
      const { responses } = await client.send(PRODUCE, version, { acks: 1, topicData });
      return responses[0]!.partitionResponses[0]!.errorCode;
    };
    expect(await send(6)).toBe(Errors.UNSUPPORTED_COMPRESSION_TYPE);
    expect(await send(7)).toBe(0);
  });

  it('refuses the broker’s own topics to all but the admin client', async () => {
    await createTopic(client, '__consumer_offsets', { configs: { 'cleanup.policy': 'compact' } });
    const answer = await produce(client, '__consumer_offsets', batch(['x']));
    expect(answer.errorCode).toBe(Errors.INVALID_TOPIC_EXCEPTION);
  });

  it('a batch sent again by an idempotent producer is not written again', async () => {
    const topic = await newTopic();
    const identity = { producerId: 77, producerEpoch: 0 };
    const first = () => batch(['1', '2'], { ...identity, baseSequence: 0 });
    expect((await produce(client, topic, first())).baseOffset).toBe(0);
    expect(await produce(client, topic, first())).toMatchObject({ errorCode: 0, baseOffset: 0 });
    const gap = batch(['9'], { ...identity, baseSequence: 5 });
    expect((await produce(client, topic, gap)).errorCode).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect((await fetch(client, topic, 0)).highWatermark).toBe(2);
  });

  it('refuses a transaction’s records, which nobody could ever commit', async () => {
    const topic = await newTopic();
    const identity = { producerId: 78, producerEpoch: 0, baseSequence: 0, transactional: true };
    expect((await produce(client, topic, batch(['x'], identity))).errorCode).toBe(
      Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    );
    expect((await fetch(client, topic, 0)).highWatermark).toBe(0);
  });

  it('by topic id (v13) an unknown id is told as such', async () => {
    const { responses } = await client.send(PRODUCE, 13, {
      acks: -1,
      topicData: [
        { topicId: 'kaftaReferenceAAAAAAAA', partitionData: [{ index: 0, records: batch(['x']) }] },
      ],
    });
    expect(responses[0]?.partitionResponses[0]?.errorCode).toBe(Errors.UNKNOWN_TOPIC_ID);
  });
});

describe('fetch', () => {
  it('a long poll is woken by an append', async () => {
    const topic = await newTopic();
    const waiting = fetch(client, topic, 0, { maxWaitMs: 20_000 });
    const producer = await broker.client();
    await produce(producer, topic, batch(['news']));
    expect((await waiting).records?.includes('news')).toBe(true);
  });

  it('waits until minBytes have come', async () => {
    const topic = await newTopic();
    const producer = await broker.client();
    const one = batch(['x'.repeat(100)]);
    const waiting = fetch(client, topic, 0, { maxWaitMs: 20_000, minBytes: one.length + 1 });
    await produce(producer, topic, one);
    await produce(producer, topic, batch(['x'.repeat(100)]));
    expect((await waiting).records?.length).toBe(2 * one.length);
  });

  it('waits for more than is there when that is less than minBytes', async () => {
    const topic = await newTopic();
    const one = batch(['x'.repeat(100)]);
    await produce(client, topic, one);
    const producer = await broker.client();
    const waiting = fetch(client, topic, 0, { maxWaitMs: 20_000, minBytes: one.length + 1 });
    await produce(producer, topic, one);
    expect((await waiting).records?.length).toBe(2 * one.length);
  });

  it('a long poll that ends without records tells the partition all the same', async () => {
    const topic = await newTopic();
    await produce(client, topic, batch(['a']));
    expect(await fetch(client, topic, 1, { maxWaitMs: 10 })).toMatchObject({
      errorCode: 0,
      highWatermark: 1,
      lastStableOffset: 1,
      logStartOffset: 0,
    });
  });

  it('a topic that is deleted ends the long poll with an error', async () => {
    const { DELETE_TOPICS } = await import('../../src/protocol/generated/apis/delete-topics.ts');
    const topic = await newTopic();
    const waiting = fetch(client, topic, 0, { maxWaitMs: 20_000 });
    const admin = await broker.client();
    await admin.send(DELETE_TOPICS, 6, { topics: [{ name: topic }], timeoutMs: 5000 });
    expect((await waiting).errorCode).toBe(Errors.UNKNOWN_TOPIC_OR_PARTITION);
  });

  it('gives the first batch whole however small the limits are, and stops at them after it', async () => {
    const topic = await newTopic();
    const one = batch(['x'.repeat(500)]);
    for (let i = 0; i < 3; i++) await produce(client, topic, batch(['x'.repeat(500)]));
    const smallest = await fetch(client, topic, 0, { partitionMaxBytes: 1, maxBytes: 1 });
    expect(smallest.records?.length).toBe(one.length);
    const two = await fetch(client, topic, 0, { partitionMaxBytes: 2 * one.length + 10 });
    expect(two.records?.length).toBe(2 * one.length);
  });

  it('outside the log answers OFFSET_OUT_OF_RANGE at once', async () => {
    const topic = await newTopic();
    const answer = await fetch(client, topic, 5, { maxWaitMs: 20_000 });
    expect(answer).toMatchObject({
      errorCode: Errors.OFFSET_OUT_OF_RANGE,
      highWatermark: -1,
      logStartOffset: -1,
    });
  });

  it('leader epochs that are older or newer than ours are told apart', async () => {
    const topic = await newTopic();
    const code = async (currentLeaderEpoch: number) => {
      const partition = {
        partition: 0,
        fetchOffset: 0,
        partitionMaxBytes: 100,
        currentLeaderEpoch,
      };
      const topics = [{ topic, partitions: [partition] }];
      return (await fetch(client, topic, 0, { topics })).errorCode;
    };
    expect(await code(0)).toBe(Errors.NONE);
    expect(await code(1)).toBe(Errors.UNKNOWN_LEADER_EPOCH);
  });

  it('a session’s answers carry what is new alone', async () => {
    const topic = await newTopic();
    const full = await client.send(FETCH, 12, fetchDraft(topic, 0, { sessionEpoch: 0 }));
    expect(full.sessionId).toBeGreaterThan(0);
    const { sessionId } = full;
    const nothing = await client.send(FETCH, 12, {
      maxWaitMs: 1,
      minBytes: 1,
      sessionId,
      sessionEpoch: 1,
    });
    expect(nothing).toMatchObject({ errorCode: 0, sessionId, responses: [] });
    await produce(client, topic, batch(['x']));
    const news = await client.send(FETCH, 12, {
      maxWaitMs: 1,
      minBytes: 1,
      sessionId,
      sessionEpoch: 2,
    });
    expect(news.responses[0]?.partitions[0]?.highWatermark).toBe(1);
    const stale = await client.send(FETCH, 12, { sessionId, sessionEpoch: 2 });
    expect(stale.errorCode).toBe(Errors.INVALID_FETCH_SESSION_EPOCH);
  });

  it('a client that leaves during a long poll leaves nothing behind', async () => {
    const topic = await newTopic();
    const leaver = await broker.client();
    leaver.post(FETCH, 12, fetchDraft(topic, 0, { maxWaitMs: 20_000 }));
    // Its answer to this one shows that the fetch before it is being waited for by then.
    await produce(client, topic, batch(['x']));
    await leaver.close();
    expect((await produce(client, topic, batch(['y']))).errorCode).toBe(0);
  });
});
