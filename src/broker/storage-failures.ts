// What a disk that refuses costs: a full one refuses records until there is room, a broken one ends the broker when
// it holds all it has (Kafka's LogDirFailureHandler). Tells the log what happened, not once per request.

import { type Clock, DiskError } from '../io/io.ts';
import { ApiError, Errors } from '../protocol/errors.ts';

/** What can pass by itself, or by somebody's making room. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** One line in this time for each kind of trouble. */
const QUIET_MS = 30_000;

export interface StorageFailuresOptions {
  readonly clock: Clock;
  readonly logDirCount: number;
  readonly log: (line: string) => void;
  readonly onFatal: (error: Error) => void;
}

export class StorageFailures {
  private readonly options: StorageFailuresOptions;
  private readonly toldMs = new Map<string, number>();

  constructor(options: StorageFailuresOptions) {
    this.options = options;
  }

  /** To be told of every error of a partition's log; those that aren't the disk's are none of its business. */
  noticed(error: unknown, partition: string): void {
    if (!(error instanceof ApiError) || error.code !== Errors.KAFKA_STORAGE_ERROR) return;
    const { cause } = error;
    const code = cause instanceof DiskError ? cause.code : 'damaged';
    if (FULL.has(code)) {
      this.tell(
        code,
        `the disk is full: ${error.message}; records for ${partition} are refused until there is room`,
      );
    } else {
      this.tell(`${code} ${partition}`, `partition ${partition} failed: ${error.message}`);
      if (cause instanceof DiskError && this.options.logDirCount === 1) {
        this.options.onFatal(new Error(`the only log directory failed: ${error.message}`));
      }
    }
  }

  private tell(kind: string, line: string): void {
    const nowMs = this.options.clock.monotonicMs();
    const lastMs = this.toldMs.get(kind);
    if (lastMs !== undefined && nowMs - lastMs < QUIET_MS) return;
    // Partitions that fail are few, and a failing disk ends the broker: this doesn't grow.
    this.toldMs.set(kind, nowMs);
    this.options.log(line);
  }
}
