// What the controller answers to requests for topics and partitions; every sentence was seen on Apache Kafka 4.3.1.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuorumController } from '../../../src/metadata/controller/quorum-controller.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { ControllerFixture, create, DIRECTORY_ID, joinBroker } from '../support.ts';

let fixture: ControllerFixture;
let controller: QuorumController;
beforeEach(async () => {
  fixture = new ControllerFixture();
  controller = await fixture.start({ 'num.partitions': '2' });
  await joinBroker(controller);
});
afterEach(() => fixture.close());

const { INVALID_CONFIG, INVALID_REQUEST, INVALID_REPLICA_ASSIGNMENT } = Errors;

describe('a topic that is created', () => {
  it('takes the broker’s defaults and the directory of its replica', async () => {
    const result = await create(controller, { name: 'plain' });
    expect(result).toMatchObject({ errorCode: 0, numPartitions: 2, replicationFactor: 1 });
    const topic = controller.image.topics.getTopic('plain');
    expect(topic?.id).toBe(result.topicId);
    expect(topic?.partitions.map((partition) => partition.directories)).toEqual([
      [DIRECTORY_ID],
      [DIRECTORY_ID],
    ]);
  });

  it('is answered with its effective configs by name, none of them internal', async () => {
    const { configs } = await create(controller, {
      name: 'configured',
      configs: [{ name: 'retention.ms', value: '5' }],
    });
    const names = configs?.map((config) => config.name) ?? [];
    expect(names.length).toBe(33);
    expect(names).toEqual([...names].sort());
    const of = (name: string) => configs?.find((config) => config.name === name);
    expect(of('retention.ms')).toMatchObject({ value: '5', configSource: 1 });
    expect(of('min.insync.replicas')).toMatchObject({ value: '1', configSource: 3 });
    expect(of('segment.ms')).toMatchObject({ value: '604800000', configSource: 5 });
  });

  it('only to be validated leaves no record', async () => {
    const before = controller.lastCommittedOffset;
    const { topics } = await controller.createTopics({
      topics: [
        { name: 'no', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] },
      ],
      timeoutMs: 1,
      validateOnly: true,
    });
    expect(topics[0]?.errorCode).toBe(0);
    expect(controller.lastCommittedOffset).toBe(before);
  });
});

const assignment = (...brokerIds: number[][]) =>
  brokerIds.map((ids, partitionIndex) => ({ partitionIndex, brokerIds: ids }));

const refusals: [string, Parameters<typeof create>[1], number, string][] = [
  [
    'an illegal name',
    { name: 'a/b' },
    Errors.INVALID_TOPIC_EXCEPTION,
    "Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
  ],
  [
    'a name that exists',
    { name: 'x.y' },
    Errors.TOPIC_ALREADY_EXISTS,
    "Topic 'x.y' already exists.",
  ],
  [
    "the metadata log's name",
    { name: '__cluster_metadata' },
    Errors.INVALID_REQUEST,
    'Creation of internal topic __cluster_metadata is prohibited.',
  ],
  [
    'a name that collides',
    { name: 'x_y' },
    Errors.INVALID_TOPIC_EXCEPTION,
    "Topic 'x_y' collides with existing topic: x.y",
  ],
  [
    'more replicas than brokers',
    { name: 't', replicationFactor: 3 },
    Errors.INVALID_REPLICATION_FACTOR,
    'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be ' +
      'reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.',
  ],
  [
    'no replicas',
    { name: 't', replicationFactor: 0 },
    Errors.INVALID_REPLICATION_FACTOR,
    'Replication factor must be larger than 0, or -1 to use the default value.',
  ],
  [
    'no partitions',
    { name: 't', numPartitions: 0 },
    Errors.INVALID_PARTITIONS,
    'Number of partitions was set to an invalid non-positive value.',
  ],
  [
    'too many partitions',
    { name: 't', numPartitions: 20_000 },
    Errors.POLICY_VIOLATION,
    'Excessively large number of partitions per request.',
  ],
  [
    'an assignment to nobody',
    { name: 't', assignments: assignment([1], [7]) },
    INVALID_REPLICA_ASSIGNMENT,
    'The manual partition assignment includes broker 7, but no such broker is registered.',
  ],
  [
    'an assignment twice to one broker',
    { name: 't', assignments: assignment([1, 1]) },
    INVALID_REPLICA_ASSIGNMENT,
    'The manual partition assignment includes the broker 1 more than once.',
  ],
  [
    'an assignment with a hole',
    { name: 't', assignments: [{ partitionIndex: 1, brokerIds: [1] }] },
    INVALID_REPLICA_ASSIGNMENT,
    'partitions should be a consecutive 0-based integer sequence',
  ],
  [
    'an assignment beside a number of partitions',
    { name: 't', numPartitions: 1, assignments: assignment([1]) },
    INVALID_REQUEST,
    'A manual partition assignment was specified, but numPartitions was not set to -1.',
  ],
  [
    'a config without a value',
    { name: 't', configs: [{ name: 'retention.ms', value: null }] },
    INVALID_CONFIG,
    'Null value not supported for topic configs: retention.ms',
  ],
  [
    'a config nobody knows',
    { name: 't', configs: [{ name: 'no', value: '1' }] },
    INVALID_CONFIG,
    'Unknown topic config name: no',
  ],
];

describe('a topic is refused for', () => {
  for (const [situation, topic, code, sentence] of refusals) {
    it(situation, async () => {
      await create(controller, { name: 'x.y' });
      const result = await create(controller, topic);
      expect([result.errorCode, result.errorMessage]).toEqual([code, sentence]);
      expect(controller.image.topics.topicsByName.size).toBe(1);
    });
  }
});

describe('partitions', () => {
  const grow = async (name: string, count: number, brokerIds?: number[][]) => {
    const { results } = await controller.createPartitions({
      topics: [{ name, count, assignments: brokerIds?.map((ids) => ({ brokerIds: ids })) ?? null }],
      timeoutMs: 1,
      validateOnly: false,
    });
    return results[0]?.errorMessage;
  };

  it('are added behind those there are', async () => {
    await create(controller, { name: 't' });
    expect(await grow('t', 5)).toBeNull();
    expect(controller.image.topics.getTopic('t')?.partitions.length).toBe(5);
  });

  it('are refused with Kafka’s sentences', async () => {
    await create(controller, { name: 't' });
    expect(await grow('t', 2)).toBe('Topic already has 2 partition(s).');
    expect(await grow('t', 1)).toBe(
      'The topic t currently has 2 partition(s); 1 would not be an increase.',
    );
    expect(await grow('t', 5, [[1]])).toBe(
      'Attempted to add 3 additional partition(s), but only 1 assignment(s) were specified.',
    );
    // A sentence that says no more than the code is left out.
    expect(await grow('nope', 5)).toBeNull();
    expect(await grow('t', 30_000)).toBe('Excessively large number of partitions per request.');
    expect(controller.image.topics.getTopic('t')?.partitions.length).toBe(2);
  });
});

describe('a request', () => {
  const topic = (name: string) => ({
    name,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  });
  const grown = (name: string, count: number) => ({ name, count, assignments: null });

  it('that names a topic twice has that one refused, and the others done', async () => {
    const { topics } = await controller.createTopics({
      topics: [topic('twice'), topic('once'), topic('twice')],
      timeoutMs: 1,
      validateOnly: false,
    });
    expect(topics.map((each) => [each.name, each.errorCode, each.errorMessage])).toEqual([
      ['once', Errors.NONE, null],
      ['twice', INVALID_REQUEST, 'Duplicate topic name.'],
    ]);
    expect([...controller.image.topics.topicsByName.keys()]).toEqual(['once']);

    const { results } = await controller.createPartitions({
      topics: [grown('once', 2), grown('once', 3)],
      timeoutMs: 1,
      validateOnly: false,
    });
    expect(results).toEqual([
      { name: 'once', errorCode: INVALID_REQUEST, errorMessage: 'Duplicate topic name.' },
    ]);
    expect(controller.image.topics.getTopic('once')?.partitions.length).toBe(1);
  });

  it('whose client gives it no time does nothing', async () => {
    await create(controller, { name: 't', numPartitions: 1 });
    const before = controller.lastCommittedOffset;
    const timedOut = { code: Errors.REQUEST_TIMED_OUT };
    const noTime = { timeoutMs: 0, validateOnly: false };
    await expect(
      controller.createTopics({ topics: [topic('no')], ...noTime }),
    ).rejects.toMatchObject(timedOut);
    await expect(
      controller.createPartitions({ topics: [grown('t', 2)], ...noTime }),
    ).rejects.toMatchObject(timedOut);
    await expect(
      controller.deleteTopics({ topicNames: ['t'], topics: [], timeoutMs: -1 }),
    ).rejects.toMatchObject(timedOut);
    await expect(
      controller.electLeaders({ electionType: 0, topicPartitions: null, timeoutMs: 0 }),
    ).rejects.toMatchObject(timedOut);
    await expect(
      controller.alterPartitionReassignments({
        topics: [{ name: 't', partitions: [] }],
        allowReplicationFactorChange: true,
        timeoutMs: 0,
      }),
    ).rejects.toMatchObject(timedOut);
    expect(await controller.createTopics({ topics: [], ...noTime })).toMatchObject({ topics: [] });
    expect(controller.lastCommittedOffset).toBe(before);
  });
});

describe('deletions', () => {
  it('go by name and by id, and take the configs along', async () => {
    const configs = [{ name: 'retention.ms', value: '1' }];
    await create(controller, { name: 'a', configs });
    const { topicId } = await create(controller, { name: 'b' });
    const { responses } = await controller.deleteTopics({
      topicNames: [],
      topics: [
        { name: 'a', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' },
        { name: null, topicId },
      ],
      timeoutMs: 1,
    });
    expect(responses.map((each) => [each.name, each.errorCode])).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
    expect(controller.image.topics.topicsByName.size).toBe(0);
    expect(controller.image.configs.configMapForResource(2, 'a').size).toBe(0);
  });

  it('of what is not there are told apart by how it was named', async () => {
    const { responses } = await controller.deleteTopics({
      topicNames: ['nope', 'twice', 'twice'],
      topics: [{ name: null, topicId: 'BBBBBBBBBBBBBBBBBBBBBA' }],
      timeoutMs: 1,
    });
    expect(responses.map((each) => each.errorCode)).toEqual([
      Errors.UNKNOWN_TOPIC_OR_PARTITION,
      INVALID_REQUEST,
      Errors.UNKNOWN_TOPIC_ID,
    ]);
  });
});

describe('deletions without time', () => {
  const both = { name: 'x', topicId: 'BBBBBBBBBBBBBBBBBBBBBA' };
  const nothing = { name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' };

  it('are refused for what is wrong with them if nothing is left to ask', async () => {
    const { responses } = await controller.deleteTopics({
      topicNames: ['twice', 'twice'],
      topics: [both, nothing],
      timeoutMs: 0,
    });
    expect(responses.map((each) => each.errorCode)).toEqual([
      INVALID_REQUEST,
      INVALID_REQUEST,
      INVALID_REQUEST,
    ]);
  });

  it('time out as one asks for a topic that is not there', async () => {
    const asked = controller.deleteTopics({ topicNames: ['no'], topics: [both], timeoutMs: 0 });
    await expect(asked).rejects.toMatchObject({ code: Errors.REQUEST_TIMED_OUT });
  });
});
