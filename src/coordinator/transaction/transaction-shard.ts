// One partition of __transaction_state in memory: transactional ids and their states, as a state machine for the runtime.
// It decides and tells; producer ids and markers are brought and taken by the service. Kafka: TransactionCoordinator, TransactionStateManager.

import { javaHashOrder } from '../../common/java.ts';
import { javaHashCode } from '../../common/java-hash.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { type CoordinatorResult, EMPTY_RESULT, respond } from '../runtime/coordinator-result.ts';
import type { CoordinatorShard, ShardServices } from '../runtime/coordinator-shard.ts';
import { TrackedMap } from '../runtime/undo-log.ts';
import { checkEnd, type EndRequest } from './end-checks.ts';
import type { TransactionCoordinatorConfig } from './transaction-config.ts';
import { type TransactionRecord, valueVersion } from './transaction-records.ts';
import {
  hasPartition,
  includesAll,
  isEpochExhausted,
  isPreparing,
  LAST_PRODUCER_EPOCH,
  mayExpire,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_TIMEOUT_MS,
  type TransactionPartitions,
  type TransactionState,
  TransactionStatus,
} from './transaction-state.ts';
import {
  addPartitions,
  complete,
  EPOCH_BUMP_VERSION,
  incrementEpoch,
  newState,
  prepareEnd,
  rotateProducerId,
  supportsEpochBump,
} from './transitions.ts';

type Result<T> = CoordinatorResult<TransactionRecord, T>;

export interface TransactionShardOptions {
  readonly config: TransactionCoordinatorConfig;
  /** The finalized level of transaction.version. */
  readonly transactionVersion: () => number;
  /** A transaction is prepared, committed in the log: its markers are to be written, then it is complete. */
  readonly onPrepared: (partition: number, state: TransactionState) => void;
}

export interface ProducerIdAndEpoch {
  readonly producerId: number;
  readonly producerEpoch: number;
}

export interface InitRequest {
  readonly transactionalId: string;
  readonly timeoutMs: number;
  /** What the producer believes to be (KIP-360). */
  readonly expected: ProducerIdAndEpoch | undefined;
}

export interface PartitionsRequest extends ProducerIdAndEpoch {
  readonly transactionalId: string;
  readonly partitions: TransactionPartitions;
}

/** Answers beside that of success. */
export const NEEDS_PRODUCER_ID = 'needs-producer-id';
export type NeedsProducerId = typeof NEEDS_PRODUCER_ID;
/** The open transaction is being aborted: the producer asks again. */
export const ABORTING = 'aborting';

const EXPIRY_TIMER = 'expire-transactional-ids';

export class TransactionShard implements CoordinatorShard<TransactionRecord> {
  readonly states: TrackedMap<string, TransactionState>;
  readonly #services: ShardServices<TransactionRecord>;
  readonly #options: TransactionShardOptions;

  constructor(services: ShardServices<TransactionRecord>, options: TransactionShardOptions) {
    this.#services = services;
    this.#options = options;
    this.states = new TrackedMap(services.undo);
  }

  get partition(): number {
    return this.#services.partition;
  }

  #nowMs(): number {
    return this.#services.clock.nowMs();
  }

  #record(state: TransactionState): TransactionRecord {
    const version = valueVersion(this.#options.transactionVersion());
    return { transactionalId: state.transactionalId, state, version };
  }

  /**
   * The first format of the log can't tell that epochs are raised: what a client that does so would have written is
   * refused. What is wrong otherwise is told first.
   */
  #checkVersion(clientVersion: number): void {
    const version = valueVersion(this.#options.transactionVersion());
    if (version === 0 && clientVersion > 0) throw new ApiError(Errors.UNSUPPORTED_VERSION);
  }

  // Operations

  /** `newProducerId`: at hand for when it is needed; without one the answer is NEEDS_PRODUCER_ID and nothing happens. */
  init(
    request: InitRequest,
    newProducerId: number | undefined,
  ): Result<ProducerIdAndEpoch | NeedsProducerId | typeof ABORTING> {
    const { transactionalId, timeoutMs, expected } = request;
    const known = this.states.get(transactionalId);
    if (known === undefined && newProducerId === undefined) return respond(NEEDS_PRODUCER_ID);
    const state = known ?? newState(transactionalId, newProducerId!, timeoutMs, this.#nowMs());
    if (!isOfProducer(state, expected)) throw new ApiError(Errors.PRODUCER_FENCED);
    if (isPreparing(state)) throw new ApiError(Errors.CONCURRENT_TRANSACTIONS);
    if (state.status === TransactionStatus.ONGOING) {
      const aborted = this.fence(state, newProducerId);
      return aborted.response === NEEDS_PRODUCER_ID
        ? respond(NEEDS_PRODUCER_ID)
        : { ...aborted, response: ABORTING };
    }
    const isUsedUp =
      isEpochExhausted(state.producerEpoch) &&
      (expected === undefined || expected.producerEpoch === state.producerEpoch);
    if (isUsedUp && newProducerId === undefined) return respond(NEEDS_PRODUCER_ID);
    const next = isUsedUp
      ? rotateProducerId(state, newProducerId!, timeoutMs, this.#nowMs(), expected !== undefined)
      : incrementEpoch(state, timeoutMs, expected?.producerEpoch, this.#nowMs());
    const { producerId, producerEpoch } = next;
    return { records: [this.#record(next)], response: { producerId, producerEpoch } };
  }

  /** Throws INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS. */
  add(request: PartitionsRequest, clientVersion: number): Result<undefined> {
    const state = this.#stateOf(request);
    const { partitions } = request;
    const isOngoing = state.status === TransactionStatus.ONGOING;
    if (isOngoing && includesAll(state.partitions, partitions)) return EMPTY_RESULT;
    this.#checkVersion(clientVersion);
    const next = addPartitions(state, partitions, this.#nowMs(), clientVersion);
    return { records: [this.#record(next)], response: undefined };
  }

  /** Which of the partitions the transaction doesn't hold. Throws as add. */
  missing(request: PartitionsRequest): { topic: string; partition: number }[] {
    const { partitions } = this.#stateOf(request);
    const missing: { topic: string; partition: number }[] = [];
    for (const [topic, indexes] of request.partitions) {
      for (const partition of indexes) {
        if (!hasPartition(partitions, topic, partition)) missing.push({ topic, partition });
      }
    }
    return missing;
  }

  /** The state of a producer that may go on with its transaction. */
  #stateOf({ transactionalId, producerId, producerEpoch }: PartitionsRequest): TransactionState {
    const state = this.states.get(transactionalId);
    if (state === undefined || state.producerId !== producerId) {
      throw new ApiError(Errors.INVALID_PRODUCER_ID_MAPPING);
    }
    if (state.producerEpoch !== producerEpoch) throw new ApiError(Errors.PRODUCER_FENCED);
    if (isPreparing(state)) throw new ApiError(Errors.CONCURRENT_TRANSACTIONS);
    return state;
  }

  /** The id and epoch that the producer goes on with. Throws as checkEnd does. */
  end(
    transactionalId: string,
    request: EndRequest,
    newProducerId: number | undefined,
  ): Result<ProducerIdAndEpoch | NeedsProducerId> {
    const state = this.states.get(transactionalId);
    if (state === undefined) throw new ApiError(Errors.INVALID_PRODUCER_ID_MAPPING);
    const verdict = checkEnd(state, request);
    const { producerId, producerEpoch } = state;
    if (verdict === 'done') return respond({ producerId, producerEpoch });
    this.#checkVersion(request.clientVersion);
    const { commit, clientVersion } = request;
    return this.#prepare(state, commit, clientVersion, newProducerId, verdict === 'end-empty');
  }

  /** Aborts an open transaction so that its producer can't go on: a newer one came, or its time is over. */
  fence(
    state: TransactionState,
    newProducerId: number | undefined,
  ): Result<ProducerIdAndEpoch | NeedsProducerId> {
    if (supportsEpochBump(this.#options.transactionVersion())) {
      return this.#prepare(state, false, EPOCH_BUMP_VERSION, newProducerId, false);
    }
    const producerEpoch = Math.min(state.producerEpoch + 1, LAST_PRODUCER_EPOCH);
    const fenced = { ...state, producerEpoch, lastProducerEpoch: NO_PRODUCER_EPOCH };
    return this.#prepare(fenced, false, 0, newProducerId, false);
  }

  #prepare(
    state: TransactionState,
    commit: boolean,
    clientVersion: number,
    newProducerId: number | undefined,
    isEmpty: boolean,
  ): Result<ProducerIdAndEpoch | NeedsProducerId> {
    const needsId = supportsEpochBump(clientVersion) && isEpochExhausted(state.producerEpoch);
    if (needsId && newProducerId === undefined) return respond(NEEDS_PRODUCER_ID);
    const nextProducerId = needsId ? newProducerId! : NO_PRODUCER_ID;
    const end = { commit, clientVersion, nextProducerId, nowMs: this.#nowMs(), isEmpty };
    const prepared = prepareEnd(state, end);
    // What the producer goes on with once the transaction is complete.
    const { producerId, producerEpoch } = complete(prepared, this.#nowMs());
    return {
      records: [this.#record(prepared)],
      response: { producerId, producerEpoch },
      onAppended: (error) => {
        if (error === undefined) this.#options.onPrepared(this.partition, prepared);
      },
    };
  }

  /** All markers of what was prepared are written. Nothing happens when it isn't prepared any more. */
  complete(prepared: TransactionState): Result<undefined> {
    const state = this.states.get(prepared.transactionalId);
    if (state === undefined || !isSamePreparation(state, prepared)) return EMPTY_RESULT;
    return { records: [this.#record(complete(state, this.#nowMs()))], response: undefined };
  }

  /** The states that are wanted, in the order of Kafka's table of ids, a ConcurrentHashMap. */
  list(isWanted: (state: TransactionState) => boolean): TransactionState[] {
    const wanted = [...this.states.values()].filter(isWanted);
    // Unlike a HashMap it grows when it has reached three quarters.
    const capacity = Math.max(16, Math.floor(this.states.size / 0.75) + 1);
    return javaHashOrder(wanted, ({ transactionalId }) => javaHashCode(transactionalId), capacity);
  }

  /** Transactions that are open for longer than their time. */
  timedOut(): TransactionState[] {
    const nowMs = this.#nowMs();
    return [...this.states.values()].filter(
      ({ status, startMs, timeoutMs }) =>
        status === TransactionStatus.ONGOING &&
        timeoutMs !== NO_TIMEOUT_MS &&
        startMs + timeoutMs < nowMs,
    );
  }

  /** Aborts the transaction that timed out, unless something has happened to it since. */
  abortTimedOut(
    { transactionalId, producerId, producerEpoch, startMs }: TransactionState,
    newProducerId: number | undefined,
  ): Result<ProducerIdAndEpoch | NeedsProducerId | undefined> {
    const state = this.states.get(transactionalId);
    const isSame =
      state?.status === TransactionStatus.ONGOING &&
      state.producerId === producerId &&
      state.producerEpoch === producerEpoch &&
      state.startMs === startMs;
    return isSame ? this.fence(state, newProducerId) : EMPTY_RESULT;
  }

  // Expiry

  /** Ids that nobody has used for transactional.id.expiration.ms. */
  #expire(): Result<undefined> {
    const oldestMs = this.#nowMs() - this.#options.config.idExpirationMs;
    const records: TransactionRecord[] = [];
    for (const state of this.states.values()) {
      if (!mayExpire(state) || state.lastUpdateMs > oldestMs) continue;
      records.push({ transactionalId: state.transactionalId, state: null, version: 0 });
    }
    this.#scheduleExpiry();
    return { records, response: undefined, atomic: false };
  }

  #scheduleExpiry(): void {
    const intervalMs = this.#options.config.removeExpiredIntervalMs;
    this.#services.timer.schedule(EXPIRY_TIMER, intervalMs, () => this.#expire(), intervalMs);
  }

  // Life

  /** What was prepared before the restart is completed now. */
  onLoaded(): void {
    for (const state of this.states.values()) {
      if (isPreparing(state)) this.#options.onPrepared(this.partition, state);
    }
    this.#scheduleExpiry();
  }

  onUnloaded(): void {}

  replay({ transactionalId, state }: TransactionRecord): void {
    if (state === null) this.states.delete(transactionalId);
    else this.states.set(transactionalId, state);
  }

  /** Nobody writes to this topic in a transaction. */
  replayEndTransactionMarker(): void {}
}

/** Kafka's isValidProducerId: a retry of the request that used up the epochs may name the id before. */
function isOfProducer(state: TransactionState, expected: ProducerIdAndEpoch | undefined): boolean {
  if (expected === undefined || state.producerEpoch === NO_PRODUCER_EPOCH) return true;
  return (
    expected.producerId === state.producerId ||
    (expected.producerId === state.previousProducerId && isEpochExhausted(expected.producerEpoch))
  );
}

function isSamePreparation(state: TransactionState, prepared: TransactionState): boolean {
  return (
    state.status === prepared.status &&
    state.producerId === prepared.producerId &&
    state.producerEpoch === prepared.producerEpoch &&
    state.startMs === prepared.startMs
  );
}
