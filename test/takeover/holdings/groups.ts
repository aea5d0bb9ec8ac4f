// Offsets committed by a simple consumer and by members of every type of group, with metadata; members that stay.

import { createTopics } from '../../../src/client/admin/create-topics.ts';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { JOIN_GROUP } from '../../../src/protocol/generated/apis/join-group.ts';
import { LEAVE_GROUP } from '../../../src/protocol/generated/apis/leave-group.ts';
import { LIST_GROUPS } from '../../../src/protocol/generated/apis/list-groups.ts';
import { OFFSET_COMMIT } from '../../../src/protocol/generated/apis/offset-commit.ts';
import { OFFSET_FETCH } from '../../../src/protocol/generated/apis/offset-fetch.ts';
import { SHARE_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/share-group-heartbeat.ts';
import { STREAMS_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/streams-group-heartbeat.ts';
import { SYNC_GROUP } from '../../../src/protocol/generated/apis/sync-group.ts';
import type { Holding } from '../holding.ts';
import { ask } from '../wire.ts';

const TOPIC = 'grouped';
const CLASSIC = 'classic-group';
const LEFT = -1;
const STEADY = 'steady-group';
const STEADY_MEMBER = { groupId: STEADY, memberId: 'steadyAAAAAAAAAAAAAAAQ' };

export const groups: Holding = {
  name: 'groups',

  async add({ client, round, serves, memory }) {
    if (round === 0) await createTopics(client, [{ name: TOPIC, partitions: 3 }]);
    await findCoordinator(client, 'simple');
    await commitOffsets(client, 'simple', { generation: -1, memberId: '' }, round);
    await commitOffsets(client, `simple ${round} ünïcode`, { generation: -1, memberId: '' }, round);
    await beMember(client, round);
    if (serves(CONSUMER_GROUP_HEARTBEAT.key)) {
      if (round === 0) memory.set(STEADY, await joinAndStay(client));
      await beConsumer(client, round);
    }
    if (serves(SHARE_GROUP_HEARTBEAT.key)) await beSharer(client, round);
    if (serves(STREAMS_GROUP_HEARTBEAT.key)) await beStreamer(client, round);
  },

  async observe({ client, serves, memory }) {
    const seen = new Map<string, string>();
    const steadyEpoch = memory.get(STEADY);
    if (steadyEpoch !== undefined && serves(CONSUMER_GROUP_HEARTBEAT.key)) {
      seen.set('epoch of the member that stays', String(await stay(client, steadyEpoch)));
    }
    const request = { statesFilter: [], typesFilter: [] };
    const { groups: listed } = await ask(client, LIST_GROUPS, request, (r) => [r.errorCode]);
    for (const { groupId, groupType, groupState, protocolType } of listed) {
      const api = apiOf(groupType);
      if (api !== undefined && !serves(api)) continue;
      seen.set(`group ${groupId}`, `${groupType} ${groupState} ${protocolType}`);
      if (groupType !== 'share') seen.set(`offsets of ${groupId}`, await offsets(client, groupId));
    }
    return seen;
  },
};

function apiOf(groupType: string): number | undefined {
  if (groupType === 'share') return SHARE_GROUP_HEARTBEAT.key;
  return groupType === 'streams' ? STREAMS_GROUP_HEARTBEAT.key : undefined;
}

async function findCoordinator(client: KafkaClient, key: string): Promise<void> {
  const request = { keyType: 0, coordinatorKeys: [key] };
  await ask(client, FIND_COORDINATOR, request, (r) => r.coordinators.map((c) => c.errorCode));
}

export async function commitOffsets(
  client: KafkaClient,
  groupId: string,
  member: { generation: number; memberId: string },
  round: number,
  topic: string = TOPIC,
): Promise<void> {
  const partitions = [0, 1, 2].map((partitionIndex) => ({
    partitionIndex,
    committedOffset: round * 100 + partitionIndex,
    committedLeaderEpoch: partitionIndex === 0 ? -1 : 0,
    committedMetadata: partitionIndex === 2 ? '' : `noted in round ${round}`,
  }));
  const request = {
    groupId,
    generationIdOrMemberEpoch: member.generation,
    memberId: member.memberId,
    topics: [{ name: topic, partitions }],
  };
  const errors = (r: { topics: { partitions: { errorCode: number }[] }[] }) =>
    r.topics.flatMap((topic) => topic.partitions.map((p) => p.errorCode));
  await ask(client, OFFSET_COMMIT, request, errors, 9);
}

async function offsets(client: KafkaClient, groupId: string): Promise<string> {
  const request = { groups: [{ groupId, topics: null }], requireStable: false };
  const response = await ask(
    client,
    OFFSET_FETCH,
    request,
    (r) => r.groups.map((g) => g.errorCode),
    9,
  );
  const lines = (response.groups[0]?.topics ?? []).flatMap(({ name, partitions }) =>
    partitions.map(
      (p) =>
        `${name}-${p.partitionIndex} ${p.committedOffset} ${p.committedLeaderEpoch} '${p.metadata}'`,
    ),
  );
  return lines.sort().join('\n');
}

/** Joins the classic group as its only member, commits, leaves. */
async function beMember(client: KafkaClient, round: number): Promise<void> {
  const metadata = subscription(TOPIC, `from round ${round}`);
  const joining = {
    ...{ groupId: CLASSIC, sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 30_000, memberId: '' },
    ...{ protocolType: 'consumer', protocols: [{ name: 'range', metadata }] },
  };
  const first = await client.send(JOIN_GROUP, joining, { callName: 'join', target: 1 });
  const joined = await ask(
    client,
    JOIN_GROUP,
    { ...joining, memberId: first.memberId },
    ({ errorCode }) => [errorCode],
  );
  const { memberId, generationId } = joined;
  const assignments = [{ memberId, assignment: Buffer.from('000000000000ffffffff', 'hex') }];
  const protocol = { protocolType: 'consumer', protocolName: 'range' };
  const syncing = { groupId: CLASSIC, generationId, memberId, assignments, ...protocol };
  await ask(client, SYNC_GROUP, syncing, ({ errorCode }) => [errorCode]);
  await commitOffsets(client, CLASSIC, { generation: generationId, memberId }, round);
  const leaving = { groupId: CLASSIC, members: [{ memberId }] };
  await ask(client, LEAVE_GROUP, leaving, ({ errorCode }) => [errorCode]);
}

/** The epoch of a member that has all it should have: Apache's coordinator assigns a while after the member has joined. */
async function joinAndStay(client: KafkaClient): Promise<number> {
  const joining = { memberEpoch: 0, rebalanceTimeoutMs: 30_000, topicPartitions: [] };
  const request = { ...STEADY_MEMBER, ...joining, subscribedTopicNames: [TOPIC] };
  let answer = await ask(client, CONSUMER_GROUP_HEARTBEAT, request, (r) => [r.errorCode]);
  while (!answer.assignment?.topicPartitions.length) {
    const { memberEpoch } = answer;
    answer = await ask(client, CONSUMER_GROUP_HEARTBEAT, { ...STEADY_MEMBER, memberEpoch }, (r) => [
      r.errorCode,
    ]);
  }
  const { memberEpoch, assignment } = answer;
  const { topicPartitions } = assignment!;
  const owning = { ...STEADY_MEMBER, memberEpoch, topicPartitions };
  await ask(client, CONSUMER_GROUP_HEARTBEAT, owning, (r) => [r.errorCode]);
  return memberEpoch;
}

/** Another epoch than before would tell that the broker found other topics than the one before it. */
async function stay(client: KafkaClient, memberEpoch: number): Promise<number> {
  const request = { ...STEADY_MEMBER, memberEpoch };
  const answer = await ask(client, CONSUMER_GROUP_HEARTBEAT, request, (r) => [r.errorCode]);
  return answer.memberEpoch;
}

async function beConsumer(client: KafkaClient, round: number): Promise<void> {
  const groupId = 'consumer-group';
  const member = { groupId, memberId: `memberAAAAAAAAAAAAAA${round}Q` };
  const heartbeat = (memberEpoch: number) => {
    const request = {
      ...{ ...member, memberEpoch, rebalanceTimeoutMs: 30_000, subscribedTopicNames: [TOPIC] },
      topicPartitions: memberEpoch === 0 ? [] : null,
    };
    return ask(client, CONSUMER_GROUP_HEARTBEAT, request, ({ errorCode }) => [errorCode]);
  };
  const { memberEpoch } = await heartbeat(0);
  const { memberId } = member;
  await commitOffsets(client, groupId, { generation: memberEpoch, memberId }, round);
  await heartbeat(LEFT);
}

async function beSharer(client: KafkaClient, round: number): Promise<void> {
  const member = { groupId: 'share-group', memberId: `sharerAAAAAAAAAAAAAA${round}Q` };
  for (const memberEpoch of [0, LEFT]) {
    const request = { ...member, memberEpoch, subscribedTopicNames: [TOPIC] };
    await ask(client, SHARE_GROUP_HEARTBEAT, request, ({ errorCode }) => [errorCode]);
  }
}

async function beStreamer(client: KafkaClient, round: number): Promise<void> {
  const groupId = 'streams-group';
  const member = {
    groupId,
    memberId: `streamAAAAAAAAAAAAAA${round}Q`,
    processId: `process-${round}`,
  };
  const subtopologies = [{ subtopologyId: 'sub-1', sourceTopics: [TOPIC] }];
  const joining = {
    ...{ ...member, memberEpoch: 0, rebalanceTimeoutMs: 30_000, clientTags: [] },
    ...{
      topology: { epoch: 1, subtopologies },
      activeTasks: [],
      standbyTasks: [],
      warmupTasks: [],
    },
  };
  const errors = ({ errorCode }: { errorCode: number }) => [errorCode];
  const { memberEpoch } = await ask(client, STREAMS_GROUP_HEARTBEAT, joining, errors);
  await commitOffsets(
    client,
    groupId,
    { generation: memberEpoch, memberId: member.memberId },
    round,
  );
  await ask(client, STREAMS_GROUP_HEARTBEAT, { ...member, memberEpoch: LEFT }, errors);
}

/** ConsumerProtocolSubscription version 0; Apache Kafka's coordinator reads it. */
export function subscription(topic: string, userData: string): Buffer {
  const bytes = Buffer.alloc(2 + 4 + 2 + topic.length + 4 + userData.length);
  bytes.writeInt32BE(1, 2);
  bytes.writeInt16BE(topic.length, 6);
  bytes.write(topic, 8);
  bytes.writeInt32BE(userData.length, 8 + topic.length);
  bytes.write(userData, 12 + topic.length);
  return bytes;
}
