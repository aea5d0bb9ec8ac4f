// Connections, bootstrap, time-outs and back-off of the client, in virtual time.

import { describe, expect, it } from 'vitest';
import { listTopics } from '../../src/client/admin/list-topics.ts';
import { KafkaClient } from '../../src/client/kafka-client.ts';
import { parseAddresses } from '../../src/client/net/addresses.ts';
import { ExponentialBackoff } from '../../src/client/net/backoff.ts';
import { FIND_COORDINATOR } from '../../src/protocol/generated/apis/find-coordinator.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { FakeBroker, HANG_UP, SILENCE } from './support/fake-broker.ts';

const QUICK = new Map([
  ['default.api.timeout.ms', '2000'],
  ['request.timeout.ms', '1000'],
]);

async function inWorld<T>(work: (world: VirtualWorld) => Promise<T>): Promise<T> {
  const world = new VirtualWorld(3);
  return world.scheduler.run(() => work(world));
}

function client(
  world: VirtualWorld,
  bootstrapServers: string[],
  config: ReadonlyMap<string, string> = QUICK,
): KafkaClient {
  return new KafkaClient({ bootstrapServers, config, io: world.process().io });
}

describe('bootstrap', () => {
  it('passes over servers that refuse', async () => {
    await inWorld(async (world) => {
      const broker = await FakeBroker.start(world);
      broker.topic('t');
      const kafka = client(world, ['localhost:1', 'localhost:2', broker.address]);
      expect((await listTopics(kafka)).map(({ name }) => name)).toEqual(['t']);
      await kafka.close();
    });
  });

  it('says what it waited for when nobody answers', async () => {
    await inWorld(async (world) => {
      const kafka = client(world, ['localhost:1']);
      await expect(listTopics(kafka)).rejects.toThrow(
        'Timed out waiting for a node assignment. Call: listTopics',
      );
      expect(world.scheduler.nowMs).toBeGreaterThanOrEqual(2000);
      expect(world.scheduler.nowMs).toBeLessThan(2200);
      await kafka.close();
    });
  });

  it('adds what people are told then', async () => {
    await inWorld(async (world) => {
      const { io } = world.process();
      const bootstrapServers = ['localhost:1'];
      const unreachableHint = 'Look there.';
      const kafka = new KafkaClient({ bootstrapServers, config: QUICK, io, unreachableHint });
      await expect(listTopics(kafka)).rejects.toThrow('Call: listTopics. Look there.');
      await kafka.close();
    });
  });

  it.each([
    ['nonsense', 'Invalid url in bootstrap.servers: nonsense'],
    ['localhost:99999', 'Invalid port in bootstrap.servers: localhost:99999'],
    ['', 'No resolvable bootstrap urls given in bootstrap.servers'],
  ])('refuses %j as an address', async (server, message) => {
    await inWorld(async (world) => {
      expect(() => parseAddresses([server])).toThrow(message);
      expect(() => client(world, [server])).toThrow('Failed to create new KafkaAdminClient');
    });
  });

  it('knows the forms of an address', () => {
    expect(parseAddresses(['PLAINTEXT://host:1', ' [::1]:9092 ', '', 'a.b-c_d:5'])).toEqual([
      { host: 'host', port: 1 },
      { host: '::1', port: 9092 },
      { host: 'a.b-c_d', port: 5 },
    ]);
  });
});

describe('a connection', () => {
  it('ends when an answer doesn’t come in time, and the call is tried again', async () => {
    await inWorld(async (world) => {
      const broker = await FakeBroker.start(world);
      let asked = 0;
      broker.on(METADATA, () => {
        asked++;
        return asked === 1 ? SILENCE : { brokers: [], topics: [] };
      });
      const kafka = client(world, [broker.address]);
      expect(await listTopics(kafka)).toEqual([]);
      expect(asked).toBe(2);
      expect(world.scheduler.nowMs).toBeGreaterThan(1000);
      await kafka.close();
    });
  });

  it('fails the call with its history when no try gets an answer', async () => {
    await inWorld(async (world) => {
      const broker = await FakeBroker.start(world);
      broker.on(METADATA, () => HANG_UP);
      const kafka = client(world, [broker.address]);
      await expect(listTopics(kafka)).rejects.toThrow(
        /^Call\(callName=listTopics, deadlineMs=\d+, tries=\d+, nextAllowedTryMs=\d+\) timed out at \d+ after \d+ attempt\(s\)$/,
      );
      await kafka.close();
    });
  });

  it('is closed after connections.max.idle.ms, and made anew when needed', async () => {
    await inWorld(async (world) => {
      const broker = await FakeBroker.start(world);
      broker.topic('t');
      const kafka = client(world, [broker.address], new Map([['connections.max.idle.ms', '5000']]));
      await listTopics(kafka);
      expect(broker.connections).toBe(1);
      await world.scheduler.sleep(5100);
      expect(broker.connections).toBe(0);
      expect(await listTopics(kafka)).toHaveLength(1);
      await kafka.close();
    });
  });

  it('is one for a broker that is bootstrap server, any node and controller', async () => {
    await inWorld(async (world) => {
      const broker = await FakeBroker.start(world);
      const kafka = client(world, [broker.address]);
      await listTopics(kafka);
      await kafka.send(METADATA, { topics: [] }, { target: 'controller', callName: 'x' });
      await kafka.send(METADATA, { topics: [] }, { target: 1, callName: 'x' });
      expect(broker.count('API_VERSIONS')).toBe(1);
      await kafka.close();
    });
  });

  it('is closed when metadata names its broker no longer, unless somebody waits there', async () => {
    await inWorld(async (world) => {
      const first = await FakeBroker.start(world);
      const second = await FakeBroker.start(world, 2, first);
      const third = await FakeBroker.start(world, 3, first);
      third.on(FIND_COORDINATOR, () => SILENCE);
      const kafka = client(world, [first.address]);
      for (const node of [2, 3]) {
        await kafka.send(METADATA, { topics: [] }, { target: node, callName: 'x' });
      }
      const waiting = kafka.send(FIND_COORDINATOR, {}, { target: 3, callName: 'x' });
      await world.scheduler.sleep(100);
      first.cluster.delete(2);
      first.cluster.delete(3);
      await kafka.cluster(kafka.startCall('x'), true);
      await world.scheduler.sleep(100);
      expect([first, second, third].map(({ connections }) => connections)).toEqual([1, 0, 1]);
      await kafka.close();
      await expect(waiting).rejects.toThrow();
    });
  });

  it('leaves nothing behind when the client is closed, and fails what waits', async () => {
    await inWorld(async (world) => {
      const broker = await FakeBroker.start(world);
      broker.on(METADATA, () => SILENCE);
      const kafka = client(world, [broker.address]);
      const waiting = expect(listTopics(kafka)).rejects.toThrow('The client is closed');
      await world.scheduler.sleep(100);
      await kafka.close();
      await waiting;
      await world.scheduler.sleep(20);
      expect(broker.connections).toBe(0);
    });
  });
});

describe('versions', () => {
  it('falls back when the broker doesn’t know our ApiVersions', async () => {
    await inWorld(async (world) => {
      const { API_VERSIONS } = await import('../../src/protocol/generated/apis/api-versions.ts');
      const broker = await FakeBroker.start(world);
      broker.limit(API_VERSIONS, 0);
      broker.limit(METADATA, 5);
      broker.topic('t');
      const kafka = client(world, [broker.address]);
      expect((await listTopics(kafka)).map(({ name }) => name)).toEqual(['t']);
      expect(broker.count('API_VERSIONS')).toBe(2);
      await kafka.close();
    });
  });

  it('says so when the node doesn’t serve an API at all', async () => {
    await inWorld(async (world) => {
      const broker = await FakeBroker.start(world);
      broker.forget(METADATA);
      const kafka = client(world, [broker.address]);
      await expect(listTopics(kafka)).rejects.toThrow('The node does not support METADATA');
      await kafka.close();
    });
  });
});

describe('back-off', () => {
  it('doubles with 20 % of jitter up to its maximum', () => {
    const { random } = new VirtualWorld(1);
    const backoff = new ExponentialBackoff(100, 1000, random);
    for (let round = 0; round < 100; round++) {
      for (const [failures, expected] of [100, 200, 400, 800].entries()) {
        const delayMs = backoff.delayMs(failures);
        expect(delayMs).toBeGreaterThanOrEqual(expected * 0.8 - 1);
        expect(delayMs).toBeLessThanOrEqual(Math.min(1000, expected * 1.2));
      }
      expect(backoff.delayMs(60)).toBeGreaterThanOrEqual(799);
      expect(backoff.delayMs(60)).toBeLessThanOrEqual(1000);
    }
    expect(new ExponentialBackoff(0, 0, random).delayMs(3)).toBe(0);
  });
});
