// KIP-890 at the log: records come in with the coordinator's word only, markers carry the epoch after their transaction's.

import { describe, expect, it } from 'vitest';
import { ProducerStateConfig } from '../../src/log/producer-state-config.ts';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import { VerificationGuard } from '../../src/log/verification-state.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { buildEndTransactionBatch } from '../../src/records/control-record.ts';
import { batch, idempotent, NOW_MS, openLog, temporaryFolder, testIo } from './support.ts';

function refusal(work: () => unknown): { code: number; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was accepted');
}

function transactional(sequence: number, producerEpoch = 0, producerId = 1): Buffer {
  return batch(1, { producerId, producerEpoch, baseSequence: sequence, transactional: true });
}

/** Ends the transaction of producer 1 under a level of transaction.version. */
function end(log: UnifiedLog, producerEpoch: number, transactionVersion: number, commit = true) {
  const marker = { commit, producerId: 1, producerEpoch, coordinatorEpoch: 0, timestamp: NOW_MS };
  const batch = buildEndTransactionBatch(marker);
  return log.appendAsLeader(batch, 0, { origin: 'coordinator', transactionVersion });
}

function verifyingLog(): UnifiedLog {
  return openLog(testIo(), temporaryFolder(), {
    producerState: new ProducerStateConfig({ verifiesTransactions: true }),
  });
}

/** As the broker does once the coordinator has given its word. */
function verified(log: UnifiedLog, sequence: number, epoch = 0, bumps = true): VerificationGuard {
  return log.startTransactionVerification(1, sequence, epoch, bumps);
}

describe('the first records of a transaction', () => {
  it('need the guard of this very verification', () => {
    const log = verifyingLog();
    const error = refusal(() => log.appendAsLeader(transactional(0), 0));
    expect(error.code).toBe(Errors.INVALID_TXN_STATE);
    expect(error.message).toBe('Record was not part of an ongoing transaction');
    const foreign = new VerificationGuard();
    const wrong = () => log.appendAsLeader(transactional(0), 0, { verificationGuard: foreign });
    expect(refusal(wrong).code).toBe(Errors.INVALID_TXN_STATE);
    const verificationGuard = verified(log, 0);
    log.appendAsLeader(transactional(0), 0, { verificationGuard });
    expect(verified(log, 1)).toBe(VerificationGuard.SENTINEL);
    log.appendAsLeader(transactional(1), 0);
    expect(log.logEndOffset).toBe(2);
    log.abandon();
  });

  it('are refused when a marker came between the word and the append', () => {
    const log = verifyingLog();
    const verificationGuard = verified(log, 0);
    end(log, 1, 2, false);
    const late = () => log.appendAsLeader(transactional(0), 0, { verificationGuard });
    expect(refusal(late).code).toBe(Errors.INVALID_PRODUCER_EPOCH);
    log.abandon();
  });

  it('need no guard in a log that verifies nothing, nor do those of the followers', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(transactional(0), 0);
    const follower = verifyingLog();
    follower.appendAsFollower(transactional(0), 0);
    log.abandon();
    follower.abandon();
  });

  it('begin with the lowest sequence that waits for the same word', () => {
    const log = verifyingLog();
    verified(log, 4, 0, false);
    const verificationGuard = verified(log, 2, 0, false);
    const gap = refusal(() => log.appendAsLeader(transactional(4), 0, { verificationGuard }));
    expect(gap.code).toBe(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(gap.message).toContain('4 (incoming seq. number), 2 (earliest seen sequence)');
    log.appendAsLeader(transactional(2), 0, { verificationGuard });
    log.abandon();
  });

  it('begin with sequence 0 when the producer raises its epoch each time', () => {
    const log = verifyingLog();
    const verificationGuard = verified(log, 3);
    const gap = refusal(() => log.appendAsLeader(transactional(3), 0, { verificationGuard }));
    expect(gap.message).toBe(
      'Invalid sequence number for producer 1 at offset 0 in partition orders-0: 3 (incoming seq. number). Expected sequence 0 for transactions v2 idempotent producer with no existing state.',
    );
    log.abandon();
  });

  it('of an old epoch aren’t even asked for', () => {
    const log = verifyingLog();
    log.appendAsLeader(transactional(0, 5), 0, { verificationGuard: verified(log, 0, 5) });
    const old = refusal(() => verified(log, 0, 4));
    expect(old).toMatchObject({
      code: Errors.INVALID_PRODUCER_EPOCH,
      message: 'Epoch of producer 1 is 4, which is smaller than the last seen epoch 5',
    });
    log.abandon();
  });
});

describe('the marker of a transaction', () => {
  function opened(): UnifiedLog {
    const log = verifyingLog();
    log.appendAsLeader(transactional(0), 0, { verificationGuard: verified(log, 0) });
    return log;
  }

  it('has the next epoch with transaction.version 2', () => {
    const log = opened();
    const same = refusal(() => end(log, 0, 2));
    expect(same).toMatchObject({
      code: Errors.INVALID_PRODUCER_EPOCH,
      message:
        'Epoch of producer 1 at offset 1 in orders-0 is 0, which is <= the last seen epoch 0 (TV2)',
    });
    end(log, 1, 2);
    expect(log.producerState.entry(1)).toMatchObject({ producerEpoch: 1, lastSequence: -1 });
    log.abandon();
  });

  it('may come twice, but not end the next transaction', () => {
    const log = opened();
    end(log, 1, 2);
    end(log, 1, 2);
    log.appendAsLeader(transactional(0, 1), 0, { verificationGuard: verified(log, 0, 1) });
    expect(refusal(() => end(log, 1, 2)).code).toBe(Errors.INVALID_PRODUCER_EPOCH);
    expect(log.producerState.firstUndecidedOffset).toBeDefined();
    log.abandon();
  });

  it('that comes twice doesn’t spoil the verification of the next transaction', () => {
    const log = opened();
    end(log, 1, 2);
    const verificationGuard = verified(log, 0, 1);
    end(log, 1, 2);
    log.appendAsLeader(transactional(0, 1), 0, { verificationGuard });
    log.abandon();
  });

  it('has the same epoch before, or a later one', () => {
    const log = opened();
    end(log, 0, 0);
    log.appendAsLeader(transactional(1), 0, { verificationGuard: verified(log, 1, 0, false) });
    end(log, 3, 1);
    expect(refusal(() => end(log, 2, 1)).message).toContain(
      '2, which is smaller than the last seen epoch 3',
    );
    log.abandon();
  });

  it('of the last epoch there is ends the transaction of that epoch', () => {
    const log = verifyingLog();
    const last = 32767;
    log.appendAsLeader(transactional(0, last), 0, { verificationGuard: verified(log, 0, last) });
    end(log, last, 2, false);
    expect(log.producerState.firstUndecidedOffset).toBeUndefined();
    log.abandon();
  });
});

describe('a duplicate', () => {
  it('is answered with the time of its batch, whatever the topic’s timestamps mean', () => {
    const log = verifyingLog();
    expect(log.appendAsLeader(idempotent(0), 0).logAppendTimeMs).toBe(-1);
    expect(log.appendAsLeader(idempotent(0), 0)).toMatchObject({
      duplicate: true,
      logAppendTimeMs: NOW_MS,
    });
    log.abandon();
  });
});

describe('a transaction index that can’t be written', () => {
  it('leaves the log where its records end', () => {
    const log = verifyingLog();
    log.appendAsLeader(transactional(0), 0, { verificationGuard: verified(log, 0) });
    const { transactionIndex } = log.segments.active;
    transactionIndex.append({ producerId: 9, firstOffset: 0, lastOffset: 50, lastStableOffset: 0 });
    expect(() => end(log, 1, 2, false)).toThrow();
    expect(log.logEndOffset).toBe(2);
    expect(log.lastStableOffset).toBe(0);
    expect(log.appendAsLeader(batch(1), 0).firstOffset).toBe(2);
    log.abandon();
  });
});
