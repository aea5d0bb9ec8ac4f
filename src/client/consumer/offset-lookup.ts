// Offsets by time, and ends of leader epochs, asked of the leaders: what a consumer needs to find or check a position.
// One attempt per call; whoever asks decides about another.

import { Errors } from '../../protocol/errors.ts';
import { LIST_OFFSETS } from '../../protocol/generated/apis/list-offsets.ts';
import { OFFSET_FOR_LEADER_EPOCH } from '../../protocol/generated/apis/offset-for-leader-epoch.ts';
import { byTopic } from '../admin/leader-items.ts';
import { ClientError, errorOf, KafkaError, TimeoutError } from '../errors.ts';
import type { MetadataManager } from '../metadata/metadata-manager.ts';
import { chooseVersion, supports } from '../net/api-versions.ts';
import type { BrokerConnection } from '../net/broker-connection.ts';
import type { NetworkClient } from '../net/network-client.ts';
import { type ListedOffset, type Node, partitionKey, type TopicPartition } from '../types.ts';

export interface OffsetLookupOptions {
  readonly network: NetworkClient;
  readonly metadata: MetadataManager;
  readonly requestTimeoutMs: number;
  readonly isReadCommitted: boolean;
  readonly nowMs: () => number;
}

export type TimeQuery = TopicPartition & { readonly timestamp: number };
export type EpochQuery = TopicPartition & { readonly leaderEpoch: number };

export interface EpochEnd {
  /** -1 when the leader doesn't know the epoch. */
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

export type Answers<T> = Map<string, { readonly value: T } | { readonly error: ClientError }>;

export class OffsetLookup {
  readonly #options: OffsetLookupOptions;

  constructor(options: OffsetLookupOptions) {
    this.#options = options;
  }

  /** By partition key. Partitions whose leader isn't known, or can't be reached, have a retriable error. */
  byTime(queries: readonly TimeQuery[]): Promise<Answers<ListedOffset>> {
    return this.#askLeaders(queries, (connection, list) => this.#askOffsets(connection, list));
  }

  /** KIP-320: where the leader's log ended in an epoch. undefined from brokers that can't tell. */
  byEpoch(queries: readonly EpochQuery[]): Promise<Answers<EpochEnd | undefined>> {
    return this.#askLeaders(queries, (connection, list) => this.#askEpochs(connection, list));
  }

  async #askLeaders<Q extends TopicPartition, T>(
    queries: readonly Q[],
    ask: (connection: BrokerConnection, queries: readonly Q[]) => Promise<Answers<T>>,
  ): Promise<Answers<T>> {
    const answers: Answers<T> = new Map();
    const byNode = new Map<Node, Q[]>();
    for (const query of queries) {
      const node = this.#options.metadata.leaderOf(query.topic, query.partition);
      if (node === undefined)
        answers.set(keyOf(query), { error: errorOf(Errors.LEADER_NOT_AVAILABLE) });
      else byNode.set(node, [...(byNode.get(node) ?? []), query]);
    }
    const asking = [...byNode].map(async ([node, list]) => {
      try {
        const connection = await this.#connect(node);
        for (const [key, answer] of await ask(connection, list)) answers.set(key, answer);
      } catch (error) {
        const failure = error instanceof ClientError ? error : new KafkaError(String(error), error);
        for (const query of list) answers.set(keyOf(query), { error: failure });
      }
    });
    await Promise.all(asking);
    return answers;
  }

  #connect(node: Node): Promise<BrokerConnection> {
    const { network, requestTimeoutMs, nowMs } = this.#options;
    const timedOut = () => new TimeoutError(`Node ${node.id} could not be reached in time`);
    return network.connect(node, 'data', nowMs() + requestTimeoutMs, timedOut);
  }

  async #askOffsets(
    connection: BrokerConnection,
    queries: readonly TimeQuery[],
  ): Promise<Answers<ListedOffset>> {
    const { isReadCommitted, requestTimeoutMs, metadata } = this.#options;
    const minVersion = isReadCommitted ? 2 : 1;
    const version = chooseVersion(connection.versions, LIST_OFFSETS, { minVersion });
    const topics = [...byTopic(queries)].map(([name, list]) => ({
      name,
      partitions: list.map(({ partition, timestamp }) => ({
        partitionIndex: partition,
        timestamp,
        currentLeaderEpoch: metadata.topic(name)?.partitions[partition]?.leaderEpoch ?? -1,
      })),
    }));
    const request = {
      replicaId: -1,
      topics,
      ...(version >= 2 ? { isolationLevel: isReadCommitted ? 1 : 0 } : {}),
      ...(version >= 10 ? { timeoutMs: requestTimeoutMs } : {}),
    };
    const response = await connection.request(LIST_OFFSETS, version, request, requestTimeoutMs);
    const answers: Answers<ListedOffset> = new Map();
    for (const { name, partitions } of response.topics) {
      for (const { partitionIndex, errorCode, offset, timestamp, leaderEpoch } of partitions) {
        const epoch = leaderEpoch < 0 ? undefined : leaderEpoch;
        const value = { offset, timestamp, leaderEpoch: epoch };
        const answer = errorCode === 0 ? { value } : { error: errorOf(errorCode) };
        answers.set(partitionKey(name, partitionIndex), answer);
      }
    }
    return answers;
  }

  async #askEpochs(
    connection: BrokerConnection,
    queries: readonly EpochQuery[],
  ): Promise<Answers<EpochEnd | undefined>> {
    const { requestTimeoutMs, metadata } = this.#options;
    const answers: Answers<EpochEnd | undefined> = new Map();
    // Version 3 is the first that a consumer may use (KIP-320).
    if (!supports(connection.versions, OFFSET_FOR_LEADER_EPOCH, 3)) {
      for (const query of queries) answers.set(keyOf(query), { value: undefined });
      return answers;
    }
    const version = chooseVersion(connection.versions, OFFSET_FOR_LEADER_EPOCH);
    const topics = [...byTopic(queries)].map(([topic, list]) => ({
      topic,
      partitions: list.map(({ partition, leaderEpoch }) => ({
        partition,
        leaderEpoch,
        currentLeaderEpoch: metadata.topic(topic)?.partitions[partition]?.leaderEpoch ?? -1,
      })),
    }));
    const request = { replicaId: -1, topics };
    const response = await connection.request(
      OFFSET_FOR_LEADER_EPOCH,
      version,
      request,
      requestTimeoutMs,
    );
    for (const { topic, partitions } of response.topics) {
      for (const { partition, errorCode, leaderEpoch, endOffset } of partitions) {
        const value = { leaderEpoch, endOffset };
        const answer = errorCode === 0 ? { value } : { error: errorOf(errorCode) };
        answers.set(partitionKey(topic, partition), answer);
      }
    }
    return answers;
  }
}

function keyOf(query: TopicPartition): string {
  return partitionKey(query.topic, query.partition);
}
