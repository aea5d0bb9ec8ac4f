// What share groups have delivered: records accepted, rejected, released and never answered, by members of each round.

import { createTopics } from '../../../src/client/admin/create-topics.ts';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { DESCRIBE_SHARE_GROUP_OFFSETS } from '../../../src/protocol/generated/apis/describe-share-group-offsets.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { INCREMENTAL_ALTER_CONFIGS } from '../../../src/protocol/generated/apis/incremental-alter-configs.ts';
import { METADATA } from '../../../src/protocol/generated/apis/metadata.ts';
import { READ_SHARE_GROUP_STATE } from '../../../src/protocol/generated/apis/read-share-group-state.ts';
import { SHARE_ACKNOWLEDGE } from '../../../src/protocol/generated/apis/share-acknowledge.ts';
import { SHARE_FETCH } from '../../../src/protocol/generated/apis/share-fetch.ts';
import { SHARE_GROUP_HEARTBEAT } from '../../../src/protocol/generated/apis/share-group-heartbeat.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import type { Holding } from '../holding.ts';
import { ask, produce } from '../wire.ts';

const TOPIC = 'shared';
const GROUP = 'share-state-group';
const PARTITIONS = 2;
const RECORDS = 20;
const GROUP_RESOURCE = 32;
const LEFT = -1;
const ACCEPT = 1;
const RELEASE = 2;
const REJECT = 3;
/** A member is given its partitions within a few heartbeats. */
const TRIES = 100;

interface Acquired {
  readonly partition: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

export const shareState: Holding = {
  name: 'share state',

  async add({ client, round, serves }) {
    if (!serves(SHARE_FETCH.key)) return;
    if (round === 0) await makeGroup(client);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const records = Array.from({ length: RECORDS }, (_, i) => ({
        timestamp: 1_700_000_000_000 + i,
        key: null,
        value: Buffer.from(`round ${round} record ${i}`),
      }));
      await produce(client, TOPIC, partition, buildBatch(records));
    }
    await shareOnce(client, `sharerOfStateAAAAAAA${round}Q`);
  },

  async observe({ client, serves }) {
    const seen = new Map<string, string>();
    if (!serves(READ_SHARE_GROUP_STATE.key)) return seen;
    const topicId = await topicIdOf(client);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const request = {
        groupId: GROUP,
        topics: [{ topicId, partitions: [{ partition, leaderEpoch: -1 }] }],
      };
      const { results } = await ask(client, READ_SHARE_GROUP_STATE, request, (r) =>
        r.results.flatMap((topic) => topic.partitions.map((p) => p.errorCode)),
      );
      const { stateEpoch, startOffset, stateBatches } = results[0]!.partitions[0]!;
      const batches = stateBatches.map(
        (b) => `${b.firstOffset}-${b.lastOffset}:${b.deliveryState}x${b.deliveryCount}`,
      );
      seen.set(`${TOPIC}-${partition}`, `${stateEpoch} ${startOffset} ${batches.join(' ')}`);
    }
    const asked = { groups: [{ groupId: GROUP, topics: null }] };
    const described = await ask(client, DESCRIBE_SHARE_GROUP_OFFSETS, asked, (r) =>
      r.groups.map((group) => group.errorCode),
    );
    const offsets = described.groups[0]!.topics.flatMap(({ topicName, partitions }) =>
      partitions.map((p) => `${topicName}-${p.partitionIndex} ${p.startOffset} ${p.lag}`),
    );
    seen.set('offsets', offsets.sort().join('\n'));
    return seen;
  },
};

async function makeGroup(client: KafkaClient): Promise<void> {
  await createTopics(client, [{ name: TOPIC, partitions: PARTITIONS }]);
  const configs = [{ name: 'share.auto.offset.reset', configOperation: 0, value: 'earliest' }];
  const resource = { resourceType: GROUP_RESOURCE, resourceName: GROUP, configs };
  await ask(client, INCREMENTAL_ALTER_CONFIGS, { resources: [resource] }, (r) =>
    r.responses.map(({ errorCode }) => errorCode),
  );
  await ask(client, FIND_COORDINATOR, { keyType: 0, coordinatorKeys: [GROUP] }, (r) =>
    r.coordinators.map(({ errorCode }) => errorCode),
  );
}

async function topicIdOf(client: KafkaClient): Promise<string> {
  const { topics } = await ask(client, METADATA, { topics: [{ name: TOPIC }] }, (r) =>
    r.topics.map(({ errorCode }) => errorCode),
  );
  return topics[0]!.topicId;
}

/** The id of the topic whose partitions the member was given. */
async function join(client: KafkaClient, memberId: string): Promise<string> {
  let memberEpoch = 0;
  const assigned = new Map<string, readonly number[]>();
  for (let i = 0; i < TRIES; i++) {
    const request = {
      groupId: GROUP,
      memberId,
      memberEpoch,
      subscribedTopicNames: memberEpoch === 0 ? [TOPIC] : null,
    };
    const response = await ask(client, SHARE_GROUP_HEARTBEAT, request, (r) => [r.errorCode]);
    memberEpoch = response.memberEpoch;
    for (const { topicId, partitions } of response.assignment?.topicPartitions ?? []) {
      assigned.set(topicId, partitions);
    }
    if ([...assigned.values()].flat().length === PARTITIONS) break;
    await client.network.sleep(100);
  }
  const [topicId] = assigned.keys();
  if (topicId === undefined) throw new Error(`${memberId} was given no partitions`);
  return topicId;
}

async function leave(client: KafkaClient, memberId: string): Promise<void> {
  const request = { groupId: GROUP, memberId, memberEpoch: LEFT };
  await ask(client, SHARE_GROUP_HEARTBEAT, request, (r) => [r.errorCode]);
}

/** Joins, takes all there is, answers about most of it, goes. */
async function shareOnce(client: KafkaClient, memberId: string): Promise<void> {
  const topicId = await join(client, memberId);
  const member = { groupId: GROUP, memberId };
  const acquired: Acquired[] = [];
  let shareSessionEpoch = 0;
  for (let i = 0; i < TRIES; i++) {
    const partitions = Array.from({ length: PARTITIONS }, (_, partitionIndex) => ({
      partitionIndex,
    }));
    const request = {
      ...{ ...member, shareSessionEpoch, maxWaitMs: 500, minBytes: 1, maxBytes: 1 << 20 },
      ...{ maxRecords: 500, batchSize: 500 },
      topics: shareSessionEpoch === 0 ? [{ topicId, partitions }] : [],
    };
    const response = await ask(client, SHARE_FETCH, request, (r) => [
      r.errorCode,
      ...r.responses.flatMap((topic) => topic.partitions.map((p) => p.errorCode)),
    ]);
    shareSessionEpoch++;
    for (const { partitionIndex: partition, acquiredRecords } of response.responses.flatMap(
      (topic) => topic.partitions,
    )) {
      acquired.push(...acquiredRecords.map((run) => ({ partition, ...run })));
    }
    if (new Set(acquired.map(({ partition }) => partition)).size === PARTITIONS) break;
  }
  const request = {
    ...{ ...member, shareSessionEpoch },
    topics: [{ topicId, partitions: answersTo(acquired) }],
  };
  await ask(client, SHARE_ACKNOWLEDGE, request, (r) => [
    r.errorCode,
    ...r.responses.flatMap((topic) => topic.partitions.map((p) => p.errorCode)),
  ]);
  await ask(client, SHARE_ACKNOWLEDGE, { ...member, shareSessionEpoch: LEFT }, (r) => [
    r.errorCode,
  ]);
  await leave(client, memberId);
}

/** All kinds of answers, and none for the last three of each run. */
function answersTo(acquired: readonly Acquired[]) {
  const partitions = new Map<number, object[]>();
  for (const { partition, firstOffset, lastOffset } of acquired) {
    const last = lastOffset - 3;
    if (last < firstOffset) continue;
    const acknowledgeTypes = Array.from({ length: last - firstOffset + 1 }, (_, i) =>
      i % 7 === 3 ? REJECT : i % 5 === 2 ? RELEASE : ACCEPT,
    );
    const batches = partitions.get(partition) ?? [];
    partitions.set(partition, batches);
    batches.push({ firstOffset, lastOffset: last, acknowledgeTypes });
  }
  return [...partitions].map(([partitionIndex, acknowledgementBatches]) => ({
    partitionIndex,
    acknowledgementBatches,
  }));
}
