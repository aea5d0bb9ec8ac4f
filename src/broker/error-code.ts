// An exception as the error code of one item of an answer.

import { ApiError, Errors } from '../protocol/errors.ts';

/** UNKNOWN_SERVER_ERROR, with a line in the log, for what isn't an ApiError. */
export function errorCodeOf(error: unknown, log: (line: string) => void): number {
  if (error instanceof ApiError) return error.code;
  log(`unexpected error: ${(error as Error).stack ?? error}`);
  return Errors.UNKNOWN_SERVER_ERROR;
}
