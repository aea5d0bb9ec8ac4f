// Segments that were taken out of a log and whose files wait for their removal (file.delete.delay.ms): an answer that is on
// its way may still read from them. A stop before leaves them to the next start.

import type { Io, Timer } from '../io/io.ts';
import type { LogSegment } from './log-segment.ts';

const MAX_TIMER_MS = 0x7fffffff;

export class DoomedSegments {
  readonly #io: Io;
  readonly #waiting = new Map<Timer, readonly LogSegment[]>();
  readonly #onFailure: (error: unknown) => void;

  constructor(io: Io, onFailure: (error: unknown) => void) {
    this.#io = io;
    this.#onFailure = onFailure;
  }

  /** Renames their files at once, and removes them later. */
  add(segments: readonly LogSegment[], delayMs: number): void {
    const { clock, disk } = this.#io;
    const paths = segments.flatMap((segment) => segment.markDeleted());
    const timer = clock.setTimer(
      Math.min(delayMs, MAX_TIMER_MS),
      () => {
        this.#waiting.delete(timer);
        try {
          for (const segment of segments) segment.close();
          for (const path of paths) disk.remove(path);
        } catch (error) {
          this.#onFailure(error);
        }
      },
      { background: true },
    );
    this.#waiting.set(timer, segments);
  }

  /** Closes what is open and leaves the files. */
  close(): void {
    for (const [timer, segments] of this.#waiting) {
      timer.cancel();
      for (const segment of segments) segment.close();
    }
    this.#waiting.clear();
  }
}
