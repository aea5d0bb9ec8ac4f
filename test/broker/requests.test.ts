import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZERO_UUID } from '../../src/common/uuid.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { ADD_RAFT_VOTER } from '../../src/protocol/generated/apis/add-raft-voter.ts';
import { ALTER_PARTITION_REASSIGNMENTS } from '../../src/protocol/generated/apis/alter-partition-reassignments.ts';
import { CREATE_DELEGATION_TOKEN } from '../../src/protocol/generated/apis/create-delegation-token.ts';
import { DELETE_TOPICS } from '../../src/protocol/generated/apis/delete-topics.ts';
import { DESCRIBE_CONFIGS } from '../../src/protocol/generated/apis/describe-configs.ts';
import { DESCRIBE_DELEGATION_TOKEN } from '../../src/protocol/generated/apis/describe-delegation-token.ts';
import { DESCRIBE_LOG_DIRS } from '../../src/protocol/generated/apis/describe-log-dirs.ts';
import { ELECT_LEADERS } from '../../src/protocol/generated/apis/elect-leaders.ts';
import { EXPIRE_DELEGATION_TOKEN } from '../../src/protocol/generated/apis/expire-delegation-token.ts';
import { FIND_COORDINATOR } from '../../src/protocol/generated/apis/find-coordinator.ts';
import { INIT_PRODUCER_ID } from '../../src/protocol/generated/apis/init-producer-id.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { REMOVE_RAFT_VOTER } from '../../src/protocol/generated/apis/remove-raft-voter.ts';
import { RENEW_DELEGATION_TOKEN } from '../../src/protocol/generated/apis/renew-delegation-token.ts';
import type { RawClient } from './support/raw-client.ts';
import { batch, createTopic, produce, TestBroker } from './support/running-broker.ts';

let broker: TestBroker;
let client: RawClient;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
});

afterAll(() => broker.stop());

describe('other requests', () => {
  it('a group’s coordinator is found, and its topic is made for that', async () => {
    const answer = await client.send(FIND_COORDINATOR, 4, { coordinatorKeys: ['a', 'b'] });
    expect(answer.coordinators).toMatchObject([
      { key: 'a', nodeId: 1, port: broker.port, errorCode: 0 },
      { key: 'b', nodeId: 1, errorCode: 0 },
    ]);
    const { topics } = await client.send(METADATA, 12, {
      topics: [{ name: '__consumer_offsets' }],
    });
    expect(topics[0]).toMatchObject({ errorCode: 0, isInternal: true });
  });

  it('producer ids are never given twice', async () => {
    const ids = new Set<number>();
    for (let i = 0; i < 1100; i++) {
      const { producerId } = await client.send(INIT_PRODUCER_ID, 4, { transactionalId: null });
      ids.add(producerId);
    }
    expect(ids.size).toBe(1100);
  });

  it('configs are described by resource, and what isn’t there is told', async () => {
    await createTopic(client, 'described', { configs: { 'retention.ms': '1234' } });
    const { results } = await client.send(DESCRIBE_CONFIGS, 4, {
      resources: [
        { resourceType: 2, resourceName: 'described', configurationKeys: ['retention.ms'] },
        { resourceType: 2, resourceName: 'nowhere', configurationKeys: null },
        { resourceType: 4, resourceName: '2', configurationKeys: null },
        { resourceType: 8, resourceName: '1', configurationKeys: ['root'] },
      ],
      includeSynonyms: true,
    });
    expect(results[0]?.configs[0]).toMatchObject({
      value: '1234',
      configSource: 1,
      documentation: null,
    });
    // A logger's is empty, as Kafka sends it, though nobody asked.
    expect(results[3]?.configs[0]).toMatchObject({ name: 'root', documentation: '' });
    expect(results.map(({ errorCode }) => errorCode)).toEqual([
      0,
      Errors.UNKNOWN_TOPIC_OR_PARTITION,
      Errors.INVALID_REQUEST,
      0,
    ]);
  });

  it('log directories are told with the sizes of the partitions asked for', async () => {
    await createTopic(client, 'sized');
    const records = batch(['x']);
    await produce(client, 'sized', records);
    const { results } = await client.send(DESCRIBE_LOG_DIRS, 5, {
      topics: [{ topic: 'sized', partitions: [0, 5] }],
    });
    expect(results).toMatchObject([
      {
        errorCode: 0,
        logDir: broker.started.dataDirectory,
        topics: [
          { name: 'sized', partitions: [{ partitionIndex: 0, partitionSize: records.length }] },
        ],
      },
    ]);
  });

  it('a deleted topic is gone, and one of its name begins anew', async () => {
    const before = await createTopic(client, 'again');
    await produce(client, 'again', batch(['old']));
    await client.send(DELETE_TOPICS, 6, {
      topics: [{ name: null, topicId: before }],
      timeoutMs: 5000,
    });
    expect((await produce(client, 'again', batch(['x']))).errorCode).toBe(
      Errors.UNKNOWN_TOPIC_OR_PARTITION,
    );
    const after = await createTopic(client, 'again');
    expect(after).not.toBe(before);
    expect(after).not.toBe(ZERO_UUID);
    expect((await produce(client, 'again', batch(['new']))).baseOffset).toBe(0);
  });
});

describe('configs', () => {
  it('are told with documentation if that was asked for', async () => {
    const documentation = async (includeDocumentation: boolean) => {
      const { results } = await client.send(DESCRIBE_CONFIGS, 4, {
        resources: [{ resourceType: 4, resourceName: '1', configurationKeys: ['num.partitions'] }],
        includeDocumentation,
      });
      return results[0]?.configs[0]?.documentation;
    };
    expect(await documentation(true)).toMatch(/partitions/);
    expect(await documentation(false)).toBeNull();
  });
});

describe('a voter that shall join or leave the quorum', () => {
  it('is refused because the voters are fixed', async () => {
    const { errorCode, errorMessage } = await client.send(ADD_RAFT_VOTER, 1, { voterId: 2 });
    expect(errorCode).toBe(Errors.UNSUPPORTED_VERSION);
    expect(errorMessage).toMatch(/the kraft.version feature is 0/);
    const removed = await client.send(REMOVE_RAFT_VOTER, 0, { voterId: 1 });
    expect(removed.errorCode).toBe(Errors.UNSUPPORTED_VERSION);
  });
});

describe('requests about delegation tokens', () => {
  it('are not allowed on a PLAINTEXT listener', async () => {
    const created = await client.send(CREATE_DELEGATION_TOKEN, 3, {
      ownerPrincipalType: 'User',
      ownerPrincipalName: 'bob',
    });
    expect(created).toMatchObject({
      errorCode: Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
      principalName: 'bob',
      tokenRequesterPrincipalType: 'User',
      tokenRequesterPrincipalName: 'ANONYMOUS',
      issueTimestampMs: -1,
    });
    const old = await client.send(CREATE_DELEGATION_TOKEN, 1, {});
    expect(old).toMatchObject({ principalType: 'User', principalName: 'ANONYMOUS' });
    const refused = {
      errorCode: Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
      expiryTimestampMs: -1,
    };
    expect(await client.send(RENEW_DELEGATION_TOKEN, 2, {})).toMatchObject(refused);
    expect(await client.send(EXPIRE_DELEGATION_TOKEN, 2, {})).toMatchObject(refused);
    expect(await client.send(DESCRIBE_DELEGATION_TOKEN, 3, { owners: null })).toMatchObject({
      errorCode: Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
      tokens: [],
    });
  });
});

describe('a request to the controller that comes too late', () => {
  it('names each of its items, with no sentence beside the code', async () => {
    await createTopic(client, 'hurried');
    const partitions = [{ partitionIndex: 0, replicas: [1] }];
    const reassigned = await client.send(ALTER_PARTITION_REASSIGNMENTS, 1, {
      timeoutMs: 0,
      topics: [{ name: 'hurried', partitions }],
    });
    const error = { errorCode: Errors.REQUEST_TIMED_OUT, errorMessage: null };
    expect(reassigned).toMatchObject({
      ...error,
      responses: [{ name: 'hurried', partitions: [{ partitionIndex: 0, ...error }] }],
    });
    for (const version of [0, 2]) {
      const elected = await client.send(ELECT_LEADERS, version, {
        timeoutMs: 0,
        topicPartitions: [{ topic: 'hurried', partitions: [0] }],
      });
      expect(elected).toMatchObject({
        errorCode: version === 0 ? Errors.NONE : Errors.REQUEST_TIMED_OUT,
        replicaElectionResults: [
          { topic: 'hurried', partitionResult: [{ partitionId: 0, ...error }] },
        ],
      });
    }
  });
});
