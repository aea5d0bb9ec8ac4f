import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { partitionLeaderEpoch } from '../../src/records/record-batch.ts';
import {
  batch,
  batchOffsets,
  config,
  NOW_MS,
  openLog,
  readAll,
  temporaryFolder,
  testIo,
  valuesOf,
} from './support.ts';

function code(work: () => unknown): number | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
  return undefined;
}

const TAIL = { isolation: 'log-end', minOneMessage: true } as const;

describe('appending and reading', () => {
  it('gives offsets one after another and stamps the leader epoch', () => {
    const log = openLog(testIo(), temporaryFolder());
    expect(log.appendAsLeader(batch(3), 7)).toMatchObject({ firstOffset: 0, lastOffset: 2 });
    const second = batch(2);
    expect(log.appendAsLeader(second, 7)).toMatchObject({ firstOffset: 3, lastOffset: 4 });
    expect(partitionLeaderEpoch(second, 0)).toBe(7);
    expect(log.logEndOffset).toBe(5);
    expect(readAll(log).map(([offset]) => offset)).toEqual([0, 1, 2, 3, 4]);
    log.abandon();
  });

  it('returns the batch that holds an offset in its middle', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(batch(10), 0);
    log.appendAsLeader(batch(10), 0);
    const { records } = log.read(15, 1000, TAIL);
    expect(batchOffsets(records)).toEqual([10]);
    log.abandon();
  });

  it('reads up to the high watermark only', () => {
    const log = openLog(testIo(), temporaryFolder());
    for (let i = 0; i < 4; i++) log.appendAsLeader(batch(5), 0);
    log.updateHighWatermark(10);
    const options = { isolation: 'high-watermark', minOneMessage: true } as const;
    expect(batchOffsets(log.read(0, 1 << 20, options).records)).toEqual([0, 5]);
    expect(log.read(10, 1 << 20, options).records).toEqual([]);
    log.abandon();
  });

  it('returns whole batches within maxBytes', () => {
    const log = openLog(testIo(), temporaryFolder());
    const size = batch(5).length;
    for (let i = 0; i < 4; i++) log.appendAsLeader(batch(5), 0);
    expect(batchOffsets(log.read(0, size * 3 - 1, TAIL).records)).toEqual([0, 5]);
    log.abandon();
  });

  it('returns a first batch larger than maxBytes only when one message is asked for', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(batch(50), 0);
    expect(valuesOf(log.read(0, 10, TAIL).records)).toHaveLength(50);
    const strict = log.read(0, 10, { isolation: 'log-end', minOneMessage: false });
    expect(strict).toMatchObject({ records: [], firstEntryIncomplete: true });
    log.abandon();
  });

  it('refuses offsets outside the log', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(batch(3), 0);
    expect(code(() => log.read(4, 10, TAIL))).toBe(Errors.OFFSET_OUT_OF_RANGE);
    expect(code(() => log.read(-1, 10, TAIL))).toBe(Errors.OFFSET_OUT_OF_RANGE);
    expect(log.read(3, 10, TAIL).records).toEqual([]);
    log.abandon();
  });

  it('finds any offset across many segments and index entries', () => {
    const log = openLog(testIo(), temporaryFolder(), {
      config: config({ 'internal.segment.bytes': 4000, 'index.interval.bytes': 100 }),
    });
    for (let i = 0; i < 200; i++) log.appendAsLeader(batch(3), 0);
    expect(log.segments.count).toBeGreaterThan(5);
    for (let offset = 0; offset < 600; offset++) {
      const [first] = batchOffsets(log.read(offset, 1, TAIL).records);
      expect(first).toBe(offset - (offset % 3));
    }
    log.abandon();
  });

  it('reads every record again after a clean stop', async () => {
    const io = testIo();
    const folder = temporaryFolder();
    const log = openLog(io, folder);
    for (let i = 0; i < 20; i++) log.appendAsLeader(batch(10), 3);
    await log.close();
    const again = openLog(io, folder, { cleanShutdown: true, recoveryPoint: 200 });
    expect(again.scannedBytes).toBe(0);
    expect(again.logEndOffset).toBe(200);
    expect(readAll(again)).toHaveLength(200);
    expect(again.appendAsLeader(batch(1), 3).firstOffset).toBe(200);
    again.abandon();
    expect(io.disk.exists(join(folder, 'orders-0', 'leader-epoch-checkpoint'))).toBe(true);
  });

  it.each([
    ['in part', 5],
    ['whole', 0],
  ])('counts what was cut (%s) and written anew during a flush as not flushed', async (_, end) => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsLeader(batch(5), 3);
    log.appendAsLeader(batch(5), 3);
    vi.spyOn(log.segments.active, 'flush').mockImplementationOnce(async () => {
      log.truncateTo(end);
      for (let i = end; i < 10; i += 5) log.appendAsLeader(batch(5), 3);
    });
    await log.flush();
    expect(log.recoveryPoint).toBeLessThanOrEqual(end);
    await log.flush();
    expect(log.recoveryPoint).toBe(10);
    log.abandon();
  });

  it('finds the first record at or after a timestamp', () => {
    const log = openLog(testIo(), temporaryFolder(), {
      config: config({ 'internal.segment.bytes': 3000, 'index.interval.bytes': 100 }),
    });
    for (let i = 0; i < 50; i++) log.appendAsLeader(batch(10, {}, NOW_MS + i * 10), 4);
    for (const delta of [0, 1, 9, 10, 123, 499]) {
      expect(log.offsetForTimestamp(NOW_MS + delta)).toEqual({
        timestamp: NOW_MS + delta,
        offset: delta,
        leaderEpoch: 4,
      });
    }
    expect(log.offsetForTimestamp(NOW_MS - 5)?.offset).toBe(0);
    expect(log.offsetForTimestamp(NOW_MS + 500)).toBeUndefined();
    expect(log.offsetOfMaxTimestamp()?.offset).toBe(499);
    log.updateHighWatermark(500);
    log.deleteRecordsBefore(500);
    expect(log.offsetOfMaxTimestamp()?.offset).toBe(499);
    expect(log.offsetForTimestamp(NOW_MS + 499)).toBeUndefined();
    log.abandon();
  });
});
