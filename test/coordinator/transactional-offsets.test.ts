// Offsets that a producer's transaction commits: pending until its marker, whatever happens in between.

import { describe, expect, test } from 'vitest';
import { VerificationGuard } from '../../src/log/verification-state.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import type { TxnOffsetCommitRequest } from '../../src/protocol/generated/apis/txn-offset-commit-request.ts';
import { GroupHarness } from './support/group-harness.ts';

const PRODUCER = {
  producerId: 9,
  producerEpoch: 1,
  verificationGuard: VerificationGuard.SENTINEL,
};

/** The error of a commit of `offset` for partition 0. */
async function commit(
  harness: GroupHarness,
  offset: number,
  more: Partial<TxnOffsetCommitRequest> = {},
): Promise<number | undefined> {
  const request = {
    transactionalId: 'tx',
    groupId: 'g',
    producerId: PRODUCER.producerId,
    producerEpoch: PRODUCER.producerEpoch,
    generationId: -1,
    memberId: '',
    groupInstanceId: null,
    topics: [
      {
        name: 't',
        partitions: [
          {
            partitionIndex: 0,
            committedOffset: offset,
            committedLeaderEpoch: -1,
            committedMetadata: '',
          },
        ],
      },
    ],
    ...more,
  };
  const answer = await harness.run(
    harness.service.commitTransactionalOffsets(harness.context(5), request, PRODUCER),
  );
  return answer.topics![0]!.partitions![0]!.errorCode;
}

function end(harness: GroupHarness, isCommit: boolean): Promise<void> {
  const marker = { ...PRODUCER, coordinatorEpoch: 0, commit: isCommit, transactionVersion: 2 };
  return harness.run(harness.service.completeTransaction(0, marker));
}

/** The stable offset of partition 0, or the error that stands for it. */
async function stableOffset(harness: GroupHarness): Promise<number | string> {
  const topics = [{ name: 't', topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partitionIndexes: [0] }];
  const request = { groupId: 'g', memberId: null, memberEpoch: -1, topics };
  const answer = await harness.run(harness.service.fetchOffsets(harness.context(8), request, true));
  const { errorCode, committedOffset } = answer.topics![0]!.partitions![0]!;
  return errorCode === Errors.UNSTABLE_OFFSET_COMMIT ? 'unstable' : committedOffset!;
}

describe('offsets in a transaction', () => {
  test('count with the commit marker', async () => {
    const harness = await GroupHarness.start();
    expect(await commit(harness, 5)).toBe(Errors.NONE);
    expect(await commit(harness, 6)).toBe(Errors.NONE);
    expect(await stableOffset(harness)).toBe('unstable');
    await end(harness, true);
    expect(await stableOffset(harness)).toBe(6);
  });

  test('vanish with the abort marker, and leave what was committed before', async () => {
    const harness = await GroupHarness.start();
    await commit(harness, 5);
    await end(harness, true);
    await commit(harness, 9);
    await end(harness, false);
    expect(await stableOffset(harness)).toBe(5);
  });

  test.each([true, false])('are pending over a restart (commit: %s)', async (isCommit) => {
    const harness = await GroupHarness.start();
    await commit(harness, 5);
    await harness.restart();
    expect(await stableOffset(harness)).toBe('unstable');
    await end(harness, isCommit);
    await harness.restart();
    expect(await stableOffset(harness)).toBe(isCommit ? 5 : -1);
  });

  test('aren’t pending when they couldn’t be written', async () => {
    const harness = await GroupHarness.start();
    harness.log.failures.push(new ApiError(Errors.INVALID_PRODUCER_EPOCH));
    expect(await commit(harness, 5)).toBe(Errors.INVALID_PRODUCER_EPOCH);
    expect(await stableOffset(harness)).toBe(-1);
    expect(await commit(harness, 6)).toBe(Errors.NONE);
    await end(harness, true);
    expect(await stableOffset(harness)).toBe(6);
  });

  test('stay pending when the marker couldn’t be written', async () => {
    const harness = await GroupHarness.start();
    await commit(harness, 5);
    harness.log.failures.push(new ApiError(Errors.NOT_LEADER_OR_FOLLOWER));
    await expect(end(harness, true)).rejects.toThrow(ApiError);
    expect(await stableOffset(harness)).toBe('unstable');
    await end(harness, true);
    expect(await stableOffset(harness)).toBe(5);
  });

  test('come after what was asked before them in the same turn', async () => {
    const harness = await GroupHarness.start();
    const before = harness.log.appends;
    const plain = harness.service.deleteGroups({ groupsNames: ['none'] });
    const pending = commit(harness, 5);
    await harness.run(Promise.all([plain, pending]));
    expect(harness.log.appends - before).toBe(1);
    expect(await stableOffset(harness)).toBe('unstable');
  });

  test('need the generation of a group that has one', async () => {
    const harness = await GroupHarness.start();
    expect(await commit(harness, 5, { generationId: 3, memberId: 'm' })).toBe(
      Errors.ILLEGAL_GENERATION,
    );
    expect(await commit(harness, 5)).toBe(Errors.NONE);
    expect(await commit(harness, 5, { memberId: 'm', generationId: 3 })).toBe(
      Errors.UNKNOWN_MEMBER_ID,
    );
  });

  test('are refused while the group’s partition is elsewhere', async () => {
    const harness = await GroupHarness.start();
    harness.service.onResignation(0);
    expect(await commit(harness, 5)).toBe(Errors.NOT_COORDINATOR);
    await expect(end(harness, true)).rejects.toMatchObject({ code: Errors.NOT_COORDINATOR });
  });
});
