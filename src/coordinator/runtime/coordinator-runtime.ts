// The shards of one coordinator topic that this node leads: loads and unloads them with the leadership of their
// partitions and hands operations to the right one. Kafka: CoordinatorRuntime. It knows nothing of what they coordinate.

import { javaHashOrder } from '../../common/java.ts';
import { javaHashCode } from '../../common/java-hash.ts';
import type { Io } from '../../io/io.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { CoordinatorResult } from './coordinator-result.ts';
import type { CoordinatorShard, RecordSerde, ShardServices } from './coordinator-shard.ts';
import type { PartitionWriter } from './partition-writer.ts';
import {
  type RuntimeConfig,
  ShardContext,
  type ShardState,
  type TransactionalProducer,
  type TransactionMarker,
} from './shard-context.ts';

export interface CoordinatorRuntimeOptions<S extends CoordinatorShard<R>, R> {
  readonly io: Io;
  /** For messages only. */
  readonly topic: string;
  readonly writer: PartitionWriter;
  readonly serde: RecordSerde<R>;
  readonly config: RuntimeConfig;
  readonly makeShard: (services: ShardServices<R>) => S;
  readonly log: (line: string) => void;
}

export class CoordinatorRuntime<S extends CoordinatorShard<R>, R> {
  readonly #options: CoordinatorRuntimeOptions<S, R>;
  readonly #contexts = new Map<number, ShardContext<S, R>>();
  #closed = false;

  constructor(options: CoordinatorRuntimeOptions<S, R>) {
    this.#options = options;
  }

  /**
   * This node leads the partition from `leaderEpoch` on. Resolves when the shard is loaded (or loading failed: that is
   * logged and the shard answers NOT_COORDINATOR). An epoch that isn't newer than the shard's own changes nothing.
   */
  async load(partition: number, leaderEpoch: number): Promise<void> {
    if (this.#closed) return;
    const existing = this.#contexts.get(partition);
    if (existing !== undefined) {
      if (existing.state === 'active' || existing.state === 'loading') return;
      if (leaderEpoch < existing.leaderEpoch) return;
      existing.close();
    }
    const context = new ShardContext({ ...this.#options, partition, leaderEpoch });
    this.#contexts.set(partition, context);
    await this.#loadContext(context);
  }

  async #loadContext(context: ShardContext<S, R>): Promise<void> {
    const name = `${this.#options.topic}-${context.partition}`;
    try {
      const summary = await context.load();
      if (summary !== undefined && summary.records > 0) {
        const { records, bytes, durationMs } = summary;
        this.#options.log(
          `Loaded ${records} records (${bytes} bytes) of ${name} in ${Math.round(durationMs)} ms`,
        );
      }
    } catch (error) {
      this.#options.log(`Failed to load ${name}: ${String(error)}`);
    }
  }

  /** This node doesn't lead the partition any more (`leaderEpoch` undefined: the partition is gone). */
  unload(partition: number, leaderEpoch?: number): void {
    const context = this.#contexts.get(partition);
    if (context === undefined) return;
    if (leaderEpoch !== undefined && leaderEpoch < context.leaderEpoch) return;
    this.#contexts.delete(partition);
    context.close();
  }

  /** Unloads all; everything is refused with COORDINATOR_NOT_AVAILABLE afterwards. */
  close(): void {
    this.#closed = true;
    for (const partition of [...this.#contexts.keys()]) this.unload(partition);
  }

  stateOf(partition: number): ShardState | undefined {
    return this.#contexts.get(partition)?.state;
  }

  /** Settles when the operation's records are committed; rejects with an ApiError. */
  write<T>(partition: number, operation: (shard: S) => CoordinatorResult<R, T>): Promise<T> {
    // Not an async function: there would be two more promises per request.
    try {
      return this.#context(partition).write(operation);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Settles when the state that the operation saw is committed; rejects with an ApiError. */
  async read<T>(partition: number, operation: (shard: S) => T): Promise<T> {
    return this.#context(partition).read(operation);
  }

  /** As write, for records of a producer's transaction. */
  async writeTransactional<T>(
    partition: number,
    producer: TransactionalProducer,
    operation: (shard: S) => CoordinatorResult<R, T>,
  ): Promise<T> {
    return this.#context(partition).writeTransactional(producer, operation);
  }

  /** Ends a producer's transaction in the partition; settles when the marker is committed, rejects with an ApiError. */
  async completeTransaction(partition: number, marker: TransactionMarker): Promise<void> {
    return this.#context(partition).completeTransaction(marker);
  }

  /** The leader epoch under which the shard was loaded; undefined when it isn't here. */
  leaderEpochOf(partition: number): number | undefined {
    return this.#contexts.get(partition)?.leaderEpoch;
  }

  /** One promise per shard that is loading or active, in the order of Kafka's map of them. */
  readAll<T>(operation: (shard: S) => T): Promise<T>[] {
    const topicHash = javaHashCode(this.#options.topic);
    const shards = javaHashOrder(
      this.#usable(),
      ({ partition }) => (31 * (31 + partition) + topicHash) | 0,
    );
    return shards.map((context) => context.read(operation));
  }

  writeAll<T>(operation: (shard: S) => CoordinatorResult<R, T>): Promise<T>[] {
    return this.#usable().map((context) => context.write(operation));
  }

  #usable(): ShardContext<S, R>[] {
    if (this.#closed) throw new ApiError(Errors.COORDINATOR_NOT_AVAILABLE);
    return [...this.#contexts.values()].filter(
      ({ state }) => state === 'active' || state === 'loading',
    );
  }

  #context(partition: number): ShardContext<S, R> {
    if (this.#closed) throw new ApiError(Errors.COORDINATOR_NOT_AVAILABLE);
    const context = this.#contexts.get(partition);
    if (context === undefined) throw new ApiError(Errors.NOT_COORDINATOR);
    return context;
  }
}
