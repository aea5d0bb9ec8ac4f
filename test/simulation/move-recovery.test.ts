// A log that moves from one log directory to the other and back, appended to all the while, in a process that dies at every
// change it makes to the disk; the machine loses power likewise. What was acknowledged (flushed, for power, or all of it with
// flush.messages=1) is there once, and the move goes on. SIMULATION_EVERY=1 tries every change, SIMULATION_SEEDS=n more lives.

import { describe, expect, it } from 'vitest';
import { logConfig } from '../../src/log/log-config.ts';
import { LogManager } from '../../src/log/log-manager.ts';
import type { UnifiedLog } from '../../src/log/unified-log.ts';
import { buildBatch } from '../../src/records/record-batch-builder.ts';
import { readAll } from '../log/support.ts';
import { type Crash, dieAtChanges, type Scenario, wholeLife } from './every-change.ts';
import type { VirtualProcess, VirtualWorld } from './virtual-io.ts';
import { VirtualRandom } from './virtual-random.ts';

const every = Number(process.env.SIMULATION_EVERY ?? 25);
const seeds = Number(process.env.SIMULATION_SEEDS ?? 2);
const STEPS = 120;
const DIRS = ['/data/a', '/data/b'];
const TOPIC_ID = 'ESIzRFVmd4yZqrvM3e7_BA';

class Life {
  readonly #flushesEach: boolean;
  acknowledged: string[] = [];
  flushed = 0;
  attempt: string | undefined;
  moves = 0;
  #leaderEpoch = 0;
  #log!: UnifiedLog;
  #manager!: LogManager;

  constructor(flushesEach: boolean) {
    this.#flushesEach = flushesEach;
  }

  /** Without the log: a fork opens its own. */
  fork(): this {
    const fork = new Life(this.#flushesEach);
    fork.acknowledged = [...this.acknowledged];
    fork.flushed = this.flushed;
    fork.attempt = this.attempt;
    fork.#leaderEpoch = this.#leaderEpoch;
    return fork as this;
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
      else if (choice < 70) this.#manager.checkpoints.write();
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
  async verify(world: VirtualWorld, crash: Crash): Promise<void> {
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

function scenarioOf(seed: number): Scenario<Life> {
  return {
    seed,
    model: () => new Life(seed % 2 === 0),
    live: (world, process, life) => life.live(world, process),
    verify: (world, life, crash) => life.verify(world, crash),
  };
}

/** Killed once, it lives on until the power fails. */
function twiceCut(seed: number): Scenario<Life> {
  return {
    ...scenarioOf(seed),
    verify: async (world, life) => {
      const process = world.process();
      process.disk.crashAt(10 + world.random.int(150), 0.5);
      await life.live(world, process, 2).catch((error: unknown) => {
        // It may have died in the move, so that the log is only found to be closed.
        if (!process.disk.isDead) throw error;
      });
      world.restart('power');
      await life.verify(world, 'power');
    },
  };
}

describe.each(Array.from({ length: seeds }, (_, n) => 61 + n))(
  'the moving log of life %i',
  { timeout: every === 1 ? 3_600_000 : 60_000 },
  (seed) => {
    it('moves more than once', async () => {
      expect((await wholeLife(scenarioOf(seed))).model.moves).toBeGreaterThan(2);
    });

    const crashes = ['process', 'power'] as const;
    it.each(crashes)('is whole when the %s fails', async (crash) => {
      await dieAtChanges(scenarioOf(seed), { crash, every });
    });

    it('is whole when the process, then the power fails', async () => {
      await dieAtChanges(twiceCut(seed), { crash: 'process', every });
    });
  },
);
