// A share partition: who is given what, what becomes of it, and what is left of that after a restart.

import { describe, expect, test } from 'vitest';
import { AcknowledgeType } from '../../../src/broker/share/acknowledge.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { PartitionHarness } from './support/partition-harness.ts';

const { GAP, ACCEPT, RELEASE, REJECT, RENEW } = AcknowledgeType;

const run = (firstOffset: number, lastOffset: number, deliveryCount = 1) => ({
  firstOffset,
  lastOffset,
  deliveryCount,
});

describe('records that a member is given', () => {
  test('are nobody else’s until it answers', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(10);
    harness.produce(5);
    expect(harness.fetch('a', { maxRecords: 5 })).toEqual([run(0, 9)]);
    expect(harness.fetch('b')).toEqual([run(10, 14)]);
    expect(harness.fetch('c')).toEqual([]);
    await harness.all('a', 0, 9, ACCEPT);
    expect(harness.partition.window.startOffset).toBe(10);
    expect(harness.fetch('c')).toEqual([]);
  });

  test('come in runs that end where batches of the log do', async () => {
    const harness = await PartitionHarness.start();
    for (let i = 0; i < 6; i++) harness.produce(4);
    expect(harness.fetch('a', { batchSize: 7 })).toEqual([run(0, 7), run(8, 15), run(16, 23)]);
  });

  test('are no more than asked for with record_limit, though the batch goes on', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(10);
    expect(harness.fetch('a', { maxRecords: 3, isRecordLimit: true })).toEqual([run(0, 2)]);
    expect(harness.fetch('b', { maxRecords: 3, isRecordLimit: true })).toEqual([run(3, 5)]);
    await harness.all('a', 0, 2, ACCEPT);
    expect(harness.partition.window.startOffset).toBe(3);
    expect(harness.fetch('a', { maxRecords: 100, isRecordLimit: true })).toEqual([run(6, 9)]);
  });

  test('stop at the group’s limit of locks', async () => {
    const harness = await PartitionHarness.start({ maxRecordLocks: 100 });
    for (let i = 0; i < 30; i++) harness.produce(10);
    const given = harness.fetch('a');
    expect(given.at(-1)!.lastOffset).toBe(99);
    expect(harness.partition.canAcquire).toBe(false);
    await harness.all('a', 50, 59, RELEASE);
    expect(harness.fetch('b')).toEqual([run(50, 59, 2)]);
    expect(harness.partition.canAcquire).toBe(false);
    await harness.all('a', 0, 9, ACCEPT);
    expect(harness.fetch('b', { maxRecords: 10 })).toEqual([run(100, 109)]);
  });
});

describe('answers', () => {
  test('may tell record by record', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(5);
    harness.fetch('a');
    await harness.acknowledge('a', {
      firstOffset: 0,
      lastOffset: 4,
      acknowledgeTypes: [ACCEPT, RELEASE, REJECT, GAP, RELEASE],
    });
    expect(harness.partition.window.startOffset).toBe(1);
    expect(harness.fetch('b')).toEqual([run(1, 1, 2), run(4, 4, 2)]);
    await harness.all('b', 1, 1, ACCEPT);
    expect(harness.partition.window.startOffset).toBe(4);
  });

  test('about what somebody else holds are refused, and change nothing', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(5);
    harness.produce(5);
    harness.fetch('a', { maxRecords: 5 });
    harness.fetch('b');
    const refused = harness.acknowledge(
      'a',
      { firstOffset: 0, lastOffset: 4, acknowledgeTypes: [ACCEPT] },
      { firstOffset: 5, lastOffset: 9, acknowledgeTypes: [ACCEPT] },
    );
    await expect(refused).rejects.toMatchObject({
      code: Errors.INVALID_RECORD_STATE,
      message: 'Member is not the owner of batch record',
    });
    expect(harness.partition.window.startOffset).toBe(0);
    await harness.all('a', 0, 4, ACCEPT);
    await harness.all('b', 5, 9, ACCEPT);
    expect(harness.partition.window.startOffset).toBe(10);
    expect(harness.partition.window.deliveryCompleteCount).toBe(0);
  });

  test('about what was never given are refused', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(5);
    await expect(harness.all('a', 0, 4, ACCEPT)).rejects.toMatchObject({
      message: 'Batch record not found. The request batch offsets are not found in the cache.',
    });
    harness.fetch('a');
    await expect(harness.all('a', 0, 5, ACCEPT)).rejects.toMatchObject({
      message: 'Batch record not found. The last offset in request is past acquired records.',
    });
    await expect(harness.all('a', 7, 8, ACCEPT)).rejects.toMatchObject({
      message: 'Batch record not found. The first offset in request is past acquired records.',
    });
    await expect(harness.all('a', 0, 4, 7)).rejects.toMatchObject({
      message: 'Invalid acknowledge type: [7]',
    });
  });

  test('that cannot be kept leave the records with the member', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(5);
    harness.fetch('a');
    harness.coordinator.log.failures.push(new Error('disk full'));
    await expect(harness.all('a', 0, 4, ACCEPT)).rejects.toMatchObject({
      code: Errors.UNKNOWN_SERVER_ERROR,
    });
    expect(harness.fetch('b')).toEqual([]);
    expect(harness.partition.window.deliveryCompleteCount).toBe(0);
    await harness.all('a', 0, 4, ACCEPT);
    expect(harness.partition.window.startOffset).toBe(5);
  });

  test('of a leader that is one no more fence it', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(5);
    harness.fetch('a');
    await harness.coordinator.read(9);
    await expect(harness.all('a', 0, 4, ACCEPT)).rejects.toMatchObject({
      code: Errors.NOT_LEADER_OR_FOLLOWER,
    });
    expect(harness.fenced).toBe(1);
  });
});

describe('locks', () => {
  test('end, and the records are given again, until they were given too often', async () => {
    const harness = await PartitionHarness.start({ deliveryCountLimit: 2 });
    harness.produce(3);
    expect(harness.fetch('a')).toEqual([run(0, 2)]);
    await harness.clock.advance(29_000);
    expect(harness.fetch('b')).toEqual([]);
    await harness.clock.advance(1001);
    expect(harness.fetch('b')).toEqual([run(0, 2, 2)]);
    await expect(harness.all('a', 0, 2, ACCEPT)).rejects.toMatchObject({
      code: Errors.INVALID_RECORD_STATE,
    });
    await harness.clock.advance(30_001);
    expect(harness.fetch('c')).toEqual([]);
    expect(harness.partition.window.startOffset).toBe(3);
  });

  test('begin anew when renewed', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(4);
    harness.fetch('a');
    await harness.clock.advance(20_000);
    await harness.all('a', 0, 1, RENEW);
    await harness.clock.advance(15_000);
    expect(harness.fetch('b')).toEqual([run(2, 3, 2)]);
    await harness.all('a', 0, 1, ACCEPT);
    expect(harness.partition.window.startOffset).toBe(2);
  });

  test('are not renewed when the group does not allow it', async () => {
    const harness = await PartitionHarness.start({ isRenewEnabled: false });
    harness.produce(4);
    harness.fetch('a');
    await expect(harness.all('a', 0, 3, RENEW)).rejects.toMatchObject({
      message: 'Renewing acquisition locks is not enabled for the group.',
    });
  });

  test('of a member that leaves end at once', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(4);
    harness.produce(4);
    harness.fetch('a', { maxRecords: 4 });
    harness.fetch('b');
    await harness.release('a');
    expect(harness.fetch('b')).toEqual([run(0, 3, 2)]);
  });
});

describe('a record that keeps failing', () => {
  test('is told from its neighbours before it is given up', async () => {
    const harness = await PartitionHarness.start({ deliveryCountLimit: 5 });
    harness.produce(16);
    const sizes: number[] = [];
    const accepted = new Set<number>();
    for (let i = 0; i < 60 && harness.partition.window.startOffset < 16; i++) {
      const given = harness.fetch('a', { maxRecords: 16 });
      let size = 0;
      for (const { firstOffset, lastOffset } of given) {
        size += lastOffset - firstOffset + 1;
        for (let offset = firstOffset; offset <= lastOffset; offset++) {
          // Whoever gets offset 6 fails with all that came with it.
          const hasPoison = given.some((one) => one.firstOffset <= 6 && one.lastOffset >= 6);
          await harness.all('a', offset, offset, hasPoison ? RELEASE : ACCEPT);
          if (!hasPoison) accepted.add(offset);
        }
      }
      sizes.push(size);
    }
    expect(harness.partition.window.startOffset).toBe(16);
    expect(sizes[0]).toBe(16);
    expect(sizes).toContain(1);
    const others = Array.from({ length: 16 }, (_, offset) => offset).filter((one) => one !== 6);
    expect([...accepted].sort((a, b) => a - b)).toEqual(others);
  });
});

describe('records that are gone from the log', () => {
  test('are nobody’s any more', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(5);
    harness.produce(5);
    harness.fetch('a', { maxRecords: 5 });
    await harness.release('a');
    harness.log.shift();
    harness.logStart = 5;
    expect(harness.fetch('a')).toEqual([]);
    expect(harness.fetch('a')).toEqual([run(5, 9)]);
    await harness.all('a', 5, 9, ACCEPT);
    expect(harness.partition.window.startOffset).toBe(10);
  });

  test('between batches are skipped when they were compacted away', async () => {
    const harness = await PartitionHarness.start();
    for (let i = 0; i < 3; i++) harness.produce(5);
    for (let i = 0; i < 3; i++) harness.fetch('a', { maxRecords: 5 });
    await harness.all('a', 5, 9, RELEASE);
    harness.log.splice(1, 1);
    harness.fetch('b');
    await harness.all('a', 0, 4, ACCEPT);
    await harness.all('a', 10, 14, ACCEPT);
    expect(harness.partition.window.startOffset).toBe(15);
  });
});

describe('after a restart', () => {
  test('what was held is given again, what was answered is not', async () => {
    const harness = await PartitionHarness.start();
    for (let i = 0; i < 4; i++) harness.produce(5);
    for (let i = 0; i < 4; i++) harness.fetch('a', { maxRecords: 5 });
    await harness.all('a', 5, 9, ACCEPT);
    await harness.all('a', 15, 17, REJECT);
    await harness.coordinator.restart();
    await harness.load();
    expect(harness.fetch('b')).toEqual([run(0, 4), run(10, 14), run(18, 19)]);
    for (const [first, last] of [
      [0, 4],
      [10, 14],
      [18, 19],
    ] as const) {
      await harness.all('b', first, last, ACCEPT);
    }
    expect(harness.partition.window.startOffset).toBe(20);
  });

  test('a release counts as a delivery', async () => {
    const harness = await PartitionHarness.start();
    harness.produce(2);
    harness.fetch('a');
    await harness.release('a');
    await harness.load();
    expect(harness.fetch('b')).toEqual([run(0, 1, 2)]);
  });
});
