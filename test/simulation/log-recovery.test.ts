// The process that holds the logs dies at every change it makes to the disk, in the middle of it; the machine loses
// power likewise. What was acknowledged (flushed, for power) is there afterwards, once, and nothing else.
// A failure names seed, step and part; SIMULATION_EVERY=1 tries every change, SIMULATION_SEEDS=n more lives.

import { describe, expect, it } from 'vitest';
import { dieAtChanges, type Scenario, wholeLife } from './every-change.ts';
import { type Life, LogModel, live, verify } from './log-scenario.ts';

const every = Number(process.env.SIMULATION_EVERY ?? 12);
const seeds = Number(process.env.SIMULATION_SEEDS ?? 2);

function scenarioOf(life: Life): Scenario<LogModel> {
  return {
    seed: life.seed,
    model: () => new LogModel(),
    live: (world, process, model) => live(world, process, model, life),
    verify,
  };
}

describe.each(Array.from({ length: seeds }, (_, n) => 102 + n))(
  'the logs of life %i',
  { timeout: every === 1 ? 3_600_000 : 60_000 },
  (seed) => {
    const scenario = scenarioOf({ seed, steps: 150 });

    it('live on without a crash', async () => {
      expect((await wholeLife(scenario)).operations).toBeGreaterThan(150);
    });

    it('keep what was acknowledged when the process is killed at any write', async () => {
      await dieAtChanges(scenario, { crash: 'process', every, untorn: true });
    });

    it('go on after a disk that was full or failed, and lose nothing then either', async () => {
      const troubled = scenarioOf({ seed, steps: 300, troubles: true });
      await dieAtChanges(troubled, { crash: 'process', every: every === 1 ? 1 : every * 5 });
    });

    it('keep what was flushed when the power fails at any write', async () => {
      await dieAtChanges(scenario, { crash: 'power', every: Math.ceil(every / 2) });
    });
  },
);
