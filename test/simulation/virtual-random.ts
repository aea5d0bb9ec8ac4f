// Io's Random from a seed: the same seed gives the same numbers, bytes and uuids.

import type { Random } from '../../src/io/io.ts';
import { seeded } from '../support/seeded.ts';

export class VirtualRandom implements Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.#next();
  }

  int(bound: number): number {
    if (bound <= 1) return 0;
    if (bound <= 2 ** 24) return Math.floor(this.#next() * bound);
    const high = Math.floor(this.#next() * 2 ** 24);
    const low = Math.floor(this.#next() * 2 ** 24);
    return (high * 2 ** 24 + low) % bound;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i++) bytes[i] = this.int(256);
    return bytes;
  }

  uuid(): string {
    for (;;) {
      const text = this.bytes(16).toString('base64url');
      if (!text.startsWith('-')) return text;
    }
  }
}
