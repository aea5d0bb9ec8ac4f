// What an answer, a lost connection or the time means for batches: done, again, split, or failed with Kafka's exception
// (Sender.completeBatch, TransactionManager.canRetry). Reports the end of every batch exactly once.

import type { Io } from '../../io/io.ts';
import { Errors } from '../../protocol/errors.ts';
import type {
  PartitionProduceResponse,
  ProduceResponse,
} from '../../protocol/generated/apis/produce-response.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import type { ProducerConfig } from '../config/producer-config.ts';
import { ClientError, errorOf, KafkaError, TimeoutError } from '../errors.ts';
import {
  invalidTopics,
  type MetadataManager,
  unauthorizedTopics,
} from '../metadata/metadata-manager.ts';
import type { ExponentialBackoff } from '../net/backoff.ts';
import { answerMessage } from './produce-request.ts';
import type { ProducerBatch } from './producer-batch.ts';
import type { ProducerIdentity } from './producer-identity.ts';
import type { RecordAccumulator } from './record-accumulator.ts';
import { splitBatch } from './split-batch.ts';
import { mayRetryInTransaction } from './transactions/retry-rule.ts';

/** The end of one batch, good or bad. */
export interface DeliveryReport {
  readonly topic: string;
  readonly partition: number;
  /** Records in the batch. */
  readonly recordCount: number;
  /** Of the first one, among all that append took for the partition: Producer.appendedIndex told it then. */
  readonly firstIndex: number;
  /** -1 with acks=0, on errors, and when a broker only says that it has the batch already. */
  readonly baseOffset: number;
  /** -1 unless the topic's timestamps are the broker's. */
  readonly logAppendTimeMs: number;
  /** On Clock.monotonicMs: when the batch's first record was appended. */
  readonly createdMs: number;
  readonly error: ClientError | undefined;
  /** Key and value bytes of each record, -1 for null. Only during the report: the bytes are given back behind it. */
  readonly recordSizes: () => Iterable<RecordSizes>;
}

export interface RecordSizes {
  readonly keyBytes: number;
  readonly valueBytes: number;
}

export interface DeliveryOptions {
  readonly io: Io;
  readonly config: ProducerConfig;
  readonly metadata: MetadataManager;
  readonly identity: ProducerIdentity;
  readonly accumulator: RecordAccumulator;
  readonly backoff: ExponentialBackoff;
  readonly report: (report: DeliveryReport) => void;
  /** Called after memory came free or a batch ended. */
  readonly onProgress: () => void;
}

export class Delivery {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  answered(batches: readonly ProducerBatch[], response: ProduceResponse): void {
    const { metadata } = this.#options;
    const left = new Set(batches);
    for (const topic of response.responses) {
      const name = topic.name !== '' ? topic.name : metadata.nameOf(topic.topicId);
      for (const answer of topic.partitionResponses) {
        for (const batch of left) {
          const { queue } = batch;
          const isSameTopic = name === undefined || queue.topic === name;
          if (!isSameTopic || queue.partition !== answer.index) continue;
          left.delete(batch);
          this.#settle(batch, answer);
          break;
        }
      }
    }
    for (const batch of left) {
      this.#retryOrFail(
        batch,
        new KafkaError('The broker did not answer for all partitions'),
        true,
      );
    }
    this.#options.onProgress();
  }

  /** acks=0: the system took the bytes, and that is all that will ever be known. */
  unacknowledged(batches: readonly ProducerBatch[]): void {
    for (const batch of batches) {
      batch.isInFlight = false;
      this.#succeed(batch, -1, -1);
    }
    this.#options.onProgress();
  }

  /** The connection went before the answer: nobody knows whether the batches arrived. */
  disconnected(batches: readonly ProducerBatch[], error: ClientError): void {
    const isPassing = error.retriable;
    for (const batch of batches) this.#retryOrFail(batch, error, isPassing);
    if (isPassing) this.#options.metadata.requestUpdate();
    this.#options.onProgress();
  }

  /** The request couldn't be made at all. */
  refused(batches: readonly ProducerBatch[], error: unknown): void {
    const failure = error instanceof ClientError ? error : new KafkaError(String(error), error);
    for (const batch of batches) this.#retryOrFail(batch, failure, false);
    this.#options.onProgress();
  }

  /** Fails what is older than delivery.timeout.ms; memory of batches in flight stays theirs until their answer. */
  expire(nowMs: number): void {
    const { accumulator, config, identity } = this.#options;
    const bornMs = nowMs - config.deliveryTimeoutMs;
    let isAny = false;
    for (const queue of accumulator.activeQueues) {
      if (!queue.hasOlderThan(bornMs)) continue;
      for (const batch of [...queue.unacknowledged, ...queue.waiting]) {
        if (batch.isDone || batch.createdMs > bornMs) continue;
        isAny = true;
        const error = expired(batch, Math.floor(nowMs - batch.createdMs));
        identity.batchFailed(error);
        if (batch.attempts > 0) {
          queue.isUnresolved = true;
          identity.sequencesUnresolved();
        }
        this.#fail(batch, error);
      }
    }
    if (isAny) this.#options.onProgress();
  }

  failEverything(error: ClientError): void {
    for (const queue of [...this.#options.accumulator.activeQueues]) {
      for (const batch of [...queue.unacknowledged, ...queue.waiting]) this.#fail(batch, error);
    }
    this.#options.onProgress();
  }

  /** What has no place in the order yet fails; the rest goes on to its end (RecordAccumulator.abortUndrainedBatches). */
  failUnsent(error: ClientError): void {
    let isAny = false;
    for (const queue of [...this.#options.accumulator.activeQueues]) {
      for (const batch of [...queue.waiting]) {
        if (batch.isTracked) continue;
        isAny = true;
        this.#fail(batch, error);
      }
    }
    if (isAny) this.#options.onProgress();
  }

  /** Begins a new epoch for queues that need one and have nothing in flight any more. */
  settleEpochs(): void {
    const { accumulator, identity } = this.#options;
    if (!identity.isIdempotent || identity.transactionalId !== null) return;
    for (const queue of accumulator.activeQueues) {
      const isSettled = queue.isUnresolved && queue.unacknowledged.length === 0;
      if (!queue.needsNewEpoch && !isSettled) continue;
      if (queue.unacknowledged.some((batch) => batch.isInFlight)) continue;
      // Another partition, or a new id, may have brought a newer identity already.
      const { producerId, producerEpoch } = identity;
      const isCurrent = queue.producerId === producerId && queue.producerEpoch === producerEpoch;
      if (isCurrent) identity.bumpEpoch();
      if (identity.producerId < 0) return;
      queue.restartSequences(identity.producerId, identity.producerEpoch);
    }
  }

  #settle(batch: ProducerBatch, answer: PartitionProduceResponse): void {
    const { errorCode } = answer;
    if (errorCode === 0) {
      batch.isInFlight = false;
      this.#succeed(batch, answer.baseOffset, answer.logAppendTimeMs);
    } else if (errorCode === Errors.DUPLICATE_SEQUENCE_NUMBER) {
      batch.isInFlight = false;
      this.#succeed(batch, -1, -1);
    } else if (errorCode === Errors.MESSAGE_TOO_LARGE && batch.recordCount > 1 && !batch.isDone) {
      this.#split(batch);
    } else {
      this.#refuse(batch, answer);
    }
  }

  #refuse(batch: ProducerBatch, answer: PartitionProduceResponse): void {
    const { metadata, identity } = this.#options;
    const { queue } = batch;
    const error = this.#errorFor(batch, answer);
    if (error.refreshMetadata) {
      const { leaderId, leaderEpoch } = answer.currentLeader;
      metadata.learnLeader(queue.topic, queue.partition, leaderId, leaderEpoch);
      metadata.requestUpdate();
    }
    if (identity.transactionalId !== null && !batch.isDone) {
      this.#retryOrFail(batch, error, mayRetryInTransaction(batch, answer, error, identity));
      return;
    }
    const isSequenceError =
      error.code === Errors.OUT_OF_ORDER_SEQUENCE_NUMBER ||
      error.code === Errors.UNKNOWN_PRODUCER_ID;
    if (identity.isIdempotent && isSequenceError && !batch.isDone) {
      // Behind another one that failed this is no surprise; at the front, numbering must begin anew. A broker that doesn't
      // know its log's start either is in between: it is asked again as before.
      const isUnsure = error.code === Errors.UNKNOWN_PRODUCER_ID && answer.logStartOffset === -1;
      if (!isUnsure && queue.unacknowledged[0] === batch) queue.needsNewEpoch = true;
      this.#retryOrFail(batch, error, true);
    } else {
      const isPassing = error.retriable || error.code === Errors.INVALID_PRODUCER_EPOCH;
      if (error.code === Errors.INVALID_PRODUCER_EPOCH) queue.needsNewEpoch = true;
      this.#retryOrFail(batch, error, isPassing);
    }
  }

  #errorFor(batch: ProducerBatch, answer: PartitionProduceResponse): ClientError {
    const { topic } = batch.queue;
    switch (answer.errorCode) {
      case Errors.TOPIC_AUTHORIZATION_FAILED:
        return unauthorizedTopics(topic);
      case Errors.INVALID_TOPIC_EXCEPTION:
        return invalidTopics(topic);
      case Errors.CLUSTER_AUTHORIZATION_FAILED:
        return errorOf(answer.errorCode, 'The producer is not authorized to do idempotent sends');
      default:
        return errorOf(answer.errorCode, answerMessage(answer));
    }
  }

  #retryOrFail(batch: ProducerBatch, error: ClientError, isPassing: boolean): void {
    const { config, backoff, io, identity } = this.#options;
    batch.isInFlight = false;
    if (batch.isDone) {
      this.#discard(batch);
    } else if (isPassing && config.acks !== 0 && batch.attempts <= config.retries) {
      batch.retryAtMs = io.clock.monotonicMs() + backoff.delayMs(batch.attempts - 1);
      batch.queue.requeue(batch);
    } else {
      identity.batchFailed(error);
      if (batch.baseSequence >= 0) this.#giveUpNumbers(batch, error, isPassing);
      this.#fail(batch, error);
    }
  }

  /** The numbers of a batch that was refused are a gap for the broker; of one that may have arrived, nobody knows. */
  #giveUpNumbers(batch: ProducerBatch, error: ClientError, mayBeThere: boolean): void {
    const { queue } = batch;
    if (!batch.isTransactional) {
      if (mayBeThere) queue.isUnresolved = true;
      else queue.needsNewEpoch = true;
    } else if (error.code === Errors.UNKNOWN_PRODUCER_ID) {
      queue.forgetSequences();
    } else if (!mayBeThere) {
      queue.closeGap(batch);
    }
  }

  #split(batch: ProducerBatch): void {
    const { accumulator, config } = this.#options;
    batch.isInFlight = false;
    batch.queue.mayGrow = false;
    const parts = splitBatch(batch, Math.max(1, config.batchSizeBytes), accumulator);
    batch.queue.replace(batch, parts);
    accumulator.complete(batch);
    accumulator.release(batch);
  }

  #succeed(batch: ProducerBatch, baseOffset: number, logAppendTimeMs: number): void {
    this.#end(batch, baseOffset, logAppendTimeMs, undefined);
  }

  #fail(batch: ProducerBatch, error: ClientError): void {
    const { waiting } = batch.queue;
    const at = waiting.indexOf(batch);
    if (at >= 0) waiting.splice(at, 1);
    this.#end(batch, -1, -1, error);
  }

  #end(
    batch: ProducerBatch,
    baseOffset: number,
    logAppendTimeMs: number,
    error: ClientError | undefined,
  ): void {
    const { accumulator, report } = this.#options;
    if (baseOffset >= 0) batch.queue.lastAckedOffset = baseOffset + batch.recordCount - 1;
    const { topic, partition } = batch.queue;
    const { recordCount, firstIndex, createdMs, isDone } = batch;
    accumulator.complete(batch);
    if (!isDone) {
      const recordSizes = () => sizesOf(batch.build());
      report({
        topic,
        partition,
        recordCount,
        firstIndex,
        baseOffset,
        logAppendTimeMs,
        createdMs,
        error,
        recordSizes,
      });
    }
    if (!batch.isInFlight) this.#discard(batch);
  }

  /** No answer can come any more. */
  #discard(batch: ProducerBatch): void {
    batch.queue.settle(batch);
    this.#options.accumulator.release(batch);
  }
}

function* sizesOf(bytes: Buffer): Iterable<RecordSizes> {
  const cursor = new RecordCursor();
  cursor.reset(bytes, 0);
  while (cursor.next()) yield { keyBytes: cursor.keyLength, valueBytes: cursor.valueLength };
}

function expired(batch: ProducerBatch, ageMs: number): TimeoutError {
  const { topic, partition } = batch.queue;
  return new TimeoutError(
    `Expiring ${batch.recordCount} record(s) for ${topic}-${partition}:${ageMs} ms has passed since batch creation. ` +
      'The request has not been sent, or no server response has been received yet.',
  );
}
