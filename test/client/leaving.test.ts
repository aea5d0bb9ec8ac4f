// How a consumer of a group ends when things are under way: what it commits, how long it takes, and that the group knows.

import { describe, expect, it } from 'vitest';
import { Consumer } from '../../src/client/consumer/consumer.ts';
import { ShareConsumer } from '../../src/client/share/share-consumer.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import { HEARTBEAT } from '../../src/protocol/generated/apis/heartbeat.ts';
import { JOIN_GROUP } from '../../src/protocol/generated/apis/join-group.ts';
import { LEAVE_GROUP } from '../../src/protocol/generated/apis/leave-group.ts';
import { OFFSET_COMMIT } from '../../src/protocol/generated/apis/offset-commit.ts';
import type { OffsetCommitRequest } from '../../src/protocol/generated/apis/offset-commit-request.ts';
import { SHARE_GROUP_HEARTBEAT } from '../../src/protocol/generated/apis/share-group-heartbeat.ts';
import { SYNC_GROUP } from '../../src/protocol/generated/apis/sync-group.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { ConsumeCluster, read } from './support/consume-cluster.ts';
import { SILENCE } from './support/fake-broker.ts';

const T0 = { topic: 't', partition: 0 };
const STALE_MEMBER_EPOCH = 113;
const UNKNOWN_MEMBER_ID = 25;

interface Situation {
  readonly world: VirtualWorld;
  readonly cluster: ConsumeCluster;
  readonly consumer: Consumer;
  readonly log: string[];
}

/** A consumer of a group, and topic t with two records in its one partition. */
async function ending(
  work: (situation: Situation) => Promise<void>,
  config: Record<string, string> = {},
  untilDelivered?: () => Promise<void>,
): Promise<void> {
  const world = new VirtualWorld(31);
  await world.scheduler.run(async () => {
    const cluster = await ConsumeCluster.start(world);
    cluster.broker.topic('t');
    cluster.append('t', 0, ['a', 'b']);
    const log: string[] = [];
    const consumer = new Consumer({
      bootstrapServers: [cluster.broker.address],
      io: world.process().io,
      config: new Map(
        Object.entries({ 'auto.offset.reset': 'earliest', 'group.id': 'g', ...config }),
      ),
      log: (_level, message) => log.push(message),
      ...(untilDelivered === undefined ? {} : { untilDelivered }),
    });
    await work({ world, cluster, consumer, log });
    await consumer.close();
  });
}

function refuseCommits(cluster: ConsumeCluster, errorCode: () => number): OffsetCommitRequest[] {
  const requests: OffsetCommitRequest[] = [];
  cluster.broker.on(OFFSET_COMMIT, (request) => {
    requests.push(request);
    const code = errorCode();
    return {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, committedOffset }) => {
          if (code === 0) cluster.committed.set(`${name}-${partitionIndex}`, committedOffset);
          return { partitionIndex, errorCode: code };
        }),
      })),
    };
  });
  return requests;
}

describe('a consumer that is closed', () => {
  it('commits nothing that its reader still has under way', async () => {
    await ending(
      async ({ cluster, consumer }) => {
        consumer.assign([T0]);
        await read(consumer, 2);
        await consumer.close(3000);
        expect(cluster.committed.size).toBe(0);
      },
      {},
      () => new Promise(() => {}),
    );
  });

  it('commits once its reader is done', async () => {
    let deliver = () => {};
    await ending(
      async ({ world, cluster, consumer }) => {
        consumer.assign([T0]);
        await read(consumer, 2);
        const closing = consumer.close();
        await world.scheduler.sleep(500);
        expect(cluster.committed.size).toBe(0);
        deliver();
        await closing;
        expect(cluster.committed.get('t-0')).toBe(2);
      },
      {},
      () => new Promise((resolve) => (deliver = resolve)),
    );
  });

  it('tells that its commit was refused, and ends all the same', async () => {
    await ending(async ({ cluster, consumer, log }) => {
      refuseCommits(cluster, () => UNKNOWN_MEMBER_ID);
      consumer.assign([T0]);
      await read(consumer, 2);
      await consumer.close();
      expect(log.join()).toContain('Synchronous auto-commit failed: Offset commit cannot be');
    });
  });

  it('commits no offsets of a topic that is gone to its namesake', async () => {
    await ending(
      async ({ world, cluster, consumer }) => {
        const UNKNOWN_TOPIC_OR_PARTITION = 3;
        let isThere = true;
        refuseCommits(cluster, () => (isThere ? 0 : UNKNOWN_TOPIC_OR_PARTITION));
        consumer.assign([T0]);
        await read(consumer, 2);
        isThere = false;
        cluster.broker.topics.delete('t');
        await consumer.poll(3000);
        let isClosed = false;
        const closing = consumer.close().then(() => {
          isClosed = true;
        });
        await world.scheduler.sleep(1000);
        expect(isClosed).toBe(true);
        cluster.broker.topic('t', 1, { topicId: Buffer.alloc(16, 7).toString('base64url') });
        isThere = true;
        await closing;
        expect(cluster.committed.size).toBe(0);
      },
      { 'metadata.max.age.ms': '1000' },
    );
  });

  it('waits no longer than it may for a commit that goes on in the background', async () => {
    await ending(
      async ({ world, cluster, consumer }) => {
        cluster.broker.on(OFFSET_COMMIT, () => SILENCE);
        consumer.assign([T0]);
        await read(consumer, 2);
        await world.scheduler.sleep(700_000);
        await consumer.poll(0);
        const startMs = world.scheduler.nowMs;
        await consumer.close(2000);
        expect(world.scheduler.nowMs - startMs).toBeLessThan(2100);
      },
      { 'auto.commit.interval.ms': '600000' },
    );
  });
});

describe('a member that is closed', () => {
  it('commits with the epoch that it is just told', async () => {
    await ending(
      async ({ cluster, consumer }) => {
        let epoch = 1;
        const commits = refuseCommits(cluster, () => {
          if (commits.at(-1)!.generationIdOrMemberEpoch === 2) return 0;
          epoch = 2;
          return STALE_MEMBER_EPOCH;
        });
        const { topicId } = cluster.broker.topics.get('t')!;
        cluster.broker.on(CONSUMER_GROUP_HEARTBEAT, ({ memberId, memberEpoch }) => ({
          memberId,
          memberEpoch: memberEpoch < 0 ? memberEpoch : epoch,
          heartbeatIntervalMs: 500,
          assignment:
            memberEpoch === 0 ? { topicPartitions: [{ topicId, partitions: [0] }] } : null,
        }));
        consumer.subscribe(['t']);
        await read(consumer, 2);
        await consumer.close();
        expect(cluster.committed.get('t-0')).toBe(2);
      },
      { 'group.protocol': 'consumer' },
    );
  });

  it('takes back a join that is under way', async () => {
    await ending(
      async ({ world, cluster, consumer }) => {
        const epochs: number[] = [];
        cluster.broker.on(CONSUMER_GROUP_HEARTBEAT, async ({ memberId, memberEpoch }) => {
          epochs.push(memberEpoch);
          await world.scheduler.sleep(300);
          return {
            memberId,
            memberEpoch: memberEpoch < 0 ? memberEpoch : 1,
            heartbeatIntervalMs: 500,
          };
        });
        consumer.subscribe(['t']);
        await consumer.poll(100);
        await consumer.close();
        expect(epochs).toEqual([0, -1]);
      },
      { 'group.protocol': 'consumer' },
    );
  });

  it('takes back a join that is under way, of a share group, too', async () => {
    await ending(async ({ world, cluster }) => {
      const epochs: number[] = [];
      cluster.broker.on(SHARE_GROUP_HEARTBEAT, async ({ memberId, memberEpoch }) => {
        epochs.push(memberEpoch);
        await world.scheduler.sleep(300);
        return {
          memberId,
          memberEpoch: memberEpoch < 0 ? memberEpoch : 1,
          heartbeatIntervalMs: 500,
        };
      });
      const sharing = new ShareConsumer({
        bootstrapServers: [cluster.broker.address],
        io: world.process().io,
        config: new Map([['group.id', 's']]),
      });
      sharing.subscribe(['t']);
      await sharing.poll(100);
      await sharing.close();
      expect(epochs).toEqual([0, -1]);
    });
  });

  it('needn’t wait for the others while the group rebalances', async () => {
    await ending(async ({ world, cluster, consumer }) => {
      const { broker } = cluster;
      let joins = 0;
      broker.on(JOIN_GROUP, ({ memberId }) => {
        joins += 1;
        if (joins === 1) return { errorCode: 79, memberId: 'm' };
        return joins > 2
          ? SILENCE
          : { generationId: 1, protocolName: 'range', leader: 'x', memberId };
      });
      broker.on(SYNC_GROUP, () => ({ assignment: Buffer.alloc(0) }));
      broker.on(HEARTBEAT, () => ({ errorCode: 27 }));
      broker.on(LEAVE_GROUP, () => ({}));
      // A brokers' connection: what is behind an answer that doesn't come isn't read.
      broker.holdsUp = true;
      consumer.subscribe(['t']);
      await consumer.poll(5000);
      expect(joins).toBe(3);
      const startMs = world.scheduler.nowMs;
      await consumer.close();
      expect(broker.log).toContain('LEAVE_GROUP');
      expect(world.scheduler.nowMs - startMs).toBeLessThan(1000);
    });
  });

  it('commits nothing once the group has thrown it out', async () => {
    await ending(
      async ({ world, cluster, consumer }) => {
        const { topicId } = cluster.broker.topics.get('t')!;
        let isOut = false;
        cluster.broker.on(CONSUMER_GROUP_HEARTBEAT, ({ memberId, memberEpoch }) => ({
          errorCode: isOut ? UNKNOWN_MEMBER_ID : 0,
          memberId,
          memberEpoch: 1,
          heartbeatIntervalMs: 500,
          assignment:
            memberEpoch === 0 ? { topicPartitions: [{ topicId, partitions: [0] }] } : null,
        }));
        consumer.subscribe(['t']);
        await read(consumer, 2);
        isOut = true;
        await world.scheduler.sleep(2000);
        await consumer.close();
        expect(cluster.committed.size).toBe(0);
      },
      { 'group.protocol': 'consumer' },
    );
  });
});
