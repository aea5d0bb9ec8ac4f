// What a client is told when an operation's records couldn't be written: something that makes it try again, or look
// for the coordinator again. Kafka: CoordinatorOperationExceptionHelper, appendGroupMetadataErrorToResponseError.

import { ApiError, Errors } from '../../protocol/errors.ts';

export function appendErrorCode(error: ApiError): number {
  switch (error.code) {
    case Errors.NETWORK_EXCEPTION:
      return Errors.COORDINATOR_LOAD_IN_PROGRESS;
    case Errors.UNKNOWN_TOPIC_OR_PARTITION:
    case Errors.NOT_ENOUGH_REPLICAS:
    case Errors.REQUEST_TIMED_OUT:
      return Errors.COORDINATOR_NOT_AVAILABLE;
    case Errors.NOT_LEADER_OR_FOLLOWER:
    case Errors.KAFKA_STORAGE_ERROR:
      return Errors.NOT_COORDINATOR;
    case Errors.MESSAGE_TOO_LARGE:
    case Errors.RECORD_LIST_TOO_LARGE:
    case Errors.INVALID_FETCH_SIZE:
      return Errors.UNKNOWN_SERVER_ERROR;
    default:
      return error.code;
  }
}

/** The error to answer with for whatever an operation threw; a defect of ours is an unknown server error. */
export function operationError(error: unknown): ApiError {
  if (!(error instanceof ApiError)) return new ApiError(Errors.UNKNOWN_SERVER_ERROR);
  const code = appendErrorCode(error);
  return code === error.code ? error : new ApiError(code);
}
