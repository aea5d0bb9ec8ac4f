// Groups through a whole broker: their topic, their records on disk, and what is left of them after a restart.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import { CREATE_PARTITIONS } from '../../src/protocol/generated/apis/create-partitions.ts';
import { DELETE_TOPICS } from '../../src/protocol/generated/apis/delete-topics.ts';
import { DESCRIBE_GROUPS } from '../../src/protocol/generated/apis/describe-groups.ts';
import { FIND_COORDINATOR } from '../../src/protocol/generated/apis/find-coordinator.ts';
import { HEARTBEAT } from '../../src/protocol/generated/apis/heartbeat.ts';
import { JOIN_GROUP } from '../../src/protocol/generated/apis/join-group.ts';
import { OFFSET_COMMIT } from '../../src/protocol/generated/apis/offset-commit.ts';
import { OFFSET_FETCH } from '../../src/protocol/generated/apis/offset-fetch.ts';
import { SYNC_GROUP } from '../../src/protocol/generated/apis/sync-group.ts';
import type { RawClient } from './support/raw-client.ts';
import { createTopic, TestBroker } from './support/running-broker.ts';

const properties = {
  'offsets.topic.num.partitions': '3',
  'group.initial.rebalance.delay.ms': '0',
  'group.consumer.assignment.interval.ms': '0',
};

let directory: string;
let broker: TestBroker;
let client: RawClient;

async function start(): Promise<void> {
  broker = await TestBroker.start({ dataDirectory: directory, properties });
  client = await broker.client();
  await client.send(FIND_COORDINATOR, 4, { coordinatorKeys: ['g'] });
  await whenLoaded();
}

/** A coordinator that loads says so; a client asks again. */
async function whenLoaded(): Promise<void> {
  for (;;) {
    const { groups } = await client.send(DESCRIBE_GROUPS, 5, { groups: ['g', 'other', 'third'] });
    const busy: number[] = [Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.NOT_COORDINATOR];
    if (groups.every(({ errorCode }) => !busy.includes(errorCode))) return;
  }
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kafta-groups-'));
  await start();
});

afterEach(async () => {
  await broker.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  await broker.stop();
  await start();
}

async function joinAs(member: RawClient): Promise<{ memberId: string; generationId: number }> {
  const draft = {
    groupId: 'g',
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
  };
  const { memberId } = await member.send(JOIN_GROUP, 9, draft);
  const joined = await member.send(JOIN_GROUP, 9, { ...draft, memberId });
  expect(joined.errorCode).toBe(0);
  const { generationId } = joined;
  const synced = await member.send(SYNC_GROUP, 5, {
    groupId: 'g',
    memberId,
    generationId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: Buffer.from('all of it') }],
  });
  expect(String(synced.assignment)).toBe('all of it');
  return { memberId, generationId };
}

async function commit(fields: object, offset: number): Promise<number> {
  const partitions = [{ partitionIndex: 0, committedOffset: offset, committedMetadata: 'm' }];
  const topics = [{ name: 't', partitions }];
  const answer = await client.send(OFFSET_COMMIT, 9, { groupId: 'g', topics, ...fields });
  return answer.topics[0]!.partitions[0]!.errorCode;
}

async function committed(): Promise<number | undefined> {
  const answer = await client.send(OFFSET_FETCH, 8, { groups: [{ groupId: 'g', topics: null }] });
  return answer.groups[0]!.topics[0]?.partitions[0]?.committedOffset;
}

describe('a group', () => {
  it('keeps its members and offsets over a restart of the broker', async () => {
    await createTopic(client, 't');
    const { memberId, generationId } = await joinAs(client);
    const member = { memberId, generationIdOrMemberEpoch: generationId };
    expect(await commit(member, 41)).toBe(0);
    await restart();
    expect(await committed()).toBe(41);
    const beat = await client.send(HEARTBEAT, 4, { groupId: 'g', memberId, generationId });
    expect(beat.errorCode).toBe(0);
    expect(await commit(member, 42)).toBe(0);
    await restart();
    expect(await committed()).toBe(42);
  });

  it('loses its offsets of a topic that is deleted', async () => {
    await createTopic(client, 't');
    expect(await commit({}, 7)).toBe(0);
    await client.send(DELETE_TOPICS, 6, { topics: [{ name: 't' }], timeoutMs: 5000 });
    await restart();
    expect(await committed()).toBeUndefined();
  });

  it('of the new protocol gets its partitions, and those that are added', async () => {
    await createTopic(client, 't', { partitions: 2 });
    const beat = (memberEpoch: number, fields: object = {}) =>
      client.send(CONSUMER_GROUP_HEARTBEAT, 1, {
        groupId: 'g',
        memberId: 'm',
        memberEpoch,
        rebalanceTimeoutMs: 30_000,
        subscribedTopicNames: ['t'],
        topicPartitions: [],
        ...fields,
      });
    const joined = await beat(0);
    expect(joined.memberEpoch).toBe(2);
    const held = joined.assignment!.topicPartitions;
    expect(held[0]!.partitions).toEqual([0, 1]);
    const grown = await client.send(CREATE_PARTITIONS, 3, {
      topics: [{ name: 't', count: 3, assignments: null }],
      timeoutMs: 5000,
    });
    expect(grown.results[0]!.errorCode).toBe(0);
    await restart();
    const later = await beat(2, { topicPartitions: held });
    expect(later.memberEpoch).toBe(3);
    expect(later.assignment!.topicPartitions[0]!.partitions).toEqual([0, 1, 2]);
  });
});
