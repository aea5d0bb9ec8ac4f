// What a formatter is: it writes the record at which a cursor stands (org.apache.kafka.common.MessageFormatter).

import type { ByteSink } from '../../output/byte-sink.ts';
import type { RecordCursor } from '../../records/record-cursor.ts';

export interface RecordFormatter {
  /** Before the records of each batch. `timestampType` as in TimestampType. */
  startBatch(topic: string, partition: number, timestampType: -1 | 0 | 1): void;
  /** Before a record that a share group hands out: how often it did, this time included. */
  setDelivery?(count: number): void;
  /** Throws for a record that it can't show; part of it may have been written, as in Kafka. */
  write(record: RecordCursor, out: ByteSink): void;
}

/** Writes nothing (NoOpMessageFormatter). */
export const NOTHING: RecordFormatter = {
  startBatch: () => {},
  write: () => {},
};
