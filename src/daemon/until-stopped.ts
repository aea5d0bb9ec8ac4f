// Waits for what ends a broker: a signal, or its own failure. Signals are taken from the first moment on, so that one
// which comes while the broker is starting ends it in order as well. A second signal ends the process at once.

import { nodeClock } from '../io/node-clock.ts';
import { onEndSignal } from '../io/signals.ts';
import type { RunningBroker } from './running-broker.ts';

export interface StopReason {
  readonly text: string;
  readonly isFailure: boolean;
  /** 128 + the signal's number; 1 for a failure. */
  readonly exitCode: number;
}

/** Resolves with the first SIGTERM or SIGINT after the call. */
export function stopSignal(): Promise<StopReason> {
  // A closed terminal must not take a broker down that was started with nohup or as a service.
  process.on('SIGHUP', () => {});
  return new Promise((resolve) => {
    onEndSignal(nodeClock, process, ['SIGTERM', 'SIGINT'], (text, exitCode) =>
      resolve({ text, isFailure: false, exitCode }),
    );
  });
}

export function untilStopped(
  broker: RunningBroker,
  signal: Promise<StopReason>,
): Promise<StopReason> {
  const failure = (error: Error) => ({ text: error.message, isFailure: true, exitCode: 1 });
  return Promise.race([signal, broker.failed.then(failure, failure)]);
}
