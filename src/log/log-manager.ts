// All logs of a broker over its log.dirs: opens and recovers them, makes and deletes them, keeps them in order by timers,
// and leaves the folders at a clean stop as Apache Kafka does (kafka.log.LogManager).

import { BufferPool } from '../common/buffer-pool.ts';
import { DiskError, type Io } from '../io/io.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import { type CleanerSettings, LogCleaner } from './cleaner/log-cleaner.ts';
import { DoomedFolders } from './doomed-folders.ts';
import {
  DELETE_DIRECTORY_SUFFIX,
  FUTURE_DIRECTORY_SUFFIX,
  joinPath,
  parsePartitionDirectory,
  partitionDirectory,
  STRAY_DIRECTORY_SUFFIX,
} from './file-names.ts';
import { LogCheckpoints } from './log-checkpoints.ts';
import type { LogConfig } from './log-config.ts';
import { LogDirectories } from './log-directories.ts';
import { LogDirectory } from './log-directory.ts';
import { DamagedFileError, diskFailure, storageError } from './log-errors.ts';
import type { DirectoryFailure, LogManagerOptions, OpenOptions } from './log-manager-options.ts';
import { LogMoves } from './log-moves.ts';
import { LogUpkeep } from './log-upkeep.ts';
import { PeriodicTasks } from './periodic-tasks.ts';
import { ProducerStateConfig } from './producer-state-config.ts';
import { UnifiedLog } from './unified-log.ts';

const INITIAL_DELAY_MS = 30_000;
/** Logs whose flushes are under way together at a stop. */
const CLOSING_AT_ONCE = 8;
const METADATA_FOLDER = '__cluster_metadata-0';
/** Fetch buffers that are kept for reuse. */
const POOL_IDLE_BYTES = 16 * 1024 * 1024;
const POOL_BUFFER_BYTES = 2 * 1024 * 1024;

export type { DirectoryFailure, LogManagerOptions } from './log-manager-options.ts';

export class LogManager {
  readonly pool: BufferPool;
  readonly producerState: ProducerStateConfig;
  /** The broker epoch of the last clean stop in all folders, or -1. */
  readonly previousBrokerEpoch: number;
  readonly #options: LogManagerOptions;
  readonly #io: Io;
  readonly #directories: LogDirectories;
  /** By topic, then partition: a lookup per produce and fetch makes no string. */
  readonly #logs = new Map<string, Map<number, UnifiedLog>>();
  readonly checkpoints: LogCheckpoints;
  readonly cleaner: LogCleaner | undefined;
  /** Logs that can't be opened, by name, and why. */
  readonly #damaged = new Map<string, DamagedFileError>();
  readonly moves: LogMoves;
  readonly upkeep: LogUpkeep;
  /** Set by the owner. */
  onDirectoryFailure: (failure: DirectoryFailure) => void = () => {};
  readonly #tasks: PeriodicTasks;
  readonly #doomed: DoomedFolders;
  readonly #warn: (text: string) => void;
  #closed = false;

  /** Opens everything. Throws DirectoryLockedError, DiskError, DamagedFileError. */
  constructor(options: LogManagerOptions) {
    this.#options = options;
    this.#io = options.io;
    this.#directories = new LogDirectories(options.logDirs);
    this.checkpoints = new LogCheckpoints(this.#directories, (error) => this.#noticed(error));
    this.#warn = options.onWarning ?? (() => {});
    this.producerState = options.producerState ?? new ProducerStateConfig();
    this.pool =
      options.pool ??
      new BufferPool({ maxIdleBytes: POOL_IDLE_BYTES, maxBufferBytes: POOL_BUFFER_BYTES });
    this.upkeep = new LogUpkeep({
      clock: this.#io.clock,
      logs: () => this.logs(),
      cleaner: () => this.cleaner,
      onWarning: this.#warn,
      onFailure: (error) => this.#noticed(error),
    });
    this.#tasks = new PeriodicTasks(this.#io.clock, (error) => {
      this.#warn(`Housekeeping of the logs failed: ${String(error)}`);
      this.#noticed(error);
    });
    this.moves = new LogMoves({
      io: this.#io,
      pool: this.pool,
      onWarning: this.#warn,
      onFailure: (error) => this.#noticed(error),
    });
    this.#doomed = new DoomedFolders(this.#io, (path, error) => {
      this.#warn(`Deleting ${path} failed: ${String(error)}`);
      this.#noticed(error);
    });
    const epochs: number[] = [];
    try {
      for (const path of options.logDirs) {
        this.#orOffline(path, () => {
          const known = options.failedDirs?.get(path);
          if (known !== undefined) throw known;
          this.#directories.add(new LogDirectory(this.#io.disk, path, this.#warn));
        });
      }
      for (const directory of this.#directories.all) {
        this.#orOffline(directory.path, () => epochs.push(this.#openDirectory(directory)));
      }
    } catch (error) {
      this.abandon();
      throw error;
    }
    // Nobody knows how the last run left a folder that can't be looked at (readBrokerEpochFromCleanShutdownFiles).
    const isWhole = epochs.length > 0 && (options.failedDirs?.size ?? 0) === 0;
    this.previousBrokerEpoch = isWhole ? Math.min(...epochs) : -1;
    this.cleaner = options.cleaner === undefined ? undefined : this.#makeCleaner(options.cleaner);
    this.cleaner?.start();
    this.#startTimers();
  }

  /** At the start a folder whose disk fails is left out, unless it was the last one. */
  #orOffline(path: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      const known = this.#options.failedDirs?.get(path);
      const failure = known ?? diskFailure(error);
      if (failure === undefined || this.#directories.onlineCount === 1) throw error;
      this.#warn(`${path} is offline: ${failure.message}; the other log directories go on`);
      this.#takeOffline(path, failure);
    }
  }

  /** Its logs are closed as they are, and forgotten. */
  #takeOffline(path: string, failure: Error): UnifiedLog[] {
    const directory = this.#directories.find(path);
    const gone = directory === undefined ? [] : this.#directories.logsIn(directory);
    this.#directories.takeOffline(path, failure);
    for (const log of gone) {
      this.#forget(log);
      this.cleaner?.abort(log).catch(() => {});
      try {
        log.abandon();
      } catch {
        // It may well fail to close, too.
      }
    }
    return gone;
  }

  #forget(log: UnifiedLog): void {
    const partitions = this.#logs.get(log.topic);
    partitions?.delete(log.partition);
    if (partitions?.size === 0) this.#logs.delete(log.topic);
    this.#directories.forget(log);
    this.checkpoints.cleanedTo.delete(log);
    this.moves.abort(log);
  }

  /**
   * To be told of every failure of a disk: takes the folder that the failed path lies in offline, with its logs, and
   * tells onDirectoryFailure. The last folder stays as it is: its owner stops.
   */
  diskFailed(failure: DiskError): void {
    const path = this.#directories.holding(failure.path)?.path;
    if (path === undefined || this.#closed || !this.isOnline(path)) return;
    const isLast = this.#directories.onlineCount === 1;
    const logs = isLast ? [] : this.#takeOffline(path, failure);
    this.onDirectoryFailure({ path, failure, isLast, logs });
  }

  isOnline(logDir: string): boolean {
    return this.#directories.isOnline(logDir);
  }

  #makeCleaner(settings: CleanerSettings): LogCleaner {
    return new LogCleaner({
      io: this.#io,
      settings,
      logs: () => this.logs(),
      isHeld: (log) => this.moves.of(log) !== undefined,
      checkpointOf: (log) => this.checkpoints.cleanedTo.get(log),
      writeCheckpoint: (log, offset) => {
        this.checkpoints.cleanedTo.set(log, offset);
        this.checkpoints.cleanerOffsets();
      },
      // Recovery tells the gaps of a compaction from losses by the recovery point.
      beforeSwap: async (log) => {
        await log.flush();
        this.checkpoints.write();
      },
      onWarning: this.#warn,
      onFailure: (log, error) => {
        this.#warn(`Compaction of ${log.name} failed: ${String(error)}`);
        this.#noticed(error);
      },
    });
  }

  #openDirectory(directory: LogDirectory): number {
    const brokerEpoch = directory.takeCleanShutdown();
    const recoveryPoints = directory.read('recovery-point');
    const startOffsets = directory.read('log-start-offset');
    const highWatermarks = directory.read('replication-offset');
    const cleanedTo = directory.read('cleaner-offset');
    for (const folder of directory.folders()) {
      if (folder.endsWith(DELETE_DIRECTORY_SUFFIX)) {
        this.#doomed.removeLater(joinPath(directory.path, folder), 0);
        continue;
      }
      if (folder.endsWith(FUTURE_DIRECTORY_SUFFIX)) {
        this.moves.found(
          directory.path,
          folder,
          this.#options.configFor,
          brokerEpoch !== undefined,
        );
        continue;
      }
      if (folder === METADATA_FOLDER || folder.endsWith(STRAY_DIRECTORY_SUFFIX)) continue;
      const parsed = parsePartitionDirectory(folder);
      if (parsed === undefined) {
        // Kafka refuses to start over a folder that isn't a partition's; a stray folder harms nobody here.
        if (folder.includes('-')) this.#warn(`Ignoring ${joinPath(directory.path, folder)}`);
        continue;
      }
      const highWatermark = highWatermarks.get(folder);
      const compactedTo = cleanedTo.get(folder);
      const log = this.#openUnlessDamaged(directory, parsed.topic, parsed.partition, {
        config: this.#options.configFor(parsed.topic),
        cleanShutdown: brokerEpoch !== undefined,
        recoveryPoint: recoveryPoints.get(folder) ?? 0,
        logStartOffset: startOffsets.get(folder) ?? 0,
        compactedTo: compactedTo ?? 0,
        ...(highWatermark === undefined ? {} : { highWatermark }),
      });
      if (log !== undefined && compactedTo !== undefined)
        this.checkpoints.cleanedTo.set(log, compactedTo);
    }
    return brokerEpoch ?? -1;
  }

  /** A log with a file that can't be used and can't be rebuilt is left as it is, and the others go on. */
  #openUnlessDamaged(
    directory: LogDirectory,
    topic: string,
    partition: number,
    more: OpenOptions,
  ): UnifiedLog | undefined {
    try {
      return this.#open(directory, topic, partition, more);
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      const name = partitionDirectory(topic, partition);
      this.#warn(`${name} can't be opened and stays offline: ${error.message}`);
      this.#damaged.set(name, error);
      return undefined;
    }
  }

  #open(directory: LogDirectory, topic: string, partition: number, more: OpenOptions): UnifiedLog {
    const log = new UnifiedLog({
      io: this.#io,
      topic,
      partition,
      directory: joinPath(directory.path, partitionDirectory(topic, partition)),
      pool: this.pool,
      onWarning: this.#warn,
      onFailure: (error) => this.#noticed(error),
      producerState: this.producerState,
      ...more,
    });
    let partitions = this.#logs.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#logs.set(topic, partitions);
    }
    const twin = partitions.get(partition);
    if (twin !== undefined) {
      // A crash in the last step of a move: both have everything.
      const [kept, other] = twin.logEndOffset >= log.logEndOffset ? [twin, log] : [log, twin];
      this.#directories.forget(other);
      other.retire();
      const aside = this.#doomed.setAside(other.directory, other);
      this.#warn(`${log.name} is in two log directories; ${other.directory} is kept as ${aside}`);
      if (kept === twin) return twin;
    }
    partitions.set(partition, log);
    this.#directories.put(log, directory);
    return log;
  }

  getLog(topic: string, partition: number): UnifiedLog | undefined {
    return this.#logs.get(topic)?.get(partition);
  }

  *logs(): Generator<UnifiedLog> {
    for (const partitions of this.#logs.values()) yield* partitions.values();
  }

  /** All of log.dirs, the failed ones too. */
  get logDirs(): readonly string[] {
    return this.#options.logDirs;
  }

  /** The folder of log.dirs that a log lies in. */
  logDirOf(log: UnifiedLog): string | undefined {
    return this.#directories.of(log)?.path;
  }

  /**
   * The existing log, or a new one in the folder with the fewest (or in `logDir`); where the disk refuses, the next one is
   * tried. Not `isNew`: it may be in a folder that failed, and isn't made anew then. Throws ApiError.
   */
  createLog(
    topic: string,
    partition: number,
    topicId: string | undefined,
    config: LogConfig = this.#options.configFor(topic),
    logDir?: string,
    isNew = true,
  ): UnifiedLog {
    const existing = this.getLog(topic, partition);
    if (existing !== undefined) {
      if (topicId === undefined || existing.topicId === topicId) return existing;
      if (!existing.isUnidentified) {
        existing.assignTopicId(topicId);
        return existing;
      }
      this.setAside(existing, 'had lost its topic id before anything in it was flushed');
    }
    const damage = this.#damaged.get(partitionDirectory(topic, partition));
    if (damage !== undefined) throw storageError(damage);
    const { offline } = this.#directories;
    if (!isNew && offline.length > 0) {
      throw new ApiError(
        Errors.KAFKA_STORAGE_ERROR,
        `Can not create log for ${partitionDirectory(topic, partition)} because log directories ${offline.join(',')} are offline`,
      );
    }
    let problem: unknown;
    for (const directory of this.#placesFor(topic, partition, logDir)) {
      try {
        return this.#make(directory, topic, partition, config, topicId);
      } catch (error) {
        this.#noticed(error);
        if (!(error instanceof DiskError)) throw storageError(error);
        problem ??= error;
      }
    }
    throw storageError(problem);
  }

  /** Throws DiskError; nothing is left of the log then. */
  #make(
    directory: LogDirectory,
    topic: string,
    partition: number,
    config: LogConfig,
    topicId: string | undefined,
  ): UnifiedLog {
    this.#doomed.settle({ topic, partition });
    const name = partitionDirectory(topic, partition);
    // Of a deleted log of this name: they would tell of flushes that the new one never had.
    if (directory.tellsOf(name)) this.checkpoints.write();
    const { disk } = this.#io;
    const path = joinPath(directory.path, name);
    const isThere = disk.exists(path);
    try {
      return this.#open(directory, topic, partition, {
        config,
        cleanShutdown: true,
        ...(topicId === undefined ? {} : { topicId }),
      });
    } catch (error) {
      if (!isThere) this.#removeRest(path);
      throw error;
    }
  }

  /** A disk that was full half-way: the log will be made elsewhere, or here later, and there must not be two. */
  #removeRest(path: string): void {
    try {
      this.#io.disk.remove(path);
    } catch (error) {
      this.#warn(`Deleting ${path} failed: ${String(error)}`);
    }
  }

  /** What nobody of this cluster owns, or a deleted topic: it is kept under another name (Kafka's stray logs). */
  setAside(log: UnifiedLog, reason: string): void {
    log.retire();
    this.#forget(log);
    const kept = this.#doomed.setAside(log.directory, log);
    this.#warn(`${log.directory} ${reason}; it is kept as ${kept}`);
  }

  #noticed(error: unknown): void {
    const failure = diskFailure(error);
    if (failure !== undefined) this.diskFailed(failure);
  }

  #placesFor(topic: string, partition: number, asked: string | undefined): LogDirectory[] {
    const wanted = asked ?? this.moves.preferred(partitionDirectory(topic, partition));
    const found = this.#directories.find(wanted);
    return found?.isOnline === true ? [found] : this.#directories.forNewLog();
  }

  /** cordoned.log.dirs (KIP-1066): nothing new is put there while there is another one. */
  cordon(logDirs: Iterable<string>): void {
    this.#directories.cordon(logDirs);
  }

  isCordoned(logDir: string): boolean {
    return this.#directories.isCordoned(logDir);
  }

  /** @throws ApiError LOG_DIR_NOT_FOUND, KAFKA_STORAGE_ERROR, INVALID_REPLICA_ASSIGNMENT for a cordoned one */
  checkMovable(logDir: string): void {
    if (!this.#options.logDirs.includes(logDir)) {
      const text = `Log dir '${logDir}' is not found in the config.`;
      throw new ApiError(Errors.LOG_DIR_NOT_FOUND, text);
    }
    if (this.#directories.offline.length > 0) {
      throw new ApiError(Errors.KAFKA_STORAGE_ERROR, `Log directory ${logDir} is offline`);
    }
    if (this.isCordoned(logDir)) {
      const text = `Log directory ${logDir} is cordoned`;
      throw new ApiError(Errors.INVALID_REPLICA_ASSIGNMENT, text);
    }
  }

  /** Moves a log to another log directory in the background; `moved` gets the one that takes its place. Throws ApiError. */
  move(log: UnifiedLog, logDir: string, moved: (log: UnifiedLog) => void): void {
    this.moves.begin(log, this.logDirOf(log)!, logDir, this.#caughtUp(log, moved));
    this.#holdCleaning(log);
  }

  /** As move, where the last run didn't come to the end of one. */
  resumeMove(log: UnifiedLog, moved: (log: UnifiedLog) => void): void {
    this.moves.resume(log, this.logDirOf(log)!, this.#caughtUp(log, moved));
    this.#holdCleaning(log);
  }

  /** What was copied must not be cleaned behind the copy's back. */
  #holdCleaning(log: UnifiedLog): void {
    if (this.moves.of(log) === undefined) return;
    this.cleaner?.abort(log).catch((error) => this.#warn(`${log.name}: ${String(error)}`));
  }

  #caughtUp(log: UnifiedLog, moved: (log: UnifiedLog) => void) {
    return (future: UnifiedLog, logDir: string) => moved(this.#replace(log, future, logDir));
  }

  /** In one turn of the loop: nothing is appended in between. */
  #replace(log: UnifiedLog, future: UnifiedLog, logDir: string): UnifiedLog {
    const { topic, partition, config } = log;
    const { recoveryPoint } = future;
    const cleanedTo = this.checkpoints.cleanedTo.get(log);
    future.producerState.takeSnapshot(true);
    future.writeBehind();
    future.retire();
    // First the new one under its name, for good: a crash in between leaves both, and nothing is lost.
    this.#io.disk.rename(future.directory, joinPath(logDir, partitionDirectory(topic, partition)));
    this.#io.disk.flushDirectory(logDir);
    log.retire();
    this.#forget(log);
    this.#doomed.add(log.directory, log, config.fileDeleteDelayMs);
    const directory = this.#directories.find(logDir)!;
    const opened = this.#open(directory, topic, partition, {
      config,
      cleanShutdown: false,
      recoveryPoint,
      logStartOffset: log.logStartOffset,
      highWatermark: log.highWatermark,
    });
    if (cleanedTo !== undefined) {
      this.checkpoints.cleanedTo.set(opened, cleanedTo);
      this.checkpoints.cleanerOffsets();
    }
    this.checkpoints.write();
    return opened;
  }

  updateConfig(topic: string, config: LogConfig): void {
    for (const log of this.#logs.get(topic)?.values() ?? []) log.updateConfig(config);
  }

  /** Renames the folder away at once and removes it after file.delete.delay.ms. False when there is no such log. */
  deleteLog(topic: string, partition: number): boolean {
    const log = this.getLog(topic, partition);
    if (log === undefined) return false;
    log.retire();
    this.cleaner?.abort(log).catch((error) => this.#warn(`${log.name}: ${String(error)}`));
    const wasCleaned = this.checkpoints.cleanedTo.has(log);
    this.#forget(log);
    try {
      this.#doomed.add(log.directory, { topic, partition }, log.config.fileDeleteDelayMs);
    } catch (error) {
      this.#noticed(error);
      throw storageError(error);
    }
    if (wasCleaned) this.checkpoints.cleanerOffsets();
    return true;
  }

  #startTimers(): void {
    const options = this.#options;
    const { upkeep } = this;
    const firstMs = options.initialTaskDelayMs ?? INITIAL_DELAY_MS;
    const every = (intervalMs: number, work: () => void) =>
      this.#tasks.every(intervalMs, firstMs, work);
    every(options.retentionCheckIntervalMs ?? 300_000, () => upkeep.deleteOldSegments());
    every(options.flushCheckIntervalMs ?? Number.MAX_SAFE_INTEGER, () => upkeep.flushDue());
    every(options.checkpointIntervalMs ?? 60_000, () => {
      upkeep.flushIdle();
      this.checkpoints.recoveryPoints();
    });
    every(options.startOffsetCheckpointIntervalMs ?? 60_000, () => this.checkpoints.startOffsets());
    // These two are the replica manager's and the producer state manager's in Kafka, without that delay.
    const soon = (everyMs: number, work: () => void) => this.#tasks.every(everyMs, everyMs, work);
    soon(options.highWatermarkCheckpointIntervalMs ?? 5_000, () =>
      this.checkpoints.highWatermarks(),
    );
    soon(options.producerExpiryCheckIntervalMs ?? 600_000, () => upkeep.removeExpiredProducers());
  }

  /** Flushes and closes all logs, writes checkpoints and clean-shutdown markers, lets go of the locks. Idempotent. */
  async shutdown(brokerEpoch = -1): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTimers();
    await this.cleaner?.stop();
    await this.moves.suspend();
    const failed = new Set<LogDirectory>();
    const waiting = [...this.logs()];
    const closeOneAfterAnother = async () => {
      for (let log = waiting.pop(); log !== undefined; log = waiting.pop()) {
        try {
          await log.close();
        } catch (error) {
          this.#warn(`Closing ${log.name} failed: ${String(error)}`);
          failed.add(this.#directories.of(log)!);
        }
      }
    };
    await Promise.all(Array.from({ length: CLOSING_AT_ONCE }, closeOneAfterAnother));
    await this.#directories.settled();
    this.checkpoints.last();
    for (const directory of this.#directories.all) {
      if (directory.isOnline && !failed.has(directory)) directory.writeCleanShutdown(brokerEpoch);
      directory.unlock({ remove: directory.isOnline });
    }
  }

  /** Lets go of everything as it is, as a crash would. */
  abandon(): void {
    this.#closed = true;
    this.#cancelTimers();
    this.cleaner?.stop().catch(() => {});
    this.moves.abandon();
    for (const log of this.logs()) log.abandon();
    for (const directory of this.#directories.all) directory.unlock();
  }

  #cancelTimers(): void {
    this.#tasks.close();
    this.#doomed.close();
  }
}
