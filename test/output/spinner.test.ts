// Where a spinner shows. Its drawing is ora's business.

import { afterEach, expect, test, vi } from 'vitest';
import { spin } from '../../src/output/spinner.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';

const { columns } = process.stderr;

afterEach(() => {
  process.stderr.columns = columns;
});

/** Whether the timer that shows the spinner was set. */
function isPlanned(): boolean {
  const { clock } = new VirtualWorld(1).process().io;
  const setTimer = vi.spyOn(clock, 'setTimer').mockReturnValue({ cancel: () => {} });
  spin(clock, 'Starting')();
  return setTimer.mock.calls.length > 0;
}

test('shows on a terminal with a width', () => {
  process.stderr.columns = 80;
  expect(isPlanned()).toBe(true);
});

test('keeps quiet on a terminal without any width, where lines could not be counted', () => {
  process.stderr.columns = 0;
  expect(isPlanned()).toBe(false);
});
