// The process that holds the logs dies at every change it makes to the disk, in the middle of it; the machine loses
// power likewise. What was acknowledged (flushed, for power) is there afterwards, once, and nothing else.
// A failure names seed, step and part; SIMULATION_EVERY=1 tries every change, SIMULATION_SEEDS=n more lives.

import { describe, expect, it } from 'vitest';
import { type Life, LogModel, live, verify } from './log-scenario.ts';
import { ignoreCrash, VirtualWorld } from './virtual-io.ts';

const every = Number(process.env.SIMULATION_EVERY ?? 12);
const seeds = Number(process.env.SIMULATION_SEEDS ?? 2);

async function operationsOf(life: Life): Promise<number> {
  const world = new VirtualWorld(life.seed);
  const process = world.process();
  await world.scheduler.run(() => live(world, process, new LogModel(), life));
  return process.disk.operations;
}

async function dieAt(
  life: Life,
  operation: number,
  tornFraction: number,
  crash: 'process' | 'power',
): Promise<void> {
  const world = new VirtualWorld(life.seed);
  const process = world.process();
  const model = new LogModel();
  process.disk.trace = [];
  process.disk.crashAt(operation, tornFraction);
  await world.scheduler.run(() => live(world, process, model, life)).catch(ignoreCrash);
  world.storage.capacityBytes = Number.POSITIVE_INFINITY;
  world.restart(crash);
  try {
    await world.scheduler.run(() => verify(world, model, crash));
  } catch (error) {
    const where = process.disk.trace.slice(-3).join('\n  ');
    throw new Error(
      `seed ${life.seed}, ${crash}, operation ${operation}, part ${tornFraction}:\n  ${where}`,
      { cause: error },
    );
  }
}

describe.each(Array.from({ length: seeds }, (_, n) => 102 + n))(
  'the logs of life %i',
  { timeout: every === 1 ? 36_000_000 : 60_000 },
  (seed) => {
    const life = { seed, steps: 150 };

    it('live on without a crash', async () => {
      expect(await operationsOf(life)).toBeGreaterThan(150);
    });

    it('keep what was acknowledged when the process is killed at any write', async () => {
      const operations = await operationsOf(life);
      for (let operation = seed % every; operation < operations; operation += every) {
        for (const part of [0, 0.6]) await dieAt(life, operation, part, 'process');
      }
    });

    it('go on after a disk that was full or failed, and lose nothing then either', async () => {
      const troubled = { ...life, steps: 300, troubles: true };
      const operations = await operationsOf(troubled);
      for (let operation = seed % every; operation < operations; operation += every * 5) {
        await dieAt(troubled, operation, 0.5, 'process');
      }
      await dieAt(troubled, operations, 0, 'process');
    });

    it('keep what was flushed when the power fails at any write', async () => {
      const operations = await operationsOf(life);
      const step = Math.ceil(every / 2);
      for (let operation = seed % step; operation < operations; operation += step) {
        await dieAt(life, operation, 0.5, 'power');
      }
    });
  },
);
