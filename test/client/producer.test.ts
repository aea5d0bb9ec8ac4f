// The producer against a scripted broker in virtual time: order, retries, duplicates, bounds, errors.

import { describe, expect, it } from 'vitest';
import { API_VERSIONS } from '../../src/protocol/generated/apis/api-versions.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { PRODUCE } from '../../src/protocol/generated/apis/produce.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { seeded } from '../support/seeded.ts';
import { append, type Fault, numbered, ProduceCluster } from './support/produce-cluster.ts';

async function inWorld<T>(
  seed: number,
  work: (cluster: ProduceCluster, world: VirtualWorld) => Promise<T>,
): Promise<T> {
  const world = new VirtualWorld(seed);
  return world.scheduler.run(async () => work(await ProduceCluster.start(world), world));
}

describe('a producer', () => {
  it('brings every record to the log once and in order', async () => {
    await inWorld(1, async (cluster, world) => {
      cluster.broker.topic('t');
      const producer = cluster.producer({ 'batch.size': '200' });
      for (const value of numbered(500)) await append(producer, 't', value);
      await producer.close();
      await world.scheduler.sleep(10);
      expect(cluster.log('t').values()).toEqual(numbered(500));
      expect(cluster.acknowledged).toBe(500);
      expect(cluster.broker.connections).toBe(0);
    });
  });

  it('sends at most five requests ahead of the answers', async () => {
    await inWorld(2, async (cluster) => {
      cluster.broker.topic('t');
      const producer = cluster.producer({ 'batch.size': '100' });
      for (const value of numbered(200)) await append(producer, 't', value);
      await producer.close();
      expect(cluster.broker.mostWaiting).toBe(5);
      expect(cluster.log('t').values()).toEqual(numbered(200));
    });
  });

  it('waits linger.ms for more records before it sends a batch that isn’t full', async () => {
    await inWorld(3, async (cluster, world) => {
      cluster.broker.topic('t');
      const producer = cluster.producer({ 'linger.ms': '500' });
      await append(producer, 't', 'warm up');
      await producer.flush();
      const before = world.scheduler.nowMs;
      await append(producer, 't', 'a');
      await world.scheduler.sleep(400);
      await append(producer, 't', 'b');
      while (cluster.acknowledged < 3) await world.scheduler.sleep(1);
      expect(world.scheduler.nowMs - before).toBeGreaterThanOrEqual(500);
      expect(cluster.reports.map((report) => report.recordCount)).toEqual([1, 2]);
      await producer.close();
    });
  });

  it('puts batches of several partitions into one request', async () => {
    await inWorld(4, async (cluster) => {
      cluster.broker.topic('t', 4);
      const producer = cluster.producer({ 'linger.ms': '100' });
      for (let index = 0; index < 40; index++) await append(producer, 't', `v${index}`, index % 4);
      await producer.close();
      expect(cluster.requests).toHaveLength(1);
      expect(cluster.requests[0]!.topicData[0]!.partitionData).toHaveLength(4);
    });
  });

  it.each<[string, Fault]>([
    ['a request that never arrived', 'lost request'],
    ['an answer that was lost', 'lost answer'],
    ['NOT_LEADER_OR_FOLLOWER', 6],
    ['NOT_ENOUGH_REPLICAS', 19],
    ['COORDINATOR_LOAD_IN_PROGRESS', 14],
  ])('sends again after %s, without loss, double or disorder', async (_name, fault) => {
    await inWorld(5, async (cluster) => {
      cluster.broker.topic('t');
      cluster.fault = (index) => (index === 3 || index === 9 ? fault : 'none');
      const producer = cluster.producer({ 'batch.size': '100' });
      for (const value of numbered(300)) await append(producer, 't', value);
      await producer.close();
      expect(cluster.log('t').values()).toEqual(numbered(300));
      expect(cluster.errors).toEqual([]);
    });
  });

  it('sends again after request.timeout.ms without an answer', async () => {
    await inWorld(6, async (cluster, world) => {
      cluster.broker.topic('t');
      cluster.fault = (index) => (index === 0 ? 'silence' : 'none');
      const producer = cluster.producer({ 'request.timeout.ms': '2000' });
      await append(producer, 't', 'once');
      await producer.close();
      expect(world.scheduler.nowMs).toBeGreaterThan(2000);
      expect(cluster.log('t').values()).toEqual(['once']);
    });
  });

  it('survives whatever happens to its requests', async () => {
    for (let seed = 100; seed < 130; seed++) {
      const chance = seeded(seed);
      const faults: Fault[] = ['lost request', 'lost answer', 6, 19, 14, 7];
      await inWorld(seed, async (cluster) => {
        cluster.broker.topic('t', 2);
        cluster.fault = () =>
          chance() < 0.25 ? faults[Math.floor(chance() * faults.length)]! : 'none';
        const producer = cluster.producer({ 'batch.size': '150', 'linger.ms': '1' });
        for (const value of numbered(400))
          await append(producer, 't', value, Number(value.at(-1)) % 2);
        await producer.close();
        const even = numbered(400).filter((value) => Number(value.at(-1)) % 2 === 0);
        const odd = numbered(400).filter((value) => Number(value.at(-1)) % 2 === 1);
        expect(cluster.log('t', 0).values(), `seed ${seed}`).toEqual(even);
        expect(cluster.log('t', 1).values(), `seed ${seed}`).toEqual(odd);
        expect(cluster.acknowledged).toBe(400);
      });
    }
  });

  it('never doubles or reorders what it gave up on, and loses nothing that it reported', async () => {
    for (let seed = 300; seed < 340; seed++) {
      const chance = seeded(seed);
      const faults: Fault[] = ['lost request', 'lost answer', 'silence', 19];
      await inWorld(seed, async (cluster) => {
        cluster.broker.topic('t');
        cluster.fault = () =>
          chance() < 0.5 ? faults[Math.floor(chance() * faults.length)]! : 'none';
        const producer = cluster.producer({
          'batch.size': '150',
          'linger.ms': '1',
          'request.timeout.ms': '100',
          'delivery.timeout.ms': '400',
        });
        for (const value of numbered(300)) await append(producer, 't', value);
        await producer.close();
        const values = cluster.log('t').values();
        expect(new Set(values).size, `seed ${seed}`).toBe(values.length);
        expect([...values].sort(byNumber), `seed ${seed}`).toEqual(values);
        expect(values.length).toBeGreaterThanOrEqual(cluster.acknowledged);
        expect(cluster.reports.reduce((sum, report) => sum + report.recordCount, 0)).toBe(300);
      });
    }
  });

  it('goes on in a new epoch after a batch was refused for good', async () => {
    await inWorld(7, async (cluster) => {
      cluster.broker.topic('t');
      // INVALID_RECORD isn't retriable; the batches behind it have numbers that leave a gap.
      cluster.fault = (index) => (index === 2 ? 87 : 'none');
      const producer = cluster.producer({ 'batch.size': '100' });
      for (const value of numbered(100)) await append(producer, 't', value);
      await producer.close();
      const lost = cluster.reports.filter((report) => report.error !== undefined);
      expect(lost).toHaveLength(1);
      expect(lost[0]!.error!.name).toBe('InvalidRecordException');
      const values = cluster.log('t').values();
      expect(values).toHaveLength(100 - lost[0]!.recordCount);
      expect([...values].sort(byNumber)).toEqual(values);
    });
  });

  it('splits a batch that the broker finds too large', async () => {
    await inWorld(8, async (cluster) => {
      cluster.broker.topic('t');
      cluster.log('t').maxBatchBytes = 300;
      const producer = cluster.producer({ 'batch.size': '4000', 'linger.ms': '50' });
      for (const value of numbered(200)) await append(producer, 't', value);
      await producer.close();
      expect(cluster.log('t').values()).toEqual(numbered(200));
      expect(cluster.errors).toEqual([]);
      expect(cluster.acknowledged).toBe(200);
    });
  });

  it('fails a single record that the broker finds too large, with Kafka’s words', async () => {
    await inWorld(9, async (cluster) => {
      cluster.broker.topic('t');
      cluster.log('t').maxBatchBytes = 300;
      const producer = cluster.producer();
      await append(producer, 't', 'x'.repeat(500));
      await append(producer, 't', 'small');
      await producer.close();
      expect(cluster.log('t').values()).toEqual(['small']);
      expect(cluster.errors).toEqual([
        'org.apache.kafka.common.errors.RecordTooLargeException: The request included a message larger than the max message size the server will accept.',
      ]);
    });
  });

  it('refuses a record beyond max.request.size before anything is sent', async () => {
    await inWorld(10, async (cluster) => {
      cluster.broker.topic('t');
      const producer = cluster.producer({ 'max.request.size': '300' });
      await expect(append(producer, 't', 'x'.repeat(400))).rejects.toThrow(
        'The message is 486 bytes when serialized which is larger than 300, which is the value of the max.request.size configuration.',
      );
      await producer.close();
      expect(cluster.requests).toHaveLength(0);
    });
  });

  it('refuses a record that buffer.memory can never hold', async () => {
    await inWorld(10, async (cluster) => {
      cluster.broker.topic('t');
      const producer = cluster.producer({ 'buffer.memory': '300' });
      await expect(append(producer, 't', 'x'.repeat(400))).rejects.toThrow(
        'The message is 486 bytes when serialized which is larger than the total memory buffer you have configured with the buffer.memory configuration.',
      );
      await producer.close();
      expect(cluster.requests).toHaveLength(0);
    });
  });

  it('never holds more than buffer.memory, and goes on as memory comes free', async () => {
    await inWorld(11, async (cluster) => {
      cluster.broker.topic('t');
      const producer = cluster.producer({ 'batch.size': '1000', 'buffer.memory': '5000' });
      let refusals = 0;
      const value = Buffer.alloc(400, 'x');
      for (let index = 0; index < 200; index++) {
        while (!producer.append('t', 0, -1, null, 0, 0, value, 0, 400, null)) {
          refusals++;
          await producer.ready('t');
        }
        expect(producer.pendingBatches).toBeLessThanOrEqual(5);
      }
      await producer.close();
      expect(refusals).toBeGreaterThan(10);
      expect(cluster.acknowledged).toBe(200);
    });
  });

  it('gives up waiting for memory after max.block.ms', async () => {
    await inWorld(12, async (cluster) => {
      cluster.broker.topic('t');
      cluster.fault = () => 'silence';
      const producer = cluster.producer({
        'batch.size': '1000',
        'buffer.memory': '1000',
        'max.block.ms': '700',
      });
      await append(producer, 't', 'x'.repeat(900), 0);
      await expect(append(producer, 't', 'x'.repeat(900), 0)).rejects.toThrow(
        /^Failed to allocate 1000 bytes within the configured max blocking time 700 ms\. Total memory: 1000 bytes\. Available memory: 0 bytes\./,
      );
      await producer.close(0);
      expect(cluster.errors).toEqual([
        'org.apache.kafka.common.KafkaException: Producer is closed forcefully.',
      ]);
    });
  });

  it('says which topic isn’t there after max.block.ms', async () => {
    await inWorld(13, async (cluster) => {
      const producer = cluster.producer({ 'max.block.ms': '500' });
      await expect(append(producer, 'nope', 'x')).rejects.toThrow(
        'Topic nope not present in metadata after 500 ms.',
      );
      cluster.broker.topic('bad', 1, { errorCode: 17 });
      await expect(append(producer, 'bad', 'x')).rejects.toThrow('Invalid topics: [bad]');
      cluster.broker.topic('one', 1);
      await append(producer, 'one', 'x');
      await expect(producer.ready('one', 5)).rejects.toThrow(
        'Partition 5 of topic one with partition count 1 is not present in metadata after 500 ms.',
      );
      await producer.close();
    });
  });

  it('waits for a topic that is being created', async () => {
    await inWorld(14, async (cluster, world) => {
      const producer = cluster.producer();
      world.scheduler.schedule(350, () => cluster.broker.topic('late'));
      await append(producer, 'late', 'x');
      await producer.close();
      expect(cluster.log('late').values()).toEqual(['x']);
    });
  });

  it('fails a batch after delivery.timeout.ms', async () => {
    await inWorld(15, async (cluster, world) => {
      cluster.broker.topic('t');
      cluster.fault = () => 19;
      const producer = cluster.producer({
        'request.timeout.ms': '300',
        'delivery.timeout.ms': '1000',
      });
      await append(producer, 't', 'x');
      await producer.flush();
      expect(world.scheduler.nowMs).toBeLessThan(1500);
      expect(cluster.errors[0]).toMatch(
        /^org\.apache\.kafka\.common\.errors\.TimeoutException: Expiring 1 record\(s\) for t-0:10\d\d ms has passed since batch creation/,
      );
      cluster.fault = () => 'none';
      await append(producer, 't', 'y');
      await producer.close();
      expect(cluster.log('t').values()).toEqual(['y']);
    });
  });

  it('follows the partition to its new leader', async () => {
    await inWorld(16, async (cluster) => {
      const { broker } = cluster;
      const other = await ProduceCluster.start(cluster.world, 2, broker);
      const topic = broker.topic('t', 1, { leaders: [1], leaderEpochs: [0] });
      const producer = cluster.producer({ 'batch.size': '100' });
      for (const value of numbered(50)) await append(producer, 't', value);
      await producer.flush();
      topic.leaders = [2];
      topic.leaderEpochs = [1];
      cluster.fault = () => 6;
      for (const value of numbered(50)) await append(producer, 't', value);
      await producer.close();
      expect(cluster.acknowledged).toBe(100);
      // Its first batch there has sequence numbers that the new leader hasn't seen: a new epoch begins.
      expect(other.log('t').values()).toEqual(numbered(50));
    });
  });

  it('takes what the system took for sent with acks=0', async () => {
    await inWorld(17, async (cluster, world) => {
      cluster.broker.topic('t');
      const producer = cluster.producer({ acks: '0' });
      for (const value of numbered(20)) await append(producer, 't', value);
      await producer.flush();
      expect(cluster.reports.map((report) => report.baseOffset)).toEqual([-1]);
      await world.scheduler.sleep(50);
      await producer.close();
      expect(cluster.log('t').values()).toEqual(numbered(20));
    });
  });

  it('finds another bootstrap server when the first refuses', async () => {
    await inWorld(18, async (cluster) => {
      cluster.broker.topic('t');
      const bootstrapServers = ['localhost:1', cluster.broker.address];
      const producer = cluster.producer({}, { bootstrapServers });
      await append(producer, 't', 'x');
      await producer.close();
      expect(cluster.log('t').values()).toEqual(['x']);
    });
  });

  it('speaks to a broker that knows neither topic ids nor flexible versions', async () => {
    await inWorld(19, async (cluster) => {
      cluster.broker.limit(METADATA, 4);
      cluster.broker.limit(API_VERSIONS, 1);
      cluster.broker.limit(PRODUCE, 3);
      cluster.broker.topic('t');
      const producer = cluster.producer();
      await append(producer, 't', 'old');
      await producer.close();
      expect(cluster.log('t').values()).toEqual(['old']);
      expect(cluster.broker.log.filter((name) => name === 'API_VERSIONS').length).toBe(2);
    });
  });
});

describe('partitioning', () => {
  it('goes by murmur2 of the key', async () => {
    await inWorld(20, async (cluster) => {
      cluster.broker.topic('t', 10);
      const producer = cluster.producer();
      const expected: [string, number][] = [
        ['a', 4],
        ['kafka', 0],
        ['user:42', 5],
        ['é漢😀', 4],
      ];
      for (const [key] of expected) await append(producer, 't', key, -1, key);
      await producer.close();
      for (const [key, partition] of expected) {
        expect(cluster.log('t', partition).values()).toContain(key);
      }
    });
  });

  it('ignores keys when told to, and stays with a partition for batch.size bytes', async () => {
    await inWorld(21, async (cluster) => {
      cluster.broker.topic('t', 8);
      const producer = cluster.producer({
        'partitioner.ignore.keys': 'true',
        'linger.ms': '1000',
        'batch.size': '1000',
      });
      for (let index = 0; index < 60; index++) await append(producer, 't', 'x'.repeat(10), -1, 'k');
      const used = [...Array(8).keys()].filter((p) => cluster.logs.has(`t-${p}`));
      await producer.close();
      const sizes = [...cluster.logs.values()].map((log) => log.values().length);
      expect(used.length).toBeLessThanOrEqual(3);
      expect(Math.max(...sizes)).toBeGreaterThan(20);
    });
  });
});

function byNumber(a: string, b: string): number {
  return Number(a.slice(6)) - Number(b.slice(6));
}
