// Clients of old versions know no PRODUCER_FENCED: they are told INVALID_PRODUCER_EPOCH, which they take for the same.

import { ApiError, Errors } from '../protocol/errors.ts';

export function fenceAsOf(error: unknown, knowsFenced: boolean): unknown {
  const isFence = error instanceof ApiError && error.code === Errors.PRODUCER_FENCED;
  return isFence && !knowsFenced ? new ApiError(Errors.INVALID_PRODUCER_EPOCH) : error;
}
