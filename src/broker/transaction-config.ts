// The transaction coordinator's settings out of server.properties.

import type { BrokerConfig } from '../config/server-properties.ts';
import {
  DEFAULT_TRANSACTION_COORDINATOR_CONFIG,
  type TransactionCoordinatorConfig,
} from '../coordinator/transaction/transaction-config.ts';

export function transactionCoordinatorConfig(config: BrokerConfig): TransactionCoordinatorConfig {
  return {
    ...DEFAULT_TRANSACTION_COORDINATOR_CONFIG,
    loadBufferSize: config.number('transaction.state.log.load.buffer.size'),
    maxTimeoutMs: config.number('transaction.max.timeout.ms'),
    idExpirationMs: config.number('transactional.id.expiration.ms'),
    abortTimedOutIntervalMs: config.number(
      'transaction.abort.timed.out.transaction.cleanup.interval.ms',
    ),
    removeExpiredIntervalMs: config.number(
      'transaction.remove.expired.transaction.cleanup.interval.ms',
    ),
    isTwoPhaseCommitEnabled: config.boolean('transaction.two.phase.commit.enable'),
    writeTimeoutMs: config.number('request.timeout.ms'),
    addRetryBackoffMs: config.number('add.partitions.to.txn.retry.backoff.ms'),
    addRetryMaxMs: Math.min(
      config.number('add.partitions.to.txn.retry.backoff.max.ms'),
      config.number('request.timeout.ms'),
    ),
  };
}
