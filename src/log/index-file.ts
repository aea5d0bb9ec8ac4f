// What the offset and the time index share: entries of a fixed size, kept in memory while the segment is active,
// read from the file when it isn't. The file is preallocated (sparse) while active and trimmed at roll and close.
// Entries are written behind in small groups: an unclean stop rebuilds them from the segment, so none is lost.

import type { Disk, DiskFile } from '../io/io.ts';

/** Entries in memory that may be missing from the file. */
const MAX_UNWRITTEN_ENTRIES = 256;
/** What a search leaves in memory of an index that is read from its file: most searches go on where the last one was. */
const PAGE_BYTES = 1024;

export abstract class IndexFile {
  readonly path: string;
  readonly baseOffset: number;
  readonly entryBytes: number;
  protected readonly disk: Disk;
  /** Entries now. */
  entryCount = 0;
  #maxEntries: number;
  #memory: Buffer | undefined;
  #writtenEntries = 0;
  #file: DiskFile | undefined;
  /** The file holds exactly the entries. */
  #trimmed = false;
  readonly #scratch: Buffer;
  #page: Buffer | undefined;
  #pageFirst = 0;
  #pageEntries = 0;
  /** What entry() left the asked entry in. */
  protected view: Buffer;

  constructor(
    disk: Disk,
    path: string,
    baseOffset: number,
    entryBytes: number,
    maxIndexBytes: number,
  ) {
    this.disk = disk;
    this.path = path;
    this.baseOffset = baseOffset;
    this.entryBytes = entryBytes;
    this.#maxEntries = Math.floor(maxIndexBytes / entryBytes);
    this.#scratch = Buffer.alloc(entryBytes);
    this.view = this.#scratch;
  }

  get isFull(): boolean {
    return this.entryCount >= this.#maxEntries;
  }

  /** It is a sealed segment's: the file holds the entries and nothing else. */
  get isTrimmed(): boolean {
    return this.#trimmed;
  }

  get sizeBytes(): number {
    return this.entryCount * this.entryBytes;
  }

  /** Takes over a file that a clean stop left. False when there is none or it doesn't hold whole entries. */
  load(): boolean {
    const stat = this.disk.stat(this.path);
    if (stat === undefined) return false;
    this.entryCount = Math.floor(stat.sizeBytes / this.entryBytes);
    this.#writtenEntries = this.entryCount;
    this.#trimmed = true;
    return stat.sizeBytes % this.entryBytes === 0;
  }

  /** After a kill the file still has room behind its entries: the entries of zeros at its end go. True when there were any. */
  dropUnusedRoom(): boolean {
    let low = 0;
    let high = this.entryCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isZero(middle)) high = middle;
      else low = middle + 1;
    }
    if (low === this.entryCount) return false;
    this.entryCount = low;
    this.#writtenEntries = low;
    this.#dropPage();
    this.#open().truncate(this.sizeBytes);
    this.#closeFile();
    this.changed();
    return true;
  }

  #isZero(n: number): boolean {
    const at = this.entry(n);
    for (let i = 0; i < this.entryBytes; i++) if (this.view[at + i] !== 0) return false;
    return true;
  }

  /** Empties it: a new segment's, or one about to be rebuilt. */
  reset(): void {
    this.#memory = Buffer.alloc(this.entryBytes * 8);
    this.entryCount = 0;
    this.#writtenEntries = 0;
    this.#trimmed = false;
    this.#open().truncate(0);
    this.changed();
  }

  /** Makes room in the file for all it may come to hold, and keeps the entries in memory. */
  activate(maxIndexBytes: number): void {
    this.#maxEntries = Math.floor(maxIndexBytes / this.entryBytes);
    this.#loadIntoMemory();
    this.#trimmed = false;
    this.#open().truncate(this.#maxEntries * this.entryBytes);
    this.#closeFile();
  }

  setMaxBytes(maxIndexBytes: number): void {
    this.#maxEntries = Math.floor(maxIndexBytes / this.entryBytes);
  }

  /** Writes what is missing and cuts the file to its entries; from now on they are read from the file. */
  trim(): void {
    if (this.#trimmed) return;
    this.#loadIntoMemory();
    this.writeBehind();
    this.#open().truncate(this.sizeBytes);
    this.#memory = undefined;
    this.#dropPage();
    this.#trimmed = true;
    this.#closeFile();
  }

  get hasUnwritten(): boolean {
    return this.#memory !== undefined && this.#writtenEntries < this.entryCount;
  }

  /** Brings the file up to date with memory. */
  writeBehind(): void {
    const memory = this.#memory;
    if (memory === undefined || this.#writtenEntries === this.entryCount) return;
    const from = this.#writtenEntries * this.entryBytes;
    this.#open().write(memory, from, this.sizeBytes - from, from);
    this.#writtenEntries = this.entryCount;
  }

  async flush(): Promise<void> {
    this.writeBehind();
    await this.#open().flush();
  }

  flushSync(): void {
    this.writeBehind();
    this.#open().flushSync();
  }

  /** Idempotent. Leaves the file as it is. */
  close(): void {
    this.writeBehind();
    this.#dropPage();
    this.#closeFile();
  }

  /** Keeps the first `count` entries. */
  truncateTo(count: number): void {
    if (count >= this.entryCount) return;
    this.#loadIntoMemory();
    this.#trimmed = false;
    this.entryCount = count;
    this.#writtenEntries = Math.min(this.#writtenEntries, count);
    // Zeros in the place of what goes, so that an unclean stop doesn't bring it back.
    const size = this.#open().sizeBytes();
    this.#open().truncate(this.sizeBytes);
    this.#open().truncate(size);
    this.changed();
  }

  /** Called when entries were taken away. */
  protected abstract changed(): void;

  /** Room for one more entry at the end of the memory; the position in `view`. */
  protected extend(): number {
    this.#loadIntoMemory();
    this.#trimmed = false;
    let memory = this.#memory!;
    const at = this.sizeBytes;
    if (at + this.entryBytes > memory.length) {
      const grown = Buffer.alloc(Math.max(memory.length * 2, this.entryBytes * 8));
      memory.copy(grown, 0, 0, at);
      this.#memory = grown;
      memory = grown;
    }
    this.view = memory;
    this.entryCount++;
    return at;
  }

  /** After extend and its fields: writes behind now and then. */
  protected extended(): void {
    if (this.entryCount - this.#writtenEntries >= MAX_UNWRITTEN_ENTRIES) this.writeBehind();
  }

  /** Makes entry `n` readable in `view`; the position there. */
  protected entry(n: number): number {
    if (this.#memory !== undefined) {
      this.view = this.#memory;
      return n * this.entryBytes;
    }
    if (this.#page !== undefined && n >= this.#pageFirst) {
      const inPage = n - this.#pageFirst;
      if (inPage < this.#pageEntries) {
        this.view = this.#page;
        return inPage * this.entryBytes;
      }
    }
    this.view = this.#scratch;
    this.#open().read(this.#scratch, 0, this.entryBytes, n * this.entryBytes);
    return 0;
  }

  /** The last entry whose key is at most `target` by `keyOf`, or -1. */
  protected floor(target: number, keyOf: (n: number) => number): number {
    if (this.#isInPage(target, keyOf)) {
      const first = this.#pageFirst;
      return search(first, first + this.#pageEntries - 1, target, keyOf);
    }
    const found = search(0, this.entryCount - 1, target, keyOf);
    if (this.#memory === undefined && found >= 0) this.#loadPage(found);
    return found;
  }

  /** The page holds the entry that is searched for, and the one after it or the end of the index. */
  #isInPage(target: number, keyOf: (n: number) => number): boolean {
    if (this.#page === undefined || this.#memory !== undefined) return false;
    const last = this.#pageFirst + this.#pageEntries - 1;
    if (keyOf(this.#pageFirst) > target) return false;
    return keyOf(last) > target || last === this.entryCount - 1;
  }

  /** The found entry early in the page: readers go forwards. */
  #loadPage(found: number): void {
    this.#page ??= Buffer.alloc(PAGE_BYTES);
    const count = Math.floor(PAGE_BYTES / this.entryBytes);
    this.#pageFirst = Math.max(0, Math.min(found, this.entryCount - count));
    this.#pageEntries = Math.min(count, this.entryCount);
    const bytes = this.#pageEntries * this.entryBytes;
    this.#open().read(this.#page, 0, bytes, this.#pageFirst * this.entryBytes);
  }

  #dropPage(): void {
    this.#page = undefined;
    this.#pageEntries = 0;
  }

  #loadIntoMemory(): void {
    if (this.#memory !== undefined) return;
    const bytes = this.sizeBytes;
    const memory = Buffer.alloc(Math.max(bytes, this.entryBytes * 8));
    if (bytes > 0) this.#open().read(memory, 0, bytes, 0);
    this.#memory = memory;
    this.#dropPage();
  }

  #open(): DiskFile {
    this.#file ??= this.disk.open(this.path, 'write');
    return this.#file;
  }

  #closeFile(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}

/** The last n of [low, high] whose key is at most `target`, or low - 1. */
function search(low: number, high: number, target: number, keyOf: (n: number) => number): number {
  let from = low;
  let to = high;
  while (from <= to) {
    const middle = (from + to) >>> 1;
    if (keyOf(middle) <= target) from = middle + 1;
    else to = middle - 1;
  }
  return to;
}
