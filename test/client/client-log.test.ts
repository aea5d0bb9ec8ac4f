// What the clients log as Kafka's do, because scripts look for it, and what their constructors refuse.

import { describe, expect, it, test } from 'vitest';
import { deleteRecords } from '../../src/client/admin/delete-records.ts';
import { Consumer } from '../../src/client/consumer/consumer.ts';
import { KafkaClient } from '../../src/client/kafka-client.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { DELETE_RECORDS } from '../../src/protocol/generated/apis/delete-records.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { FakeBroker } from './support/fake-broker.ts';

const NETWORK = 'org.apache.kafka.clients.NetworkClient';

describe('a client’s log', () => {
  it('names a server that isn’t there, by its address', async () => {
    const world = new VirtualWorld(1);
    await world.scheduler.run(async () => {
      const lines: string[][] = [];
      const producer = new Producer({
        bootstrapServers: ['localhost:1'],
        io: world.process().io,
        config: new Map([['max.block.ms', '60']]),
        log: (level, message, logger) => lines.push([level, message, logger]),
      });
      await expect(producer.ready('t')).rejects.toThrow(
        'Topic t not present in metadata after 60 ms.',
      );
      await producer.close();
      const who = '[Producer clientId=producer-1]';
      expect(lines.slice(0, 2)).toEqual([
        [
          'WARN',
          `${who} Connection to node -1 (localhost/127.0.0.1:1) could not be established. Node may not be available.`,
          NETWORK,
        ],
        [
          'WARN',
          `${who} Bootstrap broker localhost:1 (id: -1 rack: null isFenced: false) disconnected`,
          NETWORK,
        ],
      ]);
    });
  });

  it('tells what metadata says of a topic', async () => {
    const world = new VirtualWorld(2);
    await world.scheduler.run(async () => {
      const broker = await FakeBroker.start(world);
      broker.topic('a b', 0, { errorCode: 17 });
      const lines: string[] = [];
      const consumer = new Consumer({
        bootstrapServers: [broker.address],
        io: world.process().io,
        config: new Map([['group.id', 'g']]),
        log: (level, message) => lines.push(`${level} ${message}`),
      });
      consumer.assign([{ topic: 'a b', partition: 0 }]);
      await expect(consumer.poll(1000)).rejects.toThrow('Invalid topics: [a b]');
      await consumer.close();
      const who = '[Consumer clientId=consumer-g-1, groupId=g]';
      expect(lines).toEqual([
        `WARN ${who} The metadata response from the cluster reported a recoverable issue with correlation id 1 : {a b=INVALID_TOPIC_EXCEPTION}`,
        `ERROR ${who} Metadata response reported invalid topics [a b]`,
      ]);
    });
  });
});

describe('an admin client’s log', () => {
  it('tells what asking again wouldn’t mend, of a partition and of a topic', async () => {
    const world = new VirtualWorld(4);
    await world.scheduler.run(async () => {
      const broker = await FakeBroker.start(world);
      broker.topic('t', 1);
      broker.topic('a b', 0, { errorCode: 17 });
      broker.on(DELETE_RECORDS, () => ({
        topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode: 1 }] }],
      }));
      const lines: string[] = [];
      const client = new KafkaClient({
        bootstrapServers: [broker.address],
        io: world.process().io,
        log: (level, message) => lines.push(`${level} ${message}`),
      });
      await deleteRecords(client, [
        { topic: 't', partition: 0, beforeOffset: 9 },
        { topic: 'a b', partition: 0, beforeOffset: 0 },
      ]);
      await client.close();
      const who = 'ERROR [AdminClient clientId=adminclient-1]';
      expect(lines).toEqual([
        `${who} Received invalid topic error for topic a b in \`Metadata\` response`,
        `${who} DeleteRecords request for topic partition t-0 failed due to an unexpected error OFFSET_OUT_OF_RANGE`,
      ]);
    });
  });
});

test('an admin client is refused when no server’s name can be resolved', async () => {
  const { io } = new VirtualWorld(5).process();
  const unresolved = { ...io.network, canResolve: () => Promise.resolve(false) };
  const client = new KafkaClient({
    bootstrapServers: ['no.such.host:9092'],
    io: { ...io, network: unresolved },
  });
  await expect(client.prepare()).rejects.toMatchObject({
    message: 'Failed to create new KafkaAdminClient',
    cause: { message: 'No resolvable bootstrap urls given in bootstrap.servers' },
  });
  await client.close();
});

describe('a producer is refused', () => {
  const { io } = new VirtualWorld(3).process();
  const make = (config: Record<string, string>) =>
    new Producer({
      bootstrapServers: ['localhost:1'],
      io,
      config: new Map(Object.entries(config)),
    });

  it.each([
    [{ 'bootstrap.servers': ' ' }, "Configuration 'bootstrap.servers' must not be empty."],
    [{ 'partitioner.class': 'no.Such' }, 'Class no.Such could not be found.'],
  ])('outright for %j', (config, message) => {
    expect(() => make(config as Record<string, string>)).toThrow(message);
  });

  it.each([
    [{ 'delivery.timeout.ms': '1' }, /^delivery.timeout.ms should be equal to or larger than/],
    [{ 'interceptor.classes': 'no.Such' }, /^Class no.Such cannot be found$/],
    [{ 'metric.reporters': 'java.lang.String' }, /^class java.lang.String$/],
    [{ 'partitioner.class': 'java.lang.String' }, /^class java.lang.String is not an instance of/],
    [{ 'security.protocol': 'SASL_PLAINTEXT' }, /^Failed to create new NetworkClient$/],
  ])('as one that can’t be made for %j', (config, message) => {
    expect(() => make(config as Record<string, string>)).toThrow(
      expect.objectContaining({
        message: 'Failed to construct kafka producer',
        cause: expect.objectContaining({ message: expect.stringMatching(message) }),
      }),
    );
  });

  it('when no server’s name can be resolved', async () => {
    const unresolved = { ...io.network, canResolve: () => Promise.resolve(false) };
    const other = new Producer({
      bootstrapServers: ['no.such.host:9092'],
      io: { ...io, network: unresolved },
      config: new Map(),
    });
    await expect(other.prepare()).rejects.toMatchObject({
      cause: { message: 'No resolvable bootstrap urls given in bootstrap.servers' },
    });
    await other.close(0);
  });
});
