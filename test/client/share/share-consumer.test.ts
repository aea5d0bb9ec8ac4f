// The share consumer against our own broker: what it is handed, and what becomes of what it says.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { incrementalAlterConfigs } from '../../../src/client/admin/incremental-alter-configs.ts';
import { listShareGroupOffsets } from '../../../src/client/admin/share-group-offsets.ts';
import { KafkaClient } from '../../../src/client/kafka-client.ts';
import {
  Acknowledge,
  ShareConsumer,
  type SharedBatch,
} from '../../../src/client/share/share-consumer.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { RecordCursor } from '../../../src/records/record-cursor.ts';
import { batch, createTopic, produce, TestBroker } from '../../broker/support/running-broker.ts';

const io = nodeIo();
const GROUP = 'crew';
let broker: TestBroker;
let admin: KafkaClient;
const open: ShareConsumer[] = [];

beforeEach(async () => {
  broker = await TestBroker.start();
  admin = new KafkaClient({ bootstrapServers: [`localhost:${broker.port}`], io });
  const client = await broker.client();
  await createTopic(client, 'jobs');
  await produce(client, 'jobs', batch(['a', 'b', 'c']));
  const resource = { type: 32, name: GROUP };
  const change = { name: 'share.auto.offset.reset', operation: 0, value: 'earliest' } as const;
  await incrementalAlterConfigs(admin, [{ resource, changes: [change] }]);
});

afterEach(async () => {
  for (const consumer of open.splice(0)) await consumer.close();
  await admin.close();
  await broker.stop();
});

function consumer(config: Record<string, string> = {}): ShareConsumer {
  const made = new ShareConsumer({
    bootstrapServers: [`localhost:${broker.port}`],
    config: new Map(Object.entries({ 'group.id': GROUP, ...config })),
    io,
  });
  open.push(made);
  made.subscribe(['jobs']);
  return made;
}

function recordsOf(batches: readonly SharedBatch[]): [offset: number, delivery: number][] {
  const found: [number, number][] = [];
  const cursor = new RecordCursor();
  for (const { buffer, at, acquired } of batches) {
    cursor.reset(buffer, at);
    while (cursor.next()) {
      const delivery = acquired.deliveryCount(cursor.offset);
      if (delivery !== undefined) found.push([cursor.offset, delivery]);
    }
  }
  return found;
}

/** Records that the group is not done with. */
const lag = async () => (await listShareGroupOffsets(admin, GROUP))[0]?.lag;

describe('a share consumer', () => {
  test('that decides each record gets back what it released, and only that', async () => {
    const reader = consumer({ 'share.acknowledgement.mode': 'explicit' });
    expect(recordsOf(await reader.poll(10_000))).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    reader.acknowledge('jobs', 0, 0, Acknowledge.ACCEPT);
    reader.acknowledge('jobs', 0, 1, Acknowledge.RELEASE);
    await expect(reader.poll(0)).rejects.toThrow('All records must be acknowledged');
    reader.acknowledge('jobs', 0, 2, Acknowledge.REJECT);
    expect(recordsOf(await reader.poll(10_000))).toEqual([[1, 2]]);
    reader.acknowledge('jobs', 0, 1, Acknowledge.ACCEPT);
    expect(await reader.commit()).toEqual([]);
    expect(await lag()).toBe(0);
    expect(() => reader.acknowledge('jobs', 0, 1, Acknowledge.ACCEPT)).toThrow(
      'The record cannot be acknowledged.',
    );
  });

  test('that leaves before it decides gives its records back', async () => {
    const first = consumer();
    expect(recordsOf(await first.poll(10_000))).toHaveLength(3);
    await first.close();
    expect(recordsOf(await consumer().poll(10_000))).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
  });

  test('that decides nothing accepts with the next poll', async () => {
    const reader = consumer();
    expect(recordsOf(await reader.poll(10_000))).toHaveLength(3);
    expect(await reader.poll(700)).toEqual([]);
    await reader.close();
    expect(await lag()).toBe(0);
  });

  test('that renews a record is handed it again, as the same delivery', async () => {
    const reader = consumer({ 'share.acknowledgement.mode': 'explicit' });
    await reader.poll(10_000);
    reader.acknowledge('jobs', 0, 0, Acknowledge.ACCEPT);
    reader.acknowledge('jobs', 0, 1, Acknowledge.RENEW);
    reader.acknowledge('jobs', 0, 2, Acknowledge.ACCEPT);
    await reader.poll(10_000);
    reader.acknowledge('jobs', 0, 1, Acknowledge.ACCEPT);
    expect(await reader.commit()).toEqual([]);
    expect(await lag()).toBe(0);
  });

  test('refuses configs that a share group decides for itself', () => {
    expect(() => consumer({ 'auto.offset.reset': 'earliest', 'isolation.level': 'x' })).toThrow(
      'auto.offset.reset,isolation.level cannot be set when using a share group.',
    );
  });
});
