// Bounds what all connections together may hold: bytes of half-received requests and of answers their clients don't read.
// Over the bound, the connection that held most for longest goes; a client that keeps moving is never the one.

/** A connection, as the guard judges it. */
export interface MemoryHolder {
  /** Bytes of incomplete requests and unsent answers. */
  readonly heldBytes: number;
  /** Since when it holds them without an end, by the monotonic clock. */
  readonly heldSinceMs: number;
  drop(reason: string): void;
}

/** As much as a few large requests need; far beyond it, a hostile crowd could fill the memory. */
export const CONNECTIONS_MEMORY_BYTES = 128 * 1024 * 1024;

export class MemoryGuard {
  readonly boundBytes: number;
  readonly #holders = new Set<MemoryHolder>();
  #totalBytes = 0;

  constructor(boundBytes: number) {
    this.boundBytes = boundBytes;
  }

  get heldBytes(): number {
    return this.#totalBytes;
  }

  add(holder: MemoryHolder): void {
    this.#holders.add(holder);
  }

  /** What the holder has goes with it. */
  remove(holder: MemoryHolder, heldBytes: number): void {
    if (!this.#holders.delete(holder)) return;
    this.#totalBytes -= heldBytes;
  }

  /** A holder's bytes changed by `deltaBytes`; drops holders while the sum is over the bound. */
  changed(deltaBytes: number, nowMs: number): void {
    this.#totalBytes += deltaBytes;
    // A drop removes its holder, so this ends after as many turns as there are connections.
    while (this.#totalBytes > this.boundBytes) {
      const worst = this.#worst(nowMs);
      if (worst === undefined) return;
      worst.drop(`connections hold ${this.#totalBytes} bytes, more than ${this.boundBytes}`);
    }
  }

  /** Bytes times age: a producer in the middle of a fast large request scores next to nothing. */
  #worst(nowMs: number): MemoryHolder | undefined {
    let worst: MemoryHolder | undefined;
    let worstScore = -1;
    for (const holder of this.#holders) {
      const score = holder.heldBytes * (1 + Math.max(0, nowMs - holder.heldSinceMs));
      if (holder.heldBytes > 0 && score > worstScore) {
        worst = holder;
        worstScore = score;
      }
    }
    return worst;
  }
}
