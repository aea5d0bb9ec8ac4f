// A bank on transactions (test/support/bank.ts) with the whole broker on a virtual disk and network: the broker dies in the
// middle of changes to its disk, connections break, clients crash. Every order is carried out once, and nothing hangs.
// SIMULATION_SEEDS=n tries more lives.

import { describe, expect, it } from 'vitest';
import { Bank, staffInProcess } from '../support/bank.ts';
import type { BankWorld } from '../support/bank-worker.ts';
import { BOOTSTRAP, keepAlive, startBroker } from './cluster.ts';
import { VirtualWorld } from './virtual-io.ts';

const seeds = Number(process.env.SIMULATION_SEEDS ?? 2);
const MISHAPS = { abort: 0.05, crash: 0.05, zombie: 0.05 };
const PROPERTIES = {
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '2',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
};

function bankWorld(world: VirtualWorld): BankWorld {
  return {
    newIo: () => world.process().io,
    bootstrapServers: [BOOTSTRAP],
    chance: () => world.random.fraction(),
    sleep: (ms) => world.scheduler.sleep(ms),
  };
}

async function openedBank(world: VirtualWorld): Promise<Bank> {
  const its = bankWorld(world);
  const bank = new Bank(its, staffInProcess(its, MISHAPS));
  await bank.open();
  return bank;
}

const manySeeds = (first: number) => Array.from({ length: seeds }, (_, n) => first + n);

describe('a bank', { timeout: 120_000 }, () => {
  it.each(manySeeds(40))('keeps its books while clients crash (seed %i)', async (seed) => {
    const world = new VirtualWorld(seed);
    await world.scheduler.run(async () => {
      const { broker } = await startBroker(world.process(), PROPERTIES);
      const bank = await openedBank(world);
      await bank.giveOrders(1000, 100);
      expect(await bank.close(120_000)).toEqual([]);
      await broker.shutdown();
    });
  });

  it.each(manySeeds(60))('keeps its books while connections break (seed %i)', async (seed) => {
    const world = new VirtualWorld(seed);
    await world.scheduler.run(async () => {
      const { broker } = await startBroker(world.process(), PROPERTIES);
      const bank = await openedBank(world);
      let isOver = false;
      const cutting = (async () => {
        while (!isOver) {
          await world.scheduler.sleep(world.random.int(600));
          world.network.cut();
        }
      })();
      await bank.giveOrders(2000, 100);
      isOver = true;
      await cutting;
      expect(await bank.close(120_000)).toEqual([]);
      await broker.shutdown();
    });
  });

  it.each(manySeeds(80))('keeps its books while its broker dies (seed %i)', async (seed) => {
    const world = new VirtualWorld(seed);
    await world.scheduler.run(async () => {
      const alive = keepAlive(world, { deaths: 5, properties: PROPERTIES });
      const bank = await openedBank(world);
      await bank.giveOrders(3000, 150);
      expect(await bank.close(300_000)).toEqual([]);
      const { broker } = await alive;
      await broker.shutdown();
    });
  });

  it.each(manySeeds(20))(
    'keeps its books while its broker dies between decisions and their ends (seed %i)',
    async (seed) => {
      const world = new VirtualWorld(seed);
      await world.scheduler.run(async () => {
        const inWritesTo = /__transaction_state-\d+\/\d+\.log$/;
        const alive = keepAlive(world, { deaths: 5, inWritesTo, properties: PROPERTIES });
        const bank = await openedBank(world);
        await bank.giveOrders(3000, 150);
        expect(await bank.close(300_000)).toEqual([]);
        const { broker } = await alive;
        await broker.shutdown();
      });
    },
  );
});
