// The segments of a log in the order of their base offsets. Only a list: opens and deletes nothing by itself.

import type { LogSegment } from './log-segment.ts';

export class LogSegments {
  readonly #segments: LogSegment[] = [];
  /** Told by every segment of a repair of its indexes. */
  onRepair: ((text: string) => void) | undefined;

  get all(): readonly LogSegment[] {
    return this.#segments;
  }

  get count(): number {
    return this.#segments.length;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  /** The last one: the one that is appended to. */
  get active(): LogSegment {
    return this.#segments[this.#segments.length - 1]!;
  }

  get first(): LogSegment {
    return this.#segments[0]!;
  }

  get sizeBytes(): number {
    let total = 0;
    for (const segment of this.#segments) total += segment.sizeBytes;
    return total;
  }

  add(segment: LogSegment): void {
    segment.onRepair = (text) => this.onRepair?.(text);
    const index = this.#floorIndex(segment.baseOffset);
    if (this.#segments[index]?.baseOffset === segment.baseOffset) this.#segments[index] = segment;
    else this.#segments.splice(index + 1, 0, segment);
  }

  remove(segment: LogSegment): void {
    const index = this.#segments.indexOf(segment);
    if (index >= 0) this.#segments.splice(index, 1);
  }

  /** The one with the largest base offset at or below `offset`. */
  floor(offset: number): LogSegment | undefined {
    const last = this.#segments[this.#segments.length - 1];
    if (last !== undefined && last.baseOffset <= offset) return last;
    return this.#segments[this.#floorIndex(offset)];
  }

  /** The one after. */
  higher(segment: LogSegment): LogSegment | undefined {
    return this.#segments[this.#segments.indexOf(segment) + 1];
  }

  /** From the one that holds `from` (or the first) on. */
  startingWith(from: number): LogSegment[] {
    return this.#segments.slice(Math.max(this.#floorIndex(from), 0));
  }

  #floorIndex(offset: number): number {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.baseOffset <= offset) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }
}
