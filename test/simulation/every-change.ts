// A life that is cut off at its changes to the disk: it is lived once, and before every n-th change the world is forked, so
// that what the death there leaves can be looked at later. What a life costs is so paid once, not once per change.
// It knows neither what is lived nor what must be left: a scenario brings both.

import type { PendingChange } from './virtual-disk.ts';
import { ignoreCrash, type VirtualProcess, VirtualWorld } from './virtual-io.ts';
import { VirtualRandom } from './virtual-random.ts';

export type Crash = 'process' | 'power';

/** What a restart is held to; a fork is held to what was true when it was made. */
export interface Model {
  fork(): this;
}

export interface Scenario<M extends Model> {
  readonly seed: number;
  model(): M;
  live(world: VirtualWorld, process: VirtualProcess, model: M): Promise<void> | void;
  /** Opens what is left and holds it to the model. */
  verify(world: VirtualWorld, model: M, crash: Crash): Promise<void>;
}

export interface Cuts {
  readonly crash: Crash;
  /** Every how many changes. */
  readonly every: number;
  /** Also dies before any byte of a write, not only within its bytes. */
  readonly untorn?: boolean;
}

interface Cut<M> {
  readonly world: VirtualWorld;
  readonly model: M;
  readonly where: string;
}

/** So many forks are held at a time. */
const MAX_CUTS_HELD = 400;

/** The changes that a whole life makes, and the model at its end. */
export async function wholeLife<M extends Model>(
  scenario: Scenario<M>,
): Promise<{ operations: number; model: M }> {
  const world = new VirtualWorld(scenario.seed);
  const process = world.process();
  const model = scenario.model();
  await world.scheduler.run(() => scenario.live(world, process, model));
  return { operations: process.disk.operations, model };
}

/** Dies at the changes that `cuts` says, and at the end of the life. Throws the first failure with seed and change. */
export async function dieAtChanges<M extends Model>(
  scenario: Scenario<M>,
  cuts: Cuts,
): Promise<number> {
  let count = 0;
  for (let from = scenario.seed % cuts.every; ; ) {
    const { held, next } = await live(scenario, cuts, from);
    for (const { world, model, where } of held) {
      world.restart(cuts.crash);
      try {
        await world.scheduler.run(() => scenario.verify(world, model, cuts.crash));
      } catch (error) {
        throw new Error(`seed ${scenario.seed}, ${cuts.crash}, ${where}`, { cause: error });
      }
    }
    count += held.length;
    if (next === undefined) return count;
    from = next;
  }
}

/** Lives from the start, and holds the cuts from a change on; `next` is where those begin that it doesn't. */
async function live<M extends Model>(
  scenario: Scenario<M>,
  cuts: Cuts,
  from: number,
): Promise<{ held: Cut<M>[]; next: number | undefined }> {
  const world = new VirtualWorld(scenario.seed);
  const process = world.process();
  const model = scenario.model();
  const torn = new VirtualRandom(scenario.seed + from);
  const held: Cut<M>[] = [];
  let next: number | undefined;
  const hold = (change: PendingChange, part: number): void => {
    const where = `operation ${change.number}, part ${part.toFixed(3)}: ${change.what}`;
    held.push({ world: world.forkAt(change, part), model: model.fork(), where });
  };
  process.disk.beforeChange = (change) => {
    if (change.number < from || (change.number - from) % cuts.every !== 0) return;
    if (held.length >= MAX_CUTS_HELD) {
      next = change.number;
      process.disk.kill();
      return;
    }
    if (change.write === undefined || cuts.untorn === true) hold(change, 0);
    if (change.write !== undefined) hold(change, torn.fraction());
  };
  await world.scheduler
    .run(() => scenario.live(world, process, model))
    .catch((error: unknown) => {
      if (next === undefined) ignoreCrash(error);
    });
  if (next === undefined) hold({ number: process.disk.operations, what: 'the end' }, 0);
  return { held, next };
}
