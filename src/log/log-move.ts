// The way of a partition's log into another log directory (KIP-113): a future log follows the one in use, a piece at a
// time, until it has all of it; one that a stop interrupted goes on where it was. Reads the old log as consumers do;
// what becomes of the two is the manager's.

import type { Io } from '../io/io.ts';
import { baseOffset } from '../records/record-batch.ts';
import type { MoveQuota } from './move-quota.ts';
import type { UnifiedLog } from './unified-log.ts';

const PIECE_BYTES = 1 << 20;
/** Waiting for its quota, it looks so often whether it is still wanted. */
const LOOK_EVERY_MS = 100;

/** Told in the very turn of the loop in which the future log has everything. */
export type CaughtUp = (future: UnifiedLog, logDir: string) => void;

export class LogMove {
  readonly source: UnifiedLog;
  readonly future: UnifiedLog;
  /** The log directory it goes to. */
  readonly logDir: string;
  readonly #io: Io;
  readonly #quota: MoveQuota;
  #aborted = false;
  readonly #caughtUp: CaughtUp;

  constructor(
    io: Io,
    quota: MoveQuota,
    source: UnifiedLog,
    future: UnifiedLog,
    logDir: string,
    caughtUp: CaughtUp,
  ) {
    this.#io = io;
    this.#quota = quota;
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

  /**
   * Resolves once the future log has everything, on the disk what the present one has there, and nearly all of the rest, so
   * that little is left to be recovered when it is opened under its name. False when aborted.
   */
  async run(): Promise<boolean> {
    this.#begin();
    for (let isFlushed = false; ; ) {
      if (this.#isOver()) return false;
      if (this.offsetLag > 0) this.#copyPiece();
      if (this.offsetLag === 0) {
        if (isFlushed && this.future.recoveryPoint >= this.source.recoveryPoint) break;
        await this.future.flush();
        isFlushed = true;
        continue;
      }
      await this.#turn();
    }
    this.future.updateHighWatermark(this.source.highWatermark);
    this.future.maybeIncrementLogStartOffset(this.source.logStartOffset);
    this.#caughtUp(this.future, this.logDir);
    return true;
  }

  #isOver(): boolean {
    return this.#aborted || this.source.isClosed || this.future.isClosed;
  }

  /** Others' turn, until more may be copied. */
  async #turn(): Promise<void> {
    const { clock } = this.#io;
    await new Promise<void>((resolve) => clock.defer(resolve));
    for (let ms = this.#quota.waitMs; ms > 0 && !this.#isOver(); ms = this.#quota.waitMs) {
      await new Promise<void>((resolve) => {
        clock.setTimer(Math.min(Math.ceil(ms), LOOK_EVERY_MS), resolve, { background: true });
      });
    }
  }

  /** Takes away what the present log doesn't have any more, and begins anew where the two have nothing in common. */
  #begin(): void {
    const { source, future } = this;
    const common = this.#commonEnd();
    if (common > future.logStartOffset && common >= source.logStartOffset) {
      future.truncateTo(common);
      return;
    }
    this.#beginAtStart();
  }

  /** The end of the last leader epoch that both know (KIP-101): what follows, a power failure took from the present log. */
  #commonEnd(): number {
    const { source, future } = this;
    const latest = future.latestEpoch;
    if (latest === undefined) return -1;
    const known = source.endOffsetForEpoch(latest);
    const own =
      known.leaderEpoch === latest
        ? future.logEndOffset
        : future.endOffsetForEpoch(known.leaderEpoch).endOffset;
    return Math.min(known.endOffset, own, future.logEndOffset, source.logEndOffset);
  }

  /** At the batch that holds the log start offset. */
  #beginAtStart(): void {
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
    this.#quota.copied(piece.sizeBytes);
    piece.release();
    // Behind a gap that compaction left at the end there is nothing to copy.
    if (piece.sizeBytes === 0 && this.offsetLag > 0) {
      throw new Error(`${source.name} has nothing to read at ${from}`);
    }
  }
}
