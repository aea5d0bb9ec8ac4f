// TxnOffsetCommit v0-5
//
// Behavior: offsets of a group that count when the producer's transaction is committed. The transaction has to hold the
// group's partition of __consumer_offsets, which is checked; from v5 on it is added.
//
// Version notes:
// v2 leader epoch. v3 flexible, group membership (KIP-447). v4: TRANSACTION_ABORTABLE. v5 needs no AddOffsetsToTxn
// (KIP-890).

import { GROUP_METADATA_TOPIC } from '../../common/topic-name.ts';
import { txnCommitFailure } from '../../coordinator/group/group-coordinator-service.ts';
import { VerificationGuard } from '../../log/verification-state.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { TXN_OFFSET_COMMIT } from '../../protocol/generated/apis/txn-offset-commit.ts';
import type {
  TxnOffsetCommitRequest,
  TxnOffsetCommitRequestTopic,
} from '../../protocol/generated/apis/txn-offset-commit-request.ts';
import type {
  TxnOffsetCommitResponse,
  TxnOffsetCommitResponsePartition,
  TxnOffsetCommitResponseTopic,
} from '../../protocol/generated/apis/txn-offset-commit-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { AnswerByTopic } from '../answer-by-topic.ts';
import { errorCodeOf } from '../error-code.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';
import { txnOffsetCommitSupport } from '../transaction-verifier.ts';

type Partition = Draft<TxnOffsetCommitResponsePartition>;

const NO_SEQUENCE = -1;
/** Older clients don't retry while the coordinator loads. */
const KNOWS_LOADING_SINCE = 2;

export const txnOffsetCommit = handler(TXN_OFFSET_COMMIT, {
  minVersion: 0,
  maxVersion: 5,
  async handle(request, context) {
    const { metadata } = context.services;
    const answer = new AnswerByTopic<Partition, Draft<TxnOffsetCommitResponseTopic>>(
      ({ name }) => name,
    );
    const known: TxnOffsetCommitRequestTopic[] = [];
    for (const { name, partitions } of request.topics) {
      const topic = metadata.topic(name);
      const isThere = ({ partitionIndex }: { partitionIndex: number }): boolean =>
        topic?.partitions[partitionIndex] !== undefined;
      const missing = partitions
        .filter((partition) => !isThere(partition))
        .map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: Errors.UNKNOWN_TOPIC_OR_PARTITION,
        }));
      // A topic that isn't there is told even if none of its partitions was meant.
      if (topic === undefined || missing.length > 0) answer.add({ name, partitions: missing });
      const found = partitions.filter(isThere);
      if (found.length > 0) known.push({ name, partitions: found });
    }
    if (known.length > 0) {
      const committed = await commit({ ...request, topics: known }, context);
      answer.addAll(committed.topics ?? []);
    }
    return { topics: answer.topics };
  },
  failed: txnCommitFailure,
});

async function commit(
  request: TxnOffsetCommitRequest,
  context: RequestContext,
): Promise<Draft<TxnOffsetCommitResponse>> {
  const { services, apiVersion } = context;
  if (request.groupId === '') return txnCommitFailure(request, Errors.INVALID_GROUP_ID);
  try {
    const verificationGuard = await verifiedGuard(request, context);
    const { producerId, producerEpoch } = request;
    const producer = { producerId, producerEpoch, verificationGuard };
    const response = await services.groups.commitTransactionalOffsets(
      groupContext(context),
      request,
      producer,
    );
    return apiVersion < KNOWS_LOADING_SINCE ? withoutLoading(response) : response;
  } catch (error) {
    return txnCommitFailure(request, errorCodeOf(error, services.log));
  }
}

/** Asks the transaction coordinator, unless the transaction has committed offsets here before. */
async function verifiedGuard(
  request: TxnOffsetCommitRequest,
  { services, apiVersion }: RequestContext,
): Promise<VerificationGuard> {
  const { verifier, groups, replicas } = services;
  const support = txnOffsetCommitSupport(apiVersion);
  if (!verifier.asks(support)) return VerificationGuard.SENTINEL;
  const { transactionalId, producerId, producerEpoch, groupId } = request;
  const index = groups.partitionFor(groupId);
  const { log } = leadingOffsets(replicas, index);
  const guard = log.startTransactionVerification(
    producerId,
    NO_SEQUENCE,
    producerEpoch,
    support === 'add',
  );
  if (guard === VerificationGuard.SENTINEL) return guard;
  const partitions = new Map([[GROUP_METADATA_TOPIC, new Set([index])]]);
  const errorOf = await verifier.verify(
    { transactionalId, producerId, producerEpoch, partitions },
    support,
  );
  const errorCode = errorOf(GROUP_METADATA_TOPIC, index);
  if (errorCode !== Errors.NONE) throw new ApiError(errorCode);
  return guard;
}

/** Without the partition this broker isn't the group's coordinator. */
function leadingOffsets(replicas: RequestContext['services']['replicas'], index: number) {
  try {
    return replicas.leading(GROUP_METADATA_TOPIC, index);
  } catch (error) {
    throw error instanceof ApiError ? new ApiError(Errors.NOT_COORDINATOR) : error;
  }
}

function withoutLoading(response: Draft<TxnOffsetCommitResponse>): Draft<TxnOffsetCommitResponse> {
  return {
    topics: (response.topics ?? []).map(({ name, partitions }) => ({
      name,
      partitions: (partitions ?? []).map(({ partitionIndex, errorCode }) => ({
        partitionIndex,
        errorCode:
          errorCode === Errors.COORDINATOR_LOAD_IN_PROGRESS
            ? Errors.COORDINATOR_NOT_AVAILABLE
            : errorCode,
      })),
    })),
  };
}
