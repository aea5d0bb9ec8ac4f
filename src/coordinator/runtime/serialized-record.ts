// A coordinator's record as bytes, between the operation that made it and the batch that it goes into: key and value in one
// piece of memory, because there is one per committed offset. It knows nothing of what they mean.

import { Writer } from '../../protocol/writer.ts';
import type { RecordSerde } from './coordinator-shard.ts';

/** Bytes that a record takes in a batch beyond its key and value, at most. */
const RECORD_OVERHEAD_BYTES = 30;

export interface SerializedRecord {
  /** The key, then the value. */
  readonly bytes: Buffer;
  readonly keyLength: number;
  readonly isTombstone: boolean;
}

/** Throws NotEncodableError. */
export function serializeRecord<R>(serde: RecordSerde<R>, record: R): SerializedRecord {
  const writer = new Writer();
  serde.writeKey(writer, record);
  const keyLength = writer.sizeBytes;
  const isTombstone = !serde.writeValue(writer, record);
  return { bytes: writer.finishBuffer(), keyLength, isTombstone };
}

export function estimatedSizeBytes(record: SerializedRecord): number {
  return record.bytes.length + RECORD_OVERHEAD_BYTES;
}
