// The transactional producer against a scripted coordinator in virtual time: what is sent when, which error can be aborted
// and which ends the producer, and what is told out of turn (Kafka's TransactionManager).

import { describe, expect, it } from 'vitest';
import type { ClientError } from '../../src/client/errors.ts';
import type { Producer } from '../../src/client/producer/producer.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { isTransactional, producerEpoch } from '../../src/records/record-batch.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { append } from './support/produce-cluster.ts';
import { type Script, TransactionCluster } from './support/transaction-cluster.ts';

type Version = 1 | 2;

async function inCluster(
  version: Version,
  work: (cluster: TransactionCluster, world: VirtualWorld) => Promise<void>,
): Promise<void> {
  const world = new VirtualWorld(7);
  await world.scheduler.run(async () =>
    work(await TransactionCluster.start(world, version), world),
  );
}

async function begun(cluster: TransactionCluster, config = {}): Promise<Producer> {
  const producer = cluster.producer(config);
  await producer.initTransactions();
  producer.beginTransaction();
  return producer;
}

async function errorOf(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return (error as ClientError).toString();
  }
  return 'no error';
}

const member = { groupId: 'g', generationId: 3, memberId: 'm', groupInstanceId: null };
const position = [{ topic: 'in', partition: 0, offset: 42, metadata: 'x' }];

describe.each<[Version]>([[1], [2]])(
  'a transactional producer (transaction.version %i)',
  (version) => {
    it('sends a transaction’s records under its identity and commits it', async () => {
      await inCluster(version, async (cluster) => {
        const producer = await begun(cluster, { 'transaction.timeout.ms': '12345' });
        await append(producer, 't', 'a', 0);
        await append(producer, 't', 'b', 1);
        await producer.commitTransaction();
        producer.beginTransaction();
        await append(producer, 't', 'c', 0);
        await producer.commitTransaction();
        await producer.close();
        const log = cluster.produce.log('t', 0);
        expect(log.values()).toEqual(['a', 'c']);
        expect(log.batches.every((batch) => isTransactional(batch, 0))).toBe(true);
        // KIP-890: with version 2 each transaction has an epoch of its own.
        expect(log.batches.map((batch) => producerEpoch(batch, 0))).toEqual(
          version === 2 ? [0, 1] : [0, 0],
        );
        expect(cluster.added).toEqual(version === 2 ? [] : ['t-0', 't-1', 't-0']);
        expect(cluster.produce.requests.every((each) => each.transactionalId === 'tx')).toBe(true);
        expect(cluster.inits[0]).toMatchObject({ transactionTimeoutMs: 12345, producerId: -1 });
        expect(cluster.ends.map(({ committed }) => committed)).toEqual([true, true]);
      });
    });

    it('asks nobody to end a transaction without records or offsets', async () => {
      await inCluster(version, async (cluster) => {
        const producer = await begun(cluster);
        await producer.commitTransaction();
        producer.beginTransaction();
        await producer.abortTransaction();
        expect(cluster.ends).toEqual([]);
        await producer.close();
      });
    });

    it('commits a group’s offsets with its transaction', async () => {
      await inCluster(version, async (cluster) => {
        cluster.scripts.commitOffsets.push(Errors.COORDINATOR_LOAD_IN_PROGRESS, 'lost answer');
        const producer = await begun(cluster);
        await producer.sendOffsetsToTransaction(position, member);
        await producer.commitTransaction();
        expect(cluster.offsets).toHaveLength(3);
        expect(cluster.offsets[2]).toMatchObject({
          transactionalId: 'tx',
          groupId: 'g',
          generationId: 3,
          memberId: 'm',
        });
        expect(cluster.produce.broker.count('ADD_OFFSETS_TO_TXN')).toBe(version === 2 ? 0 : 1);
        expect(cluster.ends).toHaveLength(1);
        await producer.close();
      });
    });

    it('sends nothing more of a transaction that is aborted', async () => {
      await inCluster(version, async (cluster) => {
        const producer = await begun(cluster, { 'linger.ms': '5000' });
        await append(producer, 't', 'never sent', 0);
        await producer.abortTransaction();
        expect(cluster.produce.log('t', 0).values()).toEqual([]);
        expect(cluster.produce.errors).toEqual([
          'org.apache.kafka.common.errors.TransactionAbortedException: Failing batch since transaction was aborted',
        ]);
        producer.beginTransaction();
        await append(producer, 't', 'sent', 0);
        await producer.commitTransaction();
        expect(cluster.produce.log('t', 0).values()).toEqual(['sent']);
        await producer.close();
      });
    });

    it.each<[keyof TransactionCluster['scripts']]>([
      ['find'],
      ['init'],
      ['addPartitions'],
      ['end'],
    ])('tries again while %s fails in passing', async (api) => {
      await inCluster(version, async (cluster) => {
        const script: Script = [
          Errors.COORDINATOR_NOT_AVAILABLE,
          Errors.COORDINATOR_LOAD_IN_PROGRESS,
          'lost request',
          'lost answer',
          'silence',
        ];
        if (api !== 'find') script.push(Errors.NOT_COORDINATOR, Errors.CONCURRENT_TRANSACTIONS);
        cluster.scripts[api].push(...script);
        const producer = await begun(cluster, {
          'request.timeout.ms': '1000',
          'max.block.ms': '60000',
          'delivery.timeout.ms': '60000',
        });
        await append(producer, 't', 'a', 0);
        await producer.commitTransaction();
        expect(cluster.produce.log('t', 0).values()).toEqual(['a']);
        await producer.close();
      });
    });

    it('can be asked again after a time-out, and only the same', async () => {
      await inCluster(version, async (cluster, world) => {
        cluster.scripts.end.push('silence');
        const producer = await begun(cluster, {
          'request.timeout.ms': '3000',
          'max.block.ms': '1000',
        });
        await append(producer, 't', 'a', 0);
        await producer.flush();
        expect(await errorOf(producer.commitTransaction())).toContain(
          'TimeoutException: CommitTransaction timed out - did not complete EndTxn',
        );
        const refusal =
          'because the previous call to `commitTransaction` timed out and must be retried';
        expect(await errorOf(producer.abortTransaction())).toBe(
          `java.lang.IllegalStateException: Cannot attempt operation \`abortTransaction\` ${refusal}`,
        );
        expect(await errorOf(() => producer.beginTransaction())).toContain(refusal);
        await world.scheduler.sleep(4000);
        await producer.commitTransaction();
        expect(cluster.ends.map(({ committed }) => committed)).toEqual([true, true]);
        producer.beginTransaction();
        await producer.close();
      });
    });

    it('says what was called out of turn', async () => {
      await inCluster(version, async (cluster) => {
        const producer = cluster.producer();
        const illegal = 'java.lang.IllegalStateException: ';
        expect(await errorOf(append(producer, 't', 'a', 0))).toBe(
          `${illegal}Cannot add partition t-0 to transaction before completing a call to initTransactions`,
        );
        expect(await errorOf(() => producer.beginTransaction())).toBe(
          `${illegal}TransactionalId tx: Invalid transition attempted from state UNINITIALIZED to state IN_TRANSACTION`,
        );
        await producer.initTransactions();
        expect(await errorOf(append(producer, 't', 'a', 0))).toBe(
          `${illegal}Cannot add partition t-0 to transaction while in state  READY`,
        );
        expect(await errorOf(producer.commitTransaction())).toBe(
          `${illegal}TransactionalId tx: Invalid transition attempted from state READY to state COMMITTING_TRANSACTION`,
        );
        expect(await errorOf(producer.sendOffsetsToTransaction(position, member))).toBe(
          `${illegal}Cannot send offsets if a transaction is not in progress (currentState= READY)`,
        );
        const plain = cluster.produce.producer();
        expect(await errorOf(plain.initTransactions())).toContain(
          'Cannot use transactional methods without enabling transactions',
        );
        await plain.close();
        await producer.close();
        expect(cluster.produce.requests).toEqual([]);
      });
    });

    it.each<[string, number]>([
      ['PRODUCER_FENCED', Errors.PRODUCER_FENCED],
      ['INVALID_PRODUCER_EPOCH', Errors.INVALID_PRODUCER_EPOCH],
    ])('is fenced by %s at its transaction’s end, for good', async (_name, code) => {
      await inCluster(version, async (cluster) => {
        cluster.scripts.end.push(code);
        const producer = await begun(cluster);
        await append(producer, 't', 'a', 0);
        const fenced = 'org.apache.kafka.common.errors.ProducerFencedException: ';
        expect(await errorOf(producer.commitTransaction())).toContain(fenced);
        expect(producer.isTransactionAbortable).toBe(false);
        const known = `${fenced}Producer with transactionalId 'tx' and (producerId=77, epoch=0) has been fenced by another producer with the same transactionalId`;
        expect(await errorOf(producer.abortTransaction())).toBe(known);
        expect(await errorOf(append(producer, 't', 'b', 0))).toBe(known);
        expect(await errorOf(producer.initTransactions())).toBe(known);
        await producer.close();
      });
    });

    it('can abort after a batch was refused, and go on', async () => {
      await inCluster(version, async (cluster) => {
        cluster.produce.fault = (index) => (index === 0 ? Errors.INVALID_RECORD : 'none');
        const producer = await begun(cluster);
        await append(producer, 't', 'bad', 0);
        await producer.flush();
        expect(await errorOf(producer.commitTransaction())).toContain(
          'Cannot execute transactional method because we are in an error state',
        );
        expect(producer.isTransactionAbortable).toBe(true);
        expect(await errorOf(append(producer, 't', 'more', 0))).toBe(
          'org.apache.kafka.common.KafkaException: Cannot execute transactional method because we are in an error state',
        );
        await producer.abortTransaction();
        producer.beginTransaction();
        await append(producer, 't', 'good', 0);
        await producer.commitTransaction();
        expect(cluster.produce.log('t', 0).values()).toEqual(['good']);
        expect(cluster.ends.map(({ committed }) => committed)).toEqual([false, true]);
        // Version 1: the client itself raises the epoch after the abort (KIP-360).
        expect(cluster.inits.map(({ producerEpoch: epoch }) => epoch)).toEqual(
          version === 2 ? [-1] : [-1, 0],
        );
        await producer.close();
      });
    });

    it('turns tries that ran out into an error that can be aborted', async () => {
      await inCluster(version, async (cluster) => {
        cluster.produce.fault = () => Errors.NOT_ENOUGH_REPLICAS;
        const producer = await begun(cluster, {
          'delivery.timeout.ms': '3000',
          'request.timeout.ms': '1000',
        });
        await append(producer, 't', 'a', 0);
        expect(await errorOf(producer.commitTransaction())).toBe(
          'org.apache.kafka.common.errors.TransactionAbortableException: Transaction Request was aborted after exhausting retries.',
        );
        cluster.produce.fault = () => 'none';
        await producer.abortTransaction();
        producer.beginTransaction();
        await append(producer, 't', 'b', 0);
        await producer.commitTransaction();
        expect(cluster.produce.log('t', 0).values()).toEqual(['b']);
        await producer.close();
      });
    });

    it.each<[string, number, string]>([
      ['UNKNOWN_MEMBER_ID', Errors.UNKNOWN_MEMBER_ID, 'CommitFailedException: Transaction offset'],
      [
        'ILLEGAL_GENERATION',
        Errors.ILLEGAL_GENERATION,
        'CommitFailedException: Transaction offset',
      ],
      ['FENCED_INSTANCE_ID', Errors.FENCED_INSTANCE_ID, 'FencedInstanceIdException'],
      ['TRANSACTION_ABORTABLE', Errors.TRANSACTION_ABORTABLE, 'TransactionAbortableException'],
      ['GROUP_AUTHORIZATION_FAILED', 30, 'Not authorized to access group: g'],
    ])('can abort when its group refuses offsets: %s', async (_name, code, told) => {
      await inCluster(version, async (cluster) => {
        cluster.scripts.commitOffsets.push(code);
        const producer = await begun(cluster);
        expect(await errorOf(producer.sendOffsetsToTransaction(position, member))).toContain(told);
        expect(producer.isTransactionAbortable).toBe(true);
        await producer.abortTransaction();
        await producer.close();
      });
    });

    it.each<[string, number, string]>([
      ['INVALID_TXN_STATE', Errors.INVALID_TXN_STATE, 'InvalidTxnStateException'],
      ['INVALID_PRODUCER_ID_MAPPING', Errors.INVALID_PRODUCER_ID_MAPPING, 'InvalidPidMapping'],
      ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 53, 'TransactionalIdAuthorizationException'],
      ['an unheard-of code', Errors.INVALID_CONFIG, 'KafkaException: Unhandled error in EndTxn'],
    ])('has only close() left after %s', async (_name, code, told) => {
      await inCluster(version, async (cluster, world) => {
        cluster.scripts.end.push(code);
        const producer = await begun(cluster);
        await append(producer, 't', 'a', 0);
        expect(await errorOf(producer.commitTransaction())).toContain(told);
        expect(producer.isTransactionAbortable).toBe(false);
        await producer.close();
        await world.scheduler.sleep(10);
        expect(cluster.produce.broker.connections).toBe(0);
      });
    });

    it('may ask again for a producer id that it wasn’t allowed', async () => {
      await inCluster(version, async (cluster) => {
        cluster.scripts.init.push(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        const producer = cluster.producer();
        expect(await errorOf(producer.initTransactions())).toContain(
          'TransactionalIdAuthorizationException',
        );
        await producer.initTransactions();
        producer.beginTransaction();
        await append(producer, 't', 'a', 0);
        await producer.commitTransaction();
        await producer.close();
      });
    });

    it('aborts what is open when it is closed, and leaves it when it has no time', async () => {
      await inCluster(version, async (cluster) => {
        const first = await begun(cluster);
        await append(first, 't', 'a', 0);
        await first.flush();
        await first.close();
        expect(cluster.ends.map(({ committed }) => committed)).toEqual([false]);
        const second = await begun(cluster);
        await append(second, 't', 'b', 0);
        await second.close(0);
        expect(cluster.ends).toHaveLength(1);
      });
    });
  },
);

describe('a transactional producer of transaction.version 1', () => {
  it('can abort what the coordinator refuses to add', async () => {
    await inCluster(1, async (cluster) => {
      cluster.scripts.addPartitions.push(Errors.TOPIC_AUTHORIZATION_FAILED);
      const producer = await begun(cluster);
      await append(producer, 't', 'a', 0);
      expect(await errorOf(producer.commitTransaction())).toContain(
        'Not authorized to access topics: [t]',
      );
      await producer.abortTransaction();
      expect(cluster.produce.requests).toEqual([]);
      await producer.close();
    });
  });

  it('moves up the numbers of batches behind one that was refused', async () => {
    await inCluster(1, async (cluster) => {
      cluster.produce.fault = (index) => (index === 0 ? Errors.INVALID_RECORD : 'none');
      const producer = await begun(cluster, { 'batch.size': '100' });
      for (const value of ['bad', 'x'.repeat(60), 'y'.repeat(60)]) {
        await append(producer, 't', value, 0);
      }
      expect(await errorOf(producer.commitTransaction())).toContain('InvalidRecordException');
      await producer.abortTransaction();
      const failures = cluster.produce.errors.filter((error) => !error.includes('Aborted'));
      expect(failures).toHaveLength(1);
      await producer.close();
    });
  });

  it('begins an epoch of its own once the cluster has come to version 2', async () => {
    await inCluster(1, async (cluster, world) => {
      const producer = await begun(cluster);
      await append(producer, 't', 'a', 0);
      await producer.flush();
      cluster.upgrade();
      world.network.cut();
      await world.scheduler.sleep(500);
      await producer.sendOffsetsToTransaction(position, member);
      await producer.commitTransaction();
      producer.beginTransaction();
      await append(producer, 't', 'b', 0);
      await producer.commitTransaction();
      expect(cluster.inits.map(({ producerEpoch: epoch }) => epoch)).toEqual([-1, 0]);
      expect(cluster.added).toEqual(['t-0']);
      expect(cluster.epoch).toBe(2);
      await producer.close();
    });
  });
});
