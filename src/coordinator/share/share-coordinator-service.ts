// The share coordinator as the broker sees it: the state of share partitions, read and written one by one, each in the
// shard that holds it. Failures come back as outcomes in the words of Kafka's. Kafka: ShareCoordinatorService.

import { coordinatorPartitionFor } from '../../common/java-hash.ts';
import { SHARE_STATE_TOPIC } from '../../common/topic-name.ts';
import type { Io, Timer } from '../../io/io.ts';
import { Errors } from '../../protocol/errors.ts';
import type { CoordinatorResult } from '../runtime/coordinator-result.ts';
import { CoordinatorRuntime } from '../runtime/coordinator-runtime.ts';
import { operationError } from '../runtime/operation-errors.ts';
import type { PartitionWriter } from '../runtime/partition-writer.ts';
import { settleAll } from '../runtime/settle-all.ts';
import type { ShardState } from '../runtime/shard-context.ts';
import {
  coordinatorKey,
  type Outcome,
  type PersistedState,
  type PersistedSummary,
  type SharePartitionKey,
  type StateWrite,
  UNKNOWN_COUNT,
} from './persister.ts';
import { type ShareRecord, ShareRecordSerde } from './records.ts';
import type { ShareCoordinatorConfig } from './share-coordinator-config.ts';
import {
  type PartitionLookup,
  ShareCoordinatorShard,
  StateRefusal,
} from './share-coordinator-shard.ts';

export interface ShareCoordinatorOptions {
  readonly io: Io;
  readonly config: ShareCoordinatorConfig;
  readonly writer: PartitionWriter;
  readonly exists: PartitionLookup;
  /** Cuts the log of a partition of the state topic; throws when that can't be done now. */
  readonly deleteRecordsBefore: (partition: number, offset: number) => void;
  readonly log?: (line: string) => void;
}

const MAX_DEFERRED_ANSWERS = 100_000;
const SUCCESS: Outcome = { errorCode: Errors.NONE, errorMessage: null };

export class ShareCoordinatorService {
  readonly config: ShareCoordinatorConfig;
  readonly #options: ShareCoordinatorOptions;
  readonly #runtime: CoordinatorRuntime<ShareCoordinatorShard, ShareRecord>;
  readonly #log: (line: string) => void;
  readonly #loaded = new Set<number>();
  #pruneTimer: Timer | undefined;
  #coldTimer: Timer | undefined;

  constructor(options: ShareCoordinatorOptions) {
    const { io, config, writer, exists } = options;
    this.config = config;
    this.#options = options;
    this.#log = options.log ?? (() => {});
    this.#runtime = new CoordinatorRuntime({
      io,
      topic: SHARE_STATE_TOPIC,
      writer,
      serde: new ShareRecordSerde(),
      makeShard: (services) => new ShareCoordinatorShard(services, config, exists),
      log: this.#log,
      config: {
        writeTimeoutMs: config.writeTimeoutMs,
        loadSliceBytes: config.loadBufferSize,
        appendLingerMs: config.appendLingerMs,
        compression: config.stateTopicCompression,
        maxDeferredAnswers: MAX_DEFERRED_ANSWERS,
      },
    });
  }

  partitionFor(key: SharePartitionKey): number {
    return coordinatorPartitionFor(coordinatorKey(key), this.config.stateTopicPartitions);
  }

  // Leadership

  async onElection(partition: number, leaderEpoch: number): Promise<void> {
    this.#loaded.add(partition);
    this.#schedule();
    await this.#runtime.load(partition, leaderEpoch);
  }

  onResignation(partition: number, leaderEpoch?: number): void {
    this.#loaded.delete(partition);
    this.#runtime.unload(partition, leaderEpoch);
  }

  stateOf(partition: number): ShardState | undefined {
    return this.#runtime.stateOf(partition);
  }

  /** The state of their share partitions goes. */
  async onTopicsDeleted(topicIds: ReadonlySet<string>): Promise<void> {
    const deleting = this.#runtime.writeAll((shard) => shard.onTopicsDeleted(topicIds));
    await settleAll(deleting, 'delete the share state of topics', this.#log);
  }

  close(): void {
    this.#pruneTimer?.cancel();
    this.#coldTimer?.cancel();
    this.#runtime.close();
  }

  // Operations

  initialize(key: SharePartitionKey, stateEpoch: number, startOffset: number): Promise<Outcome> {
    return this.#change(key, 'initialize share group state', (shard) =>
      shard.initialize(key, stateEpoch, startOffset),
    );
  }

  async read(key: SharePartitionKey, leaderEpoch: number): Promise<PersistedState> {
    try {
      return await this.#write(key, (shard) => shard.read(key, leaderEpoch));
    } catch (error) {
      const failure = failureOf(error, 'read share group state');
      return { ...failure, stateEpoch: 0, startOffset: 0, stateBatches: [] };
    }
  }

  write(key: SharePartitionKey, state: StateWrite): Promise<Outcome> {
    return this.#change(key, 'write share group state', (shard) => shard.write(key, state));
  }

  delete(key: SharePartitionKey): Promise<Outcome> {
    return this.#change(key, 'delete share group state', (shard) => shard.delete(key));
  }

  async readSummary(key: SharePartitionKey): Promise<PersistedSummary> {
    try {
      return await this.#runtime.read(this.partitionFor(key), (shard) => shard.readSummary(key));
    } catch (error) {
      const failure = failureOf(error, 'read share group state summary');
      const unknown = { stateEpoch: 0, leaderEpoch: 0, startOffset: 0 };
      return { ...failure, ...unknown, deliveryCompleteCount: UNKNOWN_COUNT };
    }
  }

  async #change(
    key: SharePartitionKey,
    what: string,
    operation: (shard: ShareCoordinatorShard) => CoordinatorResult<ShareRecord, undefined>,
  ): Promise<Outcome> {
    try {
      await this.#write(key, operation);
      return SUCCESS;
    } catch (error) {
      return failureOf(error, what);
    }
  }

  #write<T>(
    key: SharePartitionKey,
    operation: (shard: ShareCoordinatorShard) => CoordinatorResult<ShareRecord, T>,
  ): Promise<T> {
    return this.#runtime.write(this.partitionFor(key), operation);
  }

  // Keeping the log short

  #schedule(): void {
    const { clock } = this.#options.io;
    const { pruneIntervalMs, coldSnapshotIntervalMs } = this.config;
    if (this.#pruneTimer === undefined) {
      const tick = (): void => {
        this.#pruneTimer = clock.setTimer(pruneIntervalMs, tick, { background: true });
        void this.prune();
      };
      this.#pruneTimer = clock.setTimer(pruneIntervalMs, tick, { background: true });
    }
    if (this.#coldTimer === undefined) {
      const tick = (): void => {
        this.#coldTimer = clock.setTimer(coldSnapshotIntervalMs, tick, { background: true });
        void this.snapshotCold();
      };
      this.#coldTimer = clock.setTimer(coldSnapshotIntervalMs, tick, { background: true });
    }
  }

  /** Cuts what is superseded off the logs of the state topic. */
  async prune(): Promise<void> {
    const { deleteRecordsBefore } = this.#options;
    for (const partition of [...this.#loaded]) {
      try {
        const offset = await this.#runtime.read(partition, (shard) => shard.redundantBefore());
        if (offset !== undefined) deleteRecordsBefore(partition, offset);
      } catch (error) {
        this.#log(`could not prune ${SHARE_STATE_TOPIC}-${partition}: ${String(error)}`);
      }
    }
  }

  async snapshotCold(): Promise<void> {
    const writing = this.#runtime.writeAll((shard) => shard.snapshotCold());
    await settleAll(writing, 'write snapshots of share state', this.#log);
  }
}

/** Refusals are told as they are, what went wrong around the shard with what was tried. */
function failureOf(error: unknown, what: string): Outcome {
  if (error instanceof StateRefusal) return { errorCode: error.code, errorMessage: error.message };
  const { code: errorCode, message } = operationError(error);
  return { errorCode, errorMessage: `Unable to ${what}: ${message}` };
}
