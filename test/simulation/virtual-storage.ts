// What a virtual disk holds, independent of the processes that use it: names and files, each with what is durable
// and what only the page cache has. It outlives crashes; a process sees it through a VirtualDisk (virtual-disk.ts).
// A killed process loses nothing that it wrote. A power failure keeps what was flushed, and of the rest a beginning:
// of every file's unflushed writes, the last one torn or ending in zeros, and of the changes to names, in their order.

import { dirname } from 'node:path/posix';
import type { VirtualRandom } from './virtual-random.ts';

type Change = { position: number; bytes: Buffer } | { truncateTo: number };

export class VirtualFile {
  /** May be shorter than the size: what is beyond reads as zeros. */
  #content: Buffer = Buffer.alloc(0);
  /** Another file has the same content: it is copied before it changes. */
  #isShared = false;
  #durable: VirtualFile | undefined;
  #unflushed: Change[] = [];
  sizeBytes = 0;
  modifiedMs = 0;
  mode = 0o644;

  read(target: Uint8Array, offset: number, length: number, position: number): number {
    const count = Math.max(0, Math.min(length, this.sizeBytes - position));
    target.fill(0, offset, offset + count);
    const held = this.#content.subarray(position, Math.min(position + count, this.#content.length));
    target.set(held, offset);
    return count;
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return;
    this.#unflushed.push({ position, bytes: Buffer.from(bytes) });
    this.#put(bytes, position);
  }

  truncate(sizeBytes: number): void {
    this.#unflushed.push({ truncateTo: sizeBytes });
    this.#cut(sizeBytes);
  }

  flush(): void {
    this.#durable ??= new VirtualFile();
    for (const change of this.#unflushed) this.#durable.#apply(change);
    this.#unflushed = [];
  }

  /** Another file with the same past; the bytes are shared until one of the two changes. */
  fork(): VirtualFile {
    const fork = new VirtualFile();
    fork.#content = this.#content;
    fork.#isShared = true;
    this.#isShared = true;
    fork.#durable = this.#durable?.fork();
    fork.#unflushed = [...this.#unflushed];
    fork.sizeBytes = this.sizeBytes;
    fork.modifiedMs = this.modifiedMs;
    fork.mode = this.mode;
    return fork;
  }

  get hasUnflushed(): boolean {
    return this.#unflushed.length > 0;
  }

  bytes(): Buffer {
    const all = Buffer.alloc(this.sizeBytes);
    this.read(all, 0, this.sizeBytes, 0);
    return all;
  }

  /** What a power failure leaves. */
  losePower(random: VirtualRandom): void {
    const survivor = this.#durable ?? new VirtualFile();
    const kept = random.int(this.#unflushed.length + 1);
    for (const change of this.#unflushed.slice(0, kept)) survivor.#apply(change);
    const torn = this.#unflushed[kept];
    if (torn !== undefined && 'bytes' in torn) {
      const kept = random.int(torn.bytes.length + 1);
      survivor.#put(torn.bytes.subarray(0, kept), torn.position);
      // The size may be on the disk before the bytes are.
      if (random.int(2) === 0) survivor.#extend(torn.position + torn.bytes.length);
    }
    this.#content = survivor.#content;
    this.#isShared = true;
    survivor.#isShared = true;
    this.sizeBytes = survivor.sizeBytes;
    this.#durable = survivor;
    this.#unflushed = [];
  }

  #apply(change: Change): void {
    if ('bytes' in change) this.#put(change.bytes, change.position);
    else this.#cut(change.truncateTo);
  }

  #put(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    if (bytes.length === 0) return;
    if (end > this.#content.length) this.#copy(Math.max(end, this.#content.length * 2, 256));
    else if (this.#isShared) this.#copy(this.#content.length);
    this.#content.set(bytes, position);
    this.sizeBytes = Math.max(this.sizeBytes, end);
  }

  #extend(sizeBytes: number): void {
    this.sizeBytes = Math.max(this.sizeBytes, sizeBytes);
  }

  #copy(capacityBytes: number): void {
    const copy = Buffer.alloc(capacityBytes);
    this.#content.copy(copy);
    this.#content = copy;
    this.#isShared = false;
  }

  #cut(sizeBytes: number): void {
    if (this.#isShared) this.#copy(this.#content.length);
    this.#content.fill(0, Math.min(sizeBytes, this.#content.length));
    this.sizeBytes = sizeBytes;
  }
}

export type Entry = VirtualFile | 'directory';
type Names = Map<string, Entry>;
type NameChange =
  | { readonly add: string; readonly entry: Entry }
  | { readonly remove: string }
  | { readonly rename: string; readonly to: string };

export class VirtualStorage {
  /** Writes beyond it fail with ENOSPC, after what still fitted. */
  capacityBytes = Number.POSITIVE_INFINITY;
  readonly random: VirtualRandom;
  names: Names = new Map([['/', 'directory']]);
  /** Paths locked, and by whom. */
  readonly locks = new Map<string, object>();
  #durableNames: Names = new Map(this.names);
  #nameChanges: NameChange[] = [];

  constructor(random: VirtualRandom) {
    this.random = random;
  }

  get usedBytes(): number {
    let used = 0;
    for (const entry of this.names.values()) if (entry !== 'directory') used += entry.sizeBytes;
    return used;
  }

  /** Every path with its content, for comparisons. */
  files(): Map<string, Buffer> {
    const files = new Map<string, Buffer>();
    for (const [path, entry] of [...this.names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (entry !== 'directory') files.set(path, entry.bytes());
    }
    return files;
  }

  children(directory: string): string[] {
    const found: string[] = [];
    for (const path of this.names.keys()) if (isChild(directory, path)) found.push(path);
    return found;
  }

  add(path: string, entry: Entry): void {
    this.#change({ add: path, entry });
  }

  removeName(path: string): void {
    this.#change({ remove: path });
  }

  /** Atomic, also for a directory with all that is in it. */
  rename(from: string, to: string): void {
    this.#change({ rename: from, to });
  }

  /** As a journaling file system does: flushing one directory commits all changes to names until now. */
  flushNames(): void {
    for (const change of this.#nameChanges) applyTo(this.#durableNames, change);
    this.#nameChanges = [];
  }

  /** The machine loses power: see the head of this file. */
  losePower(): void {
    const kept = this.random.int(this.#nameChanges.length + 1);
    for (const change of this.#nameChanges.slice(0, kept)) applyTo(this.#durableNames, change);
    this.#nameChanges = [];
    this.names = new Map(this.#durableNames);
    for (const [path, entry] of this.names) {
      if (entry !== 'directory') entry.losePower(this.random);
      if (!this.names.has(dirname(path))) this.names.delete(path);
    }
    this.#durableNames = new Map(this.names);
  }

  /** Another storage that holds the same, durable or not, without the locks; and what its file for one of these is. */
  fork(random: VirtualRandom): {
    storage: VirtualStorage;
    fileOf: (file: VirtualFile) => VirtualFile;
  } {
    const files = new Map<VirtualFile, VirtualFile>();
    const fileOf = (file: VirtualFile): VirtualFile => {
      const fork = files.get(file) ?? file.fork();
      files.set(file, fork);
      return fork;
    };
    const entryOf = (entry: Entry): Entry => (entry === 'directory' ? entry : fileOf(entry));
    const namesOf = (names: Names): Names =>
      new Map([...names].map(([path, entry]) => [path, entryOf(entry)]));
    const storage = new VirtualStorage(random);
    storage.names = namesOf(this.names);
    storage.#durableNames = namesOf(this.#durableNames);
    storage.#nameChanges = this.#nameChanges.map((change) =>
      'add' in change ? { ...change, entry: entryOf(change.entry) } : change,
    );
    return { storage, fileOf };
  }

  #change(change: NameChange): void {
    applyTo(this.names, change);
    this.#nameChanges.push(change);
  }
}

function applyTo(names: Names, change: NameChange): void {
  if ('add' in change) names.set(change.add, change.entry);
  else if ('remove' in change) names.delete(change.remove);
  else {
    for (const [path, entry] of [...names]) {
      if (path !== change.rename && !path.startsWith(`${change.rename}/`)) continue;
      names.delete(path);
      names.set(change.to + path.slice(change.rename.length), entry);
    }
  }
}

function isChild(directory: string, path: string): boolean {
  return path !== '/' && dirname(path) === directory;
}
