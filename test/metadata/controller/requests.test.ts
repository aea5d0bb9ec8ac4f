// What the controller answers to requests that it takes and refuses; every sentence was seen on Apache Kafka 4.3.1.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuorumController } from '../../../src/metadata/controller/quorum-controller.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { ControllerFixture, create, DIRECTORY_ID, heartbeat, joinBroker } from '../support.ts';

let fixture: ControllerFixture;
let controller: QuorumController;
beforeEach(async () => {
  fixture = new ControllerFixture();
  controller = await fixture.start({ 'num.partitions': '2' });
  await joinBroker(controller);
});
afterEach(() => fixture.close());

const { INVALID_CONFIG, INVALID_REQUEST, INVALID_REPLICA_ASSIGNMENT } = Errors;

const notDynamic = (sentence: string) =>
  `Invalid value org.apache.kafka.common.config.ConfigException: ${sentence} for configuration Invalid dynamic configuration`;

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

describe('config changes', () => {
  const SET = 0;
  const DELETE = 1;
  const APPEND = 2;
  const SUBTRACT = 3;
  const alter = async (
    resourceType: number,
    resourceName: string,
    name: string,
    value: string | null,
    configOperation = SET,
  ) => {
    const { responses } = await controller.incrementalAlterConfigs({
      resources: [{ resourceType, resourceName, configs: [{ name, configOperation, value }] }],
      validateOnly: false,
    });
    return [responses[0]?.errorCode, responses[0]?.errorMessage];
  };
  const TOPIC = 2;
  const BROKER = 4;
  const METRICS = 16;
  const GROUP = 32;
  const refused: [string, Parameters<typeof alter>, number, string][] = [
    [
      'a value out of range',
      [TOPIC, 't', 'retention.ms', '-5'],
      INVALID_CONFIG,
      'Invalid value -5 for configuration retention.ms: Value must be at least -1',
    ],
    [
      'appending to what is no list',
      [TOPIC, 't', 'retention.ms', '3', APPEND],
      INVALID_CONFIG,
      "Can't APPEND to key retention.ms because its type is not LIST.",
    ],
    [
      'a topic that is not there',
      [TOPIC, 'nope', 'retention.ms', '3'],
      Errors.UNKNOWN_TOPIC_OR_PARTITION,
      "The topic 'nope' does not exist.",
    ],
    [
      'taking away the cluster-wide min.insync.replicas under ELR',
      [BROKER, '', 'min.insync.replicas', null, DELETE],
      INVALID_CONFIG,
      'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
    ],
    [
      'a broker’s own min.insync.replicas under ELR',
      [BROKER, '1', 'min.insync.replicas', '1'],
      INVALID_CONFIG,
      'Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
    ],
    [
      'a broker config that is read-only',
      [BROKER, '', 'num.partitions', '9'],
      INVALID_REQUEST,
      'Cannot update these configs dynamically: [num.partitions]',
    ],
    [
      'listeners that are none',
      [BROKER, '1', 'listeners', 'X'],
      INVALID_REQUEST,
      "Error creating broker listeners from '[X]': Unable to parse X to a broker endpoint",
    ],
    [
      'listeners without the controller’s',
      [BROKER, '1', 'listeners', 'PLAINTEXT://localhost:19092'],
      INVALID_REQUEST,
      "requirement failed: controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role",
    ],
    [
      'another protocol of a listener that there is',
      [BROKER, '1', 'listener.security.protocol.map', 'PLAINTEXT:SSL,CONTROLLER:PLAINTEXT'],
      INVALID_REQUEST,
      notDynamic(
        'Security protocol cannot be updated for existing listener ListenerName(PLAINTEXT)',
      ),
    ],
    [
      'more than twice the threads',
      [BROKER, '', 'num.io.threads', '17'],
      INVALID_REQUEST,
      notDynamic(
        'Dynamic thread count update validation failed for num.io.threads=17, value should not be greater than double the current value 8',
      ),
    ],
    [
      'less than half the threads',
      [BROKER, '1', 'background.threads', '4'],
      INVALID_REQUEST,
      notDynamic(
        'Dynamic thread count update validation failed for background.threads=4, value should be at least half the current value 10',
      ),
    ],
    [
      'more threads of one listener than twice the broker’s',
      [BROKER, '1', 'listener.name.plaintext.num.network.threads', '9'],
      INVALID_REQUEST,
      notDynamic(
        'Dynamic thread count update validation failed for num.network.threads=9, value should not be greater than double the current value 3',
      ),
    ],
    [
      'too many cleaners',
      [BROKER, '1', 'log.cleaner.threads', '3'],
      INVALID_REQUEST,
      notDynamic('Log cleaner threads cannot be increased to more than double the current value 1'),
    ],
    [
      'no connection a second',
      [BROKER, '1', 'max.connection.creation.rate', '0'],
      INVALID_REQUEST,
      notDynamic('Invalid max.connection.creation.rate 0'),
    ],
    [
      'what only makes no broker together with the rest',
      [BROKER, '1', 'max.connections.per.ip', '0'],
      INVALID_REQUEST,
      'requirement failed: max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.',
    ],
    [
      'a log directory to cordon that it doesn’t have',
      [BROKER, '1', 'cordoned.log.dirs', '/nope'],
      INVALID_REQUEST,
      'requirement failed: All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : /nope',
    ],
    [
      'a throttle that is less than nothing',
      [BROKER, '', 'leader.replication.throttled.rate', '-1'],
      INVALID_REQUEST,
      'Invalid value -1 for configuration leader.replication.throttled.rate: Value must be at least 0',
    ],
    [
      'a group config below the broker’s bound',
      [GROUP, 'g', 'consumer.session.timeout.ms', '1'],
      INVALID_CONFIG,
      'consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
    ],
    [
      'the group of no name',
      [GROUP, '', 'consumer.session.timeout.ms', '46000'],
      INVALID_REQUEST,
      'Default group resources are not allowed.',
    ],
    [
      'a push interval that is too short',
      [METRICS, 'm', 'interval.ms', '5'],
      INVALID_REQUEST,
      'Invalid value 5 for interval.ms, interval must be between 100 and 3600000 (1 hour)',
    ],
    [
      'a match on what clients don’t tell',
      [METRICS, 'm', 'match', 'x=y'],
      INVALID_CONFIG,
      'Illegal client matching pattern: x=y',
    ],
  ];
  for (const [situation, request, code, sentence] of refused) {
    it(`are refused for ${situation}`, async () => {
      await create(controller, { name: 't' });
      expect(await alter(...request)).toEqual([code, sentence]);
    });
  }

  it('set, append, subtract and delete', async () => {
    await create(controller, { name: 't' });
    const value = () =>
      controller.image.configs.configMapForResource(TOPIC, 't').get('cleanup.policy');
    await alter(TOPIC, 't', 'cleanup.policy', 'compact');
    expect(value()).toBe('compact');
    await alter(TOPIC, 't', 'cleanup.policy', 'delete', APPEND);
    expect(value()).toBe('compact,delete');
    await alter(TOPIC, 't', 'cleanup.policy', 'compact', SUBTRACT);
    expect(value()).toBe('delete');
    await alter(TOPIC, 't', 'cleanup.policy', null, DELETE);
    expect(value()).toBeUndefined();
  });

  it('of min.insync.replicas make eligible leaders forgotten', async () => {
    await create(controller, { name: 't' });
    await create(controller, { name: 'other' });
    const { epoch } = controller.image.cluster.brokers.get(1)!;
    await heartbeat(controller, 1, epoch, { wantShutDown: true });
    const elr = (name: string) => controller.image.topics.getTopic(name)?.partitions[0]?.elr;
    expect([elr('t'), elr('other')]).toEqual([[1], [1]]);
    await alter(TOPIC, 't', 'min.insync.replicas', '1');
    expect([elr('t'), elr('other')]).toEqual([[], [1]]);
    await alter(BROKER, '', 'min.insync.replicas', '1');
    expect([elr('t'), elr('other')]).toEqual([[], []]);
  });

  it('of the old kind replace everything', async () => {
    await create(controller, { name: 't', configs: [{ name: 'segment.ms', value: '7' }] });
    await controller.alterConfigs({
      resources: [
        { resourceType: TOPIC, resourceName: 't', configs: [{ name: 'retention.ms', value: '9' }] },
      ],
      validateOnly: false,
    });
    expect(controller.image.configs.configMapForResource(TOPIC, 't')).toEqual(
      new Map([['retention.ms', '9']]),
    );
  });
});

describe('features', () => {
  const update = (feature: string, maxVersionLevel: number, upgradeType: number) =>
    controller.updateFeatures({
      timeoutMs: 1,
      featureUpdates: [{ feature, maxVersionLevel, upgradeType, allowDowngrade: false }],
      validateOnly: false,
    });
  const prefix = 'The update failed for all features since the following feature had an error: ';

  it('go down and up again', async () => {
    expect((await update('transaction.version', 1, 2)).errorCode).toBe(0);
    expect(controller.image.features.level('transaction.version')).toBe(1);
    expect((await update('transaction.version', 2, 1)).errorCode).toBe(0);
    expect(controller.image.features.level('transaction.version')).toBe(2);
  });

  it('of several wrong ones, the first of Kafka’s map is told', async () => {
    const { errorMessage } = await controller.updateFeatures({
      timeoutMs: 1,
      featureUpdates: ['share.version', 'kraft.version', 'group.version'].map((feature) => ({
        feature,
        maxVersionLevel: 99,
        upgradeType: 1,
        allowDowngrade: false,
      })),
      validateOnly: true,
    });
    expect(errorMessage).toContain('for feature group.version.');
  });

  it('eligible leaders, turned on, leave one min.insync.replicas for the whole cluster', async () => {
    const minIsr = (broker: string) =>
      controller.image.configs.configMapForResource(4, broker).get('min.insync.replicas');
    const change = (resourceName: string, configOperation: number, value: string | null) => ({
      resourceType: 4,
      resourceName,
      configs: [{ name: 'min.insync.replicas', configOperation, value }],
    });
    await update('eligible.leader.replicas.version', 0, 2);
    const resources = [change('', 1, null), change('1', 0, '2')];
    await controller.incrementalAlterConfigs({ resources, validateOnly: false });
    expect([minIsr(''), minIsr('1')]).toEqual([undefined, '2']);
    await update('eligible.leader.replicas.version', 1, 1);
    expect([minIsr(''), minIsr('1')]).toEqual(['1', undefined]);
  });

  const refused: [string, number, number, string][] = [
    [
      'transaction.version',
      9,
      1,
      'Invalid update version 9 for feature transaction.version. Local controller 1 only supports versions 0-2',
    ],
    [
      'unheard.of',
      1,
      1,
      'Invalid update version 1 for feature unheard.of. Local controller 1 does not support this feature.',
    ],
    [
      'metadata.version',
      20,
      2,
      'Unsupported metadata.version downgrade from 30 to 20. Refusing to perform the requested ' +
        'downgrade because it might delete metadata information.',
    ],
    [
      'share.version',
      0,
      1,
      'Invalid update version 0 for feature share.version. ' +
        "Can't downgrade the version of this feature without setting the upgrade type to either safe " +
        'or unsafe downgrade.',
    ],
  ];
  for (const [feature, level, type, sentence] of refused) {
    it(`${feature} does not become ${level}`, async () => {
      const { errorCode, errorMessage } = await update(feature, level, type);
      expect([errorCode, errorMessage]).toEqual([Errors.INVALID_UPDATE_VERSION, prefix + sentence]);
    });
  }
});
