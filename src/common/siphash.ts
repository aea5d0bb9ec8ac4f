// SipHash with 128 bits (Aumasson and Bernstein): a keyed hash of which nobody without the key can make two inputs collide.
// For short keys in memory, over ranges of a buffer; writes its result into the caller's words, allocates nothing.

/** 16 random bytes as four words, little-endian. */
export type SipKey = readonly [number, number, number, number];

/** A buffer's first 16 bytes as a key. */
export function sipKey(bytes: Buffer): SipKey {
  return [bytes.readInt32LE(0), bytes.readInt32LE(4), bytes.readInt32LE(8), bytes.readInt32LE(12)];
}

/**
 * The hash of b[start, end) as four little-endian words in `out`. `compressRounds` after each word of input and
 * `finishRounds` at each end: 1 and 3 for hash tables, 2 and 4 as published.
 */
export function sipHash128(
  key: SipKey,
  b: Uint8Array,
  start: number,
  end: number,
  out: Int32Array,
  compressRounds = 1,
  finishRounds = 3,
): void {
  const k0 = key[0];
  const k1 = key[1];
  const k2 = key[2];
  const k3 = key[3];
  let v0l = 0x70736575 ^ k0;
  let v0h = 0x736f6d65 ^ k1;
  let v1l = 0x6e646f6d ^ k2 ^ 0xee;
  let v1h = 0x646f7261 ^ k3;
  let v2l = 0x6e657261 ^ k0;
  let v2h = 0x6c796765 ^ k1;
  let v3l = 0x79746573 ^ k2;
  let v3h = 0x74656462 ^ k3;
  const length = end - start;
  const words = length >>> 3;
  // The whole words of input, the last one with the length in its top byte, then the two ends.
  for (let step = 0; step <= words + 2; step++) {
    let ml = 0;
    let mh = 0;
    let rounds = compressRounds;
    if (step < words) {
      const at = start + step * 8;
      ml = b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24);
      mh = b[at + 4]! | (b[at + 5]! << 8) | (b[at + 6]! << 16) | (b[at + 7]! << 24);
    } else if (step === words) {
      const at = start + words * 8;
      const left = length & 7;
      for (let n = 0; n < left; n++) {
        if (n < 4) ml |= b[at + n]! << (n * 8);
        else mh |= b[at + n]! << ((n - 4) * 8);
      }
      mh |= (length & 0xff) << 24;
    } else {
      rounds = finishRounds;
      if (step === words + 1) v2l ^= 0xee;
      else v1l ^= 0xdd;
    }
    v3l ^= ml;
    v3h ^= mh;
    for (let round = 0; round < rounds; round++) {
      let low = (v0l >>> 0) + (v1l >>> 0);
      v0h = (v0h + v1h + (low > 0xffffffff ? 1 : 0)) | 0;
      v0l = low | 0;
      let h = (v1h << 13) | (v1l >>> 19);
      v1l = ((v1l << 13) | (v1h >>> 19)) ^ v0l;
      v1h = h ^ v0h;
      h = v0h;
      v0h = v0l;
      v0l = h;
      low = (v2l >>> 0) + (v3l >>> 0);
      v2h = (v2h + v3h + (low > 0xffffffff ? 1 : 0)) | 0;
      v2l = low | 0;
      h = (v3h << 16) | (v3l >>> 16);
      v3l = ((v3l << 16) | (v3h >>> 16)) ^ v2l;
      v3h = h ^ v2h;
      low = (v0l >>> 0) + (v3l >>> 0);
      v0h = (v0h + v3h + (low > 0xffffffff ? 1 : 0)) | 0;
      v0l = low | 0;
      h = (v3h << 21) | (v3l >>> 11);
      v3l = ((v3l << 21) | (v3h >>> 11)) ^ v0l;
      v3h = h ^ v0h;
      low = (v2l >>> 0) + (v1l >>> 0);
      v2h = (v2h + v1h + (low > 0xffffffff ? 1 : 0)) | 0;
      v2l = low | 0;
      h = (v1h << 17) | (v1l >>> 15);
      v1l = ((v1l << 17) | (v1h >>> 15)) ^ v2l;
      v1h = h ^ v2h;
      h = v2h;
      v2h = v2l;
      v2l = h;
    }
    v0l ^= ml;
    v0h ^= mh;
    if (step > words) {
      const to = step === words + 1 ? 0 : 2;
      out[to] = v0l ^ v1l ^ v2l ^ v3l;
      out[to + 1] = v0h ^ v1h ^ v2h ^ v3h;
    }
  }
}
