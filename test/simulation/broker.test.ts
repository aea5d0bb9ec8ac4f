// The whole broker on a virtual disk and network, with a real producer beside it. The broker dies in the middle of
// changes to its disk and comes back; what the producer was told is stored, once and in order, and nothing else.
// SIMULATION_SEEDS=n tries more lives.

import { describe, expect, it } from 'vitest';
import { type Fate, keepAlive, produce, type Sent, startBroker, storedValues } from './cluster.ts';
import { VirtualWorld } from './virtual-io.ts';

const seeds = Number(process.env.SIMULATION_SEEDS ?? 4);

function check(world: VirtualWorld, sent: readonly Sent[], topic: string): void {
  const stored = storedValues(world, topic);
  expect(sent.filter((record) => !record.acknowledged)).toEqual([]);
  for (const partition of [0, 1, 2]) {
    const expected = sent.filter((record) => record.partition === partition);
    expect(stored[partition]).toEqual(expected.map((record) => record.value));
  }
}

async function survive(world: VirtualWorld, fate: Fate): Promise<void> {
  const alive = keepAlive(world, fate);
  const sent = await produce(world, world.process(), 'orders', 1500);
  const { broker } = await alive;
  await broker.shutdown();
  check(world, sent, 'orders');
}

describe('a broker', { timeout: 60_000 }, () => {
  it('stores what it is sent, and stops in order', async () => {
    const world = new VirtualWorld(5);
    await world.scheduler.run(async () => {
      const { broker } = await startBroker(world.process());
      const sent = await produce(world, world.process(), 'orders', 200);
      await broker.shutdown();
      check(world, sent, 'orders');
    });
  });

  const manySeeds = (first: number) => Array.from({ length: seeds }, (_, n) => first + n);

  it.each(manySeeds(500))(
    'that is killed again and again loses and doubles nothing it acknowledged (seed %i)',
    async (seed) => {
      const world = new VirtualWorld(seed);
      await world.scheduler.run(() => survive(world, { deaths: 6 }));
    },
  );

  it.each(manySeeds(700))(
    'that flushes before it acknowledges survives power failures too (seed %i)',
    async (seed) => {
      const world = new VirtualWorld(seed);
      const properties = { 'log.flush.interval.messages': '1' };
      await world.scheduler.run(() => survive(world, { deaths: 6, losesPower: true, properties }));
    },
  );

  it.each(manySeeds(900))(
    'whose connections break keeps records single and in order (seed %i)',
    async (seed) => {
      const world = new VirtualWorld(seed);
      await world.scheduler.run(async () => {
        const { broker } = await startBroker(world.process());
        let isOver = false;
        const cutting = (async () => {
          while (!isOver) {
            await world.scheduler.sleep(world.random.int(200));
            world.network.cut();
          }
        })();
        const sent = await produce(world, world.process(), 'orders', 1500);
        isOver = true;
        await cutting;
        await broker.shutdown();
        check(world, sent, 'orders');
      });
    },
  );
});
