// Files of the operating system. Reads and writes are synchronous: they meet the page cache (decision 0006).
// Every failure becomes a DiskError that names the path; nothing here retries.

import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { type Disk, DiskError, type DiskFile, type FileStat } from './io.ts';
import { lockFile } from './node-lock.ts';

function diskError(error: unknown, path: string, operation: string): DiskError {
  return new DiskError((error as NodeJS.ErrnoException).code ?? 'EIO', path, operation, error);
}

function attempt<T>(path: string, operation: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskError(error, path, operation);
  }
}

class NodeDiskFile implements DiskFile {
  readonly path: string;
  #descriptor: number;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): number {
    let done = 0;
    try {
      while (done < length) {
        const count = fs.readSync(
          this.#descriptor,
          buffer,
          offset + done,
          length - done,
          position + done,
        );
        if (count === 0) break;
        done += count;
      }
    } catch (error) {
      throw diskError(error, this.path, 'read');
    }
    return done;
  }

  write(buffer: Uint8Array, offset: number, length: number, position: number): void {
    let done = 0;
    try {
      while (done < length) {
        done += fs.writeSync(
          this.#descriptor,
          buffer,
          offset + done,
          length - done,
          position + done,
        );
      }
    } catch (error) {
      throw diskError(error, this.path, 'write');
    }
  }

  writeAll(buffers: readonly Uint8Array[], position: number): void {
    let size = 0;
    for (const buffer of buffers) size += buffer.byteLength;
    if (size === 0) return;
    let written = 0;
    try {
      written = fs.writevSync(this.#descriptor, buffers, position);
    } catch (error) {
      throw diskError(error, this.path, 'write');
    }
    if (written < size) this.#writeRest(buffers, position, written);
  }

  /** After a short writev (a full disk, a signal): what is left goes out buffer by buffer, and says why it can't. */
  #writeRest(buffers: readonly Uint8Array[], position: number, written: number): void {
    let skip = written;
    let at = position + written;
    for (const buffer of buffers) {
      if (skip >= buffer.byteLength) {
        skip -= buffer.byteLength;
        continue;
      }
      this.write(buffer, skip, buffer.byteLength - skip, at);
      at += buffer.byteLength - skip;
      skip = 0;
    }
  }

  sizeBytes(): number {
    return attempt(this.path, 'stat', () => fs.fstatSync(this.#descriptor).size);
  }

  truncate(sizeBytes: number): void {
    attempt(this.path, 'truncate', () => fs.ftruncateSync(this.#descriptor, sizeBytes));
  }

  flushSync(): void {
    attempt(this.path, 'flush', () => fs.fdatasyncSync(this.#descriptor));
  }

  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#descriptor, (error) => {
        if (error === null) resolve();
        else reject(diskError(error, this.path, 'flush'));
      });
    });
  }

  close(): void {
    if (this.#descriptor < 0) return;
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    attempt(this.path, 'close', () => fs.closeSync(descriptor));
  }
}

/** Opening for reading and writing without emptying: O_RDWR | O_CREAT has no letter in Node. */
const OPEN_FLAGS = {
  read: fs.constants.O_RDONLY,
  write: fs.constants.O_RDWR | fs.constants.O_CREAT,
  truncate: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC,
};

function stat(path: string): FileStat | undefined {
  const found = attempt(path, 'stat', () => fs.statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return undefined;
  return {
    sizeBytes: found.size,
    modifiedMs: found.mtimeMs,
    isDirectory: found.isDirectory(),
  };
}

/** Windows can't flush a directory, and doesn't need it. */
function flushDirectory(path: string): void {
  if (process.platform === 'win32') return;
  attempt(path, 'flush', () => {
    const descriptor = fs.openSync(path, 'r');
    try {
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

async function flushDirectoryLater(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const directory = await fs.promises.open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    throw diskError(error, path, 'flush');
  }
}

function writeFileAtomic(
  path: string,
  content: Buffer | string,
  options: { mode?: number; flush?: boolean } = {},
): void {
  const temporary = `${path}.tmp`;
  attempt(path, 'write', () => {
    const descriptor = fs.openSync(temporary, 'w', options.mode);
    try {
      // An older file of that name keeps its mode: a secret must not go into a readable one.
      if (options.mode !== undefined) fs.fchmodSync(descriptor, options.mode);
      fs.writeFileSync(descriptor, content);
      if (options.flush !== false) fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, path);
  });
  if (options.flush !== false) flushDirectory(dirname(path));
}

async function renameLater(from: string, to: string): Promise<void> {
  try {
    await fs.promises.rename(from, to);
  } catch (error) {
    throw diskError(error, from, 'rename');
  }
}

/**
 * Node's own recursion never ends where a folder that is there takes none (/proc), and says ENOENT on a disk that
 * can't be written.
 */
function makeDirectory(path: string, mode: number | undefined): void {
  if (isMade(path, mode)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent, mode);
  if (!isMade(path, mode)) throw new DiskError('ENOENT', path, 'make directory');
}

/** False: its parent isn't there. True also when another process was first. */
function isMade(path: string, mode: number | undefined): boolean {
  try {
    fs.mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    if (fs.statSync(path, { throwIfNoEntry: false })?.isDirectory()) return true;
    throw error;
  }
}

export const nodeDisk: Disk = {
  open: (path, mode) =>
    attempt(path, 'open', () => new NodeDiskFile(path, fs.openSync(path, OPEN_FLAGS[mode], 0o666))),
  exists: (path) => fs.existsSync(path),
  stat,
  list: (directory) => attempt(directory, 'list', () => fs.readdirSync(directory)),
  makeDirectory: (path, options) =>
    attempt(path, 'make directory', () => makeDirectory(path, options?.mode)),
  readFile: (path) => attempt(path, 'read', () => fs.readFileSync(path)),
  writeFileAtomic,
  rename: (from, to) => attempt(from, 'rename', () => fs.renameSync(from, to)),
  renameLater,
  remove: (path) =>
    attempt(path, 'remove', () => fs.rmSync(path, { recursive: true, force: true })),
  flushDirectory,
  flushDirectoryLater,
  lock: lockFile,
  space: (path) =>
    attempt(path, 'statfs', () => {
      const { blocks, bavail, bsize } = fs.statfsSync(path);
      return { totalBytes: blocks * bsize, usableBytes: bavail * bsize };
    }),
  setModifiedMs: (path, modifiedMs) =>
    attempt(path, 'set time', () => fs.utimesSync(path, modifiedMs / 1000, modifiedMs / 1000)),
};
