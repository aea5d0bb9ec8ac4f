// What a leader checks in the batches of a client before they get offsets, and how they get them.
// The usual batch is stamped in place; it is rebuilt only when its codec or its offset deltas have to change.
// (org.apache.kafka.storage.internals.log.LogValidator)

import type { BufferPool } from '../common/buffer-pool.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import {
  type CompressionType,
  DEFAULT_MAX_DECOMPRESSED_BYTES,
  decompress,
} from '../records/compression/compression.ts';
import {
  BATCH_HEADER_BYTES,
  baseOffset,
  baseSequence,
  baseTimestamp,
  CorruptRecordError,
  compressionType,
  hasProducerId,
  isControl,
  isTransactional,
  lastOffset,
  maxTimestamp,
  producerEpoch,
  producerId,
  recordCount,
  setLastOffset,
  setMaxTimestamp,
  setPartitionLeaderEpoch,
  sizeInBytes,
  TimestampType,
  timestampType,
} from '../records/record-batch.ts';
import { RecordBatchBuilder, type RecordHeader } from '../records/record-batch-builder.ts';
import { RecordCursor } from '../records/record-cursor.ts';
import { compressionLevel, type LogConfig } from './log-config.ts';
import type { AppendOrigin } from './producer-append-info.ts';
import { RecordScan } from './record-scan.ts';

export interface RecordErrorInfo {
  readonly batchIndex: number;
  readonly message: string;
}

/** Records of a batch were refused; what ProduceResponse carries in recordErrors. */
export class RecordValidationError extends ApiError {
  readonly recordErrors: readonly RecordErrorInfo[];

  constructor(code: number, message: string, recordErrors: readonly RecordErrorInfo[]) {
    super(code, message);
    this.recordErrors = recordErrors;
  }
}

export interface ValidationContext {
  readonly partition: string;
  readonly origin: AppendOrigin;
  readonly config: LogConfig;
  readonly leaderEpoch: number;
  readonly nowMs: number;
  readonly pool: BufferPool | undefined;
}

const scan = new RecordScan();
const NO_TIMESTAMP = -1;

function invalid(message: string): ApiError {
  return new ApiError(Errors.INVALID_RECORD, message);
}

/** Kafka's validateBatch. */
function checkBatch(b: Buffer, at: number, context: ValidationContext): void {
  if (context.origin !== 'client') return;
  const where = `in topic partition ${context.partition}`;
  const first = baseOffset(b, at);
  const last = lastOffset(b, at);
  const range = last - first + 1;
  if (range <= 0) throw invalid(`Batch has an invalid offset range: [${first}, ${last}] ${where}`);
  const count = recordCount(b, at);
  if (count <= 0) throw invalid(`Invalid reported count for record batch: ${count} ${where}`);
  if (count !== range) {
    throw invalid(
      `Inconsistent batch offset range [${first}, ${last}] and count of records ${count} ${where}`,
    );
  }
  if (isControl(b, at)) throw invalid(`Clients are not allowed to write control records ${where}`);
  if (hasProducerId(b, at) && baseSequence(b, at) < 0) {
    throw invalid(
      `Invalid sequence number ${baseSequence(b, at)} in record batch with producerId ${producerId(b, at)} ${where}`,
    );
  }
}

/** Scans the records, plain or decompressed. */
function scanRecords(b: Buffer, at: number): void {
  const end = at + sizeInBytes(b, at);
  const codec = compressionType(b, at);
  try {
    if (codec === 0) {
      scan.run(b, at + BATCH_HEADER_BYTES, end, recordCount(b, at));
    } else {
      const packed = b.subarray(at + BATCH_HEADER_BYTES, end);
      const plain = decompress(codec, packed, DEFAULT_MAX_DECOMPRESSED_BYTES);
      scan.run(plain, 0, plain.length, recordCount(b, at));
    }
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    throw new ApiError(Errors.INVALID_RECORD, error.message, { cause: error });
  }
}

/** Walks the batch again for the records that the scan found wanting, to name each. */
function refuseRecords(b: Buffer, at: number, context: ValidationContext): void {
  const errors: RecordErrorInfo[] = [];
  let badTime = false;
  const { config, nowMs } = context;
  const createTime = config.messageTimestampType === 'CreateTime';
  const cursor = new RecordCursor();
  cursor.reset(b, at);
  for (let index = 0; cursor.next(); index++) {
    if (config.compact && cursor.keyLength < 0) {
      errors.push({
        batchIndex: index,
        message: `Compacted topic cannot accept message without key in topic partition ${context.partition}`,
      });
      continue;
    }
    if (createTime && isTimeOutOfRange(cursor.timestamp, context)) {
      badTime = true;
      const earliest = BigInt(nowMs) - BigInt(config.messageTimestampBeforeMaxMs);
      const latest = BigInt(nowMs) + BigInt(config.messageTimestampAfterMaxMs);
      errors.push({
        batchIndex: index,
        message: `Timestamp ${cursor.timestamp} of message with offset ${cursor.offset} is out of range. The timestamp should be within [${earliest}, ${latest}]`,
      });
    } else if (timestampType(b, at) === TimestampType.LOG_APPEND_TIME) {
      badTime = true;
      errors.push({
        batchIndex: index,
        message: `Invalid timestamp type in message ${recordText(cursor)}. Producer should not set timestamp type to LogAppendTime.`,
      });
    }
  }
  if (errors.length === 0) return;
  if (badTime) {
    throw new RecordValidationError(
      Errors.INVALID_TIMESTAMP,
      'One or more records have been rejected due to invalid timestamp',
      errors,
    );
  }
  const shown = errors
    .slice(0, 3)
    .map((e) => `RecordError(batchIndex=${e.batchIndex}, message='${e.message}')`)
    .join(', ');
  throw new RecordValidationError(
    Errors.INVALID_RECORD,
    `One or more records have been rejected due to ${errors.length} record errors in total, and only showing the first three errors at most: [${shown}]`,
    errors,
  );
}

function recordText(cursor: RecordCursor): string {
  return `DefaultRecord(offset=${cursor.offset}, timestamp=${cursor.timestamp}, key=${Math.max(cursor.keyLength, 0)} bytes, value=${Math.max(cursor.valueLength, 0)} bytes)`;
}

function isTimeOutOfRange(timestamp: number, context: ValidationContext): boolean {
  if (timestamp === NO_TIMESTAMP) return false;
  const { config, nowMs } = context;
  return (
    nowMs - timestamp > config.messageTimestampBeforeMaxMs ||
    timestamp - nowMs > config.messageTimestampAfterMaxMs
  );
}

function needsRefusal(b: Buffer, at: number, context: ValidationContext): boolean {
  const { config } = context;
  if (config.compact && scan.firstWithoutKey >= 0) return true;
  const appendTime = timestampType(b, at) === TimestampType.LOG_APPEND_TIME;
  if (config.messageTimestampType === 'LogAppendTime') return appendTime;
  if (appendTime) return true;
  const base = baseTimestamp(b, at);
  return (
    isTimeOutOfRange(base + scan.minTimestampDelta, context) ||
    isTimeOutOfRange(base + scan.maxTimestampDelta, context)
  );
}

/** The codec that the topic wants the batch in. */
function targetCompression(b: Buffer, at: number, config: LogConfig): CompressionType {
  const source = compressionType(b, at);
  if (config.compressionType === 'producer' || isControl(b, at)) return source;
  return config.compressionType;
}

/** The largest record time: what the header must say. */
function largestTimestamp(b: Buffer, at: number, context: ValidationContext): number {
  if (context.config.messageTimestampType === 'LogAppendTime') return context.nowMs;
  if (recordCount(b, at) === 0) return maxTimestamp(b, at);
  return Math.max(baseTimestamp(b, at) + scan.maxTimestampDelta, NO_TIMESTAMP);
}

/**
 * Checks the batch at `at` and gives it the offsets from `firstOffset` on.
 * undefined when it was stamped in place; else the rebuilt batch that takes its place.
 * Throws ApiError, with the batch unchanged.
 */
export function validateBatchAndAssignOffsets(
  b: Buffer,
  at: number,
  firstOffset: number,
  context: ValidationContext,
): Buffer | undefined {
  checkBatch(b, at, context);
  scanRecords(b, at);
  if (needsRefusal(b, at, context)) refuseRecords(b, at, context);
  const target = targetCompression(b, at, context.config);
  const source = compressionType(b, at);
  if (target !== source || (source !== 0 && !scan.dense)) {
    return rebuild(b, at, firstOffset, target, context);
  }
  const appendTime = context.config.messageTimestampType === 'LogAppendTime';
  setLastOffset(b, at, firstOffset + recordCount(b, at) - 1);
  setPartitionLeaderEpoch(b, at, context.leaderEpoch);
  setMaxTimestamp(
    b,
    at,
    appendTime ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
    largestTimestamp(b, at, context),
  );
  return undefined;
}

function headersOf(cursor: RecordCursor): RecordHeader[] | null {
  if (cursor.headerCount === 0) return null;
  const headers: RecordHeader[] = [];
  while (cursor.nextHeader()) {
    const { buffer, headerKeyPosition: k, headerValuePosition: v } = cursor;
    headers.push({
      key: buffer.subarray(k, k + cursor.headerKeyLength),
      value: cursor.headerValueLength < 0 ? null : buffer.subarray(v, v + cursor.headerValueLength),
    });
  }
  return headers;
}

/** The same records with dense offsets in another codec. */
function rebuild(
  b: Buffer,
  at: number,
  firstOffset: number,
  codec: CompressionType,
  context: ValidationContext,
): Buffer {
  const level = compressionLevel(context.config, codec);
  const builder = new RecordBatchBuilder({
    compression: codec,
    initialBytes: sizeInBytes(b, at) + 512,
    ...(level === undefined ? {} : { level }),
    ...(context.pool === undefined ? {} : { pool: context.pool }),
  });
  const cursor = new RecordCursor();
  cursor.reset(b, at);
  while (cursor.next()) {
    const { buffer, keyPosition: k, valuePosition: v } = cursor;
    builder.append(
      cursor.timestamp,
      cursor.keyLength < 0 ? null : buffer,
      k,
      k + cursor.keyLength,
      cursor.valueLength < 0 ? null : buffer,
      v,
      v + cursor.valueLength,
      headersOf(cursor),
    );
  }
  const built = builder.build({
    baseOffset: firstOffset,
    partitionLeaderEpoch: context.leaderEpoch,
    producerId: producerId(b, at),
    producerEpoch: producerEpoch(b, at),
    baseSequence: baseSequence(b, at),
    transactional: isTransactional(b, at),
    ...(context.config.messageTimestampType === 'LogAppendTime'
      ? { logAppendTimeMs: context.nowMs }
      : {}),
  });
  const copy = codec === 0 ? Buffer.from(built) : built;
  builder.release();
  return copy;
}
