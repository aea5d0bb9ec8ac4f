// A group of consumers beside a producer, while the broker is killed and the members come and go. Every acknowledged
// record is read at least once, and an offset whose commit was answered is never lost or taken back.
// SIMULATION_SEEDS=n tries more lives.

import { describe, expect, it } from 'vitest';
import { Consumer } from '../../src/client/consumer/consumer.ts';
import { ClientError } from '../../src/client/errors.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import { BOOTSTRAP, keepAlive, produce, type Sent } from './cluster.ts';
import { VirtualWorld } from './virtual-io.ts';

const seeds = Number(process.env.SIMULATION_SEEDS ?? 3);
const TOPIC = 'orders';

/** What the group did, over all its members. */
class GroupModel {
  readonly seen = new Set<string>();
  /** By partition: the furthest offset whose commit was answered. */
  readonly committed = new Map<number, number>();
  isOver = false;
}

function newConsumer(world: VirtualWorld): Consumer {
  return new Consumer({
    bootstrapServers: [BOOTSTRAP],
    config: new Map([
      ['group.id', 'readers'],
      ['auto.offset.reset', 'earliest'],
      ['enable.auto.commit', 'false'],
      ['session.timeout.ms', '6000'],
      ['heartbeat.interval.ms', '1000'],
      ['metadata.max.age.ms', '1000'],
      ['default.api.timeout.ms', '5000'],
      ['request.timeout.ms', '3000'],
    ]),
    io: world.process().io,
  });
}

/** Reads and commits until its time is over or everything was read. */
async function member(world: VirtualWorld, model: GroupModel, lifeMs: number): Promise<void> {
  const consumer = newConsumer(world);
  const endMs = world.scheduler.nowMs + lifeMs;
  consumer.subscribe([TOPIC]);
  const cursor = new RecordCursor();
  while (!model.isOver && world.scheduler.nowMs < endMs) {
    const offsets = new Map<number, number>();
    for (const { partition, buffer, at, fromOffset } of await consumer.poll(100)) {
      cursor.reset(buffer, at);
      while (cursor.next()) {
        if (cursor.offset < fromOffset) continue;
        model.seen.add(cursor.value()!.toString());
        offsets.set(partition, cursor.offset + 1);
      }
    }
    if (offsets.size > 0) await commit(consumer, model, offsets);
  }
  await consumer.close();
}

async function commit(
  consumer: Consumer,
  model: GroupModel,
  offsets: ReadonlyMap<number, number>,
): Promise<void> {
  const list = [...offsets].map(([partition, offset]) => ({ topic: TOPIC, partition, offset }));
  try {
    await consumer.commit(list);
  } catch (error) {
    // A rebalance or a dead broker: the records will be read again.
    if (error instanceof ClientError) return;
    throw error;
  }
  for (const [partition, offset] of offsets) {
    model.committed.set(partition, Math.max(offset, model.committed.get(partition) ?? 0));
  }
}

async function everythingRead(
  world: VirtualWorld,
  model: GroupModel,
  sent: readonly Sent[],
): Promise<void> {
  const deadlineMs = world.scheduler.nowMs + 120_000;
  const missing = () => sent.filter(({ value }) => !model.seen.has(value)).length;
  while (missing() > 0 && world.scheduler.nowMs < deadlineMs) await world.scheduler.sleep(100);
  expect(missing()).toBe(0);
}

describe('a group', { timeout: 60_000 }, () => {
  it.each(Array.from({ length: seeds }, (_, n) => 300 + n))(
    'reads everything and keeps its commits while brokers die and members change (seed %i)',
    async (seed) => {
      const world = new VirtualWorld(seed);
      await world.scheduler.run(async () => {
        const model = new GroupModel();
        const alive = keepAlive(world, { deaths: 4 });
        const members = [member(world, model, 3_600_000)];
        for (let n = 0; n < 3; n++) {
          members.push(
            world.scheduler
              .sleep(world.random.int(8_000))
              .then(() => member(world, model, 500 + world.random.int(10_000))),
          );
        }
        const sent = await produce(world, world.process(), TOPIC, 800);
        const { broker } = await alive;
        await everythingRead(world, model, sent);
        model.isOver = true;
        await Promise.all(members);
        const last = newConsumer(world);
        const partitions = [0, 1, 2].map((partition) => ({ topic: TOPIC, partition }));
        const found = await last.committed(partitions);
        for (const [partition, offset] of model.committed) {
          expect(found.get(`${TOPIC}-${partition}`)?.offset).toBeGreaterThanOrEqual(offset);
        }
        await last.close();
        await broker.shutdown();
      });
    },
  );
});
