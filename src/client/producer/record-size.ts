// The most bytes a record can take in a batch of its own (AbstractRecords.estimateSizeInBytesUpperBound, magic 2).
// Kafka's errors and the buffer's accounting speak of this size.

import { BATCH_HEADER_BYTES } from '../../records/record-batch.ts';
import type { RecordHeader } from '../types.ts';

/** DefaultRecord.MAX_RECORD_OVERHEAD. */
const MAX_RECORD_OVERHEAD_BYTES = 21;

/** Lengths of -1 stand for null. */
export function recordSizeUpperBound(
  keyLength: number,
  valueLength: number,
  headers: readonly RecordHeader[] | null,
): number {
  const fixed = BATCH_HEADER_BYTES + MAX_RECORD_OVERHEAD_BYTES;
  const headerBytes = headers === null ? 1 : headersSize(headers);
  return fixed + fieldSize(keyLength) + fieldSize(valueLength) + headerBytes;
}

function fieldSize(length: number): number {
  return length < 0 ? 1 : varintSize(length) + length;
}

/** Of a length, which is zigzag encoded. */
function varintSize(length: number): number {
  if (length < 64) return 1;
  if (length < 8192) return 2;
  if (length < 1048576) return 3;
  return length < 134217728 ? 4 : 5;
}

function headersSize(headers: readonly RecordHeader[]): number {
  let size = varintSize(headers.length);
  for (const { key, value } of headers) {
    size += fieldSize(key.length) + fieldSize(value === null ? -1 : value.length);
  }
  return size;
}
