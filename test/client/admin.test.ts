// Admin operations against scripted brokers in virtual time: retries, moved controllers and leaders, pages, failures per item.

import { describe, expect, it } from 'vitest';
import { abortTransaction } from '../../src/client/admin/abort-transaction.ts';
import { createTopics } from '../../src/client/admin/create-topics.ts';
import { deleteRecords } from '../../src/client/admin/delete-records.ts';
import { deleteTopics } from '../../src/client/admin/delete-topics.ts';
import { describeCluster } from '../../src/client/admin/describe-cluster.ts';
import { describeConfigs } from '../../src/client/admin/describe-configs.ts';
import { describeLogDirs } from '../../src/client/admin/describe-log-dirs.ts';
import { describeTopicById } from '../../src/client/admin/describe-topic-by-id.ts';
import { describeTopics } from '../../src/client/admin/describe-topics.ts';
import { incrementalAlterConfigs } from '../../src/client/admin/incremental-alter-configs.ts';
import { listOffsets } from '../../src/client/admin/list-offsets.ts';
import { KafkaClient } from '../../src/client/kafka-client.ts';
import { OffsetSpec } from '../../src/client/types.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { CREATE_TOPICS } from '../../src/protocol/generated/apis/create-topics.ts';
import { DELETE_RECORDS } from '../../src/protocol/generated/apis/delete-records.ts';
import { DELETE_TOPICS } from '../../src/protocol/generated/apis/delete-topics.ts';
import { DESCRIBE_CLUSTER } from '../../src/protocol/generated/apis/describe-cluster.ts';
import { DESCRIBE_CONFIGS } from '../../src/protocol/generated/apis/describe-configs.ts';
import { DESCRIBE_LOG_DIRS } from '../../src/protocol/generated/apis/describe-log-dirs.ts';
import { DESCRIBE_TOPIC_PARTITIONS } from '../../src/protocol/generated/apis/describe-topic-partitions.ts';
import { INCREMENTAL_ALTER_CONFIGS } from '../../src/protocol/generated/apis/incremental-alter-configs.ts';
import { LIST_OFFSETS } from '../../src/protocol/generated/apis/list-offsets.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { WRITE_TXN_MARKERS } from '../../src/protocol/generated/apis/write-txn-markers.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { FakeBroker } from './support/fake-broker.ts';

async function withBrokers<T>(
  work: (kafka: KafkaClient, first: FakeBroker, second: FakeBroker) => Promise<T>,
  config: Record<string, string> = {},
): Promise<T> {
  const world = new VirtualWorld(4);
  return world.scheduler.run(async () => {
    const first = await FakeBroker.start(world, 1);
    const second = await FakeBroker.start(world, 2, first);
    const kafka = new KafkaClient({
      bootstrapServers: [first.address],
      config: new Map(Object.entries(config)),
      io: world.process().io,
    });
    const result = await work(kafka, first, second);
    await kafka.close();
    return result;
  });
}

describe('createTopics', () => {
  it('asks again when the controller has moved', async () => {
    await withBrokers(async (kafka, first, second) => {
      first.on(CREATE_TOPICS, (request) => {
        first.controllerId = 2;
        second.controllerId = 2;
        return { topics: request.topics.map(({ name }) => ({ name, errorCode: 41 })) };
      });
      second.on(CREATE_TOPICS, (request) => ({
        topics: request.topics.map(({ name, numPartitions }) => ({ name, numPartitions })),
      }));
      const outcomes = await createTopics(kafka, [{ name: 'a', partitions: 3 }]);
      expect(outcomes.get('a')?.value?.partitions).toBe(3);
      expect(second.count('CREATE_TOPICS')).toBe(1);
    });
  });

  it('has a result for every topic, in the order asked', async () => {
    await withBrokers(async (kafka, first) => {
      first.on(CREATE_TOPICS, () => ({
        topics: [
          { name: 'c', errorCode: 36, errorMessage: "Topic 'c' already exists." },
          { name: 'a' },
        ],
      }));
      const outcomes = await createTopics(kafka, [{ name: 'a' }, { name: '' }, { name: 'c' }]);
      expect([...outcomes.keys()]).toEqual(['a', '', 'c']);
      expect(outcomes.get('a')?.error).toBeUndefined();
      expect(String(outcomes.get('')?.error)).toBe(
        "org.apache.kafka.common.errors.InvalidTopicException: The given topic name '' cannot be represented in a request.",
      );
      expect(String(outcomes.get('c')?.error)).toBe(
        "org.apache.kafka.common.errors.TopicExistsException: Topic 'c' already exists.",
      );
    });
  });

  it('leaves to the broker what isn’t given', async () => {
    await withBrokers(async (kafka, first) => {
      let asked: unknown;
      first.on(CREATE_TOPICS, (request) => {
        asked = request.topics;
        return { topics: request.topics.map(({ name }) => ({ name })) };
      });
      await createTopics(kafka, [{ name: 'a' }, { name: 'b', assignments: [[2, 1], [1]] }]);
      expect(asked).toMatchObject([
        { name: 'a', numPartitions: -1, replicationFactor: -1, assignments: [] },
        {
          name: 'b',
          numPartitions: -1,
          replicationFactor: -1,
          assignments: [
            { partitionIndex: 0, brokerIds: [2, 1] },
            { partitionIndex: 1, brokerIds: [1] },
          ],
        },
      ]);
    });
  });
});

describe('deleteTopics', () => {
  it('names topics as the version wants it', async () => {
    for (const version of [3, 6]) {
      await withBrokers(async (kafka, first) => {
        first.on(
          DELETE_TOPICS,
          (request) => {
            const names = version >= 6 ? request.topics.map((t) => t.name) : request.topicNames;
            return { responses: names.map((name) => ({ name, errorCode: name === 'b' ? 3 : 0 })) };
          },
          { maxVersion: version },
        );
        const outcomes = await deleteTopics(kafka, ['a', 'b']);
        expect(outcomes.get('a')?.error).toBeUndefined();
        expect(outcomes.get('b')?.error?.name).toBe('UnknownTopicOrPartitionException');
      });
    }
  });
});

describe('describeTopics', () => {
  it('puts pages together', async () => {
    await withBrokers(async (kafka, first) => {
      const limits: number[] = [];
      first.on(DESCRIBE_TOPIC_PARTITIONS, ({ topics, cursor, responsePartitionLimit }) => {
        limits.push(responsePartitionLimit);
        const at = cursor === null ? 0 : cursor.partitionIndex;
        const partitions = [at, at + 1].map((partitionIndex) => ({ partitionIndex, leaderId: 1 }));
        const isLast = at === 4;
        const rest = isLast && topics.length > 1 ? [{ name: 'b', errorCode: 3 }] : [];
        return {
          topics: [{ name: 'a', partitions }, ...rest],
          nextCursor: isLast ? null : { topicName: 'a', partitionIndex: at + 2 },
        };
      });
      const outcomes = await describeTopics(kafka, ['b', 'a'], { partitionsPerPage: 2 });
      expect([...outcomes.keys()]).toEqual(['b', 'a']);
      const { partitions } = outcomes.get('a')!.value!;
      expect(partitions.map(({ partition }) => partition)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(partitions[0]!.leader?.id).toBe(1);
      expect(outcomes.get('b')?.error?.name).toBe('UnknownTopicOrPartitionException');
      expect(limits).toEqual([2, 2, 2]);
    });
  });

  it('finds one by its id, and says so when there is none', async () => {
    await withBrokers(async (kafka, first) => {
      const { topicId } = first.topic('a', 2);
      const [byName] = (await describeTopics(kafka, ['a'])).values();
      first.on(METADATA, ({ topics }) => ({
        brokers: [{ nodeId: 1, host: 'localhost', port: first.port }],
        topics: topics?.map((asked) =>
          asked.topicId === topicId ? { topicId, name: 'a' } : { ...asked, errorCode: 100 },
        ),
      }));
      expect(await describeTopicById(kafka, topicId)).toMatchObject({ name: 'a', topicId });
      expect(byName?.value).toMatchObject({ name: 'a', topicId });
      const none = describeTopicById(kafka, 'AAAAAAAAAAAAAAAAAAAAAQ');
      await expect(none).rejects.toMatchObject({ name: 'UnknownTopicIdException' });
    });
  });

  it('asks for metadata where the broker knows no pages', async () => {
    await withBrokers(async (kafka, first, second) => {
      first.topic('a', 2, { leaders: [2, 1] });
      const outcomes = await describeTopics(kafka, ['a', 'nope']);
      const { partitions } = outcomes.get('a')!.value!;
      expect(partitions.map(({ leader }) => leader?.port)).toEqual([second.port, first.port]);
      expect(partitions[0]!.eligibleLeaderReplicas).toBeUndefined();
      expect(outcomes.get('nope')?.error?.name).toBe('UnknownTopicOrPartitionException');
    });
  });
});

describe('listOffsets', () => {
  const offsets = (broker: FakeBroker, offset: number) => {
    broker.on(LIST_OFFSETS, (request) => ({
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, offset })),
      })),
    }));
  };

  it('asks each leader once for all its partitions', async () => {
    await withBrokers(async (kafka, first, second) => {
      first.topic('a', 4, { leaders: [1, 2, 1, 2] });
      offsets(first, 10);
      offsets(second, 20);
      const results = await listOffsets(
        kafka,
        [3, 0, 1, 2].map((partition) => ({ topic: 'a', partition, timestamp: -1 })),
      );
      expect(results.map(({ partition, outcome }) => [partition, outcome.value?.offset])).toEqual([
        [3, 20],
        [0, 10],
        [1, 20],
        [2, 10],
      ]);
      expect([first.count('LIST_OFFSETS'), second.count('LIST_OFFSETS')]).toEqual([1, 1]);
    });
  });

  it('follows a partition to its new leader', async () => {
    await withBrokers(async (kafka, first, second) => {
      const topic = first.topic('a', 1, { leaders: [1] });
      first.on(LIST_OFFSETS, () => {
        topic.leaders = [2];
        return { topics: [{ name: 'a', partitions: [{ partitionIndex: 0, errorCode: 6 }] }] };
      });
      offsets(second, 7);
      const query = { topic: 'a', partition: 0, timestamp: OffsetSpec.EARLIEST };
      const [result] = await listOffsets(kafka, [query]);
      expect(result?.outcome.value?.offset).toBe(7);
    });
  });

  it('refuses a spec that the broker doesn’t know, and answers the others', async () => {
    await withBrokers(async (kafka, first) => {
      first.topic('a', 2);
      offsets(first, 5);
      first.limit(LIST_OFFSETS, 6);
      const [latest, max] = await listOffsets(kafka, [
        { topic: 'a', partition: 0, timestamp: OffsetSpec.LATEST },
        { topic: 'a', partition: 1, timestamp: OffsetSpec.MAX_TIMESTAMP },
      ]);
      expect(latest?.outcome.value?.offset).toBe(5);
      expect(String(max?.outcome.error)).toBe(
        'org.apache.kafka.common.errors.UnsupportedVersionException: Broker 1 does not support MAX_TIMESTAMP offset specs',
      );
    });
  });
});

describe('configs', () => {
  it('of a broker come from that broker, others from any', async () => {
    await withBrokers(async (kafka, first, second) => {
      for (const broker of [first, second]) {
        broker.on(DESCRIBE_CONFIGS, (request) => ({
          results: request.resources.map(({ resourceType, resourceName }) => ({
            resourceType,
            resourceName,
            errorCode: resourceName === 'bad' ? 17 : 0,
            configs: [{ name: 'from', value: String(broker.nodeId), configSource: 5 }],
          })),
        }));
      }
      const [topic, own, bad] = await describeConfigs(kafka, [
        { type: 2, name: 't' },
        { type: 4, name: '2' },
        { type: 2, name: 'bad' },
      ]);
      expect(topic?.outcome.value?.[0]).toMatchObject({ name: 'from', value: '1', source: 5 });
      expect(own?.outcome.value?.[0]?.value).toBe('2');
      expect(bad?.outcome.error?.name).toBe('InvalidTopicException');
    });
  });

  it('are altered one by one, with a result each', async () => {
    await withBrokers(async (kafka, first) => {
      first.on(INCREMENTAL_ALTER_CONFIGS, (request) => ({
        responses: request.resources.map(({ resourceType, resourceName, configs }) => ({
          resourceType,
          resourceName,
          errorCode: configs[0]?.value === 'x' ? 40 : 0,
          errorMessage: 'Invalid value x',
        })),
      }));
      const change = (value: string) => [{ name: 'retention.ms', operation: 0 as const, value }];
      const [good, bad] = await incrementalAlterConfigs(kafka, [
        { resource: { type: 2, name: 'a' }, changes: change('1') },
        { resource: { type: 2, name: 'b' }, changes: change('x') },
      ]);
      expect(good?.outcome.error).toBeUndefined();
      expect(String(bad?.outcome.error)).toBe(
        'org.apache.kafka.common.errors.InvalidConfigurationException: Invalid value x',
      );
    });
  });
});

describe('describeLogDirs', () => {
  it('asks every broker, and tells of one that isn’t there', async () => {
    await withBrokers(
      async (kafka, first, second) => {
        for (const broker of [first, second]) {
          broker.on(DESCRIBE_LOG_DIRS, () => ({
            results: [
              {
                logDir: `/data${broker.nodeId}`,
                topics: [{ name: 't', partitions: [{ partitionIndex: 3, partitionSize: 99 }] }],
                totalBytes: 1000,
              },
            ],
          }));
        }
        const found = await describeLogDirs(kafka, [1, 2, 7]);
        expect(found.get(2)?.value?.[0]).toEqual({
          path: '/data2',
          error: undefined,
          totalBytes: 1000,
          usableBytes: undefined,
          replicas: [{ topic: 't', partition: 3, sizeBytes: 99, offsetLag: 0, isFuture: false }],
        });
        expect(String(found.get(7)?.error)).toBe(
          'org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment. Call: describeLogDirs',
        );
      },
      { 'default.api.timeout.ms': '1500', 'request.timeout.ms': '500' },
    );
  });
});

describe('describeCluster', () => {
  it('takes metadata where the broker knows nothing better', async () => {
    await withBrokers(async (kafka) => {
      const before = await describeCluster(kafka);
      expect(before.clusterId).toBe('fake');
      expect(before.nodes.map(({ id }) => id)).toEqual([1, 2]);
    });
    await withBrokers(async (kafka, first) => {
      first.on(DESCRIBE_CLUSTER, () => ({
        clusterId: 'better',
        controllerId: 2,
        brokers: [{ brokerId: 2, host: 'h', port: 5, isFenced: true }],
      }));
      const { clusterId, controller } = await describeCluster(kafka);
      expect(clusterId).toBe('better');
      expect(controller).toMatchObject({ id: 2, port: 5, isFenced: true });
    });
  });
});

describe('deleteRecords', () => {
  it('gives up a partition that never appears, and does the others', async () => {
    await withBrokers(
      async (kafka, first) => {
        first.topic('a', 1);
        first.on(DELETE_RECORDS, (request) => ({
          topics: request.topics.map(({ name, partitions }) => ({
            name,
            partitions: partitions.map(({ partitionIndex, offset }) => ({
              partitionIndex,
              lowWatermark: offset,
            })),
          })),
        }));
        const [good, bad] = await deleteRecords(kafka, [
          { topic: 'a', partition: 0, beforeOffset: 3 },
          { topic: 'a', partition: 9, beforeOffset: 3 },
        ]);
        expect(good?.outcome.value).toEqual({ lowWatermark: 3 });
        expect(bad?.outcome.error?.name).toBe('TimeoutException');
        expect(first.count('DELETE_RECORDS')).toBe(1);
      },
      { 'default.api.timeout.ms': '1500', 'request.timeout.ms': '500' },
    );
  });
});

describe('abortTransaction', () => {
  const spec = { topic: 'a', partition: 0, producerId: 7, producerEpoch: 2, coordinatorEpoch: 3 };

  it('sends an abort marker to the leader, where that is by now', async () => {
    await withBrokers(async (kafka, first, second) => {
      const topic = first.topic('a');
      const answer = (errorCode: number) => ({
        markers: [
          {
            producerId: 7,
            topics: [{ name: 'a', partitions: [{ partitionIndex: 0, errorCode }] }],
          },
        ],
      });
      first.on(WRITE_TXN_MARKERS, () => {
        topic.leaders = [2];
        return answer(Errors.NOT_LEADER_OR_FOLLOWER);
      });
      const markers: unknown[] = [];
      second.on(WRITE_TXN_MARKERS, (request) => {
        markers.push(...request.markers);
        return answer(0);
      });
      await abortTransaction(kafka, spec);
      expect(markers).toMatchObject([
        { producerId: 7, producerEpoch: 2, coordinatorEpoch: 3, transactionResult: false },
      ]);
    });
  });

  it('rejects with what the leader refused it for', async () => {
    await withBrokers(async (kafka, first) => {
      first.topic('a');
      const partitions = [{ partitionIndex: 0, errorCode: Errors.INVALID_PRODUCER_EPOCH }];
      const refused = [{ producerId: 7, topics: [{ name: 'a', partitions }] }];
      first.on(WRITE_TXN_MARKERS, () => ({ markers: refused }));
      await expect(abortTransaction(kafka, spec)).rejects.toThrow(/invalid producer epoch/);
      first.on(WRITE_TXN_MARKERS, () => ({ markers: [] }));
      await expect(abortTransaction(kafka, spec)).rejects.toThrow(/unexpected marker entries/);
    });
  });
});
