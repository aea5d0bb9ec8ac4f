// A member under KIP-848 against a scripted coordinator, in virtual time.

import { describe, expect, it } from 'vitest';
import type { Consumer } from '../../src/client/consumer/consumer.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import type { ConsumerGroupHeartbeatRequest } from '../../src/protocol/generated/apis/consumer-group-heartbeat-request.ts';
import type { ConsumerGroupHeartbeatResponse } from '../../src/protocol/generated/apis/consumer-group-heartbeat-response.ts';
import type { Draft } from '../../src/protocol/message.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { ConsumeCluster, read } from './support/consume-cluster.ts';

type Heartbeat = ConsumerGroupHeartbeatRequest;

class Coordinator {
  readonly cluster: ConsumeCluster;
  readonly heartbeats: Heartbeat[] = [];
  epoch = 1;
  /** Told with the next heartbeat; undefined: nothing new. */
  assignment: number[] | undefined = [0, 1];
  errors: number[] = [];

  constructor(cluster: ConsumeCluster) {
    this.cluster = cluster;
    cluster.broker.on(CONSUMER_GROUP_HEARTBEAT, (request) => this.#answer(request));
  }

  /** Partitions that the member says it holds, at its last word about them. */
  get held(): number[] | undefined {
    const told = this.heartbeats.findLast((request) => request.topicPartitions !== null);
    return told?.topicPartitions?.flatMap((topic) => topic.partitions);
  }

  #answer(request: Heartbeat): Draft<ConsumerGroupHeartbeatResponse> {
    this.heartbeats.push(request);
    const errorCode = this.errors.shift();
    if (errorCode !== undefined) return { errorCode, memberEpoch: 0 };
    const { assignment } = this;
    this.assignment = undefined;
    const { topicId } = this.cluster.broker.topics.get('t')!;
    return {
      memberId: request.memberId,
      memberEpoch: request.memberEpoch < 0 ? request.memberEpoch : this.epoch,
      heartbeatIntervalMs: 1000,
      assignment:
        assignment === undefined
          ? null
          : { topicPartitions: [{ topicId, partitions: assignment }] },
    };
  }
}

async function withMember(
  work: (
    consumer: Consumer,
    coordinator: Coordinator,
    events: string[],
    world: VirtualWorld,
  ) => Promise<void>,
  config: Record<string, string> = {},
): Promise<Coordinator> {
  const world = new VirtualWorld(9);
  return world.scheduler.run(async () => {
    const cluster = await ConsumeCluster.start(world);
    cluster.broker.topic('t', 3);
    for (const partition of [0, 1, 2]) cluster.append('t', partition, [`in ${partition}`]);
    const coordinator = new Coordinator(cluster);
    const events: string[] = [];
    const consumer = cluster.consumer({ 'group.id': 'g', 'group.protocol': 'consumer', ...config });
    const note = (sign: string) => (list: readonly { partition: number }[]) => {
      events.push(sign + list.map((item) => item.partition).join(','));
    };
    consumer.subscribe(['t'], { onAssigned: note('+'), onRevoked: note('-'), onLost: note('!') });
    await work(consumer, coordinator, events, world);
    await consumer.close();
    return coordinator;
  });
}

describe('a member under the consumer protocol', () => {
  it('says everything when it joins, what changed later, and leaves at the end', async () => {
    const coordinator = await withMember(async (consumer, _coordinator, events) => {
      await read(consumer, 2);
      await consumer.poll(3500);
      expect(events).toEqual(['+0,1']);
    });
    const [join, acknowledgement, ...later] = coordinator.heartbeats;
    expect(join).toMatchObject({
      memberEpoch: 0,
      rebalanceTimeoutMs: 300_000,
      subscribedTopicNames: ['t'],
      topicPartitions: [],
    });
    expect(acknowledgement).toMatchObject({ memberEpoch: 1, subscribedTopicNames: null });
    expect(acknowledgement?.topicPartitions?.[0]?.partitions).toEqual([0, 1]);
    const last = later.pop();
    expect(last?.memberEpoch).toBe(-1);
    expect(later.length).toBeGreaterThanOrEqual(3);
    for (const beat of later) {
      expect(beat).toMatchObject({ subscribedTopicNames: null, topicPartitions: null });
      expect(beat.memberId).toBe(join?.memberId);
    }
  });

  it('gives up first and commits, then takes, then says so', async () => {
    await withMember(async (consumer, coordinator, events) => {
      await read(consumer, 2);
      coordinator.assignment = [1, 2];
      coordinator.epoch = 2;
      expect([...(await read(consumer, 1))]).toEqual([['t-2', ['in 2']]]);
      await consumer.poll(10);
      expect(events).toEqual(['+0,1', '-0', '+2']);
      expect(coordinator.held).toEqual([1, 2]);
      expect(coordinator.cluster.committed.get('t-0')).toBe(1);
    });
  });

  it('loses everything when it is fenced, and joins anew as the same member', async () => {
    await withMember(async (consumer, coordinator, events) => {
      await read(consumer, 2);
      coordinator.errors = [110];
      coordinator.assignment = [2];
      await read(consumer, 1);
      expect(events).toEqual(['+0,1', '!0,1', '+2']);
      const joins = coordinator.heartbeats.filter((request) => request.memberEpoch === 0);
      expect(joins).toHaveLength(2);
      expect(joins[0]?.memberId).toBe(joins[1]?.memberId);
    });
  });

  it('waits a little and asks again while the coordinator loads', async () => {
    await withMember(async (consumer, coordinator, events) => {
      coordinator.errors = [14, 14, 14];
      await read(consumer, 2);
      expect(events).toEqual(['+0,1']);
      expect(coordinator.heartbeats.length).toBeLessThan(10);
    });
  });

  it('keeps its place as a static member', async () => {
    const coordinator = await withMember((consumer) => read(consumer, 2).then(() => {}), {
      'group.instance.id': 'mine',
    });
    expect(coordinator.heartbeats.at(-1)).toMatchObject({ memberEpoch: -2, instanceId: 'mine' });
  });

  it('leaves when the reader stays away, and comes back with it', async () => {
    await withMember(
      async (consumer, coordinator, events, world) => {
        await read(consumer, 2);
        await world.scheduler.sleep(5000);
        expect(coordinator.heartbeats.at(-1)?.memberEpoch).toBe(-1);
        coordinator.assignment = [0];
        await consumer.poll(100);
        await consumer.poll(100);
        expect(events).toEqual(['+0,1', '!0,1', '+0']);
      },
      { 'max.poll.interval.ms': '2000' },
    );
  });

  it('says what to do when the cluster doesn’t know the protocol', async () => {
    await withMember(async (consumer, coordinator) => {
      coordinator.cluster.broker.forget(CONSUMER_GROUP_HEARTBEAT);
      await expect(read(consumer, 1)).rejects.toThrow(
        'The cluster does not support the new CONSUMER group protocol. Set group.protocol=classic on the consumer configs to revert to the CLASSIC protocol until the cluster is upgraded.',
      );
    });
  });
});
