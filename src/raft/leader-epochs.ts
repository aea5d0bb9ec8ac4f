// leader-epoch-checkpoint of the metadata log: which epoch began at which offset ("0", a count, then "epoch offset"
// lines, LeaderEpochCheckpointFile). Kept in memory, written whole on each change.
import { join } from 'node:path';
import type { Disk } from '../io/io.ts';
import { MetadataLogError } from './raft-errors.ts';

export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

export class LeaderEpochs {
  readonly #path: string;
  readonly #disk: Disk;
  #entries: EpochStart[];

  /** Throws MetadataLogError when the file doesn't parse. */
  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#path = join(directory, 'leader-epoch-checkpoint');
    this.#entries = disk.exists(this.#path) ? this.#parse() : [];
  }

  get latestEpoch(): number {
    return this.#entries.at(-1)?.epoch ?? 0;
  }

  all(): readonly EpochStart[] {
    return this.#entries;
  }

  assign(epoch: number, startOffset: number): void {
    if (epoch <= this.latestEpoch && this.#entries.length > 0) return;
    this.#entries.push({ epoch, startOffset });
    this.#write();
  }

  /** Forgets what began at or after `endOffset`: those records are gone. */
  truncateFromEnd(endOffset: number): void {
    const kept = this.#entries.filter((entry) => entry.startOffset < endOffset);
    if (kept.length === this.#entries.length) return;
    this.#entries = kept;
    this.#write();
  }

  /** Forgets epochs that ended before `startOffset`; the one that holds it begins there. */
  truncateFromStart(startOffset: number): void {
    const later = this.#entries.filter((entry) => entry.startOffset > startOffset);
    const holder = this.#entries.filter((entry) => entry.startOffset <= startOffset).at(-1);
    const kept = holder === undefined ? later : [{ epoch: holder.epoch, startOffset }, ...later];
    if (
      kept.length === this.#entries.length &&
      kept[0]?.startOffset === this.#entries[0]?.startOffset
    ) {
      return;
    }
    this.#entries = kept;
    this.#write();
  }

  // Flushed: a power failure must not leave a beginning of it. It changes once per start.
  #write(): void {
    const lines = this.#entries.map((entry) => `${entry.epoch} ${entry.startOffset}\n`);
    this.#disk.writeFileAtomic(this.#path, `0\n${this.#entries.length}\n${lines.join('')}`);
  }

  #parse(): EpochStart[] {
    const lines = this.#disk.readFile(this.#path).toString('utf8').split('\n');
    const count = Number(lines[1]);
    const entries = lines.slice(2, 2 + count).map((line) => {
      const [epoch, startOffset] = line.split(' ').map(Number);
      return { epoch: epoch ?? Number.NaN, startOffset: startOffset ?? Number.NaN };
    });
    const isGood =
      lines[0] === '0' &&
      entries.length === count &&
      entries.every((e) => Number.isSafeInteger(e.epoch) && Number.isSafeInteger(e.startOffset));
    if (!isGood)
      throw new MetadataLogError(`Malformed line in checkpoint file ${this.#path}`, this.#path);
    return entries;
  }
}
