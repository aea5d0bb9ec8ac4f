// Offsets that transactions have written and not yet ended: they count when the commit marker comes and vanish with
// the abort marker. Kafka: OffsetMetadataManager's pendingTransactionalOffsets and openTransactions.

import { TrackedMap, type UndoLog } from '../../runtime/undo-log.ts';
import type { CommittedOffset } from '../group.ts';
import { OffsetStore } from './offset-store.ts';

export class PendingOffsets {
  readonly #undo: UndoLog;
  readonly #byProducer: TrackedMap<number, OffsetStore>;

  constructor(undo: UndoLog) {
    this.#undo = undo;
    this.#byProducer = new TrackedMap(undo);
  }

  put(
    producerId: number,
    groupId: string,
    topic: string,
    partition: number,
    committed: CommittedOffset,
  ): void {
    let store = this.#byProducer.get(producerId);
    if (store === undefined) {
      store = new OffsetStore(this.#undo);
      this.#byProducer.set(producerId, store);
    }
    store.put(groupId, topic, partition, committed);
  }

  /** What the producer's transaction has written; nothing of it is pending afterwards. */
  take(producerId: number): OffsetStore | undefined {
    const store = this.#byProducer.get(producerId);
    if (store !== undefined) this.#byProducer.delete(producerId);
    return store;
  }

  has(groupId: string, topic: string, partition: number): boolean {
    for (const store of this.#byProducer.values()) {
      if (store.get(groupId, topic, partition) !== undefined) return true;
    }
    return false;
  }

  hasGroup(groupId: string): boolean {
    for (const store of this.#byProducer.values()) {
      if (store.group(groupId) !== undefined) return true;
    }
    return false;
  }

  /** A deleted offset is pending nowhere. */
  delete(groupId: string, topic: string, partition: number): void {
    for (const store of this.#byProducer.values()) store.delete(groupId, topic, partition);
  }

  /** Every topic partition of the group that some transaction has written. */
  *partitionsOf(groupId: string): Generator<[string, number]> {
    for (const store of this.#byProducer.values()) {
      for (const [topic, partitions] of store.group(groupId) ?? []) {
        for (const partition of partitions.keys()) yield [topic, partition];
      }
    }
  }
}
