// What the controller answers to changes of configs; every sentence was seen on Apache Kafka 4.3.1.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuorumController } from '../../../src/metadata/controller/quorum-controller.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { ControllerFixture, create, heartbeat, joinBroker } from '../support.ts';

let fixture: ControllerFixture;
let controller: QuorumController;
beforeEach(async () => {
  fixture = new ControllerFixture();
  controller = await fixture.start({ 'num.partitions': '2' });
  await joinBroker(controller);
});
afterEach(() => fixture.close());

const { INVALID_CONFIG, INVALID_REQUEST } = Errors;

const notDynamic = (sentence: string) =>
  `Invalid value org.apache.kafka.common.config.ConfigException: ${sentence} for configuration Invalid dynamic configuration`;

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
