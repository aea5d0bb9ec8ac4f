// Share groups in the group coordinator, with a share coordinator beside it, both over logs in memory on virtual time.

import { beforeEach, describe, expect, test } from 'vitest';
import { assignSimply } from '../../../src/coordinator/group/share/simple-assignor.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import type { ShareGroupHeartbeatRequest } from '../../../src/protocol/generated/apis/share-group-heartbeat-request.ts';
import type { ShareGroupHeartbeatResponse } from '../../../src/protocol/generated/apis/share-group-heartbeat-response.ts';
import type { Draft } from '../../../src/protocol/message.ts';
import { SHARE_GROUP as GROUP, ShareCluster } from '../support/share-cluster.ts';
import { SeededRandom } from '../support/virtual-io.ts';

const LEAVE = -1;

let cluster: ShareCluster;

beforeEach(async () => {
  cluster = await ShareCluster.start();
});

const partitionsOf = ({ assignment }: Draft<ShareGroupHeartbeatResponse>): readonly number[] =>
  assignment?.topicPartitions?.flatMap(({ partitions }) => partitions ?? []) ?? [];

describe('a member that joins', () => {
  test('is given the partitions with the answer, once they have their state', async () => {
    const joined = await cluster.beat('a', 0);
    expect(joined).toMatchObject({ memberId: 'a', memberEpoch: 3, heartbeatIntervalMs: 5000 });
    expect(partitionsOf(joined)).toEqual([0, 1, 2, 3]);
    expect(await cluster.describe()).toMatchObject({
      groupState: 'Stable',
      groupEpoch: 3,
      assignmentEpoch: 3,
      assignorName: 'simple',
    });
    expect(await cluster.offsets()).toHaveLength(4);
  });

  test('shares them with those who are there', async () => {
    await cluster.beat('a', 0);
    await cluster.clock.advance(1000);
    const joined = await cluster.beat('b', 0);
    expect(partitionsOf(joined)).toHaveLength(2);
    const other = await cluster.beat('a', 3);
    expect([...partitionsOf(joined), ...partitionsOf(other)].sort()).toEqual([0, 1, 2, 3]);
  });

  test('is given none while they have no state, and is when they have', async () => {
    cluster.isBroken = true;
    const joined = await cluster.beat('a', 0);
    expect(partitionsOf(joined)).toEqual([]);
    cluster.isBroken = false;
    await cluster.beat('a', joined.memberEpoch!);
    const next = await cluster.beat('a', joined.memberEpoch!);
    expect(partitionsOf(next)).toEqual([0, 1, 2, 3]);
  });

  test('too many are refused', async () => {
    for (let i = 0; i < 200; i++) await cluster.beat(`m${i}`, 0);
    expect(await cluster.beat('one more', 0)).toMatchObject({
      errorCode: Errors.GROUP_MAX_SIZE_REACHED,
      errorMessage: 'The share group has reached its maximum capacity of 200 members.',
    });
    expect((await cluster.beat('m7', 0)).errorCode ?? 0).toBe(Errors.NONE);
  });

  test('must name itself, the group and topics', async () => {
    for (const [fields, errorMessage] of [
      [{ groupId: '' }, "GroupId can't be empty."],
      [{ memberId: ' ' }, "MemberId can't be empty."],
      [{ rackId: '' }, "RackId can't be empty."],
      [{ subscribedTopicNames: [] }, 'SubscribedTopicNames must be set in first request.'],
    ] as const) {
      const refused = await cluster.beat('a', 0, fields as Partial<ShareGroupHeartbeatRequest>);
      expect(refused).toMatchObject({ errorCode: Errors.INVALID_REQUEST, errorMessage });
    }
  });
});

describe('a member', () => {
  test('of another epoch is fenced, but for the heartbeat whose answer it lost', async () => {
    await cluster.beat('a', 0);
    expect((await cluster.beat('a', 2)).memberEpoch).toBe(3);
    expect(await cluster.beat('a', 7)).toMatchObject({
      errorCode: Errors.FENCED_MEMBER_EPOCH,
      errorMessage:
        'The share group member has a greater member epoch (7) than the one known by the group coordinator (3). The member must abandon all its partitions and rejoin.',
    });
    expect((await cluster.beat('x', 3)).errorCode).toBe(Errors.UNKNOWN_MEMBER_ID);
  });

  test('that is silent is put out', async () => {
    await cluster.beat('a', 0);
    await cluster.clock.advance(45_001);
    expect(await cluster.describe()).toMatchObject({ groupState: 'Empty', members: [] });
    expect((await cluster.beat('a', 3)).errorCode).toBe(Errors.UNKNOWN_MEMBER_ID);
  });

  test('that leaves is gone', async () => {
    await cluster.beat('a', 0);
    expect(await cluster.beat('a', LEAVE)).toMatchObject({ memberId: 'a', memberEpoch: LEAVE });
    expect(await cluster.describe()).toMatchObject({ groupState: 'Empty', groupEpoch: 4 });
    const { groups } = await cluster.run(
      cluster.groups.listGroups({ statesFilter: [], typesFilter: ['share'] }),
    );
    expect(groups).toEqual([
      { groupId: GROUP, protocolType: 'share', groupState: 'Empty', groupType: 'Share' },
    ]);
  });

  test('is given those of another topic at once when it changes its subscription, if it is alone', async () => {
    const { memberEpoch } = await cluster.beat('a', 0);
    cluster.topics.put('u', 1);
    const changed = await cluster.beat('a', memberEpoch!, { subscribedTopicNames: ['u'] });
    const { id } = cluster.topics.byName('u')!;
    expect(changed.assignment?.topicPartitions).toEqual([{ topicId: id, partitions: [0] }]);
  });

  test('waits for share.assignment.interval.ms when it isn’t alone', async () => {
    await cluster.beat('a', 0);
    await cluster.clock.advance(1000);
    const { memberEpoch } = await cluster.beat('b', 0);
    cluster.topics.put('u', 1);
    const changed = await cluster.beat('b', memberEpoch!, { subscribedTopicNames: ['u'] });
    const { id } = cluster.topics.byName('t')!;
    expect(changed.assignment?.topicPartitions).toMatchObject([{ topicId: id }]);
  });

  test('is given the partitions that are added to its topic', async () => {
    await cluster.beat('a', 0);
    cluster.topics.put('t', 6);
    await cluster.clock.advance(1000);
    await cluster.beat('a', 3);
    await cluster.clock.advance(1000);
    const next = await cluster.beat('a', 4);
    const { members } = await cluster.describe();
    expect(next.errorCode ?? 0).toBe(Errors.NONE);
    expect(members![0]!.assignment!.topicPartitions![0]!.partitions).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('after a restart', () => {
  test('the group is as it was', async () => {
    await cluster.beat('a', 0);
    await cluster.clock.advance(1000);
    await cluster.beat('b', 0);
    const before = await cluster.describe();
    await cluster.restart();
    expect(await cluster.describe()).toEqual(before);
    expect((await cluster.beat('a', 3)).memberEpoch).toBe(4);
    await cluster.clock.advance(45_001);
    expect((await cluster.describe()).groupState).toBe('Empty');
  });
});

describe('offsets', () => {
  const alter = (startOffset: number, partition = 0, topicName = 't') =>
    cluster.run(
      cluster.groups.share.alterOffsets({
        groupId: GROUP,
        topics: [{ topicName, partitions: [{ partitionIndex: partition, startOffset }] }],
      }),
    );

  test('of a group that has members cannot be altered', async () => {
    await cluster.beat('a', 0);
    expect((await alter(5)).errorCode).toBe(Errors.NON_EMPTY_GROUP);
  });

  test('make the group that is not there', async () => {
    const { responses } = await alter(5);
    expect(responses![0]!.partitions).toEqual([{ partitionIndex: 0 }]);
    expect(await cluster.offsets()).toEqual([
      { partitionIndex: 0, startOffset: 5, leaderEpoch: 0, lag: 95 },
    ]);
    const made = { groupState: 'Empty', groupEpoch: 1, assignmentEpoch: 1 };
    expect(await cluster.describe()).toMatchObject(made);
    await cluster.restart();
    expect(await cluster.offsets()).toHaveLength(1);
  });

  test('make the group even if the topic has none of the partitions', async () => {
    await alter(5, 0, 'nowhere');
    expect((await cluster.describe()).errorCode).toBe(Errors.GROUP_ID_NOT_FOUND);
    await alter(5, 9);
    expect((await cluster.describe()).groupState).toBe('Empty');
    expect(await cluster.offsets()).toEqual([]);
  });

  test('of no partition are told of topics that are there', async () => {
    const answer = await cluster.run(
      cluster.groups.share.alterOffsets({
        groupId: GROUP,
        topics: [
          { topicName: 'nowhere', partitions: [] },
          { topicName: 't', partitions: [] },
        ],
      }),
    );
    expect(answer.responses!.map(({ topicName }) => topicName)).toEqual(['t']);
  });

  test('of a partition below 0 fail the whole request', async () => {
    const { errorCode, errorMessage, responses = [] } = await alter(5, -1);
    expect(errorCode).toBe(Errors.UNKNOWN_SERVER_ERROR);
    expect(errorMessage).toMatch(/^Initialize share group parameters has invalid .* -1$/);
    expect(responses).toEqual([]);
  });

  test.each([
    ['a partition below 0', [0, -1]],
    ['no partition', []],
  ])('are not described when a topic is asked for with %s', async (_, partitions) => {
    const ask = (topicName: string) =>
      cluster.run(
        cluster.groups.share.describeOffsets({
          groupId: GROUP,
          topics: [{ topicName, partitions }],
        }),
      );
    const refusal = { errorCode: Errors.UNKNOWN_SERVER_ERROR };
    expect(await ask('t')).toMatchObject(refusal);
    expect(await ask('nowhere')).not.toMatchObject(refusal);
  });

  test('of what is not there are refused one by one', async () => {
    const unknown = { errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION };
    expect((await alter(5, 9)).responses![0]!.partitions![0]).toMatchObject(unknown);
    expect((await alter(5, 0, 'nowhere')).responses![0]!.partitions![0]).toMatchObject(unknown);
  });

  test('are forgotten when deleted', async () => {
    await alter(5);
    const deletion = () =>
      cluster.run(
        cluster.groups.share.deleteOffsets({
          groupId: GROUP,
          topics: [{ topicName: 't' }, { topicName: 'nowhere' }],
        }),
      );
    const { responses } = await deletion();
    expect(responses!.map(({ topicName, errorCode = 0 }) => [topicName, errorCode])).toEqual([
      ['t', Errors.NONE],
      ['nowhere', Errors.UNKNOWN_TOPIC_OR_PARTITION],
    ]);
    expect(await cluster.offsets()).toEqual([]);
    expect((await deletion()).responses![0]).toMatchObject({
      errorMessage: 'There is no offset information to delete.',
    });
  });
});

describe('a group', () => {
  const remove = async () =>
    (await cluster.run(cluster.groups.deleteGroups({ groupsNames: [GROUP] }))).results![0]!
      .errorCode;

  test('goes with the state of its partitions, when nobody is in it', async () => {
    await cluster.beat('a', 0);
    expect(await remove()).toBe(Errors.NON_EMPTY_GROUP);
    await cluster.beat('a', LEAVE);
    expect(await remove()).toBe(Errors.NONE);
    expect(await remove()).toBe(Errors.GROUP_ID_NOT_FOUND);
    expect(await cluster.describe()).toMatchObject({
      errorCode: Errors.GROUP_ID_NOT_FOUND,
      errorMessage: `Group ${GROUP} not found.`,
    });
    const key = { groupId: GROUP, topicId: cluster.topics.byName('t')!.id, partition: 0 };
    const state = await cluster.run(cluster.share.service.read(key, 0));
    expect(state.errorCode).toBe(Errors.INVALID_REQUEST);
    await cluster.restart();
    expect((await cluster.describe()).errorCode).toBe(Errors.GROUP_ID_NOT_FOUND);
  });

  test('forgets topics that are deleted', async () => {
    await cluster.beat('a', 0);
    const { id } = cluster.topics.byName('t')!;
    cluster.topics.remove('t');
    await cluster.run(cluster.groups.onTopicsDeleted(['t'], new Set([id])));
    expect(await cluster.offsets()).toEqual([]);
    await cluster.beat('a', 3);
    const { members } = await cluster.describe();
    expect(members![0]!.assignment!.topicPartitions).toEqual([]);
  });

  test('of another kind is left alone', async () => {
    const context = { clientId: 'c', clientHost: '/127.0.0.1', requestVersion: 9 };
    await cluster.run(
      cluster.groups.commitOffsets(context, {
        groupId: GROUP,
        generationIdOrMemberEpoch: -1,
        memberId: '',
        groupInstanceId: null,
        retentionTimeMs: -1,
        topics: [],
      }),
    );
    await cluster.beat('a', 0, { groupId: 'other' });
    const refused = await cluster.run(
      cluster.groups.commitOffsets(context, {
        groupId: 'other',
        generationIdOrMemberEpoch: -1,
        memberId: '',
        groupInstanceId: null,
        retentionTimeMs: -1,
        topics: [
          {
            name: 't',
            topicId: '',
            partitions: [
              {
                partitionIndex: 0,
                committedOffset: 1,
                committedLeaderEpoch: -1,
                committedMetadata: '',
              },
            ],
          },
        ],
      }),
    );
    expect(refused.topics![0]!.partitions![0]!.errorCode).toBe(Errors.GROUP_ID_NOT_FOUND);
  });
});

describe('the simple assignor', () => {
  test('leaves no partition and no member without the other, and spreads evenly', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new SeededRandom(seed);
      const assignable = new Map<string, ReadonlySet<number>>();
      for (const topic of ['x', 'y', 'z']) {
        const count = random.int(6);
        assignable.set(topic, new Set(Array.from({ length: count }, (_, i) => i)));
      }
      const isEqual = random.chance(60);
      let current = new Map<string, ReadonlyMap<string, ReadonlySet<number>>>();
      for (let round = 0; round < 4; round++) {
        const size = 1 + random.int(9);
        const members = Array.from({ length: size }, (_, i) => ({
          memberId: `m${i}`,
          subscribedTopicIds: new Set(isEqual ? ['x', 'y', 'z'] : ['x', random.pick(['y', 'z'])]),
          current: current.get(`m${i}`) ?? new Map(),
        }));
        const given = assignSimply({ members, assignable });
        const sharers = new Map<string, number>();
        const loads: number[] = [];
        for (const { memberId, subscribedTopicIds } of members) {
          let load = 0;
          for (const [topicId, partitions] of given.get(memberId)!) {
            expect(subscribedTopicIds.has(topicId)).toBe(true);
            for (const partition of partitions) {
              const key = `${topicId}:${partition}`;
              sharers.set(key, (sharers.get(key) ?? 0) + 1);
              load++;
            }
          }
          loads.push(load);
        }
        let wanted = 0;
        for (const [topicId, partitions] of assignable) {
          if (!members.some(({ subscribedTopicIds }) => subscribedTopicIds.has(topicId))) continue;
          for (const partition of partitions) {
            wanted++;
            expect(sharers.get(`${topicId}:${partition}`) ?? 0, `seed ${seed}`).toBeGreaterThan(0);
          }
        }
        if (isEqual && wanted > 0) {
          expect(Math.min(...loads), `seed ${seed}`).toBeGreaterThan(0);
          expect(Math.max(...loads) - Math.min(...loads), `seed ${seed}`).toBeLessThanOrEqual(1);
        }
        current = given;
      }
    }
  });
});
