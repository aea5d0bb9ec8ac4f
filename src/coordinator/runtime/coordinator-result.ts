// What an operation of a coordinator returns: the records that change its state, and the answer that may
// be given once they are committed. Kafka: CoordinatorResult.

import type { ApiError } from '../../protocol/errors.ts';

export interface CoordinatorResult<R, T = undefined> {
  readonly records: readonly R[];
  readonly response: T;
  /**
   * Called once, when the records are committed (without an error) or couldn't be written (with it).
   * For the state that isn't in records: the classic group's members waiting for their answers.
   */
  readonly onAppended?: (error: ApiError | undefined) => void;
  /** False: the operation has already changed the state itself, the records only keep it (classic groups). */
  readonly replay?: boolean;
  /** False: the records may go in several batches (clean-up jobs). */
  readonly atomic?: boolean;
}

const NO_RECORDS: readonly never[] = [];

/** Nothing to write, nothing to say. Compared by identity (KAFKA: CoordinatorResult.EMPTY_RESULT). */
export const EMPTY_RESULT: CoordinatorResult<never, undefined> = {
  records: NO_RECORDS,
  response: undefined,
};

export function respond<T>(response: T): CoordinatorResult<never, T> {
  return { records: NO_RECORDS, response };
}
