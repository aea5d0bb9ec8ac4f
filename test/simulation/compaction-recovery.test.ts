// The process that holds compacted logs dies at every change it makes to the disk: in a roll, a compaction, a deletion, the
// making of a topic; the machine loses power likewise. The tables that the logs stand for are what was acknowledged.
// A failure names seed, step and part; SIMULATION_EVERY=1 tries every change, SIMULATION_SEEDS=n more lives.

import { describe, expect, it } from 'vitest';
import { dieAtChanges, type Scenario, wholeLife } from './every-change.ts';
import { live, verify, WorldModel } from './table-scenario.ts';

const every = Number(process.env.SIMULATION_EVERY ?? 60);
const seeds = Number(process.env.SIMULATION_SEEDS ?? 2);

describe.each(Array.from({ length: seeds }, (_, n) => 41 + n))(
  'the tables of life %i',
  { timeout: every === 1 ? 3_600_000 : 60_000 },
  (seed) => {
    const scenario: Scenario<WorldModel> = {
      seed,
      model: () => new WorldModel(),
      live: (world, process, model) => live(world, process, model, { seed, steps: 220 }),
      verify,
    };

    it('live on without a crash, and are compacted', async () => {
      const { operations, model } = await wholeLife(scenario);
      expect(operations).toBeGreaterThan(500);
      expect(model.cleanings).toBeGreaterThan(3);
    });

    it('are what was acknowledged when the process is killed at any write', async () => {
      await dieAtChanges(scenario, { crash: 'process', every });
    });

    it('are what was flushed when the power fails at any write', async () => {
      await dieAtChanges(scenario, { crash: 'power', every });
    });
  },
);
