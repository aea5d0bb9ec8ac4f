import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handlers } from '../../src/broker/apis/index.ts';
import { ZERO_UUID } from '../../src/common/uuid.ts';
import { Errors } from '../../src/protocol/errors.ts';
import { ADD_RAFT_VOTER } from '../../src/protocol/generated/apis/add-raft-voter.ts';
import { ALTER_CLIENT_QUOTAS } from '../../src/protocol/generated/apis/alter-client-quotas.ts';
import { ALTER_PARTITION_REASSIGNMENTS } from '../../src/protocol/generated/apis/alter-partition-reassignments.ts';
import { API_VERSIONS } from '../../src/protocol/generated/apis/api-versions.ts';
import { CREATE_DELEGATION_TOKEN } from '../../src/protocol/generated/apis/create-delegation-token.ts';
import { DELETE_RECORDS } from '../../src/protocol/generated/apis/delete-records.ts';
import { DELETE_TOPICS } from '../../src/protocol/generated/apis/delete-topics.ts';
import { DESCRIBE_CLIENT_QUOTAS } from '../../src/protocol/generated/apis/describe-client-quotas.ts';
import { DESCRIBE_CLUSTER } from '../../src/protocol/generated/apis/describe-cluster.ts';
import { DESCRIBE_CONFIGS } from '../../src/protocol/generated/apis/describe-configs.ts';
import { DESCRIBE_DELEGATION_TOKEN } from '../../src/protocol/generated/apis/describe-delegation-token.ts';
import { DESCRIBE_LOG_DIRS } from '../../src/protocol/generated/apis/describe-log-dirs.ts';
import { DESCRIBE_TOPIC_PARTITIONS } from '../../src/protocol/generated/apis/describe-topic-partitions.ts';
import { ELECT_LEADERS } from '../../src/protocol/generated/apis/elect-leaders.ts';
import { EXPIRE_DELEGATION_TOKEN } from '../../src/protocol/generated/apis/expire-delegation-token.ts';
import { FIND_COORDINATOR } from '../../src/protocol/generated/apis/find-coordinator.ts';
import { INIT_PRODUCER_ID } from '../../src/protocol/generated/apis/init-producer-id.ts';
import { LIST_OFFSETS } from '../../src/protocol/generated/apis/list-offsets.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import { REMOVE_RAFT_VOTER } from '../../src/protocol/generated/apis/remove-raft-voter.ts';
import { RENEW_DELEGATION_TOKEN } from '../../src/protocol/generated/apis/renew-delegation-token.ts';
import type { RawClient } from './support/raw-client.ts';
import { batch, createTopic, fetch, produce, TestBroker } from './support/running-broker.ts';

/** A busy machine takes its time. */
const PATIENT = { timeout: 10_000 };

interface ApiFacts {
  readonly id: number;
  readonly listeners: Record<string, { min: number; max: number } | undefined>;
}

const factsPath = join(import.meta.dirname, '../../src/protocol/schemas/apis.json');
const { apis } = JSON.parse(readFileSync(factsPath, 'utf8')) as { apis: ApiFacts[] };

let broker: TestBroker;
let client: RawClient;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
});

afterAll(() => broker.stop());

describe('the library', () => {
  it('leaves no temporary directory behind when its broker can’t start', async () => {
    const { TMPDIR } = process.env;
    const folder = mkdtempSync(join(tmpdir(), 'kafta-library-'));
    process.env.TMPDIR = folder;
    try {
      const started = TestBroker.start({ properties: { 'process.roles': 'broker' } });
      await expect(started).rejects.toThrow(/process\.roles/);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the list of APIs', () => {
  it('names every file under apis, and has Apache Kafka’s versions', () => {
    const folder = join(import.meta.dirname, '../../src/broker/apis');
    const files = readdirSync(folder).filter((name) => /^\d\d-/.test(name));
    expect(handlers.map(({ key }) => key)).toEqual(
      files.map((name) => Number(name.slice(0, 2))).sort((a, b) => a - b),
    );
    for (const { key, advertisedMinVersion, maxVersion, roles } of handlers) {
      const facts = apis.find(({ id }) => id === key)?.listeners;
      const told = { min: advertisedMinVersion, max: maxVersion };
      expect({ key, ...told }).toEqual({ key, ...facts?.broker });
      expect(roles.includes('controller') && facts?.controller === undefined).toBe(false);
    }
  });

  it('is what ApiVersions answers, with the features', async () => {
    const answer = await client.send(API_VERSIONS, 4, {
      clientSoftwareName: 'test',
      clientSoftwareVersion: '1.0',
    });
    expect(answer.apiKeys.map(({ apiKey }) => apiKey)).toEqual(handlers.map(({ key }) => key));
    expect(answer.apiKeys[0]).toEqual({ apiKey: 0, minVersion: 0, maxVersion: 13 });
    expect(answer.finalizedFeatures).toContainEqual({
      name: 'metadata.version',
      maxVersionLevel: 30,
      minVersionLevel: 30,
    });
  });

  it('a version of ApiVersions from the future is answered as v0 with error 35', async () => {
    const request = Buffer.from('0000000c00120063000000070000', 'hex');
    request.writeInt32BE(request.length - 4, 0);
    const answer = await client.answer((reader) => {
      reader.readInt32();
      return API_VERSIONS.response.read(reader, 0);
    }, request);
    expect(answer).toMatchObject({
      errorCode: Errors.UNSUPPORTED_VERSION,
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
    });
  });

  it.each([
    ['an unknown API', '000000080063000000000001'],
    ['an unknown version', '00000008000300630000000100'],
    ['a header that is cut off', '0000000400030001'],
    ['a body that is cut off', '0000000a000300010000000100007fff'],
    ['an empty request', '00000000'],
  ])('%s closes the connection, and no other', async (_name, hex) => {
    const bad = await broker.client();
    const bytes = Buffer.from(hex, 'hex');
    bytes.writeInt32BE(bytes.length - 4, 0);
    bad.write(bytes);
    await bad.closed;
    expect((await client.send(METADATA, 13, { topics: [] })).errorCode).toBe(0);
  });
});

describe('metadata', () => {
  it('names this broker, and topics by name and by id', async () => {
    const topicId = await createTopic(client, 'named', { partitions: 2 });
    const byName = await client.send(METADATA, 12, {
      topics: [{ name: 'named' }, { name: 'bad name' }],
      allowAutoTopicCreation: false,
    });
    expect(byName.brokers).toMatchObject([{ nodeId: 1, host: 'localhost', port: broker.port }]);
    expect(byName.topics[0]).toMatchObject({ errorCode: 0, topicId });
    expect(byName.topics[0]?.partitions).toHaveLength(2);
    expect(byName.topics[1]?.errorCode).toBe(Errors.INVALID_TOPIC_EXCEPTION);
    const byId = await client.send(METADATA, 12, {
      topics: [
        { topicId, name: null },
        { topicId: 'kaftaReferenceAAAAAAAA', name: null },
      ],
    });
    expect(byId.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      [null, Errors.UNKNOWN_TOPIC_ID],
      ['named', 0],
    ]);
  });

  it('creates a topic that a client asks for, which finds it the next time', async () => {
    const ask = (name: string, allowAutoTopicCreation: boolean) =>
      client
        .send(METADATA, 12, { topics: [{ name }], allowAutoTopicCreation })
        .then(({ topics }) => topics[0]?.errorCode);
    expect(await ask('by-accident', false)).toBe(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    expect(await ask('by-accident', true)).toBe(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    await expect.poll(() => ask('by-accident', false), PATIENT).toBe(Errors.NONE);
  });

  it('in v0 an empty list means all topics, from v1 on none', async () => {
    await createTopic(client, 'one-of-all');
    const names = async (version: number) =>
      (await client.send(METADATA, version, { topics: [] })).topics.map(({ name }) => name);
    expect(await names(0)).toContain('one-of-all');
    expect(await names(1)).toEqual([]);
  });

  it('tells topics page by page when asked for with a limit', async () => {
    await createTopic(client, 'paged', { partitions: 3 });
    const first = await client.send(DESCRIBE_TOPIC_PARTITIONS, 0, {
      topics: [{ name: 'paged' }],
      responsePartitionLimit: 2,
    });
    expect(first.topics[0]?.partitions).toHaveLength(2);
    expect(first.nextCursor).toEqual({ topicName: 'paged', partitionIndex: 2 });
    const second = await client.send(DESCRIBE_TOPIC_PARTITIONS, 0, {
      topics: [{ name: 'paged' }],
      responsePartitionLimit: 2,
      cursor: first.nextCursor,
    });
    expect(second.topics[0]?.partitions.map(({ partitionIndex }) => partitionIndex)).toEqual([2]);
    expect(second.nextCursor).toBe(null);
  });

  it('the cluster describes brokers to clients, and controllers to nobody but controllers', async () => {
    const answer = await client.send(DESCRIBE_CLUSTER, 2, {});
    expect(answer.brokers).toMatchObject([{ brokerId: 1, port: broker.port }]);
    const refused = await client.send(DESCRIBE_CLUSTER, 2, { endpointType: 2 });
    expect(refused.errorCode).toBe(Errors.MISMATCHED_ENDPOINT_TYPE);
  });
});

describe('offsets', () => {
  it('are found for all special timestamps and for times', async () => {
    await createTopic(client, 'timed');
    for (const timestamp of [1000, 3000, 2000]) {
      await produce(client, 'timed', batch(['x'], { timestamp }));
    }
    const find = async (timestamp: number, version = 11) => {
      const { topics } = await client.send(LIST_OFFSETS, version, {
        replicaId: -1,
        topics: [{ name: 'timed', partitions: [{ partitionIndex: 0, timestamp }] }],
      });
      const found = topics[0]!.partitions[0]!;
      return [found.errorCode, found.offset, found.timestamp];
    };
    expect(await find(-1)).toEqual([0, 3, -1]);
    expect(await find(-2)).toEqual([0, 0, -1]);
    expect(await find(-3)).toEqual([0, 1, 3000]);
    expect(await find(-4)).toEqual([0, 0, -1]);
    expect(await find(-5)).toEqual([0, -1, -1]);
    expect(await find(-6)).toEqual([0, -1, -1]);
    expect(await find(1500)).toEqual([0, 1, 3000]);
    expect(await find(9999)).toEqual([0, -1, -1]);
    expect(await find(-3, 6)).toEqual([Errors.UNSUPPORTED_VERSION, -1, -1]);
    expect(await find(-7)).toEqual([Errors.UNSUPPORTED_VERSION, -1, -1]);
  });

  it('are refused for a partition asked twice, and for another leader epoch', async () => {
    await createTopic(client, 'epochs');
    const find = async (partitions: { currentLeaderEpoch?: number }[]) => {
      const { topics } = await client.send(LIST_OFFSETS, 10, {
        replicaId: -1,
        topics: [
          {
            name: 'epochs',
            partitions: partitions.map((more) => ({ partitionIndex: 0, timestamp: -1, ...more })),
          },
        ],
      });
      return topics[0]!.partitions.map(({ errorCode }) => errorCode);
    };
    expect(await find([{}, {}])).toEqual([Errors.INVALID_REQUEST]);
    expect(await find([{ currentLeaderEpoch: 0 }])).toEqual([0]);
    expect(await find([{ currentLeaderEpoch: 7 }])).toEqual([Errors.UNKNOWN_LEADER_EPOCH]);
  });

  it('begin later once records are deleted', async () => {
    await createTopic(client, 'trimmed');
    await produce(client, 'trimmed', batch(['a', 'b', 'c']));
    const remove = async (offset: number) => {
      const { topics } = await client.send(DELETE_RECORDS, 2, {
        topics: [{ name: 'trimmed', partitions: [{ partitionIndex: 0, offset }] }],
      });
      return topics[0]!.partitions[0]!;
    };
    expect(await remove(2)).toMatchObject({ errorCode: 0, lowWatermark: 2 });
    expect((await remove(9)).errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE);
    expect((await remove(-1)).lowWatermark).toBe(3);
    expect((await fetch(client, 'trimmed', 0)).errorCode).toBe(Errors.OFFSET_OUT_OF_RANGE);
  });
});

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

describe('quotas', () => {
  it('set at once are told in the order of Kafka’s maps', async () => {
    const keys = [
      'controller_mutation_rate',
      'request_percentage',
      'consumer_byte_rate',
      'producer_byte_rate',
    ];
    const entity = [{ entityType: 'user', entityName: 'somebody' }];
    const ops = keys.map((key) => ({ key, value: 1000, remove: false }));
    await client.send(ALTER_CLIENT_QUOTAS, 1, { entries: [{ entity, ops }], validateOnly: false });
    const { entries } = await client.send(DESCRIBE_CLIENT_QUOTAS, 1, {
      components: [{ entityType: 'user', matchType: 0, match: 'somebody' }],
      strict: true,
    });
    expect(entries?.[0]?.values.map(({ key }) => key)).toEqual([
      'producer_byte_rate',
      'consumer_byte_rate',
      'controller_mutation_rate',
      'request_percentage',
    ]);
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

describe('a broker that doesn’t create topics by itself', () => {
  it('makes none for a client that asks for it, nor for one that doesn’t want it', async () => {
    const other = await TestBroker.start({
      properties: { 'auto.create.topics.enable': 'false' },
    });
    try {
      const asking = await other.client();
      const absent = { topics: [{ name: 'absent' }], allowAutoTopicCreation: true };
      await asking.send(METADATA, 12, absent);
      // What is created is there when a later request to the controller has its answer.
      await createTopic(asking, 'made');
      const { topics } = await asking.send(METADATA, 12, { topics: null });
      expect(topics.map(({ name }) => name)).toEqual(['made']);
    } finally {
      await other.stop();
    }
    await client.send(METADATA, 12, {
      topics: [{ name: 'unwanted' }],
      allowAutoTopicCreation: false,
    });
    await createTopic(client, 'wanted');
    const { topics } = await client.send(METADATA, 12, { topics: null });
    expect(topics.map(({ name }) => name)).not.toContain('unwanted');
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

describe('a broker that stops', () => {
  it('answers who waits, closes the connections and frees the port', async () => {
    const stopping = await TestBroker.start();
    const waiter = await stopping.client();
    await createTopic(waiter, 'quiet');
    const idle = await stopping.client();
    const waiting = fetch(waiter, 'quiet', 0, { maxWaitMs: 60_000 });
    // Answered after the fetch was received: both go through the same loop, the fetch first.
    await idle.send(METADATA, 13, { topics: [] });
    const { port } = stopping;
    const stopped = stopping.started.stop();
    // Nobody leads the partition any more, which the client is told in time.
    expect((await waiting).errorCode).toBe(Errors.NOT_LEADER_OR_FOLLOWER);
    await Promise.all([waiter.closed, idle.closed, stopped]);
    const next = await TestBroker.start({ port });
    expect(next.port).toBe(port);
    await next.stop();
  });
});

describe('a broker that is started again', () => {
  it('has its topics, records and cluster id', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'kafta-restart-'));
    const first = await TestBroker.start({ dataDirectory });
    const one = await first.client();
    await createTopic(one, 'kept', { configs: { 'max.message.bytes': '1000' } });
    await produce(one, 'kept', batch(['kept record']));
    const { clusterId } = await one.send(DESCRIBE_CLUSTER, 0, {});
    await first.stop();
    const again = await TestBroker.start({ dataDirectory });
    const two = await again.client();
    expect((await two.send(DESCRIBE_CLUSTER, 0, {})).clusterId).toBe(clusterId);
    expect((await fetch(two, 'kept', 0)).records?.includes('kept record')).toBe(true);
    expect((await produce(two, 'kept', batch(['x'.repeat(2000)]))).errorCode).toBe(
      Errors.MESSAGE_TOO_LARGE,
    );
    expect((await produce(two, 'kept', batch(['next']))).baseOffset).toBe(1);
    await again.stop();
    rmSync(dataDirectory, { recursive: true });
  });

  it('is refused while the first one has the folder', async () => {
    const { dataDirectory } = broker.started;
    const second = await TestBroker.start({ dataDirectory }).catch((error: Error) => error);
    expect(second).toBeInstanceOf(Error);
    expect((second as Error).message).toContain(dataDirectory);
    await expect(client.send(METADATA, 13, { topics: [] })).resolves.toBeDefined();
  });
});
