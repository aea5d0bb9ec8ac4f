// A broker whose disk is full when partitions are to be made: they are made as soon as there is room, the coordinator's
// own partition among them, and clients that are patient notice nothing.

import { expect, it } from 'vitest';
import { Consumer } from '../../src/client/consumer/consumer.ts';
import { BOOTSTRAP, produce, startBroker, storedValues } from './cluster.ts';
import { VirtualWorld } from './virtual-io.ts';

it('partitions that a full disk had no room for are made when there is room', async () => {
  const world = new VirtualWorld(11);
  await world.scheduler.run(async () => {
    const process = world.process();
    const { broker } = await startBroker(process);
    const fault = {
      operation: 'makeDirectory' as const,
      path: /\/(orders-1|__consumer_offsets-0)$/,
      code: 'ENOSPC',
      times: Number.POSITIVE_INFINITY,
    };
    process.disk.faults.push(fault);
    const consumer = new Consumer({
      bootstrapServers: [BOOTSTRAP],
      config: new Map([['group.id', 'readers']]),
      io: world.process().io,
    });
    consumer.assign([{ topic: 'orders', partition: 0 }]);
    const committed = consumer.commit([{ topic: 'orders', partition: 0, offset: 7 }]);
    const sending = produce(world, world.process(), 'orders', 100);
    await world.scheduler.sleep(5000);
    const isThere = () => process.disk.exists('/data/kafka/orders-1');
    expect([isThere(), process.disk.exists('/data/kafka/orders-0')]).toEqual([false, true]);

    fault.times = 0;
    const sent = await sending;
    await committed;
    expect(isThere()).toBe(true);
    expect(sent.filter(({ acknowledged }) => !acknowledged)).toEqual([]);
    await consumer.close();
    await broker.shutdown();
    const values = (partition: number) =>
      sent.filter((record) => record.partition === partition).map(({ value }) => value);
    expect(storedValues(world, 'orders')).toEqual([0, 1, 2].map(values));
  });
});
