// The signals that end a process: the first asks it to, a later one insists. One signal that is delivered twice is one.

import type { Clock } from './io.ts';

/** 128 + the signal's number, as shells tell it. */
export const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type EndSignal = keyof typeof EXIT_CODES;

/** A process, as far as its signals go. */
export interface Signalled {
  on(signal: EndSignal, listener: () => void): unknown;
  exit(code: number): unknown;
}

/** timeout(1) signals a process and then its group; Ctrl-C reaches a child beside the parent that hands it on. */
const SAME_SIGNAL_MS = 300;

/** Calls `first` with the first of the signals; a second one ends the process at once, with its exit code. */
export function onEndSignal(
  clock: Clock,
  target: Signalled,
  signals: readonly EndSignal[],
  first: (signal: EndSignal, exitCode: number) => void,
): void {
  let firstMs: number | undefined;
  for (const signal of signals) {
    target.on(signal, () => {
      if (firstMs === undefined) {
        firstMs = clock.monotonicMs();
        first(signal, EXIT_CODES[signal]);
      } else if (clock.monotonicMs() - firstMs > SAME_SIGNAL_MS) target.exit(EXIT_CODES[signal]);
    });
  }
}
