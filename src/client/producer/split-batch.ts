// Splits a batch that was too large for the broker into several (RecordAccumulator.splitAndReenqueue, KIP-126).

import { RecordCursor } from '../../records/record-cursor.ts';
import type { RecordHeader } from '../types.ts';
import type { ProducerBatch } from './producer-batch.ts';
import type { RecordAccumulator } from './record-accumulator.ts';

/** At least two parts, each of at most `limitBytes` plain or of one record. */
export function splitBatch(
  batch: ProducerBatch,
  limitBytes: number,
  accumulator: RecordAccumulator,
): ProducerBatch[] {
  const half = Math.ceil(batch.builder.estimatedSizeBytes / 2);
  const limit = Math.min(limitBytes, half);
  const parts: ProducerBatch[] = [];
  const cursor = new RecordCursor();
  cursor.reset(batch.build(), 0);
  let part: ProducerBatch | undefined;
  let taken = 0;
  while (cursor.next()) {
    const headers = headersOf(cursor);
    if (part === undefined || !append(part, cursor, headers)) {
      part = accumulator.newPart(batch, limit);
      part.firstIndex = batch.firstIndex + taken;
      parts.push(part);
      append(part, cursor, headers);
    }
    taken += 1;
  }
  return parts;
}

function append(
  part: ProducerBatch,
  cursor: RecordCursor,
  headers: readonly RecordHeader[] | null,
): boolean {
  const { buffer, keyPosition, keyLength, valuePosition, valueLength } = cursor;
  return part.builder.append(
    cursor.timestamp,
    keyLength < 0 ? null : buffer,
    keyPosition,
    keyPosition + keyLength,
    valueLength < 0 ? null : buffer,
    valuePosition,
    valuePosition + valueLength,
    headers,
  );
}

function headersOf(cursor: RecordCursor): RecordHeader[] | null {
  if (cursor.headerCount === 0) return null;
  const headers: RecordHeader[] = [];
  while (cursor.nextHeader()) {
    const { buffer, headerKeyPosition, headerKeyLength } = cursor;
    const { headerValuePosition, headerValueLength } = cursor;
    headers.push({
      key: buffer.subarray(headerKeyPosition, headerKeyPosition + headerKeyLength),
      value:
        headerValueLength < 0
          ? null
          : buffer.subarray(headerValuePosition, headerValuePosition + headerValueLength),
    });
  }
  return headers;
}
