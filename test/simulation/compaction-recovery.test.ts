// The process that holds compacted logs dies at every change it makes to the disk: in a roll, a compaction, a deletion, the
// making of a topic; the machine loses power likewise. The tables that the logs stand for are what was acknowledged.
// A failure names seed, step and part; SIMULATION_EVERY=1 tries every change, SIMULATION_SEEDS=n more lives.

import { describe, expect, it } from 'vitest';
import { live, verify, WorldModel } from './table-scenario.ts';
import { ignoreCrash, VirtualWorld } from './virtual-io.ts';

const every = Number(process.env.SIMULATION_EVERY ?? 60);
const seeds = Number(process.env.SIMULATION_SEEDS ?? 2);

interface Life {
  readonly seed: number;
  readonly steps: number;
}

async function wholeLife(life: Life): Promise<{ operations: number; model: WorldModel }> {
  const world = new VirtualWorld(life.seed);
  const process = world.process();
  const model = new WorldModel();
  await world.scheduler.run(() => live(world, process, model, life));
  return { operations: process.disk.operations, model };
}

async function dieAt(
  life: Life,
  operation: number,
  tornFraction: number,
  crash: 'process' | 'power',
): Promise<void> {
  const world = new VirtualWorld(life.seed);
  const process = world.process();
  const model = new WorldModel();
  process.disk.trace = [];
  process.disk.crashAt(operation, tornFraction);
  await world.scheduler.run(() => live(world, process, model, life)).catch(ignoreCrash);
  world.restart(crash);
  try {
    await world.scheduler.run(() => verify(world, model, crash));
  } catch (error) {
    const where = process.disk.trace.slice(-4).join('\n  ');
    throw new Error(
      `seed ${life.seed}, ${crash}, operation ${operation}, part ${tornFraction}:\n  ${where}`,
      { cause: error },
    );
  }
}

describe.each(Array.from({ length: seeds }, (_, n) => 41 + n))(
  'the tables of life %i',
  { timeout: every === 1 ? 36_000_000 : 600_000 },
  (seed) => {
    const life = { seed, steps: 220 };

    it('live on without a crash, and are compacted', async () => {
      const { operations, model } = await wholeLife(life);
      expect(operations).toBeGreaterThan(500);
      expect(model.cleanings).toBeGreaterThan(3);
    });

    it('are what was acknowledged when the process is killed at any write', async () => {
      const { operations } = await wholeLife(life);
      for (let operation = seed % every; operation < operations; operation += every) {
        await dieAt(life, operation, 0.6, 'process');
      }
    });

    it('are what was flushed when the power fails at any write', async () => {
      const { operations } = await wholeLife(life);
      for (let operation = seed % every; operation < operations; operation += every) {
        await dieAt(life, operation, 0.5, 'power');
      }
    });
  },
);
