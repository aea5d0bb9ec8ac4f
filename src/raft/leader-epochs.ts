// leader-epoch-checkpoint of the metadata log: which epoch began at which offset ("0", a count, then "epoch offset"
// lines, LeaderEpochCheckpointFile). Kept in memory, written whole on each change.
import { join } from 'node:path';
import type { Disk } from '../io/io.ts';
export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

export class LeaderEpochs {
  readonly #path: string;
  readonly #disk: Disk;
  #entries: EpochStart[];
  /** What is wrong with the file, in a sentence: the epochs are then to be assigned anew, from every batch. */
  readonly damage: string | undefined;

  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#path = join(directory, 'leader-epoch-checkpoint');
    const found = disk.exists(this.#path) ? parse(disk.readFile(this.#path).toString('utf8')) : [];
    this.#entries = typeof found === 'number' ? [] : found;
    this.damage =
      typeof found === 'number' ? `Malformed line ${found} in ${this.#path}` : undefined;
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
}

/** The entries, or the number of the line that can't be read. */
function parse(text: string): EpochStart[] | number {
  const lines = text.split('\n');
  if (lines[0] !== '0') return 1;
  const count = Number(lines[1]);
  if (!/^\d+$/.test(lines[1] ?? '')) return 2;
  const entries: EpochStart[] = [];
  for (let i = 0; i < count; i++) {
    const match = /^(\d+) (\d+)$/.exec(lines[2 + i] ?? '');
    const entry = { epoch: Number(match?.[1]), startOffset: Number(match?.[2]) };
    const last = entries.at(-1);
    const isAfter =
      last === undefined || (entry.epoch > last.epoch && entry.startOffset >= last.startOffset);
    if (match === null || !isAfter) return 3 + i;
    entries.push(entry);
  }
  return entries;
}
