import { expect, test } from 'vitest';
import { settleAll } from '../../src/coordinator/runtime/settle-all.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';

test('failures that nobody waits for are told, but not of partitions that moved away', async () => {
  const lines: string[] = [];
  const results = [
    Promise.resolve(),
    Promise.reject(new ApiError(Errors.NOT_COORDINATOR)),
    Promise.reject(new ApiError(Errors.COORDINATOR_LOAD_IN_PROGRESS, 'still loading')),
    Promise.reject(new Error('a defect')),
  ];
  await settleAll(results, 'forget it', (line) => lines.push(line));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toBe('could not forget it: still loading');
  expect(lines[1]).toMatch(/^could not forget it: The server experienced an unexpected error/);
});
