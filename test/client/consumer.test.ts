// The consumer against a scripted broker in virtual time: positions, sessions, resets, transactions, errors, commits.

import { describe, expect, it } from 'vitest';
import { buildBatch } from '../../src/records/record-batch-builder.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { seeded } from '../support/seeded.ts';
import { ConsumeCluster, read } from './support/consume-cluster.ts';

async function inWorld<T>(
  seed: number,
  work: (cluster: ConsumeCluster, world: VirtualWorld) => Promise<T>,
): Promise<T> {
  const world = new VirtualWorld(seed);
  return world.scheduler.run(async () => work(await ConsumeCluster.start(world), world));
}

const T0 = { topic: 't', partition: 0 };

function values(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `v${from + index}`);
}

describe('a consumer of assigned partitions', () => {
  it('reads all partitions from the beginning, in order, and leaves nothing open', async () => {
    await inWorld(1, async (cluster, world) => {
      cluster.broker.topic('t', 3);
      for (let batch = 0; batch < 20; batch++) {
        for (let partition = 0; partition < 3; partition++) {
          cluster.append('t', partition, values(batch * 10, batch * 10 + 10));
        }
      }
      const consumer = cluster.consumer({ 'max.partition.fetch.bytes': '400' });
      consumer.assign([0, 1, 2].map((partition) => ({ topic: 't', partition })));
      const found = await read(consumer, 600);
      for (const partition of [0, 1, 2]) {
        expect(found.get(`t-${partition}`)).toEqual(values(0, 200));
      }
      await consumer.close();
      await world.scheduler.sleep(20);
      expect(cluster.broker.connections).toBe(0);
      await expect(consumer.poll(0)).rejects.toThrow('This consumer has already been closed.');
    });
  });

  it('sends only what changed once a fetch session is open', async () => {
    await inWorld(2, async (cluster) => {
      cluster.broker.topic('t', 4);
      for (const partition of [0, 1, 2, 3]) cluster.append('t', partition, ['first']);
      const consumer = cluster.consumer();
      consumer.assign([0, 1, 2, 3].map((partition) => ({ topic: 't', partition })));
      await read(consumer, 4);
      cluster.append('t', 2, ['second']);
      await read(consumer, 1);
      await consumer.poll(100);
      const [first, ...later] = cluster.fetches;
      expect(first!.topics.flatMap((topic) => topic.partitions)).toHaveLength(4);
      expect(later.every((request) => request.sessionId === 1)).toBe(true);
      const last = cluster.fetches.at(-1)!.topics.flatMap((topic) => topic.partitions);
      expect(last.map(({ partition }) => partition)).toEqual([2]);
      await consumer.close();
    });
  });

  it('begins inside a batch when the offset lies there', async () => {
    await inWorld(3, async (cluster) => {
      cluster.broker.topic('t');
      cluster.append('t', 0, values(0, 10));
      const consumer = cluster.consumer();
      consumer.assign([T0]);
      consumer.seek(T0, 7);
      expect((await read(consumer, 3)).get('t-0')).toEqual(['v7', 'v8', 'v9']);
      expect(await consumer.position(T0)).toBe(10);
      await consumer.close();
    });
  });

  it('reads a batch at a time when max.partition.fetch.bytes is 0', async () => {
    await inWorld(5, async (cluster) => {
      cluster.broker.topic('t');
      for (let batch = 0; batch < 3; batch++) cluster.append('t', 0, [`v${batch}`]);
      const consumer = cluster.consumer({ 'max.partition.fetch.bytes': '0' });
      consumer.assign([T0]);
      expect((await read(consumer, 3)).get('t-0')).toEqual(['v0', 'v1', 'v2']);
      await consumer.close();
    });
  });

  it('drops what it fetched ahead when it is told to seek', async () => {
    await inWorld(4, async (cluster) => {
      cluster.broker.topic('t');
      for (let batch = 0; batch < 10; batch++) {
        cluster.append('t', 0, values(batch * 10, batch * 10 + 10));
      }
      const consumer = cluster.consumer({ 'max.poll.records': '10' });
      consumer.assign([T0]);
      expect((await read(consumer, 10)).get('t-0')).toEqual(values(0, 10));
      consumer.seek(T0, 3);
      expect((await read(consumer, 97)).get('t-0')).toEqual(values(3, 100));
      await consumer.close();
    });
  });

  it('stops a paused partition and goes on with the others', async () => {
    await inWorld(5, async (cluster) => {
      cluster.broker.topic('t', 2);
      cluster.append('t', 0, ['a']);
      cluster.append('t', 1, ['b']);
      const consumer = cluster.consumer();
      const t1 = { topic: 't', partition: 1 };
      consumer.assign([T0, t1]);
      consumer.pause([T0]);
      expect([...(await read(consumer, 2, 3))]).toEqual([['t-1', ['b']]]);
      consumer.resume([T0]);
      expect([...(await read(consumer, 1))]).toEqual([['t-0', ['a']]]);
      await consumer.close();
    });
  });

  it('returns nothing after the time-out, and at once when woken up', async () => {
    await inWorld(6, async (cluster, world) => {
      cluster.broker.topic('t');
      const consumer = cluster.consumer();
      consumer.assign([T0]);
      const before = world.scheduler.nowMs;
      expect(await consumer.poll(1234)).toEqual([]);
      expect(world.scheduler.nowMs - before).toBeGreaterThanOrEqual(1234);
      world.scheduler.schedule(50, () => consumer.wakeup());
      const again = world.scheduler.nowMs;
      expect(await consumer.poll(10_000)).toEqual([]);
      expect(world.scheduler.nowMs - again).toBeLessThan(100);
      await consumer.close();
    });
  });

  it('reads on after lost connections and passing errors, each record once', async () => {
    for (let seed = 200; seed < 220; seed++) {
      const chance = seeded(seed);
      await inWorld(seed, async (cluster) => {
        cluster.broker.topic('t', 2);
        for (let batch = 0; batch < 30; batch++) {
          for (const partition of [0, 1]) {
            cluster.append('t', partition, values(batch * 5, batch * 5 + 5));
          }
        }
        cluster.hangUp = () => chance() < 0.15;
        cluster.partition('t', 0).errors.push(6, 74, 9);
        const consumer = cluster.consumer({ 'max.partition.fetch.bytes': '300' });
        consumer.assign([T0, { topic: 't', partition: 1 }]);
        const found = await read(consumer, 300, 500);
        expect(found.get('t-0'), `seed ${seed}`).toEqual(values(0, 150));
        expect(found.get('t-1'), `seed ${seed}`).toEqual(values(0, 150));
        await consumer.close();
      });
    }
  });

  it('starts a new session when the broker has forgotten the old one', async () => {
    await inWorld(7, async (cluster) => {
      cluster.broker.topic('t');
      cluster.append('t', 0, ['a']);
      const consumer = cluster.consumer();
      consumer.assign([T0]);
      await read(consumer, 1);
      cluster.forgetSessions();
      cluster.append('t', 0, ['b']);
      expect((await read(consumer, 1)).get('t-0')).toEqual(['b']);
      expect(cluster.fetches.filter((request) => request.sessionEpoch === 0)).toHaveLength(2);
      await consumer.close();
    });
  });

  it('resets by policy when the log has moved on', async () => {
    await inWorld(8, async (cluster) => {
      cluster.broker.topic('t');
      const served = cluster.partition('t');
      served.endOffset = 50;
      served.startOffset = 50;
      cluster.append('t', 0, ['fifty']);
      const consumer = cluster.consumer();
      consumer.assign([T0]);
      consumer.seek(T0, 10);
      expect((await read(consumer, 1)).get('t-0')).toEqual(['fifty']);
      expect(await consumer.position(T0)).toBe(51);
      await consumer.close();
    });
  });

  it('says so instead when the policy is none', async () => {
    await inWorld(9, async (cluster) => {
      cluster.broker.topic('t');
      cluster.append('t', 0, ['a']);
      const consumer = cluster.consumer({ 'auto.offset.reset': 'none' });
      consumer.assign([T0]);
      await expect(read(consumer, 1)).rejects.toThrow(
        'Undefined offset with no reset policy for partitions: [t-0]',
      );
      consumer.seek(T0, 99);
      await expect(read(consumer, 1)).rejects.toThrow(
        /^Fetch position FetchPosition\{offset=99, offsetEpoch=Optional.empty, currentLeader=LeaderAndEpoch\{leader=Optional\[localhost:\d+ \(id: 1 rack: null isFenced: false\)\], epoch=0\}\} is out of range for partition t-0$/,
      );
      await consumer.close();
    });
  });

  it('finds only new records under latest, and the end for a duration without any', async () => {
    for (const policy of ['latest', 'by_duration:PT1H']) {
      await inWorld(10, async (cluster) => {
        cluster.broker.topic('t');
        cluster.append('t', 0, ['old']);
        const consumer = cluster.consumer({ 'auto.offset.reset': policy });
        consumer.assign([T0]);
        expect(await consumer.position(T0)).toBe(1);
        cluster.append('t', 0, ['new']);
        expect((await read(consumer, 1)).get('t-0')).toEqual(['new']);
        await consumer.close();
      });
    }
  });

  it('goes back when a new leader has less than was read', async () => {
    await inWorld(11, async (cluster) => {
      const topic = cluster.broker.topic('t', 1, { leaderEpochs: [5] });
      const served = cluster.partition('t');
      served.leaderEpoch = 5;
      for (let batch = 0; batch < 4; batch++) cluster.append('t', 0, [`old ${batch}`]);
      const consumer = cluster.consumer({ 'metadata.max.age.ms': '500' });
      consumer.assign([T0]);
      await read(consumer, 4);
      served.batches.splice(2);
      served.endOffset = 2;
      served.epochEnds.set(5, 2);
      served.leaderEpoch = 6;
      topic.leaderEpochs = [6];
      cluster.append('t', 0, ['new 2']);
      expect((await read(consumer, 1)).get('t-0')).toEqual(['new 2']);
      await consumer.close();
    });
  });

  it('waits for a topic that is being created, and refuses one that can’t be', async () => {
    await inWorld(12, async (cluster, world) => {
      const consumer = cluster.consumer();
      consumer.assign([T0]);
      world.scheduler.schedule(700, () => {
        cluster.broker.topic('t');
        cluster.append('t', 0, ['here']);
      });
      expect((await read(consumer, 1)).get('t-0')).toEqual(['here']);
      await consumer.close();
      cluster.broker.topic('bad topic', 1, { errorCode: 17 });
      const other = cluster.consumer();
      other.assign([{ topic: 'bad topic', partition: 0 }]);
      await expect(read(other, 1)).rejects.toThrow('Invalid topics: [bad topic]');
      await other.close();
    });
  });

  it('stops before a damaged batch, and reads past it after a seek', async () => {
    await inWorld(13, async (cluster) => {
      cluster.broker.topic('t');
      for (const value of ['good', 'damaged', 'after']) cluster.append('t', 0, [value]);
      const bad = cluster.partition('t').batches[1]!;
      bad[bad.length - 2]! ^= 1;
      const consumer = cluster.consumer();
      consumer.assign([T0]);
      expect((await read(consumer, 1)).get('t-0')).toEqual(['good']);
      await expect(read(consumer, 1)).rejects.toThrow(
        'Received exception when fetching the next record from t-0. If needed, please seek past the record to continue consumption.',
      );
      consumer.seek(T0, 2);
      expect((await read(consumer, 1)).get('t-0')).toEqual(['after']);
      await consumer.close();
    });
  });

  it('doesn’t look at checksums when told not to', async () => {
    await inWorld(14, async (cluster) => {
      cluster.broker.topic('t');
      cluster.append('t', 0, ['damaged']);
      const bad = cluster.partition('t').batches[0]!;
      bad[bad.length - 2]! ^= 1;
      const consumer = cluster.consumer({ 'check.crcs': 'false' });
      consumer.assign([T0]);
      expect((await read(consumer, 1)).get('t-0')).toEqual(['damagee']);
      await consumer.close();
    });
  });
});

describe('isolation', () => {
  const marker = (type: number) => {
    const key = Buffer.alloc(4);
    key.writeInt16BE(type, 2);
    return [{ key, value: Buffer.alloc(6), timestamp: 1 }];
  };

  async function consumed(isolation: string): Promise<string[] | undefined> {
    return inWorld(15, async (cluster) => {
      cluster.broker.topic('t');
      const served = cluster.partition('t');
      const tx = (producerId: number) => ({ producerId, producerEpoch: 0, transactional: true });
      cluster.append('t', 0, ['plain 0']);
      cluster.append('t', 0, ['aborted 1'], { ...tx(9), baseSequence: 0 });
      cluster.append('t', 0, ['committed 2'], { ...tx(8), baseSequence: 0 });
      cluster.append('t', 0, ['aborted 3'], { ...tx(9), baseSequence: 1 });
      cluster.appendBatch(served, buildBatch(marker(0), { ...tx(9), control: true }));
      cluster.append('t', 0, ['committed 5'], { ...tx(9), baseSequence: 2 });
      cluster.appendBatch(served, buildBatch(marker(1), { ...tx(8), control: true }));
      cluster.appendBatch(served, buildBatch(marker(1), { ...tx(9), control: true }));
      served.aborted = [{ producerId: 9, firstOffset: 1 }];
      const consumer = cluster.consumer({ 'isolation.level': isolation });
      consumer.assign([T0]);
      const found = await read(consumer, 99, 3);
      // Markers move the position though nothing of them is shown.
      expect(await consumer.position(T0)).toBe(8);
      await consumer.close();
      return found.get('t-0');
    });
  }

  it('read_committed leaves out aborted transactions and all markers', async () => {
    expect(await consumed('read_committed')).toEqual(['plain 0', 'committed 2', 'committed 5']);
  });

  it('read_uncommitted leaves out the markers only', async () => {
    expect(await consumed('read_uncommitted')).toEqual([
      'plain 0',
      'aborted 1',
      'committed 2',
      'aborted 3',
      'committed 5',
    ]);
  });
});

describe('offsets of a group', () => {
  it('are where reading begins, and are committed at close as far as was read', async () => {
    await inWorld(16, async (cluster) => {
      cluster.broker.topic('t');
      for (let batch = 0; batch < 6; batch++) cluster.append('t', 0, [`v${batch}`]);
      cluster.committed.set('t-0', 2);
      const consumer = cluster.consumer({ 'group.id': 'g' });
      consumer.assign([T0]);
      expect((await read(consumer, 4)).get('t-0')).toEqual(values(2, 6));
      // The reader stopped in the middle, as --max-messages does.
      consumer.seek(T0, 5);
      await consumer.close();
      expect(cluster.committed.get('t-0')).toBe(5);
    });
  });

  it('are committed every auto.commit.interval.ms while reading', async () => {
    await inWorld(17, async (cluster) => {
      cluster.broker.topic('t');
      cluster.append('t', 0, ['a']);
      const consumer = cluster.consumer({ 'group.id': 'g', 'auto.commit.interval.ms': '2000' });
      consumer.assign([T0]);
      await read(consumer, 1);
      expect(cluster.committed.has('t-0')).toBe(false);
      await consumer.poll(2500);
      await consumer.poll(500);
      expect(cluster.committed.get('t-0')).toBe(1);
      await consumer.close();
    });
  });

  it('are left alone without enable.auto.commit, but can be committed', async () => {
    await inWorld(18, async (cluster) => {
      cluster.broker.topic('t');
      cluster.append('t', 0, ['a', 'b']);
      const consumer = cluster.consumer({ 'group.id': 'g', 'enable.auto.commit': 'false' });
      consumer.assign([T0]);
      await read(consumer, 2);
      await consumer.commit([{ ...T0, offset: 1 }]);
      await consumer.close();
      expect(cluster.committed.get('t-0')).toBe(1);
    });
  });

  it('need a group', async () => {
    await inWorld(19, async (cluster) => {
      const consumer = cluster.consumer();
      expect(() => consumer.subscribe(['t'])).toThrow(
        'To use the group management or offset commit APIs, you must provide a valid group.id in the consumer configuration.',
      );
      await expect(consumer.poll(0)).rejects.toThrow(
        'Consumer is not subscribed to any topics or assigned any partitions',
      );
      await consumer.close();
    });
  });
});
