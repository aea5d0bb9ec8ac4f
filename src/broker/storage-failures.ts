// What a disk that refuses costs: a full one refuses records until there is room; of a broken one the log directory goes
// offline with its partitions while the others go on, and the broker ends when there is no other, or when its metadata is
// there (Kafka's LogDirFailureHandler). Tells the log what happened, not once per request.

import { type Clock, DiskError } from '../io/io.ts';
import { diskFailure } from '../log/log-errors.ts';
import type { DirectoryFailure } from '../log/log-manager.ts';
import { ApiError, Errors } from '../protocol/errors.ts';

/** One line in this time for each kind of trouble. */
const QUIET_MS = 30_000;

export interface StorageFailuresOptions {
  readonly clock: Clock;
  /** metadata.log.dir, or the first of log.dirs. */
  readonly metadataLogDir: string;
  readonly log: (line: string) => void;
  /** Takes the directory offline that the failure names. */
  readonly diskFailed: (failure: DiskError) => void;
  readonly onFatal: (error: Error) => void;
}

export class StorageFailures {
  readonly #options: StorageFailuresOptions;
  readonly #toldMs = new Map<string, number>();

  constructor(options: StorageFailuresOptions) {
    this.#options = options;
  }

  /** To be told of every error of a partition's log; those that aren't the disk's are none of its business. */
  noticed(error: unknown, partition: string): void {
    if (!(error instanceof ApiError) || error.code !== Errors.KAFKA_STORAGE_ERROR) return;
    const { cause } = error;
    if (cause === undefined) return;
    const failure = diskFailure(error);
    if (failure !== undefined) {
      this.#tell(`${failure.code} ${partition}`, `partition ${partition} failed: ${error.message}`);
      this.#options.diskFailed(failure);
    } else if (cause instanceof DiskError) {
      const reason = cause.code === 'EMFILE' || cause.code === 'ENFILE' ? TOO_MANY : FULL;
      this.#tell(
        cause.code,
        `${reason}: ${error.message}; records for ${partition} are refused until there is room`,
      );
    } else {
      this.#tell(`damaged ${partition}`, `partition ${partition} failed: ${error.message}`);
    }
  }

  /** A directory is lost. */
  directoryFailed({ path, failure, isLast, logs }: DirectoryFailure): void {
    const { log, onFatal, metadataLogDir } = this.#options;
    if (isLast) {
      onFatal(new Error(`the only log directory failed: ${failure.message}`));
    } else if (path === metadataLogDir) {
      onFatal(new Error(`the log directory with the metadata failed: ${failure.message}`));
    } else {
      const names = logs.map(({ name }) => name).sort();
      log(
        `log directory ${path} failed and is offline: ${failure.message}; its partitions answer with errors: ${names.join(', ')}`,
      );
    }
  }

  #tell(kind: string, line: string): void {
    const nowMs = this.#options.clock.monotonicMs();
    const lastMs = this.#toldMs.get(kind);
    if (lastMs !== undefined && nowMs - lastMs < QUIET_MS) return;
    // Partitions that fail are few, and a failing disk ends the broker: this doesn't grow.
    this.#toldMs.set(kind, nowMs);
    this.#options.log(line);
  }
}

const FULL = 'the disk is full';
const TOO_MANY = 'too many files are open';
