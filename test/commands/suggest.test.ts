import { expect, test } from 'vitest';
import { nearest } from '../../src/commands/support/suggest.ts';

test('a mistyped command is near the one that was meant, and a strange one is near none', () => {
  const names = ['topics', 'console-producer', 'console-consumer', 'broker start', 'broker stop'];
  expect(nearest('topic', names)).toBe('topics');
  expect(nearest('tpoics', names)).toBe('topics');
  expect(nearest('console-consume', names)).toBe('console-consumer');
  expect(nearest('broker stat', names)).toBe('broker start');
  expect(nearest('frobnicate', names)).toBeUndefined();
});
