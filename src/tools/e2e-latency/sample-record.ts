// The records that travel, and whether what arrived is what was sent (EndToEndLatency.validate).

import type { ConsumedBatch } from '../../client/consumer/consumer.ts';
import type { RecordHeader } from '../../client/types.ts';
import type { Random } from '../../io/io.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import type { LatencyPlan } from './options.ts';

export interface SampleRecord {
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: readonly RecordHeader[];
}

export function sampleRecord(plan: LatencyPlan, random: Random): SampleRecord {
  const letters = (length: number) => Buffer.alloc(length, 65 + random.int(26));
  const { keySizeBytes, headerKeySizeBytes, headerValueSizeBytes } = plan;
  return {
    key: keySizeBytes === 0 ? null : letters(keySizeBytes),
    value: letters(plan.recordSizeBytes),
    headers: Array.from({ length: plan.headers }, () => ({
      key: letters(headerKeySizeBytes),
      value: headerValueSizeBytes < 0 ? null : letters(headerValueSizeBytes),
    })),
  };
}

/** Kafka's words for what is wrong with what came; undefined when nothing is. */
export function mismatch(
  sent: SampleRecord,
  batches: readonly ConsumedBatch[],
): string | undefined {
  const cursor = new RecordCursor();
  let count = 0;
  let problem: string | undefined;
  for (const { buffer, at, fromOffset } of batches) {
    cursor.reset(buffer, at);
    while (cursor.next()) {
      if (cursor.offset < fromOffset) continue;
      if (count === 0) problem = compare(sent, cursor);
      count += 1;
    }
  }
  if (count === 0) return 'poll() timed out before finding a result (timeout:[60000ms])';
  if (problem === undefined && count > 1) {
    return `Only one result was expected during this test. We found [${count}]`;
  }
  return problem;
}

function compare(sent: SampleRecord, cursor: RecordCursor): string | undefined {
  const [key, value] = [cursor.key(), cursor.value()];
  if (value?.equals(sent.value) !== true) {
    return `The message value read [${value}] did not match the message value sent [${sent.value}]`;
  }
  if (sent.key === null && key !== null) return `Expected null message key but received [${key}]`;
  if (sent.key !== null) {
    if (key === null) return 'Expected message key but received null';
    if (!key.equals(sent.key)) {
      return `The message key read [${key}] did not match the message key sent [${sent.key}]`;
    }
  }
  return compareHeaders(sent.headers, cursor);
}

function compareHeaders(sent: readonly RecordHeader[], cursor: RecordCursor): string | undefined {
  if (sent.length === 0) return undefined;
  if (cursor.headerCount === 0) return 'Expected message headers but received none';
  for (const header of sent) {
    if (!cursor.nextHeader()) return 'Header count mismatch between sent and received messages';
    const { buffer, headerKeyPosition, headerKeyLength } = cursor;
    const { headerValuePosition, headerValueLength } = cursor;
    const key = buffer.subarray(headerKeyPosition, headerKeyPosition + headerKeyLength);
    const value =
      headerValueLength < 0
        ? null
        : buffer.subarray(headerValuePosition, headerValuePosition + headerValueLength);
    const isSame = key.equals(header.key) && bytes(value) === bytes(header.value);
    if (!isSame) {
      return `The message header read [${key}:${bytes(value)}] did not match the message header sent [${header.key}:${bytes(header.value)}]`;
    }
  }
  return cursor.nextHeader()
    ? 'Header count mismatch between sent and received messages'
    : undefined;
}

/** Arrays.toString. */
function bytes(value: Buffer | null): string {
  return value === null ? 'null' : `[${[...new Int8Array(value)].join(', ')}]`;
}
