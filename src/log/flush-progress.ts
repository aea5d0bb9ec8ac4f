// How far a log is on the disk: what was appended since, and what a flush that is under way may say when it ends.
// It flushes nothing itself.

/** As it stood when a flush began. */
export interface FlushMark {
  readonly unflushedMessages: number;
  readonly truncations: number;
}

export class FlushProgress {
  #recoveryPoint: number;
  #unflushedMessages = 0;
  #lastFlushedMs: number;
  #truncations = 0;

  /** `nowMs`: wall time, ms. */
  constructor(recoveryPoint: number, nowMs: number) {
    this.#recoveryPoint = recoveryPoint;
    this.#lastFlushedMs = nowMs;
  }

  /** All below it is on the disk. */
  get recoveryPoint(): number {
    return this.#recoveryPoint;
  }

  /** Appended since the last flush began. */
  get unflushedMessages(): number {
    return this.#unflushedMessages;
  }

  /** Wall time, ms. */
  get lastFlushedMs(): number {
    return this.#lastFlushedMs;
  }

  appended(messages: number): void {
    this.#unflushedMessages += messages;
  }

  /** The log ends at `offset` now; what comes there next is new. */
  truncatedTo(offset: number): void {
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset);
    this.#truncations++;
  }

  begin(): FlushMark {
    return { unflushedMessages: this.#unflushedMessages, truncations: this.#truncations };
  }

  /** What was truncated meanwhile may have been written anew, behind the flush: it says nothing then. */
  done(mark: FlushMark, upTo: number, nowMs: number): void {
    if (mark.truncations !== this.#truncations) return;
    this.#recoveryPoint = Math.max(this.#recoveryPoint, upTo);
    this.#unflushedMessages = Math.max(this.#unflushedMessages - mark.unflushedMessages, 0);
    this.#lastFlushedMs = nowMs;
  }
}
