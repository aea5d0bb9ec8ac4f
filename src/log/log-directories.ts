// All of log.dirs: which are online, which log lies in which, where a new one goes, and their checkpoints.
// Opens and closes no logs.

import type { Checkpoint, LogDirectory } from './log-directory.ts';
import type { UnifiedLog } from './unified-log.ts';

/** What 'replication-offset' is written of. */
export const highWatermarkOf = (log: UnifiedLog): number => log.highWatermark;

/** The log start offset where the files don't show it: within the first segment. */
export const deletedUpTo = (log: UnifiedLog): number | undefined =>
  log.logStartOffset > log.segments.first.baseOffset ? log.logStartOffset : undefined;

export class LogDirectories {
  /** log.dirs, the failed ones too. */
  readonly paths: readonly string[];
  readonly #open: LogDirectory[] = [];
  readonly #failures = new Map<string, Error>();
  readonly #holders = new Map<UnifiedLog, LogDirectory>();
  #cordoned: ReadonlySet<string> = new Set();
  #writing: Promise<void> | undefined;

  constructor(paths: readonly string[]) {
    this.paths = paths;
  }

  add(directory: LogDirectory): void {
    this.#open.push(directory);
  }

  /** Those that could be opened, in the order of log.dirs. */
  get all(): readonly LogDirectory[] {
    return this.#open;
  }

  find(path: string | undefined): LogDirectory | undefined {
    return this.#open.find((directory) => directory.path === path);
  }

  /** The one that a file lies in. */
  holding(path: string): LogDirectory | undefined {
    return this.#open.find((directory) => directory.holds(path));
  }

  isOnline(path: string): boolean {
    return this.paths.includes(path) && !this.#failures.has(path);
  }

  get onlineCount(): number {
    return this.paths.length - this.#failures.size;
  }

  /** Paths of those that failed. */
  get offline(): readonly string[] {
    return [...this.#failures.keys()];
  }

  takeOffline(path: string, failure: Error): void {
    this.#failures.set(path, failure);
    this.find(path)?.takeOffline(failure);
  }

  cordon(paths: Iterable<string>): void {
    this.#cordoned = new Set(paths);
  }

  isCordoned(path: string): boolean {
    return this.#cordoned.has(path);
  }

  put(log: UnifiedLog, directory: LogDirectory): void {
    this.#holders.set(log, directory);
  }

  forget(log: UnifiedLog): void {
    this.#holders.delete(log);
  }

  of(log: UnifiedLog): LogDirectory | undefined {
    return this.#holders.get(log);
  }

  logsIn(directory: LogDirectory): UnifiedLog[] {
    return [...this.#holders].filter(([, holder]) => holder === directory).map(([log]) => log);
  }

  /**
   * Where a new log may go, the one with the fewest logs first (LogManager.nextLogDirs). When all are cordoned, it is the
   * first one.
   */
  forNewLog(): LogDirectory[] {
    const online = this.#open.filter((directory) => directory.isOnline);
    const candidates = online.filter((directory) => !this.#cordoned.has(directory.path));
    if (candidates.length === 0) return online.slice(0, 1);
    const counts = new Map<LogDirectory, number>();
    for (const directory of this.#holders.values()) {
      counts.set(directory, (counts.get(directory) ?? 0) + 1);
    }
    const countOf = (directory: LogDirectory): number => counts.get(directory) ?? 0;
    return candidates.sort((a, b) => countOf(a) - countOf(b));
  }

  /** Writes a checkpoint of all logs that have an offset, each into its directory. Throws DiskError. */
  write(
    checkpoint: Checkpoint,
    flush: boolean,
    offsetOf: (log: UnifiedLog) => number | undefined,
  ): void {
    for (const [directory, offsets] of this.#offsets(offsetOf)) {
      if (directory.isOnline) directory.write(checkpoint, offsets, flush);
    }
  }

  /** As write without a flush, and without holding up the loop. While one is on its way it does nothing more. */
  writeLater(checkpoint: Checkpoint, offsetOf: (log: UnifiedLog) => number): Promise<void> {
    this.#writing ??= this.#writeLater(checkpoint, offsetOf).finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeLater(checkpoint: Checkpoint, offsetOf: (log: UnifiedLog) => number): Promise<void> {
    for (const [directory, offsets] of this.#offsets(offsetOf)) {
      if (directory.isOnline) await directory.writeLater(checkpoint, offsets);
    }
  }

  /** Resolves when no checkpoint is on its way. */
  async settled(): Promise<void> {
    await this.#writing?.catch(() => {});
  }

  #offsets(
    offsetOf: (log: UnifiedLog) => number | undefined,
  ): Map<LogDirectory, Map<string, number>> {
    const found = new Map<LogDirectory, Map<string, number>>();
    for (const directory of this.#open) found.set(directory, new Map());
    for (const [log, directory] of this.#holders) {
      const offset = offsetOf(log);
      if (offset !== undefined) found.get(directory)!.set(log.name, offset);
    }
    return found;
  }
}
