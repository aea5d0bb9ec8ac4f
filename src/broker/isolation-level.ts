// The isolation level as Fetch, ShareFetch and ListOffsets carry it (IsolationLevel, KIP-98). It never guesses: a number that is
// neither level is an error of the whole request.

import { ApiError, Errors } from '../protocol/errors.ts';

const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;

/** Throws ApiError UNKNOWN_SERVER_ERROR for any other number, which is what Kafka's exception becomes. */
export function isReadCommitted(isolationLevel: number): boolean {
  if (isolationLevel === READ_COMMITTED) return true;
  if (isolationLevel === READ_UNCOMMITTED) return false;
  throw new ApiError(Errors.UNKNOWN_SERVER_ERROR, `Unknown isolation level ${isolationLevel}`);
}
