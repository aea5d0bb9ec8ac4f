// Kafka's text checkpoints: "0\n<count>\n" and one line per entry. Offsets of many partitions, or epochs of one.
// Written atomically; a damaged one is reported with its line, never half used.

import type { Disk } from '../io/io.ts';
import { DamagedFileError } from './log-errors.ts';

const VERSION = '0';

function readLines(disk: Disk, path: string): string[] | undefined {
  if (!disk.exists(path)) return undefined;
  const text = disk.readFile(path).toString('utf8');
  if (text === '') return [];
  const lines = text.split('\n');
  // Without its end the last number may be the beginning of one.
  if (lines.pop() !== '') {
    throw new DamagedFileError(path, -1, 'The last line of the checkpoint file has no end');
  }
  const [version, count, ...entries] = lines;
  if (version !== VERSION) {
    throw new DamagedFileError(path, -1, `Unrecognized version of the checkpoint file: ${version}`);
  }
  if (count === undefined || Number(count) !== entries.length) {
    throw new DamagedFileError(
      path,
      -1,
      `Expected ${count} entries in checkpoint file, but found only ${entries.length}`,
    );
  }
  return entries;
}

function textOf(lines: readonly string[]): string {
  return `${VERSION}\n${lines.length}\n${lines.map((line) => `${line}\n`).join('')}`;
}

function writeLines(disk: Disk, path: string, lines: readonly string[], flush: boolean): void {
  disk.writeFileAtomic(path, textOf(lines), { flush });
}

function integers(path: string, line: string, texts: readonly (string | undefined)[]): number[] {
  const numbers = texts.map((text) =>
    text !== undefined && /^-?\d+$/.test(text) ? Number(text) : NaN,
  );
  if (numbers.some(Number.isNaN)) {
    throw new DamagedFileError(path, -1, `Malformed line in checkpoint file: [${line}]`);
  }
  return numbers;
}

/** Offsets by partition folder name (`topic-0`); an empty map when there is no file. */
export function readOffsetCheckpoint(disk: Disk, path: string): Map<string, number> {
  const offsets = new Map<string, number>();
  for (const line of readLines(disk, path) ?? []) {
    const parts = line.split(/\s+/);
    const [partition, offset] = integers(path, line, [parts[1], parts[2]]);
    offsets.set(`${parts[0]}-${partition}`, offset!);
  }
  return offsets;
}

/** `offsets` by partition folder name. */
export function writeOffsetCheckpoint(
  disk: Disk,
  path: string,
  offsets: ReadonlyMap<string, number>,
  flush = true,
): void {
  writeLines(disk, path, offsetLines(offsets), flush);
}

/** As writeOffsetCheckpoint without a flush, and without holding up the loop. One at a time. */
export function writeOffsetCheckpointLater(
  disk: Disk,
  path: string,
  offsets: ReadonlyMap<string, number>,
): Promise<void> {
  // Another name than writeFileAtomic's: neither renames the other's away.
  const temporary = `${path}.later.tmp`;
  const bytes = Buffer.from(textOf(offsetLines(offsets)));
  const file = disk.open(temporary, 'truncate');
  try {
    file.write(bytes, 0, bytes.length, 0);
  } finally {
    file.close();
  }
  return disk.renameLater(temporary, path);
}

function offsetLines(offsets: ReadonlyMap<string, number>): string[] {
  return [...offsets].map(([name, offset]) => {
    const dash = name.lastIndexOf('-');
    return `${name.slice(0, dash)} ${name.slice(dash + 1)} ${BigInt(offset)}`;
  });
}

export interface EpochEntry {
  readonly epoch: number;
  readonly startOffset: number;
}

export function readEpochCheckpoint(disk: Disk, path: string): EpochEntry[] {
  return (readLines(disk, path) ?? []).map((line) => {
    const parts = line.split(/\s+/);
    const [epoch, startOffset] = integers(path, line, [parts[0], parts[1]]);
    return { epoch: epoch!, startOffset: startOffset! };
  });
}

export function writeEpochCheckpoint(
  disk: Disk,
  path: string,
  entries: readonly EpochEntry[],
  flush = false,
): void {
  writeLines(
    disk,
    path,
    entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`),
    flush,
  );
}
