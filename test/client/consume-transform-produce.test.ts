// The loop of exactly-once: records consumed in a group, transformed, produced, and their offsets committed in one transaction,
// while workers come and go and the group rebalances. On our own broker, in virtual time.

import { describe, expect, it } from 'vitest';
import type { Consumer } from '../../src/client/consumer/consumer.ts';
import { ClientError } from '../../src/client/errors.ts';
import { partitionKey } from '../../src/client/types.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { append } from './support/produce-cluster.ts';
import { RealCluster } from './support/real-cluster.ts';

const PARTITIONS = 4;

/** Consumes `in`, produces every value with a mark into `out`; a session ends when its group doesn't want it any more. */
async function work(
  cluster: RealCluster,
  name: string,
  protocol: string,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const producer = cluster.producer({ 'transactional.id': name, 'linger.ms': '0' });
    const consumer = cluster.consumer({
      'group.id': 'loop',
      'group.protocol': protocol,
      'isolation.level': 'read_committed',
      'enable.auto.commit': 'false',
      ...(protocol === 'classic' ? { 'heartbeat.interval.ms': '200' } : {}),
    });
    try {
      await producer.initTransactions();
      consumer.subscribe(['in']);
      while (!isOver()) await step(producer, consumer);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
    } finally {
      await producer.close();
      await consumer.close();
    }
  }
}

type Producer = ReturnType<RealCluster['producer']>;

async function step(producer: Producer, consumer: Consumer): Promise<void> {
  const batches = await consumer.poll(100);
  if (batches.length === 0) return;
  producer.beginTransaction();
  const next = new Map<string, { topic: string; partition: number; offset: number }>();
  const cursor = new RecordCursor();
  for (const { topic, partition, buffer, at, fromOffset, nextOffset } of batches) {
    cursor.reset(buffer, at);
    while (cursor.next()) {
      if (cursor.offset < fromOffset) continue;
      await append(producer, 'out', `${cursor.value()} done`, partition);
    }
    next.set(partitionKey(topic, partition), { topic, partition, offset: nextOffset });
  }
  await producer.sendOffsetsToTransaction([...next.values()], consumer.groupMetadata());
  await producer.commitTransaction();
}

async function everyDone(cluster: RealCluster, count: number): Promise<string[]> {
  const consumer = cluster.consumer({ 'isolation.level': 'read_committed' });
  consumer.assign(
    Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: 'out', partition })),
  );
  const values: string[] = [];
  const cursor = new RecordCursor();
  for (let idle = 0; idle < 5; ) {
    const batches = await consumer.poll(100);
    for (const { buffer, at, fromOffset } of batches) {
      cursor.reset(buffer, at);
      while (cursor.next()) {
        if (cursor.offset >= fromOffset) values.push(cursor.value()!.toString());
      }
    }
    idle = values.length >= count ? idle + 1 : 0;
  }
  await consumer.close();
  return values.sort();
}

describe('consume, transform, produce', () => {
  it.each(['classic', 'consumer'])(
    'treats every record once while workers join and leave (%s protocol)',
    async (protocol) => {
      const world = new VirtualWorld(21);
      await world.scheduler.run(async () => {
        const cluster = await RealCluster.start(world);
        await cluster.createTopic('in', PARTITIONS);
        await cluster.createTopic('out', PARTITIONS);
        let isOver = false;
        const leaves = { first: false };
        const workers = [
          work(cluster, 'w0', protocol, () => isOver || leaves.first),
          work(cluster, 'w1', protocol, () => isOver),
        ];
        const source = cluster.producer();
        const expected: string[] = [];
        for (let n = 0; n < 160; n++) {
          await append(source, 'in', `v${n}`, n % PARTITIONS);
          expected.push(`v${n} done`);
          if (n === 40) workers.push(work(cluster, 'w2', protocol, () => isOver));
          if (n === 100) leaves.first = true;
          await world.scheduler.sleep(30);
        }
        await source.close();
        expect(await everyDone(cluster, 160)).toEqual(expected.sort());
        isOver = true;
        await Promise.all(workers);
        await cluster.broker.shutdown();
      });
    },
  );

  it('can’t commit offsets for a group that has moved on', async () => {
    const world = new VirtualWorld(22);
    await world.scheduler.run(async () => {
      const cluster = await RealCluster.start(world);
      await cluster.createTopic('in', 1);
      const producer = cluster.producer({ 'transactional.id': 'late' });
      await producer.initTransactions();
      producer.beginTransaction();
      const stale = { groupId: 'g', generationId: 7, memberId: 'gone', groupInstanceId: null };
      await expect(
        producer.sendOffsetsToTransaction([{ topic: 'in', partition: 0, offset: 1 }], stale),
      ).rejects.toThrow('due to consumer group metadata mismatch');
      expect(producer.isTransactionAbortable).toBe(true);
      await producer.abortTransaction();
      producer.beginTransaction();
      await append(producer, 'in', 'on', 0);
      await producer.commitTransaction();
      await producer.close();
      await cluster.broker.shutdown();
    });
  });
});
