// Writes transaction markers into the partitions that this broker leads: through the group coordinator where offsets wait for
// them, straight into the log elsewhere. Decides nothing about transactions. Kafka: KafkaApis.handleWriteTxnMarkersRequest.

import { GROUP_METADATA_TOPIC } from '../common/topic-name.ts';
import type { GroupCoordinatorService } from '../coordinator/group/group-coordinator-service.ts';
import type { TransactionMarker } from '../coordinator/runtime/shard-context.ts';
import type { MarkerResult, MarkerWriter } from '../coordinator/transaction/marker-sender.ts';
import type { TransactionPartitions } from '../coordinator/transaction/transaction-state.ts';
import type { Clock } from '../io/io.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import { buildEndTransactionBatch } from '../records/control-record.ts';
import { errorCodeOf } from './error-code.ts';
import type { MetadataCache } from './metadata-cache.ts';
import type { ReplicaManager } from './replica-manager.ts';

export interface LocalMarkersOptions {
  readonly clock: Clock;
  readonly replicas: ReplicaManager;
  readonly metadata: MetadataCache;
  readonly groups: GroupCoordinatorService;
  readonly log: (line: string) => void;
}

/** The coordinator isn't there yet, or not any more: so isn't the partition's leader. */
const COORDINATOR_IS_AWAY = new Set<number>([
  Errors.COORDINATOR_NOT_AVAILABLE,
  Errors.COORDINATOR_LOAD_IN_PROGRESS,
  Errors.NOT_COORDINATOR,
]);

export class LocalMarkers implements MarkerWriter {
  readonly #options: LocalMarkersOptions;

  constructor(options: LocalMarkersOptions) {
    this.#options = options;
  }

  exists(topic: string, partition: number): boolean {
    return this.#options.metadata.topic(topic)?.partitions[partition] !== undefined;
  }

  write(marker: TransactionMarker, partitions: TransactionPartitions): Promise<MarkerResult[]> {
    const results: Promise<MarkerResult>[] = [];
    for (const [topic, indexes] of partitions) {
      for (const partition of indexes) results.push(this.#writeOne(marker, topic, partition));
    }
    return Promise.all(results);
  }

  async #writeOne(
    marker: TransactionMarker,
    topic: string,
    partition: number,
  ): Promise<MarkerResult> {
    try {
      if (topic === GROUP_METADATA_TOPIC) await this.#completeOffsets(marker, partition);
      else this.#append(marker, topic, partition);
      return { topic, partition, errorCode: Errors.NONE };
    } catch (error) {
      return { topic, partition, errorCode: errorCodeOf(error, this.#options.log) };
    }
  }

  async #completeOffsets(marker: TransactionMarker, partition: number): Promise<void> {
    const { replicas, groups } = this.#options;
    if (replicas.find(GROUP_METADATA_TOPIC, partition) === undefined) {
      throw new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
    try {
      await groups.completeTransaction(partition, marker);
    } catch (error) {
      const isAway = error instanceof ApiError && COORDINATOR_IS_AWAY.has(error.code);
      throw isAway ? new ApiError(Errors.NOT_LEADER_OR_FOLLOWER) : error;
    }
  }

  #append(marker: TransactionMarker, topic: string, partition: number): void {
    const { clock, replicas } = this.#options;
    const batch = buildEndTransactionBatch({ ...marker, timestamp: clock.nowMs() });
    const { transactionVersion } = marker;
    replicas
      .leading(topic, partition)
      .append(batch, -1, { origin: 'coordinator', transactionVersion });
  }
}
