// Group commit: one flush at a time; what is appended while it runs is covered by the next one (decision 0030).
// A flush that fails is final: what reached the disk is then unknown, so nothing is acknowledged any more.
// It knows offsets and a flush function, nothing of files.

interface Waiter {
  readonly endOffset: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit {
  readonly #flush: () => Promise<void>;
  readonly #endOffset: () => number;
  #waiters: Waiter[] = [];
  #committed = 0;
  #running: Promise<void> | undefined;
  #failure: unknown;
  #callbacks: ((highWatermark: number) => void)[] = [];

  constructor(flush: () => Promise<void>, endOffset: () => number) {
    this.#flush = flush;
    this.#endOffset = endOffset;
  }

  get committedEndOffset(): number {
    return this.#committed;
  }

  /** After a recovery: everything that is there counts as committed. */
  reset(endOffset: number): void {
    this.#committed = endOffset;
  }

  onCommit(callback: (highWatermark: number) => void): void {
    this.#callbacks.push(callback);
  }

  /** Throws what made an earlier flush fail. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Records up to the log's end were written. A lazy one commits at once when nothing before it waits. */
  appended(lazy: boolean): Promise<void> {
    if (lazy && this.#running === undefined && this.#waiters.length === 0) {
      this.#advance(this.#endOffset());
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ endOffset: this.#endOffset(), resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Settles when everything that waits now is committed; at once when nothing does. */
  pending(): Promise<void> {
    const last = this.#waiters.at(-1);
    if (last === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ endOffset: last.endOffset, resolve, reject });
    });
  }

  /** Settles when nothing is left to flush, whether it worked or not. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // Appends of the same turn share the first flush.
    await Promise.resolve();
    try {
      while (this.#waiters.length > 0) {
        const target = this.#endOffset();
        await this.#flush();
        this.#advance(target);
        this.#settle(target);
      }
    } catch (error) {
      this.#failure = error;
      for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    } finally {
      this.#running = undefined;
    }
  }

  #advance(target: number): void {
    this.#committed = target;
    for (const callback of this.#callbacks) callback(target);
  }

  #settle(target: number): void {
    const done = this.#waiters.filter((waiter) => waiter.endOffset <= target);
    this.#waiters = this.#waiters.filter((waiter) => waiter.endOffset > target);
    for (const waiter of done) waiter.resolve();
  }
}
