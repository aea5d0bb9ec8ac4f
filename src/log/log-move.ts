// The way of a partition's log into another log directory (KIP-113): a future log follows the present one, a piece at a
// time, until it has all of it. Reads the present one as any reader does; what becomes of the two is the manager's.

import type { Io } from '../io/io.ts';
import { baseOffset } from '../records/record-batch.ts';
import type { UnifiedLog } from './unified-log.ts';

const PIECE_BYTES = 1 << 20;

export class LogMove {
  readonly source: UnifiedLog;
  readonly future: UnifiedLog;
  /** The log directory it goes to. */
  readonly logDir: string;
  readonly #io: Io;
  #aborted = false;
  readonly #caughtUp: (future: UnifiedLog) => void;

  /** `caughtUp` is called in the very turn of the loop in which the future log has everything. */
  constructor(
    io: Io,
    source: UnifiedLog,
    future: UnifiedLog,
    logDir: string,
    caughtUp: (future: UnifiedLog) => void,
  ) {
    this.#io = io;
    this.#caughtUp = caughtUp;
    this.source = source;
    this.future = future;
    this.logDir = logDir;
  }

  /** What the future log lacks yet, in offsets. */
  get offsetLag(): number {
    return Math.max(this.source.logEndOffset - this.future.logEndOffset, 0);
  }

  abort(): void {
    this.#aborted = true;
  }

  /** Resolves once the future log has everything, and on the disk what the present one has there; false when aborted. */
  async run(): Promise<boolean> {
    this.#begin();
    for (;;) {
      if (this.#isOver()) return false;
      if (this.offsetLag > 0) this.#copyPiece();
      if (this.offsetLag === 0) {
        // What was promised to be on the disk of the one must be on the disk of the other.
        if (this.future.recoveryPoint >= this.source.recoveryPoint) break;
        await this.future.flush(this.source.recoveryPoint);
        continue;
      }
      await new Promise<void>((resolve) => this.#io.clock.defer(resolve));
    }
    this.future.updateHighWatermark(this.source.highWatermark);
    this.future.maybeIncrementLogStartOffset(this.source.logStartOffset);
    this.#caughtUp(this.future);
    return true;
  }

  #isOver(): boolean {
    return this.#aborted || this.source.isClosed || this.future.isClosed;
  }

  /** At the batch that holds the log start offset. */
  #begin(): void {
    const { source, future } = this;
    const first = source.read(source.logStartOffset, 1, {
      isolation: 'log-end',
      minOneMessage: true,
    });
    const [records] = first.records;
    const start = records === undefined ? source.logStartOffset : baseOffset(records, 0);
    first.release();
    if (future.logEndOffset !== start) future.truncateFullyAndStartAt(start);
  }

  #copyPiece(): void {
    const { source, future } = this;
    // Records that went meanwhile needn't come along.
    const from = Math.max(future.logEndOffset, source.logStartOffset);
    const piece = source.read(from, PIECE_BYTES, { isolation: 'log-end', minOneMessage: true });
    for (const records of piece.records) future.appendAsFollower(records);
    piece.release();
    // Behind a gap that compaction left at the end there is nothing to copy.
    if (piece.sizeBytes === 0 && this.offsetLag > 0) {
      throw new Error(`${source.name} has nothing to read at ${from}`);
    }
  }
}
