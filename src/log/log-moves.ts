// The moves of logs between log directories that are under way or were when the broker stopped, and where logs are to be
// made that aren't there yet. What a move has copied outlives a stop of either kind.

import type { BufferPool } from '../common/buffer-pool.ts';
import type { Io } from '../io/io.ts';
import {
  awayDirectory,
  FUTURE_DIRECTORY_SUFFIX,
  joinPath,
  parseFutureDirectory,
  partitionDirectory,
  type TopicPartition,
} from './file-names.ts';
import type { LogConfig } from './log-config.ts';
import { DamagedFileError, storageError } from './log-errors.ts';
import type { OpenOptions } from './log-manager-options.ts';
import { type CaughtUp, LogMove } from './log-move.ts';
import { MoveQuota } from './move-quota.ts';
import { UnifiedLog } from './unified-log.ts';

export interface LogMovesOptions {
  readonly io: Io;
  readonly pool: BufferPool;
  readonly onWarning: (text: string) => void;
  readonly onFailure: (error: unknown) => void;
}

interface Interrupted {
  readonly future: UnifiedLog;
  readonly logDir: string;
}

/** Partitions that don't exist cost a client nothing to name. */
const MAX_PREFERRED = 10_000;

export class LogMoves {
  readonly quota: MoveQuota;
  readonly #options: LogMovesOptions;
  readonly #moves = new Map<UnifiedLog, LogMove>();
  /** By name of the partition: what the start found. */
  readonly #interrupted = new Map<string, Interrupted>();
  readonly #preferred = new Map<string, string>();
  #suspended = false;

  constructor(options: LogMovesOptions) {
    this.#options = options;
    this.quota = new MoveQuota(options.io.clock);
  }

  of(log: UnifiedLog): LogMove | undefined {
    return this.#moves.get(log);
  }

  /** Where the log of a partition that isn't here yet is to be made. With too many of them the oldest is forgotten. */
  prefer(name: string, logDir: string): void {
    this.#preferred.delete(name);
    this.#preferred.set(name, logDir);
    const [oldest] = this.#preferred.keys();
    if (this.#preferred.size > MAX_PREFERRED && oldest !== undefined) {
      this.#preferred.delete(oldest);
    }
  }

  /** Asked once. */
  preferred(name: string): string | undefined {
    const logDir = this.#preferred.get(name);
    this.#preferred.delete(name);
    return logDir;
  }

  /** A folder that the start found: it is opened, and waits for its partition. */
  found(
    logDir: string,
    folder: string,
    configFor: (topic: string) => LogConfig,
    cleanShutdown: boolean,
  ): void {
    const directory = joinPath(logDir, folder);
    const which = parseFutureDirectory(folder);
    if (which === undefined) {
      this.#options.onWarning(`Ignoring ${directory}`);
      return;
    }
    const name = partitionDirectory(which.topic, which.partition);
    try {
      const future = this.#open(which, directory, {
        config: configFor(which.topic),
        cleanShutdown,
      });
      if (!this.#interrupted.has(name)) this.#interrupted.set(name, { future, logDir });
      else this.#drop(future);
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      this.#options.onWarning(`The move of ${name} begins anew: ${error.message}`);
      this.#options.io.disk.remove(directory);
    }
  }

  /** Goes on with the move that a stop interrupted. True when there was one. */
  resume(source: UnifiedLog, from: string, caughtUp: CaughtUp): boolean {
    const interrupted = this.#interrupted.get(source.name);
    if (interrupted === undefined) return false;
    this.#interrupted.delete(source.name);
    const { future, logDir } = interrupted;
    if (logDir === from || future.topicId !== source.topicId) {
      this.#drop(future);
      return false;
    }
    future.updateConfig(source.config);
    this.#start(source, future, logDir, caughtUp);
    return true;
  }

  /** Folders of those that nobody went on with. */
  get unclaimed(): string[] {
    return [...this.#interrupted.values()].map(({ future }) => future.directory);
  }

  /** One that goes elsewhere is aborted. */
  begin(source: UnifiedLog, from: string, logDir: string, caughtUp: CaughtUp): void {
    if (this.#moves.get(source)?.logDir === logDir) return;
    this.abort(source);
    if (from === logDir) return;
    this.#start(source, this.#makeFuture(source, logDir), logDir, caughtUp);
  }

  #start(source: UnifiedLog, future: UnifiedLog, logDir: string, caughtUp: CaughtUp): void {
    const { io, onWarning, onFailure } = this.#options;
    const move = new LogMove(io, this.quota, source, future, logDir, caughtUp);
    this.#moves.set(source, move);
    move
      .run()
      .catch((error: unknown) => {
        onWarning(`Moving ${source.name} to ${logDir} failed: ${String(error)}`);
        onFailure(error);
      })
      .finally(() => this.#end(move));
  }

  #makeFuture({ topic, partition, topicId, config }: UnifiedLog, logDir: string): UnifiedLog {
    const unique = this.#options.io.random.bytes(16).toString('hex');
    const name = awayDirectory(topic, partition, unique, FUTURE_DIRECTORY_SUFFIX);
    try {
      return this.#open({ topic, partition }, joinPath(logDir, name), {
        config,
        cleanShutdown: true,
        ...(topicId === undefined ? {} : { topicId }),
      });
    } catch (error) {
      throw storageError(error);
    }
  }

  #open(which: TopicPartition, directory: string, more: OpenOptions): UnifiedLog {
    const { io, pool, onWarning, onFailure } = this.#options;
    const { topic, partition } = which;
    return new UnifiedLog({ io, topic, partition, directory, pool, onWarning, onFailure, ...more });
  }

  /** What isn't in its place by now goes, unless it was only interrupted. */
  #end(move: LogMove): void {
    if (this.#suspended) return;
    if (this.#moves.get(move.source) === move) this.#moves.delete(move.source);
    this.#drop(move.future);
  }

  #drop(future: UnifiedLog): void {
    const { io, onWarning } = this.#options;
    try {
      if (!future.isClosed) future.retire();
      if (io.disk.exists(future.directory)) io.disk.remove(future.directory);
    } catch (error) {
      onWarning(`Removing ${future.directory} failed: ${String(error)}`);
    }
  }

  abort(source: UnifiedLog): void {
    this.#moves.get(source)?.abort();
    this.#moves.delete(source);
    const interrupted = this.#interrupted.get(source.name);
    this.#interrupted.delete(source.name);
    if (interrupted !== undefined) this.#drop(interrupted.future);
  }

  /** At a clean stop: what was copied is flushed and closed, and the next start goes on with it. */
  async suspend(): Promise<void> {
    for (const future of this.#stop()) {
      if (future.isClosed) continue;
      try {
        await future.close();
      } catch (error) {
        this.#options.onWarning(`Closing ${future.directory} failed: ${String(error)}`);
        this.#options.onFailure(error);
      }
    }
  }

  /** Lets go of everything as it is. */
  abandon(): void {
    for (const future of this.#stop()) if (!future.isClosed) future.abandon();
  }

  #stop(): UnifiedLog[] {
    this.#suspended = true;
    const moves = [...this.#moves.values()];
    for (const move of moves) move.abort();
    const waiting = [...this.#interrupted.values()];
    this.#moves.clear();
    this.#interrupted.clear();
    return [...moves, ...waiting].map(({ future }) => future);
  }
}
