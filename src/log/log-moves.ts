// The moves of logs between log directories that are under way, and where logs are to be made that aren't there yet.

import type { BufferPool } from '../common/buffer-pool.ts';
import type { Io } from '../io/io.ts';
import { awayDirectory, FUTURE_DIRECTORY_SUFFIX, joinPath } from './file-names.ts';
import { storageError } from './log-errors.ts';
import { LogMove } from './log-move.ts';
import { UnifiedLog } from './unified-log.ts';

export interface LogMovesOptions {
  readonly io: Io;
  readonly pool: BufferPool;
  readonly onWarning: (text: string) => void;
  readonly onFailure: (error: unknown) => void;
}

export class LogMoves {
  readonly #options: LogMovesOptions;
  readonly #moves = new Map<UnifiedLog, LogMove>();
  readonly #preferred = new Map<string, string>();

  constructor(options: LogMovesOptions) {
    this.#options = options;
  }

  of(log: UnifiedLog): LogMove | undefined {
    return this.#moves.get(log);
  }

  prefer(name: string, logDir: string): void {
    this.#preferred.set(name, logDir);
  }

  /** Asked once. */
  preferred(name: string): string | undefined {
    const logDir = this.#preferred.get(name);
    this.#preferred.delete(name);
    return logDir;
  }

  /** `caughtUp` gets the future log in the turn in which it has everything. One that goes elsewhere is aborted. */
  begin(
    source: UnifiedLog,
    from: string,
    logDir: string,
    caughtUp: (future: UnifiedLog) => void,
  ): void {
    if (this.#moves.get(source)?.logDir === logDir) return;
    this.abort(source);
    if (from === logDir) return;
    const { io, onWarning, onFailure } = this.#options;
    const move = new LogMove(io, source, this.#makeFuture(source, logDir), logDir, caughtUp);
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
    const { io, pool, onWarning, onFailure } = this.#options;
    const unique = io.random.bytes(16).toString('hex');
    const name = awayDirectory(topic, partition, unique, FUTURE_DIRECTORY_SUFFIX);
    try {
      return new UnifiedLog({
        io,
        topic,
        partition,
        config,
        pool,
        onWarning,
        onFailure,
        directory: joinPath(logDir, name),
        cleanShutdown: true,
        ...(topicId === undefined ? {} : { topicId }),
      });
    } catch (error) {
      throw storageError(error);
    }
  }

  /** What isn't in its place by now goes. */
  #end(move: LogMove): void {
    if (this.#moves.get(move.source) === move) this.#moves.delete(move.source);
    const { io, onWarning } = this.#options;
    const { future } = move;
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
  }

  close(): void {
    for (const move of this.#moves.values()) move.abort();
    this.#moves.clear();
  }
}
