// buffer.memory: how many bytes the producer's batches may hold. A bound, not an allocator.

export class MemoryBudget {
  readonly totalBytes: number;
  #used = 0;

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes;
  }

  get availableBytes(): number {
    return this.totalBytes - this.#used;
  }

  /** False, and nothing taken, when that much isn't free. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.totalBytes) return false;
    this.#used += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}
