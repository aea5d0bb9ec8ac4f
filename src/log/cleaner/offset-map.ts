// The latest offset of every key in the dirty part of a log, by a keyed 128-bit hash of the key: 24 bytes a key, nothing
// allocated per key. Two keys with one hash would count as one; a random key per map keeps that from being arranged.
// (org.apache.kafka.storage.internals.log.SkimpyOffsetMap, which hashes by MD5.)

import { type SipKey, sipHash128 } from '../../common/siphash.ts';

export const BYTES_PER_ENTRY = 24;
const WORDS = 4;

export class OffsetMap {
  readonly slots: number;
  entryCount = 0;
  /** The last offset the map knows of, with or without a key; -1 at first. */
  latestOffset = -1;
  readonly #key: SipKey;
  readonly #hashes: Int32Array;
  /** Offset + 1, so that 0 is an empty slot. */
  readonly #offsets: Float64Array;
  readonly #hash = new Int32Array(WORDS);

  constructor(slots: number, key: SipKey) {
    this.slots = Math.max(slots, 1);
    this.#key = key;
    this.#hashes = new Int32Array(this.slots * WORDS);
    this.#offsets = new Float64Array(this.slots);
  }

  /** The offset last put for the key in buffer[start, end), or -1. */
  get(buffer: Buffer, start: number, end: number): number {
    return this.#offsets[this.#find(buffer, start, end)]! - 1;
  }

  /** There must be a free slot, or the key must be in the map. */
  put(buffer: Buffer, start: number, end: number, offset: number): void {
    const slot = this.#find(buffer, start, end);
    if (this.#offsets[slot] === 0) {
      if (this.entryCount >= this.slots) throw new RangeError('The offset map is full');
      this.entryCount++;
      this.#hashes.set(this.#hash, slot * WORDS);
    }
    this.#offsets[slot] = offset + 1;
    this.latestOffset = offset;
  }

  /** The key's slot, or the empty one where it would go; any slot when the map is full and doesn't hold it. */
  #find(buffer: Buffer, start: number, end: number): number {
    const hash = this.#hash;
    sipHash128(this.#key, buffer, start, end, hash);
    const hashes = this.#hashes;
    const offsets = this.#offsets;
    const { slots } = this;
    let slot = (hash[0]! >>> 0) % slots;
    for (let probes = 0; probes < slots; probes++) {
      if (offsets[slot] === 0) return slot;
      const at = slot * WORDS;
      if (
        hashes[at] === hash[0] &&
        hashes[at + 1] === hash[1] &&
        hashes[at + 2] === hash[2] &&
        hashes[at + 3] === hash[3]
      ) {
        return slot;
      }
      slot = slot + 1 === slots ? 0 : slot + 1;
    }
    throw new RangeError('The offset map is full');
  }
}
