// What the error code of a fetched partition means for its reader (FetchCollector.handleInitializeErrors).

import { Errors } from '../../protocol/errors.ts';
import { ClientError, errorOf, KafkaError } from '../errors.ts';
import { unauthorizedTopics } from '../metadata/metadata-manager.ts';
import type { PartitionState } from './partition-state.ts';

export type FetchFailure = 'refresh' | 'ignore' | 'out-of-range' | ClientError;

const STALE_METADATA: ReadonlySet<number> = new Set([
  Errors.NOT_LEADER_OR_FOLLOWER,
  Errors.REPLICA_NOT_AVAILABLE,
  Errors.KAFKA_STORAGE_ERROR,
  Errors.FENCED_LEADER_EPOCH,
  Errors.OFFSET_NOT_AVAILABLE,
  Errors.UNKNOWN_TOPIC_OR_PARTITION,
  Errors.UNKNOWN_TOPIC_ID,
  Errors.INCONSISTENT_TOPIC_ID,
]);

export function fetchFailure(
  state: PartitionState,
  fetchOffset: number,
  code: number,
): FetchFailure {
  if (STALE_METADATA.has(code)) return 'refresh';
  switch (code) {
    case Errors.OFFSET_OUT_OF_RANGE:
      return fetchOffset === state.fetchOffset ? 'out-of-range' : 'ignore';
    case Errors.UNKNOWN_LEADER_EPOCH:
    case Errors.UNKNOWN_SERVER_ERROR:
      return 'ignore';
    case Errors.TOPIC_AUTHORIZATION_FAILED:
      return unauthorizedTopics(state.topic);
    case Errors.CORRUPT_MESSAGE:
      return new KafkaError(
        `Encountered corrupt message when fetching offset ${fetchOffset} for topic-partition ${state.key}`,
      );
    default:
      return new ClientError(
        'java.lang.IllegalStateException',
        `Unexpected error code ${code} while fetching at offset ${fetchOffset} from topic-partition ${state.key}`,
        { code, cause: errorOf(code) },
      );
  }
}
