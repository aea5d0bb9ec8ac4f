// Transactions against a whole broker: what producers are told, what committed readers see, what a restart keeps.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { DESCRIBE_PRODUCERS } from '../../src/protocol/generated/apis/describe-producers.ts';
import { DESCRIBE_TRANSACTIONS } from '../../src/protocol/generated/apis/describe-transactions.ts';
import { FIND_COORDINATOR } from '../../src/protocol/generated/apis/find-coordinator.ts';
import { INCREMENTAL_ALTER_CONFIGS } from '../../src/protocol/generated/apis/incremental-alter-configs.ts';
import { LIST_OFFSETS } from '../../src/protocol/generated/apis/list-offsets.ts';
import { LIST_TRANSACTIONS } from '../../src/protocol/generated/apis/list-transactions.ts';
import { OFFSET_FETCH } from '../../src/protocol/generated/apis/offset-fetch.ts';
import { WRITE_TXN_MARKERS } from '../../src/protocol/generated/apis/write-txn-markers.ts';
import type { RawClient } from './support/raw-client.ts';
import { batch, createTopic, fetch, produce, TestBroker } from './support/running-broker.ts';
import { Transactional } from './support/transactions.ts';

let broker: TestBroker;
let client: RawClient;

beforeEach(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
  await createTopic(client, 'orders', { partitions: 2 });
});

afterEach(() => broker.stop());

/** Where a committed reader stops, by ListOffsets. */
async function stableEnd(topic: string): Promise<number> {
  const { topics } = await client.send(LIST_OFFSETS, 8, {
    replicaId: -1,
    isolationLevel: 1,
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
  });
  return topics[0]!.partitions[0]!.offset;
}

/** The coordinator's view of a transactional id. */
async function stateOf(id: string): Promise<string> {
  const request = { transactionalIds: [id] };
  const { transactionStates } = await client.send(DESCRIBE_TRANSACTIONS, 0, request);
  return transactionStates[0]!.transactionState;
}

describe('a transaction', () => {
  test('is hidden from committed readers until it is committed', async () => {
    const producer = await Transactional.start(client, 'tx');
    expect(await producer.produce('orders', ['a', 'b'])).toMatchObject({ errorCode: 0 });
    expect(await stateOf('tx')).toBe('Ongoing');
    expect(await stableEnd('orders')).toBe(0);
    const open = await fetch(client, 'orders', 0, { isolationLevel: 1 });
    expect(open).toMatchObject({ highWatermark: 2, lastStableOffset: 0 });
    expect(open.records?.length ?? 0).toBe(0);

    expect(await producer.end(true)).toMatchObject({ errorCode: 0, producerEpoch: 1 });
    expect(await stateOf('tx')).toBe('CompleteCommit');
    expect(await stableEnd('orders')).toBe(3);
    const read = await fetch(client, 'orders', 0, { isolationLevel: 1 });
    expect(read.abortedTransactions).toEqual([]);
    expect(read.records!.length).toBeGreaterThan(0);
  });

  test('that is aborted is named to committed readers', async () => {
    const producer = await Transactional.start(client, 'tx');
    await producer.produce('orders', ['a']);
    await producer.end(false);
    const read = await fetch(client, 'orders', 0, { isolationLevel: 1 });
    expect(read).toMatchObject({ highWatermark: 2, lastStableOffset: 2 });
    expect(read.abortedTransactions).toEqual([{ producerId: producer.producerId, firstOffset: 0 }]);
  });

  test('wakes committed readers that wait for many bytes when it ends', async () => {
    const producer = await Transactional.start(client, 'tx');
    const reader = await broker.client();
    await producer.produce('orders', ['x'.repeat(2000)]);
    const waiting = fetch(reader, 'orders', 0, {
      isolationLevel: 1,
      minBytes: 1000,
      maxWaitMs: 60_000,
    });
    await stableEnd('orders');
    await producer.end(true);
    expect((await waiting).records!.length).toBeGreaterThan(2000);
  });

  test('goes on with the next epoch after each end', async () => {
    const producer = await Transactional.start(client, 'tx');
    for (let epoch = 1; epoch <= 3; epoch++) {
      expect((await producer.produce('orders', ['x'])).errorCode).toBe(Errors.NONE);
      expect(await producer.end(epoch % 2 === 0)).toMatchObject({ producerEpoch: epoch });
    }
  });

  test('of an old client adds its partitions first', async () => {
    const producer = await Transactional.start(client, 'tx');
    const early = await producer.produce('orders', ['a'], { version: 9 });
    expect(early.errorCode).toBe(Errors.INVALID_TXN_STATE);
    expect(early.errorMessage).toBe('Partition was not added to the transaction');
    expect(await producer.addPartitions('orders')).toBe(Errors.NONE);
    expect((await producer.produce('orders', ['a'], { version: 9 })).errorCode).toBe(Errors.NONE);
    expect(await producer.end(true, 4)).toMatchObject({ errorCode: 0 });
    expect(await stableEnd('orders')).toBe(2);
    expect(producer.producerEpoch).toBe(0);
  });

  test('leaves out all partitions when one doesn’t exist', async () => {
    const producer = await Transactional.start(client, 'tx');
    expect(await producer.addPartitions('orders', [0, 7])).toBe(Errors.OPERATION_NOT_ATTEMPTED);
    expect(await producer.addPartitions('orders', [7])).toBe(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    expect(await producer.addPartitions('__transaction_state')).toBe(
      Errors.TOPIC_AUTHORIZATION_FAILED,
    );
    expect(await stateOf('tx')).toBe('Empty');
  });

  test('can’t be written without its transactional id', async () => {
    const identity = { producerId: 5, producerEpoch: 0, baseSequence: 0, transactional: true };
    const silent = await broker.client();
    const unanswered = produce(silent, 'orders', batch(['a'], identity), { acks: 0 });
    await expect(unanswered).rejects.toThrow('closed');
    const answer = await produce(client, 'orders', batch(['a'], identity));
    expect(answer.errorCode).toBe(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  });
});

describe('a second producer of the same id', () => {
  test('aborts the open transaction and fences the first', async () => {
    const first = await Transactional.start(client, 'tx');
    await first.produce('orders', ['lost']);
    const second = new Transactional(client, 'tx');
    expect((await second.init()).errorCode).toBe(Errors.CONCURRENT_TRANSACTIONS);
    expect(await second.init()).toMatchObject({ errorCode: 0, producerId: first.producerId });
    expect(second.producerEpoch).toBe(first.producerEpoch + 2);
    expect((await first.produce('orders', ['late'])).errorCode).toBe(Errors.INVALID_PRODUCER_EPOCH);
    expect((await first.end(true)).errorCode).toBe(Errors.PRODUCER_FENCED);
    expect((await first.end(true, 1)).errorCode).toBe(Errors.INVALID_PRODUCER_EPOCH);
    expect(await stableEnd('orders')).toBe(2);
  });
});

describe('offsets in a transaction', () => {
  async function fetchOffset(requireStable: boolean) {
    const { groups } = await client.send(OFFSET_FETCH, 8, {
      requireStable,
      groups: [{ groupId: 'g', topics: [{ name: 'orders', partitionIndexes: [0] }] }],
    });
    return groups[0]!.topics[0]!.partitions[0]!;
  }

  beforeEach(async () => {
    await client.send(FIND_COORDINATOR, 4, { keyType: 0, coordinatorKeys: ['g'] });
  });

  test('count when it is committed, and are unstable until then', async () => {
    const producer = await Transactional.start(client, 'tx');
    expect(await producer.commitOffset('g', 'orders', 7)).toBe(Errors.NONE);
    expect((await fetchOffset(false)).committedOffset).toBe(-1);
    expect((await fetchOffset(true)).errorCode).toBe(Errors.UNSTABLE_OFFSET_COMMIT);
    await producer.end(true);
    expect(await fetchOffset(true)).toMatchObject({ committedOffset: 7, errorCode: 0 });
  });

  test('vanish when it is aborted', async () => {
    const producer = await Transactional.start(client, 'tx');
    await producer.commitOffset('g', 'orders', 7);
    await producer.end(false);
    expect(await fetchOffset(true)).toMatchObject({ committedOffset: -1, errorCode: 0 });
  });

  test('of an old client need AddOffsetsToTxn', async () => {
    const producer = await Transactional.start(client, 'tx');
    expect(await producer.commitOffset('g', 'orders', 7, 3)).toBe(Errors.INVALID_TXN_STATE);
    expect(await producer.commitOffset('g', 'orders', 7, 4)).toBe(Errors.TRANSACTION_ABORTABLE);
  });
});

describe('operators', () => {
  test('list transactions by state, age and pattern', async () => {
    const open = await Transactional.start(client, 'open-1');
    await open.produce('orders', ['a']);
    await Transactional.start(client, 'idle-1');
    const list = async (request: object) => {
      const answer = await client.send(LIST_TRANSACTIONS, 2, request);
      return answer.transactionStates.map(({ transactionalId }) => transactionalId).sort();
    };
    expect(await list({})).toEqual(['idle-1', 'open-1']);
    expect(await list({ stateFilters: ['Ongoing'] })).toEqual(['open-1']);
    expect(await list({ transactionalIdPattern: 'idle-.*' })).toEqual(['idle-1']);
    expect(await list({ producerIdFilters: [open.producerId] })).toEqual(['open-1']);
    expect(await list({ durationFilter: 600_000, stateFilters: ['Ongoing'] })).toEqual([]);
    const bad = await client.send(LIST_TRANSACTIONS, 2, { transactionalIdPattern: '(' });
    expect(bad.errorCode).toBe(Errors.INVALID_REGULAR_EXPRESSION);
    const odd = await client.send(LIST_TRANSACTIONS, 0, { stateFilters: ['Odd'] });
    expect(odd).toMatchObject({ unknownStateFilters: ['Odd'], transactionStates: [] });
  });

  test('abort a transaction that nobody will end', async () => {
    const producer = await Transactional.start(client, 'tx');
    await producer.produce('orders', ['a']);
    const described = await client.send(DESCRIBE_PRODUCERS, 0, {
      topics: [{ name: 'orders', partitionIndexes: [0] }],
    });
    const [active] = described.topics[0]!.partitions[0]!.activeProducers;
    expect(active).toMatchObject({ currentTxnStartOffset: 0, coordinatorEpoch: -1 });
    const { markers } = await client.send(WRITE_TXN_MARKERS, 1, {
      markers: [
        {
          producerId: active!.producerId,
          producerEpoch: active!.producerEpoch,
          coordinatorEpoch: 0,
          transactionResult: false,
          topics: [{ name: 'orders', partitionIndexes: [0, 9] }],
        },
      ],
    });
    expect(markers[0]!.topics[0]!.partitions).toEqual([
      { partitionIndex: 0, errorCode: Errors.NONE },
      { partitionIndex: 9, errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION },
    ]);
    expect(await stableEnd('orders')).toBe(2);
  });
});

describe('a restart', () => {
  test('finds the open transaction where it was, and its offsets', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'kafta-transactions-'));
    const first = await TestBroker.start({ dataDirectory });
    const before = await first.client();
    await createTopic(before, 'orders');
    await before.send(FIND_COORDINATOR, 4, { keyType: 0, coordinatorKeys: ['g'] });
    const producer = await Transactional.start(before, 'tx');
    await producer.produce('orders', ['a']);
    await producer.commitOffset('g', 'orders', 7);
    await first.stop();
    const second = await TestBroker.start({ dataDirectory });
    try {
      client = await second.client();
      producer.client = client;
      expect(await stateOf('tx')).toBe('Ongoing');
      expect(await stableEnd('orders')).toBe(0);
      expect((await producer.produce('orders', ['b'])).errorCode).toBe(Errors.NONE);
      expect((await producer.end(true)).errorCode).toBe(Errors.NONE);
      expect(await stableEnd('orders')).toBe(3);
      const groups = [{ groupId: 'g', topics: [{ name: 'orders', partitionIndexes: [0] }] }];
      const answer = await client.send(OFFSET_FETCH, 8, { requireStable: true, groups });
      expect(answer.groups[0]!.topics[0]!.partitions[0]).toMatchObject({ committedOffset: 7 });
    } finally {
      await second.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  });
});

describe('a config of the cluster', () => {
  async function alter(name: string, value: string | null): Promise<void> {
    const configOperation = value === null ? 1 : 0;
    const configs = [{ name, configOperation, value }];
    const resources = [{ resourceType: 4, resourceName: '', configs }];
    const { responses } = await client.send(INCREMENTAL_ALTER_CONFIGS, 1, { resources });
    expect(responses[0]!.errorCode).toBe(Errors.NONE);
  }

  test('switches the verification of transactions off and on while the broker runs', async () => {
    const old = await Transactional.start(client, 'tx');
    const unverified = () => old.produce('orders', ['a'], { version: 9, partition: 1 });
    expect((await unverified()).errorCode).toBe(Errors.INVALID_TXN_STATE);
    await alter('transaction.partition.verification.enable', 'false');
    await expect.poll(async () => (await unverified()).errorCode).toBe(Errors.NONE);
    await alter('transaction.partition.verification.enable', null);
    const other = await Transactional.start(client, 'other');
    await expect
      .poll(async () => (await other.produce('orders', ['a'], { version: 9 })).errorCode)
      .toBe(Errors.INVALID_TXN_STATE);
  });
});

describe('a batch that is none', () => {
  test.each([
    ['an unknown magic', 16, 3, Errors.CORRUPT_MESSAGE, 'Invalid magic found in record: 3'],
    [
      'a size no batch has',
      11,
      5,
      Errors.CORRUPT_MESSAGE,
      'Record size 5 is less than the minimum record overhead (14)',
    ],
    ['an old magic', 16, 1, Errors.INVALID_RECORD, null],
    ['more than there is', 10, 9, Errors.INVALID_RECORD, null],
  ])('is refused in Kafka’s words: %s', async (_what, at, byte, errorCode, errorMessage) => {
    const bytes = Buffer.from(batch(['a']));
    bytes[at] = byte;
    expect(await produce(client, 'orders', bytes)).toMatchObject({ errorCode, errorMessage });
  });

  test('behind a whole one is ignored', async () => {
    const bytes = Buffer.concat([batch(['a']), Buffer.alloc(4)]);
    expect(await produce(client, 'orders', bytes)).toMatchObject({ errorCode: 0, baseOffset: 0 });
    expect((await fetch(client, 'orders', 0)).highWatermark).toBe(1);
  });
});
