// The latest offset of every key in the dirty part of a log, by a keyed 128-bit hash of the key: 24 bytes a slot, nothing
// allocated per key; it grows with the keys as far as it may. Two keys with one hash would count as one; a random key per map keeps that from being arranged.
// (org.apache.kafka.storage.internals.log.SkimpyOffsetMap, which hashes by MD5.)

import { type SipKey, sipHash128 } from '../../common/siphash.ts';

export const BYTES_PER_ENTRY = 24;
/** A slot: the four words of the hash, then offset + 1 as a float, so that 0 there is an empty slot. */
const SLOT_WORDS = BYTES_PER_ENTRY / 4;
const SLOT_FLOATS = BYTES_PER_ENTRY / 8;
const OFFSET_FLOAT = 2;
const FIRST_SLOTS = 4096;
/** Fuller than this it grows, as long as it may. */
const COMFORTABLE_LOAD = 0.6;

export class OffsetMap {
  readonly maxSlots: number;
  entryCount = 0;
  /** The last offset the map knows of, with or without a key; -1 at first. */
  latestOffset = -1;
  readonly #key: SipKey;
  readonly #hash = new Int32Array(4);
  #slots: number;
  #growAt: number;
  #words: Int32Array;
  #floats: Float64Array;

  constructor(maxSlots: number, key: SipKey) {
    this.maxSlots = Math.max(maxSlots, 1);
    this.#key = key;
    this.#slots = Math.min(FIRST_SLOTS, this.maxSlots);
    const memory = new ArrayBuffer(this.#slots * BYTES_PER_ENTRY);
    this.#words = new Int32Array(memory);
    this.#floats = new Float64Array(memory);
    this.#growAt = this.#limit();
  }

  /** The offset last put for the key in buffer[start, end), or -1. */
  get(buffer: Buffer, start: number, end: number): number {
    sipHash128(this.#key, buffer, start, end, this.#hash);
    const slot = this.#find();
    return slot < 0 ? -1 : this.#floats[slot * SLOT_FLOATS + OFFSET_FLOAT]! - 1;
  }

  /** There must be a free slot, or the key must be in the map. */
  put(buffer: Buffer, start: number, end: number, offset: number): void {
    sipHash128(this.#key, buffer, start, end, this.#hash);
    if (this.entryCount >= this.#growAt) this.#grow();
    const slot = this.#find();
    if (slot < 0) throw new RangeError('The offset map is full');
    const at = slot * SLOT_FLOATS + OFFSET_FLOAT;
    if (this.#floats[at] === 0) {
      this.entryCount++;
      this.#writeHash(slot);
    }
    this.#floats[at] = offset + 1;
    this.latestOffset = offset;
  }

  /** The latest offset of every key, in no order. */
  *offsets(): Generator<number, void, void> {
    const floats = this.#floats;
    for (let at = OFFSET_FLOAT; at < floats.length; at += SLOT_FLOATS) {
      const value = floats[at]!;
      if (value !== 0) yield value - 1;
    }
  }

  /** The slot of the hash at hand, or the empty one where it would go; -1 when the map is full and doesn't hold it. */
  #find(): number {
    const words = this.#words;
    const floats = this.#floats;
    const slots = this.#slots;
    const hash = this.#hash;
    const h0 = hash[0]!;
    const h1 = hash[1]!;
    const h2 = hash[2]!;
    const h3 = hash[3]!;
    let slot = (h0 & 0x7fffffff) % slots;
    for (let probes = 0; probes < slots; probes++) {
      const at = slot * SLOT_WORDS;
      if (
        words[at] === h0 &&
        words[at + 1] === h1 &&
        words[at + 2] === h2 &&
        words[at + 3] === h3
      ) {
        return slot;
      }
      if (floats[slot * SLOT_FLOATS + OFFSET_FLOAT] === 0) return slot;
      slot = slot + 1 === slots ? 0 : slot + 1;
    }
    return -1;
  }

  #writeHash(slot: number): void {
    const words = this.#words;
    const hash = this.#hash;
    const at = slot * SLOT_WORDS;
    words[at] = hash[0]!;
    words[at + 1] = hash[1]!;
    words[at + 2] = hash[2]!;
    words[at + 3] = hash[3]!;
  }

  #limit(): number {
    return this.#slots === this.maxSlots
      ? Number.POSITIVE_INFINITY
      : Math.floor(this.#slots * COMFORTABLE_LOAD);
  }

  #grow(): void {
    const hash = Int32Array.from(this.#hash);
    const [oldWords, oldFloats, oldSlots] = [this.#words, this.#floats, this.#slots];
    this.#slots = Math.min(oldSlots * 2, this.maxSlots);
    const memory = new ArrayBuffer(this.#slots * BYTES_PER_ENTRY);
    this.#words = new Int32Array(memory);
    this.#floats = new Float64Array(memory);
    this.#growAt = this.#limit();
    for (let old = 0; old < oldSlots; old++) {
      const value = oldFloats[old * SLOT_FLOATS + OFFSET_FLOAT]!;
      if (value === 0) continue;
      const at = old * SLOT_WORDS;
      for (let n = 0; n < 4; n++) this.#hash[n] = oldWords[at + n]!;
      const slot = this.#find();
      this.#writeHash(slot);
      this.#floats[slot * SLOT_FLOATS + OFFSET_FLOAT] = value;
    }
    this.#hash.set(hash);
  }
}
