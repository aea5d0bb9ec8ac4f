// A log that moves from one log directory to the other and back, appended to all the while, in a process that dies at every
// change it makes to the disk; the machine loses power likewise. What was acknowledged (flushed, for power, or all of it with
// flush.messages=1) is there once, and the move goes on. SIMULATION_EVERY=1 tries every change, SIMULATION_SEEDS=n more lives.

import { describe, expect, it } from 'vitest';
import { logConfig } from '../../src/log/log-config.ts';
import { LogManager } from '../../src/log/log-manager.ts';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import { buildBatch } from '../../src/records/record-batch-builder.ts';
import { readAll } from '../log/support.ts';
import { type VirtualProcess, VirtualWorld } from './virtual-io.ts';
import { VirtualRandom } from './virtual-random.ts';

const every = Number(process.env.SIMULATION_EVERY ?? 25);
const seeds = Number(process.env.SIMULATION_SEEDS ?? 2);
const STEPS = 120;
const DIRS = ['/data/a', '/data/b'];
const TOPIC_ID = 'ESIzRFVmd4yZqrvM3e7_BA';

class Life {
  readonly #flushesEach: boolean;
  readonly acknowledged: string[] = [];
  flushed = 0;
  attempt: string | undefined;
  moves = 0;
  #leaderEpoch = 0;
  #log!: UnifiedLog;
  #manager!: LogManager;

  constructor(flushesEach: boolean) {
    this.#flushesEach = flushesEach;
  }

  open({ io }: VirtualProcess): LogManager {
    const config = logConfig(
      new Map([
        ['internal.segment.bytes', '1500'],
        ['retention.ms', '-1'],
        ['flush.messages', this.#flushesEach ? '1' : '9223372036854775807'],
      ]),
    );
    this.#manager = new LogManager({ io, logDirs: DIRS, configFor: () => config });
    this.#manager.moves.quota.bytesPerSecond = 20_000;
    this.#log = this.#manager.createLog('moving', 0, TOPIC_ID);
    this.#leaderEpoch++;
    this.#manager.resumeMove(this.#log, (moved) => this.#moved(moved));
    return this.#manager;
  }

  get log(): UnifiedLog {
    return this.#log;
  }

  #moved(log: UnifiedLog): void {
    this.#log = log;
    this.moves++;
  }

  append(value: string): void {
    this.attempt = value;
    const batch = buildBatch([{ key: null, value: Buffer.from(value), timestamp: 1 }]);
    this.#log.appendAsLeader(batch, this.#leaderEpoch);
    this.#log.maybeIncrementHighWatermark(this.#log.logEndOffset);
    this.acknowledged.push(value);
    this.attempt = undefined;
    if (this.#flushesEach) this.flushed = this.acknowledged.length;
  }

  /** `life` tells this one from others of the same world. */
  async live(world: VirtualWorld, process: VirtualProcess, life = 1): Promise<void> {
    const random = new VirtualRandom(world.seed * 31 * life);
    this.open(process);
    this.#settle();
    for (let step = 0; step < STEPS; step++) {
      const choice = random.int(100);
      if (choice < 60) this.append(`${step}:${'x'.repeat(random.int(150))}`);
      else if (choice < 65) await this.#flush();
      else if (choice < 70) this.#manager.checkpoint();
      else if (choice < 82) this.#move();
      else if (choice < 97) await world.scheduler.sleep(random.int(3) * random.int(100));
      else await this.#restartCleanly(process);
    }
  }

  /** What was under way when the process died came to be, or didn't. */
  #settle(): void {
    if (this.attempt === undefined || this.#log.logEndOffset === this.acknowledged.length) return;
    this.acknowledged.push(this.attempt);
    this.attempt = undefined;
  }

  async #flush(): Promise<void> {
    const end = this.acknowledged.length;
    await this.#log.flush();
    // One that moved meanwhile may have been closed before it was asked.
    if (this.#log.recoveryPoint >= end) this.flushed = Math.max(this.flushed, end);
  }

  #move(): void {
    const to = DIRS.find((path) => path !== this.#manager.logDirOf(this.#log))!;
    this.#manager.move(this.#log, to, (moved) => this.#moved(moved));
  }

  async #restartCleanly(process: VirtualProcess): Promise<void> {
    await this.#manager.shutdown();
    process.disk.exists(DIRS[0]!);
    this.flushed = this.acknowledged.length;
    this.open(process);
  }

  /** Opens what the crash left, and lets the move come to its end. */
  async verify(world: VirtualWorld, crash: 'process' | 'power'): Promise<void> {
    const process = world.process();
    const manager = this.open(process);
    const least = crash === 'process' ? this.acknowledged.length : this.flushed;
    const found = readAll(this.#log).map(([, value]) => value!);
    expect(found.length).toBeGreaterThanOrEqual(least);
    const possible = [...this.acknowledged, ...(this.attempt === undefined ? [] : [this.attempt])];
    expect(found).toEqual(possible.slice(0, found.length));
    this.append('after');
    await world.scheduler.sleep(5_000);
    expect(readAll(this.#log).map(([, value]) => value)).toEqual([...found, 'after']);
    await manager.shutdown();
    const left = DIRS.flatMap((path) => process.disk.list(path)).filter(
      // A crash between the last two steps of a move leaves two whole logs: one is kept aside.
      (name) => name.startsWith('moving') && !/-(delete|stray)$/.test(name),
    );
    expect(left).toEqual(['moving-0']);
    const again = this.open(world.process());
    expect(this.#log.scannedBytes).toBe(0);
    expect(readAll(this.#log).map(([, value]) => value)).toEqual([...found, 'after']);
    again.abandon();
  }
}

async function wholeLife(seed: number): Promise<{ operations: number; moves: number }> {
  const world = new VirtualWorld(seed);
  const process = world.process();
  const life = new Life(seed % 2 === 0);
  await world.scheduler.run(() => life.live(world, process));
  return { operations: process.disk.operations, moves: life.moves };
}

type Crash = 'process' | 'power' | 'process, then the power';

/** Lives until the process dies at the operation. */
async function liveUntil(world: VirtualWorld, life: Life, operation: number, which: number) {
  const process = world.process();
  process.disk.trace = [];
  process.disk.crashAt(operation, 0.5);
  await world.scheduler
    .run(() => life.live(world, process, which))
    .catch((error: unknown) => {
      // It may have died in the move, so that the log is only found to be closed.
      if (!process.disk.isDead) throw error;
    });
  return process.disk.trace;
}

async function dieAt(seed: number, operation: number, crash: Crash): Promise<void> {
  const world = new VirtualWorld(seed);
  const life = new Life(seed % 2 === 0);
  let trace = await liveUntil(world, life, operation, 1);
  try {
    if (crash === 'process, then the power') {
      world.restart('process');
      trace = await liveUntil(world, life, 10 + ((operation * 7) % 150), 2);
    }
    const last = crash === 'process' ? 'process' : 'power';
    world.restart(last);
    await world.scheduler.run(() => life.verify(world, last));
  } catch (error) {
    const where = trace.slice(-4).join('\n  ');
    throw new Error(`seed ${seed}, ${crash}, operation ${operation}:\n  ${where}`, {
      cause: error,
    });
  }
}

describe.each(Array.from({ length: seeds }, (_, n) => 61 + n))(
  'the moving log of life %i',
  { timeout: every === 1 ? 36_000_000 : 60_000 },
  (seed) => {
    it('moves more than once', async () => {
      expect((await wholeLife(seed)).moves).toBeGreaterThan(2);
    });

    const crashes = ['process', 'power', 'process, then the power'] as const;
    it.each(crashes)('is whole when the %s fails', async (crash) => {
      const { operations } = await wholeLife(seed);
      for (let operation = seed % every; operation < operations; operation += every) {
        await dieAt(seed, operation, crash);
      }
    });
  },
);
