// The transaction coordinator as request handlers see it: requests go to the shard that holds their transactional id,
// producer ids are brought, markers sent, transactions that take too long aborted. Kafka: TransactionCoordinator.

import { coordinatorPartitionFor } from '../../common/java-hash.ts';
import { TRANSACTION_STATE_TOPIC } from '../../common/topic-name.ts';
import type { Io, Timer } from '../../io/io.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { CoordinatorResult } from '../runtime/coordinator-result.ts';
import { CoordinatorRuntime } from '../runtime/coordinator-runtime.ts';
import { operationError } from '../runtime/operation-errors.ts';
import type { PartitionWriter } from '../runtime/partition-writer.ts';
import type { ShardState } from '../runtime/shard-context.ts';
import type { EndRequest } from './end-checks.ts';
import { MarkerSender, type MarkerWriter } from './marker-sender.ts';
import type { TransactionCoordinatorConfig } from './transaction-config.ts';
import { type TransactionRecord, TransactionRecordSerde } from './transaction-records.ts';
import {
  ABORTING,
  type InitRequest,
  NEEDS_PRODUCER_ID,
  type NeedsProducerId,
  type PartitionsRequest,
  type ProducerIdAndEpoch,
  TransactionShard,
} from './transaction-shard.ts';
import { NO_TIMEOUT_MS, type TransactionState } from './transaction-state.ts';

export interface TransactionCoordinatorOptions {
  readonly io: Io;
  readonly config: TransactionCoordinatorConfig;
  readonly writer: PartitionWriter;
  readonly markers: MarkerWriter;
  /** A producer id that nobody has had. Rejects with an ApiError that clients retry. */
  readonly nextProducerId: () => Promise<number>;
  /** Partitions of __transaction_state. */
  readonly partitionCount: () => number;
  /** The finalized level of transaction.version. */
  readonly transactionVersion: () => number;
  readonly log?: (line: string) => void;
}

export interface InitProducerIdQuery extends InitRequest {
  /** KIP-939: the transaction is ended by an outside coordinator and has no time-out. */
  readonly isTwoPhaseCommit: boolean;
  readonly keepPreparedTransaction: boolean;
}

/** Answers that may wait for the high watermark in one shard. */
const MAX_DEFERRED_ANSWERS = 100_000;
const NO_COMPRESSION = 0;

export class TransactionCoordinator {
  readonly #options: TransactionCoordinatorOptions;
  readonly #runtime: CoordinatorRuntime<TransactionShard, TransactionRecord>;
  readonly #sender: MarkerSender;
  readonly #log: (line: string) => void;
  #abortTimer: Timer | undefined;
  #closed = false;

  constructor(options: TransactionCoordinatorOptions) {
    const { io, config, writer, markers, transactionVersion } = options;
    this.#options = options;
    this.#log = options.log ?? (() => {});
    this.#sender = new MarkerSender({
      clock: io.clock,
      markers,
      retryBackoffMs: config.markerRetryBackoffMs,
      coordinatorEpoch: (partition) => this.#runtime.leaderEpochOf(partition),
      complete: (partition, prepared) =>
        this.#runtime.write(partition, (shard) => shard.complete(prepared)),
      log: this.#log,
    });
    const onPrepared = (partition: number, state: TransactionState): void =>
      this.#sender.send(partition, state);
    this.#runtime = new CoordinatorRuntime({
      io,
      topic: TRANSACTION_STATE_TOPIC,
      writer,
      serde: new TransactionRecordSerde(),
      makeShard: (services) =>
        new TransactionShard(services, { config, transactionVersion, onPrepared }),
      log: this.#log,
      config: {
        writeTimeoutMs: config.writeTimeoutMs,
        loadSliceBytes: config.loadBufferSize,
        appendLingerMs: -1,
        compression: NO_COMPRESSION,
        maxDeferredAnswers: MAX_DEFERRED_ANSWERS,
      },
    });
  }

  /** The partition of __transaction_state that holds the id: its leader is the id's coordinator. */
  partitionFor(transactionalId: string): number {
    return coordinatorPartitionFor(transactionalId, this.#options.partitionCount());
  }

  // Leadership

  /** Resolves when the partition's transactional ids are loaded; what was prepared is completed from then on. */
  onElection(partition: number, leaderEpoch: number): Promise<void> {
    this.#armAborts();
    return this.#runtime.load(partition, leaderEpoch);
  }

  onResignation(partition: number, leaderEpoch?: number): void {
    this.#runtime.unload(partition, leaderEpoch);
  }

  stateOf(partition: number): ShardState | undefined {
    return this.#runtime.stateOf(partition);
  }

  /** Whoever waits is answered with NOT_COORDINATOR. */
  close(): void {
    this.#closed = true;
    this.#abortTimer?.cancel();
    this.#sender.close();
    this.#runtime.close();
  }

  // Requests. All reject with an ApiError.

  /** A producer's id and epoch; whoever had the transactional id before is fenced. CONCURRENT_TRANSACTIONS: ask again. */
  async initProducerId(query: InitProducerIdQuery): Promise<ProducerIdAndEpoch> {
    const { transactionalId, expected, isTwoPhaseCommit } = query;
    const { isTwoPhaseCommitEnabled, maxTimeoutMs } = this.#options.config;
    if (transactionalId === '') throw new ApiError(Errors.INVALID_REQUEST);
    if (isTwoPhaseCommit && !isTwoPhaseCommitEnabled) {
      throw new ApiError(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }
    if (query.keepPreparedTransaction) throw new ApiError(Errors.UNSUPPORTED_VERSION);
    const isInBounds = query.timeoutMs > 0 && query.timeoutMs <= maxTimeoutMs;
    if (!isTwoPhaseCommit && !isInBounds) throw new ApiError(Errors.INVALID_TRANSACTION_TIMEOUT);
    const timeoutMs = isTwoPhaseCommit ? NO_TIMEOUT_MS : query.timeoutMs;
    const request = { transactionalId, timeoutMs, expected };
    const answer = await this.#writeWithId(transactionalId, (shard, newProducerId) =>
      shard.init(request, newProducerId),
    );
    if (answer === ABORTING) throw new ApiError(Errors.CONCURRENT_TRANSACTIONS);
    return answer;
  }

  /** `clientVersion`: the transaction.version that the client's request shows. */
  async addPartitions(request: PartitionsRequest, clientVersion: number): Promise<void> {
    await this.#write(request.transactionalId, (shard) => shard.add(request, clientVersion));
  }

  /** As addPartitions, but waits a little for the end of the producer's last transaction (KIP-890). */
  async addPartitionsPatiently(request: PartitionsRequest, clientVersion: number): Promise<void> {
    const { io, config } = this.#options;
    const deadlineMs = io.clock.monotonicMs() + config.addRetryMaxMs;
    for (;;) {
      try {
        return await this.addPartitions(request, clientVersion);
      } catch (error) {
        const isConcurrent =
          error instanceof ApiError && error.code === Errors.CONCURRENT_TRANSACTIONS;
        if (!isConcurrent || io.clock.monotonicMs() >= deadlineMs || this.#closed) throw error;
      }
      await new Promise<void>((resolve) => {
        io.clock.setTimer(config.addRetryBackoffMs, resolve);
      });
    }
  }

  /** The partitions that the transaction doesn't hold. */
  missingPartitions(request: PartitionsRequest): Promise<{ topic: string; partition: number }[]> {
    return this.#read(request.transactionalId, (shard) => shard.missing(request));
  }

  /** Resolves, when the decision is in the log, to what the producer goes on with (from EndTxn v5 on). */
  endTransaction(transactionalId: string, request: EndRequest): Promise<ProducerIdAndEpoch> {
    return this.#writeWithId(transactionalId, (shard, newProducerId) =>
      shard.end(transactionalId, request, newProducerId),
    );
  }

  /** Undefined: no such id. */
  describe(transactionalId: string): Promise<TransactionState | undefined> {
    return this.#read(transactionalId, (shard) => shard.states.get(transactionalId));
  }

  /**
   * The states of all ids of this broker, in the order of Kafka's tables: by partition, then as TransactionShard.list.
   * Rejects with COORDINATOR_LOAD_IN_PROGRESS while some are being loaded.
   */
  async list(isWanted: (state: TransactionState) => boolean): Promise<TransactionState[]> {
    const found: TransactionState[][] = [];
    const reads = this.#runtime.readAll((shard) => {
      found[shard.partition] = shard.list(isWanted);
    });
    for (const result of await Promise.allSettled(reads)) {
      if (result.status === 'fulfilled') continue;
      const error = operationError(result.reason);
      if (error.code !== Errors.NOT_COORDINATOR) throw error;
    }
    return found.flat();
  }

  async #write<T>(
    transactionalId: string,
    operation: (shard: TransactionShard) => CoordinatorResult<TransactionRecord, T>,
  ): Promise<T> {
    if (transactionalId === '') throw new ApiError(Errors.INVALID_REQUEST);
    try {
      return await this.#runtime.write(this.partitionFor(transactionalId), operation);
    } catch (error) {
      throw operationError(error);
    }
  }

  #read<T>(transactionalId: string, operation: (shard: TransactionShard) => T): Promise<T> {
    return this.#write(transactionalId, (shard) => ({
      records: [],
      response: operation(shard),
    }));
  }

  /** Brings a producer id when the operation asks for one, which is seldom. */
  async #writeWithId<T>(
    transactionalId: string,
    operation: (
      shard: TransactionShard,
      newProducerId: number | undefined,
    ) => CoordinatorResult<TransactionRecord, T | NeedsProducerId>,
  ): Promise<T> {
    const answer = await this.#write(transactionalId, (shard) => operation(shard, undefined));
    if (answer !== NEEDS_PRODUCER_ID) return answer;
    const newProducerId = await this.#options.nextProducerId();
    const second = await this.#write(transactionalId, (shard) => operation(shard, newProducerId));
    return second as T;
  }

  // Time-outs

  #armAborts(): void {
    if (this.#closed || this.#abortTimer !== undefined) return;
    const { io, config } = this.#options;
    this.#abortTimer = io.clock.setTimer(
      config.abortTimedOutIntervalMs,
      () => {
        this.#abortTimer = undefined;
        this.#armAborts();
        void this.#abortTimedOut();
      },
      { background: true },
    );
  }

  async #abortTimedOut(): Promise<void> {
    if (this.#closed) return;
    const reads = this.#runtime.readAll((shard) => shard.timedOut());
    for (const result of await Promise.allSettled(reads)) {
      if (result.status !== 'fulfilled') continue;
      for (const state of result.value) await this.#abortOne(state);
    }
  }

  async #abortOne(state: TransactionState): Promise<void> {
    const { transactionalId } = state;
    try {
      await this.#writeWithId(transactionalId, (shard, newProducerId) =>
        shard.abortTimedOut(state, newProducerId),
      );
      this.#log(`Rolled back the transaction of ${transactionalId}, which timed out`);
    } catch (error) {
      this.#log(`Could not roll back the transaction of ${transactionalId}: ${String(error)}`);
    }
  }
}
