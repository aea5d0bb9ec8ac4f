// A transaction that its producer leaves open at a take-over, with records and a group's offsets in it. The next broker must
// let a new producer of the same id take over, end what was left, and refuse the old one whatever it tries.

import { createTopics } from '../../../src/client/admin/create-topics.ts';
import { describeTransactions } from '../../../src/client/admin/describe-transactions.ts';
import { listGroupOffsets } from '../../../src/client/admin/list-group-offsets.ts';
import { listOffsets } from '../../../src/client/admin/list-offsets.ts';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { errorInfo } from '../../../src/protocol/errors.ts';
import { END_TXN } from '../../../src/protocol/generated/apis/end-txn.ts';
import { PRODUCE } from '../../../src/protocol/generated/apis/produce.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import type { Holding, Stage } from '../holding.ts';
import { readPartition } from '../wire.ts';

const TOPIC = 'contested';
const GROUP = 'contested-group';
const RECORDS = 2;

export const fencing: Holding = {
  name: 'fencing',

  async add({ client, round, serves, memory }) {
    if (round === 0) await createTopics(client, [{ name: TOPIC, partitions: 1 }]);
    if (!serves(END_TXN.key)) return;
    const producer = await producerOf(client, round);
    // One that is whole, then one that stays open: nobody aborts it, as if the process had died.
    await begin(producer, `committed in round ${round}`, 10 + round);
    await producer.commitTransaction();
    await begin(producer, `left in round ${round}`, 100 + round);
    await producer.flush();
    await producer.close(0);
    const id = transactionalId(round);
    const { value } = (await describeTransactions(client, [id])).get(id)!;
    memory.set(`${id} producer id`, value!.producerId);
    memory.set(`${id} epoch`, value!.producerEpoch);
  },

  async observe({ client }) {
    const seen = new Map<string, string>();
    const query = [{ topic: TOPIC, partition: 0, timestamp: -1 }];
    const [stable] = await listOffsets(client, query, { isolationLevel: 'read_committed' });
    seen.set('last stable offset', String(stable?.outcome.value?.offset));
    for (const level of [0, 1]) {
      const lines = await readPartition(client, TOPIC, 0, 0, level);
      seen.set(`records at level ${level}`, lines.join('\n'));
    }
    return seen;
  },

  async check(stage) {
    const { client, round, serves, memory } = stage;
    const id = transactionalId(round - 1);
    if (!serves(END_TXN.key) || !memory.has(`${id} epoch`)) return [];
    const problems: string[] = [];
    const successor = await producerOf(client, round - 1);
    const zombie = await zombieTries(stage, id);
    if (zombie !== 'INVALID_PRODUCER_EPOCH PRODUCER_FENCED') {
      problems.push(`the producer that was fenced got ${zombie}`);
    }
    await begin(successor, `after round ${round - 1}`, 200 + round);
    await successor.commitTransaction();
    await successor.close();
    const offset = await groupOffset(client, 200 + round);
    if (offset !== 200 + round) {
      problems.push(`the group's offset is ${offset}, not ${200 + round}`);
    }
    return problems;
  },
};

/** Markers follow the answer to the commit: until then the offset before it counts. */
async function groupOffset(client: KafkaClient, expected: number): Promise<number | undefined> {
  for (let tries = 0; ; tries++) {
    const [found] = await listGroupOffsets(client, GROUP);
    if (found?.offset === expected || tries === 50) return found?.offset;
    await client.network.sleep(100);
  }
}

const transactionalId = (round: number): string => `contested-${round}`;

async function producerOf(client: KafkaClient, round: number): Promise<Producer> {
  const view = await client.cluster(client.startCall('cluster'));
  const bootstrapServers = [...view.nodes.values()].map(({ host, port }) => `${host}:${port}`);
  const config = new Map([
    ['transactional.id', transactionalId(round)],
    ['transaction.timeout.ms', '600000'],
  ]);
  const producer = new Producer({ bootstrapServers, config, io: nodeIo() });
  await producer.initTransactions();
  return producer;
}

async function begin(producer: Producer, text: string, offset: number): Promise<void> {
  producer.beginTransaction();
  for (let n = 0; n < RECORDS; n++) {
    const value = Buffer.from(`${text}: ${n}`);
    const append = () =>
      producer.append(TOPIC, 0, 1_700_000_000_000, null, 0, 0, value, 0, value.length, null);
    while (!append()) await producer.ready(TOPIC, 0);
  }
  const group = { groupId: GROUP, generationId: -1, memberId: '', groupInstanceId: null };
  await producer.sendOffsetsToTransaction([{ topic: TOPIC, partition: 0, offset }], group);
}

/** What the old producer is told when it goes on writing, and when it wants to commit. */
async function zombieTries({ client, memory }: Stage, id: string): Promise<string> {
  const producerId = memory.get(`${id} producer id`)!;
  const producerEpoch = memory.get(`${id} epoch`)!;
  const batch = buildBatch([{ key: null, value: Buffer.from('a zombie') }], {
    ...{ producerId, producerEpoch, baseSequence: RECORDS, transactional: true, timestamp: 1 },
  });
  const produced = await client.send(
    PRODUCE,
    {
      ...{ transactionalId: id, acks: -1, timeoutMs: 10_000 },
      topicData: [{ name: TOPIC, partitionData: [{ index: 0, records: batch }] }],
    },
    { callName: 'produce', target: 1, maxVersion: 12 },
  );
  const end = { transactionalId: id, producerId, producerEpoch, committed: true };
  const ended = await client.send(END_TXN, end, { callName: 'endTxn', target: 1, maxVersion: 4 });
  const codes = [produced.responses[0]?.partitionResponses[0]?.errorCode ?? 0, ended.errorCode];
  return codes.map((code) => errorInfo(code).name).join(' ');
}
