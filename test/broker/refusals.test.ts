import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { ALTER_CONFIGS } from '../../src/protocol/generated/apis/alter-configs.ts';
import { CREATE_ACLS } from '../../src/protocol/generated/apis/create-acls.ts';
import { CREATE_DELEGATION_TOKEN } from '../../src/protocol/generated/apis/create-delegation-token.ts';
import { DELETE_ACLS } from '../../src/protocol/generated/apis/delete-acls.ts';
import { DESCRIBE_ACLS } from '../../src/protocol/generated/apis/describe-acls.ts';
import { DESCRIBE_CONFIGS } from '../../src/protocol/generated/apis/describe-configs.ts';
import { DESCRIBE_PRODUCERS } from '../../src/protocol/generated/apis/describe-producers.ts';
import { DESCRIBE_QUORUM } from '../../src/protocol/generated/apis/describe-quorum.ts';
import { ELECT_LEADERS } from '../../src/protocol/generated/apis/elect-leaders.ts';
import { FETCH } from '../../src/protocol/generated/apis/fetch.ts';
import { FIND_COORDINATOR } from '../../src/protocol/generated/apis/find-coordinator.ts';
import { INCREMENTAL_ALTER_CONFIGS } from '../../src/protocol/generated/apis/incremental-alter-configs.ts';
import { JOIN_GROUP } from '../../src/protocol/generated/apis/join-group.ts';
import { LIST_OFFSETS } from '../../src/protocol/generated/apis/list-offsets.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { PRODUCE } from '../../src/protocol/generated/apis/produce.ts';
import type { RawClient } from './support/raw-client.ts';
import { batch, createTopic, fetchDraft, TestBroker } from './support/running-broker.ts';

const TOPIC = 2;
const BROKER = 4;
const BROKER_LOGGER = 8;
const CLIENT_METRICS = 16;
const [SET, DELETE] = [0, 1];
const NEITHER_LEVEL = 2;

let broker: TestBroker;
let client: RawClient;
let topicId: string;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
  topicId = await createTopic(client, 'things');
});

afterAll(() => broker.stop());

// Each expectation is what Apache Kafka 4.3.1 answered to the same bytes.
describe('a request to change configs', () => {
  const resource = (resourceType: number, resourceName: string, configs: object[] = []) => ({
    resourceType,
    resourceName,
    configs,
  });

  it('is answered in its own order, whoever refuses what', async () => {
    const set = { name: 'retention.ms', configOperation: SET, value: '1000' };
    const { responses } = await client.send(INCREMENTAL_ALTER_CONFIGS, 1, {
      resources: [
        resource(3, 'x'),
        resource(TOPIC, 'things', [set]),
        resource(BROKER_LOGGER, 'x'),
        resource(TOPIC, 'nope', [set]),
        resource(BROKER, '7'),
      ],
    });
    expect(responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual([
      [Errors.INVALID_REQUEST, 'Unknown resource type 3'],
      [Errors.NONE, null],
      [Errors.INVALID_REQUEST, 'Node id must be an integer, but it is: x'],
      [Errors.UNKNOWN_TOPIC_OR_PARTITION, "The topic 'nope' does not exist."],
      [Errors.INVALID_REQUEST, 'Unexpected broker id, expected 1, but received 7'],
    ]);
  });

  it('with an operation that nobody knows fails with its neighbours, a broker’s by itself', async () => {
    const unknown = (name: string) => [{ name, configOperation: 4, value: 'x' }];
    const { responses } = await client.send(INCREMENTAL_ALTER_CONFIGS, 1, {
      resources: [
        resource(BROKER, '1', unknown('log.retention.ms')),
        resource(BROKER_LOGGER, '1', unknown('root')),
        resource(TOPIC, 'things', unknown('retention.ms')),
        resource(TOPIC, 'nope', []),
      ],
    });
    expect(responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual([
      [Errors.INVALID_REQUEST, 'Unknown operations type 4'],
      [Errors.UNKNOWN_SERVER_ERROR, null],
      [Errors.UNKNOWN_SERVER_ERROR, null],
      [Errors.UNKNOWN_SERVER_ERROR, null],
    ]);
  });

  it('may not set nothing, whatever else is wrong with it', async () => {
    const { responses } = await client.send(INCREMENTAL_ALTER_CONFIGS, 1, {
      resources: [
        resource(TOPIC, 'nope', [
          { name: 'a', configOperation: SET, value: null },
          { name: 'b', configOperation: DELETE, value: null },
          { name: 'c', configOperation: SET, value: null },
        ]),
      ],
    });
    expect(responses).toMatchObject([
      { errorCode: Errors.INVALID_REQUEST, errorMessage: 'Null value not supported for : a, c' },
    ]);
  });

  it('of the old kind knows no loggers and no empty values', async () => {
    const { responses } = await client.send(ALTER_CONFIGS, 2, {
      resources: [
        resource(BROKER_LOGGER, '1'),
        resource(CLIENT_METRICS, 'm', [{ name: 'match', value: null }]),
        resource(BROKER, 'x'),
      ],
    });
    expect(responses.map(({ errorMessage }) => errorMessage)).toEqual([
      `Unknown resource type ${BROKER_LOGGER}`,
      'Null value not supported for : match',
      'Node id must be an integer, but it is: x',
    ]);
  });

  it('names each resource once', async () => {
    const { responses } = await client.send(ALTER_CONFIGS, 2, {
      resources: [
        resource(TOPIC, 'things'),
        resource(TOPIC, 'things'),
        resource(CLIENT_METRICS, 'm'),
      ],
    });
    expect(responses.map(({ errorMessage }) => errorMessage)).toEqual([
      'Each resource must appear at most once.',
      'Each resource must appear at most once.',
      null,
    ]);
  });
});

describe('an ACL request with an UNKNOWN element', () => {
  const entry = { resourceName: 'x', principal: 'User:a', host: '*' };

  it('ends the connection, and with none is told that there is no authorizer', async () => {
    const known = { ...entry, resourceType: 2, resourcePatternType: 3, operation: 3 };
    const told = await client.send(CREATE_ACLS, 3, {
      creations: [{ ...known, permissionType: 3 }],
    });
    expect(told.results).toMatchObject([{ errorCode: Errors.SECURITY_DISABLED }]);
    const creating = await broker.client();
    await expect(
      creating.send(CREATE_ACLS, 3, { creations: [{ ...known, permissionType: 0 }] }),
    ).rejects.toThrow();
    const filter = { patternTypeFilter: 3, operation: 3, permissionType: 3, resourceTypeFilter: 0 };
    const deleting = await broker.client();
    await expect(deleting.send(DELETE_ACLS, 3, { filters: [filter] })).rejects.toThrow();
    const describing = await broker.client();
    await expect(describing.send(DESCRIBE_ACLS, 3, filter)).rejects.toThrow();
  });
});

describe('a refusal', () => {
  it('of a JoinGroup names no protocol: null since v7, nothing before', async () => {
    const request = { groupId: '', sessionTimeoutMs: 6000, protocolType: 'consumer' };
    expect((await client.send(JOIN_GROUP, 9, request)).protocolName).toBeNull();
    expect((await client.send(JOIN_GROUP, 6, request)).protocolName).toBe('');
  });

  it('of one resource of an unknown type is that of all configs asked for', async () => {
    const { results } = await client.send(DESCRIBE_CONFIGS, 4, {
      resources: [
        { resourceType: TOPIC, resourceName: 'things', configurationKeys: null },
        { resourceType: 3, resourceName: 'x', configurationKeys: null },
      ],
    });
    expect(results.map(({ errorCode }) => errorCode)).toEqual([
      Errors.INVALID_REQUEST,
      Errors.INVALID_REQUEST,
    ]);
  });

  it('of an isolation level that is none is an unexpected error', async () => {
    const listed = await client.send(LIST_OFFSETS, 8, {
      replicaId: -1,
      isolationLevel: NEITHER_LEVEL,
      topics: [{ name: 'things', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
    });
    expect(listed.topics[0]?.partitions[0]?.errorCode).toBe(Errors.UNKNOWN_SERVER_ERROR);
    const draft = fetchDraft(topicId, 0);
    const fetched = await client.send(FETCH, 16, { ...draft, isolationLevel: NEITHER_LEVEL });
    expect(fetched).toMatchObject({ errorCode: Errors.UNKNOWN_SERVER_ERROR, responses: [] });
  });

  it('of a produced batch tells first what isn’t there, then what can’t be promised', async () => {
    const { responses } = await client.send(PRODUCE, 7, {
      acks: 2,
      timeoutMs: 1000,
      topicData: [
        {
          name: 'things',
          partitionData: [
            { index: 0, records: batch(['a']) },
            { index: 5, records: null },
          ],
        },
      ],
    });
    expect(responses[0]?.partitionResponses.map(({ errorCode }) => errorCode)).toEqual([
      Errors.INVALID_REQUIRED_ACKS,
      Errors.UNKNOWN_TOPIC_OR_PARTITION,
    ]);
  });

  it('of an unknown topic id comes without what may be done with it', async () => {
    const { topics } = await client.send(METADATA, 12, {
      topics: [{ topicId: 'AAAAAAAAAAAAAAAAAAAAZQ', name: null }],
      includeTopicAuthorizedOperations: true,
    });
    expect(topics).toMatchObject([
      { errorCode: Errors.UNKNOWN_TOPIC_ID, topicAuthorizedOperations: -2147483648 },
    ]);
  });

  it('of producers of a topic that can’t be says why', async () => {
    const { topics } = await client.send(DESCRIBE_PRODUCERS, 0, {
      topics: [{ name: '..', partitionIndexes: [0] }],
    });
    expect(topics[0]?.partitions).toMatchObject([
      {
        errorCode: Errors.INVALID_TOPIC_EXCEPTION,
        errorMessage: "Topic name is invalid: '..' is not allowed",
      },
    ]);
  });

  it('of a share coordinator’s key is wordless since v4 alone', async () => {
    const key = 'group:AAAAAAAAAAAAAAAAAAAAAQ:0';
    const many = await client.send(FIND_COORDINATOR, 5, { keyType: 2, coordinatorKeys: [key] });
    expect(many.coordinators).toMatchObject([
      { errorCode: Errors.INVALID_REQUEST, errorMessage: '' },
    ]);
    const one = await client.send(FIND_COORDINATOR, 3, { keyType: 2, key });
    expect(one.errorCode).toBe(Errors.INVALID_REQUEST);
    expect(one.errorMessage).toMatch(/malformed by the client library/);
  });

  it('of a token for an owner without a type is an unexpected error', async () => {
    const answer = await client.send(CREATE_DELEGATION_TOKEN, 3, {
      ownerPrincipalType: null,
      ownerPrincipalName: 'a',
    });
    expect(answer).toMatchObject({
      errorCode: Errors.UNKNOWN_SERVER_ERROR,
      principalType: 'User',
      principalName: 'ANONYMOUS',
    });
  });
});

describe('an election of nothing', () => {
  it('is refused for nothing, not even a type that there isn’t', async () => {
    const asked = { electionType: 9, topicPartitions: [], timeoutMs: 1000 };
    expect((await client.send(ELECT_LEADERS, 2, asked)).errorCode).toBe(Errors.NONE);
    const all = await client.send(ELECT_LEADERS, 2, { ...asked, topicPartitions: null });
    expect(all.errorCode).toBe(Errors.INVALID_REQUEST);
  });
});

describe('a description of no quorum', () => {
  it('is empty, without an error and without nodes', async () => {
    const answer = await client.send(DESCRIBE_QUORUM, 2, { topics: [] });
    expect(answer).toEqual({ errorCode: 0, errorMessage: '', topics: [], nodes: [] });
    expect((await client.send(DESCRIBE_QUORUM, 0, { topics: [] })).errorCode).toBe(Errors.NONE);
  });
});
