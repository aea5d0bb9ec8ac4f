// What all logs need from time to time: old segments removed, records flushed, producers forgotten. One log's trouble is
// told and doesn't keep the others from their turn. Never decides when: LogManager's timers do.

import type { Clock } from '../io/io.ts';
import type { LogCleaner } from './cleaner/log-cleaner.ts';
import type { UnifiedLog } from './unified-log.ts';

/** A log without appends for so long is flushed with the next checkpoint, so that a restart needn't scan it. */
const IDLE_FLUSH_MS = 10_000;

export interface LogUpkeepOptions {
  readonly clock: Clock;
  readonly logs: () => Iterable<UnifiedLog>;
  readonly cleaner: () => LogCleaner | undefined;
  readonly onWarning: (text: string) => void;
  /** Told of every error: it may be the disk's. */
  readonly onFailure: (error: unknown) => void;
}

export class LogUpkeep {
  readonly #options: LogUpkeepOptions;

  constructor(options: LogUpkeepOptions) {
    this.#options = options;
  }

  /** Retention of all logs. Returns how many segments went. */
  deleteOldSegments(): number {
    const cleaner = this.#options.cleaner();
    let count = 0;
    for (const log of this.#options.logs()) {
      // Those that are compacted are the cleaner's to look after.
      if (cleaner !== undefined && (log.config.compact || cleaner.isCleaning(log))) continue;
      try {
        count += log.deleteOldSegments();
      } catch (error) {
        this.#failed(`Retention of ${log.name} failed`, error);
      }
    }
    return count;
  }

  /** Flushes logs whose flush.ms has passed. */
  flushDue(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const log of this.#options.logs()) {
      if (log.hasUnflushed && nowMs - log.lastFlushedMs >= log.config.flushMs) this.#flush(log);
    }
  }

  /** Flushes logs that nobody writes to any more, so that their recovery points move to their ends. */
  flushIdle(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const log of this.#options.logs()) {
      if (log.hasUnflushed && nowMs - log.lastAppendMs >= IDLE_FLUSH_MS) this.#flush(log);
    }
  }

  #flush(log: UnifiedLog): void {
    log.flush().catch((error) => this.#failed(`Flushing ${log.name} failed`, error));
  }

  removeExpiredProducers(): void {
    for (const log of this.#options.logs()) log.removeExpiredProducers();
  }

  #failed(what: string, error: unknown): void {
    this.#options.onWarning(`${what}: ${String(error)}`);
    this.#options.onFailure(error);
  }
}
