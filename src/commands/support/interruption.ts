// What a signal, or a closed stdout, does to a run that has something to finish: it is told to, and has its time.

import type { Clock } from '../../io/io.ts';
import { onEndSignal, type Signalled } from '../../io/signals.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  /** 128 + the signal's number when one has come. */
  exitCode(): number | undefined;
}

/** How long a tool may take to finish after the first signal. */
const FINISH_MS = 15_000;

export function interruption(
  clock: Clock,
  out: { onClosed(listener: () => void): void },
  target: Signalled,
): Interruption {
  const controller = new AbortController();
  let received: number | undefined;
  onEndSignal(clock, target, ['SIGINT', 'SIGTERM', 'SIGHUP'], (name, exitCode) => {
    received = exitCode;
    clock.setTimer(FINISH_MS, () => target.exit(exitCode), { background: true });
    controller.abort(name);
  });
  out.onClosed(() => controller.abort('stdout was closed'));
  return { signal: controller.signal, exitCode: () => received };
}
