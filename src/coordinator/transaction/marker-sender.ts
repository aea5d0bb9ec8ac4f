// Brings the markers of prepared transactions to their partitions until each has its own, then says that the transaction is
// complete. Whatever fails is tried again for ever, except where somebody newer has taken over; the log hears of it now and
// then. Kafka: TransactionMarkerChannelManager, TransactionMarkerRequestCompletionHandler.

import type { Clock, Timer } from '../../io/io.ts';
import { Errors, errorInfo } from '../../protocol/errors.ts';
import { operationError } from '../runtime/operation-errors.ts';
import type { TransactionMarker } from '../runtime/shard-context.ts';
import {
  type TransactionPartitions,
  type TransactionState,
  TransactionStatus,
} from './transaction-state.ts';

export interface MarkerResult {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
}

/** The way to the leaders of the partitions. */
export interface MarkerWriter {
  /** One result per partition; never rejects. */
  write(marker: TransactionMarker, partitions: TransactionPartitions): Promise<MarkerResult[]>;
  /** False: the topic was deleted, nobody needs a marker there. */
  exists(topic: string, partition: number): boolean;
}

export interface MarkerSenderOptions {
  readonly clock: Clock;
  readonly markers: MarkerWriter;
  readonly retryBackoffMs: number;
  /** The coordinator's epoch for the partition of __transaction_state, undefined when it isn't here any more. */
  readonly coordinatorEpoch: (partition: number) => number | undefined;
  /** Rejects when it has to be tried again. */
  readonly complete: (partition: number, prepared: TransactionState) => Promise<void>;
  readonly log: (line: string) => void;
}

type Next = 'done' | 'retry' | 'fenced';

/** A line in the log for the first failure of a transaction, and then for one in so many. */
const FAILURES_PER_LINE = 600;

export class MarkerSender {
  readonly #options: MarkerSenderOptions;
  readonly #timers = new Set<Timer>();
  #closed = false;

  constructor(options: MarkerSenderOptions) {
    this.#options = options;
  }

  /** Begins at once; `partition` is the transactional id's in __transaction_state. */
  send(partition: number, prepared: TransactionState): void {
    const coordinatorEpoch = this.#options.coordinatorEpoch(partition);
    if (coordinatorEpoch === undefined) return;
    const marker = {
      producerId: prepared.producerId,
      producerEpoch: prepared.producerEpoch,
      coordinatorEpoch,
      commit: prepared.status === TransactionStatus.PREPARE_COMMIT,
      transactionVersion: prepared.clientVersion,
    };
    void this.#write(new Sending(partition, prepared, marker));
  }

  /** Nothing is tried again: the coordinator that comes next finds what was prepared. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #isCurrent({ partition, marker }: Sending): boolean {
    const epoch = this.#options.coordinatorEpoch(partition);
    return !this.#closed && epoch === marker.coordinatorEpoch;
  }

  async #write(sending: Sending): Promise<void> {
    if (!this.#isCurrent(sending)) return;
    const { markers } = this.#options;
    sending.dropAll((topic, partition) => !markers.exists(topic, partition));
    const results =
      sending.left.size === 0 ? [] : await markers.write(sending.marker, sending.left);
    let refused: MarkerResult | undefined;
    for (const result of results) {
      const { topic, partition } = result;
      const next = this.#judge(sending, result);
      if (next === 'fenced') return;
      if (next === 'retry') refused ??= result;
      else sending.drop(topic, partition);
    }
    if (sending.left.size === 0) return await this.#complete(sending);
    this.#again(
      sending,
      () => reasonOf(sending, refused),
      () => this.#write(sending),
    );
  }

  #judge(sending: Sending, { topic, partition, errorCode }: MarkerResult): Next {
    if (errorCode === Errors.NONE) return 'done';
    const { transactionalId } = sending.prepared;
    const { name } = errorInfo(errorCode);
    const what = `the marker of ${transactionalId} for ${topic}-${partition}`;
    // A newer epoch of the producer has written there: this transaction has ended in that partition.
    if (errorCode === Errors.INVALID_PRODUCER_EPOCH) {
      this.#options.log(`${what} isn't needed: ${name}`);
      return 'done';
    }
    if (errorCode === Errors.TRANSACTION_COORDINATOR_FENCED) {
      this.#options.log(`${what} is left to a newer coordinator: ${name}`);
      return 'fenced';
    }
    return 'retry';
  }

  async #complete(sending: Sending): Promise<void> {
    if (!this.#isCurrent(sending)) return;
    const { partition, prepared } = sending;
    try {
      await this.#options.complete(partition, prepared);
    } catch (error) {
      const { name } = errorInfo(operationError(error).code);
      this.#again(
        sending,
        () => `the end of ${prepared.transactionalId} isn't written: ${name}`,
        () => this.#complete(sending),
      );
    }
  }

  #again(sending: Sending, reason: () => string, work: () => Promise<void>): void {
    if (!this.#isCurrent(sending)) return;
    const { clock, retryBackoffMs, log } = this.#options;
    const failures = sending.failed();
    if (failures % FAILURES_PER_LINE === 1) log(`${reason()}; trying again (failure ${failures})`);
    const timer = clock.setTimer(
      retryBackoffMs,
      () => {
        this.#timers.delete(timer);
        void work();
      },
      { background: true },
    );
    this.#timers.add(timer);
  }
}

/** What is still to be done for one prepared transaction. */
class Sending {
  readonly partition: number;
  readonly prepared: TransactionState;
  readonly marker: TransactionMarker;
  readonly #left: Map<string, Set<number>>;
  #failures = 0;

  constructor(partition: number, prepared: TransactionState, marker: TransactionMarker) {
    this.partition = partition;
    this.prepared = prepared;
    this.marker = marker;
    this.#left = new Map([...prepared.partitions].map(([topic, all]) => [topic, new Set(all)]));
  }

  get left(): TransactionPartitions {
    return this.#left;
  }

  drop(topic: string, partition: number): void {
    const indexes = this.#left.get(topic);
    indexes?.delete(partition);
    if (indexes?.size === 0) this.#left.delete(topic);
  }

  dropAll(isDone: (topic: string, partition: number) => boolean): void {
    for (const [topic, indexes] of this.#left) {
      for (const index of indexes) if (isDone(topic, index)) this.drop(topic, index);
    }
  }

  /** Counts a failure; how many there were. */
  failed(): number {
    return ++this.#failures;
  }
}

function reasonOf({ prepared, left }: Sending, refused: MarkerResult | undefined): string {
  let count = 0;
  for (const indexes of left.values()) count += indexes.size;
  const waiting = `${count} markers of ${prepared.transactionalId} aren't written`;
  if (refused === undefined) return waiting;
  const { topic, partition, errorCode } = refused;
  return `${waiting} (${topic}-${partition}: ${errorInfo(errorCode).name})`;
}
