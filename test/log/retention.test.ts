// Rolling, retention, DeleteRecords and the files they leave.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { batch, config, NOW_MS, openLog, readAll, temporaryFolder, testIo } from './support.ts';

const DAY_MS = 86_400_000;

function fill(log: UnifiedLog, batches: number, timestamp = NOW_MS): void {
  for (let i = 0; i < batches; i++) log.appendAsLeader(batch(3, {}, timestamp), 0);
  log.updateHighWatermark(log.logEndOffset);
}

function names(folder: string): string[] {
  return readdirSync(join(folder, 'orders-0')).sort();
}

describe('a segment is rolled', () => {
  it('when a batch would make it larger than segment.bytes', () => {
    const log = openLog(testIo(), temporaryFolder(), {
      config: config({ 'internal.segment.bytes': batch(3).length * 2 }),
    });
    fill(log, 5);
    expect(log.segments.all.map((s) => s.baseOffset)).toEqual([0, 6, 12]);
    log.abandon();
  });

  it('when its first record is older than segment.ms by the records’ own time', () => {
    const io = testIo();
    const log = openLog(io, temporaryFolder(), { config: config({ 'segment.ms': 1000 }) });
    fill(log, 1, NOW_MS);
    fill(log, 1, NOW_MS + 900);
    expect(log.segments.count).toBe(1);
    fill(log, 1, NOW_MS + 1100);
    expect(log.segments.count).toBe(2);
    log.abandon();
  });

  it('as soon as max.compaction.lag.ms asks for it, where the log is compacted', () => {
    const rolled = (policy: string) => {
      const log = openLog(testIo(), temporaryFolder(), {
        config: config({ 'cleanup.policy': policy, 'max.compaction.lag.ms': 500 }),
      });
      fill(log, 1, NOW_MS);
      fill(log, 1, NOW_MS + 501);
      const { count } = log.segments;
      log.abandon();
      return count;
    };
    expect(rolled('compact')).toBe(2);
    expect(rolled('delete')).toBe(1);
  });

  it('by the clock when its records have no time', () => {
    const io = testIo();
    const log = openLog(io, temporaryFolder(), { config: config({ 'segment.ms': 1000 }) });
    fill(log, 1, -1_000_000);
    io.clock.advance(1001);
    log.appendAsLeader(batch(1, {}, -1), 0);
    expect(log.segments.count).toBe(2);
    log.abandon();
  });

  it('and is as long as it may become from the start with preallocate, until it is sealed', async () => {
    const folder = temporaryFolder();
    const options = { config: config({ 'internal.segment.bytes': 5000, preallocate: 'true' }) };
    const log = openLog(testIo(), folder, options);
    log.appendAsLeader(batch(3), 0);
    const [first] = log.segments.all;
    const size = first!.sizeBytes;
    expect(statSync(first!.path).size).toBe(5000);
    log.roll();
    expect(statSync(first!.path).size).toBe(size);
    log.appendAsLeader(batch(2), 0);
    log.abandon();
    const again = openLog(testIo(), folder, options);
    expect(readAll(again)).toHaveLength(5);
    expect(again.appendAsLeader(batch(1), 0).firstOffset).toBe(5);
    const active = again.segments.active;
    await again.close();
    expect(statSync(active.path).size).toBe(active.sizeBytes);
  });

  it('when its index is full', () => {
    const log = openLog(testIo(), temporaryFolder(), {
      config: config({ 'segment.index.bytes': 36, 'index.interval.bytes': 0 }),
    });
    fill(log, 20);
    expect(log.segments.count).toBeGreaterThan(3);
    expect(readAll(log)).toHaveLength(60);
    log.abandon();
  });

  it('when an offset is too far from its base offset for the index', () => {
    const log = openLog(testIo(), temporaryFolder());
    log.appendAsFollower(batch(1, { baseOffset: 5, partitionLeaderEpoch: 0 }));
    log.appendAsFollower(batch(1, { baseOffset: 5 + 2 ** 31, partitionLeaderEpoch: 0 }));
    expect(log.segments.count).toBe(2);
    log.abandon();
  });
});

describe('retention', () => {
  const SMALL = { 'internal.segment.bytes': batch(3).length * 2 };

  it('takes segments whose newest record is older than retention.ms', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const log = openLog(io, folder, { config: config({ ...SMALL, 'retention.ms': DAY_MS }) });
    fill(log, 4, NOW_MS);
    io.clock.advance(DAY_MS - 10);
    fill(log, 3, io.clock.now);
    expect(log.deleteOldSegments()).toBe(0);
    io.clock.advance(20);
    expect(log.deleteOldSegments()).toBe(2);
    expect(log.logStartOffset).toBe(12);
    expect(readAll(log)[0]?.[0]).toBe(12);
    log.abandon();
  });

  it('takes the active segment too, after a roll', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const log = openLog(io, folder, { config: config({ 'retention.ms': 1000 }) });
    fill(log, 2);
    io.clock.advance(2000);
    expect(log.deleteOldSegments()).toBe(1);
    expect([log.logStartOffset, log.logEndOffset]).toEqual([6, 6]);
    expect(log.deleteOldSegments()).toBe(0);
    expect(log.appendAsLeader(batch(1, {}, io.clock.now), 0).firstOffset).toBe(6);
    log.abandon();
  });

  it('takes the oldest segments while more than retention.bytes remain', () => {
    const log = openLog(testIo(), temporaryFolder(), {
      config: config({ ...SMALL, 'retention.bytes': batch(3).length * 6 }),
    });
    fill(log, 10);
    // Two segments of two batches are exactly what is too much.
    expect(log.deleteOldSegments()).toBe(2);
    expect(log.logStartOffset).toBe(12);
    expect(log.deleteOldSegments()).toBe(0);
    log.abandon();
  });

  it('never takes what is above the high watermark', () => {
    const io = testIo();
    const log = openLog(io, temporaryFolder(), { config: config({ ...SMALL, 'retention.ms': 1 }) });
    for (let i = 0; i < 6; i++) log.appendAsLeader(batch(3), 0);
    log.updateHighWatermark(7);
    io.clock.advance(DAY_MS);
    expect(log.deleteOldSegments()).toBe(1);
    expect(log.logStartOffset).toBe(6);
    log.abandon();
  });

  it('leaves a log alone that is only compacted', () => {
    const io = testIo();
    const log = openLog(io, temporaryFolder(), {
      config: config({ ...SMALL, 'retention.ms': 1, 'cleanup.policy': 'compact' }),
    });
    fill(log, 6);
    io.clock.advance(DAY_MS);
    expect(log.deleteOldSegments()).toBe(0);
    log.abandon();
  });

  it('renames files at once and removes them after file.delete.delay.ms', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const log = openLog(io, folder, {
      config: config({ ...SMALL, 'retention.bytes': 0, 'file.delete.delay.ms': 5000 }),
    });
    fill(log, 4);
    log.deleteOldSegments();
    expect(names(folder)).toContain('00000000000000000000.log.deleted');
    expect(names(folder)).not.toContain('00000000000000000000.log');
    io.clock.advance(5000);
    expect(names(folder).filter((name) => name.endsWith('.deleted'))).toEqual([]);
    log.abandon();
  });

  it('keeps a file readable for answers on their way until it is removed', () => {
    const io = testIo();
    const log = openLog(io, temporaryFolder(), {
      config: config({ ...SMALL, 'retention.bytes': 0, 'file.delete.delay.ms': 5000 }),
    });
    fill(log, 4);
    const { file } = log.segments.first;
    log.deleteOldSegments();
    expect(file.read(Buffer.alloc(61), 0, 61, 0)).toBe(61);
    io.clock.advance(5000);
    expect(() => file.read(Buffer.alloc(61), 0, 61, 0)).toThrow();
    log.abandon();
  });

  it('removes snapshots of segments that are gone', () => {
    const folder = temporaryFolder();
    const log = openLog(testIo(), folder, {
      config: config({ ...SMALL, 'retention.bytes': 0 }),
    });
    fill(log, 8);
    const snapshots = () => names(folder).filter((name) => name.endsWith('.snapshot'));
    expect(snapshots().length).toBeGreaterThan(1);
    log.deleteOldSegments();
    expect(snapshots().map((name) => Number.parseInt(name, 10))).toEqual(
      log.producerState.snapshotOffsets,
    );
    for (const offset of log.producerState.snapshotOffsets) {
      expect(offset).toBeGreaterThanOrEqual(log.logStartOffset);
    }
    log.abandon();
  });
});

describe('DeleteRecords', () => {
  const SMALL = config({ 'internal.segment.bytes': batch(3).length * 2 });

  it('moves the log start offset, and segments before it go later', () => {
    const log = openLog(testIo(), temporaryFolder(), { config: SMALL });
    fill(log, 6);
    expect(log.deleteRecordsBefore(7)).toBe(7);
    expect(log.segments.count).toBe(3);
    expect(() => log.read(6, 100, { isolation: 'log-end', minOneMessage: true })).toThrow(ApiError);
    expect(log.deleteOldSegments()).toBe(1);
    expect(log.logStartOffset).toBe(7);
    expect(log.offsetForTimestamp(0)?.offset).toBe(7);
    log.abandon();
  });

  it('to the first offset of a segment leaves nothing of the segments before it', () => {
    const folder = temporaryFolder();
    const log = openLog(testIo(), folder, { config: SMALL });
    fill(log, 6);
    log.deleteRecordsBefore(6);
    expect(log.deleteOldSegments()).toBe(1);
    expect(log.segments.all.map(({ baseOffset }) => baseOffset)).toEqual([6, 12]);
    log.abandon();
  });

  it('up to -1 means the high watermark', () => {
    const log = openLog(testIo(), temporaryFolder(), { config: SMALL });
    fill(log, 6);
    log.updateHighWatermark(15);
    expect(log.deleteRecordsBefore(-1)).toBe(15);
    log.abandon();
  });

  it('past the high watermark is refused', () => {
    const log = openLog(testIo(), temporaryFolder(), { config: SMALL });
    fill(log, 2);
    expect(() => log.deleteRecordsBefore(7)).toThrow(
      expect.objectContaining({ code: Errors.OFFSET_OUT_OF_RANGE }),
    );
    log.abandon();
  });

  it('never moves the start back', () => {
    const log = openLog(testIo(), temporaryFolder(), { config: SMALL });
    fill(log, 2);
    log.deleteRecordsBefore(5);
    expect(log.deleteRecordsBefore(2)).toBe(5);
    log.abandon();
  });

  it('of everything leaves an empty log that goes on at the same offset', async () => {
    const io = testIo();
    const folder = temporaryFolder();
    const log = openLog(io, folder, { config: SMALL });
    fill(log, 6);
    log.deleteRecordsBefore(18);
    log.deleteOldSegments();
    await log.close();
    const again = openLog(io, folder, { config: SMALL, cleanShutdown: true, logStartOffset: 18 });
    expect([again.logStartOffset, again.logEndOffset]).toEqual([18, 18]);
    expect(again.appendAsLeader(batch(1), 0).firstOffset).toBe(18);
    again.abandon();
  });
});

describe('a follower that diverged', () => {
  it('is cut back to an offset in any segment and goes on from there', () => {
    const io = testIo();
    const folder = temporaryFolder();
    const small = config({
      'internal.segment.bytes': batch(3).length * 2,
      'index.interval.bytes': 50,
    });
    for (const offset of [17, 12, 9, 5, 3, 0]) {
      const log = openLog(io, join(folder, String(offset)), { config: small });
      fill(log, 6);
      log.truncateTo(offset);
      const end = offset - (offset % 3);
      // A batch is kept or goes as a whole.
      expect(log.logEndOffset).toBe(offset);
      expect(readAll(log).map(([o]) => o)).toEqual(Array.from({ length: end }, (_, i) => i));
      log.appendAsFollower(batch(1, { baseOffset: offset, partitionLeaderEpoch: 0 }));
      expect(log.logEndOffset).toBe(offset + 1);
      log.abandon();
    }
  });

  it('begins anew where the leader’s log begins', () => {
    const log = openLog(testIo(), temporaryFolder());
    fill(log, 6);
    log.truncateFullyAndStartAt(1000);
    expect([log.logStartOffset, log.logEndOffset, log.highWatermark]).toEqual([1000, 1000, 1000]);
    log.appendAsFollower(batch(2, { baseOffset: 1000, partitionLeaderEpoch: 4 }));
    expect(log.logEndOffset).toBe(1002);
    log.abandon();
  });

  it('refuses offsets below its end', () => {
    const log = openLog(testIo(), temporaryFolder());
    fill(log, 2);
    expect(() => log.appendAsFollower(batch(1, { baseOffset: 5 }))).toThrow(/Unexpected offset/);
    log.abandon();
  });
});
