import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Workers } from '../../../src/io/io.ts';
import { nodeClock } from '../../../src/io/node-clock.ts';
import { Compression } from '../../../src/records/compression/compression.ts';
import { buildEndTransactionBatch } from '../../../src/records/control-record.ts';
import {
  baseOffset,
  baseSequence,
  compressionType,
  deleteHorizonMs,
  isControl,
  lastOffset,
  lastSequence,
  maxTimestamp,
  recordCount,
  verifyCrc,
} from '../../../src/records/record-batch.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import { NOW_MS, readAll, type TestIo, temporaryFolder, testIo } from '../support.ts';
import { batchesOf, compactedLog, pairs, put, testCleaner } from './support.ts';

const DAY_MS = 86_400_000;

/** Time for records and retention stands still; the work itself is deferred for real. */
function cleanerIo(): TestIo {
  const io = testIo();
  io.clock.defer = nodeClock.defer;
  return io;
}

function setUp(values: Record<string, string | number> = {}) {
  const io = cleanerIo();
  const folder = temporaryFolder();
  const log = compactedLog(io, folder, values);
  const { clean, ...rest } = testCleaner(io, [log]);
  return { io, folder, log, clean, ...rest };
}

describe('a compacted log', () => {
  test('keeps the latest value of every key at its offset, and its end', async () => {
    const { log, clean, checkpoints } = setUp();
    put(log, [
      ['a', '1'],
      ['b', '1'],
      ['c', '1'],
    ]);
    put(log, [
      ['a', '2'],
      ['c', '2'],
    ]);
    put(log, [['a', '3']]);
    expect(await clean()).toBe(1);
    expect(readAll(log)).toEqual([
      [1, '1'],
      [4, '2'],
      [5, '3'],
    ]);
    expect(log.logEndOffset).toBe(6);
    expect(checkpoints.get(log)).toBe(6);
    for (const batch of batchesOf(log)) expect(verifyCrc(batch, 0)).toBe(true);
    log.abandon();
  });

  test('merges small segments into one, and finds every record in it afterwards', async () => {
    const { log, clean, folder } = setUp({ 'index.interval.bytes': 100 });
    for (let n = 0; n < 20; n++)
      put(log, [
        [`key-${n}`, `value-${n}`],
        ['same', `${n}`],
      ]);
    await clean();
    expect(log.segments.count).toBe(2);
    const names = readdirSync(join(folder, 'compacted-0'));
    expect(names.filter((name) => name.endsWith('.cleaned') || name.endsWith('.swap'))).toEqual([]);
    for (let offset = 0; offset < 40; offset++) {
      const found = readAll(log, offset)[0]!;
      expect(found[0]).toBe(Math.min(offset + (offset % 2 === 0 || offset === 39 ? 0 : 1), 39));
    }
    expect(log.offsetForTimestamp(NOW_MS + 1)?.offset).toBe(39);
    log.abandon();
  });

  test('leaves the offsets and the header of a batch that loses records as they are', async () => {
    const { log, clean } = setUp();
    put(
      log,
      [
        ['a', '1'],
        ['b', '1'],
        ['c', '1'],
      ],
      {
        producerId: 7,
        producerEpoch: 2,
        baseSequence: 10,
        compression: Compression.ZSTD,
      },
    );
    put(log, [
      ['a', '2'],
      ['c', '2'],
    ]);
    put(log, [['z', '1']]);
    await clean();
    const [first] = batchesOf(log);
    expect(compressionType(first!, 0)).toBe(Compression.ZSTD);
    expect([baseOffset(first!, 0), lastOffset(first!, 0)]).toEqual([0, 2]);
    expect([baseSequence(first!, 0), lastSequence(first!, 0)]).toEqual([10, 12]);
    expect(recordCount(first!, 0)).toBe(1);
    expect(maxTimestamp(first!, 0)).toBe(NOW_MS + 1);
    log.abandon();
  });

  test('keeps an empty batch that has the last sequence of a producer, and goes on from it', async () => {
    const { log, clean } = setUp();
    put(log, [['a', '1']], { producerId: 7, producerEpoch: 0, baseSequence: 0 });
    put(log, [['a', '2']]);
    put(log, [['b', '1']]);
    await clean();
    const [first] = batchesOf(log);
    expect([baseOffset(first!, 0), recordCount(first!, 0), lastSequence(first!, 0)]).toEqual([
      0, 0, 0,
    ]);
    const next = buildBatch(pairs(['c', '1']), {
      producerId: 7,
      producerEpoch: 0,
      baseSequence: 1,
    });
    expect(log.appendAsLeader(next, 0).firstOffset).toBe(3);
    log.abandon();
  });

  test('keeps the offset of the last batch that was cleaned, even without a record', async () => {
    const { log, clean } = setUp();
    const { config: compact } = log;
    log.updateConfig({ ...compact, compact: false });
    put(log, [['a', '1']]);
    put(log, [
      ['a', '1'],
      [null, 'no key'],
    ]);
    put(log, [[null, 'no key']]);
    log.updateConfig(compact);
    await clean();
    const batches = batchesOf(log);
    expect(batches.map((batch) => [baseOffset(batch, 0), recordCount(batch, 0)])).toEqual([
      [1, 1],
      [3, 0],
    ]);
    log.abandon();
  });

  test('drops a tombstone only delete.retention.ms after it was first cleaned', async () => {
    const { io, log, clean } = setUp();
    put(log, [
      ['a', '1'],
      ['b', '1'],
    ]);
    put(log, [['a', null]]);
    put(log, [['x', '1']]);
    await clean();
    expect(readAll(log)).toEqual([
      [1, '1'],
      [2, undefined],
      [3, '1'],
    ]);
    const tombstone = batchesOf(log).find((batch) => baseOffset(batch, 0) === 2)!;
    expect(deleteHorizonMs(tombstone, 0)).toBe(NOW_MS + DAY_MS);
    expect(maxTimestamp(tombstone, 0)).toBe(NOW_MS);

    io.clock.advance(DAY_MS - 1);
    put(log, [['x', '2']]);
    await clean();
    expect(readAll(log)).toEqual([
      [1, '1'],
      [2, undefined],
      [4, '2'],
    ]);
    io.clock.advance(1);
    put(log, [['x', '3']]);
    await clean();
    expect(readAll(log)).toEqual([
      [1, '1'],
      [5, '3'],
    ]);
    log.abandon();
  });

  test('drops aborted data at once, its marker after delete.retention.ms', async () => {
    const { io, log, clean } = setUp();
    const producer = { producerId: 9, producerEpoch: 0, transactional: true };
    const end = (commit: boolean) => {
      const marker = { commit, producerId: 9, producerEpoch: 0, coordinatorEpoch: 0 };
      log.appendAsLeader(buildEndTransactionBatch({ ...marker, timestamp: NOW_MS }), 0, {
        origin: 'coordinator',
      });
      log.maybeIncrementHighWatermark(log.logEndOffset);
      log.roll();
    };
    put(log, [['a', 'before']]);
    put(log, [['a', 'aborted']], { ...producer, baseSequence: 0 });
    end(false);
    put(log, [['a', 'committed']], { ...producer, baseSequence: 1 });
    end(true);
    put(log, [['b', '1']]);
    await clean();
    expect(readAll(log).filter(([, value]) => value?.length !== 6)).toEqual([
      [3, 'committed'],
      [5, '1'],
    ]);
    const markers = () =>
      batchesOf(log)
        .filter((batch) => isControl(batch, 0))
        .map((batch) => baseOffset(batch, 0));
    expect(markers()).toEqual([2, 4]);
    // Readers that are behind may have seen the data: its transaction is still known as aborted.
    expect(log.abortedTransactions(0, 6)).toHaveLength(1);
    put(log, [['c', '1']]);
    await clean();
    expect(log.abortedTransactions(0, 6)).toEqual([]);
    expect(markers()).toEqual([2, 4]);
    io.clock.advance(DAY_MS);
    put(log, [['b', '2']]);
    await clean();
    // The marker of the committed one stays as long as its data does.
    expect(markers()).toEqual([4]);
    log.abandon();
  });

  test('never touches an open transaction, nor what comes after it', async () => {
    const { log, clean, checkpoints } = setUp();
    put(log, [['a', '1']]);
    put(log, [['a', '2']]);
    put(log, [['a', '3']], {
      producerId: 9,
      producerEpoch: 0,
      baseSequence: 0,
      transactional: true,
    });
    put(log, [['a', '4']]);
    await clean();
    expect(readAll(log)).toEqual([
      [1, '2'],
      [2, '3'],
      [3, '4'],
    ]);
    expect(checkpoints.get(log)).toBe(2);
    log.abandon();
  });

  test('cleans in several rounds what its offset map has no room for', async () => {
    const { io, log } = setUp();
    for (let n = 0; n < 12; n++) {
      put(
        log,
        Array.from({ length: 10 }, (_, k) => [`key-${k + 5 * n}`, `${n}`] as const),
      );
    }
    const settings = {
      threads: 1,
      dedupeBufferBytes: 24 * 20,
      loadFactor: 0.9,
      ioBufferBytes: 1 << 16,
      maxBytesPerSecond: Number.MAX_VALUE,
      backoffMs: 15_000,
    };
    const small = testCleaner(io, [log], { settings });
    expect(await small.clean()).toBeGreaterThan(3);
    const values = readAll(log).map(([offset]) => offset);
    expect(values).toHaveLength(65);
    log.abandon();
  });

  test('waits for min.compaction.lag.ms, and is pressed by max.compaction.lag.ms', async () => {
    const young = setUp({ 'min.compaction.lag.ms': 1000 });
    put(young.log, [['a', '1']]);
    put(young.log, [['a', '2']]);
    expect(await young.clean()).toBe(0);
    young.io.clock.advance(1001);
    expect(await young.clean()).toBe(1);
    young.log.abandon();

    const lazy = setUp({ 'min.cleanable.dirty.ratio': 1, 'max.compaction.lag.ms': 5000 });
    put(lazy.log, [['a', '1']]);
    put(lazy.log, [['a', '2']]);
    expect(await lazy.clean()).toBe(0);
    lazy.io.clock.advance(5001);
    expect(await lazy.clean()).toBe(1);
    lazy.log.abandon();
  });

  test('is left alone, and named with file and place, when a batch in it is damaged', async () => {
    const { log, clean, warnings, cleaner } = setUp();
    put(log, [['a', '1']]);
    put(log, [['a', '2']]);
    const [first] = log.segments.all;
    first!.file.write(Buffer.from([0xff]), 0, 1, 66);
    expect(await clean()).toBe(0);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`${first!.path} at byte 0: Record is corrupt`);
    expect(cleaner.isUncleanable(log)).toBe(true);
    expect(await clean()).toBe(0);
    expect(readdirSync(log.directory).filter((name) => name.endsWith('.cleaned'))).toEqual([]);
    log.abandon();
  });

  test('is not changed by a cleaning that is called off', async () => {
    const { log, cleaner } = setUp();
    put(log, [['a', '1']]);
    put(log, [['a', '2']]);
    const cleaning = cleaner.cleanDirtiest()!;
    await cleaner.abort(log);
    expect(await cleaning).toBe(false);
    expect(readAll(log)).toEqual([
      [0, '1'],
      [1, '2'],
    ]);
    expect(readdirSync(log.directory).filter((name) => name.endsWith('.cleaned'))).toEqual([]);
    expect(cleaner.isCleaning(log)).toBe(false);
    log.abandon();
  });

  test('still feeds a reader of a segment that was cleaned away meanwhile', async () => {
    const { log, clean } = setUp();
    put(log, [['a', '1']]);
    put(log, [['a', '2']]);
    const [first] = log.segments.all;
    const { file, sizeBytes } = first!;
    await clean();
    const bytes = Buffer.alloc(sizeBytes);
    expect(file.read(bytes, 0, sizeBytes, 0)).toBe(sizeBytes);
    expect(verifyCrc(bytes, 0)).toBe(true);
    log.abandon();
  });
});

describe('in a thread of its own', () => {
  test('a large log is cleaned to the same bytes as in this one', async () => {
    const make = (io: TestIo) => {
      const log = compactedLog(io, temporaryFolder());
      for (let n = 0; n < 30; n++) {
        const value = `${n}`.padEnd(1000, 'x');
        put(
          log,
          Array.from({ length: 100 }, (_, k) => [`key-${(k * 7 + n * 31) % 500}`, value]),
        );
      }
      return log;
    };
    const io = cleanerIo();
    const [near, far] = [make(io), make(io)];
    expect(near.sizeBytes).toBeGreaterThan(2 << 20);
    const { workers: _none, ...alone } = io;
    expect(await testCleaner(alone, [near]).clean()).toBe(1);
    let started = 0;
    const workers: Workers = {
      start: (name) => {
        started++;
        return io.workers!.start(name);
      },
    };
    const cleaner = testCleaner({ ...io, workers }, [far]);
    expect(await cleaner.clean()).toBe(1);
    expect(cleaner.warnings).toEqual([]);
    expect(started).toBe(1);
    expect(Buffer.concat(batchesOf(far)).equals(Buffer.concat(batchesOf(near)))).toBe(true);
    expect(far.sizeBytes).toBeLessThan(700_000);
    near.abandon();
    far.abandon();
  });
});
