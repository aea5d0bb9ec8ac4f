// The one way from a coordinator to its partition of the coordinator topic: append, read back for
// loading, and the news about the high watermark. The replica manager implements it; the tests do so
// in memory. It knows nothing of groups or transactions.

import type { VerificationGuard } from '../../log/verification-state.ts';

/** How a partition tells its coordinator what happens to it. */
export interface PartitionListener {
  /** The high watermark is now `offset` (exclusive): every record before it is committed. */
  onHighWatermarkUpdated(offset: number): void;
  /** The log directory failed or the replica was removed: nothing can be appended any more. */
  onFailed(): void;
}

/** What a partition's log has to know of a batch beside its bytes. */
export interface AppendContext {
  /** For a transaction marker: the transaction.version that its transaction ran under. */
  readonly transactionVersion?: number;
  /** For transactional records: proof that the transaction coordinator knows of them (KIP-890). */
  readonly verificationGuard?: VerificationGuard;
}

export interface PartitionWriter {
  /** Largest batch that the partition takes (max.message.bytes of the coordinator topic). */
  maxBatchBytes(partition: number): number;
  /**
   * Appends one batch to the local log as leader and returns the offset after its last record.
   * The batch's bytes are the caller's again when this returns. The append isn't committed yet: that is told by the listener, possibly before this returns.
   * Throws an ApiError (NOT_LEADER_OR_FOLLOWER, RECORD_TOO_LARGE, NOT_ENOUGH_REPLICAS, KAFKA_STORAGE_ERROR ...);
   * then nothing of the batch is in the log.
   */
  append(partition: number, batch: Buffer, context?: AppendContext): number;
  logStartOffset(partition: number): number;
  /** Offset after the last record that is in the local log. */
  logEndOffset(partition: number): number;
  highWatermark(partition: number): number;
  /**
   * Whole batches from the one that holds `offset` up to the log end, about `maxBytes` of them and at least one.
   * Empty at the log end. The buffers are the caller's to keep until its next read.
   */
  read(partition: number, offset: number, maxBytes: number): readonly Buffer[];
  /** At most one listener per partition; returns the function that removes it. */
  setListener(partition: number, listener: PartitionListener): () => void;
}
