// AddPartitionsToTxn v0-5
//
// Behavior: partitions join the producer's transaction, which begins with the first ones. A partition that doesn't exist
// keeps all others of its transaction out. From v4 on brokers ask, for many transactions at once and also only whether
// the partitions are in (verifyOnly).
//
// Version notes:
// v2: PRODUCER_FENCED. v3 is flexible. v4: many transactions, verification (KIP-890). v5: TRANSACTION_ABORTABLE.

import { isInternalTopic } from '../../common/topic-name.ts';
import { partitionsOf } from '../../coordinator/transaction/transaction-state.ts';
import { EPOCH_BUMP_VERSION } from '../../coordinator/transaction/transitions.ts';
import { Errors } from '../../protocol/errors.ts';
import { ADD_PARTITIONS_TO_TXN } from '../../protocol/generated/apis/add-partitions-to-txn.ts';
import type {
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnTopic,
  AddPartitionsToTxnTransaction,
} from '../../protocol/generated/apis/add-partitions-to-txn-request.ts';
import type {
  AddPartitionsToTxnResponse,
  AddPartitionsToTxnTopicResult,
} from '../../protocol/generated/apis/add-partitions-to-txn-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { errorCodeOf } from '../error-code.ts';
import { groupPartitions } from '../group-partitions.ts';
import { handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';
import { fenceAsOf } from '../transaction-errors.ts';

type TopicResults = Draft<AddPartitionsToTxnTopicResult>[];
/** The error of one partition. */
type Judge = (topic: string, partition: number) => number;

const BATCHED_SINCE = 4;
const KNOWS_FENCED_SINCE = 2;

export const addPartitionsToTxn = handler(ADD_PARTITIONS_TO_TXN, {
  minVersion: 0,
  maxVersion: 5,
  async handle(request, context) {
    const transactions = transactionsOf(request, context.apiVersion);
    const results = await Promise.all(
      transactions.map(async (transaction) => ({
        transactionalId: transaction.transactionalId,
        topicResults: await resultsOf(transaction, context),
      })),
    );
    return context.apiVersion >= BATCHED_SINCE
      ? { resultsByTransaction: results }
      : { resultsByTopicV3AndBelow: results[0]!.topicResults };
  },
  failed: failedAddPartitions,
});

function transactionsOf(
  request: AddPartitionsToTxnRequest,
  version: number,
): AddPartitionsToTxnTransaction[] {
  if (version >= BATCHED_SINCE) return request.transactions;
  return [
    {
      transactionalId: request.v3AndBelowTransactionalId,
      producerId: request.v3AndBelowProducerId,
      producerEpoch: request.v3AndBelowProducerEpoch,
      verifyOnly: false,
      topics: request.v3AndBelowTopics,
    },
  ];
}

/** What was added is told as it was asked; what was refused or only looked up, once per topic and partition. */
async function resultsOf(
  transaction: AddPartitionsToTxnTransaction,
  context: RequestContext,
): Promise<TopicResults> {
  const { topics } = transaction;
  const refusal = refusalOf(transaction, context);
  if (refusal !== undefined) return resultsFor(oncePerPartition(topics), refusal);
  const judged = await judge(transaction, context);
  return resultsFor(transaction.verifyOnly ? oncePerPartition(topics) : topics, judged);
}

function oncePerPartition(topics: readonly AddPartitionsToTxnTopic[]): AddPartitionsToTxnTopic[] {
  return groupPartitions(topics).map(({ name, partitions }) => ({
    name,
    partitions: [...new Set(partitions)],
  }));
}

async function judge(
  transaction: AddPartitionsToTxnTransaction,
  context: RequestContext,
): Promise<Judge> {
  const { services, apiVersion } = context;
  const { topics, verifyOnly, ...producer } = transaction;
  const request = { ...producer, partitions: partitionsOf(topics) };
  try {
    if (verifyOnly) {
      const missing = await services.transactions.missingPartitions(request);
      return (topic, partition) =>
        missing.some((one) => one.topic === topic && one.partition === partition)
          ? Errors.TRANSACTION_ABORTABLE
          : Errors.NONE;
    }
    const clientVersion = apiVersion >= BATCHED_SINCE ? EPOCH_BUMP_VERSION : 0;
    await services.transactions.addPartitions(request, clientVersion);
    return () => Errors.NONE;
  } catch (error) {
    const told = fenceAsOf(error, apiVersion >= KNOWS_FENCED_SINCE);
    const code = errorCodeOf(told, services.log);
    return () => code;
  }
}

/** Undefined when all partitions may be added; else none is, and those that may were not attempted. */
function refusalOf(
  { topics }: AddPartitionsToTxnTransaction,
  { services, apiVersion }: RequestContext,
): Judge | undefined {
  const errorOf: Judge = (name, partition) => {
    // The broker's own topics aren't for clients; brokers know what they do.
    if (apiVersion < BATCHED_SINCE && isInternalTopic(name)) {
      return Errors.TOPIC_AUTHORIZATION_FAILED;
    }
    const exists = services.metadata.topic(name)?.partitions[partition] !== undefined;
    return exists ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
  };
  const isRefused = topics.some(({ name, partitions }) =>
    partitions.some((partition) => errorOf(name, partition) !== Errors.NONE),
  );
  if (!isRefused) return undefined;
  return (name, partition) => errorOf(name, partition) || Errors.OPERATION_NOT_ATTEMPTED;
}

function resultsFor(topics: readonly AddPartitionsToTxnTopic[], judged: Judge): TopicResults {
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: judged(name, partitionIndex),
    })),
  }));
}

function failedAddPartitions(
  request: AddPartitionsToTxnRequest,
  errorCode: number,
): Draft<AddPartitionsToTxnResponse> {
  return {
    errorCode,
    resultsByTopicV3AndBelow: resultsFor(request.v3AndBelowTopics, () => errorCode),
  };
}
