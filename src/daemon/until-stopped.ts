// Waits for what ends a broker: a signal, or its own failure. A second signal ends the process at once.

import type { RunningBroker } from './running-broker.ts';

export interface StopReason {
  readonly text: string;
  readonly isFailure: boolean;
  /** 128 + the signal's number; 1 for a failure. */
  readonly exitCode: number;
}

const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

export function untilStopped(broker: RunningBroker): Promise<StopReason> {
  return new Promise((resolve) => {
    for (const [signal, exitCode] of Object.entries(EXIT_CODES)) {
      let isSecond = false;
      process.on(signal, () => {
        if (isSecond) process.exit(exitCode);
        isSecond = true;
        resolve({ text: signal, isFailure: false, exitCode });
      });
    }
    // A closed terminal must not take a broker down that was started with nohup or as a service.
    process.on('SIGHUP', () => {});
    broker.failed.then(
      (error) => resolve({ text: error.message, isFailure: true, exitCode: 1 }),
      (error: Error) => resolve({ text: error.message, isFailure: true, exitCode: 1 }),
    );
  });
}
