// Idempotent and transactional producers, as Kafka's ProducerAppendInfo and ProducerStateManager treat them.

import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProducerSnapshot } from '../../src/log/producer-snapshot.ts';
import { ProducerStateConfig } from '../../src/log/producer-state-config.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { buildEndTransactionBatch } from '../../src/records/control-record.ts';
import { batch, config, idempotent, NOW_MS, openLog, temporaryFolder, testIo } from './support.ts';

function failure(work: () => unknown): ApiError {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

function transactional(sequence: number, count = 1, producerId = 1, epoch = 0): Buffer {
  return batch(count, {
    producerId,
    producerEpoch: epoch,
    baseSequence: sequence,
    transactional: true,
  });
}

function marker(commit: boolean, producerId = 1, producerEpoch = 0, coordinatorEpoch = 0): Buffer {
  return buildEndTransactionBatch({
    commit,
    producerId,
    producerEpoch,
    coordinatorEpoch,
    timestamp: NOW_MS,
  });
}

const COMMITTED = { isolation: 'committed', minOneMessage: true } as const;
const COORDINATOR = { origin: 'coordinator' } as const;

describe('sequences', () => {
  it('are taken one after another', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(idempotent(0, 3), 0);
    expect(log.appendAsLeader(idempotent(3, 2), 0)).toMatchObject({
      firstOffset: 3,
      duplicate: false,
    });
    log.abandon();
  });

  it('of a retried batch give the offsets of the first time and write nothing', () => {
    const log = openLog(testIo(), temporaryFolder());
    for (let i = 0; i < 5; i++) log.appendAsLeader(idempotent(i * 2, 2), 0);
    const size = log.sizeBytes;
    for (let i = 0; i < 5; i++) {
      expect(log.appendAsLeader(idempotent(i * 2, 2), 0)).toMatchObject({
        firstOffset: i * 2,
        lastOffset: i * 2 + 1,
        duplicate: true,
      });
    }
    expect(log.sizeBytes).toBe(size);
    expect(log.logEndOffset).toBe(10);
    log.abandon();
  });

  it('older than the last five batches are refused', () => {
    const log = openLog(testIo(), temporaryFolder());
    for (let i = 0; i < 6; i++) log.appendAsLeader(idempotent(i), 0);
    const error = failure(() => log.appendAsLeader(idempotent(0), 0));
    expect(error.code).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(error.message).toBe(
      'Out of order sequence number for producer 1 at offset 6 in partition orders-0: 0 (incoming seq. number), 5 (current end sequence number)',
    );
    log.abandon();
  });

  it('with a gap are refused and change nothing', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(idempotent(0, 3), 0);
    expect(failure(() => log.appendAsLeader(idempotent(4), 0)).code).toBe(
      Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
    );
    expect(log.logEndOffset).toBe(3);
    expect(log.appendAsLeader(idempotent(3), 0).firstOffset).toBe(3);
    log.abandon();
  });

  it('may begin anywhere for a producer that nothing is known of', () => {
    const log = openLog(testIo(), temporaryFolder());
    expect(log.appendAsLeader(idempotent(77), 0).firstOffset).toBe(0);
    log.abandon();
  });

  it('wrap after 2147483647 to 0', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(idempotent(2147483646, 2), 0);
    expect(log.appendAsLeader(idempotent(0, 1), 0).firstOffset).toBe(2);
    const wrapping = openLog(testIo(), temporaryFolder());
    wrapping.appendAsLeader(idempotent(2147483646, 4), 0);
    expect(wrapping.appendAsLeader(idempotent(2147483646, 4), 0).duplicate).toBe(true);
    expect(wrapping.appendAsLeader(idempotent(2), 0).firstOffset).toBe(4);
    log.abandon();
    wrapping.abandon();
  });

  it('are forgotten when the producer expires, which may be set anew', () => {
    const io = testIo();
    const producerState = new ProducerStateConfig({ expirationMs: 3000 });
    const log = openLog(io, temporaryFolder(), { producerState });
    log.appendAsLeader(idempotent(0, 3), 0);
    io.clock.advance(2000);
    log.removeExpiredProducers();
    expect(log.activeProducers.length).toBe(1);
    producerState.reconfigure({ expirationMs: 1000, verifiesTransactions: false });
    log.removeExpiredProducers();
    expect(log.activeProducers.length).toBe(0);
    expect(log.appendAsLeader(idempotent(9), 0).firstOffset).toBe(3);
    log.abandon();
  });
});

describe('producer epochs', () => {
  it('older than the last one are refused', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(idempotent(0, 1, 3), 0);
    const error = failure(() => log.appendAsLeader(idempotent(1, 1, 2), 0));
    expect(error.code).toBe(Errors.INVALID_PRODUCER_EPOCH);
    expect(error.message).toBe(
      'Epoch of producer 1 at offset 1 in orders-0 is 2, which is < the last seen epoch 3 (TV-1)',
    );
    log.abandon();
  });

  it('that are new begin at sequence 0', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(idempotent(0, 3, 0), 0);
    expect(failure(() => log.appendAsLeader(idempotent(3, 1, 1), 0)).code).toBe(
      Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
    );
    expect(log.appendAsLeader(idempotent(0, 1, 1), 0).firstOffset).toBe(3);
    log.abandon();
  });
});

describe('transactions', () => {
  it('hold the last stable offset until their marker', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(batch(2), 0);
    log.appendAsLeader(transactional(0, 3), 0);
    log.updateHighWatermark(log.logEndOffset);
    expect(log.lastStableOffset).toBe(2);
    expect(log.read(2, 1000, COMMITTED).records).toEqual([]);
    log.appendAsLeader(marker(true), 0, COORDINATOR);
    log.updateHighWatermark(log.logEndOffset);
    expect(log.lastStableOffset).toBe(6);
    expect(log.read(0, 1 << 20, COMMITTED).abortedTransactions).toEqual([]);
    log.abandon();
  });

  it('that abort are listed for those who read them', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const log = openLog(io, folder);
    log.appendAsLeader(transactional(0, 2, 1), 0);
    log.appendAsLeader(transactional(0, 2, 2), 0);
    log.appendAsLeader(marker(false, 1), 0, COORDINATOR);
    log.appendAsLeader(marker(true, 2), 0, COORDINATOR);
    log.appendAsLeader(batch(1), 0);
    log.updateHighWatermark(log.logEndOffset);
    const aborted = [{ producerId: 1, firstOffset: 0, lastOffset: 4, lastStableOffset: 2 }];
    expect(log.read(0, 1 << 20, COMMITTED).abortedTransactions).toEqual(aborted);
    expect(log.read(6, 1 << 20, COMMITTED).abortedTransactions).toEqual([]);
    log.abandon();
    const again = openLog(io, folder);
    expect(again.abortedTransactions(0, 7)).toEqual(aborted);
    expect(again.lastStableOffset).toBe(again.highWatermark);
    again.abandon();
  });

  it('that aborted are found again when a kill or damage takes the index', async () => {
    for (const damage of ['none', 'removed', 'nonsense']) {
      const folder = temporaryFolder();
      const log = openLog(testIo(), folder);
      log.appendAsLeader(transactional(0, 2, 1), 0);
      log.appendAsLeader(marker(false, 1), 0, COORDINATOR);
      await log.close();
      const second = openLog(testIo(), folder, { cleanShutdown: true });
      second.appendAsLeader(transactional(2, 2, 1), 0);
      second.appendAsLeader(marker(false, 1), 0, COORDINATOR);
      const expected = second.abortedTransactions(0, 6);
      expect(expected).toHaveLength(2);
      second.abandon();
      const file = join(folder, 'orders-0', '00000000000000000000.txnindex');
      if (damage === 'nonsense') writeFileSync(file, Buffer.alloc(68, 0x55));
      if (damage === 'removed') truncateSync(file, 34);
      const again = openLog(testIo(), folder, { recoveryPoint: 3 });
      expect(again.abortedTransactions(0, 6)).toEqual(expected);
      again.abandon();
    }
  });

  it('stay open over a restart', async () => {
    const folder = temporaryFolder();
    const log = openLog(testIo(), folder);
    log.appendAsLeader(transactional(0, 2), 0);
    await log.close();
    const again = openLog(testIo(), folder, { cleanShutdown: true, highWatermark: 2 });
    expect(again.lastStableOffset).toBe(0);
    again.appendAsLeader(marker(false), 0, COORDINATOR);
    again.updateHighWatermark(again.logEndOffset);
    expect(again.lastStableOffset).toBe(3);
    expect(again.abortedTransactions(0, 3)).toHaveLength(1);
    again.abandon();
  });

  it('refuse a record outside them while they are open', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(transactional(0), 0);
    expect(failure(() => log.appendAsLeader(idempotent(1), 0)).code).toBe(Errors.INVALID_TXN_STATE);
    log.abandon();
  });

  it('refuse the marker of an older coordinator', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(transactional(0), 0);
    log.appendAsLeader(marker(true, 1, 0, 5), 0, COORDINATOR);
    log.appendAsLeader(transactional(1), 0);
    expect(failure(() => log.appendAsLeader(marker(true, 1, 0, 4), 0, COORDINATOR)).code).toBe(
      Errors.TRANSACTION_COORDINATOR_FENCED,
    );
    log.abandon();
  });

  it('are not a client’s to end', () => {
    const log = openLog(testIo(), temporaryFolder(), { config: config() });
    expect(failure(() => log.appendAsLeader(marker(true), 0)).code).toBe(Errors.INVALID_RECORD);
    log.abandon();
  });
});

// Recorded: Apache Kafka 4.3.1 wrote producers 12 to 15 and 21 in this order.
it('a snapshot holds the producers in the order of Kafka’s hash table', () => {
  const folder = temporaryFolder();
  const log = openLog(testIo(), folder);
  for (const producerId of [12, 13, 14, 15, 21]) {
    log.appendAsLeader(batch(1, { producerId, producerEpoch: 0, baseSequence: 0 }), 0);
  }
  log.roll();
  const path = join(folder, 'orders-0', '00000000000000000005.snapshot');
  const entries = readProducerSnapshot(testIo().disk, path);
  expect(entries.map((entry) => entry.producerId)).toEqual([21, 12, 13, 14, 15]);
  log.abandon();
});
