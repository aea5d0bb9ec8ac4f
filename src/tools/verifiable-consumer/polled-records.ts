// What one poll of Java's consumer would have returned, out of batches: max.poll.records at the most, by partition.

import type { ConsumedBatch } from '../../client/consumer/consumer.ts';
import { partitionKey } from '../../client/types.ts';
import { RecordCursor } from '../../records/record-cursor.ts';

export interface PolledRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
}

export interface PolledPartition {
  readonly topic: string;
  readonly partition: number;
  readonly records: PolledRecord[];
}

export class PolledRecords {
  readonly #most: number;
  readonly #cursor = new RecordCursor();
  #batches: readonly ConsumedBatch[] = [];
  #at = 0;
  #isInside = false;

  constructor(maxPollRecords: number) {
    this.#most = maxPollRecords;
  }

  set(batches: readonly ConsumedBatch[]): void {
    this.#batches = batches;
    this.#at = 0;
    this.#isInside = false;
  }

  /** The next poll's records by partition, in the order of the batches; [] when all were returned. */
  next(): PolledPartition[] {
    const partitions = new Map<string, PolledPartition>();
    for (let count = 0; count < this.#most; count++) {
      const batch = this.#step();
      if (batch === undefined) break;
      const { topic, partition } = batch;
      const key = partitionKey(topic, partition);
      const polled = partitions.get(key) ?? { topic, partition, records: [] };
      partitions.set(key, polled);
      const cursor = this.#cursor;
      polled.records.push({
        offset: cursor.offset,
        key: cursor.key()?.toString() ?? null,
        value: cursor.value()?.toString() ?? null,
      });
    }
    return [...partitions.values()];
  }

  /** Moves the cursor to the next record; its batch. */
  #step(): ConsumedBatch | undefined {
    for (;;) {
      const batch = this.#batches[this.#at];
      if (batch === undefined) return undefined;
      if (!this.#isInside) this.#cursor.reset(batch.buffer, batch.at);
      this.#isInside = this.#cursor.next();
      if (!this.#isInside) this.#at += 1;
      else if (this.#cursor.offset >= batch.fromOffset) return batch;
    }
  }
}
