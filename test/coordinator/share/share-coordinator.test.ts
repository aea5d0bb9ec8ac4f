// The share coordinator: what it keeps of share partitions, whom it refuses, and what is left after a restart.

import { describe, expect, test } from 'vitest';
import { combineBatches } from '../../../src/coordinator/share/state-batches.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { KEY, ShareHarness } from '../support/share-harness.ts';
import { SeededRandom } from '../support/virtual-io.ts';

const AVAILABLE = 0;
const ACKNOWLEDGED = 2;
const ARCHIVED = 4;

describe('a share partition without state', () => {
  test('can neither be read nor written', async () => {
    const harness = await ShareHarness.start();
    const read = await harness.read();
    expect(read.errorCode).toBe(Errors.INVALID_REQUEST);
    expect(read.errorMessage).toBe('Read operation on uninitialized share partition not allowed.');
    expect((await harness.write(0, 4, ACKNOWLEDGED, 1)).errorMessage).toBe(
      'Write operation on uninitialized share partition not allowed.',
    );
  });

  test('has an unknown start offset in its summary', async () => {
    const harness = await ShareHarness.start();
    expect(await harness.run(harness.service.readSummary(KEY))).toMatchObject({
      errorCode: Errors.NONE,
      startOffset: -1,
      deliveryCompleteCount: -1,
    });
  });

  test('of a partition that does not exist gets none', async () => {
    const harness = await ShareHarness.start();
    harness.exists = false;
    expect((await harness.initialize()).errorCode).toBe(Errors.UNKNOWN_TOPIC_OR_PARTITION);
  });
});

describe('the state of a share partition', () => {
  test('is what was written over what was there', async () => {
    const harness = await ShareHarness.start();
    await harness.initialize();
    await harness.write(0, 9, AVAILABLE, 1);
    await harness.write(3, 5, ACKNOWLEDGED, 2);
    expect((await harness.read()).stateBatches).toEqual([
      { firstOffset: 0, lastOffset: 2, deliveryState: AVAILABLE, deliveryCount: 1 },
      { firstOffset: 3, lastOffset: 5, deliveryState: ACKNOWLEDGED, deliveryCount: 2 },
      { firstOffset: 6, lastOffset: 9, deliveryState: AVAILABLE, deliveryCount: 1 },
    ]);
  });

  test('loses what is before a new start offset', async () => {
    const harness = await ShareHarness.start();
    await harness.initialize();
    await harness.write(0, 9, ACKNOWLEDGED, 1);
    await harness.write(15, 19, ARCHIVED, 1, { startOffset: 7 });
    const state = await harness.read();
    expect(state.startOffset).toBe(7);
    expect(state.stateBatches.map(({ firstOffset }) => firstOffset)).toEqual([7, 15]);
  });

  test('is the same after a restart, from snapshots and updates', async () => {
    const harness = await ShareHarness.start({ updatesPerSnapshot: 3 });
    await harness.initialize();
    for (let i = 0; i < 20; i++) await harness.write(i * 2, i * 2, ACKNOWLEDGED, 1);
    const before = await harness.read();
    await harness.restart();
    expect(await harness.read()).toEqual(before);
    expect(before.stateBatches).toHaveLength(20);
  });

  test('is not changed by a write that could not be appended', async () => {
    const harness = await ShareHarness.start();
    await harness.initialize();
    harness.log.failures.push(new Error('disk full'));
    const outcome = await harness.write(0, 4, ACKNOWLEDGED, 1);
    expect(outcome.errorMessage).toMatch(/^Unable to write share group state: /);
    expect((await harness.read()).stateBatches).toEqual([]);
  });

  test('goes with a tombstone, for good', async () => {
    const harness = await ShareHarness.start();
    await harness.initialize();
    await harness.write(0, 4, ACKNOWLEDGED, 1);
    expect((await harness.run(harness.service.delete(KEY))).errorCode).toBe(Errors.NONE);
    await harness.restart();
    expect((await harness.read()).errorCode).toBe(Errors.INVALID_REQUEST);
    expect((await harness.run(harness.service.delete(KEY))).errorCode).toBe(Errors.NONE);
  });

  test('goes with its topic', async () => {
    const harness = await ShareHarness.start();
    await harness.initialize();
    await harness.run(harness.service.onTopicsDeleted(new Set([KEY.topicId])));
    expect((await harness.read()).errorCode).toBe(Errors.INVALID_REQUEST);
  });
});

describe('whoever is behind', () => {
  test('a leader of an earlier epoch is refused once the next has read', async () => {
    const harness = await ShareHarness.start();
    await harness.initialize();
    expect((await harness.read(3)).errorCode).toBe(Errors.NONE);
    const late = await harness.write(0, 4, ACKNOWLEDGED, 1, { leaderEpoch: 2 });
    expect(late.errorCode).toBe(Errors.FENCED_LEADER_EPOCH);
    expect((await harness.read(2)).errorCode).toBe(Errors.FENCED_LEADER_EPOCH);
    await harness.restart();
    expect((await harness.read(2)).errorCode).toBe(Errors.FENCED_LEADER_EPOCH);
  });

  test('a write from before the offsets were altered is refused', async () => {
    const harness = await ShareHarness.start();
    await harness.initialize(1);
    await harness.initialize(2, 100);
    const late = await harness.write(0, 4, ACKNOWLEDGED, 1, { stateEpoch: 1 });
    expect(late.errorCode).toBe(Errors.FENCED_STATE_EPOCH);
    expect((await harness.initialize(1)).errorCode).toBe(Errors.FENCED_STATE_EPOCH);
  });
});

describe('the log of the state topic', () => {
  test('is cut before the oldest snapshot that counts', async () => {
    const harness = await ShareHarness.start({ updatesPerSnapshot: 4, pruneIntervalMs: 1000 });
    await harness.initialize();
    for (let i = 0; i < 5; i++) await harness.write(i, i, ACKNOWLEDGED, 1);
    await harness.clock.advance(1000);
    // The snapshot that began it is at 0, four updates follow, then the second snapshot.
    expect(harness.cuts).toEqual([{ partition: 0, offset: 5 }]);
  });

  test('is cut after a snapshot of what has not changed for long', async () => {
    const harness = await ShareHarness.start({
      pruneIntervalMs: 5000,
      coldSnapshotIntervalMs: 2000,
    });
    await harness.initialize();
    await harness.write(0, 4, ACKNOWLEDGED, 1);
    const before = await harness.read();
    await harness.clock.advance(5000);
    expect(harness.cuts).toEqual([{ partition: 0, offset: 2 }]);
    await harness.restart();
    expect(await harness.read()).toEqual(before);
  });

  test('is cut to the last tombstone when nothing is left', async () => {
    const harness = await ShareHarness.start({ pruneIntervalMs: 1000 });
    await harness.initialize();
    await harness.run(harness.service.delete(KEY));
    await harness.clock.advance(1000);
    expect(harness.cuts).toEqual([{ partition: 0, offset: 1 }]);
  });
});

test('stretches laid over one another give each offset its latest state', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new SeededRandom(seed);
    const expected = new Map<number, { deliveryState: number; deliveryCount: number }>();
    let combined = combineBatches([], [], 0);
    let pending: Parameters<typeof combineBatches>[1][number][] = [];
    const startOffset = random.int(10);
    for (let i = 0; i < 12; i++) {
      const firstOffset = random.int(40);
      const batch = {
        firstOffset,
        lastOffset: firstOffset + random.int(12),
        deliveryState: random.pick([AVAILABLE, ACKNOWLEDGED, ARCHIVED]),
        deliveryCount: 1 + random.int(4),
      };
      pending.push(batch);
      if (random.chance(60)) {
        combined = combineBatches(combined, pending, startOffset);
        pending = [];
      }
      for (let offset = Math.max(startOffset, firstOffset); offset <= batch.lastOffset; offset++) {
        const old = expected.get(offset);
        const isLater =
          old === undefined ||
          batch.deliveryCount > old.deliveryCount ||
          (batch.deliveryCount === old.deliveryCount && batch.deliveryState > old.deliveryState);
        if (isLater) expected.set(offset, batch);
      }
    }
    combined = combineBatches(combined, pending, startOffset);
    const found = new Map<number, { deliveryState: number; deliveryCount: number }>();
    for (const batch of combined) {
      for (let offset = batch.firstOffset; offset <= batch.lastOffset; offset++) {
        expect(found.has(offset), `seed ${seed}`).toBe(false);
        found.set(offset, batch);
      }
    }
    expect([...found.keys()].sort((a, b) => a - b)).toEqual(
      [...expected.keys()].sort((a, b) => a - b),
    );
    for (const [offset, { deliveryState, deliveryCount }] of expected) {
      expect(found.get(offset), `seed ${seed} offset ${offset}`).toMatchObject({
        deliveryState,
        deliveryCount,
      });
    }
  }
});
