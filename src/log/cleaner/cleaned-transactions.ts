// What a cleaning knows of transactions as it walks a log: which data belongs to aborted ones and goes, and which markers
// end a transaction of which nothing is left (org.apache.kafka.storage.internals.log.CleanedTransactionMetadata).

import { ControlType, controlType } from '../../records/control-record.ts';
import {
  isTransactional,
  lastOffset,
  producerId,
  recordCount,
} from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import type { AbortedTransaction, TransactionIndex } from '../transaction-index.ts';

interface OngoingAbort {
  readonly transaction: AbortedTransaction;
  /** Data of it was seen: the index of the cleaned segment needs it. */
  seen: boolean;
}

export class CleanedTransactions {
  /** Where aborted transactions go of which batches are left. */
  index: TransactionIndex | undefined;
  readonly #ongoingCommitted = new Set<number>();
  readonly #ongoingAborted = new Map<number, OngoingAbort>();
  /** Not begun yet, by first offset. */
  #ahead: AbortedTransaction[] = [];
  readonly #cursor = new RecordCursor();

  add(aborted: readonly AbortedTransaction[]): void {
    if (aborted.length === 0) return;
    this.#ahead = [...this.#ahead, ...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** A batch of data: true when it belongs to an aborted transaction. */
  onBatch(b: Buffer, at: number): boolean {
    this.#begin(lastOffset(b, at));
    if (!isTransactional(b, at)) return false;
    const id = producerId(b, at);
    const aborted = this.#ongoingAborted.get(id);
    if (aborted === undefined) {
      this.#ongoingCommitted.add(id);
      return false;
    }
    aborted.seen = true;
    return true;
  }

  /** A control batch: true when nothing of what it ends is left, so that it may go in time. */
  onControlBatch(b: Buffer, at: number): boolean {
    this.#begin(lastOffset(b, at));
    if (recordCount(b, at) === 0) return true;
    const cursor = this.#cursor;
    cursor.reset(b, at);
    if (!cursor.next()) return true;
    const type = controlType(cursor.buffer, cursor.keyPosition, cursor.keyLength);
    const id = producerId(b, at);
    if (type === ControlType.COMMIT) return !this.#ongoingCommitted.delete(id);
    if (type !== ControlType.ABORT) return false;
    const aborted = this.#ongoingAborted.get(id);
    this.#ongoingAborted.delete(id);
    if (aborted?.seen !== true) return true;
    this.index?.append(aborted.transaction);
    return false;
  }

  #begin(upToOffset: number): void {
    while (this.#ahead.length > 0 && this.#ahead[0]!.firstOffset <= upToOffset) {
      const transaction = this.#ahead.shift()!;
      const { producerId } = transaction;
      if (!this.#ongoingAborted.has(producerId)) {
        this.#ongoingAborted.set(producerId, { transaction, seen: false });
      }
    }
  }
}
