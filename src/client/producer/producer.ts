// Kafka's producer: records go into batches per partition, batches to the leaders, in order.
// Nothing is allocated per record; memory never exceeds buffer.memory.

import type { Io } from '../../io/io.ts';
import { type ClientLog, prefixed } from '../client-log.ts';
import { type ProducerConfig, producerConfig } from '../config/producer-config.ts';
import type { GroupMetadata, OffsetToCommit } from '../consumer/group/offset-store.ts';
import { ClientError, ConfigError, KafkaError, TimeoutError } from '../errors.ts';
import { MetadataManager } from '../metadata/metadata-manager.ts';
import type { TopicMetadata } from '../metadata/topic-metadata.ts';
import { ExponentialBackoff } from '../net/backoff.ts';
import { NetworkClient } from '../net/network-client.ts';
import { Waiters } from '../net/waiters.ts';
import type { RecordHeader } from '../types.ts';
import { Delivery, type DeliveryReport } from './delivery.ts';
import { IdempotentIdentity } from './producer-identity.ts';
import { Appended, RecordAccumulator } from './record-accumulator.ts';
import { recordSizeUpperBound } from './record-size.ts';
import { Sender } from './sender.ts';
import { TopicPartitioner } from './topic-partitioner.ts';
import type { PendingOperation } from './transactions/pending-operation.ts';
import { TransactionManager } from './transactions/transaction-manager.ts';

export type { DeliveryReport } from './delivery.ts';

export interface ProducerOptions {
  readonly bootstrapServers: readonly string[];
  /** Java producer properties. */
  readonly config: ReadonlyMap<string, string>;
  readonly io: Io;
  /** Taken when client.id isn't set; `producer-1` when absent. */
  readonly clientId?: string;
  /** Called once for every batch, when it was acknowledged or has failed. */
  readonly onDelivery?: (report: DeliveryReport) => void;
  readonly log?: ClientLog | undefined;
}

function notConstructed(error: unknown): KafkaError {
  return new KafkaError('Failed to construct kafka producer', error);
}

/** KafkaProducer's LogContext. */
function logContext(clientId: string, transactionalId: string | undefined): string {
  const transaction = transactionalId === undefined ? '' : `, transactionalId=${transactionalId}`;
  return `Producer clientId=${clientId}${transaction}`;
}

export class Producer {
  readonly config: ProducerConfig;
  readonly #io: Io;
  readonly #log: ClientLog | undefined;
  readonly #network: NetworkClient;
  readonly #metadata: MetadataManager;
  readonly #accumulator: RecordAccumulator;
  readonly #delivery: Delivery;
  readonly #sender: Sender;
  /** undefined unless transactional.id is set. */
  readonly #transactions: TransactionManager | undefined;
  readonly #topics = new Map<string, TopicPartitioner>();
  readonly #wanted = new Set<string>();
  readonly #waiters = new Waiters();
  /** Where the record went that append took last, and which of the partition's records it was, from 0. */
  appendedPartition = -1;
  appendedIndex = -1;
  #lastTopic: TopicPartitioner | undefined;
  #flushing = 0;
  #memoryWaiters = 0;
  /** What the append that found no memory needs. */
  #neededBytes = 0;
  #isClosing = false;

  /** Throws ConfigError for a bad value; a KafkaError around it for a bad address, as KafkaProducer. */
  constructor(options: ProducerOptions) {
    const { io } = options;
    this.#io = io;
    this.#log = options.log;
    const transactionalId = options.config.get('transactional.id');
    const clientId = options.clientId ?? `producer-${transactionalId ?? 1}`;
    try {
      this.config = producerConfig(options.config, clientId);
    } catch (error) {
      throw error instanceof ConfigError ? error : notConstructed(error);
    }
    const { network } = this.config;
    const log = prefixed(options.log, logContext(network.clientId, transactionalId));
    try {
      this.#network = new NetworkClient(io, network, options.bootstrapServers, log);
    } catch (error) {
      throw notConstructed(error);
    }
    this.#metadata = new MetadataManager({
      io,
      network: this.#network,
      config: network,
      topics: () => [...this.#wanted],
      allowAutoTopicCreation: true,
      onUpdate: () => this.#metadataUpdated(),
      log,
    });
    const { retryBackoffMs, retryBackoffMaxMs } = network;
    const backoff = new ExponentialBackoff(retryBackoffMs, retryBackoffMaxMs, io.random);
    const retryDelayMs = (failures: number) => backoff.delayMs(failures);
    this.#transactions = this.#makeTransactions(retryDelayMs);
    const identity =
      this.#transactions ??
      new IdempotentIdentity({
        isIdempotent: this.config.idempotence,
        network: this.#network,
        requestTimeoutMs: network.requestTimeoutMs,
        nowMs: () => io.clock.monotonicMs(),
        retryDelayMs,
        onChange: () => this.#sender.wake(),
      });
    this.#accumulator = new RecordAccumulator(io, this.config);
    this.#delivery = new Delivery({
      io,
      config: this.config,
      metadata: this.#metadata,
      identity,
      accumulator: this.#accumulator,
      backoff,
      report: options.onDelivery ?? (() => {}),
      onProgress: () => {
        this.#waiters.wakeAll();
        this.#transactions?.wake();
      },
    });
    this.#sender = new Sender({
      io,
      config: this.config,
      network: this.#network,
      metadata: this.#metadata,
      identity,
      accumulator: this.#accumulator,
      delivery: this.#delivery,
      beforePump: () => this.#updateLoads(),
      isUrgent: () => this.#flushing > 0 || this.#memoryWaiters > 0 || this.#isClosing,
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

  /**
   * Copies a record into the partition's open batch. Returns false when it can't be taken now (buffer.memory is full,
   * or the topic or partition isn't known yet): await ready(topic, partition), then append the same record again.
   * `partition` -1 lets the partitioner choose; `timestampMs` -1 is now; key and value are byte ranges of buffers, which
   * may change once this returned. Throws ClientError for a record that can never be taken
   * (RecordTooLargeException), and when the producer was closed.
   */
  append(
    topic: string,
    partition: number,
    timestampMs: number,
    key: Buffer | null,
    keyStart: number,
    keyEnd: number,
    value: Buffer | null,
    valueStart: number,
    valueEnd: number,
    headers: readonly RecordHeader[] | null,
  ): boolean {
    const known = this.#lastTopic;
    const partitioner = known?.name === topic ? known : this.#findTopic(topic);
    if (partitioner === undefined) return false;
    const sizeBound = recordSizeUpperBound(
      key === null ? -1 : keyEnd - keyStart,
      value === null ? -1 : valueEnd - valueStart,
      headers,
    );
    const { maxRequestSizeBytes, bufferMemoryBytes } = this.config;
    if (sizeBound > maxRequestSizeBytes || sizeBound > bufferMemoryBytes)
      this.#refuseSize(sizeBound);
    const choice = partitioner.choice(partition, key);
    const queue = partitioner.queue(choice, partition, key, keyStart, keyEnd);
    if (queue === undefined) return false;
    this.#transactions?.checkAppend(queue);
    const sizeBefore = queue.open?.builder.estimatedSizeBytes ?? 0;
    const appended = this.#accumulator.append(
      queue,
      sizeBound,
      timestampMs < 0 ? this.#io.clock.nowMs() : timestampMs,
      key,
      keyStart,
      keyEnd,
      value,
      valueStart,
      valueEnd,
      headers,
    );
    if (appended === Appended.NO_MEMORY) {
      this.#neededBytes = this.#roomFor(sizeBound);
      this.#sender.wake();
      return false;
    }
    partitioner.onAppended(choice, queue, appended, sizeBefore);
    this.#transactions?.appended(queue);
    if (appended !== Appended.INTO_OPEN) {
      if (appended === Appended.COMPLETED_ONE || this.config.lingerMs === 0) this.#sender.wake();
      else this.#sender.wakeWithin(this.config.lingerMs);
    }
    this.appendedPartition = queue.partition;
    this.appendedIndex = queue.appendedCount - 1;
    return true;
  }

  /**
   * Resolves when append is worth another try. Rejects with TimeoutError after max.block.ms, or with the topic's error
   * (InvalidTopicException, TopicAuthorizationException).
   */
  async ready(topic: string, partition = -1): Promise<void> {
    try {
      await this.#makeReady(topic, partition);
    } catch (error) {
      if (error instanceof ClientError) this.#transactions?.batchFailed(error);
      throw error;
    }
  }

  async #makeReady(topic: string, partition: number): Promise<void> {
    const deadlineMs = this.#io.clock.monotonicMs() + this.config.maxBlockMs;
    await this.#awaitTopic(topic, partition, deadlineMs);
    this.#memoryWaiters++;
    try {
      while (this.#accumulator.memory.availableBytes < this.#neededBytes) {
        this.#checkOpen();
        if (this.#io.clock.monotonicMs() >= deadlineMs) throw this.#bufferExhausted();
        this.#sender.wake();
        await this.#waiters.wait(this.#io.clock, deadlineMs);
      }
    } finally {
      this.#memoryWaiters--;
    }
    this.#neededBytes = 0;
  }

  /** Partition numbers of a topic, looked up when not known; rejects as ready does. */
  async partitionCount(topic: string): Promise<number> {
    const deadlineMs = this.#io.clock.monotonicMs() + this.config.maxBlockMs;
    await this.#awaitTopic(topic, -1, deadlineMs);
    return this.#topics.get(topic)!.metadata.partitions.length;
  }

  /** Sends everything appended so far and waits until each batch was acknowledged or has failed (see onDelivery). */
  async flush(): Promise<void> {
    const startMs = this.#io.clock.monotonicMs();
    this.#flushing++;
    try {
      this.#sender.wake();
      while (this.#accumulator.hasIncompleteSince(startMs))
        await this.#waiters.wait(this.#io.clock);
    } finally {
      this.#flushing--;
    }
  }

  /**
   * Gets the producer id, fences earlier producers of the same transactional.id and ends what they left open; once, before
   * everything else of a transactional producer. Rejects as the others below: with a TimeoutError after max.block.ms (it goes
   * on; call it again), with what the coordinator refused it for, and with IllegalStateException out of turn (KIP-98).
   */
  initTransactions(): Promise<void> {
    return this.#transact(
      (transactions) => transactions.initTransactions(),
      'InitTransactions timed out - did not complete coordinator discovery or receive the InitProducerId response within max.block.ms.',
    );
  }

  /** What is appended from now on belongs to the transaction. Throws when it may not begin. */
  beginTransaction(): void {
    this.#needTransactions().beginTransaction();
  }

  /**
   * Commits the group's offsets with the transaction (KIP-447): `offsets` are those to read next. The group must be stable,
   * or the transaction has to be aborted (CommitFailedException).
   */
  async sendOffsetsToTransaction(
    offsets: readonly OffsetToCommit[],
    group: GroupMetadata,
  ): Promise<void> {
    checkGroup(group);
    if (offsets.length === 0) {
      this.#needTransactions();
      return;
    }
    await this.#transact(
      (transactions) => transactions.sendOffsets(offsets, group),
      'SendOffsetsToTransaction timed out - did not reach the coordinator or receive the TxnOffsetCommit/AddOffsetsToTxn response within max.block.ms',
    );
  }

  /**
   * Flushes, and makes all of it visible at once. After an error the transaction has to be aborted, except for
   * ProducerFencedException and others that leave nothing but close() (see isTransactionAbortable).
   */
  commitTransaction(): Promise<void> {
    return this.#transact(
      (transactions) => transactions.commit(),
      'CommitTransaction timed out - did not complete EndTxn with the transaction coordinator within max.block.ms',
    );
  }

  /** What wasn't sent yet isn't, and what was is never seen by read_committed. */
  abortTransaction(): Promise<void> {
    return this.#transact(
      (transactions) => transactions.abort(),
      'AbortTransaction timed out - did not complete EndTxn(abort) with the transaction coordinator within max.block.ms',
    );
  }

  /** Whether after an error abortTransaction() is the way on; false when only close() is left. */
  get isTransactionAbortable(): boolean {
    return this.#transactions?.fatalError === undefined;
  }

  /** Batches that were neither acknowledged nor failed yet. */
  get pendingBatches(): number {
    return this.#accumulator.incompleteCount;
  }

  /** Flushes within `timeoutMs` (as long as it takes when absent; 0 gives up at once), then lets go of everything. Idempotent. */
  async close(timeoutMs = Number.POSITIVE_INFINITY): Promise<void> {
    const deadlineMs = this.#io.clock.monotonicMs() + timeoutMs;
    this.#isClosing = true;
    while (this.#accumulator.incompleteCount > 0 && this.#io.clock.monotonicMs() < deadlineMs) {
      this.#sender.wake();
      await this.#waiters.wait(this.#io.clock, deadlineMs);
    }
    await this.#abortOngoing(deadlineMs);
    this.#sender.close();
    this.#metadata.close();
    this.#network.close();
    this.#transactions?.close();
    this.#delivery.failEverything(new KafkaError('Producer is closed forcefully.'));
    this.#waiters.wakeAll();
  }

  /** A transaction whose end nobody asked for is aborted, within the deadline (Sender.run). */
  async #abortOngoing(deadlineMs: number): Promise<void> {
    const transactions = this.#transactions;
    const { clock } = this.#io;
    if (!transactions?.hasOngoing || clock.monotonicMs() >= deadlineMs) return;
    try {
      if (!transactions.isCompleting) transactions.abort();
    } catch {
      // It isn't in a state to be aborted: the coordinator will, in time.
      return;
    }
    while (transactions.hasOngoing && clock.monotonicMs() < deadlineMs) {
      await this.#waiters.wait(clock, deadlineMs);
    }
  }

  async #transact(
    start: (transactions: TransactionManager) => PendingOperation,
    timeoutText: string,
  ): Promise<void> {
    const operation = start(this.#needTransactions());
    await operation.wait(this.#io.clock, this.config.maxBlockMs, timeoutText);
  }

  #needTransactions(): TransactionManager {
    if (this.#transactions === undefined) {
      throw new ClientError(
        'java.lang.IllegalStateException',
        'Cannot use transactional methods without enabling transactions by setting the transactional.id configuration property',
      );
    }
    this.#checkOpen();
    return this.#transactions;
  }

  #makeTransactions(retryDelayMs: (failures: number) => number): TransactionManager | undefined {
    const { transactionalId, transactionTimeoutMs, network } = this.config;
    if (transactionalId === null) return undefined;
    return new TransactionManager({
      io: this.#io,
      transactionalId,
      transactionTimeoutMs,
      network: this.#network,
      requestTimeoutMs: network.requestTimeoutMs,
      retryDelayMs,
      hasIncomplete: () => this.#accumulator.incompleteCount > 0,
      onNewIdentity: () => this.#accumulator.forgetSequences(),
      onChange: () => {
        this.#sender.wake();
        this.#waiters.wakeAll();
      },
    });
  }

  #findTopic(topic: string): TopicPartitioner | undefined {
    this.#checkOpen();
    const state = this.#topics.get(topic);
    if (state !== undefined) this.#lastTopic = state;
    return state;
  }

  async #awaitTopic(topic: string, partition: number, deadlineMs: number): Promise<void> {
    this.#wanted.add(topic);
    let isFirst = true;
    for (;;) {
      this.#checkOpen();
      const state = this.#topics.get(topic);
      if (state !== undefined && partition < state.metadata.partitions.length) return;
      const error =
        this.#metadata.fatalError ?? (isFirst ? undefined : this.#metadata.errorOf(topic));
      if (error !== undefined) {
        this.#wanted.delete(topic);
        throw error;
      }
      if (this.#io.clock.monotonicMs() >= deadlineMs)
        throw this.#notPresent(topic, partition, state);
      if (isFirst) this.#metadata.requestUpdate();
      else this.#metadata.requestUpdateLater();
      isFirst = false;
      await this.#waiters.wait(this.#io.clock, deadlineMs);
    }
  }

  #notPresent(topic: string, partition: number, state: TopicPartitioner | undefined): TimeoutError {
    const waitedMs = this.config.maxBlockMs;
    if (state === undefined) {
      return new TimeoutError(`Topic ${topic} not present in metadata after ${waitedMs} ms.`);
    }
    const count = state.metadata.partitions.length;
    return new TimeoutError(
      `Partition ${partition} of topic ${topic} with partition count ${count} is not present in metadata after ${waitedMs} ms.`,
    );
  }

  #metadataUpdated(): void {
    for (const topic of this.#wanted) {
      const metadata = this.#metadata.topic(topic);
      const state = this.#topics.get(topic);
      if (metadata === undefined) continue;
      if (state !== undefined) state.metadata = metadata;
      else this.#topics.set(topic, this.#newPartitioner(metadata));
    }
    this.#waiters.wakeAll();
    this.#sender.wake();
  }

  #updateLoads(): void {
    if (!this.config.adaptivePartitioning) return;
    for (const partitioner of this.#topics.values()) partitioner.updateLoads();
  }

  #newPartitioner(metadata: TopicMetadata): TopicPartitioner {
    return new TopicPartitioner(metadata, this.config, this.#accumulator, this.#io.random);
  }

  /** How much must be free before another append is worth it: not one batch at a time, while there is a lot. */
  #roomFor(sizeBound: number): number {
    const { totalBytes } = this.#accumulator.memory;
    const least = Math.max(
      this.config.batchSizeBytes,
      sizeBound,
      Math.min(totalBytes / 8, 1 << 20),
    );
    return Math.min(least, totalBytes);
  }

  #refuseSize(sizeBytes: number): never {
    const { maxRequestSizeBytes } = this.config;
    const limit =
      sizeBytes > maxRequestSizeBytes
        ? `${maxRequestSizeBytes}, which is the value of the max.request.size configuration.`
        : 'the total memory buffer you have configured with the buffer.memory configuration.';
    const error = new ClientError(
      'RecordTooLargeException',
      `The message is ${sizeBytes} bytes when serialized which is larger than ${limit}`,
      { code: 10 },
    );
    this.#transactions?.batchFailed(error);
    throw error;
  }

  #bufferExhausted(): ClientError {
    const { availableBytes, totalBytes } = this.#accumulator.memory;
    return new ClientError(
      'org.apache.kafka.clients.producer.BufferExhaustedException',
      `Failed to allocate ${this.#neededBytes} bytes within the configured max blocking time ${this.config.maxBlockMs} ms. ` +
        `Total memory: ${totalBytes} bytes. Available memory: ${availableBytes} bytes. ` +
        `Poolable size: ${this.config.batchSizeBytes} bytes`,
      { code: 7, retriable: true },
    );
  }

  #checkOpen(): void {
    if (!this.#isClosing) return;
    throw new ClientError(
      'java.lang.IllegalStateException',
      'Cannot perform operation after producer has been closed',
    );
  }
}

/** KafkaProducer.throwIfInvalidGroupMetadata. */
function checkGroup({ groupId, generationId, memberId, groupInstanceId }: GroupMetadata): void {
  if (generationId <= 0 || memberId !== '') return;
  const shown = `GroupMetadata(groupId = ${groupId}, generationId = ${generationId}, memberId = ${memberId}, groupInstanceId = ${groupInstanceId ?? ''})`;
  throw new ClientError(
    'java.lang.IllegalArgumentException',
    `Passed in group metadata ${shown} has generationId > 0 but the member.id is unknown`,
  );
}
