// What a start makes of files that a crash, a bad disk or somebody's hand left.

import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import { buildEndTransactionBatch } from '../../src/records/control-record.ts';
import {
  batch,
  config,
  idempotent,
  NOW_MS,
  openLog,
  readAll,
  type TestIo,
  temporaryFolder,
  testIo,
} from './support.ts';

const SMALL = config({ 'internal.segment.bytes': 1500, 'index.interval.bytes': 200 });

function path(folder: string, name: string): string {
  return join(folder, 'orders-0', name);
}

/** A log of three segments that was killed. */
function killedLog(folder: string, io: TestIo = testIo(), batches = 40): number {
  const log = openLog(io, folder, { config: SMALL });
  for (let i = 0; i < batches; i++) log.appendAsLeader(batch(3, {}, NOW_MS + i * 10), 1);
  log.writeBehind();
  const end = log.logEndOffset;
  log.abandon();
  return end;
}

function lastLogFile(folder: string): string {
  return readdirSync(join(folder, 'orders-0'))
    .filter((name) => name.endsWith('.log'))
    .sort()
    .at(-1)!;
}

/** Offsets from 0 on without a gap, every position lookup right, and the log takes more. */
function expectWhole(log: UnifiedLog, end: number): void {
  expect(log.logEndOffset).toBe(end);
  expect(readAll(log).map(([offset]) => offset)).toEqual(Array.from({ length: end }, (_, i) => i));
  for (let offset = 0; offset < end; offset += 7) {
    const read = log.read(offset, 1, { isolation: 'log-end', minOneMessage: true });
    expect(Number(read.records[0]!.readBigInt64BE(0))).toBe(offset - (offset % 3));
  }
  for (let i = 0; i < end / 3; i++) {
    expect(log.offsetForTimestamp(NOW_MS + i * 10)?.offset).toBe(i * 3);
  }
  expect(log.appendAsLeader(batch(1), 1).firstOffset).toBe(end);
}

describe('recovery', () => {
  it('finds everything after a kill', () => {
    const folder = temporaryFolder();
    const end = killedLog(folder);
    const log = openLog(testIo(), folder, { config: SMALL });
    expect(log.segments.count).toBeGreaterThan(2);
    expectWhole(log, end);
    log.abandon();
  });

  it('cuts a last batch that is torn at any byte', () => {
    const origin = temporaryFolder();
    const io = testIo();
    const log = openLog(io, origin);
    for (let i = 0; i < 5; i++) log.appendAsLeader(batch(3), 1);
    log.abandon();
    const file = '00000000000000000000.log';
    const whole = readFileSync(path(origin, file));
    const size = whole.length / 5;
    for (let cut = size * 4; cut < whole.length; cut++) {
      writeFileSync(path(origin, file), whole.subarray(0, cut));
      const again = openLog(io, origin);
      expect(again.logEndOffset).toBe(12);
      expect(io.disk.stat(path(origin, file))!.sizeBytes).toBe(size * 4);
      again.abandon();
    }
  });

  it('cuts from a batch with a flipped bit on, wherever the bit is', () => {
    const folder = temporaryFolder();
    const io = testIo();
    const log = openLog(io, folder);
    for (let i = 0; i < 3; i++) log.appendAsLeader(batch(2), 1);
    log.abandon();
    const file = path(folder, '00000000000000000000.log');
    const whole = readFileSync(file);
    const size = whole.length / 3;
    for (let at = size; at < size * 2; at++) {
      // The leader epoch (12..15) and the base offset's low bits aren't covered by the checksum.
      if (at - size < 8 || (at - size >= 12 && at - size < 16)) continue;
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x10;
      writeFileSync(file, damaged);
      const again = openLog(io, folder);
      expect(again.logEndOffset).toBe(2);
      again.abandon();
    }
  });

  it('cuts zeros that a power failure left at the end', () => {
    const folder = temporaryFolder();
    const end = killedLog(folder);
    const file = path(folder, lastLogFile(folder));
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(4096)]));
    const warnings: string[] = [];
    const log = openLog(testIo(), folder, { config: SMALL, onWarning: (w) => warnings.push(w) });
    expectWhole(log, end);
    expect(warnings.join()).toContain(`${file} at byte offset`);
    log.abandon();
  });

  it('drops segments behind a damaged one, which are no continuation any more', () => {
    const folder = temporaryFolder();
    killedLog(folder);
    const file = path(folder, '00000000000000000000.log');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    const log = openLog(testIo(), folder, { config: SMALL });
    expect(log.segments.count).toBe(1);
    expectWhole(log, log.logEndOffset);
    log.abandon();
  });

  it('scans only from the recovery point on', async () => {
    const folder = temporaryFolder();
    const io = testIo();
    const big = config({ 'index.interval.bytes': 200 });
    const log = openLog(io, folder, { config: big });
    for (let i = 0; i < 100; i++) log.appendAsLeader(batch(3, {}, NOW_MS + i * 10), 1);
    await log.flush();
    expect(log.recoveryPoint).toBe(300);
    for (let i = 100; i < 110; i++) log.appendAsLeader(batch(3, {}, NOW_MS + i * 10), 1);
    log.abandon();
    const again = openLog(io, folder, { config: big, recoveryPoint: 300 });
    expect(again.scannedBytes).toBeGreaterThan(0);
    expect(again.scannedBytes).toBeLessThan(again.sizeBytes / 5);
    expectWhole(again, 330);
    again.abandon();
  });

  it('forgets times of batches that were cut behind the recovery point', async () => {
    const folder = temporaryFolder();
    const io = testIo();
    const big = config({ 'index.interval.bytes': 200 });
    const log = openLog(io, folder, { config: big });
    for (let i = 0; i < 60; i++) log.appendAsLeader(batch(3, {}, NOW_MS + i * 10), 1);
    await log.flush();
    const flushedBytes = log.sizeBytes;
    for (let i = 60; i < 100; i++) log.appendAsLeader(batch(3, {}, NOW_MS + i * 10), 1);
    log.writeBehind();
    log.abandon();
    truncateSync(path(folder, '00000000000000000000.log'), flushedBytes + 10);
    const again = openLog(io, folder, { config: big, recoveryPoint: 180 });
    expect(again.segments.active.maxTimestamp).toBe(NOW_MS + 592);
    expect(again.offsetForTimestamp(NOW_MS + 593)).toBeUndefined();
    expectWhole(again, 180);
    again.abandon();
  });

  it('scans everything when the index before the recovery point is damaged', async () => {
    const folder = temporaryFolder();
    const io = testIo();
    const big = config({ 'index.interval.bytes': 200 });
    const log = openLog(io, folder, { config: big });
    for (let i = 0; i < 100; i++) log.appendAsLeader(batch(3, {}, NOW_MS + i * 10), 1);
    await log.flush();
    log.abandon();
    const index = path(folder, '00000000000000000000.index');
    const bytes = readFileSync(index);
    for (let at = 4; at < 800; at += 8) bytes.writeInt32BE(bytes.readInt32BE(at) + 1, at);
    writeFileSync(index, bytes);
    const again = openLog(io, folder, { config: big, recoveryPoint: 300 });
    expect(again.scannedBytes).toBe(again.sizeBytes);
    expectWhole(again, 300);
    again.abandon();
  });
});

describe('indexes after a clean stop', () => {
  async function stopped(folder: string): Promise<number> {
    const log = openLog(testIo(), folder, { config: SMALL });
    for (let i = 0; i < 40; i++) log.appendAsLeader(batch(3, {}, NOW_MS + i * 10), 1);
    await log.close();
    return log.logEndOffset;
  }
  const reopen = (folder: string) =>
    openLog(testIo(), folder, { config: SMALL, cleanShutdown: true });

  it('are as large as their entries', async () => {
    const folder = temporaryFolder();
    await stopped(folder);
    for (const name of readdirSync(join(folder, 'orders-0'))) {
      const size = readFileSync(path(folder, name)).length;
      if (name.endsWith('.index')) expect(size % 8).toBe(0);
      if (name.endsWith('.index') || name.endsWith('.timeindex')) expect(size).toBeLessThan(500);
    }
  });

  const damages: [string, (file: string) => void][] = [
    ['missing', (file) => rmSync(file)],
    [
      'of an odd size',
      (file) => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(3)])),
    ],
    ['preallocated and empty', (file) => writeFileSync(file, Buffer.alloc(960))],
    ['full of nonsense', (file) => writeFileSync(file, Buffer.alloc(960, 0xab))],
  ];
  for (const extension of ['index', 'timeindex']) {
    for (const [damage, apply] of damages) {
      it(`rebuilds a .${extension} that is ${damage}`, async () => {
        const folder = temporaryFolder();
        const end = await stopped(folder);
        for (const name of readdirSync(join(folder, 'orders-0'))) {
          if (name.endsWith(`.${extension}`)) apply(path(folder, name));
        }
        const log = reopen(folder);
        expectWhole(log, end);
        log.abandon();
      });
    }
  }

  it('removes an index without a log', async () => {
    const folder = temporaryFolder();
    const end = await stopped(folder);
    writeFileSync(path(folder, '00000000000000099999.index'), '');
    const log = reopen(folder);
    expect(readdirSync(join(folder, 'orders-0'))).not.toContain('00000000000000099999.index');
    expectWhole(log, end);
    log.abandon();
  });

  it('finishes a swap of a compaction and removes what was being cleaned or deleted', async () => {
    const folder = temporaryFolder();
    const end = await stopped(folder);
    const first = '00000000000000000000';
    copyFileSync(path(folder, `${first}.log`), path(folder, `${first}.log.swap`));
    copyFileSync(path(folder, `${first}.index`), path(folder, `${first}.index.swap`));
    copyFileSync(path(folder, `${first}.timeindex`), path(folder, `${first}.timeindex.swap`));
    writeFileSync(path(folder, '00000000000000000777.log.deleted'), 'x');
    writeFileSync(path(folder, '00000000000000000778.log.cleaned'), 'x');
    const log = reopen(folder);
    expectWhole(log, end);
    const names = readdirSync(join(folder, 'orders-0'));
    expect(names.filter((name) => /swap|deleted|cleaned/.test(name))).toEqual([]);
    log.abandon();
  });

  it('cuts a torn tail even when the stop claims to have been clean', async () => {
    const folder = temporaryFolder();
    const end = await stopped(folder);
    const file = path(folder, lastLogFile(folder));
    truncateSync(file, readFileSync(file).length - 5);
    const log = reopen(folder);
    expectWhole(log, end - 3);
    log.abandon();
  });
});

describe('producer state after a restart', () => {
  it('is loaded from the snapshot of a clean stop', async () => {
    const folder = temporaryFolder();
    const log = openLog(testIo(), folder);
    log.appendAsLeader(idempotent(0, 5), 1);
    await log.close();
    const again = openLog(testIo(), folder, { cleanShutdown: true });
    expect(again.producerState.entry(1)?.lastSequence).toBe(4);
    expect(again.appendAsLeader(idempotent(0, 5), 1)).toMatchObject({
      duplicate: true,
      lastOffset: 4,
    });
    again.abandon();
  });

  it('is replayed from the batches after a kill', () => {
    const folder = temporaryFolder();
    const io = testIo();
    const log = openLog(io, folder, { config: SMALL });
    for (let i = 0; i < 50; i++) log.appendAsLeader(idempotent(i * 2, 2), 1);
    log.abandon();
    const again = openLog(io, folder, { config: SMALL });
    expect(again.producerState.entry(1)?.batches).toHaveLength(5);
    expect(again.appendAsLeader(idempotent(98, 2), 1).duplicate).toBe(true);
    expect(again.appendAsLeader(idempotent(100, 2), 1).firstOffset).toBe(100);
    again.abandon();
  });

  it.each(['torn', 'flipped', 'of an unknown version'])(
    'is rebuilt when its snapshot is %s',
    async (damage) => {
      const folder = temporaryFolder();
      const log = openLog(testIo(), folder);
      log.appendAsLeader(idempotent(0, 5), 1);
      await log.close();
      const file = path(folder, '00000000000000000005.snapshot');
      const bytes = readFileSync(file);
      if (damage === 'torn') writeFileSync(file, bytes.subarray(0, 30));
      else {
        bytes[damage === 'flipped' ? 20 : 1]! ^= 4;
        writeFileSync(file, bytes);
      }
      const again = openLog(testIo(), folder, { cleanShutdown: true });
      expect(again.producerState.entry(1)?.lastSequence).toBe(4);
      again.abandon();
    },
  );

  it('ignores a snapshot beyond the end of the log', async () => {
    const folder = temporaryFolder();
    const io = testIo();
    const log = openLog(io, folder);
    log.appendAsLeader(idempotent(0, 5), 1);
    log.appendAsLeader(idempotent(5, 5), 1);
    await log.close();
    const file = path(folder, '00000000000000000000.log');
    truncateSync(file, readFileSync(file).length - 1);
    const again = openLog(io, folder);
    expect(again.logEndOffset).toBe(5);
    expect(again.producerState.entry(1)?.lastSequence).toBe(4);
    expect(again.appendAsLeader(idempotent(5, 5), 1)).toMatchObject({ duplicate: false });
    again.abandon();
  });
});

describe('a random life', () => {
  interface Producer {
    sequence: number;
    open: boolean;
  }

  /** Small and large batches of producers with and without transactions, and their ends. */
  function step(log: UnifiedLog, producers: Map<number, Producer>, random: () => number): void {
    const producerId = Math.floor(random() * 4);
    const producer = producers.get(producerId) ?? { sequence: 0, open: false };
    producers.set(producerId, producer);
    if (producer.open && random() < 0.3) {
      const commit = random() < 0.5;
      const end = { commit, producerId, producerEpoch: 0, coordinatorEpoch: 1, timestamp: NOW_MS };
      log.appendAsLeader(buildEndTransactionBatch(end), 2, { origin: 'coordinator' });
      producer.open = false;
      return;
    }
    const count = random() < 0.2 ? 400 : 1 + Math.floor(random() * 5);
    const transactional = producerId < 2;
    const identity = {
      producerId,
      producerEpoch: 0,
      baseSequence: producer.sequence,
      transactional,
    };
    log.appendAsLeader(batch(count, identity), 2);
    producer.sequence += count;
    producer.open = transactional;
  }

  function stateOf(log: UnifiedLog): unknown {
    const producers = [...log.activeProducers].sort((a, b) => a.producerId - b.producerId);
    return {
      end: log.logEndOffset,
      epochs: log.epochs.entries,
      unstable: log.producerState.firstUndecidedOffset,
      aborted: log.abortedTransactions(0, log.logEndOffset),
      producers: producers.map((p) => ({ ...p, batches: p.batches })),
    };
  }

  it.each([1, 2, 3, 4, 5])('leaves the same state after a kill, seed %d', async (seed) => {
    let x = seed;
    const random = () => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      return x / 2 ** 32;
    };
    const folder = temporaryFolder();
    const io = testIo();
    const values = { 'internal.segment.bytes': 60_000, 'index.interval.bytes': 1000 };
    const options = { config: config(values) };
    const producers = new Map<number, Producer>();
    let log = openLog(io, folder, options);
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 60; i++) step(log, producers, random);
      const expected = stateOf(log);
      const { recoveryPoint } = log;
      if (round === 3) await log.flush();
      log.abandon();
      log = openLog(io, folder, { ...options, recoveryPoint });
      expect(stateOf(log)).toEqual(expected);
    }
    expect(log.segments.count).toBeGreaterThan(2);
    log.abandon();
  });
});

describe('a folder copied while it was written to', () => {
  it('is a log that ends somewhere', () => {
    const folder = temporaryFolder();
    const copy = temporaryFolder();
    const io = testIo();
    const log = openLog(io, folder, { config: SMALL });
    for (let i = 0; i < 30; i++) log.appendAsLeader(batch(3, {}, NOW_MS + i * 10), 1);
    cpSync(folder, copy, { recursive: true });
    log.abandon();
    const again = openLog(io, copy, { config: SMALL });
    expectWhole(again, 90);
    again.abandon();
  });
});
