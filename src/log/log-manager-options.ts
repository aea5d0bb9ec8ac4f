// What the log manager is given, and what it tells its owner.

import type { BufferPool } from '../common/buffer-pool.ts';
import type { DiskError, Io } from '../io/io.ts';
import type { CleanerSettings } from './cleaner/log-cleaner.ts';
import type { LogConfig } from './log-config.ts';
import type { ProducerStateConfig } from './producer-state-config.ts';
import type { UnifiedLog } from './unified-log.ts';

export interface DirectoryFailure {
  readonly path: string;
  readonly failure: DiskError;
  /** There is no other one: nothing was closed. */
  readonly isLast: boolean;
  /** Those that went offline with it. */
  readonly logs: readonly UnifiedLog[];
}

export interface LogManagerOptions {
  readonly io: Io;
  readonly logDirs: readonly string[];
  /** Those of them that nobody may open, and why. */
  readonly failedDirs?: ReadonlyMap<string, Error>;
  /** The config of a topic's logs, defaults included. */
  readonly configFor: (topic: string) => LogConfig;
  readonly onWarning?: (text: string) => void;
  /** log.retention.check.interval.ms */
  readonly retentionCheckIntervalMs?: number;
  /** log.flush.scheduler.interval.ms */
  readonly flushCheckIntervalMs?: number;
  /** log.flush.offset.checkpoint.interval.ms */
  readonly checkpointIntervalMs?: number;
  /** log.flush.start.offset.checkpoint.interval.ms */
  readonly startOffsetCheckpointIntervalMs?: number;
  /** log.initial.task.delay.ms: before the first retention, flush and checkpoint. */
  readonly initialTaskDelayMs?: number;
  /** replica.high.watermark.checkpoint.interval.ms */
  readonly highWatermarkCheckpointIntervalMs?: number;
  readonly producerState?: ProducerStateConfig;
  /** producer.id.expiration.check.interval.ms */
  readonly producerExpiryCheckIntervalMs?: number;
  /** Absent: nothing is compacted (log.cleaner.enable=false). */
  readonly cleaner?: CleanerSettings;
  /** Where fetch buffers come from. */
  readonly pool?: BufferPool;
}

export interface OpenOptions {
  readonly config: LogConfig;
  readonly cleanShutdown: boolean;
  readonly recoveryPoint?: number;
  readonly logStartOffset?: number;
  readonly highWatermark?: number;
  readonly compactedTo?: number;
  readonly topicId?: string;
}
