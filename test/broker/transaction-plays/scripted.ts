// A play with a script instead of chance: what only happens in a certain order or after a while. Five batches in flight whose
// answers were lost, sequences around their end, markers of coordinators old and new, transactions whose time is over, producer
// ids that are forgotten. It waits for what is to happen, never for a time. It judges nothing.

import { ADD_PARTITIONS_TO_TXN } from '../../../src/protocol/generated/apis/add-partitions-to-txn.ts';
import { CREATE_TOPICS } from '../../../src/protocol/generated/apis/create-topics.ts';
import { DESCRIBE_CONFIGS } from '../../../src/protocol/generated/apis/describe-configs.ts';
import { DESCRIBE_PRODUCERS } from '../../../src/protocol/generated/apis/describe-producers.ts';
import { DESCRIBE_TRANSACTIONS } from '../../../src/protocol/generated/apis/describe-transactions.ts';
import { END_TXN } from '../../../src/protocol/generated/apis/end-txn.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { INCREMENTAL_ALTER_CONFIGS } from '../../../src/protocol/generated/apis/incremental-alter-configs.ts';
import { INIT_PRODUCER_ID } from '../../../src/protocol/generated/apis/init-producer-id.ts';
import { PRODUCE } from '../../../src/protocol/generated/apis/produce.ts';
import { WRITE_TXN_MARKERS } from '../../../src/protocol/generated/apis/write-txn-markers.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import { RawClient } from '../support/raw-client.ts';

/** What the broker is configured with, so that things happen soon. */
export const SCRIPTED_PROPERTIES = {
  'transaction.max.timeout.ms': '60000',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '100',
  'producer.id.expiration.check.interval.ms': '100',
};
const TOPIC = 'scripted';
const LAST_SEQUENCE = 0x7fff_ffff;
const STRANGER_ID = 4_000_000;
const BROKER = 4;

interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** One line per request: what was asked, what was answered. */
export async function scriptedPlay(
  port: number,
  sleep: (ms: number) => Promise<void>,
): Promise<string[]> {
  const client = await RawClient.connect(port);
  const one = new ScriptedPlay(client, sleep);
  try {
    return await one.run();
  } finally {
    await client.close();
  }
}

class ScriptedPlay {
  readonly #client: RawClient;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #lines: string[] = [];
  readonly #names = new Map<number, string>();

  constructor(client: RawClient, sleep: (ms: number) => Promise<void>) {
    this.#client = client;
    this.#sleep = sleep;
  }

  async run(): Promise<string[]> {
    const configs = [{ name: 'retention.ms', value: '-1' }];
    const topics = [{ name: TOPIC, numPartitions: 3, replicationFactor: 1, configs }];
    await this.#client.send(CREATE_TOPICS, 7, { topics, timeoutMs: 30_000 });
    await this.#until(async () => (await this.#activeProducers(2)) !== undefined);
    await this.#until(async () => {
      const { errorCode } = await this.#client.send(INIT_PRODUCER_ID, 0, { transactionalId: null });
      return errorCode === 0;
    });
    await this.#timeouts();
    await this.#inFlight();
    await this.#aroundTheEnd();
    await this.#markers();
    for (const version of [5, 4, 1]) await this.#timeOver(version);
    await this.#forgotten();
    return this.#lines;
  }

  async #timeouts(): Promise<void> {
    await this.#coordinated('timeouts');
    for (const timeoutMs of [0, -1, 1, 60_000, 60_001, LAST_SEQUENCE]) {
      await this.#init('timeouts', timeoutMs);
    }
  }

  async #inFlight(): Promise<void> {
    const one = await this.#init(null);
    const next = { ...one, producerEpoch: one.producerEpoch + 1 };
    const last = { ...one, producerEpoch: 0x7fff };
    for (const sequence of [0, 1, 2, 3, 4, 5, 6]) await this.#produce(one, 0, sequence);
    // The last five are known.
    for (const sequence of [6, 5, 4, 3, 2, 1, 0]) await this.#produce(one, 0, sequence);
    for (const [sequence, count] of [
      [5, 2],
      [6, 2],
      [9, 1],
      [8, 1],
      [7, 3],
      [8, 2],
      [7, 3],
      [10, 1],
      [10, 1],
      [LAST_SEQUENCE, 1],
      [-5, 1],
    ] as const) {
      await this.#produce(one, 0, sequence, count);
    }
    // Nothing is known of it there: any sequence is taken.
    for (const sequence of [5, 6, 5]) await this.#produce(one, 1, sequence);
    await this.#produce(next, 0, 5);
    await this.#produce(next, 0, 0);
    await this.#produce(one, 0, 11);
    await this.#produce(next, 0, 0);
    await this.#produce(next, 0, 1);
    await this.#produce(last, 0, 0);
    await this.#produce(last, 0, 1);
    await this.#produce(next, 0, 2);
    await this.#producers(0);
  }

  async #aroundTheEnd(): Promise<void> {
    const one = await this.#init(null);
    await this.#produce(one, 2, LAST_SEQUENCE - 1, 2);
    await this.#produce(one, 2, 0);
    await this.#produce(one, 2, LAST_SEQUENCE - 1, 2);
    await this.#produce(one, 2, 1, 3);
    const other = await this.#init(null);
    await this.#produce(other, 2, LAST_SEQUENCE, 3);
    await this.#produce(other, 2, 2);
    await this.#produce(other, 2, 1);
    await this.#producers(2);
  }

  async #markers(): Promise<void> {
    for (const [id, producerEpoch, coordinatorEpoch, commit, transactionVersion] of [
      [0, 0, 5, true, 2],
      [0, 0, 4, true, 2],
      [0, 0, 5, true, 2],
      [0, 1, 5, false, 2],
      [0, 1, 5, false, 1],
      [0, 1, 6, false, 0],
      [0, 0, 6, false, undefined],
      [0, 2, 5, false, undefined],
      [1, 7, 0, true, undefined],
      [1, 7, 0, false, undefined],
      [1, 6, 0, false, undefined],
    ] as const) {
      const marker = {
        ...{ producerId: STRANGER_ID + id, producerEpoch, coordinatorEpoch },
        ...{ transactionResult: commit, topics: [{ name: TOPIC, partitionIndexes: [2] }] },
        ...(transactionVersion === undefined ? {} : { transactionVersion }),
      };
      const version = transactionVersion === undefined ? 1 : 2;
      const { markers } = await this.#client.send(WRITE_TXN_MARKERS, version, {
        markers: [marker],
      });
      this.#say('marker', marker, markers[0]?.topics[0]?.partitions);
    }
    await this.#producers(2);
  }

  /** `version` of EndTxn, and what goes with it. */
  async #timeOver(version: number): Promise<void> {
    const id = `late-${version}`;
    await this.#coordinated(id);
    const one = await this.#init(id, 1000);
    const addsItself = version === 5;
    const produceVersion = addsItself ? 12 : version === 4 ? 11 : 9;
    if (!addsItself) await this.#add(id, one);
    await this.#produce(one, 0, 0, 2, { id, version: produceVersion });
    await this.#until(async () => (await this.#stateOf(id)) === 'CompleteAbort');
    await this.#end(id, one, true, version);
    await this.#end(id, one, false, version);
    await this.#produce(one, 0, 2, 1, { id, version: produceVersion });
    await this.#add(id, one);
    await this.#init(id, 5000, one);
    await this.#init(id, 5000, one);
    await this.#init(id, 5000, { ...one, producerEpoch: one.producerEpoch + 1 });
    await this.#init(id, 5000);
    await this.#end(id, one, true, version);
    this.#say('state', id, await this.#stateOf(id));
  }

  async #forgotten(): Promise<void> {
    await this.#coordinated('open');
    const one = await this.#init(null);
    await this.#produce(one, 1, 0);
    await this.#produce(one, 1, 1);
    const open = await this.#init('open', 60_000);
    await this.#produce(open, 1, 0, 1, { id: 'open', version: 12 });
    await this.#keepProducers('1');
    // Who has a transaction open is kept.
    await this.#until(async () => (await this.#activeProducers(1))?.length === 1);
    await this.#keepProducers('86400000');
    await this.#producers(1);
    for (const sequence of [1, 7, 2]) await this.#produce(one, 1, sequence);
    await this.#end('open', open, true, 5);
  }

  // Requests

  async #init(
    transactionalId: string | null,
    transactionTimeoutMs = 1000,
    expected: Identity = { producerId: -1, producerEpoch: -1 },
  ): Promise<Identity> {
    const request = { transactionalId, transactionTimeoutMs, ...expected };
    const answer = await this.#client.send(INIT_PRODUCER_ID, 5, request);
    const { errorCode, producerId, producerEpoch } = answer;
    this.#say('init', request, { errorCode, producerId, producerEpoch });
    return { producerId, producerEpoch };
  }

  async #produce(
    { producerId, producerEpoch }: Identity,
    index: number,
    baseSequence: number,
    count = 1,
    transaction?: { readonly id: string; readonly version: number },
  ): Promise<void> {
    const values = Array.from({ length: count }, () => ({ key: null, value: Buffer.from('v') }));
    const transactional = transaction !== undefined;
    const who = { producerId, producerEpoch, baseSequence };
    // The clock's time, as producers are forgotten by the age of what they wrote.
    const records = buildBatch(values, { timestamp: Date.now(), ...who, transactional });
    const { responses } = await this.#client.send(PRODUCE, transaction?.version ?? 12, {
      ...{ transactionalId: transaction?.id ?? null, acks: -1, timeoutMs: 10_000 },
      topicData: [{ name: TOPIC, partitionData: [{ index, records }] }],
    });
    const { errorCode, baseOffset } = responses[0]!.partitionResponses[0]!;
    this.#say('produce', { ...who, count, index, transaction }, { errorCode, baseOffset });
  }

  async #add(id: string, { producerId, producerEpoch }: Identity): Promise<void> {
    const answer = await this.#client.send(ADD_PARTITIONS_TO_TXN, 3, {
      v3AndBelowTransactionalId: id,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: [{ name: TOPIC, partitions: [0] }],
    });
    this.#say('add', { id, producerId, producerEpoch }, answer.resultsByTopicV3AndBelow);
  }

  async #end(id: string, who: Identity, committed: boolean, version: number): Promise<void> {
    const { producerId, producerEpoch } = who;
    const request = { transactionalId: id, producerId, producerEpoch, committed };
    const answer = await this.#client.send(END_TXN, version, request);
    const { errorCode } = answer;
    const next = { producerId: answer.producerId, producerEpoch: answer.producerEpoch };
    this.#say('end', { ...request, version }, { errorCode, ...next });
  }

  async #stateOf(id: string): Promise<string> {
    const request = { transactionalIds: [id] };
    const { transactionStates } = await this.#client.send(DESCRIBE_TRANSACTIONS, 0, request);
    return transactionStates[0]!.transactionState;
  }

  /** Undefined: the partition isn't there yet. */
  async #activeProducers(index: number): Promise<readonly object[] | undefined> {
    const topics = [{ name: TOPIC, partitionIndexes: [index] }];
    const answer = await this.#client.send(DESCRIBE_PRODUCERS, 0, { topics });
    const { errorCode, activeProducers } = answer.topics[0]!.partitions[0]!;
    return errorCode === 0 ? activeProducers : undefined;
  }

  async #producers(index: number): Promise<void> {
    this.#say('producers', { index }, await this.#activeProducers(index));
  }

  async #keepProducers(value: string): Promise<void> {
    const configs = [{ name: 'producer.id.expiration.ms', configOperation: 0, value }];
    const resources = [{ resourceType: BROKER, resourceName: '1', configs }];
    await this.#client.send(INCREMENTAL_ALTER_CONFIGS, 1, { resources });
    await this.#until(async () => {
      const asked = [{ resourceType: BROKER, resourceName: '1', configurationKeys: null }];
      const { results } = await this.#client.send(DESCRIBE_CONFIGS, 4, { resources: asked });
      const { configs: found = [] } = results[0] ?? {};
      return found.some((one) => one.name === configs[0]!.name && one.value === value);
    });
  }

  async #coordinated(id: string): Promise<void> {
    await this.#until(async () => {
      const request = { keyType: 1, coordinatorKeys: [id] };
      const { coordinators } = await this.#client.send(FIND_COORDINATOR, 6, request);
      const ids = { transactionalIds: [id] };
      const { transactionStates } = await this.#client.send(DESCRIBE_TRANSACTIONS, 0, ids);
      // TRANSACTIONAL_ID_NOT_FOUND is what a loaded coordinator says.
      return coordinators[0]?.errorCode === 0 && transactionStates[0]?.errorCode === 105;
    });
  }

  async #until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await this.#sleep(20);
  }

  #say(what: string, asked: unknown, answered: unknown): void {
    const plain = (value: unknown) =>
      JSON.stringify(value, (key, each: unknown) => {
        if (key === 'lastTimestamp') return undefined;
        return key === 'producerId' ? this.#nameOf(each as number) : each;
      });
    this.#lines.push(`${what} ${plain(asked)} => ${plain(answered)}`);
  }

  /** Brokers give different ids. */
  #nameOf(producerId: number): string {
    if (producerId < 0 || producerId >= STRANGER_ID) return String(producerId);
    const name = this.#names.get(producerId) ?? `P${this.#names.size}`;
    this.#names.set(producerId, name);
    return name;
  }
}
