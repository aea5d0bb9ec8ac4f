// kafka-log-dirs.sh against a scripted broker: the directories and partitions stand in the order of Java's hash tables.

import { expect, test } from 'vitest';
import { runTool } from '../../../src/flags/tool.ts';
import { DESCRIBE_CLUSTER } from '../../../src/protocol/generated/apis/describe-cluster.ts';
import { DESCRIBE_LOG_DIRS } from '../../../src/protocol/generated/apis/describe-log-dirs.ts';
import { LOG_DIRS } from '../../../src/tools/log-dirs/index.ts';
import { FakeBroker } from '../../client/support/fake-broker.ts';
import { VirtualWorld } from '../../simulation/virtual-io.ts';
import { fakeContext } from '../fake-context.ts';

/** The lines that the tool prints about one broker with three directories, of which the second has partitions. */
async function described(...more: string[]): Promise<string[]> {
  const world = new VirtualWorld(4);
  return world.scheduler.run(async () => {
    const broker = await FakeBroker.start(world);
    broker.on(DESCRIBE_CLUSTER, () => ({
      clusterId: 'c',
      controllerId: 1,
      brokers: [{ brokerId: 1, host: 'localhost', port: broker.port }],
    }));
    broker.on(DESCRIBE_LOG_DIRS, () => ({
      results: [
        { logDir: '/disks/one', errorCode: 56 },
        { logDir: '/disks/two', topics: ['orders', 'audit', '__consumer_offsets'].map(topic) },
        { logDir: '/disks/three' },
      ],
    }));
    const context = { ...fakeContext(), io: world.process().io };
    const args = ['--bootstrap-server', broker.address, '--describe', ...more];
    expect(await runTool(LOG_DIRS, args, context)).toBe(0);
    return (await context.stdoutText()).trimEnd().split('\n');
  });
}

function topic(name: string) {
  const indexes = name === 'orders' ? [0, 1, 2] : [0];
  return {
    name,
    partitions: indexes.map((partitionIndex) => ({ partitionIndex, partitionSize: 10 })),
  };
}

test('all of a broker, in the order in which Java walks its maps', async () => {
  const [query, received, json, ...rest] = await described();
  expect([query, received, rest]).toEqual([
    'Querying brokers for log directories information',
    'Received log directory information from brokers 1',
    [],
  ]);
  const { brokers } = JSON.parse(json!);
  expect(brokers[0].logDirs.map(({ logDir }: { logDir: string }) => logDir)).toEqual([
    '/disks/three',
    '/disks/two',
    '/disks/one',
  ]);
  const { partitions } = brokers[0].logDirs[1];
  expect(partitions.map(({ partition }: { partition: string }) => partition)).toEqual([
    'audit-0',
    '__consumer_offsets-0',
    'orders-0',
    'orders-1',
    'orders-2',
  ]);
});

test('the partitions of some topics, and a directory that is offline, byte for byte', async () => {
  expect((await described('--topic-list', 'audit,none'))[2]).toBe(
    '{"brokers":[{"broker":1,"logDirs":[{"partitions":[],"error":null,"logDir":"/disks/three"},' +
      '{"partitions":[{"partition":"audit-0","size":10,"offsetLag":0,"isFuture":false}],' +
      '"error":null,"logDir":"/disks/two"},' +
      '{"partitions":[],"error":"org.apache.kafka.common.errors.KafkaStorageException",' +
      '"logDir":"/disks/one"}]}],"version":1}',
  );
});
