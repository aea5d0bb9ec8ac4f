// What every control manager's decision is: the records to append and the answer to give (ControllerResult).
// Nothing takes effect before the records were appended and replayed.
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { RecordDraft } from '../records.ts';

export interface ControlResult<T> {
  readonly records: readonly RecordDraft[];
  readonly response: T;
}

export const controlResult = <T>(
  records: readonly RecordDraft[],
  response: T,
): ControlResult<T> => ({
  records,
  response,
});

/** No operation may make more (QuorumController.MAX_RECORDS_PER_USER_OP). */
export const MAX_RECORDS_PER_USER_OPERATION = 10_000;

/**
 * Kafka's controller drops an event that waited longer than its client would. Ours begins each one at once, so that is
 * only the one whose client gives it no time. Throws ApiError REQUEST_TIMED_OUT.
 */
export function checkDeadline(timeoutMs: number): void {
  if (timeoutMs <= 0) throw new ApiError(Errors.REQUEST_TIMED_OUT);
}
