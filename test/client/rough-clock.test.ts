// Waits of the clients on a clock that moves while they look at it: a retry that has just come due must not be missed.

import { describe, expect, it } from 'vitest';
import { LIST_OFFSETS } from '../../src/protocol/generated/apis/list-offsets.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { ConsumeCluster } from './support/consume-cluster.ts';
import { withRoughClock } from './support/rough-clock.ts';

const LONG_MS = 3_600_000;
const EARLY_MS = Array.from({ length: 30 }, (_, step) => step * 0.1);

describe('a consumer whose timers come a little early', () => {
  it('looks up the first offset again after a passing error', async () => {
    for (const earlyMs of EARLY_MS) {
      const world = new VirtualWorld(1);
      await world.scheduler.run(async () => {
        const cluster = await ConsumeCluster.start(world);
        cluster.broker.topic('t');
        cluster.append('t', 0, ['a']);
        let asked = 0;
        cluster.broker.on(LIST_OFFSETS, () => ({
          topics: [
            {
              name: 't',
              partitions: [{ partitionIndex: 0, offset: 0, errorCode: asked++ ? 0 : 9 }],
            },
          ],
        }));
        const consumer = cluster.consumer({}, withRoughClock(world.process().io, earlyMs));
        consumer.assign([{ topic: 't', partition: 0 }]);
        consumer.seekToBeginning();
        expect(await consumer.poll(LONG_MS)).toHaveLength(1);
        expect(world.scheduler.nowMs, `timers ${earlyMs} ms early`).toBeLessThan(1000);
        await consumer.close();
      });
    }
  });

  it('fetches again after a passing error', async () => {
    for (const earlyMs of EARLY_MS) {
      const world = new VirtualWorld(2);
      await world.scheduler.run(async () => {
        const cluster = await ConsumeCluster.start(world);
        cluster.broker.topic('t');
        cluster.append('t', 0, ['a']);
        cluster.partition('t').errors.push(9, 9);
        const consumer = cluster.consumer({}, withRoughClock(world.process().io, earlyMs));
        consumer.assign([{ topic: 't', partition: 0 }]);
        consumer.seek({ topic: 't', partition: 0 }, 0);
        expect(await consumer.poll(LONG_MS)).toHaveLength(1);
        expect(world.scheduler.nowMs, `timers ${earlyMs} ms early`).toBeLessThan(1000);
        await consumer.close();
      });
    }
  });
});
