// What a transactional producer asks its coordinators, and what each answer's code means: sent again, abortable, fatal
// (the handlers of Kafka's TransactionManager). A request knows its own answer alone; the manager keeps the state.

import { Errors } from '../../../protocol/errors.ts';
import { ADD_OFFSETS_TO_TXN } from '../../../protocol/generated/apis/add-offsets-to-txn.ts';
import { ADD_PARTITIONS_TO_TXN } from '../../../protocol/generated/apis/add-partitions-to-txn.ts';
import { END_TXN } from '../../../protocol/generated/apis/end-txn.ts';
import { INIT_PRODUCER_ID } from '../../../protocol/generated/apis/init-producer-id.ts';
import { TXN_OFFSET_COMMIT } from '../../../protocol/generated/apis/txn-offset-commit.ts';
import { byTopic } from '../../admin/leader-items.ts';
import type { GroupMetadata, OffsetToCommit } from '../../consumer/group/offset-store.ts';
import { ClientError, errorOf, KafkaError, UnsupportedVersionError } from '../../errors.ts';
import { unauthorizedTopics } from '../../metadata/metadata-manager.ts';
import { type ApiVersionTable, chooseVersion } from '../../net/api-versions.ts';
import type { BrokerConnection } from '../../net/broker-connection.ts';
import { partitionKey, type TopicPartition } from '../../types.ts';
import type { CoordinatorRequest, Verdict } from './coordinator-lane.ts';
import { PendingOperation } from './pending-operation.ts';

/** The order in which waiting requests go (TransactionManager.Priority). */
const Priority = { INIT: 1, ADD: 2, END: 3, EPOCH_BUMP: 4 } as const;

/** Whose transaction it is. */
export interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** What the requests need of the manager. */
export interface TransactionHost {
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
  readonly identity: Identity;
  /** transaction.version 2 is in force (KIP-890). */
  readonly speaksV2: boolean;
  /** No partition belongs to the transaction yet. */
  readonly isEmpty: boolean;
  initialized(identity: Identity, versions: ApiVersionTable, isEpochBump: boolean): void;
  /** Not allowed now; the producer may ask again. */
  notAuthorized(error: ClientError): void;
  partitionsAnswered(isAdded: boolean): void;
  /** Offsets go with the transaction from now on. */
  started(): void;
  /** The next identity where the answer tells one. */
  ended(next: Identity | undefined): void;
  abortable(error: ClientError): void;
  abortableIfPossible(error: ClientError): void;
  fatal(error: ClientError): void;
  enqueue(request: CoordinatorRequest): void;
}

/** From this version on EndTxn tells the next epoch, and TxnOffsetCommit and Produce add to the transaction. */
const FIRST_END_TXN_OF_V2 = 5;
const FIRST_OFFSET_COMMIT_OF_V2 = 5;
/** Brokers talk to each other from here on. */
const LAST_ADD_PARTITIONS_OF_CLIENTS = 3;
const FIRST_WITH_GROUP_METADATA = 3;
const FIRST_WITH_EPOCH_BUMP = 3;
/** The first partition waits for the end of the transaction before, which won't take long (KAFKA-5482). */
const FIRST_ADD_RETRY_MS = 20;

abstract class TransactionRequest implements CoordinatorRequest {
  readonly coordinator: 'transaction' | 'group' = 'transaction';
  readonly endsTransaction: boolean = false;
  readonly result: PendingOperation;
  tries = 0;
  retryDelayMs: number | undefined;
  protected readonly host: TransactionHost;
  abstract readonly priority: number;

  constructor(host: TransactionHost, result = new PendingOperation()) {
    this.host = host;
    this.result = result;
  }

  get key(): string {
    return this.host.transactionalId;
  }

  abstract exchange(connection: BrokerConnection, timeoutMs: number): Promise<Verdict>;

  fail(error: ClientError): void {
    this.result.fail(error);
  }

  protected abortable(error: ClientError): Verdict {
    this.result.fail(error);
    this.host.abortable(error);
    return 'done';
  }

  protected fatal(error: ClientError): Verdict {
    this.result.fail(error);
    this.host.fatal(error);
    return 'done';
  }

  /** What a code other than 0 means wherever it comes. `unexpected` begins the message for one that should never come. */
  protected refused(code: number, unexpected: string): Verdict {
    if (code === Errors.COORDINATOR_NOT_AVAILABLE || code === Errors.NOT_COORDINATOR) {
      return 'elsewhere';
    }
    const error = errorOf(code);
    if (error.retriable) return 'again';
    switch (code) {
      // Older coordinators say the one for the other.
      case Errors.INVALID_PRODUCER_EPOCH:
      case Errors.PRODUCER_FENCED:
        return this.fatal(errorOf(Errors.PRODUCER_FENCED));
      case Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      case Errors.INVALID_TXN_STATE:
      case Errors.INVALID_PRODUCER_ID_MAPPING:
        return this.fatal(error);
      case Errors.UNKNOWN_PRODUCER_ID:
        this.result.fail(error);
        this.host.abortableIfPossible(error);
        return 'done';
      case Errors.TRANSACTION_ABORTABLE:
        return this.abortable(error);
      default:
        return this.fatal(new KafkaError(`${unexpected}${error.message}`));
    }
  }
}

/** Gets the producer id, and ends what an earlier producer of the same transactional id left open; or raises the epoch. */
export class InitProducerId extends TransactionRequest {
  readonly priority: number;
  readonly #current: Identity | undefined;

  /** `current` raises that identity's epoch (KIP-360); absent: the first time. */
  constructor(host: TransactionHost, current?: Identity) {
    super(host);
    this.#current = current;
    this.priority = current === undefined ? Priority.INIT : Priority.EPOCH_BUMP;
  }

  async exchange(connection: BrokerConnection, timeoutMs: number): Promise<Verdict> {
    const { transactionalId, transactionTimeoutMs } = this.host;
    const version = chooseVersion(connection.versions, INIT_PRODUCER_ID);
    const current = version >= FIRST_WITH_EPOCH_BUMP && this.#current ? { ...this.#current } : {};
    const request = { transactionalId, transactionTimeoutMs, ...current };
    const response = await connection.request(INIT_PRODUCER_ID, version, request, timeoutMs);
    const { errorCode, producerId, producerEpoch } = response;
    if (errorCode !== 0) return this.#answeredError(errorCode);
    const isEpochBump = this.#current !== undefined;
    this.host.initialized({ producerId, producerEpoch }, connection.versions, isEpochBump);
    this.result.done();
    return 'done';
  }

  #answeredError(code: number): Verdict {
    switch (code) {
      case Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      case Errors.CLUSTER_AUTHORIZATION_FAILED:
        this.result.fail(errorOf(code));
        this.host.notAuthorized(errorOf(code));
        return 'done';
      case Errors.INVALID_TXN_STATE:
      case Errors.INVALID_PRODUCER_ID_MAPPING:
      case Errors.UNKNOWN_PRODUCER_ID:
        return this.fatal(new KafkaError(`${UNEXPECTED_INIT}${errorOf(code).message}`));
      default:
        return this.refused(code, UNEXPECTED_INIT);
    }
  }
}

const UNEXPECTED_INIT = 'Unexpected error in InitProducerIdResponse; ';

/** Tells the coordinator of partitions before anything is sent there (transaction.version 0 and 1). */
export class AddPartitions extends TransactionRequest {
  readonly priority = Priority.ADD;
  readonly #partitions: readonly TopicPartition[];

  constructor(host: TransactionHost, partitions: readonly TopicPartition[]) {
    super(host);
    this.#partitions = partitions;
  }

  async exchange(connection: BrokerConnection, timeoutMs: number): Promise<Verdict> {
    const { transactionalId, identity } = this.host;
    const limits = { maxVersion: LAST_ADD_PARTITIONS_OF_CLIENTS };
    const version = chooseVersion(connection.versions, ADD_PARTITIONS_TO_TXN, limits);
    const topics = [...byTopic(this.#partitions)].map(([name, list]) => ({
      name,
      partitions: list.map(({ partition }) => partition),
    }));
    const response = await connection.request(
      ADD_PARTITIONS_TO_TXN,
      version,
      {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: identity.producerId,
        v3AndBelowProducerEpoch: identity.producerEpoch,
        v3AndBelowTopics: topics,
      },
      timeoutMs,
    );
    const results = response.resultsByTopicV3AndBelow.flatMap(({ name, resultsByPartition }) =>
      resultsByPartition.map(({ partitionIndex, partitionErrorCode }) => ({
        topic: name,
        partition: partitionIndex,
        code: partitionErrorCode,
      })),
    );
    return this.#answered(results);
  }

  #answered(results: readonly (TopicPartition & { readonly code: number })[]): Verdict {
    const unauthorized = new Set<string>();
    let hasErrors = false;
    this.retryDelayMs = undefined;
    for (const { topic, code } of results) {
      if (code === 0) continue;
      if (code === Errors.CONCURRENT_TRANSACTIONS && this.host.isEmpty) {
        this.retryDelayMs = FIRST_ADD_RETRY_MS;
      }
      if (code === Errors.TOPIC_AUTHORIZATION_FAILED) unauthorized.add(topic);
      else if (this.#isPartitionsOwn(code)) hasErrors = true;
      else return this.refused(code, '');
    }
    this.host.partitionsAnswered(unauthorized.size === 0 && !hasErrors);
    if (unauthorized.size > 0) return this.abortable(unauthorizedTopics(...unauthorized));
    if (hasErrors) {
      const shown = results.map(
        ({ topic, partition, code }) =>
          `${partitionKey(topic, partition)}=${code === 0 ? 'NONE' : nameOf(code)}`,
      );
      return this.abortable(
        new KafkaError(
          `Could not add partitions to transaction due to errors: {${shown.join(', ')}}`,
        ),
      );
    }
    this.result.done();
    return 'done';
  }

  /** An error that says nothing of the transaction as a whole. */
  #isPartitionsOwn(code: number): boolean {
    if (code === Errors.OPERATION_NOT_ATTEMPTED) return true;
    return !errorOf(code).retriable && !OF_THE_TRANSACTION.has(code);
  }
}

const OF_THE_TRANSACTION: ReadonlySet<number> = new Set([
  Errors.INVALID_PRODUCER_EPOCH,
  Errors.PRODUCER_FENCED,
  Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  Errors.INVALID_TXN_STATE,
  Errors.INVALID_PRODUCER_ID_MAPPING,
  Errors.UNKNOWN_PRODUCER_ID,
  Errors.TRANSACTION_ABORTABLE,
]);

function nameOf(code: number): string {
  return Object.entries(Errors).find(([, value]) => value === code)?.[0] ?? String(code);
}

/** Tells the coordinator of a group's offsets (transaction.version 0 and 1); the offsets themselves follow. */
export class AddOffsets extends TransactionRequest {
  readonly priority = Priority.ADD;
  readonly #offsets: readonly OffsetToCommit[];
  readonly #group: GroupMetadata;

  constructor(host: TransactionHost, offsets: readonly OffsetToCommit[], group: GroupMetadata) {
    super(host);
    this.#offsets = offsets;
    this.#group = group;
  }

  async exchange(connection: BrokerConnection, timeoutMs: number): Promise<Verdict> {
    const { transactionalId, identity } = this.host;
    const { groupId } = this.#group;
    const version = chooseVersion(connection.versions, ADD_OFFSETS_TO_TXN);
    const request = { transactionalId, ...identity, groupId };
    const { errorCode } = await connection.request(ADD_OFFSETS_TO_TXN, version, request, timeoutMs);
    if (errorCode === Errors.GROUP_AUTHORIZATION_FAILED) {
      return this.abortable(groupNotAuthorized(groupId));
    }
    if (errorCode !== 0)
      return this.refused(errorCode, 'Unexpected error in AddOffsetsToTxnResponse: ');
    this.host.started();
    this.host.enqueue(new CommitOffsets(this.host, this.#offsets, this.#group, this.result));
    return 'done';
  }
}

/** Hands the offsets to the group's coordinator, which keeps them back until the transaction's end. */
export class CommitOffsets extends TransactionRequest {
  readonly priority = Priority.ADD;
  override readonly coordinator = 'group';
  readonly #group: GroupMetadata;
  /** By partition: what isn't taken yet. */
  readonly #left: Map<string, OffsetToCommit>;

  constructor(
    host: TransactionHost,
    offsets: readonly OffsetToCommit[],
    group: GroupMetadata,
    result?: PendingOperation,
  ) {
    super(host, result);
    this.#group = group;
    this.#left = new Map(
      offsets.map((offset) => [partitionKey(offset.topic, offset.partition), offset]),
    );
  }

  override get key(): string {
    return this.#group.groupId;
  }

  async exchange(connection: BrokerConnection, timeoutMs: number): Promise<Verdict> {
    const limits = this.host.speaksV2 ? {} : { maxVersion: FIRST_OFFSET_COMMIT_OF_V2 - 1 };
    const version = chooseVersion(connection.versions, TXN_OFFSET_COMMIT, limits);
    const request = this.#request(version);
    const response = await connection.request(TXN_OFFSET_COMMIT, version, request, timeoutMs);
    let verdict: Verdict = 'again';
    for (const { name, partitions } of response.topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        if (errorCode === 0) this.#left.delete(partitionKey(name, partitionIndex));
        else if (isCoordinatorGone(errorCode)) verdict = 'elsewhere';
        else if (!errorOf(errorCode).retriable) return this.#partitionRefused(errorCode);
      }
    }
    if (this.#left.size > 0) return verdict;
    this.result.done();
    return 'done';
  }

  #request(version: number) {
    const { transactionalId, identity } = this.host;
    const { groupId, generationId, memberId, groupInstanceId } = this.#group;
    const isMember = generationId >= 0 || memberId !== '' || groupInstanceId !== null;
    if (version < FIRST_WITH_GROUP_METADATA && isMember) {
      throw new UnsupportedVersionError(
        `Broker doesn't support group metadata commit API on version ${version}, minimum supported ` +
          'request version is 3 which requires brokers to be on version 2.5 or above.',
      );
    }
    const topics = [...byTopic([...this.#left.values()])].map(([name, list]) => ({
      name,
      partitions: list.map(({ partition, offset, leaderEpoch, metadata }) => ({
        partitionIndex: partition,
        committedOffset: offset,
        committedLeaderEpoch: leaderEpoch ?? -1,
        committedMetadata: metadata ?? '',
      })),
    }));
    const member = version >= FIRST_WITH_GROUP_METADATA ? this.#group : { groupId };
    return { transactionalId, ...identity, ...member, topics };
  }

  #partitionRefused(code: number): Verdict {
    const error = errorOf(code);
    switch (code) {
      case Errors.GROUP_AUTHORIZATION_FAILED:
        return this.abortable(groupNotAuthorized(this.#group.groupId));
      case Errors.FENCED_INSTANCE_ID:
      case Errors.TRANSACTION_ABORTABLE:
        return this.abortable(error);
      case Errors.UNKNOWN_MEMBER_ID:
      case Errors.ILLEGAL_GENERATION:
        return this.abortable(
          new ClientError(
            'org.apache.kafka.clients.consumer.CommitFailedException',
            `Transaction offset Commit failed due to consumer group metadata mismatch: ${error.message}`,
            { code },
          ),
        );
      case Errors.INVALID_PRODUCER_EPOCH:
      case Errors.PRODUCER_FENCED:
        return this.fatal(errorOf(Errors.PRODUCER_FENCED));
      case Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      case Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT:
        return this.fatal(error);
      default:
        return this.fatal(
          new KafkaError(`Unexpected error in TxnOffsetCommitResponse: ${error.message}`),
        );
    }
  }
}

function isCoordinatorGone(code: number): boolean {
  return (
    code === Errors.COORDINATOR_NOT_AVAILABLE ||
    code === Errors.NOT_COORDINATOR ||
    code === Errors.REQUEST_TIMED_OUT
  );
}

function groupNotAuthorized(groupId: string): ClientError {
  return errorOf(Errors.GROUP_AUTHORIZATION_FAILED, `Not authorized to access group: ${groupId}`);
}

/** Commits or aborts. The version is that of the transaction, whatever the cluster has come to meanwhile. */
export class EndTransaction extends TransactionRequest {
  readonly priority = Priority.END;
  override readonly endsTransaction = true;
  readonly #isCommit: boolean;
  readonly #isV2: boolean;
  readonly #identity: Identity;

  constructor(host: TransactionHost, isCommit: boolean) {
    super(host);
    this.#isCommit = isCommit;
    this.#isV2 = host.speaksV2;
    this.#identity = host.identity;
  }

  async exchange(connection: BrokerConnection, timeoutMs: number): Promise<Verdict> {
    const limits = this.#isV2 ? {} : { maxVersion: FIRST_END_TXN_OF_V2 - 1 };
    const version = chooseVersion(connection.versions, END_TXN, limits);
    const { transactionalId } = this.host;
    const request = { transactionalId, ...this.#identity, committed: this.#isCommit };
    const response = await connection.request(END_TXN, version, request, timeoutMs);
    const { errorCode, producerId, producerEpoch } = response;
    if (errorCode === Errors.TRANSACTION_ABORTABLE && !this.#isCommit) {
      return this.fatal(new KafkaError('Failed to abort transaction', errorOf(errorCode)));
    }
    if (errorCode !== 0) return this.refused(errorCode, 'Unhandled error in EndTxnResponse: ');
    this.host.ended(producerId < 0 ? undefined : { producerId, producerEpoch });
    this.result.done();
    return 'done';
  }
}
