// Decodes record batches into the form of test/protocol/vectors.json.gz (`batches`), for comparison in tests
// and in the vectors script.

import {
  compressionName,
  DEFAULT_MAX_DECOMPRESSED_BYTES,
} from '../../src/records/compression/compression.ts';
import { controlType, controlTypeName } from '../../src/records/control-record.ts';
import { deepBaseOffset } from '../../src/records/legacy-messages.ts';
import {
  attributes,
  baseOffset,
  baseSequence,
  baseTimestamp,
  completeBatchBytes,
  compressionType,
  crc,
  deleteHorizonMs,
  ensureValid,
  isControl,
  isTransactional,
  lastOffset,
  lastSequence,
  magic,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  recordCount,
  timestampType,
} from '../../src/records/record-batch.ts';
import { RecordCursor } from '../../src/records/record-cursor.ts';

const TIMESTAMP_TYPES: Record<string, string> = {
  '-1': 'NoTimestampType',
  '0': 'CreateTime',
  '1': 'LogAppendTime',
};

type Fields = Record<string, unknown>;

const LONG_MAX = 2n ** 63n - 1n;

/** int64 beyond 2^53 as a decimal string; saturated as the views read it. */
function long(value: number): number | string {
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(value);
  return (exact > LONG_MAX ? LONG_MAX : exact).toString();
}

function base64(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('base64');
}

function decodeRecord(cursor: RecordCursor, version: number, control: boolean): Fields {
  const record: Fields = { offset: long(cursor.offset), timestamp: long(cursor.timestamp) };
  if (version === 2) record.sequence = cursor.sequence;
  record.key = base64(cursor.key());
  record.value = base64(cursor.value());
  if (control) {
    const type = controlType(cursor.buffer, cursor.keyPosition, cursor.keyLength);
    record.controlType = controlTypeName(type);
  }
  const headers: Fields[] = [];
  while (cursor.nextHeader()) {
    const { headerKeyPosition: k, headerValuePosition: v } = cursor;
    headers.push({
      key: cursor.buffer.toString('utf8', k, k + cursor.headerKeyLength),
      value:
        cursor.headerValueLength < 0
          ? null
          : cursor.buffer.toString('base64', v, v + cursor.headerValueLength),
    });
  }
  record.headers = headers;
  return record;
}

function decodeBatch(b: Buffer, at: number, sizeInBytes: number, cursor: RecordCursor): Fields {
  ensureValid(b, at);
  const version = magic(b, at);
  const legacy = version < 2 && (attributes(b, at) & 7) !== 0;
  const batch: Fields = {
    baseOffset: long(
      legacy ? deepBaseOffset(b, at, DEFAULT_MAX_DECOMPRESSED_BYTES) : baseOffset(b, at),
    ),
    lastOffset: long(lastOffset(b, at)),
    sizeInBytes,
    magic: version,
    compression: compressionName(compressionType(b, at)),
    timestampType: TIMESTAMP_TYPES[String(timestampType(b, at))],
    crc: crc(b, at),
    maxTimestamp: long(maxTimestamp(b, at)),
  };
  if (version === 2) {
    batch.baseTimestamp = long(baseTimestamp(b, at));
    batch.partitionLeaderEpoch = partitionLeaderEpoch(b, at);
    batch.producerId = long(producerId(b, at));
    batch.producerEpoch = producerEpoch(b, at);
    batch.baseSequence = baseSequence(b, at);
    batch.lastSequence = lastSequence(b, at);
    batch.isTransactional = isTransactional(b, at);
    batch.isControl = isControl(b, at);
    if (deleteHorizonMs(b, at) !== -1) batch.deleteHorizonMs = long(deleteHorizonMs(b, at));
    batch.recordCount = recordCount(b, at);
  }
  const records: Fields[] = [];
  cursor.reset(b, at);
  while (cursor.next()) records.push(decodeRecord(cursor, version, isControl(b, at)));
  batch.records = records;
  return batch;
}

/** Every batch of the bytes; throws CorruptRecordError, also for a partial last batch. */
export function decodeBatches(b: Buffer): Fields[] {
  const cursor = new RecordCursor();
  const batches: Fields[] = [];
  let at = 0;
  while (at < b.length) {
    const size = completeBatchBytes(b, at, b.length);
    if (size === 0) throw new Error(`A partial batch at ${at}`);
    batches.push(decodeBatch(b, at, size, cursor));
    at += size;
  }
  return batches;
}
