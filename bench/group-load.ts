// Thousands of consumer groups as a coordinator sees them, over raw sockets: members join, then commit at a fixed pace
// whether or not the last answers have come (latency counts from when a commit was due). Leaves little garbage: its pauses
// would count as the broker's. Used by bench/main.ts.

import { connect, type Socket } from 'node:net';
import { FrameSplitter } from '../src/protocol/frame.ts';
import { API_VERSIONS } from '../src/protocol/generated/apis/api-versions.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../src/protocol/generated/apis/consumer-group-heartbeat.ts';
import { CREATE_TOPICS } from '../src/protocol/generated/apis/create-topics.ts';
import { FIND_COORDINATOR } from '../src/protocol/generated/apis/find-coordinator.ts';
import { OFFSET_COMMIT } from '../src/protocol/generated/apis/offset-commit.ts';
import { OFFSET_FETCH } from '../src/protocol/generated/apis/offset-fetch.ts';
import { frameRequest } from '../src/protocol/header.ts';
import type { Api, Draft } from '../src/protocol/message.ts';
import { Reader } from '../src/protocol/reader.ts';

const TOPIC = 'load';
const CONNECTING_AT_A_TIME = 25;
const COMMIT_VERSION = 9;
/** In a request, and in an answer. */
const CORRELATION_ID_AT = 8;
const ANSWERED_ID_AT = 0;
const READ_BYTES = 65_536;
/** The error code of a commit's last partition, before three bytes of empty tags. */
const ERROR_FROM_END = 5;

/** One connection; answers come in the order of the requests. */
class Connection {
  readonly socket: Socket;
  readonly #splitter = new FrameSplitter();
  readonly #waiting: ((frame: Buffer) => void)[] = [];
  #head = 0;

  constructor(port: number) {
    this.socket = connect({
      port,
      host: 'localhost',
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (bytes, buffer) => {
          this.#received(Buffer.from(buffer.subarray(0, bytes)));
          return true;
        },
      },
    });
  }

  #received(chunk: Buffer): void {
    this.#splitter.push(chunk);
    for (let frame = this.#splitter.next(); frame; frame = this.#splitter.next()) {
      this.#waiting[this.#head]!(frame);
      if (++this.#head < 1024) continue;
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
  }

  sendFrame(frame: Buffer, onAnswer: (frame: Buffer) => void): void {
    this.#waiting.push(onAnswer);
    this.socket.write(frame);
  }

  send<Q, R>(api: Api<Q, R>, version: number, request: Draft<Q>): Promise<R> {
    const frame = Buffer.concat(frameRequest(api, version, 0, 'load', request));
    return new Promise((settle) => {
      this.sendFrame(frame, (answer) => {
        const reader = new Reader(answer);
        reader.readInt32();
        if (api.responseHeaderVersion(version) > 0) reader.skipTags();
        settle(api.response.read(reader, version));
      });
    });
  }
}

interface LoadGroup {
  readonly id: string;
  readonly connection: Connection;
  epoch: number;
}

export interface CommitFigures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  readonly failed: number;
}

export class GroupLoad {
  readonly #connections: Connection[];
  readonly #groups: LoadGroup[];

  /**
   * Connections are made a few at a time, each answered before the next ones: Apache's broker keeps 50 that it hasn't
   * accepted (socket.listen.backlog.size), and what comes beyond is dropped and in the end reset by the system.
   */
  static async open(port: number, groups: number, connections: number): Promise<GroupLoad> {
    const open: Connection[] = [];
    while (open.length < connections) {
      const count = Math.min(CONNECTING_AT_A_TIME, connections - open.length);
      const some = Array.from({ length: count }, () => new Connection(port));
      await Promise.all(some.map((connection) => connection.send(API_VERSIONS, 0, {})));
      open.push(...some);
    }
    return new GroupLoad(open, groups);
  }

  private constructor(connections: Connection[], groups: number) {
    this.#connections = connections;
    this.#groups = Array.from({ length: groups }, (_, i) => ({
      id: `group-${i}`,
      connection: connections[i % connections.length]!,
      epoch: -1,
    }));
  }

  close(): void {
    for (const { socket } of this.#connections) socket.destroy();
  }

  /** A topic to commit for, and the coordinator's own. */
  async prepare(partitions: number): Promise<void> {
    const [first] = this.#connections as [Connection];
    const topics = [{ name: TOPIC, numPartitions: partitions, replicationFactor: 1 }];
    await first.send(CREATE_TOPICS, 7, { topics, timeoutMs: 30_000 });
    for (let isReady = false; !isReady; ) {
      const coordinatorKeys = this.#groups.map(({ id }) => id);
      const { coordinators } = await first.send(FIND_COORDINATOR, 4, {
        coordinatorKeys,
        keyType: 0,
      });
      isReady = coordinators.every(({ errorCode }) => errorCode === 0);
    }
  }

  /** One member of the consumer protocol per group, with the whole topic. */
  async join(): Promise<void> {
    const members = this.#groups.map(async (group) => {
      for (let errorCode = -1; errorCode !== 0; ) {
        const answer = await group.connection.send(CONSUMER_GROUP_HEARTBEAT, 1, {
          groupId: group.id,
          memberId: `member-of-${group.id}`,
          memberEpoch: 0,
          rebalanceTimeoutMs: 60_000,
          subscribedTopicNames: [TOPIC],
          topicPartitions: [],
        });
        errorCode = answer.errorCode;
        group.epoch = answer.memberEpoch;
      }
    });
    await Promise.all(members);
  }

  #commitFrame({ id, epoch }: LoadGroup, partitions: number, offset: number): Buffer {
    const request = {
      groupId: id,
      generationIdOrMemberEpoch: epoch,
      memberId: epoch < 0 ? '' : `member-of-${id}`,
      topics: [
        {
          name: TOPIC,
          partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
            partitionIndex,
            committedOffset: offset,
            committedMetadata: '',
          })),
        },
      ],
    };
    return Buffer.concat(frameRequest(OFFSET_COMMIT, COMMIT_VERSION, 0, 'load', request));
  }

  /** Commits of one partition each, group after group. The first `warmUpMs` don't count. */
  async commitAtPace(
    perSecond: number,
    warmUpMs: number,
    measuredMs: number,
  ): Promise<CommitFigures> {
    const frames = this.#groups.map((group) => this.#commitFrame(group, 1, 1));
    const uncounted = Math.floor((warmUpMs * perSecond) / 1000);
    const total = uncounted + Math.floor((measuredMs * perSecond) / 1000);
    const latencies = new Float64Array(total - uncounted);
    let [sent, answered, failed] = [0, 0, 0];
    const startedMs = performance.now();
    const dueMs = (index: number): number => startedMs + (index * 1000) / perSecond;
    await new Promise<void>((settle) => {
      const onAnswer = (answer: Buffer): void => {
        const index = answer.readInt32BE(ANSWERED_ID_AT);
        if (answer.readInt16BE(answer.length - ERROR_FROM_END) !== 0) failed++;
        if (index >= uncounted) latencies[index - uncounted] = performance.now() - dueMs(index);
        if (++answered === total) settle();
      };
      const sendOne = (): void => {
        const group = sent % this.#groups.length;
        const frame = Buffer.from(frames[group]!);
        frame.writeInt32BE(sent++, CORRELATION_ID_AT);
        this.#groups[group]!.connection.sendFrame(frame, onAnswer);
      };
      const turn = (): void => {
        const due = Math.min(total, ((performance.now() - startedMs) * perSecond) / 1000);
        while (sent < due) sendOne();
        if (sent < total) setImmediate(turn);
      };
      turn();
    });
    const seconds = (performance.now() - dueMs(uncounted)) / 1000;
    latencies.sort();
    const at = (share: number): number => latencies[Math.floor(latencies.length * share)]!;
    return { p50Ms: at(0.5), p99Ms: at(0.99), perSecond: latencies.length / seconds, failed };
  }

  /** Again until it is taken: a coordinator that has only just been made isn't there yet. */
  async #commit(group: LoadGroup, partitions: number, offset: number): Promise<void> {
    const frame = this.#commitFrame(group, partitions, offset);
    for (let code = -1; code !== 0; ) {
      code = await new Promise<number>((settle) => {
        group.connection.sendFrame(Buffer.from(frame), (answer) =>
          settle(answer.readInt16BE(answer.length - ERROR_FROM_END)),
        );
      });
    }
  }

  /** This many offset records, as fast as they are taken: `partitions` of them per commit. Returns the last offset. */
  async fill(records: number, partitions: number): Promise<number> {
    const rounds = Math.ceil(records / (partitions * this.#groups.length));
    for (let round = 1; round <= rounds; round++) {
      const answers = this.#groups.map((group) => this.#commit(group, partitions, round));
      await Promise.all(answers);
    }
    return rounds;
  }

  /** Resolves when every group has this offset. */
  async untilFetched(offset: number): Promise<void> {
    const fetches = this.#groups.map(async ({ id, connection }) => {
      for (let isThere = false; !isThere; ) {
        const { groups } = await connection.send(OFFSET_FETCH, 8, {
          groups: [{ groupId: id, topics: [{ name: TOPIC, partitionIndexes: [0] }] }],
        });
        const [group] = groups;
        const committed = group?.topics[0]?.partitions[0]?.committedOffset;
        isThere = group?.errorCode === 0 && committed === offset;
      }
    });
    await Promise.all(fetches);
  }
}
