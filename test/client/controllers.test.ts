// A client of controllers (bootstrap.controllers, KIP-919): the active one is found through any and asked everything.

import { describe, expect, it } from 'vitest';
import { describeConfigs } from '../../src/client/admin/describe-configs.ts';
import { KafkaClient } from '../../src/client/kafka-client.ts';
import { DESCRIBE_CLUSTER } from '../../src/protocol/generated/apis/describe-cluster.ts';
import { DESCRIBE_CONFIGS } from '../../src/protocol/generated/apis/describe-configs.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { FakeBroker } from './support/fake-broker.ts';

const BROKER_2 = { type: 4, name: '2' };

async function withControllers(
  work: (client: KafkaClient, first: FakeBroker, active: FakeBroker) => Promise<void>,
): Promise<void> {
  const world = new VirtualWorld(1);
  await world.scheduler.run(async () => {
    const first = await FakeBroker.start(world, 1);
    const active = await FakeBroker.start(world, 2);
    for (const node of [first, active]) {
      node.forget(METADATA);
      node.on(DESCRIBE_CLUSTER, ({ endpointType }) =>
        endpointType === 2
          ? {
              controllerId: 2,
              brokers: [first, active].map(({ nodeId: brokerId, port }) => {
                return { brokerId, host: 'localhost', port };
              }),
            }
          : { errorCode: 114, errorMessage: 'a controller' },
      );
      node.on(DESCRIBE_CONFIGS, ({ resources }) => ({
        results: resources.map(({ resourceType, resourceName }) => {
          return { resourceType, resourceName, configs: [{ name: `of ${node.nodeId}` }] };
        }),
      }));
    }
    const { io } = world.process();
    const bootstrapServers = [first.address];
    const client = new KafkaClient({ bootstrapServers, areControllers: true, io });
    await work(client, first, active);
    await client.close();
  });
}

describe('a client of controllers', () => {
  it('asks the active one, whoever a request is for', async () => {
    await withControllers(async (client, first, active) => {
      const [described] = await describeConfigs(client, [BROKER_2]);
      expect(described!.outcome.value![0]!.name).toBe('of 2');
      expect(first.log).toEqual(['API_VERSIONS', 'DESCRIBE_CLUSTER']);
      expect(active.log).toEqual(['API_VERSIONS', 'DESCRIBE_CONFIGS']);
    });
  });

  it('says so when it was led to a broker', async () => {
    await withControllers(async (client, first) => {
      const errorMessage = 'The request was sent to an endpoint of type BROKER';
      first.on(DESCRIBE_CLUSTER, () => ({ errorCode: 114, errorMessage }));
      const [described] = await describeConfigs(client, [BROKER_2]);
      expect(String(described!.outcome.error)).toBe(
        `org.apache.kafka.common.errors.MismatchedEndpointTypeException: ${errorMessage}`,
      );
    });
  });
});
