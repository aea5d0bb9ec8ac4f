import { beforeAll, describe, expect, test } from 'vitest';
import { loadRegexEngine } from '../../src/coordinator/re2.ts';
import { Errors } from '../../src/protocol/errors.ts';
import type { ConsumerGroupHeartbeatResponse } from '../../src/protocol/generated/apis/consumer-group-heartbeat-response.ts';
import type { Draft } from '../../src/protocol/message.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';
import { GroupHarness } from './support/group-harness.ts';

type Answer = Draft<ConsumerGroupHeartbeatResponse>;

async function start(partitions = 4): Promise<GroupHarness> {
  const harness = await GroupHarness.start();
  harness.topics.put('t', partitions);
  return harness;
}

const idOf = (harness: GroupHarness, topic = 't'): string => harness.topics.byName(topic)!.id;

function partitionsOf(answer: Answer): number[] | null {
  if (answer.assignment === null || answer.assignment === undefined) return null;
  return (answer.assignment.topicPartitions ?? []).flatMap(({ partitions }) => [...partitions!]);
}

function owns(harness: GroupHarness, ...partitions: number[]) {
  const topicPartitions = partitions.length === 0 ? [] : [{ topicId: idOf(harness), partitions }];
  return { topicPartitions };
}

/** The keys of a batch's records, a character a byte. */
function latin1Keys(batch: Buffer): string[] {
  const keys: string[] = [];
  const cursor = new RecordCursor();
  cursor.reset(batch, 0);
  while (cursor.next()) {
    const { buffer, keyPosition, keyLength } = cursor;
    keys.push(buffer.toString('latin1', keyPosition, keyPosition + keyLength));
  }
  return keys;
}

// The dynamic import takes as long as the disk does, which no virtual clock knows.
beforeAll(loadRegexEngine);

describe('joining a consumer group', () => {
  test('the first member gets everything at once', async () => {
    const harness = await start();
    const answer = await harness.beat('g', 'm1', 0);
    expect(answer).toMatchObject({ memberId: 'm1', memberEpoch: 2, heartbeatIntervalMs: 5000 });
    expect(partitionsOf(answer)).toEqual([0, 1, 2, 3]);
    const next = await harness.beat('g', 'm1', 2, owns(harness, 0, 1, 2, 3));
    expect(next).toMatchObject({ memberEpoch: 2, assignment: null });
    expect((await harness.describeConsumer('g')).groupState).toBe('Stable');
  });

  test('a second member gets what the first has given back, and not before', async () => {
    const harness = await start();
    await harness.beat('g', 'm1', 0);
    await harness.clock.advance(1000);
    const joined = await harness.beat('g', 'm2', 0);
    expect(joined.memberEpoch).toBe(3);
    expect(partitionsOf(joined)).toEqual([]);
    const told = await harness.beat('g', 'm1', 2, owns(harness, 0, 1, 2, 3));
    expect(told.memberEpoch).toBe(2);
    expect(partitionsOf(told)).toHaveLength(2);
    const kept = partitionsOf(told)!;
    // What it has to give back it still holds.
    const { members } = await harness.describeConsumer('g');
    const giving = members!.find(({ memberId }) => memberId === 'm1')!;
    const listed = (assignment: typeof giving.assignment) =>
      assignment!.topicPartitions!.flatMap(({ partitions }) => partitions!).sort();
    expect(listed(giving.assignment)).toEqual([0, 1, 2, 3]);
    expect(listed(giving.targetAssignment)).toEqual(kept);
    // Still revoking: nothing moves.
    expect(partitionsOf(await harness.beat('g', 'm2', 3, owns(harness)))).toBeNull();
    const acked = await harness.beat('g', 'm1', 2, owns(harness, ...kept));
    expect(acked.memberEpoch).toBe(3);
    const given = await harness.beat('g', 'm2', 3, owns(harness));
    expect([...kept, ...partitionsOf(given)!].sort()).toEqual([0, 1, 2, 3]);
    expect((await harness.describeConsumer('g')).groupState).toBe('Stable');
  });

  test('members that come within the assignment interval are assigned together', async () => {
    const harness = await start();
    await harness.beat('g', 'm1', 0);
    const second = await harness.beat('g', 'm2', 0);
    expect(second.memberEpoch).toBe(2);
    expect(partitionsOf(second)).toEqual([]);
    expect((await harness.describeConsumer('g')).groupState).toBe('Assigning');
    await harness.clock.advance(1000);
    expect(partitionsOf(await harness.beat('g', 'm1', 2, owns(harness, 0, 1, 2, 3)))).toHaveLength(
      2,
    );
  });

  test('before v1 the coordinator makes the member id', async () => {
    const harness = await start();
    const answer = await harness.beat('g', '', 0, {}, 0);
    expect(answer.memberId).toMatch(/^[\w-]{22}$/);
    expect((await harness.beat('g', '', 0)).errorCode).toBe(Errors.INVALID_REQUEST);
  });

  test.each([
    ['no rebalance time-out', { rebalanceTimeoutMs: -1 }, Errors.INVALID_REQUEST],
    ['no subscription', { subscribedTopicNames: null }, Errors.INVALID_REQUEST],
    ['partitions of its own', { topicPartitions: null }, Errors.INVALID_REQUEST],
    ['an unknown assignor', { serverAssignor: 'best' }, Errors.UNSUPPORTED_ASSIGNOR],
    ['a broken expression', { subscribedTopicRegex: '(a' }, Errors.INVALID_REGULAR_EXPRESSION],
  ])('with %s is refused', async (_name, fields, errorCode) => {
    const harness = await start();
    expect((await harness.beat('g', 'm', 0, fields)).errorCode).toBe(errorCode);
    expect(await harness.list()).toEqual([]);
  });

  test('a group of classic members that is in use is refused, an empty one is taken over', async () => {
    const harness = await start();
    const { memberIds } = await harness.stableGroup('g', 1);
    expect((await harness.beat('g', 'm', 0)).errorCode).toBe(Errors.GROUP_ID_NOT_FOUND);
    await harness.leave('g', memberIds[0]!);
    expect((await harness.beat('g', 'm', 0)).memberEpoch).toBe(2);
    expect((await harness.list()).map(({ groupType }) => groupType)).toEqual(['Consumer']);
    await harness.restart();
    expect((await harness.list()).map(({ groupType }) => groupType)).toEqual(['Consumer']);
  });

  test('an empty consumer group becomes classic when a classic member joins', async () => {
    const harness = await start();
    await harness.beat('g', 'm', 0);
    const busy = harness.join('g');
    await harness.clock.settle();
    expect(busy.result!.errorCode).toBe(Errors.MEMBER_ID_REQUIRED);
    await harness.beat('g', 'm', -1);
    await harness.stableGroup('g', 1);
    await harness.restart();
    expect((await harness.list()).map(({ groupType }) => groupType)).toEqual(['Classic']);
  });
});

describe('members of a consumer group', () => {
  test('with an epoch that is not theirs are fenced; a lost answer is given again', async () => {
    const harness = await start();
    await harness.beat('g', 'm', 0);
    expect((await harness.beat('g', 'm', 6)).errorCode).toBe(Errors.FENCED_MEMBER_EPOCH);
    expect((await harness.beat('g', 'x', 2)).errorCode).toBe(Errors.UNKNOWN_MEMBER_ID);
    harness.topics.put('t', 5);
    await harness.clock.advance(1000);
    const grown = await harness.beat('g', 'm', 2, owns(harness, 0, 1, 2, 3));
    expect(grown.memberEpoch).toBe(3);
    const again = await harness.beat('g', 'm', 2, owns(harness, 0, 1, 2, 3));
    expect(again.memberEpoch).toBe(3);
    const stale = await harness.beat('g', 'm', 2, owns(harness, 0, 1, 2, 3, 9));
    expect(stale.errorCode).toBe(Errors.FENCED_MEMBER_EPOCH);
  });

  test('that fall silent are removed and their partitions go to the others', async () => {
    const harness = await start();
    await harness.beat('g', 'm1', 0);
    await harness.clock.advance(1000);
    await harness.beat('g', 'm2', 0);
    await harness.clock.advance(44_500);
    const answer = await harness.beat('g', 'm2', 3, owns(harness));
    expect(partitionsOf(answer)).toEqual([0, 1, 2, 3]);
    expect((await harness.beat('g', 'm1', 2)).errorCode).toBe(Errors.UNKNOWN_MEMBER_ID);
  });

  test('that do not give back in time are removed though they send heartbeats', async () => {
    const harness = await start();
    await harness.beat('g', 'm1', 0);
    await harness.clock.advance(1000);
    await harness.beat('g', 'm2', 0);
    await harness.beat('g', 'm1', 2, owns(harness, 0, 1, 2, 3));
    for (let i = 0; i < 6; i++) {
      await harness.clock.advance(4999);
      await harness.beat('g', 'm1', 2, owns(harness, 0, 1, 2, 3));
      await harness.beat('g', 'm2', 3, owns(harness));
    }
    await harness.clock.advance(1000);
    expect((await harness.beat('g', 'm1', 2)).errorCode).toBe(Errors.UNKNOWN_MEMBER_ID);
  });

  test('see new partitions and new topics of their subscription', async () => {
    const harness = await start(1);
    await harness.beat('g', 'm', 0, { subscribedTopicNames: ['t', 'later'] });
    harness.topics.put('t', 2);
    await harness.clock.advance(1000);
    expect(partitionsOf(await harness.beat('g', 'm', 2, owns(harness, 0)))).toEqual([0, 1]);
    harness.topics.put('later', 1);
    await harness.clock.advance(1000);
    const answer = await harness.beat('g', 'm', 3, owns(harness, 0, 1));
    expect(answer.assignment!.topicPartitions!.map(({ topicId }) => topicId)).toContain(
      idOf(harness, 'later'),
    );
  });

  test('subscribe by expression, also to topics that come later', async () => {
    const harness = await start(1);
    harness.topics.put('orders-1', 1);
    const regex = { subscribedTopicNames: [], subscribedTopicRegex: 'orders-.*' };
    const joined = await harness.beat('g', 'm', 0, regex);
    const idsOf = (answer: Answer) =>
      answer.assignment!.topicPartitions!.map(({ topicId }) => topicId!).sort();
    expect(idsOf(joined)).toEqual([idOf(harness, 'orders-1')]);
    harness.topics.put('orders-2', 1);
    harness.topics.put('my-orders-3', 1);
    await harness.clock.advance(1000);
    const held = [{ topicId: idOf(harness, 'orders-1'), partitions: [0] }];
    const grown = await harness.beat('g', 'm', 2, { topicPartitions: held });
    expect(idsOf(grown)).toEqual([idOf(harness, 'orders-1'), idOf(harness, 'orders-2')].sort());
    await harness.restart();
    expect((await harness.describeConsumer('g')).members![0]!.subscribedTopicRegex).toBe(
      'orders-.*',
    );
    expect((await harness.beat('g', 'm', 3)).errorCode ?? 0).toBe(0);
  });

  test('leave no trace of an expression that the last of them has given up', async () => {
    const harness = await start(1);
    const expressions = () =>
      harness.log
        .read(0, 0, Number.POSITIVE_INFINITY)
        .flatMap((batch) => latin1Keys(batch))
        .filter((key) => key.includes('t.*'));
    await harness.beat('g', 'm', 0, { subscribedTopicNames: [], subscribedTopicRegex: 't.*' });
    const asked = expressions().length;
    const names = { subscribedTopicNames: ['t'], subscribedTopicRegex: '' };
    await harness.beat('g', 'm', 2, names);
    expect(expressions()).toHaveLength(asked + 1);
    await harness.restart();
    await harness.beat('g', 'm', 2, names);
    expect(expressions()).toHaveLength(asked + 1);
  });

  test('keep their part over a restart of the coordinator', async () => {
    const harness = await start();
    await harness.beat('g', 'm1', 0);
    await harness.clock.advance(1000);
    await harness.beat('g', 'm2', 0);
    await harness.beat('g', 'm1', 2, owns(harness, 0, 1, 2, 3));
    const before = await harness.describeConsumer('g');
    await harness.restart();
    expect(await harness.describeConsumer('g')).toEqual(before);
    await harness.clock.advance(45_001);
    expect((await harness.describeConsumer('g')).groupState).toBe('Empty');
  });

  test('static ones that go for a while find their partitions again under a new id', async () => {
    const harness = await start();
    const fields = { instanceId: 'i' };
    await harness.beat('g', 'm1', 0, fields);
    expect((await harness.beat('g', 'm2', 0, fields)).errorCode).toBe(
      Errors.UNRELEASED_INSTANCE_ID,
    );
    expect(await harness.beat('g', 'm1', -2, fields)).toMatchObject({ memberEpoch: -2 });
    const back = await harness.beat('g', 'm2', 0, fields);
    expect(back).toMatchObject({ memberId: 'm2', memberEpoch: 2 });
    expect(partitionsOf(back)).toEqual([0, 1, 2, 3]);
    expect((await harness.beat('g', 'm1', 2, fields)).errorCode).toBe(Errors.FENCED_INSTANCE_ID);
    const before = await harness.describeConsumer('g');
    await harness.restart();
    expect(await harness.describeConsumer('g')).toEqual(before);
  });

  test('are taken out by an administrator, static ones by their instance id alone', async () => {
    const harness = await start();
    const fields = { instanceId: 'i' };
    await harness.beat('g', 'm1', 0, fields);
    await harness.beat('g', 'm1', -2, fields);
    await harness.beat('g', 'm2', 0);
    const leave = async (memberId: string, instanceId: string | null) =>
      (await harness.leave('g', memberId, instanceId)).members;
    expect(await leave('', 'j')).toMatchObject([{ errorCode: Errors.UNKNOWN_MEMBER_ID }]);
    expect(await leave('m2', 'i')).toMatchObject([{ errorCode: Errors.FENCED_INSTANCE_ID }]);
    // The answer names the member as the request did: that is how the administrator's client finds it.
    expect(await leave('', 'i')).toEqual([{ memberId: '', groupInstanceId: 'i', errorCode: 0 }]);
    expect(await leave('m2', null)).toMatchObject([{ memberId: 'm2', errorCode: 0 }]);
    expect((await harness.describeConsumer('g')).groupState).toBe('Empty');
    expect((await harness.beat('g', 'm2', 2)).errorCode).toBe(Errors.UNKNOWN_MEMBER_ID);
  });

  test('commit with their epoch, and with an older one only what they have held since', async () => {
    const harness = await start();
    await harness.beat('g', 'm1', 0);
    await harness.clock.advance(1000);
    await harness.beat('g', 'm2', 0);
    const kept = partitionsOf(await harness.beat('g', 'm1', 2, owns(harness, 0, 1, 2, 3)))!;
    await harness.beat('g', 'm1', 2, owns(harness, ...kept));
    const gone = [0, 1, 2, 3].find((partition) => !kept.includes(partition))!;
    const options = { memberId: 'm1', topicId: idOf(harness) };
    const commit = (partition: number, generation: number, version = 9) =>
      harness.commit('g', { [partition]: 1 }, { ...options, generation, version });
    expect(await commit(kept[0]!, 3)).toEqual([0]);
    expect(await commit(kept[0]!, 2)).toEqual([0]);
    expect(await commit(gone, 2)).toEqual([Errors.STALE_MEMBER_EPOCH]);
    expect(await commit(kept[0]!, 4)).toEqual([Errors.STALE_MEMBER_EPOCH]);
    expect(await commit(kept[0]!, 2, 8)).toEqual([Errors.UNSUPPORTED_VERSION]);
    // Before v10 topics are told by name alone.
    const { topicId: _, ...byName } = options;
    const named = { ...byName, generation: 2, version: 9 };
    expect(await harness.commit('g', { [kept[0]!]: 1 }, named)).toEqual([0]);
    expect(await harness.commit('g', { [gone]: 1 }, named)).toEqual([Errors.STALE_MEMBER_EPOCH]);
  });

  test('a heartbeat whose records cannot be written changes nothing', async () => {
    const harness = await start();
    const { ApiError } = await import('../../src/protocol/errors.ts');
    harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    expect((await harness.beat('g', 'm', 0)).errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE);
    expect(await harness.list()).toEqual([]);
    expect((await harness.beat('g', 'm', 0)).memberEpoch).toBe(2);
    harness.topics.put('t', 5);
    await harness.clock.advance(1000);
    harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    expect((await harness.beat('g', 'm', 2)).errorCode).toBe(Errors.COORDINATOR_NOT_AVAILABLE);
    // The growth of the topic isn't forgotten.
    expect(partitionsOf(await harness.beat('g', 'm', 2))).toEqual([0, 1, 2, 3, 4]);
  });

  test('the group is deleted when it is empty', async () => {
    const harness = await start();
    await harness.beat('g', 'm', 0);
    const remove = async () =>
      (await harness.run(harness.service.deleteGroups({ groupsNames: ['g'] }))).results![0]!
        .errorCode;
    expect(await remove()).toBe(Errors.NON_EMPTY_GROUP);
    await harness.beat('g', 'm', -1);
    expect(await remove()).toBe(0);
    await harness.restart();
    expect(await harness.list()).toEqual([]);
  });
});
