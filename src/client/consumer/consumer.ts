// Kafka's consumer: partitions by assignment or by group, batches fetched ahead of the reader.
// Hands out whole batches as bytes; nothing is allocated per record.

import type { Io } from '../../io/io.ts';
import { type ClientLog, prefixed } from '../client-log.ts';
import {
  type ConsumerConfig,
  consumerConfig,
  type GroupConfig,
} from '../config/consumer-config.ts';
import { ClientError, ConfigError, KafkaError, TimeoutError } from '../errors.ts';
import { MetadataManager } from '../metadata/metadata-manager.ts';
import { NetworkClient } from '../net/network-client.ts';
import { Waiters } from '../net/waiters.ts';
import {
  type CommittedOffset,
  type ListedOffset,
  OffsetSpec,
  type TopicPartition,
} from '../types.ts';
import { Assignment } from './assignment.ts';
import { AutoCommit } from './auto-commit.ts';
import type { ConsumedBatch } from './fetched-records.ts';
import { Fetcher } from './fetcher.ts';
import { ConsumerGroupMember } from './group/consumer-group-member.ts';
import { GroupCoordinatorClient } from './group/group-coordinator-client.ts';
import { GroupMember } from './group/group-member.ts';
import type { AssignmentHooks, Membership } from './group/membership.ts';
import {
  type CommitIdentity,
  type GroupMetadata,
  OffsetStore,
  type OffsetToCommit,
} from './group/offset-store.ts';
import { OffsetLookup } from './offset-lookup.ts';
import { Positions } from './positions.ts';
import { type RebalanceListener, Subscription, type TopicFilter } from './subscription.ts';
import { TopicQueries } from './topic-queries.ts';

export type { ConsumedBatch } from './fetched-records.ts';
export type { OffsetToCommit } from './group/offset-store.ts';
export type { RebalanceListener, TopicFilter } from './subscription.ts';

const CLOSE_TIMEOUT_MS = 30_000;
/** No wait is longer than this without another look at what there is to do. */
const LONGEST_STEP_MS = 1000;
/** How long the leader of a group waits for topics that it doesn't know. */
const LEADER_METADATA_WAIT_MS = 2000;

export interface ConsumerOptions {
  readonly bootstrapServers: readonly string[];
  /** Java consumer properties, group.id and auto.offset.reset among them. */
  readonly config: ReadonlyMap<string, string>;
  readonly io: Io;
  /** Taken when client.id isn't set; `consumer-<group>-1` when absent. */
  readonly clientId?: string;
  readonly log?: ClientLog | undefined;
  /**
   * Awaited before what poll returned is committed unasked: the reader may still have it under way (a stdout that is slow).
   * What isn't delivered in time isn't committed.
   */
  readonly untilDelivered?: () => Promise<void>;
}

export class Consumer {
  readonly config: ConsumerConfig;
  readonly #io: Io;
  readonly #log: ClientLog | undefined;
  readonly #network: NetworkClient;
  readonly #metadata: MetadataManager;
  readonly #subscription = new Subscription();
  readonly #assignment = new Assignment();
  readonly #lookup: OffsetLookup;
  readonly #positions: Positions;
  readonly #queries: TopicQueries;
  readonly #fetcher: Fetcher;
  readonly #offsets: OffsetStore | undefined;
  readonly #coordinator: GroupCoordinatorClient | undefined;
  readonly #autoCommit: AutoCommit | undefined;
  readonly #waiters = new Waiters();
  #member: Membership | undefined;
  #isWoken = false;
  #hasProgress = false;
  #isClosed = false;

  /** Throws ConfigError for a bad value; a KafkaError around it for a bad address, as KafkaConsumer. */
  constructor(options: ConsumerOptions) {
    const { io } = options;
    this.#io = io;
    this.#log = options.log;
    try {
      this.config = consumerConfig(options.config, options.clientId);
    } catch (error) {
      throw error instanceof ConfigError ? error : notConstructed(error);
    }
    const { network: networkConfig, fetch, group } = this.config;
    const log = prefixed(options.log, logContext(networkConfig.clientId, group));
    try {
      this.#network = new NetworkClient(io, networkConfig, options.bootstrapServers, log);
    } catch (error) {
      throw notConstructed(error);
    }
    this.#metadata = new MetadataManager({
      io,
      network: this.#network,
      config: networkConfig,
      topics: () => this.#subscription.topicsToKnow(),
      allowAutoTopicCreation: this.config.allowAutoCreateTopics,
      onUpdate: () => this.#metadataUpdated(),
      log,
    });
    this.#lookup = new OffsetLookup({
      network: this.#network,
      metadata: this.#metadata,
      requestTimeoutMs: networkConfig.requestTimeoutMs,
      isReadCommitted: fetch.isReadCommitted,
      nowMs: () => io.clock.monotonicMs(),
    });
    this.#queries = new TopicQueries({
      clock: io.clock,
      network: this.#network,
      metadata: this.#metadata,
      lookup: this.#lookup,
      waiters: this.#waiters,
      retryBackoffMs: networkConfig.retryBackoffMs,
      alsoKnow: (topic) => this.#subscription.alsoKnow(topic),
      checkOpen: () => this.#checkOpen(),
    });
    if (group !== undefined) {
      const { groupId } = group;
      this.#coordinator = new GroupCoordinatorClient(io, this.#network, networkConfig, groupId);
      this.#offsets = new OffsetStore({
        io,
        network: this.#network,
        coordinator: this.#coordinator,
        groupId,
        requireStable: fetch.isReadCommitted,
        retryBackoffMs: networkConfig.retryBackoffMs,
        identity: () => this.#member?.identity ?? NO_MEMBER,
        onMembershipError: (code) => this.#member?.membershipError(code),
      });
      if (this.config.autoCommit) {
        this.#autoCommit = new AutoCommit({
          clock: io.clock,
          network: this.#network,
          offsets: this.#offsets,
          assignment: this.#assignment,
          intervalMs: this.config.autoCommitIntervalMs,
          topicId: (name) => this.#metadata.topic(name)?.topicId,
          mayCommit: () => this.#member?.isMember ?? true,
          untilDelivered: options.untilDelivered ?? (() => Promise.resolve()),
          log,
        });
      }
    }
    const offsets = this.#offsets;
    this.#positions = new Positions({
      io,
      lookup: this.#lookup,
      metadata: this.#metadata,
      policy: this.config.offsetReset,
      retryBackoffMs: networkConfig.retryBackoffMs,
      committed: offsets && ((asked) => this.#committedOrLater(offsets, asked)),
      onProgress: () => this.#progress(),
    });
    this.#fetcher = new Fetcher({
      io,
      network: this.#network,
      networkConfig,
      config: fetch,
      metadata: this.#metadata,
      partitions: () => this.#assignment.states,
      onOutOfRange: (state) => this.#positions.outOfRange(state),
      onProgress: () => this.#progress(),
    });
  }

  /** Rejects as the constructor throws: no bootstrap server has an address, or a store of certificates can't be used. */
  async prepare(): Promise<void> {
    try {
      await this.#network.checkBootstrap(this.#log);
      await this.#network.tls(this.#log);
    } catch (error) {
      throw notConstructed(error);
    }
  }

  /** By hand, without a group's balance. Replaces the assignment. */
  assign(partitions: readonly TopicPartition[]): void {
    this.#checkOpen();
    this.#subscription.assignByHand(partitions);
    this.#setAssignment(partitions);
    this.#autoCommit?.start();
    this.#metadata.requestUpdate();
  }

  /** By group: topics by name, or by a test on names that is applied anew whenever metadata comes. Needs group.id. */
  subscribe(topics: readonly string[] | TopicFilter, listener: RebalanceListener = {}): void {
    this.#checkOpen();
    const { group } = this.config;
    if (group === undefined || this.#coordinator === undefined) throw noGroup();
    this.#subscription.subscribe(topics, listener);
    this.#member ??= this.#newMember(group, this.#coordinator);
    this.#autoCommit?.start();
    this.#metadata.requestUpdate();
  }

  assignment(): readonly TopicPartition[] {
    return this.#assignment.partitions;
  }

  /** The next poll reads from there. Throws for a partition that isn't assigned. */
  seek(partition: TopicPartition, offset: number): void {
    this.#assignment.of(partition).seek(offset);
  }

  seekToBeginning(partitions: readonly TopicPartition[] = this.assignment()): void {
    for (const partition of partitions) this.#assignment.of(partition).requestReset('earliest');
  }

  seekToEnd(partitions: readonly TopicPartition[] = this.assignment()): void {
    for (const partition of partitions) this.#assignment.of(partition).requestReset('latest');
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#assignment.of(partition).isPaused = true;
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#assignment.of(partition).isPaused = false;
    this.#progress();
  }

  /**
   * Waits up to `timeoutMs` for data; [] when there is none. Batches stay valid as long as they are held.
   * Positions move behind the batches returned, and a later poll auto-commits them: to commit less (a reader that
   * stopped inside a batch), seek before close. Throws ClientError as Java's poll does.
   */
  async poll(timeoutMs: number): Promise<ConsumedBatch[]> {
    this.#checkOpen();
    if (!this.#subscription.isAny) throw noSubscription();
    const deadlineMs = this.#io.clock.monotonicMs() + timeoutMs;
    for (;;) {
      this.#hasProgress = false;
      this.#throwMetadataErrors();
      this.#autoCommit?.advance(this.#member?.isStable ?? true);
      if (this.#member !== undefined) await this.#member.poll();
      // One time for what is due and for how long to wait: what comes due in between must not fall through.
      const nowMs = this.#io.clock.monotonicMs();
      this.#positions.advance(this.#assignment.states.values(), nowMs);
      const batches = this.#fetcher.take(this.config.maxPollRecords);
      this.#fetcher.fetchAhead(nowMs);
      if (batches.length > 0) return batches;
      if (this.#isWoken) {
        this.#isWoken = false;
        return [];
      }
      if (nowMs >= deadlineMs) return [];
      if (!this.#hasProgress) {
        const wakeMs = Math.min(deadlineMs, nowMs + this.#nextStepMs(nowMs));
        await this.#waiters.wait(this.#io.clock, wakeMs);
      }
      this.#checkOpen();
    }
  }

  /** For sendOffsetsToTransaction: which group, and as which member in which generation (KIP-447). Throws without group.id. */
  groupMetadata(): GroupMetadata {
    const { group } = this.config;
    if (group === undefined) throw noGroup();
    return { groupId: group.groupId, ...(this.#member?.identity ?? NO_MEMBER) };
  }

  /** Makes a poll that waits return [] now, or else the next one. */
  wakeup(): void {
    this.#isWoken = true;
    this.#waiters.wakeAll();
  }

  /** The offset of the next record; found out when not known yet. Rejects with TimeoutError after `timeoutMs`. */
  async position(partition: TopicPartition, timeoutMs = this.config.apiTimeoutMs): Promise<number> {
    const state = this.#assignment.of(partition);
    const deadlineMs = this.#io.clock.monotonicMs() + timeoutMs;
    while (state.position < 0) {
      this.#checkOpen();
      this.#throwMetadataErrors();
      this.#hasProgress = false;
      const nowMs = this.#io.clock.monotonicMs();
      this.#positions.advance(this.#assignment.states.values(), nowMs);
      if (nowMs >= deadlineMs) {
        throw new TimeoutError(
          `Timeout of ${timeoutMs}ms expired before the position for partition ${state.key} could be determined`,
        );
      }
      if (this.#hasProgress) continue;
      await this.#waiters.wait(
        this.#io.clock,
        Math.min(deadlineMs, nowMs + this.#nextStepMs(nowMs)),
      );
    }
    return state.position;
  }

  /** Commits the positions (or these offsets) and waits for the answer. Needs group.id. */
  async commit(offsets?: readonly OffsetToCommit[]): Promise<void> {
    this.#checkOpen();
    if (this.#offsets === undefined) throw noGroup();
    await this.#offsets.commit(
      offsets ?? this.#assignment.consumedOffsets(),
      this.config.apiTimeoutMs,
    );
  }

  /** By partition key (`topic-partition`); undefined where nothing was committed. Needs group.id. */
  committed(
    partitions: readonly TopicPartition[],
  ): Promise<Map<string, CommittedOffset | undefined>> {
    this.#checkOpen();
    if (this.#offsets === undefined) throw noGroup();
    return this.#offsets.fetch(partitions, this.config.apiTimeoutMs);
  }

  /** Partition numbers of a topic; [] when it doesn't exist (asking may have created it). Rejects with TimeoutError or the topic's error. */
  async partitionsFor(topic: string, timeoutMs = this.config.apiTimeoutMs): Promise<number[]> {
    this.#checkOpen();
    return this.#queries.partitionsFor(topic, timeoutMs);
  }

  /** Offsets by time for partitions; `timestamp` is an OffsetSpec or ms. By partition key. */
  async offsetsFor(
    partitions: readonly (TopicPartition & { timestamp: number })[],
    timeoutMs = this.config.apiTimeoutMs,
  ): Promise<Map<string, ListedOffset>> {
    this.#checkOpen();
    return this.#queries.offsetsFor(partitions, timeoutMs);
  }

  beginningOffsets(partitions: readonly TopicPartition[]): Promise<Map<string, ListedOffset>> {
    return this.offsetsFor(partitions.map((item) => ({ ...item, timestamp: OffsetSpec.EARLIEST })));
  }

  endOffsets(partitions: readonly TopicPartition[]): Promise<Map<string, ListedOffset>> {
    return this.offsetsFor(partitions.map((item) => ({ ...item, timestamp: OffsetSpec.LATEST })));
  }

  /** Auto-commits, gives partitions up, leaves the group (unless static), closes sockets, within `timeoutMs`. Idempotent. */
  async close(timeoutMs = CLOSE_TIMEOUT_MS): Promise<void> {
    if (this.#isClosed) return;
    const deadlineMs = this.#io.clock.monotonicMs() + timeoutMs;
    const leftMs = () => Math.max(0, deadlineMs - this.#io.clock.monotonicMs());
    try {
      await this.#autoCommit?.atEnd(leftMs());
      if (this.#member !== undefined) {
        await this.#revoke(this.assignment(), this.#member.isMember ? 'onRevoked' : 'onLost');
      }
    } finally {
      this.#isClosed = true;
      await this.#member?.close('the consumer is being closed', leftMs());
      this.#fetcher.close();
      this.#metadata.close();
      this.#network.close();
      this.#waiters.wakeAll();
    }
  }

  /** undefined when the coordinator couldn't be asked in time: reading waits for it, as Java's poll does. */
  async #committedOrLater(
    offsets: OffsetStore,
    partitions: readonly TopicPartition[],
  ): Promise<Map<string, CommittedOffset | undefined> | undefined> {
    try {
      return await offsets.fetch(partitions, this.config.apiTimeoutMs);
    } catch (error) {
      if (error instanceof TimeoutError) return undefined;
      throw error;
    }
  }

  #newMember(group: GroupConfig, coordinator: GroupCoordinatorClient): Membership {
    const { network: networkConfig, excludeInternalTopics } = this.config;
    const hooks: AssignmentHooks = {
      beforeRebalance: () => this.#commitBeforeRebalance(),
      onRevoked: (gone) => this.#revoke(gone, 'onRevoked'),
      onLost: (gone) => this.#revoke(gone, 'onLost'),
      onAssigned: (added, all) => this.#assigned(added, all),
    };
    const common = {
      io: this.#io,
      config: group,
      coordinator,
      retryBackoffMs: networkConfig.retryBackoffMs,
      log: prefixed(this.#log, logContext(networkConfig.clientId, group)),
      topics: () => this.#subscription.topics(this.#metadata, excludeInternalTopics),
      hooks,
      onProgress: () => this.#progress(),
    };
    if (group.protocol === 'consumer') {
      return new ConsumerGroupMember({
        ...common,
        topicId: (name) => this.#metadata.topic(name)?.topicId,
        topicName: (id) => this.#metadata.nameOf(id),
        onUnknownTopicId: () => this.#metadata.requestUpdateLater(),
      });
    }
    return new GroupMember({
      ...common,
      network: this.#network,
      requestTimeoutMs: networkConfig.requestTimeoutMs,
      partitionCounts: (names) => this.#partitionCounts(names),
    });
  }

  #progress(): void {
    this.#hasProgress = true;
    this.#waiters.wakeAll();
  }

  /** Milliseconds until there is something to do by time alone, after everything that was due at `nowMs` was done. */
  #nextStepMs(nowMs: number): number {
    return Math.max(
      1,
      Math.min(
        LONGEST_STEP_MS,
        this.#fetcher.nextRetryMs(nowMs),
        this.#member?.nextStepMs() ?? Number.POSITIVE_INFINITY,
        (this.#autoCommit?.nextMs ?? Number.POSITIVE_INFINITY) - nowMs,
      ),
    );
  }

  #metadataUpdated(): void {
    this.#positions.leadersChanged(this.#assignment.states.values());
    this.#member?.metadataChanged((topic) => this.#metadata.topic(topic)?.partitions.length);
    for (const topic of this.#subscription.topicsToKnow() ?? []) {
      const isPassing = this.#metadata.errorOf(topic) === undefined;
      if (this.#metadata.topic(topic) === undefined && isPassing)
        this.#metadata.requestUpdateLater();
    }
    this.#progress();
  }

  #throwMetadataErrors(): void {
    if (this.#metadata.fatalError !== undefined) throw this.#metadata.fatalError;
    for (const topic of this.#subscription.named) {
      const error = this.#metadata.errorOf(topic);
      if (error !== undefined) throw error;
    }
  }

  async #partitionCounts(topics: readonly string[]): Promise<Map<string, number>> {
    this.#subscription.setGroupTopics(topics);
    const isKnown = (topic: string) => this.#metadata.topic(topic) !== undefined;
    const deadlineMs = this.#io.clock.monotonicMs() + LEADER_METADATA_WAIT_MS;
    if (!topics.every(isKnown)) this.#metadata.requestUpdate();
    while (!topics.every(isKnown) && this.#io.clock.monotonicMs() < deadlineMs && !this.#isClosed) {
      if (topics.every((topic) => isKnown(topic) || this.#metadata.errorOf(topic))) break;
      await this.#waiters.wait(this.#io.clock, deadlineMs);
    }
    const counts = new Map<string, number>();
    for (const topic of topics) {
      const known = this.#metadata.topic(topic);
      if (known !== undefined) counts.set(topic, known.partitions.length);
    }
    return counts;
  }

  #setAssignment(partitions: readonly TopicPartition[]): void {
    this.#assignment.replace(partitions);
    this.#subscription.setAssigned(partitions);
  }

  async #assigned(added: readonly TopicPartition[], all: readonly TopicPartition[]): Promise<void> {
    this.#setAssignment(all);
    await this.#subscription.listener.onAssigned?.(added);
  }

  async #revoke(gone: readonly TopicPartition[], how: 'onRevoked' | 'onLost'): Promise<void> {
    if (gone.length === 0) return;
    const { listener } = this.#subscription;
    const callback =
      how === 'onLost' ? (listener.onLost ?? listener.onRevoked) : listener.onRevoked;
    try {
      await callback?.call(listener, gone);
    } finally {
      this.#setAssignment(this.#assignment.without(gone));
    }
  }

  async #commitBeforeRebalance(): Promise<void> {
    const { maxPollIntervalMs } = this.config.group!;
    const timeoutMs = Math.min(maxPollIntervalMs, this.config.network.requestTimeoutMs);
    await this.#autoCommit?.beforeRebalance(timeoutMs);
  }

  #checkOpen(): void {
    if (!this.#isClosed) return;
    throw new ClientError(
      'java.lang.IllegalStateException',
      'This consumer has already been closed.',
    );
  }
}

function notConstructed(error: unknown): KafkaError {
  return new KafkaError('Failed to construct kafka consumer', error);
}

/** GroupRebalanceConfig's part of the LogContext. */
function logContext(clientId: string, group: GroupConfig | undefined): string {
  const instance = group?.groupInstanceId == null ? '' : `instanceId=${group.groupInstanceId}, `;
  return `Consumer ${instance}clientId=${clientId}, groupId=${group?.groupId ?? 'null'}`;
}

const NO_MEMBER: CommitIdentity = { generationId: -1, memberId: '', groupInstanceId: null };

function noGroup(): ClientError {
  return new ClientError(
    'InvalidGroupIdException',
    'To use the group management or offset commit APIs, you must provide a valid group.id in the consumer configuration.',
    { code: 24 },
  );
}

function noSubscription(): ClientError {
  return new ClientError(
    'java.lang.IllegalStateException',
    'Consumer is not subscribed to any topics or assigned any partitions',
  );
}
