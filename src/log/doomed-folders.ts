// Folders of deleted partitions: renamed at once, removed after file.delete.delay.ms. Sees to it that a folder which was
// renamed doesn't come back under its old name, with a power failure, once a new one has that name.

import { dirname } from 'node:path/posix';
import type { Io, Timer } from '../io/io.ts';
import {
  awayDirectory,
  DELETE_DIRECTORY_SUFFIX,
  joinPath,
  partitionDirectory,
  STRAY_DIRECTORY_SUFFIX,
  type TopicPartition,
} from './file-names.ts';

const MAX_TIMER_MS = 0x7fffffff;

export class DoomedFolders {
  readonly #io: Io;
  readonly #onFailure: (path: string, error: unknown) => void;
  readonly #waiting = new Map<string, Timer>();
  /** By old name: the folder around it, whose disk may not know yet that it is gone. */
  readonly #unflushed = new Map<string, string>();

  constructor(io: Io, onFailure: (path: string, error: unknown) => void) {
    this.#io = io;
    this.#onFailure = onFailure;
  }

  /** Renames a partition's folder away. Throws DiskError. */
  add(path: string, which: TopicPartition, delayMs: number): void {
    this.removeLater(this.#rename(path, which, DELETE_DIRECTORY_SUFFIX), delayMs);
  }

  /** Renames a folder that is nobody's, and keeps it. Returns its new path. Throws DiskError. */
  setAside(path: string, which: TopicPartition): string {
    return this.#rename(path, which, STRAY_DIRECTORY_SUFFIX);
  }

  #rename(path: string, { topic, partition }: TopicPartition, suffix: string): string {
    const { disk, random } = this.#io;
    const parent = dirname(path);
    const unique = random.bytes(16).toString('hex');
    const doomed = joinPath(parent, awayDirectory(topic, partition, unique, suffix));
    disk.rename(path, doomed);
    const name = partitionDirectory(topic, partition);
    this.#unflushed.set(name, parent);
    disk.flushDirectoryLater(parent).then(
      () => this.#unflushed.delete(name),
      (error: unknown) => this.#onFailure(parent, error),
    );
    return doomed;
  }

  /** Before a folder of that name is made anew, here or in another log directory. Throws DiskError. */
  settle({ topic, partition }: TopicPartition): void {
    const name = partitionDirectory(topic, partition);
    const parent = this.#unflushed.get(name);
    if (parent === undefined) return;
    this.#io.disk.flushDirectory(parent);
    this.#unflushed.delete(name);
  }

  removeLater(path: string, delayMs: number): void {
    const timer = this.#io.clock.setTimer(
      Math.min(delayMs, MAX_TIMER_MS),
      () => {
        this.#waiting.delete(path);
        try {
          this.#io.disk.remove(path);
        } catch (error) {
          this.#onFailure(path, error);
        }
      },
      { background: true },
    );
    this.#waiting.set(path, timer);
  }

  /** Leaves what is still there to the next start. */
  close(): void {
    for (const timer of this.#waiting.values()) timer.cancel();
    this.#waiting.clear();
  }
}
