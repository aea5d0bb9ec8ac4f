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
    this.#content = Buffer.from(survivor.#content);
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
    if (end > this.#content.length) {
      const grown = Buffer.alloc(Math.max(end, this.#content.length * 2, 256));
      this.#content.copy(grown);
      this.#content = grown;
    }
    this.#content.set(bytes, position);
    this.sizeBytes = Math.max(this.sizeBytes, end);
  }

  #extend(sizeBytes: number): void {
    this.sizeBytes = Math.max(this.sizeBytes, sizeBytes);
  }

  #cut(sizeBytes: number): void {
    this.#content.fill(0, Math.min(sizeBytes, this.#content.length));
    this.sizeBytes = sizeBytes;
  }
}

export type Entry = VirtualFile | 'directory';
type Names = Map<string, Entry>;

export class VirtualStorage {
  /** Writes beyond it fail with ENOSPC, after what still fitted. */
  capacityBytes = Number.POSITIVE_INFINITY;
  readonly random: VirtualRandom;
  names: Names = new Map([['/', 'directory']]);
  /** Paths locked, and by whom. */
  readonly locks = new Map<string, object>();
  #durableNames: Names = new Map(this.names);
  #nameChanges: ((names: Names) => void)[] = [];

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
    this.#change((names) => names.set(path, entry));
  }

  removeName(path: string): void {
    this.#change((names) => names.delete(path));
  }

  /** Atomic, also for a directory with all that is in it. */
  rename(from: string, to: string): void {
    this.#change((names) => {
      for (const [path, entry] of [...names]) {
        if (path !== from && !path.startsWith(`${from}/`)) continue;
        names.delete(path);
        names.set(to + path.slice(from.length), entry);
      }
    });
  }

  /** As a journaling file system does: flushing one directory commits all changes to names until now. */
  flushNames(): void {
    for (const change of this.#nameChanges) change(this.#durableNames);
    this.#nameChanges = [];
  }

  /** The machine loses power: see the head of this file. */
  losePower(): void {
    const kept = this.random.int(this.#nameChanges.length + 1);
    for (const change of this.#nameChanges.slice(0, kept)) change(this.#durableNames);
    this.#nameChanges = [];
    this.names = new Map(this.#durableNames);
    for (const [path, entry] of this.names) {
      if (entry !== 'directory') entry.losePower(this.random);
      if (!this.names.has(dirname(path))) this.names.delete(path);
    }
    this.#durableNames = new Map(this.names);
  }

  #change(change: (names: Names) => void): void {
    change(this.names);
    this.#nameChanges.push(change);
  }
}

function isChild(directory: string, path: string): boolean {
  return path !== '/' && dirname(path) === directory;
}
