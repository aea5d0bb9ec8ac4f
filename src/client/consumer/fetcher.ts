// Fetches ahead of the reader: one request in flight per broker, as much buffered per partition as the reader takes next
// (Kafka's AbstractFetch and FetchCollector). Every buffer has a bound; nothing is copied.

import { ZERO_UUID } from '../../common/uuid.ts';
import type { Io } from '../../io/io.ts';
import { FETCH } from '../../protocol/generated/apis/fetch.ts';
import type { FetchRequest } from '../../protocol/generated/apis/fetch-request.ts';
import type { FetchResponse, PartitionData } from '../../protocol/generated/apis/fetch-response.ts';
import type { Draft } from '../../protocol/message.ts';
import type { FetchConfig } from '../config/consumer-config.ts';
import type { NetworkConfig } from '../config/network-config.ts';
import { ClientError, DisconnectError, errorOf } from '../errors.ts';
import type { MetadataManager } from '../metadata/metadata-manager.ts';
import { chooseVersion } from '../net/api-versions.ts';
import type { BrokerConnection } from '../net/broker-connection.ts';
import type { NetworkClient } from '../net/network-client.ts';
import { type Node, partitionKey } from '../types.ts';
import { fetchFailure } from './fetch-errors.ts';
import { FetchSession, type FetchTarget, type SessionRequest } from './fetch-session.ts';
import { type ConsumedBatch, readBatches } from './fetched-records.ts';
import type { PartitionState } from './partition-state.ts';

const FIRST_VERSION_WITH_TOPIC_IDS = 13;
/** So much over all partitions is far enough ahead of any reader. */
const LARGEST_BUFFERED_BYTES = 8 * 1024 * 1024;

export interface FetcherOptions {
  readonly io: Io;
  readonly network: NetworkClient;
  readonly networkConfig: NetworkConfig;
  readonly config: FetchConfig;
  readonly metadata: MetadataManager;
  readonly partitions: () => ReadonlyMap<string, PartitionState>;
  /** The fetch position is outside the log: reset it by the policy, or fail. */
  readonly onOutOfRange: (state: PartitionState) => void;
  /** Something arrived or failed. */
  readonly onProgress: () => void;
}

interface NodeFetch {
  readonly session: FetchSession;
  isBusy: boolean;
}

/** What was asked, to know whether an answer still fits. */
type Asked = Map<
  string,
  { readonly state: PartitionState; readonly generation: number; readonly offset: number }
>;

export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #nodes = new Map<number, NodeFetch>();
  #failure: ClientError | undefined;
  #isClosed = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /** Sends a request to every broker that has none and something to give. */
  fetchAhead(nowMs: number): void {
    if (this.#isClosed || this.#bufferedBytes() >= LARGEST_BUFFERED_BYTES) return;
    for (const [node, states] of this.#fetchable(nowMs)) this.#fetchFrom(node, states);
  }

  /** Milliseconds from `nowMs`, when all that was due was begun, until a partition may be asked for again; or Infinity. */
  nextRetryMs(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const state of this.#options.partitions().values()) {
      if (state.retryAtMs > nowMs) nextMs = Math.min(nextMs, state.retryAtMs - nowMs);
    }
    return nextMs;
  }

  /** Batches for the reader, at most about `maxRecords` records, and positions moved behind them. Throws what a partition failed with. */
  take(maxRecords: number): ConsumedBatch[] {
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    const batches: ConsumedBatch[] = [];
    let records = 0;
    for (const state of this.#options.partitions().values()) {
      if (records >= maxRecords) break;
      if (state.state === 'fetching' && !state.isPaused) {
        records += this.#takeFrom(state, maxRecords - records, batches);
      }
    }
    if (batches.length > 0) return batches;
    for (const state of this.#options.partitions().values()) {
      if (state.readError !== undefined && state.buffered.length === 0) throw state.readError;
    }
    return batches;
  }

  /** Tells brokers that the sessions are over, without waiting for their answers. */
  close(): void {
    this.#isClosed = true;
    for (const [id, { session }] of this.#nodes) {
      const node = this.#options.metadata.node(id);
      const connection = node && this.#options.network.link(node).connection;
      const closing = session.closing();
      if (connection === undefined || closing === undefined) continue;
      const version = chooseVersion(connection.versions, FETCH);
      const request = this.#request(closing, 0);
      connection.send(FETCH, version, request, 1000, ignore, ignore);
    }
  }

  /** What the reader can take now; data of paused partitions holds nobody up. */
  #bufferedBytes(): number {
    let bytes = 0;
    for (const state of this.#options.partitions().values()) {
      if (!state.isPaused) bytes += state.bufferedBytes;
    }
    return bytes;
  }

  #takeFrom(state: PartitionState, maxRecords: number, into: ConsumedBatch[]): number {
    let records = 0;
    let taken = 0;
    for (const batch of state.buffered) {
      if (records >= maxRecords) break;
      taken++;
      state.bufferedBytes -= batch.sizeBytes;
      state.advance(batch.nextOffset, batch.leaderEpoch);
      if (batch.recordCount === 0) continue;
      records += batch.recordCount;
      into.push(batch);
    }
    if (taken > 0) state.buffered.splice(0, taken);
    return records;
  }

  #fetchable(nowMs: number): Map<Node, PartitionState[]> {
    const { metadata, partitions } = this.#options;
    const byNode = new Map<Node, PartitionState[]>();
    const full = new Set<Node>();
    for (const state of partitions().values()) {
      if (!state.isFetchable || state.retryAtMs > nowMs) continue;
      const node = this.#nodeFor(state, nowMs);
      if (node === undefined) {
        metadata.requestUpdateLater();
        continue;
      }
      if (this.#isFull(state)) full.add(node);
      const list = byNode.get(node);
      if (list === undefined) byNode.set(node, [state]);
      else list.push(state);
    }
    // A request without the full partition could wait long for the others, and hold up the full one, soon read (KAFKA-17182).
    for (const node of full) byNode.delete(node);
    return byNode;
  }

  /** One answer's worth ahead of the one that is being read. */
  #isFull(state: PartitionState): boolean {
    // With a limit of 0 a partition still gives a batch at a time.
    return state.bufferedBytes >= Math.max(1, this.#options.config.maxPartitionBytes);
  }

  #nodeFor(state: PartitionState, nowMs: number): Node | undefined {
    const { metadata } = this.#options;
    if (state.preferredReplica >= 0 && nowMs < state.preferredUntilMs) {
      const replica = metadata.node(state.preferredReplica);
      if (replica !== undefined) return replica;
    }
    state.preferredReplica = -1;
    return metadata.leaderOf(state.topic, state.partition);
  }

  #fetchFrom(node: Node, states: readonly PartitionState[]): void {
    let fetch = this.#nodes.get(node.id);
    if (fetch === undefined) {
      fetch = { session: new FetchSession(), isBusy: false };
      this.#nodes.set(node.id, fetch);
    }
    if (fetch.isBusy) return;
    const { network } = this.#options;
    const link = network.link(node);
    if (link.connection !== undefined) {
      this.#send(fetch, link.connection, states);
      return;
    }
    const waitMs = link.waitMs();
    if (waitMs > 0) {
      this.#retryAll(states, waitMs);
      return;
    }
    fetch.isBusy = true;
    link.connect().then(
      () => this.#idle(fetch),
      (error: unknown) => {
        if (error instanceof ClientError && !(error instanceof DisconnectError))
          this.#failure = error;
        this.#options.metadata.requestUpdate();
        this.#retryAll(states, Math.max(1, link.waitMs()));
        this.#idle(fetch);
      },
    );
  }

  #send(fetch: NodeFetch, connection: BrokerConnection, states: readonly PartitionState[]): void {
    const { networkConfig } = this.#options;
    const targets = new Map<string, FetchTarget>();
    const asked: Asked = new Map();
    for (const state of states) {
      targets.set(state.key, this.#target(state));
      asked.set(state.key, { state, generation: state.generation, offset: state.fetchOffset });
    }
    const version = chooseVersion(connection.versions, FETCH);
    const session = fetch.session.next(targets, version >= FIRST_VERSION_WITH_TOPIC_IDS);
    const agreed = session.usesTopicIds
      ? version
      : chooseVersion(connection.versions, FETCH, { maxVersion: FIRST_VERSION_WITH_TOPIC_IDS - 1 });
    fetch.isBusy = true;
    connection.send(
      FETCH,
      agreed,
      this.#request(session, agreed),
      networkConfig.requestTimeoutMs,
      (response) => {
        this.#answered(fetch, asked, response);
        this.#idle(fetch);
      },
      (error) => {
        fetch.session.failed();
        if (!error.retriable) this.#failure = error;
        this.#options.metadata.requestUpdate();
        this.#retryAll(states, networkConfig.reconnectBackoffMs);
        this.#idle(fetch);
      },
    );
  }

  #idle(fetch: NodeFetch): void {
    fetch.isBusy = false;
    if (!this.#isClosed) this.#options.onProgress();
  }

  #target(state: PartitionState): FetchTarget {
    const topic = this.#options.metadata.topic(state.topic);
    return {
      topic: state.topic,
      topicId: topic?.topicId ?? ZERO_UUID,
      partition: state.partition,
      fetchOffset: state.fetchOffset,
      currentLeaderEpoch: topic?.partitions[state.partition]?.leaderEpoch ?? -1,
      maxBytes: this.#options.config.maxPartitionBytes,
    };
  }

  #request(session: SessionRequest, version: number): Draft<FetchRequest> {
    const { config } = this.#options;
    const { usesTopicIds } = session;
    const topics = grouped(session.toSend).map(({ topic, topicId, targets }) => ({
      ...(usesTopicIds ? { topicId } : { topic }),
      partitions: targets.map((target) => ({
        partition: target.partition,
        currentLeaderEpoch: target.currentLeaderEpoch,
        fetchOffset: target.fetchOffset,
        partitionMaxBytes: target.maxBytes,
      })),
    }));
    const forgottenTopicsData = grouped(session.toForget).map(({ topic, topicId, targets }) => ({
      ...(usesTopicIds ? { topicId } : { topic }),
      partitions: targets.map((target) => target.partition),
    }));
    return {
      maxWaitMs: config.maxWaitMs,
      minBytes: config.minBytes,
      maxBytes: config.maxBytes,
      isolationLevel: config.isReadCommitted ? 1 : 0,
      sessionId: session.sessionId,
      sessionEpoch: session.sessionEpoch,
      topics,
      ...(forgottenTopicsData.length > 0 ? { forgottenTopicsData } : {}),
      ...(version >= 11 ? { rackId: config.rack } : {}),
    };
  }

  #answered(fetch: NodeFetch, asked: Asked, response: FetchResponse): void {
    const { metadata } = this.#options;
    if (!fetch.session.answered(response.errorCode, response.sessionId)) {
      const error = errorOf(response.errorCode);
      if (error.refreshMetadata) metadata.requestUpdate();
      return;
    }
    for (const topic of response.responses) {
      const name = topic.topic !== '' ? topic.topic : metadata.nameOf(topic.topicId);
      if (name === undefined) continue;
      for (const data of topic.partitions) {
        const entry = asked.get(partitionKey(name, data.partitionIndex));
        // A seek or a rebalance came between: the answer is for nobody.
        if (entry === undefined || entry.state.generation !== entry.generation) continue;
        this.#takeAnswer(entry.state, entry.offset, data);
      }
    }
  }

  #takeAnswer(state: PartitionState, fetchOffset: number, data: PartitionData): void {
    const { config } = this.#options;
    if (data.errorCode !== 0) {
      this.#takeError(state, fetchOffset, data);
      return;
    }
    state.highWatermark = data.highWatermark;
    if (data.preferredReadReplica >= 0) this.#moveToReplica(state, data.preferredReadReplica);
    const { records } = data;
    if (records === null || records.length === 0) return;
    const { topic, partition } = state;
    const { abortedTransactions } = data;
    const read = readBatches(
      { topic, partition, fetchOffset, records, abortedTransactions },
      config,
    );
    for (const batch of read.batches) {
      state.buffered.push(batch);
      state.bufferedBytes += batch.sizeBytes;
      state.fetchOffset = batch.nextOffset;
    }
    state.readError = read.error;
  }

  #moveToReplica(state: PartitionState, replica: number): void {
    const { io, networkConfig } = this.#options;
    state.preferredReplica = replica;
    state.preferredUntilMs = io.clock.monotonicMs() + networkConfig.metadataMaxAgeMs;
  }

  #takeError(state: PartitionState, fetchOffset: number, data: PartitionData): void {
    const { metadata, networkConfig } = this.#options;
    const { leaderId, leaderEpoch } = data.currentLeader;
    metadata.learnLeader(state.topic, state.partition, leaderId, leaderEpoch);
    const outcome = fetchFailure(state, fetchOffset, data.errorCode);
    this.#retryAll([state], networkConfig.retryBackoffMs);
    if (state.preferredReplica >= 0) {
      // What a follower doesn't know, the leader may.
      state.preferredReplica = -1;
      state.retryAtMs = 0;
    } else if (outcome === 'out-of-range') {
      this.#options.onOutOfRange(state);
    } else if (outcome === 'refresh') {
      metadata.requestUpdate();
    } else if (outcome !== 'ignore') {
      this.#failure = outcome;
    }
  }

  #retryAll(states: readonly PartitionState[], delayMs: number): void {
    const atMs = this.#options.io.clock.monotonicMs() + delayMs;
    for (const state of states) state.retryAtMs = atMs;
  }
}

function ignore(): void {}

function grouped(
  targets: readonly FetchTarget[],
): { topic: string; topicId: string; targets: FetchTarget[] }[] {
  const topics = new Map<string, { topic: string; topicId: string; targets: FetchTarget[] }>();
  for (const target of targets) {
    const { topic, topicId } = target;
    const key = `${topic} ${topicId}`;
    const group = topics.get(key);
    if (group === undefined) topics.set(key, { topic, topicId, targets: [target] });
    else group.targets.push(target);
  }
  return [...topics.values()];
}
