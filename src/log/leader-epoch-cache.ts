// Which leader epoch began at which offset (KIP-101), kept in leader-epoch-checkpoint.
// Epochs and offsets both grow from entry to entry (org.apache.kafka.storage.internals.epoch.LeaderEpochFileCache).

import { type Disk, DiskError } from '../io/io.ts';
import { type EpochEntry, readEpochCheckpoint, writeEpochCheckpoint } from './checkpoint-file.ts';
import { DamagedFileError } from './log-errors.ts';

export const UNDEFINED_EPOCH = -1;
export const UNDEFINED_EPOCH_OFFSET = -1;

export interface EpochAndOffset {
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

export class LeaderEpochCache {
  readonly #disk: Disk;
  readonly #path: string;
  #entries: EpochEntry[] = [];
  #unflushed = false;
  /** Why the file couldn't be read. It is written without a flush, so a power failure may damage it; the batches know too. */
  readonly damage: string | undefined;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
    try {
      this.#entries = readEpochCheckpoint(disk, path);
      // What is there needn't be on the disk: who wrote it may have been killed.
      this.#unflushed = this.#entries.length > 0;
      if (disk.stat(path)?.sizeBytes === 0) this.damage = `${path}: The checkpoint file is empty`;
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      this.damage = error.message;
    }
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries;
  }

  get latestEpoch(): number | undefined {
    return this.#entries.at(-1)?.epoch;
  }

  /** Notes that `epoch` begins at `startOffset`, when that is news; entries it contradicts go. */
  assign(epoch: number, startOffset: number): void {
    const last = this.#entries[this.#entries.length - 1];
    if (last !== undefined && last.epoch === epoch && startOffset >= last.startOffset) return;
    if (epoch < 0 || startOffset < 0) return;
    this.#entries = this.#entries.filter((e) => e.epoch < epoch && e.startOffset < startOffset);
    this.#entries.push({ epoch, startOffset });
    this.#write();
  }

  /** The epoch that holds `offset`. */
  epochForOffset(offset: number): number | undefined {
    let found: number | undefined;
    for (const entry of this.#entries) {
      if (entry.startOffset > offset) break;
      found = entry.epoch;
    }
    return found;
  }

  /** Kafka's endOffsetFor: the largest epoch at or below the asked one and where it ends; -1, -1 when unknown. */
  endOffsetFor(epoch: number, logEndOffset: number): EpochAndOffset {
    const unknown = { leaderEpoch: UNDEFINED_EPOCH, endOffset: UNDEFINED_EPOCH_OFFSET };
    if (epoch === UNDEFINED_EPOCH) return unknown;
    if (this.latestEpoch === epoch) return { leaderEpoch: epoch, endOffset: logEndOffset };
    const higher = this.#entries.findIndex((entry) => entry.epoch > epoch);
    if (higher < 0) return unknown;
    const endOffset = this.#entries[higher]!.startOffset;
    const floor = this.#entries[higher - 1];
    return { leaderEpoch: floor === undefined ? epoch : floor.epoch, endOffset };
  }

  /** Takes away epochs that begin at or after `endOffset`. */
  truncateFromEnd(endOffset: number): void {
    if (endOffset < 0 || (this.#entries.at(-1)?.startOffset ?? -1) < endOffset) return;
    this.#entries = this.#entries.filter((entry) => entry.startOffset < endOffset);
    this.#write();
  }

  /** Takes away epochs that end before `startOffset`; the one that holds it begins there now. */
  truncateFromStart(startOffset: number): void {
    const holds = this.#entries.findLastIndex((entry) => entry.startOffset <= startOffset);
    if (holds < 0 || (holds === 0 && this.#entries[0]!.startOffset === startOffset)) return;
    const { epoch } = this.#entries[holds]!;
    this.#entries = [{ epoch, startOffset }, ...this.#entries.slice(holds + 1)];
    this.#write();
  }

  clear(): void {
    this.#entries = [];
    this.#write();
  }

  /**
   * Brings the file onto the disk. Comes before the recovery point moves: recovery knows the epochs of what lies behind
   * that from the batches, and those of what lies before it only from the file.
   */
  flush(): void {
    if (!this.#unflushed) return;
    writeEpochCheckpoint(this.#disk, this.#path, this.#entries, true);
    this.#unflushed = false;
  }

  // Never fails: a batch that is written must not be refused because a file that follows from it can't be.
  #write(): void {
    this.#unflushed = true;
    try {
      writeEpochCheckpoint(this.#disk, this.#path, this.#entries, false);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
  }
}
