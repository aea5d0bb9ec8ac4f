// Share fetches and acknowledgements: at most one request under way per broker, in the order of the session's epochs;
// acknowledgements ride on the next fetch (ShareConsumeRequestManager).

import type { Io } from '../../io/io.ts';
import { Errors } from '../../protocol/errors.ts';
import { SHARE_ACKNOWLEDGE } from '../../protocol/generated/apis/share-acknowledge.ts';
import { SHARE_FETCH } from '../../protocol/generated/apis/share-fetch.ts';
import type { ShareFetchRequest } from '../../protocol/generated/apis/share-fetch-request.ts';
import type {
  PartitionData,
  ShareFetchResponse,
} from '../../protocol/generated/apis/share-fetch-response.ts';
import type { Draft } from '../../protocol/message.ts';
import type { ShareConsumerConfig } from '../config/share-consumer-config.ts';
import { type ConsumedBatch, readBatches } from '../consumer/fetched-records.ts';
import { ClientError, errorOf } from '../errors.ts';
import type { MetadataManager } from '../metadata/metadata-manager.ts';
import { chooseVersion } from '../net/api-versions.ts';
import type { BrokerConnection } from '../net/broker-connection.ts';
import type { NetworkClient } from '../net/network-client.ts';
import { type Node, partitionKey } from '../types.ts';
import { type AcknowledgementBatch, AcquiredRecords } from './acquired-records.ts';
import { type SharePartition, ShareSession } from './share-session.ts';

const SESSION_ERRORS: readonly number[] = [
  Errors.SHARE_SESSION_NOT_FOUND,
  Errors.INVALID_SHARE_SESSION_EPOCH,
  Errors.SHARE_SESSION_LIMIT_REACHED,
];
const METADATA_ERRORS: readonly number[] = [
  Errors.NOT_LEADER_OR_FOLLOWER,
  Errors.REPLICA_NOT_AVAILABLE,
  Errors.KAFKA_STORAGE_ERROR,
  Errors.FENCED_LEADER_EPOCH,
  Errors.OFFSET_NOT_AVAILABLE,
  Errors.UNKNOWN_TOPIC_OR_PARTITION,
  Errors.UNKNOWN_TOPIC_ID,
  Errors.INCONSISTENT_TOPIC_ID,
  Errors.LEADER_NOT_AVAILABLE,
  Errors.UNKNOWN_LEADER_EPOCH,
];
/** From here on requests say how they acquire, and whether they renew (KIP-1206, KIP-1222). */
const FIRST_VERSION_WITH_MODES = 2;
const FIRST_VERSION = 1;
const RENEW = 4;

/** What one broker handed out of one partition. */
export interface SharedRecords {
  readonly source: SharePartition;
  readonly nodeId: number;
  readonly acquired: AcquiredRecords;
  readonly batches: readonly ConsumedBatch[];
}

export interface AcknowledgementResult {
  readonly topic: string;
  readonly partition: number;
  readonly batches: readonly AcknowledgementBatch[];
  readonly error: ClientError | undefined;
}

interface Pending {
  readonly source: SharePartition;
  readonly batches: AcknowledgementBatch[];
}

interface ShareNode {
  readonly id: number;
  readonly session: ShareSession;
  readonly pending: Map<string, Pending>;
  isBusy: boolean;
  retryAtMs: number;
}

export interface ShareFetcherOptions {
  readonly io: Io;
  readonly network: NetworkClient;
  readonly metadata: MetadataManager;
  readonly config: ShareConsumerConfig;
  readonly memberId: string;
  readonly onAcknowledged: (result: AcknowledgementResult) => void;
  readonly onProgress: () => void;
}

export class ShareFetcher {
  readonly #options: ShareFetcherOptions;
  readonly #nodes = new Map<number, ShareNode>();
  #buffered: SharedRecords[] = [];
  #failure: ClientError | undefined;
  #isClosed = false;

  constructor(options: ShareFetcherOptions) {
    this.#options = options;
  }

  /** What has come. Throws what a fetch failed with. */
  take(): SharedRecords[] {
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    const taken = this.#buffered;
    this.#buffered = [];
    return taken;
  }

  /** What was said of records goes with the next request to the broker that handed them out. */
  addAcknowledgements(records: SharedRecords, batches: readonly AcknowledgementBatch[]): void {
    if (batches.length === 0) return;
    const { pending } = this.#nodeOf(records.nodeId);
    const key = partitionKey(records.source.topic, records.source.partition);
    const entry = pending.get(key) ?? { source: records.source, batches: [] };
    entry.batches.push(...batches);
    pending.set(key, entry);
  }

  /** Asks every broker that leads one of the partitions and has no request under way. */
  fetch(partitions: readonly SharePartition[]): void {
    const nowMs = this.#options.io.clock.monotonicMs();
    for (const [node, wanted] of this.#byLeader(partitions)) {
      const state = this.#nodeOf(node.id);
      if (state.isBusy || state.retryAtMs > nowMs) continue;
      this.#withConnection(state, node, (connection) => this.#sendFetch(state, connection, wanted));
    }
    // A broker that leads nothing of ours any more still wants to hear.
    for (const state of this.#nodes.values()) {
      if (state.isBusy || state.pending.size === 0 || state.retryAtMs > nowMs) continue;
      void this.#acknowledgeTo(state, false);
    }
  }

  /** Milliseconds until a broker may be asked again; Infinity when none waits. */
  nextRetryMs(): number {
    const nowMs = this.#options.io.clock.monotonicMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { retryAtMs } of this.#nodes.values()) {
      if (retryAtMs > nowMs) nextMs = Math.min(nextMs, retryAtMs - nowMs);
    }
    return nextMs;
  }

  get isBusy(): boolean {
    return [...this.#nodes.values()].some(({ isBusy }) => isBusy);
  }

  get hasPending(): boolean {
    return [...this.#nodes.values()].some(({ pending }) => pending.size > 0);
  }

  /** Sends all acknowledgements of brokers without a request under way. Resolves when these were answered. */
  async acknowledge(): Promise<void> {
    const free = [...this.#nodes.values()].filter((each) => !each.isBusy && each.pending.size > 0);
    await Promise.all(free.map((state) => this.#acknowledgeTo(state, false)));
  }

  /** Ends the sessions, with the last acknowledgements: what wasn't acknowledged is others' at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#nodes.values()].filter(({ session }) => session.isOpen);
    await Promise.all(open.map((state) => this.#acknowledgeTo(state, true)));
  }

  #nodeOf(id: number): ShareNode {
    let state = this.#nodes.get(id);
    if (state === undefined) {
      state = { id, session: new ShareSession(), pending: new Map(), isBusy: false, retryAtMs: 0 };
      this.#nodes.set(id, state);
    }
    return state;
  }

  #byLeader(partitions: readonly SharePartition[]): Map<Node, Map<string, SharePartition>> {
    const { metadata } = this.#options;
    const nodes = new Map<Node, Map<string, SharePartition>>();
    for (const each of partitions) {
      const leader = metadata.leaderOf(each.topic, each.partition);
      if (leader === undefined) {
        metadata.requestUpdateLater();
        continue;
      }
      const wanted = nodes.get(leader) ?? new Map<string, SharePartition>();
      wanted.set(partitionKey(each.topic, each.partition), each);
      nodes.set(leader, wanted);
    }
    return nodes;
  }

  #withConnection(state: ShareNode, node: Node, use: (connection: BrokerConnection) => void): void {
    const link = this.#options.network.link(node);
    if (link.connection !== undefined) {
      use(link.connection);
      return;
    }
    const waitMs = link.waitMs();
    if (waitMs > 0) {
      this.#retryLater(state, waitMs);
      return;
    }
    state.isBusy = true;
    link.connect().then(
      () => this.#idle(state),
      (error: unknown) => {
        if (error instanceof ClientError && !error.retriable) this.#failure = error;
        this.#lost(state, error instanceof ClientError ? error : errorOf(-1));
        this.#idle(state);
      },
    );
  }

  #sendFetch(
    state: ShareNode,
    connection: BrokerConnection,
    wanted: ReadonlyMap<string, SharePartition>,
  ): void {
    const version = chooseVersion(connection.versions, SHARE_FETCH, { minVersion: FIRST_VERSION });
    const pending = this.#takePending(state);
    const request = this.#fetchRequest(state, wanted, pending, version);
    const asked = new Map(
      [...wanted.values(), ...pending.map(({ source }) => source)].map((each) => [
        `${each.topicId} ${each.partition}`,
        each,
      ]),
    );
    state.isBusy = true;
    connection.send(
      SHARE_FETCH,
      version,
      request,
      this.#options.config.network.requestTimeoutMs,
      (response) => {
        this.#fetched(state, asked, pending, response);
        this.#idle(state);
      },
      (error) => {
        this.#report(pending, () => error);
        this.#lost(state, error);
        this.#idle(state);
      },
    );
  }

  /** Without a session there is nobody to tell. */
  #takePending(state: ShareNode): Pending[] {
    const pending = [...state.pending.values()];
    state.pending.clear();
    if (state.session.isOpen) return pending;
    this.#report(pending, () => errorOf(Errors.SHARE_SESSION_NOT_FOUND));
    return [];
  }

  #fetchRequest(
    { session }: ShareNode,
    wanted: ReadonlyMap<string, SharePartition>,
    pending: readonly Pending[],
    version: number,
  ): Draft<ShareFetchRequest> {
    const { config, memberId } = this.#options;
    const { epoch, toAdd, toForget } = session.fetch(wanted);
    const partitions = new Map<string, Pending>();
    for (const source of toAdd) partitions.set(keyOf(source), { source, batches: [] });
    for (const each of pending) partitions.set(keyOf(each.source), each);
    const topics = grouped([...partitions.values()].map(({ source }) => source));
    const isRenewal = pending.some(isRenewing);
    const hasModes = version >= FIRST_VERSION_WITH_MODES;
    return {
      groupId: config.groupId,
      memberId,
      shareSessionEpoch: epoch,
      maxWaitMs: isRenewal ? 0 : config.maxWaitMs,
      minBytes: isRenewal ? 0 : config.minBytes,
      maxBytes: isRenewal ? 0 : config.maxBytes,
      maxRecords: isRenewal ? 0 : config.maxPollRecords,
      batchSize: config.maxPollRecords,
      ...(hasModes ? { shareAcquireMode: config.acquireMode, isRenewAck: isRenewal } : {}),
      topics: topics.map(({ topicId, list }) => ({
        topicId,
        partitions: list.map((source) => ({
          partitionIndex: source.partition,
          acknowledgementBatches: partitions.get(keyOf(source))!.batches,
        })),
      })),
      forgottenTopicsData: grouped(toForget).map(({ topicId, list }) => ({
        topicId,
        partitions: list.map(({ partition }) => partition),
      })),
    };
  }

  #fetched(
    state: ShareNode,
    asked: ReadonlyMap<string, SharePartition>,
    pending: readonly Pending[],
    response: ShareFetchResponse,
  ): void {
    if (response.errorCode !== 0) {
      const error = errorOf(response.errorCode, response.errorMessage);
      this.#report(pending, () => error);
      this.#refused(state, error);
      return;
    }
    state.session.advance();
    const acknowledgeErrors = new Map<string, ClientError>();
    for (const { topicId, partitions } of response.responses) {
      for (const data of partitions) {
        const source = asked.get(`${topicId} ${data.partitionIndex}`);
        if (source === undefined) continue;
        if (data.acknowledgeErrorCode !== 0) {
          const { acknowledgeErrorCode: code, acknowledgeErrorMessage: message } = data;
          acknowledgeErrors.set(keyOf(source), errorOf(code, message));
        }
        if (data.errorCode !== 0) this.#partitionFailed(state, source, data);
        else this.#takeRecords(state, source, data);
      }
    }
    this.#report(pending, ({ source }) => acknowledgeErrors.get(keyOf(source)));
  }

  #takeRecords(state: ShareNode, source: SharePartition, data: PartitionData): void {
    const { records, acquiredRecords } = data;
    const first = acquiredRecords[0];
    if (records === null || first === undefined) return;
    const { topic, partition } = source;
    const fetched = {
      topic,
      partition,
      fetchOffset: first.firstOffset,
      records,
      abortedTransactions: null,
    };
    const { checkCrcs } = this.#options.config;
    const read = readBatches(fetched, { checkCrcs, isReadCommitted: false });
    if (read.error !== undefined) this.#failure = read.error;
    const acquired = new AcquiredRecords(acquiredRecords);
    const batches = read.batches.filter(({ recordCount }) => recordCount > 0);
    for (const { buffer, at } of batches) acquired.addBatch(buffer, at);
    this.#buffered.push({ source, nodeId: state.id, acquired, batches });
  }

  #partitionFailed(state: ShareNode, source: SharePartition, data: PartitionData): void {
    const { metadata, config } = this.#options;
    const { leaderId, leaderEpoch } = data.currentLeader;
    metadata.learnLeader(source.topic, source.partition, leaderId, leaderEpoch);
    const error = errorOf(data.errorCode, data.errorMessage);
    if (METADATA_ERRORS.includes(data.errorCode)) metadata.requestUpdate();
    else if (!error.retriable) this.#failure = error;
    this.#retryLater(state, config.network.retryBackoffMs);
  }

  async #acknowledgeTo(state: ShareNode, isFinal: boolean): Promise<void> {
    const { config, memberId, metadata, network } = this.#options;
    const pending = this.#takePending(state);
    if (!isFinal && pending.length === 0) return;
    const node = metadata.node(state.id);
    const connection = node === undefined ? undefined : network.link(node).connection;
    if (connection === undefined) {
      this.#report(pending, () => errorOf(Errors.SHARE_SESSION_NOT_FOUND));
      state.session.reset();
      return;
    }
    state.isBusy = true;
    try {
      const minVersion = pending.some(isRenewing) ? FIRST_VERSION_WITH_MODES : FIRST_VERSION;
      const version = chooseVersion(connection.versions, SHARE_ACKNOWLEDGE, { minVersion });
      const topics = grouped(pending.map(({ source }) => source));
      const byKey = new Map(pending.map((each) => [keyOf(each.source), each.batches]));
      const request = {
        groupId: config.groupId,
        memberId,
        shareSessionEpoch: isFinal ? state.session.finalEpoch : state.session.currentEpoch,
        ...(version >= FIRST_VERSION_WITH_MODES ? { isRenewAck: pending.some(isRenewing) } : {}),
        topics: topics.map(({ topicId, list }) => ({
          topicId,
          partitions: list.map((source) => ({
            partitionIndex: source.partition,
            acknowledgementBatches: byKey.get(keyOf(source))!,
          })),
        })),
      };
      const timeoutMs = config.network.requestTimeoutMs;
      const response = await connection.request(SHARE_ACKNOWLEDGE, version, request, timeoutMs);
      if (response.errorCode !== 0) {
        const error = errorOf(response.errorCode, response.errorMessage);
        this.#report(pending, () => error);
        this.#refused(state, error);
      } else {
        if (isFinal) state.session.reset();
        else state.session.advance();
        const errors = new Map<string, ClientError>();
        for (const { topicId, partitions } of response.responses) {
          for (const { partitionIndex, errorCode, errorMessage } of partitions) {
            if (errorCode === 0) continue;
            errors.set(`${topicId} ${partitionIndex}`, errorOf(errorCode, errorMessage));
          }
        }
        this.#report(pending, ({ source }) => errors.get(keyOf(source)));
      }
    } catch (error) {
      const failure = error instanceof ClientError ? error : errorOf(-1);
      this.#report(pending, () => failure);
      this.#lost(state, failure);
    }
    this.#idle(state);
  }

  #report(
    pending: readonly Pending[],
    errorFor: (pending: Pending) => ClientError | undefined,
  ): void {
    for (const each of pending) {
      const { topic, partition } = each.source;
      const { batches } = each;
      this.#options.onAcknowledged({ topic, partition, batches, error: errorFor(each) });
    }
  }

  #refused(state: ShareNode, error: ClientError): void {
    state.session.reset();
    this.#retryLater(state, this.#options.config.network.retryBackoffMs);
    if (SESSION_ERRORS.includes(error.code)) return;
    if (METADATA_ERRORS.includes(error.code)) this.#options.metadata.requestUpdate();
    else if (!error.retriable && !this.#isClosed) this.#failure = error;
  }

  /** With the connection goes the session. */
  #lost(state: ShareNode, error: ClientError): void {
    state.session.reset();
    this.#options.metadata.requestUpdate();
    this.#retryLater(state, this.#options.config.network.reconnectBackoffMs);
    if (!error.retriable) this.#failure = error;
  }

  #retryLater(state: ShareNode, delayMs: number): void {
    state.retryAtMs = this.#options.io.clock.monotonicMs() + delayMs;
  }

  #idle(state: ShareNode): void {
    state.isBusy = false;
    this.#options.onProgress();
  }
}

function isRenewing({ batches }: Pending): boolean {
  return batches.some(({ acknowledgeTypes }) => acknowledgeTypes.includes(RENEW));
}

function keyOf({ topicId, partition }: SharePartition): string {
  return `${topicId} ${partition}`;
}

function grouped(
  partitions: readonly SharePartition[],
): { topicId: string; list: SharePartition[] }[] {
  const topics = new Map<string, SharePartition[]>();
  for (const each of partitions)
    topics.set(each.topicId, [...(topics.get(each.topicId) ?? []), each]);
  return [...topics].map(([topicId, list]) => ({ topicId, list }));
}
