// Members that a take-over doesn't send away: static ones of a classic and of a consumer group, a streams member with its
// tasks. And groups whose offsets, or who themselves, were deleted.

import { deleteGroupOffsets } from '../../../src/client/admin/alter-group-offsets.ts';
import { createTopics } from '../../../src/client/admin/create-topics.ts';
import { deleteGroups } from '../../../src/client/admin/delete-groups.ts';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { CONSUMER_GROUP_DESCRIBE } from '../../../src/protocol/generated/apis/consumer-group-describe.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import { DESCRIBE_GROUPS } from '../../../src/protocol/generated/apis/describe-groups.ts';
import { HEARTBEAT } from '../../../src/protocol/generated/apis/heartbeat.ts';
import { JOIN_GROUP } from '../../../src/protocol/generated/apis/join-group.ts';
import { STREAMS_GROUP_DESCRIBE } from '../../../src/protocol/generated/apis/streams-group-describe.ts';
import { STREAMS_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/streams-group-heartbeat.ts';
import { SYNC_GROUP } from '../../../src/protocol/generated/apis/sync-group.ts';
import type { Holding } from '../holding.ts';
import { ask } from '../wire.ts';
import { commitOffsets, subscription } from './groups.ts';

const TOPIC = 'membered';
const CLASSIC = { groupId: 'static-classic', groupInstanceId: 'classic-instance' };
const CONSUMER = { groupId: 'static-consumer', instanceId: 'consumer-instance' };
const STREAMS = { groupId: 'staying-streams', memberId: 'stayingStreamsAAAAAAAQ' };
const LEFT_FOR_A_WHILE = -2;
const SESSION_MS = 600_000;

const errorOf = ({ errorCode }: { errorCode: number }) => [errorCode];

export const members: Holding = {
  name: 'members',

  async add({ client, round, serves, memory }) {
    if (round === 0) {
      await createTopics(client, [{ name: TOPIC, partitions: 4 }]);
      await joinClassic(client);
    }
    if (serves(CONSUMER_GROUP_HEARTBEAT.key)) {
      const { memberEpoch } = await joinConsumer(client, round + 5);
      memory.set('epoch of the static consumer', memberEpoch);
      await leaveForAWhile(client, round + 5);
    }
    if (round === 0 && serves(STREAMS_GROUP_HEARTBEAT.key)) await joinStreams(client);
    await deleteSome(client, round);
  },

  async observe({ client, serves }) {
    const seen = new Map([['static classic member', await describedClassic(client)]]);
    if (serves(CONSUMER_GROUP_DESCRIBE.key)) {
      const request = { groupIds: [CONSUMER.groupId] };
      const { groups } = await ask(client, CONSUMER_GROUP_DESCRIBE, request, (r) =>
        r.groups.map((group) => group.errorCode),
      );
      seen.set('static consumer member', JSON.stringify(groups, inOrder, 1));
    }
    if (serves(STREAMS_GROUP_DESCRIBE.key)) {
      const request = { groupIds: [STREAMS.groupId] };
      const { groups } = await ask(client, STREAMS_GROUP_DESCRIBE, request, (r) =>
        r.groups.map((group) => group.errorCode),
      );
      const told = groups.map((group) => ({
        ...group,
        topology: { epoch: group.topology?.epoch },
      }));
      seen.set('streams member', JSON.stringify(told, inOrder, 1));
    }
    return seen;
  },

  /** They go on where they were: nobody is told to join again. */
  async check({ client, round, serves, memory }) {
    const problems: string[] = [];
    const { memberId } = await classicMember(client);
    await ask(client, HEARTBEAT, { ...CLASSIC, memberId, generationId: 1 }, errorOf);
    const back = await joinClassic(client);
    if (back.generationId !== 1) problems.push(`classic generation ${back.generationId}`);
    const fenced = { ...CLASSIC, memberId, generationId: 1 };
    const { errorCode } = await client.send(HEARTBEAT, fenced, { callName: 'beat', target: 1 });
    if (errorCode !== FENCED_INSTANCE_ID) problems.push(`the fenced one is told ${errorCode}`);
    if (serves(CONSUMER_GROUP_HEARTBEAT.key)) {
      const { memberEpoch, assignment } = await joinConsumer(client, round);
      const partitions = assignment?.topicPartitions.flatMap((topic) => topic.partitions);
      const before = memory.get('epoch of the static consumer');
      if (memberEpoch !== before || partitions?.length !== 4) {
        problems.push(
          `the static consumer has epoch ${memberEpoch} after ${before}, partitions ${partitions}`,
        );
      }
      await leaveForAWhile(client, round);
    }
    if (serves(STREAMS_GROUP_HEARTBEAT.key)) {
      const { groups } = await ask(
        client,
        STREAMS_GROUP_DESCRIBE,
        { groupIds: [STREAMS.groupId] },
        () => [],
      );
      const memberEpoch = groups[0]?.members[0]?.memberEpoch ?? -1;
      const beat = { ...STREAMS, memberEpoch };
      const answer = await ask(client, STREAMS_GROUP_HEARTBEAT, beat, errorOf);
      if (answer.memberEpoch !== memberEpoch || answer.activeTasks !== null) {
        problems.push(`the streams member got ${JSON.stringify(answer)}`);
      }
    }
    return problems;
  },
};

const FENCED_INSTANCE_ID = 82;

/** Members and partitions are told in the order of a hash map. */
function inOrder(_: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value
    .map((each) => ({ text: JSON.stringify(each), each }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ each }) => each);
}

async function joinClassic(client: KafkaClient): Promise<{ generationId: number }> {
  const joining = {
    ...{ ...CLASSIC, sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: 30_000, memberId: '' },
    ...{
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription(TOPIC, 'static') }],
    },
  };
  const joined = await ask(client, JOIN_GROUP, joining, errorOf);
  const { memberId, generationId, members: everybody } = joined;
  const assignment = Buffer.from('000000000000ffffffff', 'hex');
  const assignments =
    everybody.length > 0 && !joined.skipAssignment ? [{ memberId, assignment }] : [];
  const protocol = { protocolType: 'consumer', protocolName: 'range' };
  const syncing = { ...CLASSIC, generationId, memberId, assignments, ...protocol };
  await ask(client, SYNC_GROUP, syncing, errorOf);
  return { generationId };
}

async function classicMember(client: KafkaClient) {
  const request = { groups: [CLASSIC.groupId] };
  const { groups } = await ask(client, DESCRIBE_GROUPS, request, (r) =>
    r.groups.map((group) => group.errorCode),
  );
  const [group] = groups;
  return { ...group!.members[0]!, state: group!.groupState, protocol: group!.protocolData };
}

async function describedClassic(client: KafkaClient): Promise<string> {
  const { memberId, groupInstanceId, clientId, clientHost, ...rest } = await classicMember(client);
  const bytes = [rest.memberMetadata.toString('hex'), rest.memberAssignment.toString('hex')];
  return [
    memberId,
    groupInstanceId,
    clientId,
    clientHost,
    rest.state,
    rest.protocol,
    ...bytes,
  ].join('\n');
}

const consumerMember = (round: number) => ({
  ...CONSUMER,
  memberId: `staticMemberAAAAAAAA${round % 10}Q`,
});

/** Under another member id in each round; heartbeats until it was given something. */
async function joinConsumer(client: KafkaClient, round: number) {
  const member = consumerMember(round);
  const joining = {
    ...{ ...member, memberEpoch: 0, rebalanceTimeoutMs: 30_000 },
    ...{ subscribedTopicNames: [TOPIC], topicPartitions: [] },
  };
  let answer = await ask(client, CONSUMER_GROUP_HEARTBEAT, joining, errorOf);
  while (!answer.assignment?.topicPartitions.length) {
    const { memberEpoch } = answer;
    answer = await ask(client, CONSUMER_GROUP_HEARTBEAT, { ...member, memberEpoch }, errorOf);
  }
  return answer;
}

/** Another member may take its place then, and finds what it had. */
async function leaveForAWhile(client: KafkaClient, round: number): Promise<void> {
  const leaving = { ...consumerMember(round), memberEpoch: LEFT_FOR_A_WHILE };
  await ask(client, CONSUMER_GROUP_HEARTBEAT, leaving, errorOf);
}

async function joinStreams(client: KafkaClient): Promise<void> {
  const changelog = {
    name: 'store-changelog',
    ...{ partitions: 0, replicationFactor: 1 },
    topicConfigs: [{ key: 'cleanup.policy', value: 'compact' }],
  };
  const repartition = { name: 'by-key-repartition', partitions: 3, replicationFactor: 1 };
  const subtopologies = [
    {
      subtopologyId: '0',
      sourceTopics: [TOPIC],
      repartitionSinkTopics: ['by-key-repartition'],
    },
    {
      subtopologyId: '1',
      repartitionSourceTopics: [repartition],
      stateChangelogTopics: [changelog],
    },
  ];
  const joining = {
    ...{ ...STREAMS, memberEpoch: 0, rebalanceTimeoutMs: 30_000, processId: 'process' },
    ...{
      topology: { epoch: 3, subtopologies },
      activeTasks: [],
      standbyTasks: [],
      warmupTasks: [],
    },
    ...{ userEndpoint: { host: 'streams.example.com', port: 7070 } },
    clientTags: [{ key: 'zone', value: 'a' }],
  };
  let answer = await ask(client, STREAMS_GROUP_HEARTBEAT, joining, errorOf);
  let active = answer.activeTasks ?? [];
  // The topics of its own are made first.
  while (active.length < 2) {
    await client.network.sleep(100);
    const { memberEpoch } = answer;
    answer = await ask(client, STREAMS_GROUP_HEARTBEAT, { ...STREAMS, memberEpoch }, errorOf);
    active = answer.activeTasks ?? active;
  }
  const { memberEpoch } = answer;
  const owning = {
    ...{ ...STREAMS, memberEpoch, activeTasks: active, standbyTasks: [], warmupTasks: [] },
  };
  await ask(client, STREAMS_GROUP_HEARTBEAT, owning, errorOf);
}

async function deleteSome(client: KafkaClient, round: number): Promise<void> {
  const member = { generation: -1, memberId: '' };
  for (const groupId of [`deleted-${round}`, `partly-deleted-${round}`, 'deleted-again']) {
    await commitOffsets(client, groupId, member, round, TOPIC);
  }
  const partitions = [{ topic: TOPIC, partition: 1 }];
  const gone = await deleteGroupOffsets(client, `partly-deleted-${round}`, partitions);
  if (gone === undefined) throw new Error('no offsets were deleted');
  for (const [groupId, { error }] of await deleteGroups(client, [
    `deleted-${round}`,
    'deleted-again',
  ])) {
    if (error !== undefined) throw new Error(`${groupId}: ${error.message}`);
  }
}
