// %020d.txnindex: the aborted transactions whose marker lies in the segment, 34 bytes each; the file is made when the
// first one comes. Needed by consumers that read committed (org.apache.kafka.storage.internals.log.TransactionIndex).

import { readInt64, writeInt64 } from '../common/int64.ts';
import { type Disk, DiskError, type DiskFile } from '../io/io.ts';
import { DamagedFileError } from './log-errors.ts';

const ENTRY_BYTES = 34;
const VERSION = 0;

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Of the marker. */
  readonly lastOffset: number;
  readonly lastStableOffset: number;
}

export class TransactionIndex {
  readonly path: string;
  readonly #disk: Disk;
  /** As the file has them, read when somebody asks. */
  #entries: AbortedTransaction[] | undefined;
  #unflushed = false;
  /** The first entry that isn't in the file yet. */
  #unwritten: number | undefined;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.path = path;
  }

  get isReadable(): boolean {
    try {
      this.entries();
      return true;
    } catch (error) {
      if (error instanceof DamagedFileError) return false;
      throw error;
    }
  }

  /** Brings what was appended onto the disk. */
  async flush(): Promise<void> {
    if (!this.#unflushed) return;
    const file = this.#openWritten();
    try {
      await file.flush();
      this.#unflushed = false;
    } finally {
      file.close();
    }
  }

  flushSync(): void {
    if (!this.#unflushed) return;
    const file = this.#openWritten();
    try {
      file.flushSync();
      this.#unflushed = false;
    } finally {
      file.close();
    }
  }

  /** In the order of their markers. Throws DamagedFileError. */
  entries(): readonly AbortedTransaction[] {
    this.#entries ??= this.#read();
    return this.#entries;
  }

  /**
   * Never fails for the disk's sake: the marker is in the log already. What can't be written now is written with the next
   * entry or flush, without which the recovery point doesn't move, so that a crash replays the marker.
   */
  append(aborted: AbortedTransaction): void {
    this.#entries ??= this.#read();
    const entries = this.#entries;
    const last = entries.at(-1);
    if (last !== undefined && last.lastOffset >= aborted.lastOffset) {
      throw new DamagedFileError(
        this.path,
        entries.length * ENTRY_BYTES,
        `The last offset of appended transactions must increase sequentially, but ${aborted.lastOffset} is not greater than current last offset ${last.lastOffset} of index`,
      );
    }
    this.#unwritten ??= entries.length;
    entries.push(aborted);
    this.#unflushed = true;
    try {
      this.#openWritten().close();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
  }

  /** The file, with all entries in it. */
  #openWritten(): DiskFile {
    const file = this.#disk.open(this.path, 'write');
    const from = this.#unwritten;
    if (from === undefined) return file;
    try {
      const bytes = Buffer.concat(this.entries().slice(from).map(encode));
      file.write(bytes, 0, bytes.length, from * ENTRY_BYTES);
      this.#unwritten = undefined;
    } catch (error) {
      file.close();
      throw error;
    }
    return file;
  }

  /** Takes away everything, the file too. */
  reset(): void {
    this.#disk.remove(this.path);
    this.#entries = [];
    this.#unwritten = undefined;
    this.#unflushed = false;
  }

  /** Takes away transactions that ended at or after `offset`. */
  truncateTo(offset: number): void {
    const entries = this.entries();
    const keep = entries.filter((entry) => entry.lastOffset < offset);
    if (keep.length === entries.length) return;
    const file = this.#disk.open(this.path, 'write');
    try {
      file.truncate(Math.min(keep.length, this.#unwritten ?? keep.length) * ENTRY_BYTES);
    } finally {
      file.close();
    }
    this.#entries = keep;
    if ((this.#unwritten ?? 0) >= keep.length) this.#unwritten = undefined;
  }

  /** Transactions that overlap [fetchOffset, upperOffset); true when later segments can't add any. */
  collect(fetchOffset: number, upperOffset: number, into: AbortedTransaction[]): boolean {
    const entries = this.entries();
    for (let i = firstEndingAtOrAfter(entries, fetchOffset); i < entries.length; i++) {
      const entry = entries[i]!;
      if (entry.firstOffset < upperOffset) into.push(entry);
      if (entry.lastStableOffset >= upperOffset) return true;
    }
    return false;
  }

  #read(): AbortedTransaction[] {
    if (!this.#disk.exists(this.path)) return [];
    const bytes = this.#disk.readFile(this.path);
    const entries: AbortedTransaction[] = [];
    let last = -1;
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      const version = bytes.readInt16BE(at);
      if (version > VERSION || version < 0) {
        throw new DamagedFileError(
          this.path,
          at,
          `Unexpected aborted transaction version ${version} in transaction index, current version is ${VERSION}`,
        );
      }
      const entry = {
        producerId: readInt64(bytes, at + 2),
        firstOffset: readInt64(bytes, at + 10),
        lastOffset: readInt64(bytes, at + 18),
        lastStableOffset: readInt64(bytes, at + 26),
      };
      const { producerId, firstOffset, lastOffset, lastStableOffset } = entry;
      const fits = firstOffset <= lastOffset && lastStableOffset <= lastOffset + 1;
      if (!fits || producerId < 0 || firstOffset < 0 || lastStableOffset < 0) {
        throw new DamagedFileError(
          this.path,
          at,
          "The offsets of a transaction don't fit together",
        );
      }
      if (entry.lastOffset <= last) {
        throw new DamagedFileError(this.path, at, "Last offsets of transactions don't increase");
      }
      last = entry.lastOffset;
      entries.push(entry);
    }
    return entries;
  }
}

/** Index of the first that ends at or after `offset`; their ends ascend. */
function firstEndingAtOrAfter(entries: readonly AbortedTransaction[], offset: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.lastOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function encode(aborted: AbortedTransaction): Buffer {
  const bytes = Buffer.alloc(ENTRY_BYTES);
  bytes.writeInt16BE(VERSION, 0);
  writeInt64(bytes, 2, aborted.producerId);
  writeInt64(bytes, 10, aborted.firstOffset);
  writeInt64(bytes, 18, aborted.lastOffset);
  writeInt64(bytes, 26, aborted.lastStableOffset);
  return bytes;
}
