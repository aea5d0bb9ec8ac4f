import { describe, expect, test } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { GroupHarness, subscriptionOf } from './support/group-harness.ts';

describe('joining a classic group', () => {
  test('a member without an id is given one and told to come back with it', async () => {
    const harness = await GroupHarness.start();
    const first = harness.join('g', { clientId: 'app' });
    await harness.clock.settle();
    expect(first.result).toMatchObject({ errorCode: Errors.MEMBER_ID_REQUIRED, generationId: -1 });
    expect(first.result!.memberId).toMatch(/^app-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/);
  });

  test('before v4 a member joins at once, and v0 takes its session time-out for the rebalance', async () => {
    const harness = await GroupHarness.start();
    const joining = harness.join('g', { version: 0, rebalanceTimeoutMs: -1 });
    await harness.clock.settle();
    expect(joining.isDone).toBe(false);
    await harness.clock.advance(3000);
    expect(joining.result).toMatchObject({ errorCode: 0, generationId: 1, protocolName: 'range' });
    expect(joining.result!.leader).toBe(joining.result!.memberId);
  });

  test('an id that is not used within the session is forgotten', async () => {
    const harness = await GroupHarness.start();
    const first = harness.join('g');
    await harness.clock.advance(10_000);
    const second = harness.join('g', { memberId: first.result!.memberId! });
    await harness.clock.settle();
    expect(second.result!.errorCode).toBe(Errors.UNKNOWN_MEMBER_ID);
  });

  test('an empty group waits for more members while they come, up to the rebalance time-out', async () => {
    const harness = await GroupHarness.start();
    const { joining } = await harness.joinWithId('g', { rebalanceTimeoutMs: 10_000 });
    await harness.clock.advance(2900);
    const later = await harness.joinWithId('g', { rebalanceTimeoutMs: 10_000 });
    await harness.clock.advance(200);
    expect(joining.isDone).toBe(false);
    await harness.clock.advance(2900);
    expect(joining.result).toMatchObject({ errorCode: 0, generationId: 1 });
    expect(later.joining.result).toMatchObject({ generationId: 1, members: [] });
    expect(joining.result!.members).toHaveLength(2);
  });

  test('members that keep coming do not delay the first generation past the rebalance time-out', async () => {
    const harness = await GroupHarness.start();
    const { joining } = await harness.joinWithId('g', { rebalanceTimeoutMs: 7000 });
    for (let i = 0; i < 6; i++) {
      await harness.clock.advance(1000);
      await harness.joinWithId('g', { rebalanceTimeoutMs: 7000 });
    }
    expect(joining.isDone).toBe(false);
    await harness.clock.advance(1000);
    expect(joining.result!.errorCode).toBe(0);
  });

  test('the protocol with most votes among those that all support wins', async () => {
    const harness = await GroupHarness.start();
    const protocols = (...names: string[]) =>
      names.map((name) => ({ name, metadata: subscriptionOf('t') }));
    const joins = [
      await harness.joinWithId('g', { protocols: protocols('range', 'sticky', 'own') }),
      await harness.joinWithId('g', { protocols: protocols('sticky', 'range') }),
      await harness.joinWithId('g', { protocols: protocols('sticky', 'range') }),
    ];
    await harness.clock.advance(6001);
    for (const { joining } of joins) expect(joining.result!.protocolName).toBe('sticky');
  });

  test('a protocol that nobody shares is refused', async () => {
    const harness = await GroupHarness.start();
    await harness.stableGroup('g', 1);
    const joining = harness.join('g', {
      protocols: [{ name: 'roundrobin', metadata: subscriptionOf('t') }],
    });
    const ofConnect = harness.join('g', { protocolType: 'connect' });
    await harness.clock.settle();
    expect(joining.result!.errorCode).toBe(Errors.INCONSISTENT_GROUP_PROTOCOL);
    expect(ofConnect.result!.errorCode).toBe(Errors.INCONSISTENT_GROUP_PROTOCOL);
  });

  test.each([
    ['an empty group id', { groupId: '' }, Errors.INVALID_GROUP_ID],
    ['a session shorter than allowed', { sessionTimeoutMs: 5999 }, Errors.INVALID_SESSION_TIMEOUT],
    [
      'a session longer than allowed',
      { sessionTimeoutMs: 1_800_001 },
      Errors.INVALID_SESSION_TIMEOUT,
    ],
    ['an unknown member of an unknown group', { memberId: 'x' }, Errors.UNKNOWN_MEMBER_ID],
    ['no protocols', { protocols: [] }, Errors.INCONSISTENT_GROUP_PROTOCOL],
    ['no protocol type', { protocolType: '' }, Errors.INCONSISTENT_GROUP_PROTOCOL],
  ])('%s is refused', async (_name, fields, errorCode) => {
    const harness = await GroupHarness.start();
    const { groupId = 'g', ...options } = fields as { groupId?: string };
    const joining = harness.join(groupId, options);
    await harness.clock.settle();
    expect(joining.result!.errorCode).toBe(errorCode);
  });

  // Played on Kafka 4.3.1: a join with these is never answered, and the group never written.
  test.each([
    ['an array longer than the bytes', '00007fffffff'],
    ['no array of topics', '0000ffffffff'],
    ['no name of a topic', '000000000001ffff'],
    ['a name longer than the bytes', '0000000000017fff'],
    ['user data longer than the bytes', '00000000000100017400ffffff'],
    ['text', '68656c6c6f20776f726c64'],
  ])('a subscription with %s, that Apache could not load, is refused', async (_name, hex) => {
    const harness = await GroupHarness.start();
    const protocols = [{ name: 'range', metadata: Buffer.from(hex, 'hex') }];
    const joining = harness.join('g', { protocols });
    await harness.clock.settle();
    expect(joining.result!.errorCode).toBe(Errors.INCONSISTENT_GROUP_PROTOCOL);
  });

  // Played there likewise: these come to a generation.
  test.each([
    ['nothing', ''],
    ['half a version', '00'],
    ['half a name', '00000000000100'],
    ['a negative version', 'ffff00000001000174ffffffff'],
    ['more than there should be', '000000000001000174ffffffff0102'],
    ['a version of the future', '0009000000010001740000000000000000ffffffff0000'],
    ['owned partitions that cannot be', '000100000001000174ffffffff7fffffff'],
  ])('a subscription with %s is taken', async (_name, hex) => {
    const harness = await GroupHarness.start();
    const protocols = [{ name: 'range', metadata: Buffer.from(hex, 'hex') }];
    const joining = harness.join('g', { protocols, version: 3 });
    await harness.clock.advance(3000);
    expect(joining.result!.errorCode).toBe(Errors.NONE);
  });

  test('group.max.size refuses the one too many and keeps the members', async () => {
    const harness = await GroupHarness.start({ classicGroupMaxSize: 2 });
    const { memberIds, generationId } = await harness.stableGroup('g', 2);
    const third = harness.join('g');
    await harness.clock.settle();
    expect(third.result!.errorCode).toBe(Errors.GROUP_MAX_SIZE_REACHED);
    expect(await harness.heartbeat('g', memberIds[0]!, generationId)).toBe(0);
  });

  test('a new member makes the others rejoin, and who does not come is dropped', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, generationId } = await harness.stableGroup('g', 2, {
      rebalanceTimeoutMs: 20_000,
      sessionTimeoutMs: 30_000,
    });
    const { memberId, joining } = await harness.joinWithId('g', { rebalanceTimeoutMs: 20_000 });
    const code = await harness.heartbeat('g', memberIds[0]!, generationId);
    expect(code).toBe(Errors.REBALANCE_IN_PROGRESS);
    const rejoin = harness.join('g', { memberId: memberIds[0]!, rebalanceTimeoutMs: 20_000 });
    await harness.clock.advance(19_999);
    expect(joining.isDone).toBe(false);
    await harness.clock.advance(1);
    expect(joining.result).toMatchObject({ errorCode: 0, generationId: 2 });
    expect(rejoin.result).toMatchObject({ errorCode: 0, generationId: 2 });
    const leader = [joining, rejoin].find(({ result }) => result!.leader === result!.memberId)!;
    expect(new Set(leader.result!.members!.map((member) => member.memberId))).toEqual(
      new Set([memberIds[0], memberId]),
    );
  });

  test('a follower that rejoins unchanged gets the generation that stands; the leader starts another', async () => {
    const harness = await GroupHarness.start();
    const { memberIds, leaderId } = await harness.stableGroup('g', 2);
    const follower = memberIds.find((id) => id !== leaderId)!;
    const unchanged = harness.join('g', { memberId: follower });
    await harness.clock.settle();
    expect(unchanged.result).toMatchObject({ errorCode: 0, generationId: 1, members: [] });
    const ofLeader = harness.join('g', { memberId: leaderId });
    await harness.clock.settle();
    expect(ofLeader.isDone).toBe(false);
    harness.join('g', { memberId: follower });
    await harness.clock.settle();
    expect(ofLeader.result).toMatchObject({ errorCode: 0, generationId: 2 });
  });

  test('versions below 7 never see a null protocol name', async () => {
    const harness = await GroupHarness.start();
    const first = await harness
      .stableGroup('g', 1, { groupInstanceId: 'i', version: 9 })
      .catch(() => undefined);
    expect(first).toBeUndefined();
    const waiting = harness.join('h', { groupInstanceId: 'i', version: 5 });
    await harness.clock.settle();
    harness.join('h', { groupInstanceId: 'i', version: 5 });
    await harness.clock.settle();
    expect(waiting.result!.errorCode).toBe(Errors.FENCED_INSTANCE_ID);
    expect(waiting.result!.protocolName ?? '').toBe('');
  });
});
