// Records of every codec in several segments, with headers, nulls, timestamps of both kinds, from plain and from
// idempotent producers, and a log whose beginning was deleted.

import { createTopics } from '../../../src/client/admin/create-topics.ts';
import { deleteRecords } from '../../../src/client/admin/delete-records.ts';
import { listOffsets } from '../../../src/client/admin/list-offsets.ts';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { DESCRIBE_PRODUCERS } from '../../../src/protocol/generated/apis/describe-producers.ts';
import { INIT_PRODUCER_ID } from '../../../src/protocol/generated/apis/init-producer-id.ts';
import { buildBatch, type NewRecord } from '../../../src/records/record-batch-builder.ts';
import type { Holding, Stage } from '../holding.ts';
import { ask, produce, readPartition } from '../wire.ts';

const TOPIC = 'records';
const APPEND_TIME = 'records-append-time';
const CODECS = [0, 1, 2, 3, 4] as const;
const BATCHES = 12;
const BASE_TIME_MS = 1_700_000_000_000;

export const records: Holding = {
  name: 'records',

  async add(stage) {
    const { client, round } = stage;
    if (round === 0) await makeTopics(client);
    for (const codec of CODECS) {
      for (let i = 0; i < BATCHES; i++) {
        const content = buildBatch(someRecords(round, codec, i), { compression: codec });
        await produce(client, TOPIC, codec, content);
      }
    }
    await produce(client, APPEND_TIME, 0, buildBatch(someRecords(round, 0, 0)));
    await writeIdempotently(stage);
    const beforeOffset = 30 * (round + 1);
    await deleteRecords(client, [{ topic: TOPIC, partition: 1, beforeOffset }]);
  },

  async observe({ client }) {
    const seen = new Map<string, string>();
    const partitions = [
      ...CODECS.map((partition) => ({ topic: TOPIC, partition })),
      { topic: APPEND_TIME, partition: 0 },
      { topic: 'idempotent', partition: 0 },
    ];
    for (const { topic, partition } of partitions) {
      const name = `${topic}-${partition}`;
      const offsets = await offsetsOf(client, topic, partition);
      seen.set(`offsets of ${name}`, JSON.stringify(offsets));
      const from = offsets.earliest?.offset ?? 0;
      seen.set(
        `records of ${name}`,
        (await readPartition(client, topic, partition, from)).join('\n'),
      );
    }
    seen.set('producers of idempotent-0', await producersOf(client));
    return seen;
  },

  /** The next id a broker gives is above all that were given before. */
  async check({ client, memory }) {
    const { producerId } = await initProducerId(client);
    const highest = memory.get('producer id') ?? -1;
    memory.set('producer id', Math.max(highest, producerId));
    return producerId > highest ? [] : [`producer id ${producerId} after ${highest}`];
  },
};

async function makeTopics(client: KafkaClient): Promise<void> {
  const small = new Map([
    ['segment.bytes', '1048576'],
    ['retention.ms', '-1'],
    ['index.interval.bytes', '1000'],
  ]);
  const appendTime = new Map([['message.timestamp.type', 'LogAppendTime']]);
  await createTopics(client, [
    { name: TOPIC, partitions: CODECS.length, configs: small },
    { name: APPEND_TIME, partitions: 1, configs: appendTime },
    { name: 'idempotent', partitions: 1 },
  ]);
}

/** About 100 KB uncompressed; partition 0 takes more than a segment in each round. */
function someRecords(round: number, codec: number, batchIndex: number): NewRecord[] {
  return Array.from({ length: 20 }, (_, i) => {
    const seed = round * 10_000 + batchIndex * 100 + i;
    return {
      key: i % 5 === 0 ? null : Buffer.from(`key-${seed % 17}`),
      value: i % 7 === 0 ? null : Buffer.from(`value-${codec}-${seed}-${'x'.repeat(seed % 9000)}`),
      timestamp: BASE_TIME_MS + seed * 1000 - (i % 3) * 500,
      headers: i % 2 === 0 ? [] : [header('trace', `${seed}`), header('empty', ''), nullHeader],
    };
  });
}

const header = (key: string, value: string) => ({
  key: Buffer.from(key),
  value: Buffer.from(value),
});
const nullHeader = { key: Buffer.from('null'), value: null };

async function offsetsOf(client: KafkaClient, topic: string, partition: number) {
  const specs = { earliest: -2, latest: -1, maxTimestamp: -3, middle: BASE_TIME_MS + 500_000 };
  const found: Record<string, { offset: number; timestamp: number }> = {};
  for (const [name, timestamp] of Object.entries(specs)) {
    const [answer] = await listOffsets(client, [{ topic, partition, timestamp }]);
    if (answer?.outcome.error !== undefined) throw answer.outcome.error;
    const value = answer?.outcome.value;
    if (value !== undefined) found[name] = { offset: value.offset, timestamp: value.timestamp };
  }
  return found;
}

function initProducerId(client: KafkaClient) {
  const request = { transactionalId: null, transactionTimeoutMs: 1000 };
  return ask(client, INIT_PRODUCER_ID, request, ({ errorCode }) => [errorCode]);
}

/** The first producer goes on in every round: its sequence must be taken up where it ended. */
async function writeIdempotently({ client, round, memory }: Stage): Promise<void> {
  const fresh = await initProducerId(client);
  memory.set('producer id', Math.max(memory.get('producer id') ?? -1, fresh.producerId));
  if (round === 0) memory.set('old producer', fresh.producerId);
  const old = memory.get('old producer') as number;
  for (const [producerId, first] of [
    [old, round * 6],
    ...(round === 0 ? [] : [[fresh.producerId, 0]]),
  ] as [number, number][]) {
    for (let i = 0; i < 3; i++) {
      // Of today: producers that are older than a day are forgotten at a start.
      const timestamp = Date.now();
      const content = someRecords(round, 0, i)
        .slice(0, 2)
        .map((each) => ({ ...each, timestamp }));
      const options = { producerId, producerEpoch: 0, baseSequence: first + i * 2 };
      await produce(client, 'idempotent', 0, buildBatch(content, options));
    }
  }
}

async function producersOf(client: KafkaClient): Promise<string> {
  const response = await ask(
    client,
    DESCRIBE_PRODUCERS,
    { topics: [{ name: 'idempotent', partitionIndexes: [0] }] },
    (each) => each.topics.flatMap((topic) => topic.partitions.map((p) => p.errorCode)),
  );
  const producers = response.topics[0]?.partitions[0]?.activeProducers ?? [];
  return producers
    .map((p) => `${p.producerId} ${p.producerEpoch} ${p.lastSequence} ${p.lastTimestamp}`)
    .sort()
    .join('\n');
}
