// The transaction coordinator: epochs, fencing, ends and their retries, markers, time-outs, expiry and restarts.

import { describe, expect, test } from 'vitest';
import { serializeRecord } from '../../src/coordinator/runtime/serialized-record.ts';
import { TransactionRecordSerde } from '../../src/coordinator/transaction/transaction-records.ts';
import { statusName } from '../../src/coordinator/transaction/transaction-state.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { TransactionHarness } from './support/transaction-harness.ts';

async function statusOf(harness: TransactionHarness, id: string): Promise<string | undefined> {
  const state = await harness.describe(id);
  return state === undefined ? undefined : statusName(state.status);
}

describe('records that Apache Kafka 4.3.1 wrote', () => {
  test.each([
    [
      '0000000a62656e63682d62312d37',
      '0000000000000000001200000000ea6000ffffffff000001a1feaa375fffffffffffffffff',
    ],
    [
      '0000000a62656e63682d62312d37',
      '0001000000000000000200000000ea600000000001a1feaab2c6ffffffffffffffff0100080000000000000002',
    ],
    [
      '0000000a62656e63682d62312d37',
      '0001000000000000000200000000ea600102036231020000000000000001a1feaab52e000001a1feaab52e020008000000000000000202020002',
    ],
    [
      '0000000a62656e63682d62312d37',
      '0001000000000000000200010000ea600202036231020000000000000001a1feaab58c000001a1feaab52e020008000000000000000202020002',
    ],
    [
      '0000000a62656e63682d62312d37',
      '0001000000000000000200010000ea600401000001a1feaab593000001a1feaab52e020008000000000000000202020002',
    ],
    [
      '00000003747631',
      '0001000000000000000b00010000ea6003020264020000000000000001a1fea06885000001a1fea06861010008000000000000000b',
    ],
    [
      '00000003747631',
      '0001000000000000000b00010000ea600501000001a1fea06886000001a1fea06861010008000000000000000b',
    ],
  ])('are read and written again byte for byte: %s %s', (keyHex, valueHex) => {
    const serde = new TransactionRecordSerde();
    const [key, value] = [Buffer.from(keyHex, 'hex'), Buffer.from(valueHex, 'hex')];
    const bytes = Buffer.concat([key, value]);
    const record = serde.deserialize(bytes, 0, key.length, key.length, bytes.length)!;
    expect(record.state?.producerId).toBeGreaterThan(0);
    const expected = { bytes, keyLength: key.length, isTombstone: false };
    expect(serializeRecord(serde, record)).toEqual(expected);
    const tombstone = serde.deserialize(bytes, 0, key.length, -1, -1)!;
    const withoutValue = { bytes: key, keyLength: key.length, isTombstone: true };
    expect(serializeRecord(serde, tombstone)).toEqual(withoutValue);
  });
});

describe('a transactional id', () => {
  test('gets a producer id once and a new epoch each time', async () => {
    const harness = await TransactionHarness.start();
    expect(await harness.init('a')).toEqual({ producerId: 1000, producerEpoch: 0 });
    expect(await harness.init('a')).toEqual({ producerId: 1000, producerEpoch: 1 });
    expect(await harness.init('b')).toEqual({ producerId: 1001, producerEpoch: 0 });
  });

  test('keeps both across a restart', async () => {
    const harness = await TransactionHarness.start();
    await harness.init('a');
    await harness.restart();
    expect(await harness.init('a')).toEqual({ producerId: 1000, producerEpoch: 1 });
  });

  test('is refused with a time-out that isn’t allowed', async () => {
    const harness = await TransactionHarness.start();
    for (const timeoutMs of [0, -1, 900_001]) {
      const refused = harness.init('a', { timeoutMs });
      expect(await harness.failure(refused)).toBe(Errors.INVALID_TRANSACTION_TIMEOUT);
    }
    expect(await harness.failure(harness.init(''))).toBe(Errors.INVALID_REQUEST);
  });

  test('has two-phase commit only where it is enabled', async () => {
    const query = {
      transactionalId: 'a',
      timeoutMs: 1,
      expected: undefined,
      isTwoPhaseCommit: true,
      keepPreparedTransaction: false,
    };
    const plain = await TransactionHarness.start();
    expect(await plain.failure(plain.coordinator.initProducerId(query))).toBe(
      Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    );
    const enabled = await TransactionHarness.start({ isTwoPhaseCommitEnabled: true });
    const kept = { ...query, keepPreparedTransaction: true };
    expect(await enabled.failure(enabled.coordinator.initProducerId(kept))).toBe(
      Errors.UNSUPPORTED_VERSION,
    );
    const producer = await enabled.run(enabled.coordinator.initProducerId(query));
    await enabled.add('a', producer, 't', 0);
    await enabled.clock.advance(3_600_000 * 24);
    expect(await statusOf(enabled, 'a')).toBe('Ongoing');
  });

  test('lets its producer raise its own epoch, and again when the answer was lost', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    const raised = await harness.init('a', { expected: producer });
    expect(raised).toEqual({ producerId: 1000, producerEpoch: 1 });
    expect(await harness.init('a', { expected: producer })).toEqual(raised);
    await harness.init('a');
    expect(await harness.failure(harness.init('a', { expected: producer }))).toBe(
      Errors.PRODUCER_FENCED,
    );
    const other = { producerId: 7, producerEpoch: 0 };
    expect(await harness.failure(harness.init('a', { expected: other }))).toBe(
      Errors.PRODUCER_FENCED,
    );
  });

  test('gets a new producer id when its epochs are used up', async () => {
    const harness = await TransactionHarness.start();
    await exhaust(harness, (await harness.init('a')).producerEpoch, 32766);
    expect(await harness.init('a')).toEqual({ producerId: 1001, producerEpoch: 0 });
  }, 20_000);

  test('is listed in the order of Kafka’s table of ids', async () => {
    const harness = await TransactionHarness.start();
    for (const id of ['t-hang', 'ünï', 't-offsets', 't-empty', 't-open']) await harness.init(id);
    const listed = await harness.run(harness.coordinator.list(() => true));
    const ids = listed.map(({ transactionalId }) => transactionalId);
    expect(ids).toEqual(['t-open', 't-hang', 't-offsets', 't-empty', 'ünï']);
  });

  test('is forgotten when nobody uses it', async () => {
    const harness = await TransactionHarness.start({
      idExpirationMs: 10_000,
      removeExpiredIntervalMs: 30_000,
    });
    const producer = await harness.init('open');
    await harness.add('open', producer, 't', 0);
    await harness.init('idle');
    await harness.clock.advance(30_000);
    expect(await statusOf(harness, 'idle')).toBeUndefined();
    await harness.restart();
    expect(await statusOf(harness, 'idle')).toBeUndefined();
    expect(await statusOf(harness, 'open')).toBeDefined();
  });
});

describe('the end of a transaction', () => {
  test('brings a marker to every partition and the next epoch to the producer', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0, 1);
    expect(await harness.end('a', producer, true)).toEqual({ producerId: 1000, producerEpoch: 1 });
    expect(await statusOf(harness, 'a')).toBe('CompleteCommit');
    expect(harness.partitions.markers).toEqual(
      ['t-0', 't-1'].map((where) => ({
        where,
        producerId: 1000,
        producerEpoch: 1,
        coordinatorEpoch: 0,
        commit: true,
        transactionVersion: 2,
      })),
    );
  });

  test('keeps the epoch for clients that know nothing of raising it', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0);
    expect(await harness.end('a', producer, true, 0)).toEqual(producer);
    expect(harness.partitions.markers[0]).toMatchObject({
      producerEpoch: 0,
      transactionVersion: 0,
    });
    expect(await harness.end('a', producer, true, 0)).toEqual(producer);
    expect(await harness.failure(harness.end('a', producer, false, 0))).toBe(
      Errors.INVALID_TXN_STATE,
    );
  });

  /** TransactionCoordinator's table for transaction.version 2. */
  test.each([
    ['Empty', 'abort', 'current', 'raised'],
    ['Empty', 'commit', 'current', Errors.INVALID_TXN_STATE],
    ['Empty', 'abort', 'retry', Errors.PRODUCER_FENCED],
    ['CompleteAbort', 'abort', 'retry', 'same'],
    ['CompleteAbort', 'abort', 'current', 'raised'],
    ['CompleteAbort', 'commit', 'retry', Errors.INVALID_TXN_STATE],
    ['CompleteAbort', 'commit', 'current', Errors.INVALID_TXN_STATE],
    ['CompleteCommit', 'abort', 'retry', Errors.INVALID_TXN_STATE],
    ['CompleteCommit', 'abort', 'current', 'raised'],
    ['CompleteCommit', 'commit', 'retry', 'same'],
    ['CompleteCommit', 'commit', 'current', Errors.INVALID_TXN_STATE],
  ] as const)('in %s: %s with the %s epoch', async (status, result, which, expected) => {
    const harness = await TransactionHarness.start();
    let producer = await harness.init('a');
    producer = await harness.init('a');
    if (status !== 'Empty') {
      await harness.add('a', producer, 't', 0);
      producer = await harness.end('a', producer, status === 'CompleteCommit');
    }
    const epoch = producer.producerEpoch;
    const named = { ...producer, producerEpoch: which === 'retry' ? epoch - 1 : epoch };
    const end = harness.end('a', named, result === 'commit');
    if (typeof expected === 'number') expect(await harness.failure(end)).toBe(expected);
    else {
      const raisedTo = expected === 'raised' ? epoch + 1 : epoch;
      expect(await end).toEqual({ ...producer, producerEpoch: raisedTo });
    }
  });

  test('is answered before the markers are written, and can be repeated meanwhile', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0);
    harness.partitions.isHeld = true;
    const after = await harness.end('a', producer, true);
    expect(await statusOf(harness, 'a')).toBe('PrepareCommit');
    expect(await harness.failure(harness.end('a', producer, true))).toBe(
      Errors.CONCURRENT_TRANSACTIONS,
    );
    expect(await harness.failure(harness.end('a', producer, false))).toBe(Errors.INVALID_TXN_STATE);
    expect(await harness.failure(harness.add('a', after, 't', 1))).toBe(
      Errors.CONCURRENT_TRANSACTIONS,
    );
    harness.partitions.release();
    await harness.clock.settle();
    expect(await harness.end('a', producer, true)).toEqual(after);
  });

  test('rotates the producer id with its last epoch, and knows the retry', async () => {
    const harness = await TransactionHarness.start();
    const first = await harness.init('a');
    const last = { producerId: first.producerId, producerEpoch: 32766 };
    await exhaust(harness, first.producerEpoch, last.producerEpoch);
    await harness.add('a', last, 't', 0);
    const after = await harness.end('a', last, true);
    expect(after).toEqual({ producerId: 1001, producerEpoch: 0 });
    expect(harness.partitions.markers.at(-1)).toMatchObject({ producerEpoch: 32767 });
    expect(await harness.end('a', last, true)).toEqual(after);
    await harness.add('a', after, 't', 0);
    expect(await harness.end('a', after, false)).toEqual({ producerId: 1001, producerEpoch: 1 });
  }, 20_000);
});

/** Raises the epoch as often as that takes, with many requests in flight at once. */
async function exhaust(harness: TransactionHarness, from: number, to: number): Promise<void> {
  let latest: Promise<unknown> = Promise.resolve();
  for (let producerEpoch = from; producerEpoch < to; producerEpoch++) {
    latest = harness.coordinator.initProducerId({
      transactionalId: 'a',
      timeoutMs: 60_000,
      expected: undefined,
      isTwoPhaseCommit: false,
      keepPreparedTransaction: false,
    });
    if (producerEpoch % 5000 === 0) await harness.run(latest);
  }
  await harness.run(latest);
}

describe('markers', () => {
  test('are tried again until they are written', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0, 1);
    harness.partitions.failures.push(Errors.NOT_LEADER_OR_FOLLOWER);
    await harness.end('a', producer, true);
    expect(await statusOf(harness, 'a')).toBe('PrepareCommit');
    await harness.clock.advance(harness.config.markerRetryBackoffMs);
    expect(await statusOf(harness, 'a')).toBe('CompleteCommit');
    expect(harness.partitions.markers.map(({ where }) => where).sort()).toEqual(['t-0', 't-1']);
  });

  test('aren’t needed where the topic was deleted or a newer epoch has written', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 'gone', 0);
    await harness.add('a', producer, 't', 0);
    harness.partitions.deleted.add('gone-0');
    harness.partitions.of('t', 0).write({ ...producer, producerEpoch: 9 }, 'newer');
    await harness.end('a', producer, true);
    expect(await statusOf(harness, 'a')).toBe('CompleteCommit');
    expect(harness.partitions.markers).toEqual([]);
  });

  test('are left to a newer coordinator', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0);
    harness.partitions.failures.push(Errors.TRANSACTION_COORDINATOR_FENCED);
    await harness.end('a', producer, true);
    await harness.clock.advance(60_000);
    expect(await statusOf(harness, 'a')).toBe('PrepareCommit');
  });

  test('that nobody takes fill no log: one line for the first refusal, and one a minute', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0, 1);
    harness.partitions.failures.push(
      ...new Array<number>(4 * 600).fill(Errors.NOT_LEADER_OR_FOLLOWER),
    );
    await harness.end('a', producer, true);
    await harness.clock.advance(600 * harness.config.markerRetryBackoffMs);
    const line = "2 markers of a aren't written (t-0: NOT_LEADER_OR_FOLLOWER); trying again";
    expect(harness.lines).toEqual([`${line} (failure 1)`, `${line} (failure 601)`]);
    await harness.clock.advance(600 * harness.config.markerRetryBackoffMs);
    expect(await statusOf(harness, 'a')).toBe('CompleteCommit');
    expect(harness.lines).toHaveLength(2);
  });

  test('of what was prepared before a crash are written after it', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0);
    harness.partitions.isHeld = true;
    const after = await harness.end('a', producer, true);
    harness.partitions.isHeld = false;
    await harness.restart();
    expect(await statusOf(harness, 'a')).toBe('CompleteCommit');
    expect(harness.partitions.markers).toMatchObject([{ commit: true, coordinatorEpoch: 1 }]);
    expect(await harness.end('a', producer, true)).toEqual(after);
  });

  test('are completed later when the log can’t be written', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0);
    harness.partitions.isHeld = true;
    await harness.end('a', producer, false);
    harness.log.failures.push(new Error('disk full'), new Error('disk full'));
    harness.partitions.release();
    await harness.clock.settle();
    await harness.clock.advance(harness.config.markerRetryBackoffMs);
    expect(await statusOf(harness, 'a')).toBe('PrepareAbort');
    await harness.clock.advance(harness.config.markerRetryBackoffMs);
    expect(await statusOf(harness, 'a')).toBe('CompleteAbort');
    const line = "the end of a isn't written: UNKNOWN_SERVER_ERROR; trying again (failure 1)";
    expect(harness.lines.filter((each) => each.startsWith('the end'))).toEqual([line]);
  });
});

describe('an open transaction', () => {
  test.each([2, 1, 0])('is aborted for a new producer (transaction.version %i)', async (level) => {
    const harness = await TransactionHarness.start();
    harness.transactionVersion = level;
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0);
    expect(await harness.failure(harness.init('a'))).toBe(Errors.CONCURRENT_TRANSACTIONS);
    expect(harness.partitions.markers).toMatchObject([{ commit: false, producerEpoch: 1 }]);
    expect(await harness.init('a')).toEqual({ producerId: 1000, producerEpoch: 2 });
    expect(await harness.failure(harness.add('a', producer, 't', 0))).toBe(Errors.PRODUCER_FENCED);
    expect(await harness.failure(harness.end('a', producer, true))).toBe(Errors.PRODUCER_FENCED);
  });

  test('whose client raises epochs is refused by transaction.version 0 where it would be written', async () => {
    const harness = await TransactionHarness.start();
    harness.transactionVersion = 0;
    const producer = await harness.init('a');
    const end = (change: object, commit = true) =>
      harness.failure(harness.end('a', { ...producer, ...change }, commit, 2));
    expect(await end({ producerId: 9 })).toBe(Errors.INVALID_PRODUCER_ID_MAPPING);
    expect(await end({ producerEpoch: 1 })).toBe(Errors.PRODUCER_FENCED);
    expect(await end({})).toBe(Errors.INVALID_TXN_STATE);
    expect(await end({}, false)).toBe(Errors.UNSUPPORTED_VERSION);
    const add = (partition: number) => {
      const partitions = new Map([['t', new Set([partition])]]);
      const request = { transactionalId: 'a', ...producer, partitions };
      return harness.run(harness.coordinator.addPartitions(request, 2));
    };
    await harness.add('a', producer, 't', 0);
    await add(0);
    expect(await harness.failure(add(1))).toBe(Errors.UNSUPPORTED_VERSION);
    expect(await end({})).toBe(Errors.UNSUPPORTED_VERSION);
    expect(await statusOf(harness, 'a')).toBe('Ongoing');
  });

  test('is aborted when its time is over', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a', { timeoutMs: 15_000 });
    await harness.add('a', producer, 't', 0);
    await harness.clock.advance(14_000);
    expect(await statusOf(harness, 'a')).toBe('Ongoing');
    await harness.clock.advance(harness.config.abortTimedOutIntervalMs);
    expect(await statusOf(harness, 'a')).toBe('CompleteAbort');
    expect(await harness.failure(harness.end('a', producer, true))).toBe(Errors.INVALID_TXN_STATE);
    expect(await harness.failure(harness.add('a', producer, 't', 0))).toBe(Errors.PRODUCER_FENCED);
  });

  test('belongs to its producer id and epoch', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    const wrongId = { ...producer, producerId: 5 };
    const wrongEpoch = { ...producer, producerEpoch: 5 };
    for (const [named, code] of [
      [wrongId, Errors.INVALID_PRODUCER_ID_MAPPING],
      [wrongEpoch, Errors.PRODUCER_FENCED],
    ] as const) {
      expect(await harness.failure(harness.add('a', named, 't', 0))).toBe(code);
    }
    expect(await harness.failure(harness.add('x', producer, 't', 0))).toBe(
      Errors.INVALID_PRODUCER_ID_MAPPING,
    );
    expect(await harness.failure(harness.end('x', producer, true))).toBe(
      Errors.INVALID_PRODUCER_ID_MAPPING,
    );
  });

  test('waits a little for the end of the last one', async () => {
    const harness = await TransactionHarness.start();
    const producer = await harness.init('a');
    await harness.add('a', producer, 't', 0);
    harness.partitions.isHeld = true;
    const after = await harness.end('a', producer, true);
    const partitions = new Map([['t', new Set([0])]]);
    const request = { transactionalId: 'a', ...after, partitions };
    const early = harness.coordinator.addPartitionsPatiently(request, 2);
    early.catch(() => {});
    await harness.clock.advance(harness.config.addRetryBackoffMs);
    harness.partitions.release();
    await harness.clock.advance(harness.config.addRetryBackoffMs);
    await early;
    expect(await statusOf(harness, 'a')).toBe('Ongoing');
    harness.partitions.isHeld = true;
    const last = await harness.end('a', after, true);
    const late = harness.coordinator.addPartitionsPatiently({ ...request, ...last }, 2);
    late.catch(() => {});
    await harness.clock.advance(harness.config.addRetryMaxMs + harness.config.addRetryBackoffMs);
    expect(await harness.failure(late)).toBe(Errors.CONCURRENT_TRANSACTIONS);
  });
});
