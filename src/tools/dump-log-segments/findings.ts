// What doesn't fit together, gathered per file and told on stderr after everything else (DumpLogSegments.main).

import { javaHashMapOrder, javaLongToString } from '../../common/java.ts';

/** So many per file and kind are kept: memory stays flat over a file that is wrong throughout. */
const MAX_KEPT = 100_000;

class PerFile<T> {
  readonly files = new Map<string, T[]>();
  #dropped = 0;

  add(path: string, entry: T): void {
    let entries = this.files.get(path);
    if (entries === undefined) {
      entries = [];
      this.files.set(path, entries);
    }
    if (entries.length < MAX_KEPT) entries.push(entry);
    else this.#dropped += 1;
  }

  tell(title: string, lines: (entries: T[]) => string[], say: (text: string) => void): void {
    for (const path of javaHashMapOrder([...this.files.keys()])) {
      say([`${title}${path}`, ...lines(this.files.get(path)!)].join('\n'));
    }
    if (this.#dropped > 0) say(`  ... and ${this.#dropped} more`);
  }
}

type Pair = readonly [found: number, other: number];

export class Findings {
  readonly #mismatches = new PerFile<Pair>();
  readonly #timeMismatches = new PerFile<Pair>();
  readonly #outOfOrder = new PerFile<Pair>();
  readonly #notFound = new PerFile<Pair>();
  readonly #gaps = new PerFile<Pair>();

  /** An offset index entry whose batch ends with another offset. */
  mismatch(path: string, indexOffset: number, logOffset: number): void {
    this.#mismatches.add(path, [indexOffset, logOffset]);
  }

  timeMismatch(path: string, indexTimestamp: number, logTimestamp: number): void {
    this.#timeMismatches.add(path, [indexTimestamp, logTimestamp]);
  }

  outOfOrder(path: string, indexTimestamp: number, previous: number): void {
    this.#outOfOrder.add(path, [indexTimestamp, previous]);
  }

  notFound(path: string, indexOffset: number, logOffset: number): void {
    this.#notFound.add(path, [indexOffset, logOffset]);
  }

  nonConsecutive(path: string, lastOffset: number, offset: number): void {
    this.#gaps.add(path, [lastOffset, offset]);
  }

  tell(say: (text: string) => void): void {
    const lines = (before: string, between: string) => (entries: Pair[]) =>
      entries.map(([a, b]) => `${before}${javaLongToString(a)}${between}${javaLongToString(b)}`);
    this.#mismatches.tell(
      'Mismatches in :',
      (entries) => lines('  Index offset: ', ', log offset: ')(byFirst(entries).reverse()),
      say,
    );
    this.#timeMismatches.tell(
      'Found timestamp mismatch in :',
      lines('  Index timestamp: ', ', log timestamp: '),
      say,
    );
    this.#outOfOrder.tell(
      'Found out of order timestamp in :',
      lines('  Index timestamp: ', ', Previously indexed timestamp: '),
      say,
    );
    this.#notFound.tell(
      'The following indexed offsets are not found in :',
      lines('Indexed offset: ', ', found log offset: '),
      say,
    );
    this.#gaps.tell(
      'Non-consecutive offsets in ',
      (entries) => lines('  ', ' is followed by ')(byFirst(entries)),
      say,
    );
  }
}

/** As a TreeMap has them: ascending, the last of the same key. */
function byFirst(entries: readonly Pair[]): Pair[] {
  return [...new Map(entries)].sort(([a], [b]) => a - b);
}
