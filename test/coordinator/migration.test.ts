import { describe, expect, test } from 'vitest';
import type { GroupCoordinatorConfig } from '../../src/coordinator/group/group-coordinator-config.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import { assignedPartitions, embedAssignment, embedSubscription } from './support/embedded.ts';
import { GroupHarness, type JoinOptions } from './support/group-harness.ts';

const PARTITIONS = 4;

async function start(config: Partial<GroupCoordinatorConfig> = {}): Promise<GroupHarness> {
  const harness = await GroupHarness.start({
    consumerGroupAssignmentIntervalMs: 0,
    ...config,
  });
  harness.topics.put('t', PARTITIONS);
  return harness;
}

function protocolsWith(owned: readonly number[] = []): JoinOptions {
  return { protocols: [{ name: 'cooperative-sticky', metadata: embedSubscription(['t'], owned) }] };
}

/** A stable classic group of these members, each with its partitions. */
async function classicGroup(
  harness: GroupHarness,
  assignments: readonly (readonly number[])[],
  userData: Buffer | null = null,
): Promise<{ memberIds: string[]; generationId: number }> {
  const joins: Awaited<ReturnType<GroupHarness['joinWithId']>>[] = [];
  for (const _ of assignments) joins.push(await harness.joinWithId('g', protocolsWith()));
  await harness.clock.advance(harness.config.classicGroupInitialRebalanceDelayMs * 2 + 1);
  const memberIds = joins.map(({ memberId }) => memberId);
  const { generationId, leader } = joins[0]!.joining.result!;
  const parts: Record<string, Buffer> = {};
  for (const [i, memberId] of memberIds.entries()) {
    parts[memberId] = embedAssignment('t', assignments[i]!, userData);
  }
  const syncs = memberIds.map((memberId) =>
    harness.syncBytes('g', memberId, generationId!, memberId === leader ? parts : {}),
  );
  await harness.clock.settle();
  expect(syncs.map(({ result }) => result?.errorCode)).toEqual(memberIds.map(() => 0));
  return { memberIds, generationId: generationId! };
}

const typeOf = async (harness: GroupHarness) => (await harness.list())[0]!.groupType;

/** JoinGroup and SyncGroup of a classic member; what it has then. */
async function rejoin(
  harness: GroupHarness,
  memberId: string,
  owned: readonly number[],
  instance: string | null = null,
): Promise<{ generation: number; partitions: number[] }> {
  const options = { memberId, groupInstanceId: instance, ...protocolsWith(owned) };
  const joining = harness.join('g', options);
  await harness.clock.settle();
  // It is told no leader: the coordinator assigns.
  expect(joining.result).toMatchObject({ errorCode: 0 });
  expect(joining.result!.leader).toBeUndefined();
  const generation = joining.result!.generationId!;
  const syncing = harness.syncBytes('g', memberId, generation, {}, instance);
  await harness.clock.settle();
  expect(syncing.result).toMatchObject({ errorCode: 0 });
  return { generation, partitions: assignedPartitions(syncing.result!.assignment as Buffer) };
}

function heldBy(answer: { assignment?: unknown }): number[] {
  const assignment = answer.assignment as { topicPartitions: { partitions: number[] }[] } | null;
  return (assignment?.topicPartitions ?? []).flatMap(({ partitions }) => partitions);
}

const tellsIn = (harness: GroupHarness, partitions: number[]) => ({
  topicPartitions: [{ topicId: harness.topics.byName('t')!.id, partitions }],
});

describe('a classic group that a member of the consumer protocol joins', () => {
  test('becomes a consumer group; the classic members give back step by step', async () => {
    const harness = await start();
    const { memberIds, generationId } = await classicGroup(harness, [
      [0, 1],
      [2, 3],
    ]);
    const [one, two] = memberIds as [string, string];
    const joined = await harness.beat('g', 'new', 0);
    expect(joined.memberEpoch).toBe(generationId + 1);
    expect(heldBy(joined)).toEqual([]);
    expect(await typeOf(harness)).toBe('Consumer');
    expect(await harness.heartbeat('g', one, generationId)).toBe(Errors.REBALANCE_IN_PROGRESS);

    // One of them has to give something back: it is told what stays, and joins again without the rest.
    const held = { [one]: [0, 1], [two]: [2, 3] };
    let generation = generationId;
    for (const memberId of [one, two]) {
      const owned = held[memberId]!;
      const first = await rejoin(harness, memberId, owned);
      expect(owned).toEqual(expect.arrayContaining(first.partitions));
      if (first.partitions.length < owned.length) {
        expect(heldBy(await harness.beat('g', 'new', joined.memberEpoch!))).toEqual([]);
        expect(await harness.heartbeat('g', memberId, first.generation)).toBe(
          Errors.REBALANCE_IN_PROGRESS,
        );
        const second = await rejoin(harness, memberId, first.partitions);
        expect(second.partitions).toEqual(first.partitions);
        generation = second.generation;
      } else generation = first.generation;
      held[memberId] = first.partitions;
      expect(await harness.heartbeat('g', memberId, generation)).toBe(Errors.NONE);
    }
    const given = heldBy(await harness.beat('g', 'new', joined.memberEpoch!));
    expect([...given, ...held[one]!, ...held[two]!].sort()).toEqual([0, 1, 2, 3]);
    expect(given.length).toBeGreaterThan(0);
    expect((await harness.describeConsumer('g')).groupState).toBe('Stable');
  });

  test('keeps its members over a restart, and its offsets', async () => {
    const harness = await start();
    const { memberIds } = await classicGroup(harness, [[0, 1, 2, 3]]);
    await harness.commit('g', { 0: 7 }, { memberId: memberIds[0]!, generation: 1 });
    await harness.beat('g', 'new', 0);
    const before = await harness.describeConsumer('g');
    await harness.restart();
    expect(await harness.describeConsumer('g')).toEqual(before);
    expect(before.members!.map(({ memberType }) => memberType).sort()).toEqual([0, 1]);
    expect((await harness.fetch('g'))['t-0']).toMatchObject({ committedOffset: 7 });
    expect(await rejoin(harness, memberIds[0]!, [0, 1, 2, 3])).toMatchObject({
      partitions: expect.arrayContaining([expect.any(Number)]),
    });
  });

  test('stays classic when the records could not be written', async () => {
    const harness = await start();
    const { memberIds, generationId } = await classicGroup(harness, [[0, 1, 2, 3]]);
    harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    const joined = await harness.beat('g', 'new', 0);
    expect(joined.errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE);
    expect(await typeOf(harness)).toBe('Classic');
    expect(await harness.heartbeat('g', memberIds[0]!, generationId)).toBe(Errors.NONE);
  });

  test.each([
    [{ consumerGroupMigrationPolicy: 'disabled' as const }, 'because online upgrade is disabled.'],
    [{ consumerGroupMigrationPolicy: 'downgrade' as const }, 'because online upgrade is disabled.'],
    [
      { consumerGroupMaxSize: 1 },
      'because the group size exceeds the consumer group maximum size.',
    ],
  ])('is left alone with %o', async (config, reason) => {
    const harness = await start(config);
    await classicGroup(harness, [
      [0, 1],
      [2, 3],
    ]);
    expect(await harness.beat('g', 'new', 0)).toMatchObject({
      errorCode: Errors.GROUP_ID_NOT_FOUND,
      errorMessage: `Cannot upgrade classic group g to consumer group ${reason}`,
    });
    expect(await typeOf(harness)).toBe('Classic');
  });

  test('gives up members that have fallen silent', async () => {
    const harness = await start();
    await classicGroup(harness, [[0, 1, 2, 3]]);
    const { memberEpoch } = await harness.beat('g', 'new', 0);
    for (let i = 0; i < 3; i++) {
      await harness.beat('g', 'new', memberEpoch!);
      await harness.clock.advance(5000);
    }
    const { members } = await harness.describeConsumer('g');
    expect(members!.map((one) => one.memberId)).toEqual(['new']);
  });

  test('is left alone when its assignor has data of its own', async () => {
    const harness = await start();
    await classicGroup(harness, [[0]], Buffer.from('mine'));
    const answer = await harness.beat('g', 'new', 0);
    expect(answer.errorMessage).toContain('because an unsupported custom assignor is in use.');
  });
});

describe('a classic member that joins a consumer group', () => {
  test('is given an id, then joins, syncs and commits with the epoch as generation', async () => {
    const harness = await start();
    await harness.beat('g', 'new', 0);
    const asked = harness.join('g', protocolsWith());
    await harness.clock.settle();
    expect(asked.result).toMatchObject({ errorCode: Errors.MEMBER_ID_REQUIRED });
    const memberId = asked.result!.memberId!;
    const { generation, partitions } = await rejoin(harness, memberId, []);
    expect(partitions).toEqual([]);
    const { memberEpoch } = await harness.beat('g', 'new', generation - 1, {
      ...tellsIn(harness, [0, 1, 2, 3]),
    });
    const kept = (await harness.describeConsumer('g')).members!.find(
      (member) => member.memberId === 'new',
    )!;
    const list = kept.targetAssignment!.topicPartitions![0]!.partitions as number[];
    await harness.beat('g', 'new', memberEpoch!, tellsIn(harness, list));
    expect(await harness.heartbeat('g', memberId, generation)).toBe(Errors.REBALANCE_IN_PROGRESS);
    const settled = await rejoin(harness, memberId, []);
    expect([...settled.partitions, ...list].sort()).toEqual([0, 1, 2, 3]);
    const commit = (epoch: number) =>
      harness.commit('g', { [settled.partitions[0]!]: 5 }, { memberId, generation: epoch });
    expect(await commit(settled.generation)).toEqual([0]);
    expect(await commit(settled.generation + 5)).toEqual([Errors.ILLEGAL_GENERATION]);
  });

  test('that was removed meanwhile is told so when it goes on with partitions that others may have', async () => {
    const harness = await start();
    await harness.beat('g', 'new', 0);
    const joining = harness.join('g', { memberId: 'removed', ...protocolsWith([0, 1]) });
    await harness.clock.settle();
    expect(joining.result).toMatchObject({ errorCode: Errors.UNKNOWN_MEMBER_ID });
    expect((await harness.describeConsumer('g')).members).toHaveLength(1);
  });

  test('is refused with another protocol type, or where nothing may be migrated', async () => {
    const harness = await start();
    await harness.beat('g', 'new', 0);
    const connect = harness.join('g', { protocolType: 'connect' });
    await harness.clock.settle();
    expect(connect.result).toMatchObject({ errorCode: Errors.INCONSISTENT_GROUP_PROTOCOL });
    const strict = await start({ consumerGroupMigrationPolicy: 'disabled' });
    await strict.beat('g', 'new', 0);
    const refused = strict.join('g', protocolsWith());
    await strict.clock.settle();
    expect(refused.result).toMatchObject({ errorCode: Errors.INCONSISTENT_GROUP_PROTOCOL });
  });

  test('who does not join again in time is gone, and so is who does not sync', async () => {
    const harness = await start();
    const { memberIds, generationId } = await classicGroup(harness, [[0, 1, 2, 3]]);
    const [memberId] = memberIds as [string];
    await harness.beat('g', 'new', 0);
    for (let i = 0; i < 13; i++) {
      await harness.heartbeat('g', memberId, generationId);
      await harness.beat('g', 'new', generationId + 1);
      await harness.clock.advance(5000);
    }
    expect(await harness.heartbeat('g', memberId, generationId)).toBe(Errors.UNKNOWN_MEMBER_ID);
    const { members } = await harness.describeConsumer('g');
    expect(members!.map((one) => [one.memberId, heldBy(one)])).toEqual([['new', [0, 1, 2, 3]]]);
  });
});

describe('a consumer group whose last member of the consumer protocol goes', () => {
  async function mixed(config: Partial<GroupCoordinatorConfig> = {}) {
    const harness = await start(config);
    const { memberIds, generationId } = await classicGroup(harness, [[0, 1, 2, 3]]);
    const { memberEpoch } = await harness.beat('g', 'new', 0);
    return { harness, memberId: memberIds[0]!, generationId, memberEpoch: memberEpoch! };
  }

  test('becomes a classic group that rebalances', async () => {
    const { harness, memberId, generationId } = await mixed();
    expect(await harness.beat('g', 'new', -1)).toMatchObject({ memberEpoch: -1 });
    expect(await harness.list()).toMatchObject([
      { groupType: 'Classic', groupState: 'PreparingRebalance', protocolType: 'consumer' },
    ]);
    const joining = harness.join('g', { memberId, ...protocolsWith() });
    await harness.clock.settle();
    expect(joining.result).toMatchObject({
      errorCode: 0,
      generationId: generationId + 2,
      leader: memberId,
    });
    await harness.restart();
    expect(await typeOf(harness)).toBe('Classic');
    expect((await harness.describe('g')).members!.map((one) => one.memberId)).toEqual([memberId]);
  });

  test('by its session, likewise', async () => {
    const { harness, memberId, memberEpoch } = await mixed();
    const { generation } = await rejoin(harness, memberId, []);
    expect(generation).toBe(memberEpoch);
    for (let i = 0; i < 10; i++) {
      await harness.heartbeat('g', memberId, generation);
      await harness.clock.advance(5000);
    }
    expect(await typeOf(harness)).toBe('Classic');
  });

  test('stays a consumer group when downgrading is off, or nobody is left', async () => {
    const { harness } = await mixed({ consumerGroupMigrationPolicy: 'upgrade' });
    await harness.beat('g', 'new', -1);
    expect(await typeOf(harness)).toBe('Consumer');
    const alone = await start();
    await alone.beat('g', 'new', 0);
    await alone.beat('g', 'new', -1);
    expect(await alone.list()).toMatchObject([{ groupType: 'Consumer', groupState: 'Empty' }]);
  });

  test('is back when the records could not be written', async () => {
    const { harness, memberEpoch } = await mixed();
    harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    expect(await harness.beat('g', 'new', -1)).toMatchObject({
      errorCode: Errors.COORDINATOR_NOT_AVAILABLE,
    });
    expect(await typeOf(harness)).toBe('Consumer');
    expect(await harness.beat('g', 'new', memberEpoch)).toMatchObject({ memberEpoch });
  });

  test('a static member that comes back as a classic one takes its partitions over', async () => {
    const harness = await start();
    await harness.beat('g', 'modern', 0, { instanceId: 'i' });
    const options = { groupInstanceId: 'i', ...protocolsWith() };
    const joining = harness.join('g', options);
    await harness.clock.settle();
    const { memberId, generationId, errorCode } = joining.result!;
    expect(errorCode).toBe(0);
    expect(await harness.list()).toMatchObject([{ groupType: 'Classic', groupState: 'Stable' }]);
    const syncing = harness.syncBytes('g', memberId!, generationId!, {}, 'i');
    await harness.clock.settle();
    expect(assignedPartitions(syncing.result!.assignment as Buffer)).toEqual([0, 1, 2, 3]);
    await harness.restart();
    const { members } = await harness.describe('g');
    expect(members).toMatchObject([{ memberId, groupInstanceId: 'i' }]);
  });

  test('a classic member may leave a mixed group', async () => {
    const { harness, memberId, memberEpoch } = await mixed();
    expect((await harness.leave('g', memberId)).members).toMatchObject([{ errorCode: 0 }]);
    expect(await typeOf(harness)).toBe('Consumer');
    expect(heldBy(await harness.beat('g', 'new', memberEpoch))).toEqual([0, 1, 2, 3]);
  });
});
