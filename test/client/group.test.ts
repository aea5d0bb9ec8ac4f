// Consumers in groups, on our own broker, in virtual time: who gets what, and that nothing is read by nobody or lost.

import { describe, expect, it } from 'vitest';
import type { Consumer } from '../../src/client/consumer/consumer.ts';
import type { TopicPartition } from '../../src/client/types.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { append } from './support/produce-cluster.ts';
import { RealCluster } from './support/real-cluster.ts';

async function onBroker(
  seed: number,
  work: (cluster: RealCluster, world: VirtualWorld) => Promise<void>,
): Promise<void> {
  const world = new VirtualWorld(seed);
  await world.scheduler.run(async () => {
    const cluster = await RealCluster.start(world);
    await work(cluster, world);
    await cluster.broker.shutdown();
  });
}

const ASSIGNOR = 'org.apache.kafka.clients.consumer.';

/** A consumer that polls until it is told to stop, and keeps what it saw. */
class Reader {
  readonly consumer: Consumer;
  readonly values: string[] = [];
  readonly events: string[] = [];
  #isStopped = false;
  readonly #done: Promise<void>;

  constructor(cluster: RealCluster, config: Record<string, string>, topics = ['t']) {
    const classic = 'group.protocol' in config ? {} : { 'heartbeat.interval.ms': '200' };
    this.consumer = cluster.consumer({ 'group.id': 'g', ...classic, ...config });
    this.consumer.subscribe(topics, {
      onAssigned: (partitions) => this.#note('+', partitions),
      onRevoked: (partitions) => this.#note('-', partitions),
      onLost: (partitions) => this.#note('!', partitions),
    });
    this.#done = this.#run();
  }

  get partitions(): number[] {
    return this.consumer
      .assignment()
      .map((item) => item.partition)
      .sort();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
    await this.consumer.close();
  }

  #note(sign: string, partitions: readonly TopicPartition[]): void {
    this.events.push(
      sign +
        partitions
          .map((item) => item.partition)
          .sort()
          .join(','),
    );
  }

  async #run(): Promise<void> {
    const cursor = new RecordCursor();
    while (!this.#isStopped) {
      for (const batch of await this.consumer.poll(100)) {
        cursor.reset(batch.buffer, batch.at);
        while (cursor.next()) {
          if (cursor.offset >= batch.fromOffset) this.values.push(cursor.value()!.toString());
        }
      }
    }
  }
}

async function fill(cluster: RealCluster, from: number, to: number): Promise<void> {
  const producer = cluster.producer();
  for (let index = from; index < to; index++) await append(producer, 't', `v${index}`, index % 4);
  await producer.close();
}

const ALL = [0, 1, 2, 3];

describe('a group', () => {
  it.each(['RangeAssignor', 'RoundRobinAssignor', 'StickyAssignor'])(
    'shares out partitions with the %s as members come and go, and reads everything once',
    async (name) => {
      await onBroker(1, async (cluster, world) => {
        await cluster.createTopic('t', 4);
        await fill(cluster, 0, 100);
        const config = { 'partition.assignment.strategy': ASSIGNOR + name };
        const first = new Reader(cluster, config);
        await world.scheduler.sleep(1000);
        expect(first.partitions).toEqual(ALL);
        const second = new Reader(cluster, config);
        await world.scheduler.sleep(2000);
        expect([...first.partitions, ...second.partitions].sort()).toEqual(ALL);
        expect(first.partitions).toHaveLength(2);
        await fill(cluster, 100, 200);
        await world.scheduler.sleep(1000);
        await first.stop();
        await world.scheduler.sleep(1000);
        expect(second.partitions).toEqual(ALL);
        await fill(cluster, 200, 300);
        await world.scheduler.sleep(1000);
        await second.stop();
        const all = [...first.values, ...second.values];
        expect(all).toHaveLength(300);
        expect(new Set(all).size).toBe(300);
        expect(first.events.slice(0, 2)).toEqual(['+0,1,2,3', '-0,1,2,3']);
      });
    },
  );

  it('shares out partitions under the consumer protocol, and reads everything once', async () => {
    await onBroker(12, async (cluster, world) => {
      await cluster.createTopic('t', 4);
      await fill(cluster, 0, 100);
      const config = { 'group.protocol': 'consumer' };
      const first = new Reader(cluster, config);
      await world.scheduler.sleep(2000);
      expect(first.partitions).toEqual(ALL);
      const second = new Reader(cluster, config);
      await world.scheduler.sleep(20_000);
      expect([...first.partitions, ...second.partitions].sort()).toEqual(ALL);
      expect(first.partitions).toHaveLength(2);
      await fill(cluster, 100, 200);
      await world.scheduler.sleep(1000);
      await first.stop();
      await world.scheduler.sleep(20_000);
      expect(second.partitions).toEqual(ALL);
      await fill(cluster, 200, 300);
      await world.scheduler.sleep(1000);
      await second.stop();
      const all = [...first.values, ...second.values];
      expect(all).toHaveLength(300);
      expect(new Set(all).size).toBe(300);
    });
  });

  it('gives up only what moves with the cooperative-sticky assignor', async () => {
    await onBroker(2, async (cluster, world) => {
      await cluster.createTopic('t', 4);
      const config = {
        'partition.assignment.strategy': `${ASSIGNOR}CooperativeStickyAssignor`,
      };
      const first = new Reader(cluster, config);
      await world.scheduler.sleep(1000);
      const second = new Reader(cluster, config);
      await world.scheduler.sleep(2000);
      expect(first.events).toEqual(['+0,1,2,3', '-2,3', '+', '+']);
      expect(second.events.at(-1)).toBe('+2,3');
      await second.stop();
      await world.scheduler.sleep(1000);
      expect(first.partitions).toEqual(ALL);
      expect(first.events.at(-1)).toBe('+2,3');
      await first.stop();
    });
  });

  it('goes on where it stopped', async () => {
    await onBroker(3, async (cluster, world) => {
      await cluster.createTopic('t', 4);
      await fill(cluster, 0, 40);
      const first = new Reader(cluster, {});
      await world.scheduler.sleep(1000);
      await first.stop();
      await fill(cluster, 40, 60);
      const second = new Reader(cluster, {});
      await world.scheduler.sleep(1000);
      await second.stop();
      expect(first.values).toHaveLength(40);
      expect(second.values.sort()).toEqual(
        Array.from({ length: 20 }, (_, index) => `v${index + 40}`).sort(),
      );
    });
  });

  it('reads topics that match, those that come later too, and new partitions', async () => {
    await onBroker(4, async (cluster, world) => {
      await cluster.createTopic('red', 1);
      await cluster.createTopic('blue', 1);
      const consumer = cluster.consumer({
        'group.id': 'g',
        'metadata.max.age.ms': '500',
        'heartbeat.interval.ms': '200',
      });
      consumer.subscribe({ matches: (topic) => /^red/.test(topic) });
      const keys = () =>
        consumer
          .assignment()
          .map(({ topic, partition }) => `${topic}-${partition}`)
          .sort();
      const until = async (expected: string[]) => {
        for (let i = 0; i < 50 && keys().join() !== expected.join(); i++) await consumer.poll(100);
        expect(keys()).toEqual(expected);
      };
      await until(['red-0']);
      await cluster.createTopic('redder', 2);
      await until(['red-0', 'redder-0', 'redder-1']);
      const { createPartitions } = await import('../../src/client/admin/create-partitions.ts');
      const client = cluster.client();
      await createPartitions(client, new Map([['red', { totalCount: 2 }]]));
      await client.close();
      await until(['red-0', 'red-1', 'redder-0', 'redder-1']);
      await consumer.close();
      await world.scheduler.sleep(10);
    });
  });

  it('keeps a static member’s place while it restarts', async () => {
    await onBroker(5, async (cluster, world) => {
      await cluster.createTopic('t', 4);
      const other = new Reader(cluster, { 'group.instance.id': 'b' });
      const first = new Reader(cluster, { 'group.instance.id': 'a' });
      await world.scheduler.sleep(2000);
      const held = first.partitions;
      const eventsBefore = other.events.length;
      await first.stop();
      await world.scheduler.sleep(2000);
      const again = new Reader(cluster, { 'group.instance.id': 'a' });
      await world.scheduler.sleep(2000);
      expect(again.partitions).toEqual(held);
      expect(other.events).toHaveLength(eventsBefore);
      await again.stop();
      await other.stop();
    });
  });

  it('takes the partitions of a member that stops polling', async () => {
    await onBroker(6, async (cluster, world) => {
      await cluster.createTopic('t', 4);
      const lazy = cluster.consumer({
        'group.id': 'g',
        'max.poll.interval.ms': '3000',
        'heartbeat.interval.ms': '200',
      });
      const lost: number[] = [];
      lazy.subscribe(['t'], { onLost: (partitions) => void lost.push(partitions.length) });
      while (lazy.assignment().length < 4) await lazy.poll(100);
      const busy = new Reader(cluster, { 'max.poll.interval.ms': '3000' });
      await world.scheduler.sleep(8000);
      expect(busy.partitions).toEqual(ALL);
      await lazy.poll(100);
      expect(lost).toEqual([4]);
      for (let i = 0; i < 30 && lazy.assignment().length === 0; i++) await lazy.poll(100);
      expect(lazy.assignment()).toHaveLength(2);
      await lazy.close();
      await busy.stop();
    });
  });

  it('survives broken connections', async () => {
    await onBroker(7, async (cluster, world) => {
      await cluster.createTopic('t', 4);
      await fill(cluster, 0, 100);
      const first = new Reader(cluster, { 'auto.commit.interval.ms': '100' });
      const second = new Reader(cluster, { 'auto.commit.interval.ms': '100' });
      const port = Number(cluster.bootstrapServers[0]!.split(':')[1]);
      for (let round = 1; round <= 5; round++) {
        await world.scheduler.sleep(1500);
        world.network.cut(port);
        await fill(cluster, round * 100, round * 100 + 100);
      }
      await world.scheduler.sleep(5000);
      await first.stop();
      await second.stop();
      expect(new Set([...first.values, ...second.values]).size).toBe(600);
    });
  });

  it('refuses a member whose assignors nobody shares', async () => {
    await onBroker(8, async (cluster, world) => {
      await cluster.createTopic('t', 4);
      const first = new Reader(cluster, {});
      await world.scheduler.sleep(1000);
      const other = cluster.consumer({
        'group.id': 'g',
        'partition.assignment.strategy': `${ASSIGNOR}RoundRobinAssignor`,
      });
      other.subscribe(['t']);
      await expect(
        (async () => {
          for (let i = 0; i < 30; i++) await other.poll(100);
        })(),
      ).rejects.toThrow(
        "The group member's supported protocols are incompatible with those of existing members",
      );
      await other.close();
      await first.stop();
    });
  });
});
