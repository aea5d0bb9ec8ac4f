// Whether a transaction may be ended as it is asked: fencing, retries and the table of states. Pure.
// Kafka: TransactionCoordinator.endTransaction and endTransactionWithTV1. The coordinator's own aborts don't come here.

import { ApiError, Errors } from '../../protocol/errors.ts';
import {
  isPreparing,
  LAST_PRODUCER_EPOCH,
  type TransactionState,
  TransactionStatus,
} from './transaction-state.ts';
import { supportsEpochBump } from './transitions.ts';

export interface EndRequest {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly commit: boolean;
  readonly clientVersion: number;
}

/**
 * 'end': prepare it; 'end-empty': there is nothing, but the abort raises the epoch (transaction.version 2);
 * 'done': that is how it ended already.
 */
export type EndVerdict = 'end' | 'end-empty' | 'done';

/** Throws INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS, INVALID_TXN_STATE. */
export function checkEnd(state: TransactionState, request: EndRequest): EndVerdict {
  return supportsEpochBump(request.clientVersion)
    ? checkEndWithBump(state, request)
    : checkPlainEnd(state, request);
}

/** Epochs are the same at both sides all the time. */
function checkPlainEnd(state: TransactionState, request: EndRequest): EndVerdict {
  if (state.producerId !== request.producerId) {
    throw new ApiError(Errors.INVALID_PRODUCER_ID_MAPPING);
  }
  if (state.producerEpoch !== request.producerEpoch) throw new ApiError(Errors.PRODUCER_FENCED);
  if (state.status === TransactionStatus.ONGOING) return 'end';
  checkSameResult(state, request.commit);
  return 'done';
}

/** A retry names the epoch before the one that the end has raised, or the last of the id before. */
function checkEndWithBump(state: TransactionState, request: EndRequest): EndVerdict {
  const { producerId, producerEpoch, commit } = request;
  const isRetryOnOverflow =
    state.previousProducerId === producerId &&
    producerEpoch === LAST_PRODUCER_EPOCH - 1 &&
    state.producerEpoch === 0;
  const isRetry = state.producerEpoch === producerEpoch + 1 || isRetryOnOverflow;
  const isCurrent = state.producerEpoch === producerEpoch;
  if (state.producerId !== producerId && !isRetryOnOverflow) {
    throw new ApiError(Errors.INVALID_PRODUCER_ID_MAPPING);
  }
  switch (state.status) {
    case TransactionStatus.ONGOING:
      if (!isCurrent) throw new ApiError(Errors.PRODUCER_FENCED);
      return 'end';
    case TransactionStatus.EMPTY:
      if (!isCurrent) throw new ApiError(Errors.PRODUCER_FENCED);
      if (commit) throw new ApiError(Errors.INVALID_TXN_STATE);
      return 'end-empty';
    case TransactionStatus.PREPARE_COMMIT:
    case TransactionStatus.PREPARE_ABORT:
      if (state.producerEpoch !== producerEpoch + 1) throw new ApiError(Errors.PRODUCER_FENCED);
      checkSameResult(state, commit);
      return 'done';
    default:
      if (!isRetry && !isCurrent) throw new ApiError(Errors.PRODUCER_FENCED);
      if (isRetry) {
        checkSameResult(state, commit);
        return 'done';
      }
      if (commit) throw new ApiError(Errors.INVALID_TXN_STATE);
      return 'end-empty';
  }
}

/** Throws unless the transaction has ended as it is asked. */
function checkSameResult(state: TransactionState, commit: boolean): void {
  const { status } = state;
  const ended = commit
    ? status === TransactionStatus.PREPARE_COMMIT || status === TransactionStatus.COMPLETE_COMMIT
    : status === TransactionStatus.PREPARE_ABORT || status === TransactionStatus.COMPLETE_ABORT;
  if (!ended) throw new ApiError(Errors.INVALID_TXN_STATE);
  if (isPreparing(state)) throw new ApiError(Errors.CONCURRENT_TRANSACTIONS);
}
