// Moves between log directories that a stop interrupts, or a quota slows down, in virtual time.

import { expect, test } from 'vitest';
import { logConfig } from '../../src/log/log-config.ts';
import { LogManager } from '../../src/log/log-manager.ts';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import { buildBatch } from '../../src/records/record-batch-builder.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { readAll } from './support.ts';

const TOPIC_ID = 'ESIzRFVmd4yZqrvM3e7_BA';
const LOG_FILE = '/a/moving-0/00000000000000000000.log';
const DIRS = ['/a', '/b'];

class Moving {
  readonly world = new VirtualWorld(5);
  readonly warnings: string[] = [];
  process = this.world.process();
  manager = this.#open();
  log = this.manager.createLog('moving', 0, TOPIC_ID, undefined, '/a');
  leaderEpoch = 0;
  expected: [number, string][] = [];
  moved: UnifiedLog | undefined;

  #open(): LogManager {
    const manager = new LogManager({
      io: this.process.io,
      logDirs: DIRS,
      configFor: () => logConfig(new Map([['retention.ms', '-1']])),
      onWarning: (text) => this.warnings.push(text),
    });
    manager.moves.quota.bytesPerSecond = 100_000;
    return manager;
  }

  append(count: number): void {
    for (let n = 0; n < count; n++) {
      const value = `${this.expected.length}`.padEnd(50_000, '.');
      const batch = buildBatch([{ key: null, value: Buffer.from(value), timestamp: 1 }]);
      const { firstOffset } = this.log.appendAsLeader(batch, this.leaderEpoch);
      this.log.maybeIncrementHighWatermark(this.log.logEndOffset);
      this.expected.push([firstOffset, value]);
    }
  }

  begin(): void {
    this.manager.move(this.log, '/b', (log) => {
      this.moved = log;
    });
  }

  /** Opens what the last run left, and goes on with the move. */
  restart(): void {
    this.process = this.world.process();
    this.manager = this.#open();
    this.log = this.manager.createLog('moving', 0, TOPIC_ID);
    this.leaderEpoch++;
    this.manager.resumeMove(this.log, (log) => {
      this.moved = log;
    });
  }

  sleep(seconds: number): Promise<void> {
    return this.world.scheduler.sleep(seconds * 1000);
  }

  folders(dir: string): string[] {
    return this.process.disk.list(dir).filter((name) => /^moving.*(?<!-delete)$/.test(name));
  }

  run(work: () => Promise<void>): Promise<void> {
    return this.world.scheduler.run(work);
  }
}

test('places for partitions that never come are forgotten, the oldest first', () => {
  const { moves } = new Moving().manager;
  for (let n = 0; n <= 10_000; n++) moves.prefer(`never-${n}`, '/b');
  expect(moves.preferred('never-0')).toBeUndefined();
  expect(moves.preferred('never-1')).toBe('/b');
  expect(moves.preferred('never-10000')).toBe('/b');
});

test('a move copies no more than its quota allows, and follows a quota that changes', async () => {
  const moving = new Moving();
  await moving.run(async () => {
    moving.append(100);
    moving.begin();
    await moving.sleep(30);
    // Pieces of 1 MB, each paid for before the next.
    expect(moving.manager.moves.of(moving.log)!.future.logEndOffset).toBeLessThan(90);
    expect(moving.moved).toBeUndefined();
    moving.append(1);
    moving.manager.moves.quota.bytesPerSecond = 10_000_000;
    await moving.sleep(1);
    expect(readAll(moving.moved!)).toEqual(moving.expected);
    expect([moving.folders('/a'), moving.folders('/b')]).toEqual([[], ['moving-0']]);
    await moving.manager.shutdown();
  });
});

test('a move goes on after a clean stop with what it had copied', async () => {
  const moving = new Moving();
  await moving.run(async () => {
    moving.append(100);
    moving.begin();
    await moving.sleep(25);
    await moving.manager.shutdown();
    moving.restart();
    const { future } = moving.manager.moves.of(moving.log)!;
    expect(future.scannedBytes).toBe(0);
    expect(future.logEndOffset).toBeGreaterThan(40);
    moving.append(5);
    await moving.sleep(60);
    expect(readAll(moving.moved!)).toEqual(moving.expected);
    expect([moving.folders('/a'), moving.folders('/b')]).toEqual([[], ['moving-0']]);
    expect(moving.warnings).toEqual([]);
    await moving.manager.shutdown();
  });
});

test('the copy loses what a power failure took from the log itself', async () => {
  const moving = new Moving();
  await moving.run(async () => {
    moving.append(100);
    moving.begin();
    await moving.sleep(25);
    expect(moving.manager.moves.of(moving.log)!.future.logEndOffset).toBeGreaterThan(15);
    moving.world.restart('process');
    moving.world.process().disk.open(LOG_FILE, 'write').truncate(500_000);
    moving.restart();
    expect(moving.log.logEndOffset).toBeLessThan(15);
    moving.expected = moving.expected.slice(0, moving.log.logEndOffset);
    await moving.sleep(60);
    expect(readAll(moving.moved!)).toEqual(moving.expected);
    await moving.manager.shutdown();
  });
});

test('the part of a move of a topic that was made anew meanwhile is removed', async () => {
  const moving = new Moving();
  await moving.run(async () => {
    moving.append(100);
    moving.begin();
    await moving.sleep(5);
    await moving.manager.shutdown();
    const disk = moving.world.process().disk;
    disk.remove('/a/moving-0');
    moving.process = moving.world.process();
    const manager = new LogManager({
      io: moving.process.io,
      logDirs: DIRS,
      configFor: () => logConfig(),
    });
    expect(manager.moves.unclaimed).toHaveLength(1);
    const log = manager.createLog('moving', 0, 'AAAAAAAAAAAAAAAAAAAABQ', undefined, '/a');
    manager.resumeMove(log, () => expect.fail('it is not its'));
    expect(manager.moves.unclaimed).toEqual([]);
    expect(moving.folders('/b')).toEqual([]);
    await manager.shutdown();
  });
});
