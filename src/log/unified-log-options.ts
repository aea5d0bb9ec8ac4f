// What a partition's log is opened with: where it lies, what the checkpoints say of it, whom it tells what goes wrong.

import type { BufferPool } from '../common/buffer-pool.ts';
import type { Io } from '../io/io.ts';
import type { LogConfig } from './log-config.ts';
import type { ProducerStateConfig } from './producer-state-config.ts';

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
  /** Nothing is verified when absent. */
  readonly producerState?: ProducerStateConfig;
  readonly onWarning?: (text: string) => void;
  /** Of what went wrong behind everybody's back: a flush, an index that is written behind. */
  readonly onFailure?: (error: unknown) => void;
}
