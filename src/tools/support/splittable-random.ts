// java.util.SplittableRandom with the seed 0, in 32-bit arithmetic: kafka-producer-perf-test.sh fills its payloads from it,
// so that they are the same in every run, and ours the same as Apache's. Never for anything secret.

/** The golden gamma, 0x9e3779b97f4a7c15: what the seed moves on by. */
const GAMMA_HIGH = 0x9e3779b9 | 0;
const GAMMA_LOW = 0x7f4a7c15;

export class SplittableRandom {
  #high = 0;
  #low = 0;

  /** nextInt(bound), for a bound of at most 2^30. */
  next(bound: number): number {
    const mask = bound - 1;
    if ((bound & mask) === 0) return this.#nextBits() & mask;
    for (;;) {
      const bits = this.#nextBits() >>> 1;
      const value = bits % bound;
      // Java looks for an overflow of its int: the last, incomplete stretch of `bound` numbers is drawn again.
      if (bits + mask - value <= 0x7fff_ffff) return value;
    }
  }

  /** Fills with 'A' to 'Z'. */
  fillLetters(target: Buffer): void {
    for (let at = 0; at < target.length; at++) target[at] = 65 + this.next(26);
  }

  /** nextInt(): 32 bits of the mixed seed (mix32). */
  #nextBits(): number {
    const low = (this.#low + GAMMA_LOW) | 0;
    const carry = low >>> 0 < GAMMA_LOW ? 1 : 0;
    const high = (this.#high + GAMMA_HIGH + carry) | 0;
    this.#low = low;
    this.#high = high;
    // z = (z ^ z >>> 33) * 0x62a9d9ed799705f5
    const a = low ^ (high >>> 1);
    const productLow = Math.imul(a, 0x799705f5);
    const productHigh =
      (upperHalf(a, 0x05f5, 0x7997) + Math.imul(a, 0x62a9d9ed) + Math.imul(high, 0x799705f5)) | 0;
    // (z ^ z >>> 28) * 0xcb24d0a5c88c35b3, its upper half
    const b = productLow ^ ((productLow >>> 28) | (productHigh << 4));
    const c = productHigh ^ (productHigh >>> 28);
    return (upperHalf(b, 0x35b3, 0xc88c) + Math.imul(b, 0xcb24d0a5) + Math.imul(c, 0xc88c35b3)) | 0;
  }
}

/** The upper 32 bits of an unsigned product; the right factor in two halves. (Hacker's Delight, mulhu.) */
function upperHalf(left: number, rightLow: number, rightHigh: number): number {
  const low = left & 0xffff;
  const high = left >>> 16;
  const middle = Math.imul(high, rightLow) + (Math.imul(low, rightLow) >>> 16);
  const other = Math.imul(low, rightHigh) + (middle & 0xffff);
  return (Math.imul(high, rightHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}
