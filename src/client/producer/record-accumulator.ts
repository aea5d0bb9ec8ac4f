// Where records wait: one open batch per partition, filled in place, within buffer.memory (Kafka's RecordAccumulator).
// Allocates per batch, never per record. Knows nothing of brokers; the sender takes batches out.

import { BufferPool } from '../../common/buffer-pool.ts';
import type { Io } from '../../io/io.ts';
import { Compression, type CompressionType } from '../../records/compression/compression.ts';
import { RecordBatchBuilder } from '../../records/record-batch-builder.ts';
import type { ProducerConfig } from '../config/producer-config.ts';
import type { RecordHeader } from '../types.ts';
import { MemoryBudget } from './memory-budget.ts';
import { PartitionQueue } from './partition-queue.ts';
import { ProducerBatch } from './producer-batch.ts';

/** What a batch's plain bytes may grow to, in multiples of batch.size, when the codec is expected to shrink them. */
const LARGEST_EXPANSION = 8;
/** What batch.size grows to, when the user didn't set it, for batches that can't go yet anyway. */
const BACKLOG_GROWTH = 16;
const BACKLOG_BATCHES = 2;
/** CompressionRatioEstimator: how fast the estimate improves and worsens, and the caution added to it. */
const IMPROVING_STEP = 0.005;
const DETERIORATING_STEP = 0.05;
const CAUTION = 1.05;
/** Room that a builder asks for beside the records. */
const BUILDER_SLACK_BYTES = 64;

const CODECS: Readonly<Record<ProducerConfig['compression'], CompressionType>> = {
  none: Compression.NONE,
  gzip: Compression.GZIP,
  snappy: Compression.SNAPPY,
  lz4: Compression.LZ4,
  zstd: Compression.ZSTD,
};

/** What append found. */
export const Appended = { NO_MEMORY: 0, INTO_OPEN: 1, INTO_NEW: 2, COMPLETED_ONE: 3 } as const;
export type Appended = (typeof Appended)[keyof typeof Appended];

export class RecordAccumulator {
  readonly memory: MemoryBudget;
  readonly #io: Io;
  readonly #config: ProducerConfig;
  readonly #pool: BufferPool;
  readonly #queues = new Map<string, PartitionQueue[]>();
  /** Queues that have batches waiting or unacknowledged, in no order of meaning. */
  readonly #active = new Set<PartitionQueue>();
  #incomplete = 0;

  constructor(io: Io, config: ProducerConfig) {
    this.#io = io;
    this.#config = config;
    this.memory = new MemoryBudget(config.bufferMemoryBytes);
    this.#pool = new BufferPool({
      maxIdleBytes: Math.min(config.bufferMemoryBytes, 8 * 1024 * 1024),
      maxBufferBytes: Math.max(config.batchSizeBytes, 4096) * BACKLOG_GROWTH * 2,
    });
  }

  /** Batches whose end wasn't reported yet. */
  get incompleteCount(): number {
    return this.#incomplete;
  }

  /** Whether a batch that was begun by then has no end yet; the parts of a split batch are as old as it was. */
  hasIncompleteSince(beginMs: number): boolean {
    for (const queue of this.#active) {
      for (const batch of queue.unacknowledged) {
        if (!batch.isDone && batch.createdMs <= beginMs) return true;
      }
      const first = queue.waiting[0];
      if (first !== undefined && !first.isDone && first.createdMs <= beginMs) return true;
    }
    return false;
  }

  get activeQueues(): ReadonlySet<PartitionQueue> {
    return this.#active;
  }

  /** The queue of a partition, made when first needed. Keep the list: it is the topic's for good. */
  queuesOf(topic: string): PartitionQueue[] {
    let queues = this.#queues.get(topic);
    if (queues === undefined) {
      queues = [];
      this.#queues.set(topic, queues);
    }
    return queues;
  }

  queue(queues: PartitionQueue[], topic: string, partition: number): PartitionQueue {
    let queue = queues[partition];
    if (queue === undefined) {
      queue = new PartitionQueue(topic, partition);
      queues[partition] = queue;
    }
    return queue;
  }

  /** Copies a record into the queue's open batch, or a new one. `sizeBound` is the record's in a batch of its own. */
  append(
    queue: PartitionQueue,
    sizeBound: number,
    timestampMs: number,
    key: Buffer | null,
    keyStart: number,
    keyEnd: number,
    value: Buffer | null,
    valueStart: number,
    valueEnd: number,
    headers: readonly RecordHeader[] | null,
  ): Appended {
    const open = queue.open;
    if (
      open?.builder.append(timestampMs, key, keyStart, keyEnd, value, valueStart, valueEnd, headers)
    ) {
      queue.appendedCount++;
      return Appended.INTO_OPEN;
    }
    const batch = this.#newBatch(queue, sizeBound);
    if (batch === undefined) return Appended.NO_MEMORY;
    batch.builder.append(timestampMs, key, keyStart, keyEnd, value, valueStart, valueEnd, headers);
    batch.firstIndex = queue.appendedCount++;
    queue.waiting.push(batch);
    this.#active.add(queue);
    this.#incomplete++;
    return open === undefined ? Appended.INTO_NEW : Appended.COMPLETED_ONE;
  }

  /** Every partition's numbers begin anew. */
  forgetSequences(): void {
    for (const queues of this.#queues.values()) {
      for (const queue of queues) queue?.forgetSequences();
    }
  }

  /** Whether no more records go into the queue's last batch, or there is none. */
  isLastFull(queue: PartitionQueue): boolean {
    const open = queue.open;
    return open === undefined || this.isFull(open);
  }

  isFull(batch: ProducerBatch): boolean {
    return batch.isTracked || batch.builder.estimatedSizeBytes >= batch.limitBytes;
  }

  /** A batch for records of another one, without regard to the memory bound (it will be given back soon). */
  newPart(like: ProducerBatch, limitBytes: number): ProducerBatch {
    const builder = this.#newBuilder(limitBytes, limitBytes);
    this.#incomplete++;
    const { queue, createdMs, isTransactional } = like;
    return new ProducerBatch(queue, builder, limitBytes, 0, createdMs, isTransactional);
  }

  /** Takes note of a batch that was just compressed. */
  updateRatio(batch: ProducerBatch, packedBytes: number): void {
    if (this.#config.compression === 'none') return;
    const { queue } = batch;
    const observed = packedBytes / batch.builder.estimatedSizeBytes;
    const current = queue.compressionRatio;
    queue.compressionRatio =
      observed > current
        ? Math.max(current + DETERIORATING_STEP, observed)
        : Math.max(current - IMPROVING_STEP, observed);
  }

  /** The batch's end was reported. */
  complete(batch: ProducerBatch): void {
    if (batch.isDone) return;
    batch.isDone = true;
    this.#incomplete--;
  }

  /** Frees the batch's memory; nothing may read its bytes any more. */
  release(batch: ProducerBatch): void {
    this.memory.giveBack(batch.memoryBytes);
    batch.bytes = undefined;
    batch.builder.release();
    const { queue } = batch;
    if (queue.waiting.length === 0 && queue.unacknowledged.length === 0) this.#active.delete(queue);
  }

  #newBatch(queue: PartitionQueue, sizeBound: number): ProducerBatch | undefined {
    const limitBytes = this.#limitOf(queue);
    const memoryBytes = Math.min(Math.max(limitBytes, sizeBound), this.memory.totalBytes);
    if (!this.memory.take(memoryBytes)) return undefined;
    const initialBytes = Math.max(memoryBytes, 1);
    const builder = this.#newBuilder(limitBytes, initialBytes);
    const isTransactional = this.#config.transactionalId !== null;
    const nowMs = this.#io.clock.monotonicMs();
    return new ProducerBatch(queue, builder, limitBytes, memoryBytes, nowMs, isTransactional);
  }

  #newBuilder(limitBytes: number, initialBytes: number): RecordBatchBuilder {
    const level = this.#config.compressionLevel;
    return new RecordBatchBuilder({
      compression: CODECS[this.#config.compression],
      ...(level === undefined ? {} : { level }),
      limitBytes,
      initialBytes: initialBytes + (initialBytes > limitBytes ? BUILDER_SLACK_BYTES : 0),
      pool: this.#pool,
    });
  }

  /** Plain bytes that are expected to become batch.size. */
  #limitOf(queue: PartitionQueue): number {
    const { compression } = this.#config;
    const batchSizeBytes = this.#batchSizeFor(queue);
    if (compression === 'none') return batchSizeBytes;
    const expansion = Math.min(LARGEST_EXPANSION, 1 / (queue.compressionRatio * CAUTION));
    return Math.floor(batchSizeBytes * Math.max(1, expansion));
  }

  /** Behind a backlog larger batches cost no latency and spare requests: a broker takes one batch per partition and request. */
  #batchSizeFor(queue: PartitionQueue): number {
    const { batchSizeBytes, isBatchSizeGiven, maxRequestSizeBytes } = this.#config;
    if (isBatchSizeGiven || !queue.mayGrow || queue.waiting.length < BACKLOG_BATCHES) {
      return batchSizeBytes;
    }
    const grown = Math.min(batchSizeBytes * BACKLOG_GROWTH, maxRequestSizeBytes / 2);
    return Math.max(batchSizeBytes, Math.min(grown, this.memory.totalBytes / 16));
  }
}
