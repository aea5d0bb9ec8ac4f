import { describe, expect, test } from 'vitest';
import { ApiError, Errors } from '../../src/protocol/errors.ts';
import type { Topology } from '../../src/protocol/generated/apis/streams-group-heartbeat-request.ts';
import type { StreamsGroupHeartbeatResponse } from '../../src/protocol/generated/apis/streams-group-heartbeat-response.ts';
import type { Draft } from '../../src/protocol/message.ts';
import { GroupHarness } from './support/group-harness.ts';
import { subtopology, topicInfo, topologyOf } from './support/streams-topologies.ts';

type Answer = Draft<StreamsGroupHeartbeatResponse>;

/** One subtopology that reads `in`. */
const STATELESS: Topology = topologyOf(subtopology('0', { sourceTopics: ['in'] }));
/** Reads `in`, writes `r`; reads `r`, keeps its state in `c`. */
const STATEFUL: Topology = topologyOf(
  subtopology('0', { sourceTopics: ['in'], repartitionSinkTopics: ['r'] }),
  subtopology('1', {
    repartitionSourceTopics: [topicInfo('r')],
    stateChangelogTopics: [topicInfo('c')],
  }),
);

async function start(partitions = 4, delayMs = 0): Promise<GroupHarness> {
  const harness = await GroupHarness.start({ streamsGroupInitialRebalanceDelayMs: delayMs });
  if (partitions > 0) harness.topics.put('in', partitions);
  return harness;
}

async function join(
  harness: GroupHarness,
  memberId: string,
  topology = STATELESS,
  fields: Parameters<GroupHarness['streamsBeat']>[3] = {},
): Promise<Answer> {
  const { response } = await harness.streamsBeat('g', memberId, 0, { topology, ...fields });
  return response;
}

async function beat(
  harness: GroupHarness,
  memberId: string,
  epoch: number,
  fields: Parameters<GroupHarness['streamsBeat']>[3] = {},
): Promise<Answer> {
  return (await harness.streamsBeat('g', memberId, epoch, fields)).response;
}

function owns(...partitions: number[]) {
  const activeTasks = partitions.length === 0 ? [] : [{ subtopologyId: '0', partitions }];
  return { activeTasks, standbyTasks: [], warmupTasks: [] };
}

/** `subtopology_partition` of each active task; undefined when the answer says nothing. */
function active(answer: Answer): string[] | undefined {
  return answer.activeTasks?.flatMap(({ subtopologyId, partitions }) =>
    partitions!.map((partition) => `${subtopologyId}_${partition}`),
  );
}

function statusCodes(answer: Answer): number[] {
  return (answer.status ?? []).map(({ statusCode }) => statusCode!);
}

describe('joining a streams group', () => {
  test('the first member gets every task at once without a rebalance delay', async () => {
    const harness = await start();
    const answer = await join(harness, 'm1');
    expect(answer).toMatchObject({ memberId: 'm1', memberEpoch: 2, heartbeatIntervalMs: 5000 });
    expect(active(answer)).toEqual(['0_0', '0_1', '0_2', '0_3']);
    expect(active(await beat(harness, 'm1', 2))).toBeUndefined();
    expect((await harness.describeStreams('g')).groupState).toBe('Stable');
  });

  test('members that come within the initial delay get their tasks together', async () => {
    const harness = await start(4, 3000);
    const first = await join(harness, 'm1');
    expect(first.memberEpoch).toBe(1);
    expect([active(first), statusCodes(first)]).toEqual([[], [5]]);
    expect(statusCodes(await join(harness, 'm2'))).toEqual([5]);
    await harness.clock.advance(3001);
    const tasks = [await beat(harness, 'm1', 1), await beat(harness, 'm2', 1)].map(active);
    expect(tasks.map((list) => list!.length)).toEqual([2, 2]);
    expect(tasks.flat().sort()).toEqual(['0_0', '0_1', '0_2', '0_3']);
  });

  test('a second member gets what the first has given back, and not before', async () => {
    const harness = await start();
    await join(harness, 'm1');
    await harness.clock.advance(1000);
    const joined = await join(harness, 'm2');
    expect([joined.memberEpoch, active(joined)]).toEqual([3, []]);
    const told = await beat(harness, 'm1', 2, owns(0, 1, 2, 3));
    expect([told.memberEpoch, active(told)]).toEqual([2, ['0_0', '0_1']]);
    expect(active(await beat(harness, 'm2', 3, owns()))).toBeUndefined();
    expect((await beat(harness, 'm1', 2, owns(0, 1))).memberEpoch).toBe(3);
    expect(active(await beat(harness, 'm2', 3, owns()))).toEqual(['0_2', '0_3']);
    expect((await harness.describeStreams('g')).groupState).toBe('Stable');
  });

  test('what is wrong with a first heartbeat is told', async () => {
    const harness = await start();
    const refused = async (fields: Parameters<GroupHarness['streamsBeat']>[3]) =>
      (await join(harness, 'm1', STATELESS, fields)).errorMessage;
    expect(await refused({ topology: null })).toBe('Topology must be non-null when (re-)joining.');
    expect(await refused({ instanceId: 'i' })).toBe('Static membership is not yet supported.');
    expect(await refused(owns(1))).toBe('ActiveTasks must be empty when (re-)joining.');
    expect(await refused({ rebalanceTimeoutMs: -1 })).toBe(
      'RebalanceTimeoutMs must be provided in first request.',
    );
    expect(await beat(harness, 'm1', 3)).toMatchObject({
      errorCode: Errors.GROUP_ID_NOT_FOUND,
      errorMessage: 'Streams group g not found.',
    });
  });

  test('a full group takes nobody', async () => {
    const harness = await GroupHarness.start({ streamsGroupMaxSize: 1 });
    harness.topics.put('in', 1);
    await join(harness, 'm1');
    expect(await join(harness, 'm2')).toMatchObject({ errorCode: Errors.GROUP_MAX_SIZE_REACHED });
  });
});

describe('the topology of a streams group', () => {
  test('waits for its source topics', async () => {
    const harness = await start(0);
    const answer = await join(harness, 'm1');
    expect(answer.status).toEqual([
      { statusCode: 1, statusDetail: 'Source topics in are missing.' },
    ]);
    expect((await harness.describeStreams('g')).groupState).toBe('NotReady');
    harness.topics.put('in', 2);
    await harness.clock.advance(1000);
    const ready = await beat(harness, 'm1', answer.memberEpoch!);
    expect([active(ready), statusCodes(ready)]).toEqual([['0_0', '0_1'], []]);
  });

  test('asks for internal topics, and gives tasks when they are there', async () => {
    const harness = await start(3);
    const fields = { topology: STATEFUL };
    const { response, missingTopics } = await harness.streamsBeat('g', 'm1', 0, fields);
    expect(statusCodes(response)).toEqual([3]);
    expect(active(response)).toEqual([]);
    expect(missingTopics).toEqual([
      { name: 'r', numPartitions: 3, replicationFactor: -1, assignments: [], configs: [] },
      { name: 'c', numPartitions: 3, replicationFactor: -1, assignments: [], configs: [] },
    ]);
    harness.topics.put('r', 3);
    harness.topics.put('c', 3);
    await harness.clock.advance(1000);
    const ready = await beat(harness, 'm1', response.memberEpoch!);
    expect(active(ready)).toEqual(['0_0', '0_1', '0_2', '1_0', '1_1', '1_2']);
  });

  test('an internal topic with another number of partitions is told', async () => {
    const harness = await start(3);
    harness.topics.put('r', 5);
    harness.topics.put('c', 5);
    harness.topics.put('in', 3);
    const described = await join(harness, 'm1', STATEFUL);
    expect(described.status).toEqual([
      {
        statusCode: 2,
        statusDetail: 'Existing topic r has different number of partitions: expected 3, found 5',
      },
    ]);
  });

  test('an older one is stale, another one of the same epoch is refused', async () => {
    const harness = await start();
    await join(harness, 'm1', { ...STATELESS, epoch: 1 });
    await harness.clock.advance(1000);
    expect(statusCodes(await join(harness, 'm2', STATELESS))).toEqual([0]);
    expect(await join(harness, 'm3', { ...STATEFUL, epoch: 1 })).toMatchObject({
      errorCode: Errors.INVALID_REQUEST,
      errorMessage: 'Topology updates are not supported yet.',
    });
  });

  test('tasks that it has not are refused', async () => {
    const harness = await start();
    await join(harness, 'm1');
    expect(await beat(harness, 'm1', 2, owns(7))).toMatchObject({
      errorCode: Errors.INVALID_REQUEST,
      errorMessage: 'Task 7 for subtopology 0 is invalid. Number of tasks for this subtopology: 4',
    });
  });
});

describe('staying in a streams group and going', () => {
  test('another epoch than the own is fenced, the last one may be repeated', async () => {
    const harness = await start();
    await join(harness, 'm1');
    expect(await beat(harness, 'm1', 9)).toMatchObject({ errorCode: Errors.FENCED_MEMBER_EPOCH });
    expect(await beat(harness, 'm1', 1, owns(0))).toMatchObject({
      errorCode: Errors.FENCED_MEMBER_EPOCH,
    });
    expect(await beat(harness, 'm9', 1)).toMatchObject({ errorCode: Errors.UNKNOWN_MEMBER_ID });
  });

  test('the tasks of a member that leaves or falls silent go to the others', async () => {
    const harness = await start();
    await join(harness, 'm1');
    await harness.clock.advance(1000);
    await join(harness, 'm2');
    await beat(harness, 'm1', 2, owns(0, 1, 2, 3));
    await beat(harness, 'm1', 2, owns(0, 1));
    expect(await beat(harness, 'm2', -1)).toMatchObject({ memberEpoch: -1 });
    await harness.clock.advance(1000);
    expect(active(await beat(harness, 'm1', 3, owns(0, 1)))).toHaveLength(4);
    await harness.clock.advance(45_001);
    expect(await harness.describeStreams('g')).toMatchObject({ groupState: 'Empty', members: [] });
  });

  test('who does not give back in time is fenced', async () => {
    const harness = await start();
    await join(harness, 'm1');
    await harness.clock.advance(1000);
    await join(harness, 'm2');
    for (let i = 0; i < 4; i++) {
      await beat(harness, 'm1', 2, owns(0, 1, 2, 3));
      await harness.clock.advance(10_000);
    }
    expect(await beat(harness, 'm1', 2)).toMatchObject({ errorCode: Errors.UNKNOWN_MEMBER_ID });
  });

  test('one member stops the whole application', async () => {
    const harness = await start();
    await join(harness, 'm1');
    await harness.clock.advance(1000);
    await join(harness, 'm2');
    await beat(harness, 'm1', -1, { shutdownApplication: true });
    await harness.clock.advance(1000);
    const answer = await beat(harness, 'm2', 3);
    expect(answer.status).toEqual([
      {
        statusCode: 4,
        statusDetail:
          'Streams group member m1 encountered a fatal error and requested a shutdown for the entire application.',
      },
    ]);
  });

  test('members learn where the partitions are served', async () => {
    const harness = await start(2);
    await join(harness, 'm1', STATELESS, { userEndpoint: { host: 'h', port: 1 } });
    await harness.clock.advance(1000);
    const answer = await beat(harness, 'm1', 2, { endpointInformationEpoch: 7 });
    expect(answer.partitionsByUserEndpoint).toEqual([
      {
        userEndpoint: { host: 'h', port: 1 },
        activePartitions: [{ topic: 'in', partitions: [0, 1] }],
        standbyPartitions: [],
      },
    ]);
  });

  test('a change of num.standby.replicas makes another assignment', async () => {
    const harness = await start(2);
    harness.topics.put('r', 2);
    harness.topics.put('c', 2);
    await join(harness, 'm1', STATEFUL);
    await harness.clock.advance(1000);
    await join(harness, 'm2', STATEFUL);
    harness.settings = () => ({ streams: { numStandbyReplicas: 1 } });
    await harness.clock.advance(1000);
    await beat(harness, 'm2', 3);
    const { members } = await harness.describeStreams('g');
    const standbys = members!.flatMap(({ targetAssignment }) => [
      ...targetAssignment!.standbyTasks!,
    ]);
    expect(standbys.flatMap(({ partitions }) => partitions!).sort()).toEqual([0, 1]);
  });
});

describe('offsets and life of a streams group', () => {
  test('commits need the right epoch, or a task held since', async () => {
    const harness = await start();
    await join(harness, 'm1');
    const commit = (generation: number, topic = 'in') =>
      harness.commit('g', { 0: 5 }, { memberId: 'm1', generation, topic });
    expect(await commit(2)).toEqual([0]);
    expect(await commit(7)).toEqual([Errors.STALE_MEMBER_EPOCH]);
    expect(await commit(1)).toEqual([Errors.STALE_MEMBER_EPOCH]);
    await harness.clock.advance(1000);
    await join(harness, 'm2');
    await beat(harness, 'm1', 2, owns(0, 1, 2, 3));
    expect((await beat(harness, 'm1', 2, owns(0, 1))).memberEpoch).toBe(3);
    expect(await commit(2)).toEqual([0]);
    expect(await commit(2, 'other')).toEqual([Errors.STALE_MEMBER_EPOCH]);
  });

  test('a coordinator that starts from the log knows the same', async () => {
    const harness = await start(2);
    harness.topics.put('r', 2);
    harness.topics.put('c', 2);
    await join(harness, 'm1', STATEFUL, { clientTags: [{ key: 'zone', value: 'a' }] });
    await harness.clock.advance(1000);
    await join(harness, 'm2', STATEFUL);
    await beat(harness, 'm1', 2, owns(0, 1));
    const before = await harness.describeStreams('g');
    await harness.restart();
    const after = await harness.describeStreams('g');
    expect(after.members).toEqual(before.members);
    expect({ ...after, topology: null }).toEqual({ ...before, topology: null });
    expect(await beat(harness, 'm2', 3)).toMatchObject({ memberEpoch: 3 });
    expect(await harness.describeStreams('g')).toEqual(before);
  });

  test('what could not be written has not happened', async () => {
    const harness = await start();
    await join(harness, 'm1');
    const before = await harness.describeStreams('g');
    await harness.clock.advance(1000);
    harness.log.failures.push(new ApiError(Errors.NOT_ENOUGH_REPLICAS));
    expect(await join(harness, 'm2')).toMatchObject({
      errorCode: Errors.COORDINATOR_NOT_AVAILABLE,
    });
    expect(await harness.describeStreams('g')).toEqual(before);
    await join(harness, 'm2');
    expect((await harness.describeStreams('g')).members).toHaveLength(2);
  });

  test('is listed, deleted when empty, and takes the place of an empty classic group', async () => {
    const harness = await start();
    await harness.commit('g', { 0: 3 });
    await join(harness, 'm1');
    expect(await harness.list([], ['streams'])).toEqual([
      { groupId: 'g', protocolType: 'streams', groupState: 'Stable', groupType: 'Streams' },
    ]);
    expect((await harness.fetch('g', { t: [0] }))['t-0']).toMatchObject({ committedOffset: 3 });
    const remove = async () =>
      (await harness.run(harness.service.deleteGroups({ groupsNames: ['g'] }))).results;
    expect(await remove()).toMatchObject([{ errorCode: Errors.NON_EMPTY_GROUP }]);
    await beat(harness, 'm1', -1);
    expect(await remove()).toMatchObject([{ errorCode: 0 }]);
    await harness.restart();
    expect(await harness.list()).toEqual([]);
  });

  test('a classic or consumer member finds a streams group only', async () => {
    const harness = await start();
    await join(harness, 'm1');
    expect(await harness.beat('g', 'x', 0)).toMatchObject({ errorCode: Errors.GROUP_ID_NOT_FOUND });
    const joining = harness.join('g');
    await harness.clock.settle();
    expect(joining.result).toMatchObject({ errorCode: Errors.INCONSISTENT_GROUP_PROTOCOL });
  });
});
