// A play of transactional requests from a seed: producers, old and current ones, with right and wrong ids, epochs, sequences
// and versions, each request waited for. What it notes of the answers depends on the seed and the broker's rules alone, so
// two brokers can be compared line by line. It judges nothing.

import { ADD_OFFSETS_TO_TXN } from '../../../src/protocol/generated/apis/add-offsets-to-txn.ts';
import { ADD_PARTITIONS_TO_TXN } from '../../../src/protocol/generated/apis/add-partitions-to-txn.ts';
import { CREATE_TOPICS } from '../../../src/protocol/generated/apis/create-topics.ts';
import { DESCRIBE_PRODUCERS } from '../../../src/protocol/generated/apis/describe-producers.ts';
import { DESCRIBE_TRANSACTIONS } from '../../../src/protocol/generated/apis/describe-transactions.ts';
import { END_TXN } from '../../../src/protocol/generated/apis/end-txn.ts';
import { FETCH } from '../../../src/protocol/generated/apis/fetch.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { INIT_PRODUCER_ID } from '../../../src/protocol/generated/apis/init-producer-id.ts';
import { LIST_OFFSETS } from '../../../src/protocol/generated/apis/list-offsets.ts';
import { LIST_TRANSACTIONS } from '../../../src/protocol/generated/apis/list-transactions.ts';
import { OFFSET_FETCH } from '../../../src/protocol/generated/apis/offset-fetch.ts';
import { PRODUCE } from '../../../src/protocol/generated/apis/produce.ts';
import { TXN_OFFSET_COMMIT } from '../../../src/protocol/generated/apis/txn-offset-commit.ts';
import { WRITE_TXN_MARKERS } from '../../../src/protocol/generated/apis/write-txn-markers.ts';
import type { Api, Draft } from '../../../src/protocol/message.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import { seeded } from '../../support/seeded.ts';
import { ClosedError, RawClient } from '../support/raw-client.ts';

/** What a producer believes to be; plays use those of earlier steps too. */
interface Identity {
  /** -1 without a transactional id. */
  readonly producerId: number;
  readonly producerEpoch: number;
}

const NOBODY: Identity = { producerId: -1, producerEpoch: -1 };
const STRANGER_ID = 4_000_000;
const LATEST = -1;
const SOME_TIME_MS = 1_700_000_000_000;
/** COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR. */
const COORDINATOR_LOADS = new Set([14, 15, 16]);

export interface PlayOptions {
  readonly seed: number;
  readonly steps: number;
  readonly port: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Versions of requests from before transaction.version 1 and 2: the others are refused with level 0. */
  readonly onlyOldVersions?: boolean;
}

/** One line per step: what was asked, what was answered. */
export async function play(options: PlayOptions): Promise<string[]> {
  const one = new Play(options);
  return await one.run();
}

class Play {
  readonly #options: PlayOptions;
  readonly #random: () => number;
  readonly #lines: string[] = [];
  /** Producer ids as they came: brokers give different ones. */
  readonly #names = new Map<number, string>();
  readonly #prefix: string;
  readonly #topics: string[];
  readonly #ids: string[];
  readonly #group: string;
  /** By transactional id, all that was given; under '' those of idempotent producers. */
  readonly #identities = new Map<string, Identity[]>();
  /** Next sequence by producer id, epoch and partition. */
  readonly #sequences = new Map<string, number>();
  #client!: RawClient;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
    this.#prefix = `play-${options.seed}`;
    this.#topics = [`${this.#prefix}-a`, `${this.#prefix}-b`];
    this.#ids = [`${this.#prefix}-x`, `${this.#prefix}-y`];
    this.#group = `${this.#prefix}-g`;
  }

  async run(): Promise<string[]> {
    this.#client = await RawClient.connect(this.#options.port);
    await this.#prepare();
    for (let step = 0; step < this.#options.steps; step++) {
      await this.#step();
      for (const id of this.#ids) await this.#settled(id);
    }
    await this.#lookAtAll();
    await this.#client.close();
    return this.#lines;
  }

  // Chance

  #int(below: number): number {
    return Math.floor(this.#random() * below);
  }

  /** One of an API's versions; `old`: how many of them came before KIP-890. */
  #version(count: number, old: number): number {
    return this.#int(this.#options.onlyOldVersions ? old : count);
  }

  #pick<T>(all: readonly T[]): T {
    return all[this.#int(all.length)]!;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  // Preparation

  async #prepare(): Promise<void> {
    const topics = this.#topics.map((name, index) => {
      // The records are old.
      const configs = [{ name: 'retention.ms', value: '-1' }];
      return { name, numPartitions: 2 - index, replicationFactor: 1, configs };
    });
    await this.#client.send(CREATE_TOPICS, 7, { topics, timeoutMs: 30_000 });
    await this.#untilOk(async () => {
      const partitions = [{ partitionIndex: 0, timestamp: LATEST }];
      const one = { partitionIndex: 1, timestamp: LATEST };
      const asked = this.#topics.map((name, index) => {
        return { name, partitions: index === 0 ? [...partitions, one] : partitions };
      });
      const answer = await this.#client.send(LIST_OFFSETS, 7, { topics: asked });
      return answer.topics.flatMap((topic) => topic.partitions.map(({ errorCode }) => errorCode));
    });
    await this.#untilOk(async () => {
      const answer = await this.#client.send(INIT_PRODUCER_ID, 0, { transactionalId: null });
      return [answer.errorCode];
    });
    const keys = [[0, this.#group] as const, ...this.#ids.map((id) => [1, id] as const)];
    for (const [keyType, key] of keys) {
      await this.#untilOk(async () => {
        const request = { keyType, coordinatorKeys: [key] };
        const { coordinators } = await this.#client.send(FIND_COORDINATOR, 6, request);
        return coordinators.map(({ errorCode }) => errorCode);
      });
    }
    for (const id of this.#ids) await this.#settled(id);
    await this.#untilOk(() => this.#committedOffsets());
  }

  async #untilOk(ask: () => Promise<number[]>): Promise<void> {
    while ((await ask()).some((code) => code !== 0)) await this.#options.sleep(20);
  }

  async #committedOffsets(): Promise<number[]> {
    const topics = [{ name: this.#topics[0]!, partitionIndexes: [0] }];
    const request = { groups: [{ groupId: this.#group, topics }] };
    const { groups } = await this.#client.send(OFFSET_FETCH, 8, request);
    return groups.map(({ errorCode }) => errorCode);
  }

  /** Waits until the coordinator is there and no marker is under way. */
  async #settled(id: string): Promise<void> {
    for (;;) {
      const request = { transactionalIds: [id] };
      const { transactionStates } = await this.#client.send(DESCRIBE_TRANSACTIONS, 0, request);
      const { errorCode, transactionState } = transactionStates[0]!;
      if (!COORDINATOR_LOADS.has(errorCode) && !transactionState.startsWith('Prepare')) return;
      await this.#options.sleep(2);
    }
  }

  // Steps

  async #step(): Promise<void> {
    const drawn = this.#int(100);
    if (drawn < 14) await this.#init();
    else if (drawn < 24) await this.#addPartitions();
    else if (drawn < 29) await this.#addOffsets();
    else if (drawn < 37) await this.#commitOffsets();
    else if (drawn < 66) await this.#produce();
    else if (drawn < 82) await this.#end();
    else if (drawn < 86) await this.#writeMarkers();
    else if (drawn < 90) await this.#describeProducers();
    else if (drawn < 92) await this.#describeTransactions();
    else if (drawn < 94) await this.#listTransactions();
    else if (drawn < 97) await this.#fetch();
    else await this.#fetchOffsets();
  }

  async #init(): Promise<void> {
    const kind = this.#int(20);
    const id = kind < 15 ? this.#pick(this.#ids) : kind < 19 ? null : '';
    const version = this.#int(6);
    const known = this.#someIdentity(id ?? '', 0.8);
    const tells = version >= 3 && this.#chance(0.5);
    const expected = tells ? this.#distorted(known) : NOBODY;
    const transactionTimeoutMs = this.#chance(0.93)
      ? 600_000
      : this.#pick([0, -1, 900_000, 900_001]);
    const request = { transactionalId: id, transactionTimeoutMs, ...(tells ? expected : {}) };
    const answer = await this.#ask(INIT_PRODUCER_ID, version, request);
    if (answer === undefined || answer.errorCode !== 0) return;
    const { producerId, producerEpoch } = answer;
    this.#remember(id ?? '', { producerId, producerEpoch });
  }

  async #addPartitions(): Promise<void> {
    const version = this.#version(6, 4);
    const transaction = () => {
      const transactionalId = this.#someId();
      return { transactionalId, ...this.#someone(transactionalId), topics: this.#someTopics() };
    };
    if (version < 4) {
      const { transactionalId, producerId, producerEpoch, topics } = transaction();
      await this.#ask(ADD_PARTITIONS_TO_TXN, version, {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: topics,
      });
      return;
    }
    const transactions = [{ ...transaction(), verifyOnly: this.#chance(0.5) }];
    if (this.#chance(0.2)) transactions.push({ ...transaction(), verifyOnly: this.#chance(0.5) });
    // Two of the same transactional id would race for it.
    const ids = new Set(transactions.map(({ transactionalId }) => transactionalId));
    if (ids.size === transactions.length) {
      await this.#ask(ADD_PARTITIONS_TO_TXN, version, { transactions });
    }
  }

  async #addOffsets(): Promise<void> {
    const transactionalId = this.#someId();
    const groupId = this.#chance(0.95) ? this.#group : '';
    const request = { transactionalId, ...this.#someone(transactionalId), groupId };
    await this.#ask(ADD_OFFSETS_TO_TXN, this.#int(5), request);
  }

  async #commitOffsets(): Promise<void> {
    const transactionalId = this.#someId();
    const version = this.#version(6, 5);
    const topics = this.#someTopics().map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partitionIndex) => {
        return { partitionIndex, committedOffset: this.#int(1000), committedMetadata: '' };
      }),
    }));
    const member =
      version >= 3 && this.#chance(0.1) ? { generationId: this.#int(3), memberId: 'm' } : {};
    const request = {
      ...{ transactionalId, groupId: this.#group, ...this.#someone(transactionalId) },
      ...{ ...member, topics },
    };
    await this.#ask(TXN_OFFSET_COMMIT, version, request);
  }

  async #produce(): Promise<void> {
    const isTransactional = this.#chance(0.75);
    const id = isTransactional ? this.#pick(this.#ids) : '';
    const { producerId, producerEpoch } = this.#someone(id);
    const topic = this.#chance(0.97) ? this.#pick(this.#topics) : 'play-nowhere';
    const partition = this.#chance(0.97) ? this.#int(topic.endsWith('a') ? 2 : 1) : 5;
    const key = `${producerId}/${producerEpoch}/${topic}/${partition}`;
    const count = 1 + this.#int(3);
    const next = this.#sequences.get(key) ?? 0;
    const drawn = this.#int(20);
    let baseSequence = next;
    if (drawn === 0) baseSequence = 0;
    else if (drawn === 1) baseSequence = next + 1 + this.#int(3);
    else if (drawn < 5) baseSequence = Math.max(0, next - 1 - this.#int(12));
    else if (drawn === 5 && producerId >= 0)
      baseSequence = this.#pick([-1, 0x7fffffff, 0x7ffffffe]);
    const transactional = isTransactional !== this.#chance(0.05);
    const names = [id === '' ? null : id, this.#pick(this.#ids), null];
    const transactionalId = names[this.#chance(0.93) ? 0 : 1 + this.#int(2)]!;
    const values = Array.from({ length: count }, () => ({ key: null, value: Buffer.from('v') }));
    const identity =
      producerId < 0 ? {} : { producerId, producerEpoch, baseSequence, transactional };
    const records = buildBatch(values, { timestamp: SOME_TIME_MS, ...identity });
    const what = `${this.#nameOf(producerId)}/${producerEpoch} seq ${baseSequence}+${count}${transactional ? ' tx' : ''}`;
    const request = {
      ...{ transactionalId, acks: -1, timeoutMs: 10_000 },
      topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
    };
    const answer = await this.#ask(PRODUCE, 3 + this.#version(10, 9), request, what);
    const { errorCode, baseOffset } = answer?.responses[0]?.partitionResponses[0] ?? {
      errorCode: -2,
    };
    if (errorCode !== 0 || baseOffset === undefined || baseSequence < 0) return;
    this.#sequences.set(key, Math.max(next, (baseSequence + count) & 0x7fffffff));
  }

  async #end(): Promise<void> {
    const transactionalId = this.#someId();
    const committed = this.#chance(0.6);
    const request = { transactionalId, ...this.#someone(transactionalId), committed };
    const answer = await this.#ask(END_TXN, this.#version(6, 5), request);
    if (answer === undefined || answer.errorCode !== 0 || answer.producerId < 0) return;
    const { producerId, producerEpoch } = answer;
    this.#remember(transactionalId, { producerId, producerEpoch });
  }

  async #writeMarkers(): Promise<void> {
    const version = 1 + this.#int(2);
    const id = this.#chance(0.8) ? this.#pick(this.#ids) : '';
    // A higher epoch would fence the coordinator for good, whose transaction would then stay prepared.
    const epochs = id === '' ? [-1, 1] : [-1];
    const marker = {
      ...this.#someone(id),
      transactionResult: this.#chance(0.5),
      topics: this.#someTopics().map(({ name, partitions }) => ({
        name,
        partitionIndexes: partitions,
      })),
      coordinatorEpoch: this.#chance(0.9) ? 0 : this.#pick(epochs),
      ...(version >= 2 ? { transactionVersion: this.#int(3) } : {}),
    };
    await this.#ask(WRITE_TXN_MARKERS, version, { markers: [marker] });
  }

  // Looks

  async #describeProducers(): Promise<void> {
    const topics = this.#someTopics().map(({ name, partitions }) => {
      return { name, partitionIndexes: partitions };
    });
    await this.#ask(DESCRIBE_PRODUCERS, 0, { topics });
  }

  async #describeTransactions(): Promise<void> {
    const transactionalIds = this.#chance(0.9) ? this.#ids : [this.#someId(), ''];
    await this.#ask(DESCRIBE_TRANSACTIONS, 0, { transactionalIds });
  }

  async #listTransactions(): Promise<void> {
    const version = this.#int(3);
    const states = ['Empty', 'Ongoing', 'CompleteCommit', 'CompleteAbort', 'Dead', 'Odd'];
    const request = {
      stateFilters: this.#chance(0.5) ? [this.#pick(states), this.#pick(states)] : [],
      producerIdFilters: this.#chance(0.3) ? [this.#someone(this.#pick(this.#ids)).producerId] : [],
      ...(version >= 1 && this.#chance(0.3) ? { durationFilter: this.#pick([-5, 900_000]) } : {}),
      ...(version >= 2 && this.#chance(0.8)
        ? { transactionalIdPattern: `${this.#prefix}-.*` }
        : {}),
    };
    await this.#ask(LIST_TRANSACTIONS, version, request);
  }

  async #fetch(): Promise<void> {
    for (const topic of this.#topics) {
      for (let partition = 0; partition < (topic.endsWith('a') ? 2 : 1); partition++) {
        await this.#fetchFrom(topic, partition);
      }
    }
  }

  async #fetchFrom(topic: string, partition: number): Promise<void> {
    const asked = {
      topic,
      partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1 << 20 }],
    };
    const request = {
      replicaId: -1,
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 1 << 20,
      isolationLevel: 1,
      topics: [asked],
    };
    const answer = await this.#client.send(FETCH, 12, request);
    for (const { partitions } of answer.responses) {
      for (const each of partitions) {
        const { records, ...rest } = each;
        this.#note('FETCH', 12, `${topic}-${partition}`, { ...rest, bytes: records?.length ?? 0 });
      }
    }
    const partitions = [{ partitionIndex: partition, timestamp: LATEST }];
    for (const isolationLevel of [0, 1]) {
      await this.#ask(LIST_OFFSETS, 7, { isolationLevel, topics: [{ name: topic, partitions }] });
    }
  }

  async #fetchOffsets(): Promise<void> {
    const topics = this.#topics.map((name) => ({ name, partitionIndexes: [0, 1] }));
    const groups = [{ groupId: this.#group, topics }];
    await this.#ask(OFFSET_FETCH, 8, { groups, requireStable: this.#chance(0.5) });
  }

  async #lookAtAll(): Promise<void> {
    const [a = '', b = ''] = this.#topics;
    const topics = [
      { name: a, partitionIndexes: [0, 1] },
      { name: b, partitionIndexes: [0] },
    ];
    await this.#ask(DESCRIBE_PRODUCERS, 0, { topics });
    await this.#ask(DESCRIBE_TRANSACTIONS, 0, { transactionalIds: this.#ids });
    await this.#fetch();
    await this.#fetchOffsets();
  }

  // Choices

  #remember(id: string, identity: Identity): void {
    const known = this.#identities.get(id) ?? [];
    const last = known.at(-1);
    if (last?.producerId === identity.producerId && last.producerEpoch === identity.producerEpoch)
      return;
    known.push(identity);
    this.#identities.set(id, known);
  }

  /** Mostly the last one. */
  #someIdentity(id: string, share: number): Identity {
    const known = this.#identities.get(id);
    if (known === undefined || known.length === 0) return NOBODY;
    if (id === '') return this.#pick(known.slice(-2));
    return this.#chance(share) ? known.at(-1)! : this.#pick(known.slice(-4));
  }

  #distorted(identity: Identity): Identity {
    if (this.#chance(0.8)) return identity;
    const { producerId, producerEpoch } = identity;
    switch (this.#int(4)) {
      case 0:
        return { producerId, producerEpoch: producerEpoch + 1 };
      case 1:
        return { producerId, producerEpoch: Math.max(-1, producerEpoch - 1) };
      case 2:
        return {
          producerId: STRANGER_ID + this.#options.seed,
          producerEpoch: Math.max(0, producerEpoch),
        };
      default:
        return this.#someIdentity(this.#pick(this.#ids), 0.5);
    }
  }

  #someone(id: string): Identity {
    const identity = this.#someIdentity(id, 0.88);
    return this.#chance(0.93) ? identity : this.#distorted(identity);
  }

  #someId(): string {
    const drawn = this.#int(40);
    if (drawn === 0) return '';
    return drawn === 1 ? `${this.#prefix}-unknown` : this.#pick(this.#ids);
  }

  #someTopics(): { name: string; partitions: number[] }[] {
    const [a = '', b = ''] = this.#topics;
    const all = [
      { name: a, partitions: [0] },
      { name: a, partitions: [1] },
      { name: a, partitions: [0, 1] },
      { name: b, partitions: [0] },
    ];
    const drawn = this.#int(30);
    if (drawn === 0)
      return [
        { name: 'play-nowhere', partitions: [0] },
        { name: a, partitions: [0] },
      ];
    if (drawn === 1) return [{ name: b, partitions: [7, 0] }];
    if (drawn === 2) return [{ name: '__transaction_state', partitions: [99] }];
    if (drawn === 3) return [];
    return drawn < 10 ? [all[2]!, all[3]!] : [this.#pick(all)];
  }

  // Asking and noting

  async #ask<Q, R>(
    api: Api<Q, R>,
    version: number,
    request: Draft<Q>,
    what: unknown = request,
  ): Promise<R | undefined> {
    try {
      const answer = await this.#client.send(api, version, request);
      this.#note(api.name, version, what, answer, request);
      return answer;
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
      this.#note(api.name, version, what, 'closed', request);
      this.#client = await RawClient.connect(this.#options.port);
      return undefined;
    }
  }

  #note(api: string, version: number, what: unknown, answer: unknown, request?: unknown): void {
    const asked =
      typeof what === 'string'
        ? `${what} ${this.#plain(withoutRecords(request))}`
        : this.#plain(what);
    this.#lines.push(`${api} v${version} ${asked} => ${this.#plain(answer)}`);
  }

  #nameOf(producerId: number): string {
    if (producerId < 0 || producerId >= STRANGER_ID) return String(producerId);
    let name = this.#names.get(producerId);
    if (name === undefined) {
      name = `P${this.#names.size}`;
      this.#names.set(producerId, name);
    }
    return name;
  }

  /** Without what differs from run to run: producer ids, the wall clock, the order of maps. */
  #plain(value: unknown): string {
    const own = (name: string) => name.startsWith(`${this.#prefix}-`) || name === '';
    return JSON.stringify(value, (key, each: unknown) => {
      if (/^(v3AndBelowP|p)roducerId$/.test(key)) return this.#nameOf(each as number);
      if (key === 'producerIdFilters') return (each as number[]).map((id) => this.#nameOf(id));
      if (key === 'transactionStartTimeMs' || key === 'lastTimestamp') {
        return (each as number) === SOME_TIME_MS ? 'some time' : Math.sign(each as number);
      }
      if (key === 'lastFetchedEpoch' || key === 'throttleTimeMs') return undefined;
      if (key === 'errorMessage' && typeof each === 'string') {
        return each.replaceAll(
          /(producer(?:Id)?) (\d+)/g,
          (_all, word, id) => `${word} ${this.#nameOf(Number(id))}`,
        );
      }
      if (!Array.isArray(each)) return each;
      const list =
        key === 'transactionStates'
          ? each.filter(({ transactionalId }: { transactionalId: string }) => own(transactionalId))
          : [...each];
      if (key === 'partitions' && typeof list[0] === 'number') return list.sort((x, y) => x - y);
      return list.every((one) => typeof one === 'object' && one !== null) ? sorted(list) : list;
    });
  }
}

/** Producers by age, everything else by its text. */
function sorted(list: object[]): object[] {
  const orderOf = (one: object) => {
    const { producerId = 0, activeProducers: _, ...rest } = one as Record<string, unknown>;
    return String(producerId).padStart(20, '0') + JSON.stringify(rest);
  };
  return list.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function withoutRecords(request: unknown): unknown {
  return JSON.parse(
    JSON.stringify(request ?? {}, (key, value) => (key === 'records' ? undefined : value)),
  );
}
