// xxHash32: the header check byte and the block checksums of the lz4 frame format.

const P1 = 0x9e3779b1;
const P2 = 0x85ebca77;
const P3 = 0xc2b2ae3d;
const P4 = 0x27d4eb2f;
const P5 = 0x165667b1;

function rotl(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function readInt32LE(b: Uint8Array, at: number): number {
  return b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24);
}

function round(accumulator: number, lane: number): number {
  return Math.imul(rotl((accumulator + Math.imul(lane, P2)) | 0, 13), P1);
}

/** Unsigned xxHash32 of buffer[start, end). */
export function xxhash32(
  buffer: Uint8Array,
  start = 0,
  end: number = buffer.length,
  seed = 0,
): number {
  const length = end - start;
  let at = start;
  let h: number;
  if (length >= 16) {
    let v1 = (seed + P1 + P2) | 0;
    let v2 = (seed + P2) | 0;
    let v3 = seed | 0;
    let v4 = (seed - P1) | 0;
    for (; at <= end - 16; at += 16) {
      v1 = round(v1, readInt32LE(buffer, at));
      v2 = round(v2, readInt32LE(buffer, at + 4));
      v3 = round(v3, readInt32LE(buffer, at + 8));
      v4 = round(v4, readInt32LE(buffer, at + 12));
    }
    h = (rotl(v1, 1) + rotl(v2, 7) + rotl(v3, 12) + rotl(v4, 18)) | 0;
  } else {
    h = (seed + P5) | 0;
  }
  h = (h + length) | 0;
  for (; at <= end - 4; at += 4) {
    h = Math.imul(rotl((h + Math.imul(readInt32LE(buffer, at), P3)) | 0, 17), P4);
  }
  for (; at < end; at++) {
    h = Math.imul(rotl((h + Math.imul(buffer[at]!, P5)) | 0, 11), P1);
  }
  h = Math.imul(h ^ (h >>> 15), P2);
  h = Math.imul(h ^ (h >>> 13), P3);
  return (h ^ (h >>> 16)) >>> 0;
}
