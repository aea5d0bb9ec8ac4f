// Asks the transaction coordinator whether a producer's transaction holds the partitions that it is about to write, or adds
// them (KIP-890). What may be done and which errors a client understands follows the version of its request.
// Kafka: AddPartitionsToTxnManager.

import type { TransactionCoordinator } from '../coordinator/transaction/transaction-coordinator.ts';
import type { PartitionsRequest } from '../coordinator/transaction/transaction-shard.ts';
import { EPOCH_BUMP_VERSION } from '../coordinator/transaction/transitions.ts';
import type { ProducerStateSettings } from '../log/producer-state-config.ts';
import { ApiError, Errors } from '../protocol/errors.ts';

/** 'default-error': the client knows old errors only; 'generic-error': TRANSACTION_ABORTABLE too; 'add': partitions are added. */
export type TransactionSupport = 'default-error' | 'generic-error' | 'add';

export function produceSupport(version: number): TransactionSupport {
  if (version > 11) return 'add';
  return version > 10 ? 'generic-error' : 'default-error';
}

export function txnOffsetCommitSupport(version: number): TransactionSupport {
  if (version > 4) return 'add';
  return version > 3 ? 'generic-error' : 'default-error';
}

export class TransactionVerifier {
  readonly #transactions: TransactionCoordinator;
  readonly #config: ProducerStateSettings;

  constructor(transactions: TransactionCoordinator, config: ProducerStateSettings) {
    this.#transactions = transactions;
    this.#config = config;
  }

  /** Whether anybody has to be asked before these records are written. */
  asks(support: TransactionSupport): boolean {
    return this.#config.verifiesTransactions || support === 'add';
  }

  /** The error of one of the request's partitions, NONE when it may be written. */
  async verify(
    request: PartitionsRequest,
    support: TransactionSupport,
  ): Promise<(topic: string, partition: number) => number> {
    try {
      if (support === 'add') {
        await this.#transactions.addPartitionsPatiently(request, EPOCH_BUMP_VERSION);
        return () => Errors.NONE;
      }
      const missing = await this.#transactions.missingPartitions(request);
      const error = understood(Errors.TRANSACTION_ABORTABLE, support);
      return (topic, partition) =>
        missing.some((one) => one.topic === topic && one.partition === partition)
          ? error
          : Errors.NONE;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const code = understood(error.code, support);
      return () => code;
    }
  }
}

function understood(code: number, support: TransactionSupport): number {
  // Nobody leads the partition of the transaction log: Kafka asks no node then.
  if (code === Errors.NOT_COORDINATOR) return Errors.COORDINATOR_NOT_AVAILABLE;
  // Producers retry nothing but this one as a fence.
  if (code === Errors.PRODUCER_FENCED) return Errors.INVALID_PRODUCER_EPOCH;
  if (code === Errors.TRANSACTION_ABORTABLE && support === 'default-error') {
    return Errors.INVALID_TXN_STATE;
  }
  return code;
}
