// Kills that nobody recovers from at home: each broker is killed (-9) under load and the other one starts on what it left.
// Every record, commit and topic that was acknowledged must be there, whole transactions or nothing of them.
//   node test/takeover/killed.ts [--apache DIR] [--times 6] [--seconds 3]
// Closes with `N passed, N failed`. Not in .ci/run: it takes its time.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createTopics } from '../../src/client/admin/create-topics.ts';
import { listGroupOffsets } from '../../src/client/admin/list-group-offsets.ts';
import { listTopics } from '../../src/client/admin/list-topics.ts';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { nodeIo } from '../../src/io/node.ts';
import { INIT_PRODUCER_ID } from '../../src/protocol/generated/apis/init-producer-id.ts';
import { OFFSET_COMMIT } from '../../src/protocol/generated/apis/offset-commit.ts';
import { PRODUCE } from '../../src/protocol/generated/apis/produce.ts';
import { buildBatch } from '../../src/records/record-batch-builder.ts';
import { Checks } from './checks.ts';
import { Cluster } from './cluster.ts';
import { ask, readPartition } from './wire.ts';

const { values } = parseArgs({
  options: {
    apache: {
      type: 'string',
      default: process.env.APACHE_KAFKA ?? resolve(import.meta.dirname, '../../apache-kafka'),
    },
    times: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '3' },
  },
});

const TOPIC = 'loaded';
const TRANSACTED = 'loaded-by-transactions';
const GROUP = 'loaded-group';
const TRANSACTION_GROUP = 'loaded-transaction-group';
const RECORDS_PER_TRANSACTION = 5;

/** What brokers have acknowledged, over all rounds. */
class Acknowledged {
  /** Value → the offset that the answer told. */
  readonly records = new Map<string, number>();
  readonly committed = new Set<string>();
  readonly aborted = new Set<string>();
  readonly topics = new Set<string>();
  /** Group → the least and the highest offset that it may have. */
  readonly offsets = new Map<string, { acknowledged: number; tried: number }>();
  next = 0;

  async offset(group: string, commit: (offset: number) => Promise<unknown>): Promise<void> {
    const tried = ++this.next;
    const { acknowledged } = this.offsets.get(group) ?? { acknowledged: -1 };
    this.offsets.set(group, { acknowledged, tried });
    await commit(tried);
    this.offsets.set(group, { acknowledged: tried, tried });
  }
}

const errorOf = ({ errorCode }: { errorCode: number }) => [errorCode];

async function produceOn(client: KafkaClient): Promise<void> {
  const init = { transactionalId: null, transactionTimeoutMs: 1000 };
  const { producerId } = await ask(client, INIT_PRODUCER_ID, init, errorOf);
  for (let baseSequence = 0; ; baseSequence += 2) {
    const texts = [`plain ${known.next++}`, `plain ${known.next++}`];
    const contents = texts.map((text) => ({ key: null, value: Buffer.from(text) }));
    const timestamp = Date.now();
    const records = buildBatch(contents, { producerId, producerEpoch: 0, baseSequence, timestamp });
    const partitionData = [{ index: 0, records }];
    const topicData = [{ name: TOPIC, partitionData }];
    const request = { transactionalId: null, acks: -1, timeoutMs: 10_000, topicData };
    const answer = await ask(
      client,
      PRODUCE,
      request,
      (r) => r.responses.flatMap((each) => each.partitionResponses.map((p) => p.errorCode)),
      12,
    );
    const { baseOffset } = answer.responses[0]!.partitionResponses[0]!;
    for (const [n, text] of texts.entries()) known.records.set(text, baseOffset + n);
  }
}

async function transactOn(bootstrap: string): Promise<void> {
  const producer = await producerOf(bootstrap);
  try {
    for (let n = 0; ; n++) {
      const name = `transaction ${known.next++}`;
      producer.beginTransaction();
      for (let i = 0; i < RECORDS_PER_TRANSACTION; i++) {
        const value = Buffer.from(`${name}: ${i}`);
        const append = () =>
          producer.append(TRANSACTED, 0, Date.now(), null, 0, 0, value, 0, value.length, null);
        while (!append()) await producer.ready(TRANSACTED, 0);
      }
      if (n % 3 === 2) {
        await producer.abortTransaction();
        known.aborted.add(name);
        continue;
      }
      await known.offset(TRANSACTION_GROUP, async (offset) => {
        const group = {
          groupId: TRANSACTION_GROUP,
          ...{ generationId: -1, memberId: '', groupInstanceId: null },
        };
        await producer.sendOffsetsToTransaction([{ topic: TOPIC, partition: 0, offset }], group);
        await producer.commitTransaction();
      });
      known.committed.add(name);
    }
  } finally {
    await producer.close(0);
  }
}

async function commitOn(client: KafkaClient): Promise<void> {
  for (;;) {
    await known.offset(GROUP, (committedOffset) => {
      const partitions = [{ partitionIndex: 0, committedOffset, committedMetadata: '' }];
      const topics = [{ name: TOPIC, partitions }];
      const request = { groupId: GROUP, generationIdOrMemberEpoch: -1, memberId: '', topics };
      return ask(
        client,
        OFFSET_COMMIT,
        request,
        (r) => r.topics.flatMap((each) => each.partitions.map((p) => p.errorCode)),
        9,
      );
    });
  }
}

async function createOn(client: KafkaClient): Promise<void> {
  for (;;) {
    const name = `made-${known.next++}`;
    for (const { error } of (await createTopics(client, [{ name, partitions: 2 }])).values()) {
      if (error !== undefined) throw error;
    }
    known.topics.add(name);
    await client.network.sleep(300);
  }
}

/** Until the broker is gone; nothing else ends it. */
async function load(bootstrap: string, client: KafkaClient): Promise<void> {
  const works = [produceOn(client), transactOn(bootstrap), commitOn(client), createOn(client)];
  await Promise.allSettled(works);
}

async function verify(name: string, client: KafkaClient): Promise<void> {
  const found = await recordsOf(client);
  const lost = [...known.records].filter(
    ([text, offset]) => found.get(text)?.join() !== `${offset}`,
  );
  checks.equal(`${name}: ${known.records.size} records`, lost.slice(0, 5).join('\n'), '');
  const doubled = [...found].filter(([, offsets]) => offsets.length > 1);
  checks.equal(`${name}: each once`, doubled.slice(0, 5).join('\n'), '');
  const seen = await transactionsOf(cluster);
  const parts = [...seen].filter(([, count]) => count !== RECORDS_PER_TRANSACTION);
  checks.equal(`${name}: whole transactions`, parts.join('\n'), '');
  const missing = [...known.committed].filter((each) => !seen.has(each));
  checks.equal(`${name}: ${known.committed.size} transactions`, missing.join('\n'), '');
  const undone = [...known.aborted].filter((each) => seen.has(each));
  checks.equal(`${name}: ${known.aborted.size} aborted ones`, undone.join('\n'), '');
  for (const [group, { acknowledged, tried }] of known.offsets) {
    const [{ offset } = { offset: -1 }] = await listGroupOffsets(client, group);
    const isRight = offset >= acknowledged && offset <= tried;
    checks.holds(`${name}: ${group}`, isRight, () => `${acknowledged} <= ${offset} <= ${tried}`);
  }
  const topics = new Set((await listTopics(client)).map((topic) => topic.name));
  const gone = [...known.topics].filter((topic) => !topics.has(topic));
  checks.equal(`${name}: ${known.topics.size} topics`, gone.join('\n'), '');
}

/** Value → its offsets. */
async function recordsOf(client: KafkaClient): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const line of await readPartition(client, TOPIC, 0, 0)) {
    const match = /^(\d+) -?\d+ \S+ '(.*)' $/.exec(line);
    if (match === null) continue;
    const [, offset, text] = match as unknown as [string, string, string];
    found.set(text, [...(found.get(text) ?? []), Number(offset)]);
  }
  return found;
}

/** Transaction → how many of its records a reader of what is committed sees. */
async function transactionsOf(cluster: Cluster): Promise<Map<string, number>> {
  await producerOf(cluster.bootstrap).then((producer) => producer.close());
  const text = cluster.run('kafta', 'kafka-console-consumer.sh', [
    ...['--bootstrap-server', cluster.bootstrap, '--topic', TRANSACTED, '--from-beginning'],
    ...['--isolation-level', 'read_committed', '--timeout-ms', '4000'],
  ]);
  const seen = new Map<string, number>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const transaction = line.slice(0, line.indexOf(':'));
    seen.set(transaction, (seen.get(transaction) ?? 0) + 1);
  }
  return seen;
}

/** Its predecessor's transaction ends before it may begin one. */
async function producerOf(bootstrap: string): Promise<Producer> {
  const config = new Map([
    ['transactional.id', 'loaded'],
    ['max.block.ms', '20000'],
  ]);
  const producer = new Producer({ bootstrapServers: [bootstrap], config, io: nodeIo() });
  await producer.initTransactions();
  return producer;
}

const checks = new Checks();
const root = mkdtempSync(join(tmpdir(), 'kafta-killed-'));
const cluster = await Cluster.make(join(root, 'cluster'), values.apache, false);
cluster.format('kafta', []);
const known = new Acknowledged();
for (let round = 0; round <= Number(values.times); round++) {
  const who = round % 2 === 0 ? 'kafta' : 'apache';
  const { client } = await cluster.start(who);
  if (round === 0) {
    const topics = [TOPIC, TRANSACTED].map((name) => ({ name, partitions: 1 }));
    await createTopics(client, topics);
  } else {
    await verify(`${who} after kill ${round}`, client);
  }
  console.log(`${who}: ${known.records.size} records, ${known.committed.size} transactions`);
  if (round === Number(values.times)) break;
  const loading = load(cluster.bootstrap, client);
  await new Promise((settle) => setTimeout(settle, Number(values.seconds) * 1000));
  await cluster.kill();
  await loading;
}
await cluster.stop();
if (checks.failed === 0) rmSync(root, { recursive: true, force: true });
else console.log(`the directory is in ${root}`);
console.log(`${checks.passed} passed, ${checks.failed} failed`);
process.exitCode = checks.failed > 0 ? 1 : 0;
