// Which offsets of the dirty part of a log hold the latest record of their key: a bit for each offset, made from the offset
// map once it is complete. Copying then asks no key again where the map has seen every record; never grows.

/** More offsets than this have no bits: 32 MB. */
const MAX_OFFSETS = 2 ** 28;

export class LatestOffsets {
  /** Offsets of [startOffset, endOffset) are told; those outside it nothing is known of. */
  readonly startOffset: number;
  readonly endOffset: number;
  readonly #bits: Uint32Array;

  /** undefined where the range is too wide. `offsets`: the latest of each key, all within the range. */
  static of(
    startOffset: number,
    endOffset: number,
    offsets: Iterable<number>,
  ): LatestOffsets | undefined {
    if (endOffset - startOffset > MAX_OFFSETS) return undefined;
    const latest = new LatestOffsets(startOffset, endOffset);
    for (const offset of offsets) latest.#set(offset - startOffset);
    return latest;
  }

  private constructor(startOffset: number, endOffset: number) {
    this.startOffset = startOffset;
    this.endOffset = endOffset;
    this.#bits = new Uint32Array(Math.ceil((endOffset - startOffset) / 32));
  }

  covers(firstOffset: number, lastOffset: number): boolean {
    return firstOffset >= this.startOffset && lastOffset < this.endOffset;
  }

  /** Of an offset that is covered. */
  has(offset: number): boolean {
    const bit = offset - this.startOffset;
    return ((this.#bits[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
  }

  /** Whether there is one in [firstOffset, lastOffset], all of it covered. */
  hasAny(firstOffset: number, lastOffset: number): boolean {
    const bits = this.#bits;
    const from = firstOffset - this.startOffset;
    const to = lastOffset - this.startOffset;
    const [first, last] = [from >>> 5, to >>> 5];
    for (let word = first; word <= last; word++) {
      let mask = 0xffffffff;
      if (word === first) mask <<= from & 31;
      if (word === last) mask &= 0xffffffff >>> (31 - (to & 31));
      if ((bits[word]! & mask) !== 0) return true;
    }
    return false;
  }

  #set(bit: number): void {
    this.#bits[bit >>> 5]! |= 1 << (bit & 31);
  }
}
