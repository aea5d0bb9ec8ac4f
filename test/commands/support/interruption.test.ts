// Signals to a command that has something to finish.

import { describe, expect, it } from 'vitest';
import { interruption } from '../../../src/commands/support/interruption.ts';
import type { Signalled } from '../../../src/io/signals.ts';
import { ManualClock } from '../../log/support.ts';

class FakeProcess implements Signalled {
  exited: number | undefined;
  readonly #listeners = new Map<string, () => void>();

  on(signal: string, listener: () => void): void {
    this.#listeners.set(signal, listener);
  }

  exit(code: number): void {
    this.exited ??= code;
  }

  receive(signal: string): void {
    this.#listeners.get(signal)?.();
  }
}

function setUp() {
  const clock = new ManualClock();
  const target = new FakeProcess();
  let close = () => {};
  const interrupted = interruption(clock, { onClosed: (listener) => (close = listener) }, target);
  return { clock, target, interrupted, close: () => close() };
}

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('%s lets the command finish, and is its exit code', (name, code) => {
    const { target, interrupted } = setUp();
    target.receive(name);
    expect(interrupted.signal.aborted).toBe(true);
    expect(interrupted.exitCode()).toBe(code);
    expect(target.exited).toBeUndefined();
  });

  it('that timeout(1) delivers twice is one', () => {
    const { clock, target } = setUp();
    target.receive('SIGINT');
    clock.advance(50);
    target.receive('SIGINT');
    expect(target.exited).toBeUndefined();
  });

  it('of somebody who loses patience ends the command at once', () => {
    const { clock, target } = setUp();
    target.receive('SIGINT');
    clock.advance(1000);
    target.receive('SIGTERM');
    expect(target.exited).toBe(143);
  });

  it('is enough when the command does not finish', () => {
    const { clock, target } = setUp();
    target.receive('SIGTERM');
    clock.advance(14_999);
    expect(target.exited).toBeUndefined();
    clock.advance(1);
    expect(target.exited).toBe(143);
  });

  it('is not what a closed stdout is', () => {
    const { interrupted, close } = setUp();
    close();
    expect(interrupted.signal.aborted).toBe(true);
    expect(interrupted.exitCode()).toBeUndefined();
  });
});
