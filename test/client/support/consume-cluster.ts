// A fake broker that serves Fetch (with real sessions), ListOffsets, OffsetForLeaderEpoch and a group's committed offsets from fake logs.

import { Consumer } from '../../../src/client/consumer/consumer.ts';
import { FETCH } from '../../../src/protocol/generated/apis/fetch.ts';
import type { FetchRequest } from '../../../src/protocol/generated/apis/fetch-request.ts';
import type {
  AbortedTransaction,
  FetchResponse,
} from '../../../src/protocol/generated/apis/fetch-response.ts';
import { FIND_COORDINATOR } from '../../../src/protocol/generated/apis/find-coordinator.ts';
import { LIST_OFFSETS } from '../../../src/protocol/generated/apis/list-offsets.ts';
import { OFFSET_COMMIT } from '../../../src/protocol/generated/apis/offset-commit.ts';
import { OFFSET_FETCH } from '../../../src/protocol/generated/apis/offset-fetch.ts';
import { OFFSET_FOR_LEADER_EPOCH } from '../../../src/protocol/generated/apis/offset-for-leader-epoch.ts';
import {
  lastOffset,
  setBaseOffset,
  setPartitionLeaderEpoch,
} from '../../../src/records/record-batch.ts';
import { type BuildBatchOptions, buildBatch } from '../../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../../src/records/record-cursor.ts';
import type { VirtualWorld } from '../../simulation/virtual-io.ts';
import { type Answer, FakeBroker, HANG_UP } from './fake-broker.ts';

const FENCED_LEADER_EPOCH = 74;

export interface ServedPartition {
  batches: Buffer[];
  startOffset: number;
  endOffset: number;
  aborted: AbortedTransaction[];
  /** Answered instead of data, once for each entry. */
  errors: number[];
  leaderEpoch: number;
  /** End offsets of leader epochs that were cut off. */
  epochEnds: Map<number, number>;
}

interface SessionPartition {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
  readonly leaderEpoch: number;
}

interface Session {
  epoch: number;
  readonly offsets: Map<string, SessionPartition>;
}

export class ConsumeCluster {
  readonly world: VirtualWorld;
  readonly broker: FakeBroker;
  readonly partitions = new Map<string, ServedPartition>();
  readonly committed = new Map<string, number>();
  readonly fetches: FetchRequest[] = [];
  /** Asked for every Fetch, in order; true hangs up instead of answering. */
  hangUp: (index: number) => boolean = () => false;
  readonly #sessions = new Map<number, Session>();
  #nextSession = 1;

  private constructor(world: VirtualWorld, broker: FakeBroker) {
    this.world = world;
    this.broker = broker;
    broker.on(FETCH, (request) => this.#fetch(request));
    broker.on(LIST_OFFSETS, (request) => ({
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, timestamp }) => {
          const { startOffset, endOffset, leaderEpoch } = this.partition(name, partitionIndex);
          const offset = timestamp === -2 ? startOffset : timestamp === -1 ? endOffset : -1;
          return { partitionIndex, offset, leaderEpoch };
        }),
      })),
    }));
    broker.on(OFFSET_FOR_LEADER_EPOCH, (request) => ({
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition, leaderEpoch }) => {
          const served = this.partition(topic, partition);
          const endOffset = served.epochEnds.get(leaderEpoch) ?? served.endOffset;
          return { partition, leaderEpoch, endOffset };
        }),
      })),
    }));
    broker.on(FIND_COORDINATOR, (request) => ({
      coordinators: request.coordinatorKeys.map((key) => {
        return { key, nodeId: 1, host: 'localhost', port: broker.port };
      }),
    }));
    broker.on(OFFSET_FETCH, (request) => ({
      groups: request.groups.map(({ groupId, topics }) => ({
        groupId,
        topics: (topics ?? []).map(({ name, partitionIndexes }) => ({
          name,
          partitions: partitionIndexes.map((partitionIndex) => ({
            partitionIndex,
            committedOffset: this.committed.get(`${name}-${partitionIndex}`) ?? -1,
          })),
        })),
      })),
    }));
    broker.on(OFFSET_COMMIT, (request) => ({
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, committedOffset }) => {
          this.committed.set(`${name}-${partitionIndex}`, committedOffset);
          return { partitionIndex };
        }),
      })),
    }));
  }

  static async start(world: VirtualWorld, nodeId = 1, peer?: FakeBroker): Promise<ConsumeCluster> {
    return new ConsumeCluster(world, await FakeBroker.start(world, nodeId, peer));
  }

  consumer(config: Record<string, string> = {}, io = this.world.process().io): Consumer {
    return new Consumer({
      bootstrapServers: [this.broker.address],
      io,
      config: new Map(Object.entries({ 'auto.offset.reset': 'earliest', ...config })),
    });
  }

  partition(topic: string, partition = 0): ServedPartition {
    const key = `${topic}-${partition}`;
    let served = this.partitions.get(key);
    if (served === undefined) {
      served = {
        batches: [],
        startOffset: 0,
        endOffset: 0,
        aborted: [],
        errors: [],
        leaderEpoch: 0,
        epochEnds: new Map(),
      };
      this.partitions.set(key, served);
    }
    return served;
  }

  /** Appends a batch of these values. */
  append(
    topic: string,
    partition: number,
    values: readonly string[],
    options: BuildBatchOptions = {},
  ): void {
    const served = this.partition(topic, partition);
    const records = values.map((value) => ({ key: null, value: Buffer.from(value) }));
    this.appendBatch(served, buildBatch(records, { timestamp: 1, ...options }));
  }

  appendBatch(served: ServedPartition, batch: Buffer): void {
    setBaseOffset(batch, 0, served.endOffset);
    setPartitionLeaderEpoch(batch, 0, served.leaderEpoch);
    served.batches.push(batch);
    served.endOffset = lastOffset(batch, 0) + 1;
  }

  get openSessions(): number {
    return this.#sessions.size;
  }

  forgetSessions(): void {
    this.#sessions.clear();
  }

  #fetch(request: FetchRequest): Answer<FetchResponse> | Promise<Answer<FetchResponse>> {
    const index = this.fetches.length;
    this.fetches.push(request);
    if (this.hangUp(index)) return HANG_UP;
    if (request.sessionEpoch === -1) {
      this.#sessions.delete(request.sessionId);
      return {};
    }
    const id = this.#openSession(request);
    if (id === undefined) return { errorCode: 70 };
    return this.#waitForData(request, id);
  }

  #openSession(request: FetchRequest): number | undefined {
    let id = request.sessionId;
    if (request.sessionEpoch === 0) {
      this.#sessions.delete(id);
      id = this.#nextSession++;
      this.#sessions.set(id, { epoch: 0, offsets: new Map() });
    }
    const session = this.#sessions.get(id);
    if (session === undefined || session.epoch !== request.sessionEpoch) return undefined;
    session.epoch++;
    for (const { topicId, partitions } of request.topics) {
      for (const { partition, fetchOffset, partitionMaxBytes, currentLeaderEpoch } of partitions) {
        const entry = {
          topicId,
          partition,
          offset: fetchOffset,
          maxBytes: partitionMaxBytes,
          leaderEpoch: currentLeaderEpoch,
        };
        session.offsets.set(`${topicId}-${partition}`, entry);
      }
    }
    for (const { topicId, partitions } of request.forgottenTopicsData) {
      for (const partition of partitions) session.offsets.delete(`${topicId}-${partition}`);
    }
    return id;
  }

  async #waitForData(request: FetchRequest, id: number): Promise<Answer<FetchResponse>> {
    const { scheduler } = this.world;
    const deadlineMs = scheduler.nowMs + request.maxWaitMs;
    for (;;) {
      const responses = this.#read(id);
      if (responses.length > 0 || scheduler.nowMs >= deadlineMs)
        return { sessionId: id, responses };
      await scheduler.sleep(5);
    }
  }

  #read(id: number) {
    const session = this.#sessions.get(id);
    const byId = new Map(
      [...this.broker.topics.values()].map((topic) => [topic.topicId, topic.name]),
    );
    const responses = [];
    for (const asked of session?.offsets.values() ?? []) {
      const data = this.#readPartition(
        this.partition(byId.get(asked.topicId)!, asked.partition),
        asked,
      );
      if (data !== undefined) responses.push({ topicId: asked.topicId, partitions: [data] });
    }
    return responses;
  }

  #readPartition(served: ServedPartition, asked: SessionPartition) {
    const { partition: partitionIndex, offset, maxBytes } = asked;
    if (asked.leaderEpoch < served.leaderEpoch) {
      return { partitionIndex, errorCode: FENCED_LEADER_EPOCH, highWatermark: -1 };
    }
    const error = served.errors.shift();
    if (error !== undefined) return { partitionIndex, errorCode: error, highWatermark: -1 };
    if (offset < served.startOffset || offset > served.endOffset) {
      return { partitionIndex, errorCode: 1, highWatermark: -1 };
    }
    const batches = served.batches.filter((batch) => lastOffset(batch, 0) >= offset);
    if (batches.length === 0) return undefined;
    const whole = Buffer.concat(batches);
    // At least one batch, and a torn one at the end, as brokers do.
    const records = whole.subarray(0, Math.max(maxBytes, batches[0]!.length));
    return {
      partitionIndex,
      highWatermark: served.endOffset,
      lastStableOffset: served.endOffset,
      abortedTransactions: served.aborted.length > 0 ? served.aborted : null,
      records,
    };
  }
}

/** Polls until `count` records came, or `polls` times; the values by partition key. */
export async function read(
  consumer: Consumer,
  count: number,
  polls = 100,
): Promise<Map<string, string[]>> {
  const values = new Map<string, string[]>();
  const cursor = new RecordCursor();
  let total = 0;
  for (let turn = 0; turn < polls && total < count; turn++) {
    for (const batch of await consumer.poll(1000)) {
      const key = `${batch.topic}-${batch.partition}`;
      const list = values.get(key) ?? [];
      values.set(key, list);
      cursor.reset(batch.buffer, batch.at);
      while (cursor.next()) {
        if (cursor.offset < batch.fromOffset) continue;
        list.push(cursor.value()!.toString());
        total++;
      }
    }
  }
  return values;
}
