// Every version of the group APIs through its handler and both codecs: what a client of that version gets to read.

import { describe, expect, test } from 'vitest';
import { offsetCommit } from '../../src/broker/apis/08-offset-commit.ts';
import { offsetFetch } from '../../src/broker/apis/09-offset-fetch.ts';
import { joinGroup } from '../../src/broker/apis/11-join-group.ts';
import { heartbeat } from '../../src/broker/apis/12-heartbeat.ts';
import { leaveGroup } from '../../src/broker/apis/13-leave-group.ts';
import { syncGroup } from '../../src/broker/apis/14-sync-group.ts';
import { describeGroups } from '../../src/broker/apis/15-describe-groups.ts';
import { listGroups } from '../../src/broker/apis/16-list-groups.ts';
import { deleteGroups } from '../../src/broker/apis/42-delete-groups.ts';
import { offsetDelete } from '../../src/broker/apis/47-offset-delete.ts';
import { consumerGroupHeartbeat } from '../../src/broker/apis/68-consumer-group-heartbeat.ts';
import { consumerGroupDescribe } from '../../src/broker/apis/69-consumer-group-describe.ts';
import { javaAddress } from '../../src/broker/group-request.ts';
import type { Handler } from '../../src/broker/handler.ts';
import type { RequestContext } from '../../src/broker/request-context.ts';
import { FeaturesImage } from '../../src/metadata/image/features-image.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { CONSUMER_GROUP_DESCRIBE } from '../../src/protocol/generated/apis/consumer-group-describe.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import { DELETE_GROUPS } from '../../src/protocol/generated/apis/delete-groups.ts';
import { DESCRIBE_GROUPS } from '../../src/protocol/generated/apis/describe-groups.ts';
import { HEARTBEAT } from '../../src/protocol/generated/apis/heartbeat.ts';
import { JOIN_GROUP } from '../../src/protocol/generated/apis/join-group.ts';
import { LEAVE_GROUP } from '../../src/protocol/generated/apis/leave-group.ts';
import { LIST_GROUPS } from '../../src/protocol/generated/apis/list-groups.ts';
import { OFFSET_COMMIT } from '../../src/protocol/generated/apis/offset-commit.ts';
import { OFFSET_DELETE } from '../../src/protocol/generated/apis/offset-delete.ts';
import { OFFSET_FETCH } from '../../src/protocol/generated/apis/offset-fetch.ts';
import { SYNC_GROUP } from '../../src/protocol/generated/apis/sync-group.ts';
import type { Api, Draft } from '../../src/protocol/message.ts';
import { Reader } from '../../src/protocol/reader.ts';
import { Writer } from '../../src/protocol/writer.ts';
import { GroupHarness, subscriptionOf } from './support/group-harness.ts';

function contextOf(harness: GroupHarness, apiVersion: number): RequestContext {
  const image = (name: string | undefined) => {
    const info = name === undefined ? undefined : harness.topics.byName(name);
    return (
      info && { name: info.name, id: info.id, partitions: Array(info.partitionCount).fill({}) }
    );
  };
  return {
    apiVersion,
    clientId: 'app',
    peer: { remoteHost: '127.0.0.1' },
    services: {
      groups: harness.service,
      metadata: {
        topic: image,
        topicById: (id: string) => image(harness.topics.byId(id)?.name),
        image: { features: new FeaturesImage(new Map([['group.version', 1]])) },
      },
    },
  } as unknown as RequestContext;
}

/** Over the wire in both directions. Undefined while the answer isn't there. */
async function call<Q, R>(
  harness: GroupHarness,
  handler: Handler,
  api: Api<Q, R>,
  version: number,
  draft: Draft<Q>,
): Promise<R | undefined> {
  const asked = new Writer();
  api.request.write(asked, draft, version);
  const request = handler.read(new Reader(asked.finishBuffer()), version);
  let answer: unknown;
  const answering = Promise.resolve(handler.handle(request, contextOf(harness, version)));
  answering.then((response) => {
    answer = response;
  });
  await harness.clock.settle();
  if (answer === undefined) await harness.clock.advance(3000);
  if (answer === undefined) return undefined;
  const answered = new Writer();
  handler.write(answered, answer, version);
  const reader = new Reader(answered.finishBuffer());
  const response = api.response.read(reader, version);
  expect(reader.remaining).toBe(0);
  return response;
}

async function start(): Promise<GroupHarness> {
  const harness = await GroupHarness.start();
  harness.topics.put('t', 3);
  return harness;
}

const versions = ({ minVersion, maxVersion }: Handler): number[] =>
  Array.from({ length: maxVersion - minVersion + 1 }, (_, i) => minVersion + i);

const protocols = [{ name: 'range', metadata: subscriptionOf('t') }];

describe('a classic member', () => {
  test.each(versions(joinGroup))(
    'joins with JoinGroup v%i, syncs, beats and leaves',
    async (version) => {
      const harness = await start();
      const at = (handler: Handler) => Math.min(version, handler.maxVersion);
      const draft = {
        groupId: 'g',
        protocolType: 'consumer',
        sessionTimeoutMs: 10_000,
        ...(version > 0 ? { rebalanceTimeoutMs: 20_000 } : {}),
        protocols,
      };
      let joined = await call(harness, joinGroup, JOIN_GROUP, version, draft);
      if (version >= 4) {
        expect(joined!.errorCode).toBe(Errors.MEMBER_ID_REQUIRED);
        const { memberId } = joined!;
        joined = await call(harness, joinGroup, JOIN_GROUP, version, { ...draft, memberId });
      }
      const { memberId, generationId, leader, protocolName } = joined!;
      expect({ generationId, leader, protocolName }).toEqual({
        generationId: 1,
        leader: memberId,
        protocolName: 'range',
      });
      const member = { groupId: 'g', memberId, generationId };
      const syncVersion = at(syncGroup);
      const named = syncVersion >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {};
      const assignments = [{ memberId, assignment: Buffer.from('mine') }];
      const synced = await call(harness, syncGroup, SYNC_GROUP, syncVersion, {
        ...member,
        ...named,
        assignments,
      });
      expect(String(synced!.assignment)).toBe('mine');
      const beaten = await call(harness, heartbeat, HEARTBEAT, at(heartbeat), member);
      expect(beaten!.errorCode).toBe(0);
      const leaveVersion = at(leaveGroup);
      const leaving =
        leaveVersion < 3 ? { groupId: 'g', memberId } : { groupId: 'g', members: [{ memberId }] };
      const left = await call(harness, leaveGroup, LEAVE_GROUP, leaveVersion, leaving);
      expect(left!.errorCode).toBe(0);
      expect((await harness.describe('g')).groupState).toBe('Empty');
    },
  );

  test('with SyncGroup v5 but without its protocol is refused', async () => {
    const harness = await start();
    const draft = { groupId: 'g', memberId: 'm', generationId: 1 };
    const answer = await call(harness, syncGroup, SYNC_GROUP, 5, draft);
    expect(answer!.errorCode).toBe(Errors.INCONSISTENT_GROUP_PROTOCOL);
  });

  test.each([0, 2, 3, 5])('that is unknown is told so by LeaveGroup v%i', async (version) => {
    const harness = await start();
    await harness.stableGroup('g', 1);
    const leaving =
      version < 3
        ? { groupId: 'g', memberId: 'x' }
        : { groupId: 'g', members: [{ memberId: 'x' }] };
    const left = await call(harness, leaveGroup, LEAVE_GROUP, version, leaving);
    const code = version < 3 ? left!.errorCode : left!.members[0]!.errorCode;
    expect(code).toBe(Errors.UNKNOWN_MEMBER_ID);
  });
});

describe('offsets', () => {
  test.each(versions(offsetCommit))('are committed with OffsetCommit v%i', async (version) => {
    const harness = await start();
    const topicOf = (name: string) =>
      version >= 10
        ? { topicId: harness.topics.byName(name)?.id ?? 'AAAAAAAAAAAAAAAAAAAAZA' }
        : { name };
    const partitions = [0, 9].map((partitionIndex) => ({ partitionIndex, committedOffset: 5 }));
    const answer = await call(harness, offsetCommit, OFFSET_COMMIT, version, {
      groupId: 'g',
      topics: [
        { ...topicOf('none'), partitions: [partitions[0]!] },
        { ...topicOf('t'), partitions },
      ],
    });
    const unknown = version >= 10 ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    expect(answer!.topics[0]!.partitions).toEqual([{ partitionIndex: 0, errorCode: unknown }]);
    expect(answer!.topics[1]!.partitions).toEqual([
      { partitionIndex: 9, errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION },
      { partitionIndex: 0, errorCode: 0 },
    ]);
    expect((await harness.fetch('g'))['t-0']!.committedOffset).toBe(5);
  });

  test.each(versions(offsetFetch))('are fetched with OffsetFetch v%i', async (version) => {
    const harness = await start();
    await harness.commit('g', { 0: 5 });
    const { id: topicId } = harness.topics.byName('t')!;
    const topic = { ...(version >= 10 ? { topicId } : { name: 't' }), partitionIndexes: [0, 1] };
    const ask = (topics: Draft<typeof topic>[] | null) =>
      call(
        harness,
        offsetFetch,
        OFFSET_FETCH,
        version,
        version >= 8
          ? { groups: [{ groupId: 'g', topics }] }
          : { groupId: 'g', topics: topics as never },
      );
    const offsetsOf = (answer: Awaited<ReturnType<typeof ask>>) => {
      const topics = version >= 8 ? answer!.groups[0]!.topics : answer!.topics;
      return topics.flatMap(({ partitions }) =>
        partitions.map(({ partitionIndex, committedOffset, errorCode }) => [
          partitionIndex,
          committedOffset,
          errorCode,
        ]),
      );
    };
    expect(offsetsOf(await ask([topic]))).toEqual([
      [0, 5, 0],
      [1, -1, 0],
    ]);
    if (version >= 2) expect(offsetsOf(await ask(null))).toEqual([[0, 5, 0]]);
    harness.service.onResignation(0);
    const away = await ask([topic]);
    const code =
      version >= 8 ? away!.groups[0]!.errorCode : version >= 2 ? away!.errorCode : undefined;
    if (code !== undefined) expect(code).toBe(Errors.NOT_COORDINATOR);
    else expect(offsetsOf(away)[0]).toEqual([0, -1, Errors.NOT_COORDINATOR]);
  });

  test('of topics that are not known by id are errors of their partitions', async () => {
    const harness = await start();
    await harness.commit('g', { 0: 5 });
    const topics = [{ topicId: 'AAAAAAAAAAAAAAAAAAAAZA', partitionIndexes: [0] }];
    const draft = { groups: [{ groupId: 'g', topics }] };
    const answer = await call(harness, offsetFetch, OFFSET_FETCH, 10, draft);
    expect(answer!.groups[0]!.topics[0]!.partitions[0]).toMatchObject({
      committedOffset: -1,
      errorCode: Errors.UNKNOWN_TOPIC_ID,
    });
  });

  test('are deleted for partitions that exist', async () => {
    const harness = await start();
    await harness.commit('g', { 0: 5 });
    const partitions = [{ partitionIndex: 0 }, { partitionIndex: 9 }];
    const draft = { groupId: 'g', topics: [{ name: 't', partitions }] };
    const answer = await call(harness, offsetDelete, OFFSET_DELETE, 0, draft);
    expect(answer!.topics[0]!.partitions).toEqual([
      { partitionIndex: 9, errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION },
      { partitionIndex: 0, errorCode: 0 },
    ]);
    expect(await harness.fetch('g')).toEqual({});
  });
});

describe('groups', () => {
  test.each(versions(describeGroups))('are described with DescribeGroups v%i', async (version) => {
    const harness = await start();
    await harness.stableGroup('g', 2);
    const draft = {
      groups: ['g', 'none'],
      ...(version >= 3 ? { includeAuthorizedOperations: true } : {}),
    };
    const { groups } = (await call(harness, describeGroups, DESCRIBE_GROUPS, version, draft))!;
    expect(groups[0]).toMatchObject({ groupState: 'Stable', protocolData: 'range' });
    expect(groups[0]!.members).toHaveLength(2);
    expect(groups[0]!.authorizedOperations).toBe(version >= 3 ? 3400 : -2147483648);
    expect(groups[1]!.groupState).toBe('Dead');
    expect(groups[1]!.errorCode).toBe(version >= 6 ? Errors.GROUP_ID_NOT_FOUND : 0);
  });

  test.each(versions(listGroups))('are listed with ListGroups v%i', async (version) => {
    const harness = await start();
    await harness.stableGroup('g', 1);
    const answer = await call(harness, listGroups, LIST_GROUPS, version, {});
    expect(answer!.groups).toEqual([
      {
        groupId: 'g',
        protocolType: 'consumer',
        groupState: version >= 4 ? 'Stable' : '',
        groupType: version >= 5 ? 'classic' : '',
      },
    ]);
  });

  test.each(versions(deleteGroups))('are deleted with DeleteGroups v%i', async (version) => {
    const harness = await start();
    await harness.commit('g', { 0: 1 });
    const draft = { groupsNames: ['g'] };
    const answer = await call(harness, deleteGroups, DELETE_GROUPS, version, draft);
    expect(answer!.results).toEqual([{ groupId: 'g', errorCode: 0 }]);
  });

  test.each([0, 1])('of consumers live with v%i', async (version) => {
    const harness = await start();
    const answer = await call(harness, consumerGroupHeartbeat, CONSUMER_GROUP_HEARTBEAT, version, {
      groupId: 'g',
      memberId: 'm',
      rebalanceTimeoutMs: 1000,
      subscribedTopicNames: ['t'],
      topicPartitions: [],
    });
    expect(answer).toMatchObject({ errorCode: 0, memberEpoch: 2 });
    expect(answer!.assignment!.topicPartitions[0]!.partitions).toEqual([0, 1, 2]);
    const { groups } = (await call(
      harness,
      consumerGroupDescribe,
      CONSUMER_GROUP_DESCRIBE,
      version,
      { groupIds: ['g', 'none', ''] },
    ))!;
    expect(groups[0]).toMatchObject({ groupState: 'Stable', assignorName: 'uniform' });
    expect(groups[0]!.members[0]!.assignment.topicPartitions[0]!.topicName).toBe('t');
    expect(groups.slice(1).map(({ errorCode }) => errorCode)).toEqual([
      Errors.GROUP_ID_NOT_FOUND,
      Errors.INVALID_GROUP_ID,
    ]);
  });
});

test.each([
  ['127.0.0.1', '/127.0.0.1'],
  ['::ffff:10.1.2.3', '/10.1.2.3'],
  ['::1', '/0:0:0:0:0:0:0:1'],
  ['fe80::1ff:fe23:4567:890a%eth0', '/fe80:0:0:0:1ff:fe23:4567:890a'],
])('the client at %s is shown as Java shows it', (host, shown) => {
  expect(javaAddress(host)).toBe(shown);
});
