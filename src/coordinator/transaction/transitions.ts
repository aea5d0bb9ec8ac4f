// How a transactional id goes from one state to the next: pure functions of the state, the request and the time that give
// the next state, or refuse with an ApiError. Kafka: TransactionMetadata's prepare methods.

import { assert } from '../../common/assert.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import {
  isEpochExhausted,
  LAST_PRODUCER_EPOCH,
  NO_PARTITIONS,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  type TransactionPartitions,
  type TransactionState,
  TransactionStatus,
  withPartitions,
} from './transaction-state.ts';

/** From here on the epoch goes up with every end of a transaction (KIP-890). */
export const EPOCH_BUMP_VERSION = 2;

export function supportsEpochBump(transactionVersion: number): boolean {
  return transactionVersion >= EPOCH_BUMP_VERSION;
}

/** Every transition remembers the producer id before it. */
function next(state: TransactionState, changes: Partial<TransactionState>): TransactionState {
  return { ...state, previousProducerId: state.producerId, ...changes };
}

/** A transactional id that nobody has used yet: its first transition gives it epoch 0. */
export function newState(
  transactionalId: string,
  producerId: number,
  timeoutMs: number,
  nowMs: number,
): TransactionState {
  return {
    transactionalId,
    producerId,
    previousProducerId: NO_PRODUCER_ID,
    nextProducerId: NO_PRODUCER_ID,
    producerEpoch: NO_PRODUCER_EPOCH,
    lastProducerEpoch: NO_PRODUCER_EPOCH,
    timeoutMs,
    status: TransactionStatus.EMPTY,
    partitions: NO_PARTITIONS,
    startMs: -1,
    lastUpdateMs: nowMs,
    clientVersion: 0,
  };
}

/**
 * The producer begins anew with the next epoch. `expectedEpoch` is the one it believes to have (KIP-360), undefined when it
 * doesn't say. Throws PRODUCER_FENCED.
 */
export function incrementEpoch(
  state: TransactionState,
  timeoutMs: number,
  expectedEpoch: number | undefined,
  nowMs: number,
): TransactionState {
  const { producerEpoch, lastProducerEpoch } = state;
  assert(!isEpochExhausted(producerEpoch), `no epoch left for producer ${state.producerId}`);
  const begin = {
    status: TransactionStatus.EMPTY,
    timeoutMs,
    partitions: NO_PARTITIONS,
    startMs: -1,
    lastUpdateMs: nowMs,
  };
  if (expectedEpoch === undefined) {
    const epochs = { producerEpoch: producerEpoch + 1, lastProducerEpoch: NO_PRODUCER_EPOCH };
    return next(state, { ...begin, ...epochs });
  }
  if (producerEpoch === NO_PRODUCER_EPOCH || expectedEpoch === producerEpoch) {
    const epochs = { producerEpoch: producerEpoch + 1, lastProducerEpoch: producerEpoch };
    return next(state, { ...begin, ...epochs });
  }
  // The retry of a request that was answered: another producer would have set the last epoch to -1.
  if (expectedEpoch === lastProducerEpoch) return next(state, begin);
  throw new ApiError(Errors.PRODUCER_FENCED);
}

/** The epochs are used up: a new producer id with epoch 0. */
export function rotateProducerId(
  state: TransactionState,
  newProducerId: number,
  timeoutMs: number,
  nowMs: number,
  recordLastEpoch: boolean,
): TransactionState {
  return next(state, {
    status: TransactionStatus.EMPTY,
    producerId: newProducerId,
    producerEpoch: 0,
    lastProducerEpoch: recordLastEpoch ? state.producerEpoch : NO_PRODUCER_EPOCH,
    timeoutMs,
    partitions: NO_PARTITIONS,
    startMs: -1,
    lastUpdateMs: nowMs,
  });
}

export function addPartitions(
  state: TransactionState,
  added: TransactionPartitions,
  nowMs: number,
  clientVersion: number,
): TransactionState {
  const isOngoing = state.status === TransactionStatus.ONGOING;
  return next(state, {
    status: TransactionStatus.ONGOING,
    partitions: withPartitions(state.partitions, added),
    startMs: isOngoing ? state.startMs : nowMs,
    lastUpdateMs: nowMs,
    clientVersion,
  });
}

export interface End {
  readonly commit: boolean;
  readonly clientVersion: number;
  /** For the producer whose epochs this end uses up, or -1. */
  readonly nextProducerId: number;
  readonly nowMs: number;
  /** An abort without a transaction, which only raises the epoch: it has begun now. */
  readonly isEmpty: boolean;
}

export function prepareEnd(state: TransactionState, end: End): TransactionState {
  const { producerEpoch } = state;
  const bumped = supportsEpochBump(end.clientVersion);
  return next(state, {
    status: end.commit ? TransactionStatus.PREPARE_COMMIT : TransactionStatus.PREPARE_ABORT,
    producerEpoch: bumped ? Math.min(producerEpoch + 1, LAST_PRODUCER_EPOCH) : producerEpoch,
    lastProducerEpoch: bumped ? producerEpoch : state.lastProducerEpoch,
    nextProducerId: end.nextProducerId,
    startMs: end.isEmpty ? end.nowMs : state.startMs,
    lastUpdateMs: end.nowMs,
    clientVersion: end.clientVersion,
  });
}

/** All markers are written. */
export function complete(state: TransactionState, nowMs: number): TransactionState {
  const isCommit = state.status === TransactionStatus.PREPARE_COMMIT;
  const rotates = supportsEpochBump(state.clientVersion) && state.nextProducerId !== NO_PRODUCER_ID;
  return next(state, {
    status: isCommit ? TransactionStatus.COMPLETE_COMMIT : TransactionStatus.COMPLETE_ABORT,
    ...(rotates ? { producerId: state.nextProducerId, producerEpoch: 0 } : {}),
    nextProducerId: NO_PRODUCER_ID,
    partitions: NO_PARTITIONS,
    lastUpdateMs: nowMs,
  });
}
