// Requests that name a topic without partitions, or more than once. Each expectation is what Apache Kafka 4.3.1 answered
// to the same bytes, but for the order of topics, which it has from a hash map.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Errors } from '../../src/protocol/errors.ts';
import { ADD_PARTITIONS_TO_TXN } from '../../src/protocol/generated/apis/add-partitions-to-txn.ts';
import { ALTER_REPLICA_LOG_DIRS } from '../../src/protocol/generated/apis/alter-replica-log-dirs.ts';
import { DELETE_RECORDS } from '../../src/protocol/generated/apis/delete-records.ts';
import { LIST_OFFSETS } from '../../src/protocol/generated/apis/list-offsets.ts';
import { PRODUCE } from '../../src/protocol/generated/apis/produce.ts';
import { TXN_OFFSET_COMMIT } from '../../src/protocol/generated/apis/txn-offset-commit.ts';
import { WRITE_TXN_MARKERS } from '../../src/protocol/generated/apis/write-txn-markers.ts';
import type { RawClient } from './support/raw-client.ts';
import { batch, createTopic, TestBroker } from './support/running-broker.ts';

const { NONE, UNKNOWN_TOPIC_OR_PARTITION: MISSING } = Errors;

let broker: TestBroker;
let client: RawClient;

beforeAll(async () => {
  broker = await TestBroker.start();
  client = await broker.client();
  await createTopic(client, 'a', { partitions: 2 });
  await createTopic(client, 'b');
});

afterAll(() => broker.stop());

/** a without partitions, b, nowhere without partitions, a again. */
function asked<P>(of: (partition: number) => P): { name: string; partitions: P[] }[] {
  return [
    { name: 'a', partitions: [] },
    { name: 'b', partitions: [of(0)] },
    { name: 'nowhere', partitions: [] },
    { name: 'a', partitions: [of(1)] },
    { name: 'a', partitions: [of(0), of(1)] },
  ];
}

const errorsOf = ({
  name,
  partitions,
}: {
  readonly name: string;
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[];
}) => [name, partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode])];

describe('topics without partitions and topics named twice', () => {
  it('are told once or not at all, of a partition’s two offsets none', async () => {
    const { topics } = await client.send(LIST_OFFSETS, 11, {
      replicaId: -1,
      topics: asked((partitionIndex) => ({ partitionIndex, timestamp: -1 })),
    });
    expect(topics.map(errorsOf)).toEqual([
      ['b', [[0, NONE]]],
      [
        'a',
        [
          [1, Errors.INVALID_REQUEST],
          [0, NONE],
        ],
      ],
    ]);
  });

  it('have their records deleted as the last one says', async () => {
    const offsets = [0, 0, 0, 7];
    const { topics } = await client.send(DELETE_RECORDS, 2, {
      topics: asked((partitionIndex) => ({ partitionIndex, offset: offsets.shift()! })),
    });
    expect(topics.map(errorsOf)).toEqual([
      ['b', [[0, NONE]]],
      [
        'a',
        [
          [1, Errors.OFFSET_OUT_OF_RANGE],
          [0, NONE],
        ],
      ],
    ]);
  });

  it('are produced to', async () => {
    const data = (index: number) => ({ index, records: batch(['x']) });
    const { responses } = await client.send(PRODUCE, 9, {
      acks: 1,
      timeoutMs: 1000,
      topicData: [
        { name: 'a', partitionData: [] },
        { name: 'a', partitionData: [data(1)] },
        { name: 'b', partitionData: [data(0)] },
        { name: 'a', partitionData: [data(0)] },
      ],
    });
    expect(
      responses.map(({ name, partitionResponses }) => [
        name,
        partitionResponses.map(({ index, errorCode }) => [index, errorCode]),
      ]),
    ).toEqual([
      [
        'a',
        [
          [1, NONE],
          [0, NONE],
        ],
      ],
      ['b', [[0, NONE]]],
    ]);
  });

  it('are told as asked when a transaction took them, and once when it did not', async () => {
    const add = async (name: string, verifyOnly: boolean) => {
      const topics = [
        { name: 'a', partitions: [] },
        { name, partitions: [0, 0] },
      ];
      const { resultsByTransaction } = await client.send(ADD_PARTITIONS_TO_TXN, 5, {
        transactions: [
          { transactionalId: 't', producerId: 9, producerEpoch: 0, verifyOnly, topics },
        ],
      });
      return resultsByTransaction[0]!.topicResults.map((topic) => [
        topic.name,
        topic.resultsByPartition.length,
      ]);
    };
    expect(await add('nowhere', false)).toEqual([['nowhere', 1]]);
    expect(await add('b', true)).toEqual([['b', 1]]);
    expect(await add('b', false)).toEqual([
      ['a', 0],
      ['b', 2],
    ]);
  });

  it('commit offsets, what isn’t there told first', async () => {
    const offset = (partitionIndex: number) => ({ partitionIndex, committedOffset: 1 });
    const { topics } = await client.send(TXN_OFFSET_COMMIT, 2, {
      transactionalId: 't',
      groupId: '',
      producerId: 9,
      producerEpoch: 0,
      topics: [
        { name: 'a', partitions: [] },
        { name: 'b', partitions: [offset(0)] },
        { name: 'nowhere', partitions: [] },
        { name: 'a', partitions: [offset(0), offset(8)] },
      ],
    });
    const invalid = Errors.INVALID_GROUP_ID;
    expect(topics).toMatchObject([
      { name: 'nowhere', partitions: [] },
      {
        name: 'a',
        partitions: [
          { partitionIndex: 8, errorCode: MISSING },
          { partitionIndex: 0, errorCode: invalid },
        ],
      },
      { name: 'b', partitions: [{ partitionIndex: 0, errorCode: invalid }] },
    ]);
  });

  it('move once each, but for a name too long for the move', async () => {
    const long = 'x'.repeat(250);
    const { results } = await client.send(ALTER_REPLICA_LOG_DIRS, 2, {
      dirs: [
        {
          path: '/elsewhere',
          topics: [
            { name: 'b', partitions: [] },
            { name: 'a', partitions: [0] },
          ],
        },
        {
          path: '/nope',
          topics: [
            { name: 'a', partitions: [0, 0] },
            { name: long, partitions: [0] },
          ],
        },
      ],
    });
    const told = (topicName: string, errorCode: number) => ({
      topicName,
      partitions: [{ partitionIndex: 0, errorCode }],
    });
    expect(results).toEqual([
      told('a', Errors.LOG_DIR_NOT_FOUND),
      told(long, Errors.INVALID_TOPIC_EXCEPTION),
    ]);
  });

  it('get their markers, those of one producer told together', async () => {
    const marker = (
      producerId: number,
      topics: { name: string; partitionIndexes: number[] }[],
    ) => ({
      producerId,
      producerEpoch: 0,
      transactionResult: true,
      topics,
      coordinatorEpoch: 0,
    });
    const none = { name: 'a', partitionIndexes: [] };
    const { markers } = await client.send(WRITE_TXN_MARKERS, 1, {
      markers: [
        marker(7, [none, { name: 'nowhere', partitionIndexes: [1] }]),
        marker(6, [none]),
        marker(7, [{ name: 'b', partitionIndexes: [0] }]),
      ],
    });
    const partition = (partitionIndex: number, errorCode: number) => [
      { partitionIndex, errorCode },
    ];
    expect(markers).toEqual([
      {
        producerId: 7,
        topics: [
          { name: 'nowhere', partitions: partition(1, MISSING) },
          { name: 'b', partitions: partition(0, NONE) },
        ],
      },
    ]);
  });
});
