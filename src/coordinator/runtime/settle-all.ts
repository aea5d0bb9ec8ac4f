// What was asked of every shard of a coordinator, by nobody who waits for an answer.

import { Errors } from '../../protocol/errors.ts';
import { operationError } from './operation-errors.ts';

/** Never rejects: what failed is a line in the log, but not that a partition has moved away. */
export async function settleAll(
  results: readonly Promise<unknown>[],
  what: string,
  log: (line: string) => void,
): Promise<void> {
  for (const result of await Promise.allSettled(results)) {
    if (result.status === 'fulfilled') continue;
    const { code, message } = operationError(result.reason);
    if (code !== Errors.NOT_COORDINATOR) log(`could not ${what}: ${message}`);
  }
}
