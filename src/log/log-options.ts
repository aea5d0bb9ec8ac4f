// What opening a log needs to know.

import type { BufferPool } from '../common/buffer-pool.ts';
import type { Io } from '../io/io.ts';
import type { LogConfig } from './log-config.ts';

export interface UnifiedLogOptions {
  readonly io: Io;
  readonly topic: string;
  readonly partition: number;
  /** The partition's folder; made when it isn't there. */
  readonly directory: string;
  readonly config: LogConfig;
  readonly pool: BufferPool;
  /** undefined: whatever partition.metadata says. */
  readonly topicId?: string;
  readonly cleanShutdown?: boolean;
  readonly recoveryPoint?: number;
  readonly logStartOffset?: number;
  /** From cleaner-offset-checkpoint: gaps between segments below it are compaction's. */
  readonly compactedTo?: number;
  /** From replication-offset-checkpoint. */
  readonly highWatermark?: number;
  readonly producerIdExpirationMs?: number;
  /** transaction.partition.verification.enable; false when absent. */
  readonly verifiesTransactions?: boolean;
  readonly onWarning?: (text: string) => void;
  /** Of what went wrong behind everybody's back: a flush, an index that is written behind. */
  readonly onFailure?: (error: unknown) => void;
}
