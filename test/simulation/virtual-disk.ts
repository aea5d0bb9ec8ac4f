// One process's view of a VirtualStorage: Io's Disk, with crashes and errors to order.
// Every change is an operation with a number. `crashAt` ends the process in the middle of one: a write is applied in
// part, and from then on every call throws CrashError, so that nothing of the dead process reaches the storage.

import { dirname, normalize } from 'node:path/posix';
import {
  type Disk,
  DiskError,
  type DiskFile,
  type DiskLock,
  type FileStat,
} from '../../src/io/io.ts';
import type { Scheduler } from './scheduler.ts';
import { type Entry, VirtualFile, type VirtualStorage } from './virtual-storage.ts';

/** The process is dead: no DiskError, which code under test may handle. */
export class CrashError extends Error {
  constructor(operation: string) {
    super(`crashed at ${operation}`);
    this.name = 'CrashError';
  }
}

export type Operation =
  | 'open'
  | 'read'
  | 'write'
  | 'truncate'
  | 'flush'
  | 'rename'
  | 'remove'
  | 'makeDirectory'
  | 'flushDirectory';

/** A change that is about to be made. */
export interface PendingChange {
  readonly number: number;
  readonly what: string;
  /** What else can be carried out in part. */
  readonly write?: {
    readonly file: VirtualFile;
    readonly bytes: Uint8Array;
    readonly position: number;
  };
}

/** An error that the disk is to give: the next `times` operations of that kind on paths that match. */
export interface Fault {
  readonly operation: Operation;
  readonly path?: RegExp;
  readonly code: string;
  times: number;
}

export class VirtualDisk implements Disk {
  /** Changes made so far; reads don't count. */
  operations = 0;
  /** What each of them was, when set to a list. */
  trace: string[] | undefined;
  /** Called before each of them. */
  beforeChange: ((change: PendingChange) => void) | undefined;
  readonly faults: Fault[] = [];
  /** How long a flush takes that isn't synchronous. */
  flushMs = 1;
  readonly #storage: VirtualStorage;
  readonly #scheduler: Scheduler;
  readonly #wallStartMs: number;
  /** Called at the moment of death, before anything else runs. */
  onDeath: () => void = () => {};
  #crashOperation = Number.POSITIVE_INFINITY;
  #crashWrite: { path: RegExp; left: number } | undefined;
  #tornFraction = 0;
  #dead: string | undefined;

  constructor(storage: VirtualStorage, scheduler: Scheduler, wallStartMs = 0) {
    this.#storage = storage;
    this.#scheduler = scheduler;
    this.#wallStartMs = wallStartMs;
  }

  /** The process dies at its `operation`-th change from now on (0 is the next). A write keeps that part of its bytes. */
  crashAt(operation: number, tornFraction = 0): void {
    this.#crashOperation = this.operations + operation;
    this.#tornFraction = tornFraction;
  }

  /** The process dies at its `write`-th write from now on to a file whose path matches. */
  crashAtWriteTo(path: RegExp, write: number, tornFraction = 0): void {
    this.#crashWrite = { path, left: write };
    this.#tornFraction = tornFraction;
  }

  /** The process dies now, between two operations. Its locks are free. */
  kill(): void {
    if (this.#dead === undefined) this.#die('kill');
  }

  get isDead(): boolean {
    return this.#dead !== undefined;
  }

  open(path: string, mode: 'read' | 'write' | 'truncate'): DiskFile {
    const name = clean(path);
    this.check('open', name);
    let entry = this.#storage.names.get(name);
    if (entry === 'directory') throw new DiskError('EISDIR', path, 'open');
    if (entry === undefined) {
      if (mode === 'read') throw new DiskError('ENOENT', path, 'open');
      this.#needParent(name, 'open');
      entry = new VirtualFile();
      entry.modifiedMs = this.#nowMs();
      this.#change('open', name);
      this.#storage.add(name, entry);
    } else if (mode === 'truncate' && entry.sizeBytes > 0) {
      this.#change('truncate', name);
      entry.truncate(0);
    }
    return new VirtualDiskFile(this, name, entry, mode === 'read');
  }

  exists(path: string): boolean {
    this.#alive();
    return this.#storage.names.has(clean(path));
  }

  stat(path: string): FileStat | undefined {
    this.#alive();
    const entry = this.#storage.names.get(clean(path));
    if (entry === undefined) return undefined;
    if (entry === 'directory') return { sizeBytes: 0, modifiedMs: 0, isDirectory: true };
    return { sizeBytes: entry.sizeBytes, modifiedMs: entry.modifiedMs, isDirectory: false };
  }

  list(directory: string): string[] {
    const name = clean(directory);
    this.check('read', name);
    const entry = this.#storage.names.get(name);
    if (entry === undefined) throw new DiskError('ENOENT', directory, 'list');
    if (entry !== 'directory') throw new DiskError('ENOTDIR', directory, 'list');
    const prefix = name === '/' ? 1 : name.length + 1;
    return this.#storage.children(name).map((path) => path.slice(prefix));
  }

  makeDirectory(path: string): void {
    const name = clean(path);
    this.check('makeDirectory', name);
    const missing: string[] = [];
    for (let at = name; !this.#storage.names.has(at); at = dirname(at)) missing.unshift(at);
    for (const directory of missing) {
      this.#needParent(directory, 'makeDirectory');
      this.#change('makeDirectory', directory);
      this.#storage.add(directory, 'directory');
    }
    if (this.#storage.names.get(name) !== 'directory') {
      throw new DiskError('EEXIST', path, 'make directory');
    }
  }

  readFile(path: string): Buffer {
    const name = clean(path);
    this.check('read', name);
    return this.#file(name, 'read').bytes();
  }

  writeFileAtomic(
    path: string,
    content: Buffer | string,
    options: { mode?: number; flush?: boolean } = {},
  ): void {
    const file = this.open(`${path}.tmp`, 'truncate');
    const bytes = Buffer.from(content);
    file.write(bytes, 0, bytes.length, 0);
    if (options.mode !== undefined) this.#file(clean(file.path), 'write').mode = options.mode;
    if (options.flush !== false) file.flushSync();
    file.close();
    this.rename(file.path, path);
    if (options.flush !== false) this.flushDirectory(dirname(clean(path)));
  }

  rename(from: string, to: string): void {
    const source = clean(from);
    const target = clean(to);
    this.check('rename', source);
    if (!this.#storage.names.has(source)) throw new DiskError('ENOENT', from, 'rename');
    this.#needParent(target, 'rename');
    this.#change('rename', `${source} → ${target}`);
    this.#storage.rename(source, target);
  }

  /** One operation per name, the deepest first: a crash leaves a directory half removed. */
  remove(path: string): void {
    const name = clean(path);
    this.check('remove', name);
    if (!this.#storage.names.has(name)) return;
    for (const child of this.#storage.children(name)) this.remove(child);
    this.#change('remove', name);
    this.#storage.removeName(name);
  }

  flushDirectory(path: string): void {
    const name = clean(path);
    this.check('flushDirectory', name);
    if (!this.#storage.names.has(name)) throw new DiskError('ENOENT', path, 'flush');
    this.#change('flushDirectory', name);
    this.#storage.flushNames();
  }

  renameLater(from: string, to: string): Promise<void> {
    this.check('rename', clean(from));
    return this.#later(() => this.rename(from, to));
  }

  flushDirectoryLater(path: string): Promise<void> {
    this.check('flushDirectory', clean(path));
    return this.#later(() => this.flushDirectory(path));
  }

  lock(path: string): DiskLock | undefined {
    const name = clean(path);
    this.open(path, 'write').close();
    const { locks } = this.#storage;
    if (locks.has(name)) return undefined;
    locks.set(name, this);
    return {
      release: () => {
        if (locks.get(name) === this) locks.delete(name);
      },
    };
  }

  space(_path: string): { totalBytes: number; usableBytes: number } {
    this.#alive();
    const totalBytes = Math.min(this.#storage.capacityBytes, Number.MAX_SAFE_INTEGER);
    return { totalBytes, usableBytes: Math.max(0, totalBytes - this.#storage.usedBytes) };
  }

  setModifiedMs(path: string, modifiedMs: number): void {
    this.#alive();
    this.#file(clean(path), 'write').modifiedMs = modifiedMs;
  }

  // ---- for the files -----------------------------------------------------------------------------------------------

  /** Before an operation: is the process alive, and has a fault been ordered? */
  check(operation: Operation, path: string): void {
    this.#alive();
    const fault = this.faults.find(
      (candidate) =>
        candidate.times > 0 &&
        candidate.operation === operation &&
        (candidate.path === undefined || candidate.path.test(path)),
    );
    if (fault === undefined) return;
    fault.times--;
    throw new DiskError(fault.code, path, operation);
  }

  writeTo(file: VirtualFile, path: string, bytes: Uint8Array, position: number): void {
    this.check('write', path);
    if (bytes.length === 0) return;
    if (this.#crashWrite?.path.test(path) && this.#crashWrite.left-- === 0) {
      this.#crashOperation = this.operations;
    }
    const what = `${path} ${bytes.length} bytes at ${position}`;
    const part = this.#counted('write', what, { file, bytes, position });
    const room = this.#storage.capacityBytes - this.#storage.usedBytes;
    const growth = Math.max(0, position + bytes.length - file.sizeBytes);
    const fits = growth <= room ? bytes.length : Math.max(0, bytes.length - (growth - room));
    file.modifiedMs = this.#nowMs();
    file.write(bytes.subarray(0, Math.min(fits, Math.floor(bytes.length * part))), position);
    this.#alive();
    if (fits < bytes.length) throw new DiskError('ENOSPC', path, 'write');
  }

  truncateFile(file: VirtualFile, path: string, sizeBytes: number): void {
    this.check('truncate', path);
    this.#change('truncate', `${path} to ${sizeBytes}`);
    file.modifiedMs = this.#nowMs();
    file.truncate(sizeBytes);
  }

  flushFile(file: VirtualFile, path: string): void {
    this.check('flush', path);
    this.#change('flush', path);
    file.flush();
  }

  flushLater(file: VirtualFile, path: string): Promise<void> {
    return this.#later(() => this.flushFile(file, path));
  }

  #later(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#scheduler.schedule(this.flushMs, () => {
        try {
          work();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #file(name: string, operation: string): VirtualFile {
    const entry: Entry | undefined = this.#storage.names.get(name);
    if (entry === undefined) throw new DiskError('ENOENT', name, operation);
    if (entry === 'directory') throw new DiskError('EISDIR', name, operation);
    return entry;
  }

  #needParent(name: string, operation: string): void {
    const parent = this.#storage.names.get(dirname(name));
    if (parent === undefined) throw new DiskError('ENOENT', name, operation);
    if (parent !== 'directory') throw new DiskError('ENOTDIR', name, operation);
  }

  #nowMs(): number {
    return this.#wallStartMs + this.#scheduler.nowMs;
  }

  #alive(): void {
    if (this.#dead !== undefined) throw new CrashError(this.#dead);
  }

  /** A change that happens wholly or not at all. */
  #change(operation: Operation, what: string): void {
    this.#counted(operation, what);
    this.#alive();
  }

  /** The part of the operation that is carried out: all of it unless the process dies in it. */
  #counted(operation: Operation, what: string, write?: PendingChange['write']): number {
    const number = this.operations++;
    this.trace?.push(`${number} ${operation} ${what}`);
    if (this.#dead === undefined) {
      this.beforeChange?.({ number, what: `${operation} ${what}`, ...(write ? { write } : {}) });
    }
    if (number < this.#crashOperation) return 1;
    if (this.#dead === undefined) this.#die(`operation ${number}: ${operation} ${what}`);
    return this.#tornFraction;
  }

  #die(how: string): void {
    this.#dead = how;
    for (const [path, owner] of this.#storage.locks) {
      if (owner === this) this.#storage.locks.delete(path);
    }
    this.onDeath();
  }
}

class VirtualDiskFile implements DiskFile {
  readonly path: string;
  readonly #disk: VirtualDisk;
  readonly #file: VirtualFile;
  readonly #readOnly: boolean;
  #isOpen = true;

  constructor(disk: VirtualDisk, path: string, file: VirtualFile, readOnly: boolean) {
    this.#disk = disk;
    this.path = path;
    this.#file = file;
    this.#readOnly = readOnly;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): number {
    this.#usable('read', false);
    this.#disk.check('read', this.path);
    return this.#file.read(buffer, offset, length, position);
  }

  write(buffer: Uint8Array, offset: number, length: number, position: number): void {
    this.#usable('write', true);
    const bytes = buffer.subarray(offset, offset + length);
    this.#disk.writeTo(this.#file, this.path, bytes, position);
  }

  writeAll(buffers: readonly Uint8Array[], position: number): void {
    this.#usable('write', true);
    this.#disk.writeTo(this.#file, this.path, Buffer.concat(buffers), position);
  }

  sizeBytes(): number {
    this.#usable('stat', false);
    return this.#file.sizeBytes;
  }

  truncate(sizeBytes: number): void {
    this.#usable('truncate', true);
    this.#disk.truncateFile(this.#file, this.path, sizeBytes);
  }

  flushSync(): void {
    this.#usable('flush', false);
    this.#disk.flushFile(this.#file, this.path);
  }

  async flush(): Promise<void> {
    this.#usable('flush', false);
    await this.#disk.flushLater(this.#file, this.path);
  }

  close(): void {
    this.#isOpen = false;
  }

  #usable(operation: string, changes: boolean): void {
    if (!this.#isOpen || (changes && this.#readOnly)) {
      throw new DiskError('EBADF', this.path, operation);
    }
  }
}

function clean(path: string): string {
  const name = normalize(path.startsWith('/') ? path : `/${path}`);
  return name.length > 1 && name.endsWith('/') ? name.slice(0, -1) : name;
}
