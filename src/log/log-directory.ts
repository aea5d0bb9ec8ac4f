// One of log.dirs: its lock, its checkpoints and its clean-shutdown marker. Opens no logs by itself.

import type { Disk, DiskLock } from '../io/io.ts';
import {
  readOffsetCheckpoint,
  writeOffsetCheckpoint,
  writeOffsetCheckpointLater,
} from './checkpoint-file.ts';
import {
  CLEAN_SHUTDOWN_FILE,
  CLEANER_OFFSET_FILE,
  joinPath,
  LOCK_FILE,
  LOG_START_OFFSET_FILE,
  RECOVERY_POINT_FILE,
  REPLICATION_OFFSET_FILE,
} from './file-names.ts';
import { DamagedFileError } from './log-errors.ts';

/** Another process has the folder. */
export class DirectoryLockedError extends Error {
  readonly path: string;
  constructor(directory: string) {
    super(
      `Failed to acquire lock on file ${LOCK_FILE} in ${directory}. A Kafka instance in another process or thread is using this directory.`,
    );
    this.name = 'DirectoryLockedError';
    this.path = directory;
  }
}

export type Checkpoint =
  | 'recovery-point'
  | 'replication-offset'
  | 'log-start-offset'
  | 'cleaner-offset';

const FILES: Readonly<Record<Checkpoint, string>> = {
  'recovery-point': RECOVERY_POINT_FILE,
  'replication-offset': REPLICATION_OFFSET_FILE,
  'log-start-offset': LOG_START_OFFSET_FILE,
  'cleaner-offset': CLEANER_OFFSET_FILE,
};

export class LogDirectory {
  readonly path: string;
  readonly #disk: Disk;
  readonly #lock: DiskLock;
  readonly #onWarning: (text: string) => void;
  readonly #written = new Map<Checkpoint, string>();
  /** The partition folders that each file tells of. */
  readonly #told = new Map<Checkpoint, ReadonlySet<string>>();
  /** Why it can't be used any more. */
  #failure: Error | undefined;

  /** Throws DirectoryLockedError, DiskError. */
  constructor(disk: Disk, path: string, onWarning: (text: string) => void) {
    this.#disk = disk;
    this.path = path;
    this.#onWarning = onWarning;
    if (!disk.exists(path)) disk.makeDirectory(path);
    const lock = disk.lock(joinPath(path, LOCK_FILE));
    if (lock === undefined) throw new DirectoryLockedError(path);
    this.#lock = lock;
  }

  get isOnline(): boolean {
    return this.#failure === undefined;
  }

  /** From here on nothing is written to it. */
  takeOffline(failure: Error): void {
    this.#failure ??= failure;
  }

  /** Whether a path is the folder or lies in it. */
  holds(path: string): boolean {
    return (
      path === this.path || path.startsWith(this.path.endsWith('/') ? this.path : `${this.path}/`)
    );
  }

  /**
   * Takes the clean-shutdown marker away: undefined when there is none (the last run was killed), else the broker epoch
   * it holds (-1 when it holds none). From here on a crash is a crash: nor does a power failure bring the marker back.
   */
  takeCleanShutdown(): number | undefined {
    const path = joinPath(this.path, CLEAN_SHUTDOWN_FILE);
    if (!this.#disk.exists(path)) return undefined;
    const text = this.#disk.readFile(path).toString('utf8');
    this.#disk.remove(path);
    this.#disk.flushDirectory(this.path);
    try {
      const epoch = (JSON.parse(text) as { brokerEpoch?: unknown }).brokerEpoch;
      return typeof epoch === 'number' ? epoch : -1;
    } catch {
      return -1;
    }
  }

  writeCleanShutdown(brokerEpoch: number): void {
    const text = JSON.stringify({ version: 0, brokerEpoch });
    this.#disk.writeFileAtomic(joinPath(this.path, CLEAN_SHUTDOWN_FILE), text);
  }

  /** Offsets by partition folder name; a damaged file counts as empty, which only costs a longer recovery. */
  read(checkpoint: Checkpoint): Map<string, number> {
    try {
      const offsets = readOffsetCheckpoint(this.#disk, joinPath(this.path, FILES[checkpoint]));
      this.#told.set(checkpoint, new Set(offsets.keys()));
      return offsets;
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      this.#onWarning(
        `Error occurred while reading a checkpoint, it is reset to 0: ${error.message}`,
      );
      return new Map();
    }
  }

  /** Writes when something changed since the last time. */
  write(checkpoint: Checkpoint, offsets: ReadonlyMap<string, number>, flush: boolean): void {
    const text = JSON.stringify([...offsets]);
    if (this.#written.get(checkpoint) === text) return;
    writeOffsetCheckpoint(this.#disk, joinPath(this.path, FILES[checkpoint]), offsets, flush);
    this.#written.set(checkpoint, text);
    this.#told.set(checkpoint, new Set(offsets.keys()));
  }

  /** Whether a partition folder of that name was flushed up to somewhere, or begins somewhere, as far as the files say. */
  tellsOf(folder: string): boolean {
    return (['recovery-point', 'log-start-offset'] as const).some(
      (checkpoint) => this.#told.get(checkpoint)?.has(folder) === true,
    );
  }

  /**
   * As write without a flush, and without holding up the loop. The next has to wait until it resolves. Throws DiskError
   * when the directory is gone, even if there is nothing to write: open files alone would not tell for long.
   */
  async writeLater(checkpoint: Checkpoint, offsets: ReadonlyMap<string, number>): Promise<void> {
    const text = JSON.stringify([...offsets]);
    if (this.#written.get(checkpoint) === text) {
      this.#disk.space(this.path);
      return;
    }
    await writeOffsetCheckpointLater(this.#disk, joinPath(this.path, FILES[checkpoint]), offsets);
    this.#written.set(checkpoint, text);
  }

  /** Names of folders in it. */
  folders(): string[] {
    return this.#disk
      .list(this.path)
      .filter((name) => this.#disk.stat(joinPath(this.path, name))?.isDirectory === true);
  }

  /** At a clean stop the lock file goes too, as with Apache Kafka. */
  unlock(options: { remove?: boolean } = {}): void {
    const path = joinPath(this.path, LOCK_FILE);
    try {
      if (options.remove === true) this.#disk.remove(path);
    } catch (error) {
      // Windows keeps a file that is open; a lock file that stays harms nobody.
      this.#onWarning(`Could not remove ${path}: ${String(error)}`);
    }
    this.#lock.release();
  }
}
