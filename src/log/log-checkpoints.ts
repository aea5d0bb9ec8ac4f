// The checkpoint files of all log directories, written from the logs as they are: recovery points, log start offsets,
// high watermarks and where cleanings ended. It decides neither when, nor what is flushed before.
// Kafka: LogManager.checkpoint*, ReplicaManager.checkpointHighWatermarks, LogCleanerManager.updateCheckpoints.

import { deletedUpTo, highWatermarkOf, type LogDirectories } from './log-directories.ts';
import type { Checkpoint } from './log-directory.ts';
import type { UnifiedLog } from './unified-log.ts';

export class LogCheckpoints {
  /** By log: where its last cleaning ended. */
  readonly cleanedTo = new Map<UnifiedLog, number>();
  readonly #directories: LogDirectories;
  /** Hears of every error before it goes on. */
  readonly #noticed: (error: unknown) => void;

  constructor(directories: LogDirectories, noticed: (error: unknown) => void) {
    this.#directories = directories;
    this.#noticed = noticed;
  }

  /** Recovery points and log start offsets, flushed. Throws DiskError, as the others. */
  write(): void {
    this.recoveryPoints();
    this.startOffsets();
  }

  recoveryPoints(): void {
    this.#write('recovery-point', true, (log) => log.recoveryPoint);
  }

  startOffsets(): void {
    this.#write('log-start-offset', true, deletedUpTo);
  }

  /** After DeleteRecords: the new start must survive a crash, and no high watermark may be found below it. */
  deletedRecords(): void {
    this.#write('log-start-offset', false, deletedUpTo);
    this.highWatermarks();
  }

  /** Without holding up the loop: soon, not at once. */
  highWatermarks(): void {
    const written = this.#directories.writeLater('replication-offset', highWatermarkOf);
    written.catch((error) => this.#noticed(error));
  }

  cleanerOffsets(): void {
    this.#write('cleaner-offset', true, (log) => this.cleanedTo.get(log));
  }

  /** What a clean stop leaves: the logs are closed, and nothing is on its way any more. */
  last(): void {
    this.write();
    this.#write('replication-offset', false, highWatermarkOf);
  }

  #write(
    checkpoint: Checkpoint,
    flush: boolean,
    offsetOf: (log: UnifiedLog) => number | undefined,
  ): void {
    try {
      this.#directories.write(checkpoint, flush, offsetOf);
    } catch (error) {
      this.#noticed(error);
      throw error;
    }
  }
}
