import { describe, expect, test } from 'vitest';
import { ZERO_UUID } from '../../src/common/uuid.ts';
import { DiskError } from '../../src/io/io.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { GroupHarness } from './support/group-harness.ts';

const DAY_MS = 24 * 3600 * 1000;

async function deleteOffsets(harness: GroupHarness, groupId: string, topic: string, index: number) {
  const request = { groupId, topics: [{ name: topic, partitions: [{ partitionIndex: index }] }] };
  return harness.run(harness.service.deleteOffsets(request));
}

async function deleteGroups(harness: GroupHarness, ...groupsNames: string[]) {
  return (await harness.run(harness.service.deleteGroups({ groupsNames }))).results;
}

describe('committing offsets', () => {
  test('without membership makes a group that survives a restart', async () => {
    const harness = await GroupHarness.start();
    expect(await harness.commit('g', { 0: 5, 1: 7 }, { metadata: 'why' })).toEqual([0, 0]);
    expect(await harness.commit('g', { 1: 8 }, { metadata: null })).toEqual([0]);
    const before = await harness.fetch('g');
    expect(before['t-0']).toMatchObject({
      committedOffset: 5,
      committedLeaderEpoch: 3,
      metadata: 'why',
      errorCode: 0,
    });
    expect(before['t-1']).toMatchObject({ committedOffset: 8, metadata: '' });
    await harness.restart();
    expect(await harness.fetch('g')).toEqual(before);
    expect(await harness.list()).toEqual([
      { groupId: 'g', protocolType: '', groupState: 'Empty', groupType: 'Classic' },
    ]);
  });

  test('a group that a refused commit made is told of with the next record of its shard', async () => {
    const harness = await GroupHarness.start({ offsetMetadataMaxSize: 3 });
    const { OFFSET_METADATA_TOO_LARGE, GROUP_ID_NOT_FOUND } = Errors;
    expect(await harness.commit('g', { 0: 5 }, { metadata: 'long' })).toEqual([
      OFFSET_METADATA_TOO_LARGE,
    ]);
    expect(await harness.list()).toEqual([]);
    expect((await harness.describe('g')).errorCode).toBe(GROUP_ID_NOT_FOUND);
    await harness.commit('other', { 0: 5 });
    expect((await harness.list()).map(({ groupId }) => groupId)).toEqual(['other', 'g']);
    expect((await harness.describe('g')).groupState).toBe('Empty');
    await harness.restart();
    expect((await harness.list()).map(({ groupId }) => groupId)).toEqual(['other']);
  });

  test('what was never committed is -1 with empty metadata', async () => {
    const harness = await GroupHarness.start();
    const nothing = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 };
    expect((await harness.fetch('none', { t: [0] }))['t-0']).toMatchObject(nothing);
    await harness.commit('g', { 0: 1 });
    expect((await harness.fetch('g', { t: [1] }))['t-1']).toMatchObject(nothing);
    expect(await harness.fetch('none')).toEqual({});
  });

  test.each([
    [
      'a generation that is over',
      (id: string) => ({ memberId: id, generation: 7 }),
      Errors.ILLEGAL_GENERATION,
    ],
    ['a stranger', () => ({ memberId: 'x', generation: 1 }), Errors.UNKNOWN_MEMBER_ID],
    ['nobody while the group has members', () => ({}), Errors.UNKNOWN_MEMBER_ID],
  ])('%s is refused', async (_name, options, errorCode) => {
    const harness = await GroupHarness.start();
    const { memberIds } = await harness.stableGroup('g', 1);
    expect(await harness.commit('g', { 0: 1 }, options(memberIds[0]!))).toEqual([errorCode]);
    expect(await harness.fetch('g')).toEqual({});
  });

  test('into a group that is not there is refused, as the version knows it', async () => {
    const harness = await GroupHarness.start();
    const options = { memberId: 'm', generation: 3 };
    expect(await harness.commit('g', { 0: 1 }, { ...options, version: 8 })).toEqual([
      Errors.ILLEGAL_GENERATION,
    ]);
    expect(await harness.commit('g', { 0: 1 }, { ...options, version: 9 })).toEqual([
      Errors.GROUP_ID_NOT_FOUND,
    ]);
  });

  test('waits while members have joined and not yet synced', async () => {
    const harness = await GroupHarness.start();
    const { memberId, joining } = await harness.joinWithId('g');
    await harness.clock.advance(3000);
    const { generationId } = joining.result!;
    const options = { memberId, generation: generationId! };
    expect(await harness.commit('g', { 0: 1 }, options)).toEqual([Errors.REBALANCE_IN_PROGRESS]);
  });

  test('metadata longer than allowed is refused for its partition', async () => {
    const harness = await GroupHarness.start();
    const long = 'x'.repeat(4097);
    expect(await harness.commit('g', { 0: 1 }, { metadata: long })).toEqual([
      Errors.OFFSET_METADATA_TOO_LARGE,
    ]);
    expect(await harness.commit('g', { 0: 1 }, { metadata: long.slice(1) })).toEqual([0]);
  });

  test('a commit that cannot be appended is not seen by anybody', async () => {
    const harness = await GroupHarness.start();
    await harness.commit('g', { 0: 1 });
    harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    expect(await harness.commit('g', { 0: 2, 1: 2 })).toEqual([
      Errors.COORDINATOR_NOT_AVAILABLE,
      Errors.COORDINATOR_NOT_AVAILABLE,
    ]);
    const found = await harness.fetch('g', { t: [0, 1] });
    expect(found['t-0']!.committedOffset).toBe(1);
    expect(found['t-1']!.committedOffset).toBe(-1);
  });

  test('on a full disk is refused in a way that clients try again', async () => {
    const harness = await GroupHarness.start();
    harness.log.failures.push(new DiskError('ENOSPC', '/data', 'write'));
    expect(await harness.commit('g', { 0: 2 })).toEqual([Errors.NOT_COORDINATOR]);
    expect(await harness.commit('g', { 0: 2 })).toEqual([0]);
  });

  test('a topic that was deleted and made again has no offsets', async () => {
    const harness = await GroupHarness.start();
    const ids = ['AAAAAAAAAAAAAAAAAAAABA', 'AAAAAAAAAAAAAAAAAAAACA'];
    const partition = {
      partitionIndex: 0,
      committedOffset: 9,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    };
    await harness.run(
      harness.service.commitOffsets(harness.context(10), {
        groupId: 'g',
        generationIdOrMemberEpoch: -1,
        memberId: '',
        groupInstanceId: null,
        retentionTimeMs: -1,
        topics: [{ name: 't', topicId: ids[0]!, partitions: [partition] }],
      }),
    );
    const fetchWith = async (topicId: string): Promise<number> => {
      const topics = [{ name: 't', topicId, partitionIndexes: [0] }];
      const request = { groupId: 'g', memberId: null, memberEpoch: -1, topics };
      const answer = await harness.run(
        harness.service.fetchOffsets(harness.context(10), request, false),
      );
      return answer.topics![0]!.partitions![0]!.committedOffset!;
    };
    expect(await fetchWith(ids[0]!)).toBe(9);
    expect(await fetchWith(ZERO_UUID)).toBe(9);
    expect(await fetchWith(ids[1]!)).toBe(-1);
  });
});

describe('deleting', () => {
  test('offsets of an empty group go, one partition at a time', async () => {
    const harness = await GroupHarness.start();
    await harness.commit('g', { 0: 1, 1: 2 });
    const response = await deleteOffsets(harness, 'g', 't', 0);
    expect(response.topics![0]!.partitions).toEqual([{ partitionIndex: 0, errorCode: 0 }]);
    await harness.restart();
    expect(Object.keys(await harness.fetch('g'))).toEqual(['t-1']);
  });

  test('offsets of topics that consumers are subscribed to stay, others go', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, generationId } = await harness.stableGroup('g', 1);
    const options = { memberId: memberIds[0]!, generation: generationId };
    await harness.commit('g', { 0: 1 }, options);
    await harness.commit('g', { 0: 1 }, { ...options, topic: 'other' });
    const own = await deleteOffsets(harness, 'g', 't', 0);
    expect(own.topics![0]!.partitions![0]!.errorCode).toBe(Errors.GROUP_SUBSCRIBED_TO_TOPIC);
    const other = await deleteOffsets(harness, 'g', 'other', 0);
    expect(other.topics![0]!.partitions![0]!.errorCode).toBe(0);
    expect(Object.keys(await harness.fetch('g'))).toEqual(['t-0']);
  });

  test('offsets of an active group that does not consume topics stay', async () => {
    const harness = await GroupHarness.start();
    await harness.stableGroup('g', 1, { protocolType: 'connect' });
    expect(await deleteOffsets(harness, 'g', 't', 0)).toEqual({
      errorCode: Errors.NON_EMPTY_GROUP,
    });
    expect(await deleteOffsets(harness, 'none', 't', 0)).toEqual({
      errorCode: Errors.GROUP_ID_NOT_FOUND,
    });
  });

  test('groups go when they are empty, with their offsets, and stay away after a restart', async () => {
    const harness = await GroupHarness.start();
    await harness.stableGroup('active', 1);
    await harness.commit('empty', { 0: 1 });
    expect(await deleteGroups(harness, 'active', 'empty', 'none')).toEqual([
      { groupId: 'active', errorCode: Errors.NON_EMPTY_GROUP },
      { groupId: 'empty', errorCode: 0 },
      { groupId: 'none', errorCode: Errors.GROUP_ID_NOT_FOUND },
    ]);
    await harness.restart();
    expect((await harness.list()).map(({ groupId }) => groupId)).toEqual(['active']);
    expect(await harness.fetch('empty')).toEqual({});
  });

  test('a deleted topic takes its offsets along', async () => {
    const harness = await GroupHarness.start();
    await harness.commit('g', { 0: 1 });
    await harness.commit('g', { 0: 1 }, { topic: 'other' });
    await harness.run(harness.service.onTopicsDeleted(['t']));
    expect(Object.keys(await harness.fetch('g'))).toEqual(['other-0']);
  });
});

describe('expiry', () => {
  test('offsets of an empty group go after the retention time, counted from when it became empty', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, generationId } = await harness.stableGroup('g', 1);
    await harness.commit('g', { 0: 1 }, { memberId: memberIds[0]!, generation: generationId });
    await harness.clock.advance(10_001);
    expect((await harness.describe('g')).groupState).toBe('Empty');
    await harness.clock.advance(7 * DAY_MS - 20_000);
    expect(Object.keys(await harness.fetch('g'))).toEqual(['t-0']);
    await harness.clock.advance(1_200_000);
    expect(await harness.fetch('g')).toEqual({});
    expect(await harness.list()).toEqual([]);
  });

  test('a stable group keeps what it is subscribed to for ever', async () => {
    const harness = await GroupHarness.start({
      offsetsRetentionMs: 60_000,
      offsetsRetentionCheckIntervalMs: 1000,
    });
    const { memberIds, generationId } = await harness.stableGroup('g', 1);
    const options = { memberId: memberIds[0]!, generation: generationId };
    await harness.commit('g', { 0: 1 }, options);
    await harness.commit('g', { 0: 1 }, { ...options, topic: 'left-behind' });
    for (let i = 0; i < 10; i++) {
      await harness.clock.advance(9000);
      await harness.heartbeat('g', memberIds[0]!, generationId);
    }
    expect(Object.keys(await harness.fetch('g'))).toEqual(['t-0']);
  });

  test('an expire time that an old client gave counts before the retention of the broker', async () => {
    const harness = await GroupHarness.start({ offsetsRetentionCheckIntervalMs: 1000 });
    await harness.commit('g', { 0: 1 }, { version: 4, retentionTimeMs: 60_000 });
    await harness.commit('g', { 1: 1 });
    await harness.restart();
    await harness.clock.advance(62_000);
    expect(Object.keys(await harness.fetch('g'))).toEqual(['t-1']);
  });

  test('many offsets expire a slice at a time; the group that they fill goes with the next check', async () => {
    const config = { offsetsRetentionMs: 60_000, offsetsRetentionCheckIntervalMs: 1000 };
    const harness = await GroupHarness.start(config);
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [index, 1]));
    await harness.commit('large', many);
    for (let n = 0; n < 50; n++) await harness.commit(`small-${n}`, { 0: 1 });
    await harness.clock.advance(59_500);
    const appendsBefore = harness.log.appends;
    await harness.clock.advance(1000);
    expect(await harness.fetch('large')).toEqual({});
    expect((await harness.list()).map(({ groupId }) => groupId)).toEqual(['large']);
    expect(harness.log.appends - appendsBefore).toBe(3);
    await harness.clock.advance(1000);
    expect(await harness.list()).toEqual([]);
  });

  test('offsets without a group expire from their commit on', async () => {
    const harness = await GroupHarness.start({
      offsetsRetentionMs: 60_000,
      offsetsRetentionCheckIntervalMs: 1000,
    });
    await harness.commit('g', { 0: 1 });
    await harness.clock.advance(50_000);
    await harness.commit('g', { 1: 1 });
    await harness.clock.advance(15_000);
    expect(Object.keys(await harness.fetch('g'))).toEqual(['t-1']);
  });
});

describe('listing and describing', () => {
  test('states and types filter without regard to case', async () => {
    const harness = await GroupHarness.start();
    await harness.stableGroup('stable', 1);
    await harness.commit('empty', { 0: 1 });
    const ids = async (...filters: [string[], string[]]) =>
      (await harness.list(...filters)).map(({ groupId }) => groupId);
    expect(await ids(['STABLE'], [])).toEqual(['stable']);
    expect(await ids(['empty', 'dead'], ['Classic'])).toEqual(['empty']);
    expect(await ids([], ['consumer'])).toEqual([]);
    expect(await ids([], [])).toEqual(['empty', 'stable']);
  });

  test('a stable group shows subscriptions and assignments', async () => {
    const harness = await GroupHarness.start();
    const { memberIds } = await harness.stableGroup('g', 1, { clientId: 'app' });
    const described = await harness.describe('g');
    expect(described).toMatchObject({
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
      members: [{ memberId: memberIds[0], clientId: 'app', clientHost: '/127.0.0.1' }],
    });
    expect(String(described.members![0]!.memberAssignment)).toBe(memberIds[0]);
  });

  test('a group that is not there is dead, and from v6 on an error says so', async () => {
    const harness = await GroupHarness.start();
    expect(await harness.describe('g', 5)).toEqual({ groupId: 'g', groupState: 'Dead' });
    expect(await harness.describe('g', 6)).toEqual({
      groupId: 'g',
      groupState: 'Dead',
      errorCode: Errors.GROUP_ID_NOT_FOUND,
      errorMessage: 'Group g not found.',
    });
  });
});
