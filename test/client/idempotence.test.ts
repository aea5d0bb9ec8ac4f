// An idempotent producer whose numbers a broker doesn't know, has twice, or can't follow (Kafka's TransactionManager.canRetry).

import { describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { baseSequence, producerEpoch, producerId } from '../../src/records/record-batch.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { append, numbered, ProduceCluster } from './support/produce-cluster.ts';

async function inCluster(work: (cluster: ProduceCluster) => Promise<void>): Promise<void> {
  const world = new VirtualWorld(11);
  await world.scheduler.run(async () => {
    const cluster = await ProduceCluster.start(world);
    cluster.broker.topic('t');
    await work(cluster);
  });
}

/** Identity and first number of each batch that came into the log. */
function identities(cluster: ProduceCluster): string[] {
  return cluster.log('t').batches.map((batch) => {
    return `${producerId(batch, 0)}/${producerEpoch(batch, 0)}/${baseSequence(batch, 0)}`;
  });
}

async function sendAll(cluster: ProduceCluster, count: number): Promise<void> {
  const producer = cluster.producer({ 'batch.size': '100' });
  for (const value of numbered(count)) await append(producer, 't', value);
  await producer.close();
  expect(cluster.log('t').values()).toEqual(numbered(count));
  expect(cluster.errors).toEqual([]);
}

describe('an idempotent producer', () => {
  it('begins a new epoch when its records and numbers were deleted', async () => {
    await inCluster(async (cluster) => {
      cluster.fault = (index) =>
        index === 4 ? { errorCode: Errors.UNKNOWN_PRODUCER_ID, logStartOffset: 1000 } : 'none';
      await sendAll(cluster, 100);
      expect(identities(cluster).some((identity) => identity === '77/1/0')).toBe(true);
    });
  });

  it('keeps its numbers when the broker doesn’t even know its log’s start', async () => {
    await inCluster(async (cluster) => {
      cluster.fault = (index) =>
        index === 4 ? { errorCode: Errors.UNKNOWN_PRODUCER_ID, logStartOffset: -1 } : 'none';
      await sendAll(cluster, 100);
      expect(identities(cluster).every((identity) => identity.startsWith('77/0/'))).toBe(true);
    });
  });

  it('takes a duplicate’s answer for what it is: the broker has the batch', async () => {
    await inCluster(async (cluster) => {
      cluster.fault = (index) => (index === 0 ? Errors.DUPLICATE_SEQUENCE_NUMBER : 'none');
      const producer = cluster.producer();
      await append(producer, 't', 'there already');
      await producer.close();
      expect(cluster.reports).toMatchObject([{ recordCount: 1, baseOffset: -1, error: undefined }]);
      expect(cluster.requests).toHaveLength(1);
    });
  });

  it('asks for a new producer id when its epochs have run out', async () => {
    await inCluster(async (cluster) => {
      cluster.firstEpoch = 0x7fff;
      cluster.fault = (index) =>
        index === 4 ? { errorCode: Errors.UNKNOWN_PRODUCER_ID, logStartOffset: 1000 } : 'none';
      await sendAll(cluster, 100);
      expect(cluster.broker.count('INIT_PRODUCER_ID')).toBe(2);
      expect(identities(cluster).at(-1)).toMatch(/^78\/32767\//);
    });
  });

  it('waits for the answers to five batches and repeats those that were lost in order', async () => {
    await inCluster(async (cluster) => {
      // The first of five is lost, the others are refused for it.
      cluster.fault = (index) =>
        index === 2 ? 'lost answer' : index === 5 ? 'lost request' : 'none';
      await sendAll(cluster, 200);
      expect(cluster.broker.mostWaiting).toBeLessThanOrEqual(5);
      const sequences = identities(cluster).map((identity) => Number(identity.split('/')[2]));
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      expect(identities(cluster).every((identity) => identity.startsWith('77/0/'))).toBe(true);
    });
  });
});
