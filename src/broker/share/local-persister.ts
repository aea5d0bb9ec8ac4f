// The way to the share coordinators on this broker: makes the state topic when it isn't there, and tries again while a
// coordinator is being loaded. Kafka: DefaultStatePersister, PersisterStateManager (which goes over the network).

import { SHARE_STATE_TOPIC } from '../../common/topic-name.ts';
import type {
  Outcome,
  PersistedState,
  PersistedSummary,
  Persister,
  SharePartitionKey,
  StateWrite,
} from '../../coordinator/share/persister.ts';
import type { ShareCoordinatorService } from '../../coordinator/share/share-coordinator-service.ts';
import type { Clock } from '../../io/io.ts';
import { Errors } from '../../protocol/errors.ts';
import type { AutoTopicCreation } from '../auto-topic-creation.ts';
import type { MetadataCache } from '../metadata-cache.ts';

/** Together about three seconds: the topic is made and loaded in less. */
const RETRY_BACKOFFS_MS = [10, 20, 50, 100, 200, 500, 1000, 1000];

export interface LocalPersisterOptions {
  readonly coordinator: ShareCoordinatorService;
  readonly metadata: MetadataCache;
  readonly topicCreation: AutoTopicCreation;
  readonly clock: Clock;
}

export class LocalPersister implements Persister {
  readonly #options: LocalPersisterOptions;

  constructor(options: LocalPersisterOptions) {
    this.#options = options;
  }

  initialize(key: SharePartitionKey, stateEpoch: number, startOffset: number): Promise<Outcome> {
    return this.#retrying((coordinator) => coordinator.initialize(key, stateEpoch, startOffset));
  }

  read(key: SharePartitionKey, leaderEpoch: number): Promise<PersistedState> {
    return this.#retrying((coordinator) => coordinator.read(key, leaderEpoch));
  }

  write(key: SharePartitionKey, state: StateWrite): Promise<Outcome> {
    return this.#retrying((coordinator) => coordinator.write(key, state));
  }

  delete(key: SharePartitionKey): Promise<Outcome> {
    return this.#retrying((coordinator) => coordinator.delete(key));
  }

  readSummary(key: SharePartitionKey): Promise<PersistedSummary> {
    return this.#retrying((coordinator) => coordinator.readSummary(key));
  }

  async #retrying<T extends Outcome>(
    operation: (coordinator: ShareCoordinatorService) => Promise<T>,
  ): Promise<T> {
    const { coordinator, metadata, topicCreation, clock } = this.#options;
    let outcome = await operation(coordinator);
    for (const backoffMs of RETRY_BACKOFFS_MS) {
      if (!isPassing(outcome.errorCode)) break;
      if (metadata.topic(SHARE_STATE_TOPIC) === undefined) {
        await topicCreation.request([SHARE_STATE_TOPIC]);
      }
      await new Promise<void>((resolve) => clock.setTimer(backoffMs, resolve));
      outcome = await operation(coordinator);
    }
    return outcome;
  }
}

function isPassing(code: number): boolean {
  return (
    code === Errors.COORDINATOR_NOT_AVAILABLE ||
    code === Errors.COORDINATOR_LOAD_IN_PROGRESS ||
    code === Errors.NOT_COORDINATOR
  );
}
