// Kafka's producer: records go into batches per partition, batches to the leaders, in order.
// Nothing is allocated per record; memory never exceeds buffer.memory.

import type { Io } from '../../io/io.ts';
import type { ClientError } from '../errors.ts';
import type { RecordHeader } from '../types.ts';

/** The end of one batch, good or bad. */
export interface DeliveryReport {
  readonly topic: string;
  readonly partition: number;
  /** Records in the batch. */
  readonly recordCount: number;
  /** -1 with acks=0 and on errors. */
  readonly baseOffset: number;
  readonly logAppendTimeMs: number;
  readonly error: ClientError | undefined;
}

export interface ProducerOptions {
  readonly bootstrapServers: readonly string[];
  /** Java producer properties. */
  readonly config: ReadonlyMap<string, string>;
  readonly io: Io;
  readonly clientId?: string;
  readonly onDelivery?: (report: DeliveryReport) => void;
}

export class Producer {
  constructor(_options: ProducerOptions) {}

  /**
   * Copies a record into the partition's open batch. Returns false when it can't be taken now (buffer.memory is full,
   * or the topic's metadata isn't known yet): await ready(topic), then append the same record again.
   * `partition` -1 lets the partitioner choose; `timestampMs` -1 is now; key and value are byte ranges of buffers.
   * Throws ClientError for a record that can never be taken (RecordTooLargeException, a partition that doesn't exist).
   */
  append(
    _topic: string,
    _partition: number,
    _timestampMs: number,
    _key: Uint8Array | null,
    _keyStart: number,
    _keyEnd: number,
    _value: Uint8Array | null,
    _valueStart: number,
    _valueEnd: number,
    _headers: readonly RecordHeader[] | null,
  ): boolean {
    throw new Error('signature only');
  }

  /** Resolves when append is worth another try; rejects with TimeoutError after max.block.ms, or the topic's error. */
  ready(_topic: string): Promise<void> {
    throw new Error('signature only');
  }

  /** Sends everything appended so far and waits until each batch was acknowledged or has failed (see onDelivery). */
  async flush(): Promise<void> {}

  /** Flushes within `timeoutMs` (forever when absent; 0 gives up at once), then lets go of everything. */
  async close(_timeoutMs?: number): Promise<void> {}
}
