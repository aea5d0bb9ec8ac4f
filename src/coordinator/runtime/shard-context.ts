// One loaded (or loading) shard: runs operations on its state, groups the records of one turn of the event loop
// into one batch, appends it, and gives the answers when the high watermark has passed. Kafka: CoordinatorRuntime's
// CoordinatorContext. Order of a write: operation -> replay -> batch -> append -> committed -> answer.

import { DiskError, type Io, type Timer } from '../../io/io.ts';
import type { VerificationGuard } from '../../log/verification-state.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { CompressionType } from '../../records/compression/compression.ts';
import { buildEndTransactionBatch } from '../../records/control-record.ts';
import { type BatchIdentity, RecordBatchBuilder } from '../../records/record-batch-builder.ts';
import { type LoadSummary, loadShard } from './coordinator-loader.ts';
import type { CoordinatorResult } from './coordinator-result.ts';
import type { CoordinatorShard, RecordSerde, ShardServices } from './coordinator-shard.ts';
import { ShardTimer, type TimedOperation } from './coordinator-timer.ts';
import { type DeferredAnswer, DeferredQueue } from './deferred-queue.ts';
import type { PartitionListener, PartitionWriter } from './partition-writer.ts';
import { estimatedSizeBytes, type SerializedRecord, serializeRecord } from './serialized-record.ts';
import { UndoLog } from './undo-log.ts';

export type ShardState = 'initial' | 'loading' | 'active' | 'failed' | 'closed';

export interface RuntimeConfig {
  /** How long a write waits for the high watermark (offsets.commit.timeout.ms). */
  readonly writeTimeoutMs: number;
  /** Bytes read at a time while loading (offsets.load.buffer.size). */
  readonly loadSliceBytes: number;
  /** -1: one batch per turn of the event loop; 0: one per operation; else wait that long (append.linger.ms). */
  readonly appendLingerMs: number;
  /** offsets.topic.compression.codec */
  readonly compression: CompressionType;
  /** Answers that may wait for the high watermark per shard; more are refused with COORDINATOR_NOT_AVAILABLE. */
  readonly maxDeferredAnswers: number;
}

export interface ShardContextOptions<S extends CoordinatorShard<R>, R> {
  readonly io: Io;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly writer: PartitionWriter;
  readonly serde: RecordSerde<R>;
  readonly config: RuntimeConfig;
  readonly makeShard: (services: ShardServices<R>) => S;
  readonly log: (line: string) => void;
}

const BATCH_HEADER_BYTES = 61;
/** Kafka's cap for a batch of a coordinator, whatever the topic allows. */
const MAX_BATCH_BYTES = 1024 * 1024;

/** A shard keeps the buffer of its last batch up to this size. */
const MAX_KEPT_BUFFER_BYTES = 64 * 1024;

/** Who writes transactional records, and the proof that it may. */
export interface TransactionalProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly verificationGuard: VerificationGuard;
}

/** The end of a producer's transaction in one partition. */
export interface TransactionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly commit: boolean;
  readonly transactionVersion: number;
}

interface PendingBatch {
  records: SerializedRecord[];
  sizeBytes: number;
  answers: DeferredAnswer[];
  lingerTimer: Timer | undefined;
}

export class ShardContext<S extends CoordinatorShard<R>, R> implements PartitionListener {
  readonly leaderEpoch: number;
  readonly partition: number;
  readonly #options: ShardContextOptions<S, R>;
  readonly #undo = new UndoLog();
  readonly #timer: ShardTimer<R>;
  readonly #deferred: DeferredQueue;
  #shard: S | undefined;
  #state: ShardState = 'initial';
  #removeListener: (() => void) | undefined;
  #batch: PendingBatch | undefined;
  #builder: RecordBatchBuilder | undefined;
  #lastWrittenOffset = 0;
  #lastCommittedOffset = 0;

  constructor(options: ShardContextOptions<S, R>) {
    this.#options = options;
    this.partition = options.partition;
    this.leaderEpoch = options.leaderEpoch;
    this.#timer = new ShardTimer(options.io.clock, (operation, done) =>
      this.#expire(operation, done),
    );
    this.#deferred = new DeferredQueue(options.io.clock, options.config.writeTimeoutMs);
  }

  get state(): ShardState {
    return this.#state;
  }

  /** For tests and metrics. */
  get deferredAnswers(): number {
    return this.#deferred.size + (this.#batch?.answers.length ?? 0);
  }

  /** Replays the log. Resolves to undefined when the shard was closed meanwhile; rejects when the log is unreadable. */
  async load(): Promise<LoadSummary | undefined> {
    const { io, writer, partition, serde, config, log } = this.#options;
    this.#state = 'loading';
    const shard = this.#options.makeShard(this.#services());
    this.#shard = shard;
    try {
      const summary = await loadShard({
        partition,
        writer,
        serde,
        shard,
        clock: io.clock,
        sliceBytes: config.loadSliceBytes,
        isCancelled: () => this.#state !== 'loading',
        log,
      });
      if (summary === undefined || this.#state !== 'loading') return undefined;
      this.#activate(shard, summary.endOffset);
      return summary;
    } catch (error) {
      if (this.#state === 'loading') this.#state = 'failed';
      throw error;
    }
  }

  #services(): ShardServices<R> {
    const { io, partition, log } = this.#options;
    const { clock, random } = io;
    return { partition, clock, random, timer: this.#timer, undo: this.#undo, log };
  }

  #activate(shard: S, endOffset: number): void {
    const { writer, partition } = this.#options;
    this.#lastWrittenOffset = endOffset;
    this.#lastCommittedOffset = writer.highWatermark(partition);
    this.#removeListener = writer.setListener(partition, this);
    this.#state = 'active';
    this.#undo.recording = true;
    shard.onLoaded();
    this.#undo.forget();
  }

  /** Sends everyone away; the shard can't be used afterwards. */
  close(): void {
    if (this.#state === 'closed') return;
    const wasActive = this.#state === 'active';
    this.#state = 'closed';
    this.#removeListener?.();
    this.#timer.close();
    const error = new ApiError(Errors.NOT_COORDINATOR);
    this.#failBatch(error);
    this.#deferred.failAll(error);
    if (wasActive) this.#shard!.onUnloaded();
    this.#shard = undefined;
  }

  onHighWatermarkUpdated(offset: number): void {
    if (this.#state !== 'active' || offset <= this.#lastCommittedOffset) return;
    this.#lastCommittedOffset = offset;
    this.#deferred.completeUpTo(offset);
  }

  onFailed(): void {
    this.close();
  }

  /** Runs an operation that changes state. Settles when its records are committed. */
  write<T>(operation: (shard: S) => CoordinatorResult<R, T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#runWrite(operation, new ResultAnswer(resolve, reject));
    });
  }

  /**
   * Runs an operation whose records belong to a producer's transaction: they go in a batch of their own, at once, and count
   * when the transaction is committed. Settles when the batch is in the log for good.
   */
  writeTransactional<T>(
    producer: TransactionalProducer,
    operation: (shard: S) => CoordinatorResult<R, T>,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#settleOrFail(reject, () => {
        const shard = this.#shardForAppend();
        const result = operation(shard);
        const answer = new ResultAnswer(resolve, reject, result);
        if (result.records.length === 0) this.#answerWhenCommitted(answer);
        else this.#appendTransactional(producer, result, answer);
      });
    });
  }

  /**
   * Appends the marker that ends a producer's transaction in this partition; its pending records count now, or never.
   * Settles when the marker is committed.
   */
  completeTransaction(marker: TransactionMarker): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#settleOrFail(reject, () => {
        const shard = this.#shardForAppend();
        const { io, writer, partition } = this.#options;
        const { producerId, commit, transactionVersion } = marker;
        const bytes = buildEndTransactionBatch({ ...marker, timestamp: io.clock.nowMs() });
        this.#lastWrittenOffset = writer.append(partition, bytes, { transactionVersion });
        shard.replayEndTransactionMarker(producerId, commit);
        this.#answerWhenCommitted(new ResultAnswer(resolve, reject));
      });
    });
  }

  /** Everything that waits goes first: what comes now has a batch of its own. */
  #shardForAppend(): S {
    const shard = this.#activeShard();
    if (this.deferredAnswers >= this.#options.config.maxDeferredAnswers) {
      throw new ApiError(Errors.COORDINATOR_NOT_AVAILABLE);
    }
    const failure = this.#flush();
    if (failure !== undefined) throw failure;
    return shard;
  }

  #settleOrFail(reject: (error: unknown) => void, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (this.#state === 'active' && this.#batch === undefined) this.#undo.revert();
      reject(error instanceof ApiError ? error : appendError(error));
    }
  }

  #appendTransactional(
    producer: TransactionalProducer,
    result: CoordinatorResult<R, unknown>,
    answer: DeferredAnswer,
  ): void {
    const { writer, partition, serde } = this.#options;
    const { producerId, producerEpoch, verificationGuard } = producer;
    const serialized = result.records.map((record) => serializeRecord(serde, record));
    let sizeBytes = BATCH_HEADER_BYTES;
    for (const record of serialized) sizeBytes += estimatedSizeBytes(record);
    if (sizeBytes > Math.min(writer.maxBatchBytes(partition), MAX_BATCH_BYTES)) {
      throw new ApiError(Errors.RECORD_LIST_TOO_LARGE);
    }
    for (const record of result.records) {
      this.#shard!.replay(record, -1, producerId, producerEpoch);
    }
    const bytes = this.#build(serialized, { producerId, producerEpoch, transactional: true });
    this.#lastWrittenOffset = writer.append(partition, bytes, { verificationGuard });
    this.#answerWhenCommitted(answer);
  }

  /** Runs an operation that only looks. Settles when the state it saw is committed. */
  read<T>(operation: (shard: S) => T): Promise<T> {
    return this.write((shard) => ({ records: [], response: operation(shard) }));
  }

  #runWrite<T>(operation: (shard: S) => CoordinatorResult<R, T>, answer: ResultAnswer<T>): void {
    const mark = this.#undo.size;
    let result: CoordinatorResult<R, T>;
    try {
      const shard = this.#activeShard();
      if (this.deferredAnswers >= this.#options.config.maxDeferredAnswers) {
        throw new ApiError(Errors.COORDINATOR_NOT_AVAILABLE);
      }
      result = operation(shard);
    } catch (error) {
      this.#undo.revertTo(Math.min(mark, this.#undo.size));
      answer.fail(error);
      return;
    }
    answer.result = result;
    this.#append(result, answer, mark);
  }

  #activeShard(): S {
    if (this.#state === 'active') return this.#shard!;
    const code =
      this.#state === 'loading' ? Errors.COORDINATOR_LOAD_IN_PROGRESS : Errors.NOT_COORDINATOR;
    throw new ApiError(code);
  }

  #append(result: CoordinatorResult<R, unknown>, answer: DeferredAnswer, mark: number): void {
    if (result.records.length === 0) {
      this.#answerWhenCommitted(answer);
      return;
    }
    try {
      const { serde } = this.#options;
      const serialized = result.records.map((record) => serializeRecord(serde, record));
      if (result.atomic === false) this.#applyOneByOne(result, serialized);
      else this.#applyTogether(result, serialized, mark);
      this.#batch!.answers.push(answer);
    } catch (error) {
      answer.complete(appendError(error));
      return;
    }
    this.#scheduleFlush();
  }

  /** All records go into one batch or none is applied. */
  #applyTogether(
    result: CoordinatorResult<R, unknown>,
    serialized: readonly SerializedRecord[],
    mark: number,
  ): void {
    try {
      this.#makeRoomFor(serialized);
      if (result.replay !== false) {
        let offset = this.#nextOffset();
        for (const record of result.records) this.#shard!.replay(record, offset++, -1, -1);
      }
    } catch (error) {
      // A flush that made room has forgotten or taken back what came before: then all that is left is this one's.
      if (this.#state === 'active') this.#undo.revertTo(Math.min(mark, this.#undo.size));
      throw error;
    }
    for (const record of serialized) this.#addToBatch(record);
  }

  #applyOneByOne(
    result: CoordinatorResult<R, unknown>,
    serialized: readonly SerializedRecord[],
  ): void {
    for (let i = 0; i < serialized.length; i++) {
      this.#makeRoomFor([serialized[i]!]);
      if (result.replay !== false) {
        this.#shard!.replay(result.records[i]!, this.#nextOffset(), -1, -1);
      }
      this.#addToBatch(serialized[i]!);
    }
  }

  /** Where the next record will lie in the log, when nobody but this coordinator appends to it. */
  #nextOffset(): number {
    return this.#lastWrittenOffset + (this.#batch?.records.length ?? 0);
  }

  /** An answer without records waits for all that it may have seen. */
  #answerWhenCommitted(answer: DeferredAnswer): void {
    if (this.#batch === undefined) this.#undo.forget();
    if (this.#batch !== undefined) this.#batch.answers.push(answer);
    else if (this.#lastWrittenOffset <= this.#lastCommittedOffset) answer.complete(undefined);
    else this.#deferred.add(this.#lastWrittenOffset, answer);
  }

  #makeRoomFor(records: readonly SerializedRecord[]): void {
    let sizeBytes = 0;
    for (const record of records) sizeBytes += estimatedSizeBytes(record);
    const limit = Math.min(this.#options.writer.maxBatchBytes(this.partition), MAX_BATCH_BYTES);
    if (sizeBytes + BATCH_HEADER_BYTES > limit) throw new ApiError(Errors.RECORD_LIST_TOO_LARGE);
    if (this.#batch === undefined || this.#batch.sizeBytes + sizeBytes <= limit) return;
    // When that fails, the operation was decided on a state that has been taken back: it fails as well.
    const failure = this.#flush();
    if (failure !== undefined) throw failure;
  }

  #addToBatch(record: SerializedRecord): void {
    this.#batch ??= {
      records: [],
      sizeBytes: BATCH_HEADER_BYTES,
      answers: [],
      lingerTimer: undefined,
    };
    this.#batch.records.push(record);
    this.#batch.sizeBytes += estimatedSizeBytes(record);
  }

  #scheduleFlush(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    const { config, io } = this.#options;
    if (config.appendLingerMs === 0) {
      this.#flush();
    } else if (batch.lingerTimer === undefined) {
      if (config.appendLingerMs > 0) {
        const flush = (): void => {
          if (this.#batch === batch) this.#flush();
        };
        batch.lingerTimer = io.clock.setTimer(config.appendLingerMs, flush);
      } else {
        batch.lingerTimer = NO_TIMER;
        io.clock.defer(this.#flushOfTurn);
      }
    }
  }

  /** The turn is over. A batch that took the place of a full one goes with it, and its own turn's end finds nothing. */
  readonly #flushOfTurn = (): void => {
    this.#flush();
  };

  /** Appends the batch; when that fails, the state goes back to what the log says. */
  #flush(): ApiError | undefined {
    const batch = this.#batch;
    if (batch === undefined) return undefined;
    this.#batch = undefined;
    batch.lingerTimer?.cancel();
    const { writer, partition } = this.#options;
    try {
      const bytes = this.#build(batch.records);
      this.#lastWrittenOffset = writer.append(partition, bytes);
    } catch (error) {
      const failure = appendError(error);
      if (this.#state === 'active') this.#undo.revert();
      this.#options.log(`Append to partition ${partition} failed: ${String(error)}`);
      for (const answer of batch.answers) answer.complete(failure);
      return failure;
    }
    this.#undo.forget();
    if (this.#lastWrittenOffset <= this.#lastCommittedOffset) {
      for (const answer of batch.answers) answer.complete(undefined);
    } else {
      for (const answer of batch.answers) this.#deferred.add(this.#lastWrittenOffset, answer);
    }
    return undefined;
  }

  /** In a buffer that is used again for the next batch, unless this one was out of the ordinary. */
  #build(records: readonly SerializedRecord[], identity: BatchIdentity = {}): Buffer {
    const { io, config } = this.#options;
    this.#builder ??= new RecordBatchBuilder({ compression: config.compression });
    const builder = this.#builder;
    if (builder.estimatedSizeBytes > MAX_KEPT_BUFFER_BYTES) builder.release();
    else builder.reset();
    const timestamp = io.clock.nowMs();
    for (const { bytes, keyLength, isTombstone } of records) {
      const value = isTombstone ? null : bytes;
      builder.append(timestamp, bytes, 0, keyLength, value, keyLength, bytes.length);
    }
    // As Kafka writes them: sequence 0, though there is no producer to count for.
    return builder.build({ ...identity, baseSequence: 0 });
  }

  #failBatch(error: ApiError): void {
    const batch = this.#batch;
    this.#batch = undefined;
    batch?.lingerTimer?.cancel();
    for (const answer of batch?.answers ?? []) answer.complete(error);
  }

  #expire(operation: TimedOperation<R>, done: (succeeded: boolean) => void): void {
    const failed = (error: unknown): void => {
      if (this.#state === 'active') {
        this.#options.log(`A timer of partition ${this.partition} failed: ${String(error)}`);
      }
      done(false);
    };
    this.#runWrite(operation, new ResultAnswer(() => done(true), failed));
  }
}

/** Hands an operation's result to whoever asked for it. A class, because there is one per request. */
class ResultAnswer<T> implements DeferredAnswer {
  readonly #resolve: (response: T) => void;
  readonly #reject: (error: unknown) => void;
  /** Unset: there is nothing to say but that it is done. */
  result: CoordinatorResult<unknown, T> | undefined;

  constructor(
    resolve: (response: T) => void,
    reject: (error: unknown) => void,
    result?: CoordinatorResult<unknown, T>,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.result = result;
  }

  complete(error: ApiError | undefined): void {
    this.result?.onAppended?.(error);
    if (error === undefined) this.#resolve(this.result?.response as T);
    else this.#reject(error);
  }

  /** The operation itself has failed. */
  fail(error: unknown): void {
    this.#reject(error);
  }
}

const NO_TIMER: Timer = { cancel: () => {} };

/** A disk that is full or broken isn't for ever: clients look for the coordinator again (KAFKA_STORAGE_ERROR). */
function appendError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const isDisk = error instanceof DiskError;
  return new ApiError(isDisk ? Errors.KAFKA_STORAGE_ERROR : Errors.UNKNOWN_SERVER_ERROR);
}
