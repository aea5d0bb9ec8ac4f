// The settings of the transaction coordinator, typed. Filled from BrokerConfig by the broker; tests take the defaults.
// Kafka: TransactionConfig, AddPartitionsToTxnConfig.

export interface TransactionCoordinatorConfig {
  /** transaction.state.log.load.buffer.size */
  readonly loadBufferSize: number;
  /** transaction.max.timeout.ms */
  readonly maxTimeoutMs: number;
  /** transactional.id.expiration.ms */
  readonly idExpirationMs: number;
  /** transaction.abort.timed.out.transaction.cleanup.interval.ms */
  readonly abortTimedOutIntervalMs: number;
  /** transaction.remove.expired.transaction.cleanup.interval.ms */
  readonly removeExpiredIntervalMs: number;
  /** transaction.two.phase.commit.enable (KIP-939) */
  readonly isTwoPhaseCommitEnabled: boolean;
  /** request.timeout.ms: how long an answer waits for its record to be committed. */
  readonly writeTimeoutMs: number;
  /** add.partitions.to.txn.retry.backoff.ms: between two tries to add a partition while the last transaction completes. */
  readonly addRetryBackoffMs: number;
  /** add.partitions.to.txn.retry.backoff.max.ms: all tries together. */
  readonly addRetryMaxMs: number;
  /** Not configurable in Kafka: between two tries to write markers or to complete a transaction. */
  readonly markerRetryBackoffMs: number;
}

export const DEFAULT_TRANSACTION_COORDINATOR_CONFIG: TransactionCoordinatorConfig = {
  loadBufferSize: 5 * 1024 * 1024,
  maxTimeoutMs: 900_000,
  idExpirationMs: 7 * 86_400_000,
  abortTimedOutIntervalMs: 10_000,
  removeExpiredIntervalMs: 3_600_000,
  isTwoPhaseCommitEnabled: false,
  writeTimeoutMs: 30_000,
  addRetryBackoffMs: 20,
  addRetryMaxMs: 100,
  markerRetryBackoffMs: 100,
};
