// Kafka's share consumer (KIP-932): records are handed to one reader of the group at a time, and each is accepted, released
// or rejected. Hands out whole batches as bytes; of their records those count that were acquired.

import type { Io } from '../../io/io.ts';
import { type ClientLog, prefixed } from '../client-log.ts';
import { type ShareConsumerConfig, shareConsumerConfig } from '../config/share-consumer-config.ts';
import type { ConsumedBatch } from '../consumer/fetched-records.ts';
import { GroupCoordinatorClient } from '../consumer/group/group-coordinator-client.ts';
import { ClientError, KafkaError, TimeoutError } from '../errors.ts';
import { MetadataManager } from '../metadata/metadata-manager.ts';
import { NetworkClient } from '../net/network-client.ts';
import { Waiters } from '../net/waiters.ts';
import { Acknowledge, type AcquiredRecords } from './acquired-records.ts';
import { type AcknowledgementResult, type SharedRecords, ShareFetcher } from './share-fetcher.ts';
import { ShareMember } from './share-member.ts';
import type { SharePartition } from './share-session.ts';

export { Acknowledge } from './acquired-records.ts';
export type { AcknowledgementResult } from './share-fetcher.ts';

const CLOSE_TIMEOUT_MS = 30_000;

/** Walk with a RecordCursor; records of which `acquired` has no delivery count are somebody else's. */
export interface SharedBatch extends ConsumedBatch {
  readonly acquired: AcquiredRecords;
}

export interface ShareConsumerOptions {
  readonly bootstrapServers: readonly string[];
  /** Java share consumer properties, group.id among them. */
  readonly config: ReadonlyMap<string, string>;
  readonly io: Io;
  /** Taken when client.id isn't set. */
  readonly clientId?: string;
  readonly log?: ClientLog | undefined;
  /** Told of every acknowledgement that a broker answered, or that failed. */
  readonly onAcknowledged?: (result: AcknowledgementResult) => void;
}

export class ShareConsumer {
  readonly config: ShareConsumerConfig;
  readonly #io: Io;
  readonly #network: NetworkClient;
  readonly #metadata: MetadataManager;
  readonly #member: ShareMember;
  readonly #fetcher: ShareFetcher;
  readonly #waiters = new Waiters();
  #topics: readonly string[] = [];
  #held: SharedRecords[] = [];
  /** What failed since commit() began to wait. */
  #failed: AcknowledgementResult[] | undefined;
  readonly #log: ClientLog | undefined;
  #isWoken = false;
  #hasProgress = false;
  #isClosed = false;

  /** Throws ConfigError for a bad value; a KafkaError around it for a bad address, as KafkaShareConsumer. */
  constructor(options: ShareConsumerOptions) {
    const { io } = options;
    this.#io = io;
    this.#log = options.log;
    this.config = shareConsumerConfig(options.config, options.clientId);
    const { network: config } = this.config;
    const log = prefixed(
      options.log,
      `ShareConsumer clientId=${config.clientId}, groupId=${this.config.groupId}`,
    );
    try {
      this.#network = new NetworkClient(io, config, options.bootstrapServers, log);
    } catch (error) {
      throw new KafkaError('Failed to construct Kafka share consumer', error);
    }
    const network = this.#network;
    this.#metadata = new MetadataManager({
      io,
      network,
      config,
      topics: () => this.#topics,
      allowAutoTopicCreation: false,
      onUpdate: () => this.#metadataUpdated(),
      log,
    });
    this.#member = new ShareMember({
      io,
      config: this.config,
      coordinator: new GroupCoordinatorClient(io, network, config, this.config.groupId),
      topics: () => this.#topics,
      onProgress: () => this.#progress(),
    });
    this.#fetcher = new ShareFetcher({
      io,
      network,
      metadata: this.#metadata,
      config: this.config,
      memberId: this.#member.memberId,
      onAcknowledged: (result) => {
        if (result.error !== undefined) this.#failed?.push(result);
        options.onAcknowledged?.(result);
      },
      onProgress: () => this.#progress(),
    });
  }

  /** Rejects with KafkaError when no bootstrap server's name has an address. */
  async prepare(): Promise<void> {
    try {
      await this.#network.checkBootstrap(this.#log);
    } catch (error) {
      throw new KafkaError('Failed to construct Kafka share consumer', error);
    }
  }

  /** Replaces what was subscribed before. */
  subscribe(topics: readonly string[]): void {
    this.#checkOpen();
    this.#topics = [...new Set(topics)];
    this.#metadata.requestUpdate();
  }

  /**
   * Waits up to `timeoutMs` for records; [] when there are none. What the last poll returned must have been acknowledged
   * (explicit mode), or is accepted now (implicit). Throws ClientError as Java's poll does.
   */
  async poll(timeoutMs: number): Promise<SharedBatch[]> {
    this.#checkOpen();
    if (this.#topics.length === 0) throw illegalState('Consumer is not subscribed to any topics.');
    const renewed = this.#settleHeld();
    const deadlineMs = this.#io.clock.monotonicMs() + timeoutMs;
    if (renewed) {
      await this.#fetcher.acknowledge();
      return batchesOf(this.#held);
    }
    for (;;) {
      this.#hasProgress = false;
      this.#throwMetadataErrors();
      this.#member.poll();
      const taken = this.#fetcher.take();
      if (taken.length > 0) {
        const batches = this.#handOut(taken);
        if (batches.length > 0) return batches;
        // Nothing but gaps.
        this.#takeAcknowledgements();
        continue;
      }
      this.#fetcher.fetch(this.#assigned());
      if (this.#isWoken) {
        this.#isWoken = false;
        return [];
      }
      const nowMs = this.#io.clock.monotonicMs();
      if (nowMs >= deadlineMs) return [];
      if (!this.#hasProgress) {
        const stepMs = Math.min(this.#member.nextStepMs(), this.#fetcher.nextRetryMs());
        await this.#waiters.wait(this.#io.clock, Math.min(deadlineMs, nowMs + Math.max(1, stepMs)));
      }
      this.#checkOpen();
    }
  }

  /** Of a record that the last poll returned, in explicit mode. Throws for any other. */
  acknowledge(topic: string, partition: number, offset: number, type: Acknowledge): void {
    this.#checkOpen();
    if (this.config.acknowledgement !== 'explicit') {
      throw illegalState('Implicit acknowledgement of delivery is being used.');
    }
    const isOurs = this.#held.some(
      ({ source, acquired }) =>
        source.topic === topic &&
        source.partition === partition &&
        acquired.acknowledge(offset, type),
    );
    if (!isOurs) throw illegalState('The record cannot be acknowledged.');
  }

  /**
   * Sends what was acknowledged (in implicit mode: all that the last poll returned) and waits for the answers. Resolves with
   * those that failed. Rejects with TimeoutError.
   */
  async commit(timeoutMs = this.config.apiTimeoutMs): Promise<AcknowledgementResult[]> {
    this.#checkOpen();
    if (this.config.acknowledgement === 'implicit') this.#acceptHeld();
    this.#takeAcknowledgements();
    const failed: AcknowledgementResult[] = [];
    this.#failed = failed;
    try {
      await this.#sendAll(this.#io.clock.monotonicMs() + timeoutMs);
    } finally {
      this.#failed = undefined;
    }
    return failed;
  }

  /** As commit, without waiting: onAcknowledged tells of the answers. */
  commitLater(): void {
    this.#checkOpen();
    if (this.config.acknowledgement === 'implicit') this.#acceptHeld();
    this.#takeAcknowledgements();
    void this.#fetcher.acknowledge();
  }

  /** Makes a poll that waits return [] now, or else the next one. */
  wakeup(): void {
    this.#isWoken = true;
    this.#waiters.wakeAll();
  }

  /** Sends what was acknowledged, gives everything else back, leaves the group, within `timeoutMs`. Idempotent. */
  async close(timeoutMs = CLOSE_TIMEOUT_MS): Promise<void> {
    if (this.#isClosed) return;
    const deadlineMs = this.#io.clock.monotonicMs() + timeoutMs;
    const leftMs = () => Math.max(0, deadlineMs - this.#io.clock.monotonicMs());
    this.#takeAcknowledgements();
    this.#held = [];
    try {
      await this.#untilIdle(deadlineMs);
      await this.#network.within(
        this.#fetcher.close(),
        deadlineMs,
        () => new TimeoutError('close'),
      );
    } catch {
      // The locks time out by themselves.
    } finally {
      this.#isClosed = true;
      await this.#member.close(leftMs());
      this.#metadata.close();
      this.#network.close();
      this.#waiters.wakeAll();
    }
  }

  #handOut(taken: SharedRecords[]): SharedBatch[] {
    this.#held = taken;
    return batchesOf(taken);
  }

  /** Before the next fetch; true when records were renewed and are to be handed out again. */
  #settleHeld(): boolean {
    if (this.config.acknowledgement === 'implicit') this.#acceptHeld();
    else if (this.#held.some(({ acquired }) => acquired.undecidedCount > 0)) {
      throw illegalState('All records must be acknowledged in explicit acknowledgement mode.');
    }
    this.#takeAcknowledgements();
    return this.#held.length > 0;
  }

  #acceptHeld(): void {
    for (const { acquired } of this.#held) acquired.acknowledgeAll(Acknowledge.ACCEPT);
  }

  /** What is left over isn't acknowledged yet, or was renewed. */
  #takeAcknowledgements(): void {
    for (const records of this.#held) {
      this.#fetcher.addAcknowledgements(records, records.acquired.take());
    }
    this.#held = this.#held.filter(({ acquired }) => acquired.undecidedCount > 0);
  }

  async #sendAll(deadlineMs: number): Promise<void> {
    while (this.#fetcher.hasPending) {
      await this.#fetcher.acknowledge();
      if (!this.#fetcher.hasPending) break;
      // The others follow the request that is under way.
      if (this.#io.clock.monotonicMs() >= deadlineMs) {
        throw new TimeoutError('Timeout expired while acknowledging records');
      }
      await this.#waiters.wait(this.#io.clock, deadlineMs);
    }
  }

  async #untilIdle(deadlineMs: number): Promise<void> {
    while (this.#fetcher.isBusy && this.#io.clock.monotonicMs() < deadlineMs) {
      await this.#waiters.wait(this.#io.clock, deadlineMs);
    }
  }

  /** Of the assignment what metadata knows by name. */
  #assigned(): SharePartition[] {
    const partitions: SharePartition[] = [];
    for (const { topicId, partitions: list } of this.#member.assignment) {
      const topic = this.#metadata.nameOf(topicId);
      if (topic === undefined) this.#metadata.requestUpdateLater();
      else partitions.push(...list.map((partition) => ({ topic, topicId, partition })));
    }
    return partitions;
  }

  #metadataUpdated(): void {
    for (const topic of this.#topics) {
      const isPassing = this.#metadata.errorOf(topic) === undefined;
      if (this.#metadata.topic(topic) === undefined && isPassing)
        this.#metadata.requestUpdateLater();
    }
    this.#progress();
  }

  #throwMetadataErrors(): void {
    if (this.#metadata.fatalError !== undefined) throw this.#metadata.fatalError;
    for (const topic of this.#topics) {
      const error = this.#metadata.errorOf(topic);
      if (error !== undefined) throw error;
    }
  }

  #progress(): void {
    this.#hasProgress = true;
    this.#waiters.wakeAll();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw illegalState('This consumer has already been closed.');
  }
}

function batchesOf(held: readonly SharedRecords[]): SharedBatch[] {
  return held.flatMap(({ batches, acquired }) => batches.map((batch) => ({ ...batch, acquired })));
}

function illegalState(message: string): ClientError {
  return new ClientError('java.lang.IllegalStateException', message);
}
