// What of a read is given to a member of a share group: aborted transactions aside, in whole batches.

import { describe, expect, test } from 'vitest';
import {
  abortedBatches,
  endOfBatchWith,
  fetchedBatches,
  sliceAcquired,
  withoutRanges,
} from '../../../src/broker/share/fetched-batches.ts';
import { setBaseOffset } from '../../../src/records/record-batch.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';

interface Made {
  readonly at: number;
  readonly count: number;
  readonly producerId?: number;
  readonly isTransactional?: boolean;
  /** A marker: 0 aborts, 1 commits. */
  readonly marker?: number;
}

function records(...made: readonly Made[]): Buffer {
  return Buffer.concat(
    made.map(({ at, count, producerId = -1, isTransactional = false, marker }) => {
      const key = marker === undefined ? null : Buffer.from([0, 0, 0, marker]);
      const value = Buffer.from('value');
      const bytes = buildBatch(
        Array.from({ length: count }, () => ({ timestamp: 1, key, value })),
        {
          producerId,
          producerEpoch: producerId < 0 ? -1 : 0,
          baseSequence: producerId < 0 ? -1 : 0,
          transactional: isTransactional || marker !== undefined,
          control: marker !== undefined,
        },
      );
      setBaseOffset(bytes, 0, at);
      return bytes;
    }),
  );
}

const offsets = (batches: readonly { baseOffset: number; lastOffset: number }[]) =>
  batches.map(({ baseOffset, lastOffset }) => [baseOffset, lastOffset]);

describe('with read_committed', () => {
  const read = records(
    { at: 0, count: 2 },
    { at: 2, count: 3, producerId: 7, isTransactional: true },
    { at: 5, count: 2, producerId: 8, isTransactional: true },
    { at: 7, count: 1, producerId: 7, marker: 0 },
    { at: 8, count: 2, producerId: 7, isTransactional: true },
    { at: 10, count: 1, producerId: 8, marker: 1 },
  );
  const batches = fetchedBatches(read);

  test('the batches of an aborted transaction are found, no others of its producer', () => {
    const aborted = [{ producerId: 7, firstOffset: 2, lastOffset: 7, lastStableOffset: 8 }];
    expect(offsets(abortedBatches(read, batches, aborted))).toEqual([[2, 4]]);
    expect(abortedBatches(read, batches, [])).toEqual([]);
  });

  test('they are cut out of what was acquired', () => {
    const run = (firstOffset: number, lastOffset: number) => ({
      firstOffset,
      lastOffset,
      deliveryCount: 1,
    });
    const holes = [
      { baseOffset: 2, lastOffset: 4 },
      { baseOffset: 9, lastOffset: 12 },
    ];
    expect(withoutRanges([run(0, 10)], holes)).toEqual([run(0, 1), run(5, 8)]);
    expect(withoutRanges([run(2, 4), run(5, 8)], holes)).toEqual([run(5, 8)]);
    expect(withoutRanges([run(3, 6), run(11, 20)], holes)).toEqual([run(5, 6), run(13, 20)]);
    expect(withoutRanges([run(20, 30)], holes)).toEqual([run(20, 30)]);
  });
});

test('the answer holds the batches from the first acquired offset to the last, and no more', () => {
  const read = records({ at: 0, count: 5 }, { at: 5, count: 5 }, { at: 12, count: 3 });
  const batches = fetchedBatches(read);
  const slice = (firstOffset: number, lastOffset: number) =>
    offsets(
      fetchedBatches(sliceAcquired(read, batches, [{ firstOffset, lastOffset, deliveryCount: 1 }])),
    );
  expect(slice(0, 14)).toEqual(offsets(batches));
  expect(slice(6, 7)).toEqual([[5, 9]]);
  expect(slice(3, 5)).toEqual([
    [0, 4],
    [5, 9],
  ]);
  // An acquired run may begin in a gap of a compacted log.
  expect(slice(10, 14)).toEqual([
    [5, 9],
    [12, 14],
  ]);
  expect(endOfBatchWith(batches, 6)).toBe(9);
  expect(endOfBatchWith(batches, 10)).toBe(10);
});
