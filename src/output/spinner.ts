// A line on the terminal that shows that something is going on; for what takes longer than a glance.
// On stderr, never where there is no terminal. ora is loaded only when the line is to be seen.

import type { Clock } from '../io/io.ts';

const PATIENCE_MS = 400;

/** Shows `text` once it has taken a while; the function that it returns takes it away. */
export function spin(clock: Clock, text: string): () => void {
  let isDone = false;
  let stop = () => {};
  const { stderr } = process;
  // A terminal that was never given a size (`docker run -t`, some CI): ora would clear endless lines there.
  if (stderr.columns === 0) return () => {};
  const timer = clock.setTimer(
    PATIENCE_MS,
    () => {
      void import('ora').then(({ default: ora }) => {
        if (isDone) return;
        const spinner = ora({ text, stream: stderr }).start();
        stop = () => spinner.stop();
      });
    },
    { background: true },
  );
  return () => {
    isDone = true;
    timer.cancel();
    stop();
  };
}
