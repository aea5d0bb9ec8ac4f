import { describe, expect, test } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { GroupHarness } from './support/group-harness.ts';

describe('the sync barrier', () => {
  test('followers wait for the leader and get their own part', async () => {
    const harness = await GroupHarness.start();
    const a = await harness.joinWithId('g');
    const b = await harness.joinWithId('g');
    await harness.clock.advance(6001);
    const { leader } = a.joining.result!;
    const follower = leader === a.memberId ? b.memberId : a.memberId;
    const followerSync = harness.sync('g', follower, 1);
    await harness.clock.settle();
    expect(followerSync.isDone).toBe(false);
    expect(await harness.heartbeat('g', follower, 1)).toBe(0);
    const leaderSync = harness.sync('g', leader!, 1, { [leader!]: 'L', [follower]: 'F' });
    await harness.clock.settle();
    expect(String(leaderSync.result!.assignment)).toBe('L');
    expect(String(followerSync.result!.assignment)).toBe('F');
    expect(followerSync.result).toMatchObject({ protocolType: 'consumer', protocolName: 'range' });
    expect((await harness.describe('g')).groupState).toBe('Stable');
  });

  test('members that never ask for their assignment are dropped after the rebalance time-out', async () => {
    const harness = await GroupHarness.start();
    const options = { rebalanceTimeoutMs: 5000, sessionTimeoutMs: 30_000 };
    const a = await harness.joinWithId('g', options);
    const b = await harness.joinWithId('g', options);
    await harness.clock.advance(5000);
    expect(a.joining.result!.generationId).toBe(1);
    const { leader } = a.joining.result!;
    const other = leader === a.memberId ? b.memberId : a.memberId;
    harness.sync('g', leader!, 1, { [leader!]: 'L' });
    await harness.clock.advance(5000);
    expect(await harness.heartbeat('g', other, 1)).toBe(Errors.UNKNOWN_MEMBER_ID);
    expect(await harness.heartbeat('g', leader!, 1)).toBe(Errors.REBALANCE_IN_PROGRESS);
  });

  test('an assignment that cannot be written starts another rebalance', async () => {
    const harness = await GroupHarness.start();
    const { memberId, joining } = await harness.joinWithId('g');
    await harness.clock.advance(3000);
    expect(joining.result!.errorCode).toBe(0);
    const { ApiError } = await import('../../src/protocol/errors.ts');
    harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    const sync = harness.sync('g', memberId, 1, { [memberId]: 'x' });
    await harness.clock.settle();
    expect(sync.result!.errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE);
    expect((await harness.describe('g')).groupState).toBe('PreparingRebalance');
  });

  test.each([
    ['another generation', 7, null, Errors.ILLEGAL_GENERATION],
    ['an unknown member', 1, 'nobody', Errors.UNKNOWN_MEMBER_ID],
  ])('%s is refused', async (_name, generationId, memberId, errorCode) => {
    const harness = await GroupHarness.start();
    const { memberIds } = await harness.stableGroup('g', 1);
    const sync = harness.sync('g', memberId ?? memberIds[0]!, generationId);
    const late = harness.sync('g', memberIds[0]!, 1);
    await harness.clock.settle();
    expect(sync.result!.errorCode).toBe(errorCode);
    expect(String(late.result!.assignment)).toBe(memberIds[0]);
  });
});

describe('sessions', () => {
  test('a member without heartbeats is removed, the others rebalance', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, generationId } = await harness.stableGroup('g', 2);
    const [alive, dead] = memberIds as [string, string];
    await harness.clock.advance(9000);
    expect(await harness.heartbeat('g', alive, generationId)).toBe(0);
    await harness.clock.advance(1001);
    expect(await harness.heartbeat('g', alive, generationId)).toBe(Errors.REBALANCE_IN_PROGRESS);
    expect(await harness.heartbeat('g', dead, generationId)).toBe(Errors.UNKNOWN_MEMBER_ID);
    const rejoin = harness.join('g', { memberId: alive });
    await harness.clock.settle();
    expect(rejoin.result).toMatchObject({ errorCode: 0, generationId: 2, leader: alive });
  });

  test('heartbeats keep a member for as long as they come, and so do commits', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, generationId } = await harness.stableGroup('g', 1);
    const memberId = memberIds[0]!;
    for (let i = 0; i < 20; i++) {
      await harness.clock.advance(9999);
      if (i % 2 === 0) expect(await harness.heartbeat('g', memberId, generationId)).toBe(0);
      else await harness.commit('g', { 0: i }, { memberId, generation: generationId });
    }
    expect((await harness.describe('g')).groupState).toBe('Stable');
    await harness.clock.advance(10_000);
    expect((await harness.describe('g')).groupState).toBe('Empty');
  });

  test('the last member that leaves empties the group with a new generation', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, generationId } = await harness.stableGroup('g', 1);
    expect(await harness.leave('g', memberIds[0]!)).toMatchObject({
      members: [{ memberId: memberIds[0], errorCode: 0 }],
    });
    const { groupState, protocolType, members } = await harness.describe('g');
    expect({ groupState, protocolType, members }).toEqual({
      groupState: 'Empty',
      protocolType: 'consumer',
      members: [],
    });
    expect(await harness.heartbeat('g', memberIds[0]!, generationId)).toBe(
      Errors.UNKNOWN_MEMBER_ID,
    );
    const { generationId: next } = await harness.stableGroup('g', 1);
    expect(next).toBe(generationId + 2);
  });

  test('leave v0-2 answers for its one member at the top', async () => {
    const harness = await GroupHarness.start();
    const { memberIds } = await harness.stableGroup('g', 2);
    const leave = (memberId: string) =>
      harness.run(
        harness.service.leaveGroup(harness.context(1), { groupId: 'g', memberId, members: [] }),
      );
    expect(await leave(memberIds[0]!)).toEqual({ errorCode: 0 });
    expect(await leave('nobody')).toEqual({ errorCode: Errors.UNKNOWN_MEMBER_ID });
  });

  test('leaving a group that is not there names every member as unknown', async () => {
    const harness = await GroupHarness.start();
    expect(await harness.leave('g', 'm')).toEqual({
      members: [{ memberId: 'm', groupInstanceId: null, errorCode: Errors.UNKNOWN_MEMBER_ID }],
    });
  });

  test('a pending member can leave before it joins', async () => {
    const harness = await GroupHarness.start();
    const { memberIds } = await harness.stableGroup('g', 1);
    const pending = harness.join('g');
    await harness.clock.settle();
    const { memberId } = pending.result!;
    const rejoin = harness.join('g', { memberId: memberIds[0]! });
    await harness.clock.settle();
    // The leader's rejoin waits for the pending one.
    expect(rejoin.isDone).toBe(false);
    await harness.leave('g', memberId!);
    await harness.clock.settle();
    expect(rejoin.result).toMatchObject({ errorCode: 0, generationId: 2 });
  });
});

describe('static members', () => {
  async function staticGroup(harness: GroupHarness, instances: string[]) {
    const joins = instances.map((groupInstanceId) => harness.join('g', { groupInstanceId }));
    await harness.clock.advance(6001);
    const leader = joins[0]!.result!.leader!;
    const memberIds = joins.map(({ result }) => result!.memberId!);
    const assignments = Object.fromEntries(memberIds.map((id, i) => [id, instances[i]!]));
    for (const id of memberIds) harness.sync('g', id, 1, id === leader ? assignments : {});
    await harness.clock.settle();
    return { memberIds, leader };
  }

  test('one that comes back gets its assignment without a rebalance, and the old id is fenced', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, leader } = await staticGroup(harness, ['a', 'b']);
    const follower = memberIds[0] === leader ? 1 : 0;
    const instance = follower === 0 ? 'a' : 'b';
    const back = harness.join('g', { groupInstanceId: instance });
    await harness.clock.settle();
    expect(back.result).toMatchObject({ errorCode: 0, generationId: 1, skipAssignment: false });
    const { memberId } = back.result!;
    expect(memberId).not.toBe(memberIds[follower]);
    const sync = harness.sync('g', memberId!, 1, {}, instance);
    await harness.clock.settle();
    expect(String(sync.result!.assignment)).toBe(instance);
    expect(await harness.heartbeat('g', memberIds[follower]!, 1, instance)).toBe(
      Errors.FENCED_INSTANCE_ID,
    );
    expect(await harness.heartbeat('g', memberId!, 1, instance)).toBe(0);
  });

  test('a leader that comes back skips the assignment from v9 on, and is told another leads before', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, leader } = await staticGroup(harness, ['a', 'b']);
    const instance = memberIds[0] === leader ? 'a' : 'b';
    const back = harness.join('g', { groupInstanceId: instance });
    await harness.clock.settle();
    expect(back.result).toMatchObject({ errorCode: 0, skipAssignment: true });
    expect(back.result!.leader).toBe(back.result!.memberId);
    expect(back.result!.members).toHaveLength(2);
    const older = harness.join('g', { groupInstanceId: instance, version: 8 });
    await harness.clock.settle();
    expect(older.result).toMatchObject({ errorCode: 0, members: [], skipAssignment: false });
    expect(older.result!.leader).toBe(back.result!.memberId);
  });

  test('its id survives a restart of the coordinator', async () => {
    const harness = await GroupHarness.start();
    const { memberIds } = await staticGroup(harness, ['a', 'b']);
    const back = harness.join('g', { groupInstanceId: 'a' });
    await harness.clock.settle();
    await harness.restart();
    expect(await harness.heartbeat('g', back.result!.memberId!, 1, 'a')).toBe(0);
    expect(await harness.heartbeat('g', memberIds[0]!, 1, 'a')).toBe(Errors.FENCED_INSTANCE_ID);
  });

  test('when its new id cannot be written the old one stays', async () => {
    const harness = await GroupHarness.start();
    const { memberIds } = await staticGroup(harness, ['a', 'b']);
    const { ApiError } = await import('../../src/protocol/errors.ts');
    harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    const back = harness.join('g', { groupInstanceId: 'a' });
    await harness.clock.settle();
    expect(back.result!.errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE);
    expect(await harness.heartbeat('g', memberIds[0]!, 1, 'a')).toBe(0);
  });

  test('an administrator removes it by its instance id', async () => {
    const harness = await GroupHarness.start();
    const { memberIds } = await staticGroup(harness, ['a', 'b']);
    expect(await harness.leave('g', '', 'a')).toMatchObject({ members: [{ errorCode: 0 }] });
    expect(await harness.leave('g', '', 'a')).toMatchObject({
      members: [{ errorCode: Errors.UNKNOWN_MEMBER_ID }],
    });
    expect(await harness.heartbeat('g', memberIds[0]!, 1, 'a')).toBe(Errors.UNKNOWN_MEMBER_ID);
  });
});

describe('when the coordinator moves', () => {
  test('waiting members are sent away', async () => {
    const harness = await GroupHarness.start();
    const { joining } = await harness.joinWithId('g');
    harness.service.onResignation(0, 1);
    await harness.clock.settle();
    expect(joining.result!.errorCode).toBe(Errors.NOT_COORDINATOR);
    expect(await harness.heartbeat('g', 'm', 1)).toBe(Errors.NOT_COORDINATOR);
  });

  test('members of a stable group keep it after a restart', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, generationId } = await harness.stableGroup('g', 3);
    const before = await harness.describe('g');
    await harness.restart();
    expect(await harness.describe('g')).toEqual(before);
    for (const id of memberIds) expect(await harness.heartbeat('g', id, generationId)).toBe(0);
    await harness.clock.advance(10_001);
    expect((await harness.describe('g')).groupState).toBe('Empty');
  });

  test('while it loads, heartbeats are fine and everything else has to be tried again', async () => {
    const harness = new GroupHarness();
    const loading = harness.service.onElection(0, 0);
    const join = harness.join('g');
    const heartbeat = harness.service.heartbeat({
      groupId: 'g',
      memberId: 'm',
      generationId: 1,
      groupInstanceId: null,
    });
    // An empty log is loaded within the turn; the requests came before that was known.
    await loading;
    await harness.clock.settle();
    expect([0, Errors.UNKNOWN_MEMBER_ID]).toContain((await heartbeat).errorCode);
    expect(join.result!.errorCode).not.toBe(Errors.NOT_COORDINATOR);
  });
});
