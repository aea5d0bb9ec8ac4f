// The process that holds the metadata log dies at every change it makes to the disk: in an append, a roll, a snapshot, its
// deletion, the upgrade of kraft.version; the machine loses power likewise. Every change that was acknowledged is there
// afterwards. A failure names seed, step and part; SIMULATION_EVERY=1 tries every change, SIMULATION_SEEDS=n more lives.

import { describe, expect, it } from 'vitest';
import { dieAtChanges, type Scenario, wholeLife } from './every-change.ts';
import { type MetadataLife, MetadataModel, MetadataRun } from './metadata-scenario.ts';

const every = Number(process.env.SIMULATION_EVERY ?? 12);
const seeds = Number(process.env.SIMULATION_SEEDS ?? 2);

function scenarioOf(life: MetadataLife): Scenario<MetadataModel> {
  return {
    seed: life.seed,
    model: () => new MetadataModel(),
    live: (world, process, model) => new MetadataRun(life, world, process, model).live(),
    verify: (world, model, crash) =>
      new MetadataRun(life, world, world.process(), model).verify(crash),
  };
}

describe.each(Array.from({ length: seeds }, (_, n) => 20 + n))(
  'the metadata of life %i',
  { timeout: every === 1 ? 3_600_000 : 60_000 },
  (seed) => {
    const scenario = scenarioOf({ seed, steps: 220, isStandalone: seed % 2 === 1 });

    it('comes to snapshots, restarts, kraft.version 1 and the deletion of what is old', async () => {
      const { model } = await wholeLife(scenario);
      expect(model.acknowledged).toBe(model.changes.length);
      expect(model.restarts).toBeGreaterThan(2);
    });

    it('is what was acknowledged when the process is killed at any write', async () => {
      await dieAtChanges(scenario, { crash: 'process', every, untorn: true });
    });

    it('is what was acknowledged when the power fails at any write', async () => {
      await dieAtChanges(scenario, { crash: 'power', every });
    });
  },
);
