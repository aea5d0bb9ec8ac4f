// Share groups through a whole broker: sessions, waiting, answers over the wire, and what is left after the broker is
// stopped or killed.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Errors } from '../../../src/protocol/errors.ts';
import { DESCRIBE_SHARE_GROUP_OFFSETS } from '../../../src/protocol/generated/apis/describe-share-group-offsets.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { INCREMENTAL_ALTER_CONFIGS } from '../../../src/protocol/generated/apis/incremental-alter-configs.ts';
import { LIST_OFFSETS } from '../../../src/protocol/generated/apis/list-offsets.ts';
import { SHARE_ACKNOWLEDGE } from '../../../src/protocol/generated/apis/share-acknowledge.ts';
import { SHARE_FETCH } from '../../../src/protocol/generated/apis/share-fetch.ts';
import type { ShareFetchRequest } from '../../../src/protocol/generated/apis/share-fetch-request.ts';
import { SHARE_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/share-group-heartbeat.ts';
import type { Draft } from '../../../src/protocol/message.ts';
import { RecordCursor } from '../../../src/records/record-cursor.ts';
import type { RawClient } from '../support/raw-client.ts';
import { batch, createTopic, produce, TestBroker } from '../support/running-broker.ts';

const GROUP = 'crew';
const GROUP_RESOURCE = 32;
const ACCEPT = 1;
const RELEASE = 2;
const properties = {
  'offsets.topic.num.partitions': '2',
  'share.coordinator.state.topic.num.partitions': '2',
  'group.share.max.share.sessions': '2',
  'group.share.assignment.interval.ms': '0',
};

let directory: string;
let broker: TestBroker;
let client: RawClient;
let topicId: string;

async function start(dataDirectory: string, more: Record<string, string> = {}): Promise<void> {
  broker = await TestBroker.start({ dataDirectory, properties: { ...properties, ...more } });
  client = await broker.client();
}

async function configure(name: string, value: string): Promise<void> {
  const configs = [{ name, configOperation: 0, value }];
  const { responses } = await client.send(INCREMENTAL_ALTER_CONFIGS, 1, {
    resources: [{ resourceType: GROUP_RESOURCE, resourceName: GROUP, configs }],
  });
  expect(responses[0]!.errorCode).toBe(Errors.NONE);
}

/** Joins; a coordinator that isn't loaded yet is asked again. */
async function joinGroup(
  memberId: string,
  topic = 't',
  topicPartitions = [{ topicId, partitions: [0] }],
): Promise<void> {
  const find = { keyType: 0, coordinatorKeys: [GROUP] };
  await client.send(FIND_COORDINATOR, 6, find);
  for (;;) {
    const request = { groupId: GROUP, memberId, memberEpoch: 0, subscribedTopicNames: [topic] };
    const answer = await client.send(SHARE_GROUP_HEARTBEAT, 1, request);
    const isBusy =
      answer.errorCode === Errors.COORDINATOR_LOAD_IN_PROGRESS ||
      answer.errorCode === Errors.NOT_COORDINATOR;
    if (isBusy) continue;
    expect(answer.errorCode).toBe(Errors.NONE);
    expect(answer.assignment?.topicPartitions).toEqual(topicPartitions);
    return;
  }
}

const values = (records: Buffer | null): string[] => {
  const found: string[] = [];
  const cursor = new RecordCursor();
  if (records === null || records.length === 0) return found;
  cursor.reset(records, 0);
  while (cursor.next()) {
    const at = cursor.valuePosition;
    found.push(cursor.buffer.toString('utf8', at, at + cursor.valueLength));
  }
  return found;
};

async function fetch(
  memberId: string,
  shareSessionEpoch: number,
  fields: Draft<ShareFetchRequest> = {},
  over = client,
) {
  const topics = shareSessionEpoch === 0 ? [{ topicId, partitions: [{ partitionIndex: 0 }] }] : [];
  const answer = await over.send(SHARE_FETCH, 2, {
    ...{ groupId: GROUP, memberId, shareSessionEpoch, maxWaitMs: 0, minBytes: 1 },
    ...{ maxBytes: 1 << 20, maxRecords: 500, batchSize: 500 },
    topics,
    ...fields,
  });
  const partition = answer.responses[0]?.partitions[0];
  return { ...answer, partition, values: values(partition?.records ?? null) };
}

function acknowledging(firstOffset: number, lastOffset: number, type: number) {
  const acknowledgementBatches = [{ firstOffset, lastOffset, acknowledgeTypes: [type] }];
  return [{ topicId, partitions: [{ partitionIndex: 0, acknowledgementBatches }] }];
}

async function startOffset(): Promise<number> {
  const request = { groups: [{ groupId: GROUP, topics: null }] };
  const { groups } = await client.send(DESCRIBE_SHARE_GROUP_OFFSETS, 1, request);
  return groups[0]!.topics[0]!.partitions[0]!.startOffset;
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kafta-share-'));
  await start(directory);
  topicId = await createTopic(client, 't');
  await configure('share.auto.offset.reset', 'earliest');
});

afterEach(async () => {
  await broker.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('a share fetch', () => {
  test('gives records, and not again until they are released', async () => {
    await produce(client, 't', batch(['a', 'b', 'c']));
    await joinGroup('m');
    const first = await fetch('m', 0, { maxWaitMs: 5000 });
    expect(first.values).toEqual(['a', 'b', 'c']);
    expect(first.partition!.acquiredRecords).toEqual([
      { firstOffset: 0, lastOffset: 2, deliveryCount: 1 },
    ]);
    expect(first.acquisitionLockTimeoutMs).toBe(30_000);
    expect((await fetch('m', 1)).responses).toEqual([]);
    const again = await fetch('m', 2, { topics: acknowledging(0, 2, RELEASE), maxWaitMs: 5000 });
    expect(again.partition).toMatchObject({ acknowledgeErrorCode: Errors.NONE });
    const third = again.values.length > 0 ? again : await fetch('m', 3, { maxWaitMs: 5000 });
    expect(third.partition!.acquiredRecords).toEqual([
      { firstOffset: 0, lastOffset: 2, deliveryCount: 2 },
    ]);
  });

  test('that comes before its partitions are loaded is answered by the first with records', async () => {
    const id = await createTopic(client, 'two', { partitions: 2 });
    for (const partition of [0, 1]) await produce(client, 'two', batch(['x']), { partition });
    await joinGroup('m', 'two', [{ topicId: id, partitions: [0, 1] }]);
    const partitions = [{ partitionIndex: 0 }, { partitionIndex: 1 }];
    const told: number[][] = [];
    for (const epoch of [0, 1]) {
      const topics = epoch === 0 ? [{ topicId: id, partitions }] : [];
      const { responses } = await fetch('m', epoch, { topics, maxWaitMs: 5000 });
      told.push(responses.flatMap((each) => each.partitions.map((one) => one.partitionIndex)));
    }
    expect(told).toEqual([[0], [1]]);
  });

  test('of a group that begins with the last hour has to ask again until something was produced in it', async () => {
    await configure('share.auto.offset.reset', 'by_duration:PT1H');
    await produce(client, 't', batch(['old'], { timestamp: Date.now() - 7_200_000 }));
    await joinGroup('m');
    let { partition } = await fetch('m', 0, { maxWaitMs: 5000 });
    expect(partition).toMatchObject({
      errorCode: Errors.OFFSET_NOT_AVAILABLE,
      errorMessage: null,
    });
    await produce(client, 't', batch(['new'], { timestamp: Date.now() }));
    let told: string[] = [];
    for (let epoch = 1; told.length === 0; epoch++) {
      ({ partition, values: told } = await fetch('m', epoch, { maxWaitMs: 5000 }));
    }
    expect(told).toEqual(['new']);
    expect(partition!.acquiredRecords[0]).toMatchObject({ firstOffset: 1 });
  });

  test('waits for records that are produced', async () => {
    await joinGroup('m');
    await fetch('m', 0);
    const producer = await broker.client();
    const waiting = fetch('m', 1, { maxWaitMs: 20_000 });
    await produce(producer, 't', batch(['late']));
    expect((await waiting).values).toEqual(['late']);
  });

  test('waits for records that another member gives back by leaving', async () => {
    await produce(client, 't', batch(['a']));
    await joinGroup('m');
    const other = await broker.client();
    expect((await fetch('n', 0, { maxWaitMs: 5000 }, other)).values).toEqual(['a']);
    await fetch('m', 0);
    const waiting = fetch('m', 1, { maxWaitMs: 20_000 });
    await other.close();
    const given = await waiting;
    expect(given.values).toEqual(['a']);
    expect(given.partition!.acquiredRecords[0]!.deliveryCount).toBe(2);
  });

  test('of an unknown or another session is refused', async () => {
    await joinGroup('m');
    expect((await fetch('m', 1)).errorCode).toBe(Errors.SHARE_SESSION_NOT_FOUND);
    await fetch('m', 0);
    expect((await fetch('m', 5)).errorCode).toBe(Errors.INVALID_SHARE_SESSION_EPOCH);
    const early = { topics: acknowledging(0, 0, ACCEPT) };
    expect((await fetch('m', 0, early)).errorCode).toBe(Errors.INVALID_REQUEST);
    await fetch('n', 0);
    expect((await fetch('o', 0)).errorCode).toBe(Errors.SHARE_SESSION_LIMIT_REACHED);
  });

  test('of a topic that does not exist says so', async () => {
    await joinGroup('m');
    const topics = [{ topicId: 'nosuchtopicnosuchtopQA', partitions: [{ partitionIndex: 0 }] }];
    const { partition } = await fetch('m', 0, { topics, maxWaitMs: 20_000 });
    expect(partition!.errorCode).toBe(Errors.UNKNOWN_TOPIC_ID);
  });

  test('that renews locks fetches nothing', async () => {
    await produce(client, 't', batch(['a', 'b']));
    await joinGroup('m');
    await fetch('m', 0, { maxWaitMs: 5000 });
    const renewing = { isRenewAck: true, topics: acknowledging(0, 1, 4) };
    const refused = await fetch('m', 1, { ...renewing });
    expect(refused.errorCode).toBe(Errors.INVALID_REQUEST);
    const none = { maxBytes: 0, minBytes: 0, maxRecords: 0 };
    const renewed = await fetch('m', 1, { ...renewing, ...none });
    expect(renewed.partition).toMatchObject({ acknowledgeErrorCode: 0, acquiredRecords: [] });
    // Renewals are for requests that say so.
    const unsaid = await fetch('m', 2, { topics: acknowledging(0, 1, 4) });
    expect(unsaid.partition!.acknowledgeErrorCode).toBe(Errors.INVALID_REQUEST);
  });
});

describe('an acknowledgement', () => {
  test('that overlaps or names no type is refused', async () => {
    await produce(client, 't', batch(['a', 'b', 'c']));
    await joinGroup('m');
    await fetch('m', 0, { maxWaitMs: 5000 });
    let shareSessionEpoch = 1;
    for (const acknowledgementBatches of [
      [{ firstOffset: 2, lastOffset: 1, acknowledgeTypes: [1] }],
      [{ firstOffset: 0, lastOffset: 1, acknowledgeTypes: [] }],
      [{ firstOffset: 0, lastOffset: 2, acknowledgeTypes: [1, 1] }],
      [{ firstOffset: 0, lastOffset: 1, acknowledgeTypes: [9] }],
    ]) {
      const { responses } = await client.send(SHARE_ACKNOWLEDGE, 2, {
        ...{ groupId: GROUP, memberId: 'm', shareSessionEpoch: shareSessionEpoch++ },
        topics: [{ topicId, partitions: [{ partitionIndex: 0, acknowledgementBatches }] }],
      });
      expect(responses[0]!.partitions[0]!.errorCode).toBe(Errors.INVALID_REQUEST);
    }
  });

  // Played on Kafka 4.3.1.
  test('of a partition that does not exist is refused without a text, beside one that does', async () => {
    await produce(client, 't', batch(['a']));
    await joinGroup('m');
    await fetch('m', 0, { maxWaitMs: 5000 });
    const acknowledgementBatches = [{ firstOffset: 0, lastOffset: 0, acknowledgeTypes: [ACCEPT] }];
    const { responses } = await client.send(SHARE_ACKNOWLEDGE, 2, {
      ...{ groupId: GROUP, memberId: 'm', shareSessionEpoch: 1 },
      topics: [
        {
          topicId,
          partitions: [{ partitionIndex: 9, acknowledgementBatches }, { partitionIndex: 0 }],
        },
      ],
    });
    expect(responses[0]!.partitions).toMatchObject([
      { partitionIndex: 9, errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: null },
      { partitionIndex: 0, errorCode: Errors.NONE },
    ]);
  });

  test('that ends the session gives back what it does not mention', async () => {
    await produce(client, 't', batch(['a', 'b', 'c']));
    await joinGroup('m');
    await fetch('m', 0, { maxWaitMs: 5000 });
    await client.send(SHARE_ACKNOWLEDGE, 2, {
      ...{ groupId: GROUP, memberId: 'm', shareSessionEpoch: -1 },
      topics: acknowledging(0, 0, ACCEPT),
    });
    const next = await fetch('m', 0, { maxWaitMs: 5000 });
    expect(next.partition!.acquiredRecords).toEqual([
      { firstOffset: 1, lastOffset: 2, deliveryCount: 2 },
    ]);
  });
});

describe('what was acknowledged', () => {
  async function half(): Promise<void> {
    await produce(client, 't', batch(['a', 'b', 'c', 'd']));
    await joinGroup('m');
    await fetch('m', 0, { maxWaitMs: 5000 });
    await fetch('m', 1, { topics: acknowledging(0, 1, ACCEPT) });
  }

  async function expectTheRest(): Promise<void> {
    await joinGroup('n');
    const rest = await fetch('n', 0, { maxWaitMs: 10_000 });
    expect(rest.partition!.acquiredRecords[0]!.firstOffset).toBe(2);
    expect(await startOffset()).toBeLessThanOrEqual(2);
  }

  test('is kept over a stop', async () => {
    await half();
    await broker.stop();
    await start(directory);
    await expectTheRest();
  });

  test('is kept over a kill -9', async () => {
    await half();
    // The files as they are this moment are what a kill leaves.
    const image = mkdtempSync(join(tmpdir(), 'kafta-share-killed-'));
    cpSync(directory, image, { recursive: true });
    await broker.stop();
    rmSync(directory, { recursive: true, force: true });
    directory = image;
    await start(directory);
    await expectTheRest();
  });

  test('is kept when the beginning of the state topic was cut', async () => {
    await broker.stop();
    await start(directory, {
      'share.coordinator.snapshot.update.records.per.snapshot': '2',
      'share.coordinator.state.topic.prune.interval.ms': '20',
    });
    await half();
    await fetch('m', 2, { topics: acknowledging(2, 2, RELEASE) });
    for (let epoch = 3; epoch < 7; epoch++) {
      const given = await fetch('m', epoch, { maxWaitMs: 5000 });
      const [run] = given.partition!.acquiredRecords;
      await fetch('m', ++epoch, {
        topics: acknowledging(run!.firstOffset, run!.lastOffset, RELEASE),
      });
    }
    await whenCut();
    await broker.stop();
    await start(directory);
    await expectTheRest();
  });

  /** The share coordinator cuts its log at its own pace. */
  async function whenCut(): Promise<void> {
    for (;;) {
      const { topics } = await client.send(LIST_OFFSETS, 7, {
        replicaId: -1,
        topics: [
          {
            name: '__share_group_state',
            partitions: [0, 1].map((partitionIndex) => ({ partitionIndex, timestamp: -2 })),
          },
        ],
      });
      if (topics[0]!.partitions.some(({ offset }) => offset > 0)) return;
    }
  }
});
