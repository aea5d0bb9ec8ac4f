// Checks the batches that one append brings from one producer, and holds what they change until the append is done.
// (org.apache.kafka.storage.internals.log.ProducerAppendInfo)

import { ApiError, Errors } from '../protocol/errors.ts';
import { ControlType, controlType, coordinatorEpoch } from '../records/control-record.ts';
import {
  baseOffset,
  baseSequence,
  isControl,
  isTransactional,
  lastOffset,
  lastSequence,
  maxTimestamp,
  NO_PRODUCER_EPOCH,
  producerEpoch,
} from '../records/record-batch.ts';
import { RecordCursor } from '../records/record-cursor.ts';
import type { BatchMetadata, ProducerStateEntry } from './producer-state-entry.ts';
import type { VerificationStateEntry } from './verification-state.ts';

/** Where an append comes from, which decides what is checked. */
export type AppendOrigin = 'client' | 'coordinator' | 'replication' | 'raft-leader';

/** A transaction that ended in this append. */
export interface CompletedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Of the marker. */
  readonly lastOffset: number;
  readonly aborted: boolean;
}

export interface ProducerAppendOptions {
  /** The partition's name, for messages. */
  readonly partition: string;
  /** An empty one when the partition doesn't know the producer. */
  readonly current: ProducerStateEntry;
  readonly origin: AppendOrigin;
  readonly verification: VerificationStateEntry | undefined;
}

const markerCursor = new RecordCursor();
/** From here on a marker carries the epoch after its transaction's (KIP-890). */
const EPOCH_BUMPING_VERSION = 2;
const LAST_EPOCH = 0x7fff;

export class ProducerAppendInfo {
  readonly producerId: number;
  readonly startedTransactions: number[] = [];
  readonly #partition: string;
  readonly #origin: AppendOrigin;
  readonly #current: ProducerStateEntry;
  readonly #verification: VerificationStateEntry | undefined;
  #epoch: number;
  #coordinatorEpoch: number;
  #lastTimestamp: number;
  #transactionFirstOffset: number;
  /** Whether the epoch moved away from the current entry's: its batches don't count any more. */
  #batches: { epoch: number; batch: BatchMetadata }[] = [];

  constructor({ partition, current, origin, verification }: ProducerAppendOptions) {
    this.#partition = partition;
    this.producerId = current.producerId;
    this.#origin = origin;
    this.#verification = verification;
    this.#current = current;
    this.#epoch = current.producerEpoch;
    this.#coordinatorEpoch = current.coordinatorEpoch;
    this.#lastTimestamp = current.lastTimestamp;
    this.#transactionFirstOffset = current.currentTransactionFirstOffset;
  }

  /**
   * Takes in the batch at `at`. Throws an ApiError (invalid epoch, out of order sequence …) and has then changed nothing.
   * `transactionVersion`: the transaction.version under which the transaction of a marker ran.
   */
  append(buffer: Buffer, at: number, transactionVersion = 0): CompletedTransaction | undefined {
    if (isControl(buffer, at)) return this.#appendControlBatch(buffer, at, transactionVersion);
    const epoch = producerEpoch(buffer, at);
    const firstOffset = baseOffset(buffer, at);
    const transactional = isTransactional(buffer, at);
    this.#check(epoch, baseSequence(buffer, at), firstOffset);
    this.#moveTo(epoch);
    const last = lastOffset(buffer, at);
    this.#batches.push({
      epoch,
      batch: {
        lastSequence: lastSequence(buffer, at),
        lastOffset: last,
        offsetDelta: last - firstOffset,
        timestamp: maxTimestamp(buffer, at),
      },
    });
    this.#lastTimestamp = maxTimestamp(buffer, at);
    if (this.#transactionFirstOffset >= 0 && !transactional) {
      throw new ApiError(
        Errors.INVALID_TXN_STATE,
        `Expected transactional write from producer ${this.producerId} at offset ${firstOffset} in partition ${this.#partition}`,
      );
    }
    if (this.#transactionFirstOffset < 0 && transactional) {
      this.#transactionFirstOffset = firstOffset;
      this.startedTransactions.push(firstOffset);
    }
    return undefined;
  }

  #moveTo(epoch: number): void {
    this.#epoch = epoch;
  }

  #check(epoch: number, sequence: number, offset: number): void {
    if (this.#origin === 'replication') return;
    if (epoch < this.#epoch) this.#refuseEpoch(epoch, offset, '<', -1);
    if (this.#origin === 'client') this.#checkSequence(epoch, sequence, offset);
  }

  /**
   * With transaction.version 2 the marker's epoch is above its transaction's, so that a marker that comes late can't end
   * the next one. The same epoch with no transaction open is the marker come twice, or the last epoch there is.
   */
  #checkMarkerEpoch(epoch: number, offset: number, transactionVersion: number): void {
    if (this.#origin === 'replication') return;
    if (transactionVersion < EPOCH_BUMPING_VERSION) {
      if (epoch < this.#epoch) this.#refuseEpoch(epoch, offset, '<', transactionVersion);
      return;
    }
    if (epoch > this.#epoch) return;
    const isRetry =
      epoch === this.#epoch && (this.#transactionFirstOffset < 0 || epoch === LAST_EPOCH);
    if (!isRetry) this.#refuseEpoch(epoch, offset, '<=', transactionVersion);
  }

  #refuseEpoch(epoch: number, offset: number, relation: string, version: number): never {
    throw new ApiError(
      Errors.INVALID_PRODUCER_EPOCH,
      `Epoch of producer ${this.producerId} at offset ${offset} in ${this.#partition} is ${epoch}, which is ${relation} the last seen epoch ${this.#epoch} (TV${version})`,
    );
  }

  #checkSequence(epoch: number, sequence: number, offset: number): void {
    const where = `producer ${this.producerId} at offset ${offset} in partition ${this.#partition}`;
    this.#checkFirstSequence(sequence, where);
    if (epoch !== this.#epoch) {
      if (sequence === 0 || this.#epoch === NO_PRODUCER_EPOCH) return;
      throw new ApiError(
        Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
        `Invalid sequence number for new epoch of ${where}: ${epoch} (request epoch), ${sequence} (seq. number), ${this.#epoch} (current producer epoch)`,
      );
    }
    const last = this.#lastSequence();
    // Nothing is known of a producer whose state expired or was deleted: any sequence is taken then.
    if (this.#current.producerEpoch === NO_PRODUCER_EPOCH && last < 0) return;
    if (sequence === last + 1 || (sequence === 0 && last === 0x7fffffff)) return;
    throw new ApiError(
      Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
      `Out of order sequence number for ${where}: ${sequence} (incoming seq. number), ${last} (current end sequence number)`,
    );
  }

  /** Of requests that waited for the same verification, the one with the lowest sequence has to come first. */
  #checkFirstSequence(sequence: number, where: string): void {
    const verification = this.#verification;
    if (verification === undefined) return;
    if (verification.supportsEpochBump && sequence !== 0 && this.#current.isEmpty) {
      throw new ApiError(
        Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
        `Invalid sequence number for ${where}: ${sequence} (incoming seq. number). Expected sequence 0 for transactions v2 idempotent producer with no existing state.`,
      );
    }
    if (sequence <= verification.lowestSequence) return;
    throw new ApiError(
      Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
      `Out of order sequence number for ${where}: ${sequence} (incoming seq. number), ${verification.lowestSequence} (earliest seen sequence)`,
    );
  }

  #lastSequence(): number {
    const appended = this.#batches[this.#batches.length - 1];
    if (appended !== undefined) return appended.batch.lastSequence;
    return this.#current.producerEpoch === this.#epoch ? this.#current.lastSequence : -1;
  }

  #appendControlBatch(
    buffer: Buffer,
    at: number,
    transactionVersion: number,
  ): CompletedTransaction | undefined {
    markerCursor.reset(buffer, at);
    if (!markerCursor.next()) return undefined;
    const { buffer: b, keyPosition, keyLength, valuePosition, valueLength } = markerCursor;
    const type = controlType(b, keyPosition, keyLength);
    if (type !== ControlType.ABORT && type !== ControlType.COMMIT) return undefined;
    const markerEpoch = coordinatorEpoch(b, valuePosition, valueLength);
    const offset = markerCursor.offset;
    const epoch = producerEpoch(buffer, at);
    this.#checkMarkerEpoch(epoch, offset, transactionVersion);
    if (this.#origin !== 'replication' && this.#coordinatorEpoch > markerEpoch) {
      throw new ApiError(
        Errors.TRANSACTION_COORDINATOR_FENCED,
        `Invalid coordinator epoch for producerId ${this.producerId} at offset ${offset} in partition ${this.#partition}: ${markerEpoch} (zombie), ${this.#coordinatorEpoch} (current)`,
      );
    }
    const firstOffset = this.#transactionFirstOffset;
    if (epoch !== this.#epoch) this.#batches = [];
    this.#moveTo(epoch);
    this.#coordinatorEpoch = markerEpoch;
    this.#lastTimestamp = markerCursor.timestamp;
    this.#transactionFirstOffset = -1;
    if (firstOffset < 0) return undefined;
    return {
      producerId: this.producerId,
      firstOffset,
      lastOffset: offset,
      aborted: type === ControlType.ABORT,
    };
  }

  /** Writes everything into the partition's state. */
  applyTo(entry: ProducerStateEntry): void {
    for (const { epoch, batch } of this.#batches) entry.addBatch(epoch, batch);
    entry.updateEpoch(this.#epoch);
    entry.coordinatorEpoch = this.#coordinatorEpoch;
    entry.lastTimestamp = this.#lastTimestamp;
    entry.currentTransactionFirstOffset = this.#transactionFirstOffset;
  }
}
