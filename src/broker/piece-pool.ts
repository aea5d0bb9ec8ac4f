// The memory through which a broker's connections send from files: large pieces while few are about, small ones beyond.
// Bounds what hundreds of slow readers hold; never waits for a piece.

/** Large enough that a piece's costs don't count (each write wakes the reader): of these only a few exist. */
const LARGE_PIECE_BYTES = 1024 * 1024;
/** Large pieces in use at a time: whoever comes beyond them gets small ones, so that hundreds of slow readers hold little. */
const MAX_LARGE_PIECES = 16;
const SMALL_PIECE_BYTES = 256 * 1024;
/** Free pieces of each size that are kept for the next connection. */
const KEPT_PIECES = 4;

export class PiecePool {
  readonly #large: Buffer[] = [];
  readonly #small: Buffer[] = [];
  #largeInUse = 0;

  take(): Buffer {
    if (this.#largeInUse >= MAX_LARGE_PIECES) {
      return this.#small.pop() ?? Buffer.allocUnsafeSlow(SMALL_PIECE_BYTES);
    }
    this.#largeInUse++;
    return this.#large.pop() ?? Buffer.allocUnsafeSlow(LARGE_PIECE_BYTES);
  }

  /** Back from a connection that is done with it. */
  give(piece: Buffer): void {
    const isLarge = piece.length === LARGE_PIECE_BYTES;
    if (isLarge) this.#largeInUse--;
    const kept = isLarge ? this.#large : this.#small;
    if (kept.length < KEPT_PIECES) kept.push(piece);
  }

  /** A piece that ended with its connection: the system may still look at it, so it isn't used again. */
  drop(piece: Buffer): void {
    if (piece.length === LARGE_PIECE_BYTES) this.#largeInUse--;
  }
}
