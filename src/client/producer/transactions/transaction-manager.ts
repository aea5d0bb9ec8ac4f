// The state of a transactional producer: which transaction is open, what belongs to it, which error may be aborted and which
// ends the producer (Kafka's TransactionManager, KIP-98, KIP-360, KIP-890). It says which request goes next; the lane sends.

import type { Io } from '../../../io/io.ts';
import { Errors } from '../../../protocol/errors.ts';
import { END_TXN } from '../../../protocol/generated/apis/end-txn.ts';
import { INIT_PRODUCER_ID } from '../../../protocol/generated/apis/init-producer-id.ts';
import type { GroupMetadata, OffsetToCommit } from '../../consumer/group/offset-store.ts';
import { ClientError, errorOf, KafkaError } from '../../errors.ts';
import { type ApiVersionTable, supports } from '../../net/api-versions.ts';
import type { NetworkClient } from '../../net/network-client.ts';
import { partitionKey } from '../../types.ts';
import type { PartitionQueue } from '../partition-queue.ts';
import type { ProducerIdentity } from '../producer-identity.ts';
import { CoordinatorLane, type CoordinatorRequest, closedForcefully } from './coordinator-lane.ts';
import {
  AddOffsets,
  AddPartitions,
  CommitOffsets,
  EndTransaction,
  type Identity,
  InitProducerId,
  type TransactionHost,
} from './coordinator-requests.ts';
import type { PendingOperation } from './pending-operation.ts';
import { isTransitionValid, type TransactionState } from './transaction-state.ts';

export interface TransactionManagerOptions {
  readonly io: Io;
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  readonly network: NetworkClient;
  readonly requestTimeoutMs: number;
  readonly retryDelayMs: (failures: number) => number;
  /** Whether a batch has no end yet: a transaction ends after all of them. */
  readonly hasIncomplete: () => boolean;
  /** Every partition's numbers begin anew. */
  readonly onNewIdentity: () => void;
  /** The sender has a reason to look again. */
  readonly onChange: () => void;
}

/** The level of transaction.version at which the end of a transaction raises the epoch (KIP-890). */
const TV2 = 2;
const FIRST_WITH_EPOCH_BUMP = 3;
const FIRST_END_TXN_OF_V2 = 5;

export class TransactionManager implements ProducerIdentity, TransactionHost {
  readonly isIdempotent = true;
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  producerId = -1;
  producerEpoch = -1;
  /** Counts transactions, from 1: a queue that bears the number belongs to the open one. */
  number = 0;
  speaksV2 = false;
  readonly #options: TransactionManagerOptions;
  readonly #lane: CoordinatorLane;
  readonly #requests: CoordinatorRequest[] = [];
  #state: TransactionState = 'UNINITIALIZED';
  #lastError: ClientError | undefined;
  /** What a caller began and hasn't been told the end of. */
  #operation: { readonly name: string; readonly result: PendingOperation } | undefined;
  /** The coordinator knows of the transaction, or may. */
  #isStarted = false;
  #needsEpochBump = false;
  #canBumpEpoch = false;
  /** transaction.version 0 and 1: what the coordinator isn't told of yet, and what it is being told of. */
  readonly #newQueues = new Set<PartitionQueue>();
  readonly #pendingQueues = new Set<PartitionQueue>();
  #hasPartitions = false;

  constructor(options: TransactionManagerOptions) {
    this.#options = options;
    this.transactionalId = options.transactionalId;
    this.transactionTimeoutMs = options.transactionTimeoutMs;
    const { io, network, requestTimeoutMs, retryDelayMs } = options;
    this.#lane = new CoordinatorLane({
      io,
      network,
      requestTimeoutMs,
      retryDelayMs,
      next: () => this.#nextRequest(),
      putBack: (request) => this.#requests.push(request),
      onAbortable: (error) => this.abortable(error),
      onFatal: (error) => this.fatal(error),
    });
  }

  // What the producer's owner calls.

  initTransactions(): PendingOperation {
    this.#failOnError();
    return this.#begin('initTransactions', () => {
      this.#moveTo('INITIALIZING');
      const request = new InitProducerId(this);
      this.enqueue(request);
      return request.result;
    });
  }

  beginTransaction(): void {
    this.#refusePending('beginTransaction');
    this.#failOnError();
    this.#moveTo('IN_TRANSACTION');
    this.number++;
    this.#hasPartitions = false;
  }

  commit(): PendingOperation {
    return this.#begin('commitTransaction', () => {
      this.#failOnError();
      this.#moveTo('COMMITTING_TRANSACTION');
      return this.#complete(true);
    });
  }

  abort(): PendingOperation {
    return this.#begin('abortTransaction', () => {
      if (this.#state !== 'ABORTABLE_ERROR') this.#failOnError();
      this.#moveTo('ABORTING_TRANSACTION');
      this.#newQueues.clear();
      return this.#complete(false);
    });
  }

  sendOffsets(offsets: readonly OffsetToCommit[], group: GroupMetadata): PendingOperation {
    this.#refusePending('sendOffsetsToTransaction');
    this.#failOnError();
    if (this.#state !== 'IN_TRANSACTION') {
      throw illegalState(
        `Cannot send offsets if a transaction is not in progress (currentState= ${this.#state})`,
      );
    }
    const request = this.speaksV2
      ? new CommitOffsets(this, offsets, group)
      : new AddOffsets(this, offsets, group);
    if (this.speaksV2) this.#isStarted = true;
    this.enqueue(request);
    return request.result;
  }

  /** Throws unless a record for the partition may be taken now. */
  checkAppend(queue: PartitionQueue): void {
    if (this.#state === 'IN_TRANSACTION' && this.#operation === undefined) return;
    this.#failOnError();
    this.#refusePending('send');
    if (this.#state === 'IN_TRANSACTION') return;
    const key = partitionKey(queue.topic, queue.partition);
    throw illegalState(
      this.producerId < 0
        ? `Cannot add partition ${key} to transaction before completing a call to initTransactions`
        : `Cannot add partition ${key} to transaction while in state  ${this.#state}`,
    );
  }

  /** A record was taken; the first of its partition makes it part of the transaction. */
  appended(queue: PartitionQueue): void {
    if (queue.transaction === this.number) return;
    queue.transaction = this.number;
    if (this.speaksV2) {
      queue.addedTransaction = this.number;
      this.#isStarted = true;
      this.#hasPartitions = true;
    } else {
      this.#newQueues.add(queue);
      this.#lane.wake();
    }
  }

  /** A record of the transaction could not even be taken, or a batch of it has failed: it can't be committed any more. */
  batchFailed(error: ClientError): void {
    if (this.#state !== 'IN_TRANSACTION' && !this.#hasOpenEnd) return;
    if (ENDS_PRODUCER.has(error.code)) {
      this.fatal(error);
      return;
    }
    const isWorn = error.retriable || error.code === Errors.INVALID_TXN_STATE;
    if (this.#needsBumpFromClient && !this.isCompleting) this.#needsEpochBump = true;
    this.abortable(isWorn ? wornOut(error) : error);
  }

  /** Nobody knows whether a batch that was given up has arrived (TransactionManager.maybeResolveSequences). */
  sequencesUnresolved(): void {
    if (this.#state === 'FATAL_ERROR' || this.speaksV2) return;
    if (this.#canBumpEpoch) {
      this.#needsEpochBump = true;
      return;
    }
    this.fatal(
      new KafkaError(
        "The client hasn't received acknowledgment for some previously sent messages and can no longer retry them. " +
          "It isn't safe to continue.",
      ),
    );
  }

  /** A transaction that must be aborted before the producer closes. */
  get hasOngoing(): boolean {
    return this.#state === 'IN_TRANSACTION' || this.#hasOpenEnd;
  }

  get isCompleting(): boolean {
    return this.#state === 'COMMITTING_TRANSACTION' || this.#state === 'ABORTING_TRANSACTION';
  }

  close(): void {
    this.#failRequests(closedForcefully());
  }

  /** Something happened that a waiting request may have waited for. */
  wake(): void {
    if (this.#requests.length > 0 || this.#newQueues.size > 0) this.#lane.wake();
  }

  // What the sender asks (ProducerIdentity).

  get identity(): Identity {
    return { producerId: this.producerId, producerEpoch: this.producerEpoch };
  }

  get fatalError(): ClientError | undefined {
    return this.#state === 'FATAL_ERROR' ? this.#lastError : undefined;
  }

  /** Why batches that were never sent must not be sent any more. */
  get abortReason(): ClientError | undefined {
    if (this.#state !== 'ABORTABLE_ERROR' && this.#state !== 'ABORTING_TRANSACTION')
      return undefined;
    return this.#lastError ?? aborted();
  }

  ready(): boolean {
    return this.producerId >= 0;
  }

  maySendTo(queue: PartitionQueue): boolean {
    return queue.addedTransaction === this.number;
  }

  /** Epochs of a transactional producer are raised at the end of transactions alone. */
  bumpEpoch(): void {}

  // What the requests report (TransactionHost).

  get isEmpty(): boolean {
    return !this.#hasPartitions;
  }

  initialized(identity: Identity, versions: ApiVersionTable, isEpochBump: boolean): void {
    this.#canBumpEpoch = supports(versions, INIT_PRODUCER_ID, FIRST_WITH_EPOCH_BUMP);
    this.speaksV2 = this.#isV2InForce();
    this.#takeIdentity(identity);
    this.#moveTo('READY');
    if (isEpochBump) this.#options.onNewIdentity();
    this.#options.onChange();
  }

  notAuthorized(error: ClientError): void {
    this.abortable(error);
    for (const request of this.#requests.splice(0)) request.fail(error);
    this.#moveTo('UNINITIALIZED');
  }

  partitionsAnswered(isAdded: boolean): void {
    if (isAdded) {
      for (const queue of this.#pendingQueues) queue.addedTransaction = this.number;
      this.#isStarted = true;
      this.#hasPartitions = true;
    }
    this.#pendingQueues.clear();
    this.#options.onChange();
  }

  started(): void {
    this.#isStarted = true;
  }

  ended(next: Identity | undefined): void {
    if (next !== undefined) {
      this.#takeIdentity(next);
      this.#options.onNewIdentity();
    }
    this.#reset();
  }

  abortable(error: ClientError): void {
    if (this.#state === 'ABORTING_TRANSACTION' || this.#state === 'FATAL_ERROR') return;
    this.#moveTo('ABORTABLE_ERROR', error);
    this.#options.onChange();
    this.wake();
  }

  abortableIfPossible(error: ClientError): void {
    if (!this.#canBumpEpoch && !this.speaksV2) {
      this.fatal(error);
      return;
    }
    if (this.#needsBumpFromClient) this.#needsEpochBump = true;
    this.abortable(error);
  }

  fatal(error: ClientError): void {
    if (this.#state === 'FATAL_ERROR') return;
    this.#moveTo('FATAL_ERROR', error);
    this.#operation?.result.fail(error);
    this.#options.onChange();
    this.wake();
  }

  enqueue(request: CoordinatorRequest): void {
    this.#requests.push(request);
    this.#lane.wake();
  }

  // Its own.

  get #hasOpenEnd(): boolean {
    return this.isCompleting || this.#state === 'ABORTABLE_ERROR';
  }

  get #needsBumpFromClient(): boolean {
    return this.#canBumpEpoch && !this.speaksV2;
  }

  /** Begins an operation, or returns the one of that name whose end its caller didn't wait for. */
  #begin(name: string, start: () => PendingOperation): PendingOperation {
    if (this.#operation?.result.isAcknowledged) this.#operation = undefined;
    if (this.#operation !== undefined) {
      if (this.#operation.name !== name) this.#refusePending(name);
      return this.#operation.result;
    }
    const result = start();
    this.#operation = { name, result };
    return result;
  }

  #refusePending(name: string): void {
    if (this.#operation === undefined) return;
    if (!this.#operation.result.isAcknowledged) {
      throw illegalState(
        `Cannot attempt operation \`${name}\` because the previous call to \`${this.#operation.name}\` ` +
          'timed out and must be retried',
      );
    }
    this.#operation = undefined;
  }

  #complete(isCommit: boolean): PendingOperation {
    this.#addNewPartitions();
    const end = new EndTransaction(this, isCommit);
    this.enqueue(end);
    // The cluster came to transaction.version 2 meanwhile: its first transaction begins with an epoch of its own.
    if (!this.speaksV2 && this.#isV2InForce()) this.#needsEpochBump = true;
    this.#options.onChange();
    if (!this.#needsEpochBump) return end.result;
    const bump = new InitProducerId(this, this.identity);
    this.enqueue(bump);
    return bump.result;
  }

  #addNewPartitions(): void {
    if (this.#newQueues.size === 0) return;
    const partitions = [...this.#newQueues];
    for (const queue of partitions) this.#pendingQueues.add(queue);
    this.#newQueues.clear();
    this.#requests.push(new AddPartitions(this, partitions));
  }

  #nextRequest(): CoordinatorRequest | undefined {
    this.#addNewPartitions();
    for (;;) {
      const request = this.#mostUrgent();
      if (request === undefined) return undefined;
      if (request.endsTransaction && this.#options.hasIncomplete()) return undefined;
      this.#requests.splice(this.#requests.indexOf(request), 1);
      if (this.#state === 'ABORTABLE_ERROR' || this.#state === 'FATAL_ERROR') {
        request.fail(this.#lastError!);
      } else if (request.endsTransaction && !this.#isStarted) {
        // The coordinator knows of nothing that could be ended.
        this.#reset();
        (request as EndTransaction).result.done();
      } else {
        return request;
      }
    }
  }

  #mostUrgent(): CoordinatorRequest | undefined {
    let best: CoordinatorRequest | undefined;
    for (const request of this.#requests) {
      if (best === undefined || request.priority < best.priority) best = request;
    }
    return best;
  }

  #reset(): void {
    this.#moveTo(this.#needsEpochBump ? 'INITIALIZING' : 'READY');
    this.#needsEpochBump = false;
    this.speaksV2 = this.#isV2InForce();
    this.#isStarted = false;
    this.#hasPartitions = false;
    this.#newQueues.clear();
    this.#pendingQueues.clear();
    // What was part of the transaction is part of none now.
    this.number++;
    this.#options.onChange();
  }

  #takeIdentity({ producerId, producerEpoch }: Identity): void {
    this.producerId = producerId;
    this.producerEpoch = producerEpoch;
  }

  /** As the coordinator told last; the transaction that is open keeps to what it began with. */
  #isV2InForce(): boolean {
    const { versions } = this.#lane;
    if (versions === undefined) return this.speaksV2;
    const level = versions.finalizedFeatures.get('transaction.version') ?? 0;
    return level >= TV2 && supports(versions, END_TXN, FIRST_END_TXN_OF_V2);
  }

  #moveTo(target: TransactionState, error?: ClientError): void {
    if (!isTransitionValid(this.#state, target)) {
      throw illegalState(
        `TransactionalId ${this.transactionalId}: Invalid transition attempted from state ${this.#state} to state ${target}`,
      );
    }
    this.#state = target;
    this.#lastError = error;
  }

  #failOnError(): void {
    const lastError = this.#lastError;
    if (lastError === undefined) return;
    const who = `Producer with transactionalId '${this.transactionalId}' and (producerId=${this.producerId}, epoch=${this.producerEpoch})`;
    if (lastError.code === Errors.PRODUCER_FENCED) {
      throw errorOf(
        Errors.PRODUCER_FENCED,
        `${who} has been fenced by another producer with the same transactionalId`,
      );
    }
    if (lastError.code === Errors.INVALID_PRODUCER_EPOCH) {
      throw errorOf(Errors.INVALID_PRODUCER_EPOCH, `${who} attempted to produce with an old epoch`);
    }
    throw new KafkaError(
      'Cannot execute transactional method because we are in an error state',
      lastError,
    );
  }

  #failRequests(error: ClientError): void {
    for (const request of this.#requests.splice(0)) request.fail(error);
    this.#operation?.result.fail(error);
  }
}

/** Failures of a batch after which no transaction of this producer can succeed. */
const ENDS_PRODUCER: ReadonlySet<number> = new Set([
  Errors.CLUSTER_AUTHORIZATION_FAILED,
  Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  Errors.PRODUCER_FENCED,
  Errors.UNSUPPORTED_VERSION,
  Errors.INVALID_PRODUCER_ID_MAPPING,
]);

function illegalState(message: string): ClientError {
  return new ClientError('java.lang.IllegalStateException', message);
}

function wornOut(cause: ClientError): ClientError {
  return new ClientError(
    'TransactionAbortableException',
    'Transaction Request was aborted after exhausting retries.',
    { code: Errors.TRANSACTION_ABORTABLE, cause },
  );
}

function aborted(): ClientError {
  return new ClientError(
    'TransactionAbortedException',
    'Failing batch since transaction was aborted',
  );
}
