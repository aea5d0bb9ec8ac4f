// Builds one magic 2 batch after another in a pooled buffer: nothing is allocated per record, and varints are written in
// line (as calls they make a record a seventh dearer).
// The records are kept plain until build(), which compresses them in one go and writes header and checksum.

import type { BufferPool } from '../common/buffer-pool.ts';
import { Compression, type CompressionType, compress } from './compression/compression.ts';
import {
  BATCH_HEADER_BYTES,
  batchAttributes,
  InvalidRecordError,
  NO_PARTITION_LEADER_EPOCH,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  NO_TIMESTAMP,
  TimestampType,
  writeBatchHeader,
} from './record-batch.ts';

export interface RecordHeader {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

export interface BuilderOptions {
  readonly compression?: CompressionType;
  readonly level?: number;
  /** What a batch may grow to before append refuses, header included; one record always fits (batch.size). */
  readonly limitBytes?: number;
  /** Room that is there from the beginning. */
  readonly initialBytes?: number;
  /** Where buffers come from and return to. */
  readonly pool?: BufferPool;
}

export interface BatchIdentity {
  readonly baseOffset?: number;
  readonly partitionLeaderEpoch?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  /** LogAppendTime with this time for all records; CreateTime when absent. */
  readonly logAppendTimeMs?: number;
  /** Past the last record's when records were left out at the end. */
  readonly lastOffsetDelta?: number;
}

const NO_HEADERS: readonly RecordHeader[] = [];
const EMPTY: Buffer = Buffer.alloc(0);
/** The widest a record's fixed fields can be: length, attributes, timestamp, offset, key, value, header count. */
const MAX_RECORD_OVERHEAD_BYTES = 5 + 1 + 10 + 5 + 5 + 5 + 5;
const SMALL_COPY_BYTES = 24;
const DEFAULT_LIMIT_BYTES = 0x7fffffff;
const TWO_28 = 268435456;

export class RecordBatchBuilder {
  readonly compression: CompressionType;
  readonly #level: number | undefined;
  readonly #limitBytes: number;
  readonly #initialBytes: number;
  readonly #pool: BufferPool | undefined;
  #buffer: Buffer = EMPTY;
  #capacity = 0;
  #position = BATCH_HEADER_BYTES;
  #count = 0;
  #nextDelta = 0;
  #baseTimestamp = NO_TIMESTAMP;
  #maxTimestamp = NO_TIMESTAMP;
  /** The compressed batch, while it isn't the plain buffer itself. */
  #packed: Buffer | undefined;

  constructor(options: BuilderOptions = {}) {
    this.compression = options.compression ?? Compression.NONE;
    this.#level = options.level;
    this.#limitBytes = options.limitBytes ?? DEFAULT_LIMIT_BYTES;
    this.#initialBytes = options.initialBytes ?? 4096;
    this.#pool = options.pool;
  }

  get recordCount(): number {
    return this.#count;
  }

  /** The batch's size so far, header included and before compression. */
  get estimatedSizeBytes(): number {
    return this.#position;
  }

  get maxTimestamp(): number {
    return this.#maxTimestamp;
  }

  get baseTimestamp(): number {
    return this.#baseTimestamp;
  }

  /** Leaves out offsets (compaction): the next record's offset delta grows by `count`. */
  skipOffsets(count: number): void {
    this.#nextDelta += count;
  }

  /**
   * Adds a record whose key and value are ranges of buffers (null: a null key or value).
   * False, and nothing added, when the batch isn't empty and would grow past the limit.
   */
  append(
    timestamp: number,
    key: Buffer | null,
    keyStart: number,
    keyEnd: number,
    value: Buffer | null,
    valueStart: number,
    valueEnd: number,
    headers: readonly RecordHeader[] | null = null,
  ): boolean {
    const keyLength = key === null ? 0 : keyEnd - keyStart;
    const valueLength = value === null ? 0 : valueEnd - valueStart;
    const headerBytes = headers === null || headers.length === 0 ? 1 : sizeOfHeaders(headers);
    const delta = this.#nextDelta;
    if (this.#count === 0) this.#baseTimestamp = timestamp;
    const timestampDelta = timestamp - this.#baseTimestamp;
    const timestampBytes = sizeOfVarlong(timestampDelta);
    const keyZigzag = key === null ? 1 : keyLength << 1;
    const valueZigzag = value === null ? 1 : valueLength << 1;
    const body =
      1 +
      timestampBytes +
      sizeOfUnsigned(delta << 1) +
      sizeOfUnsigned(keyZigzag) +
      keyLength +
      sizeOfUnsigned(valueZigzag) +
      valueLength +
      headerBytes;
    let p = this.#position;
    const most = p + body + 5;
    if (most > this.#limitBytes && this.#count > 0) {
      if (p + body + sizeOfUnsigned(body << 1) > this.#limitBytes) return false;
    }
    if (most > this.#capacity) this.#grow(most);
    const b = this.#buffer;

    let n = body << 1;
    while (n > 127) {
      b[p++] = (n & 127) | 128;
      n >>>= 7;
    }
    b[p++] = n;
    b[p++] = 0;
    if (timestampBytes === 1)
      b[p++] = timestampDelta < 0 ? -timestampDelta * 2 - 1 : timestampDelta * 2;
    else p = writeVarlong(b, p, timestampDelta);
    n = delta << 1;
    while (n > 127) {
      b[p++] = (n & 127) | 128;
      n >>>= 7;
    }
    b[p++] = n;
    n = keyZigzag;
    while (n > 127) {
      b[p++] = (n & 127) | 128;
      n >>>= 7;
    }
    b[p++] = n;
    if (keyLength > SMALL_COPY_BYTES) p += key!.copy(b, p, keyStart, keyEnd);
    else for (let k = keyStart; k < keyStart + keyLength; k++) b[p++] = key![k]!;
    n = valueZigzag;
    while (n > 127) {
      b[p++] = (n & 127) | 128;
      n >>>= 7;
    }
    b[p++] = n;
    if (valueLength > SMALL_COPY_BYTES) p += value!.copy(b, p, valueStart, valueEnd);
    else for (let k = valueStart; k < valueStart + valueLength; k++) b[p++] = value![k]!;
    if (headerBytes === 1) b[p++] = 0;
    else p = writeHeaders(b, p, headers!);

    this.#position = p;
    this.#count++;
    this.#nextDelta = delta + 1;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    return true;
  }

  /**
   * The finished batch, as a view that lives until reset() or release(). May be called again with another
   * identity (a retry under a new producer id); the records stay.
   */
  build(identity: BatchIdentity = {}): Buffer {
    if (this.#position > 0x7fffffff) throw new InvalidRecordError('Record batch exceeds 2 GiB');
    if (this.#capacity === 0) this.#grow(BATCH_HEADER_BYTES);
    const whole = this.#assemble();
    const appendTime = identity.logAppendTimeMs;
    const type =
      appendTime === undefined ? TimestampType.CREATE_TIME : TimestampType.LOG_APPEND_TIME;
    writeBatchHeader(whole, 0, {
      sizeInBytes: whole.length,
      baseOffset: identity.baseOffset ?? 0,
      partitionLeaderEpoch: identity.partitionLeaderEpoch ?? NO_PARTITION_LEADER_EPOCH,
      attributes: batchAttributes(
        this.compression,
        type,
        identity.transactional === true,
        identity.control === true,
      ),
      lastOffsetDelta: identity.lastOffsetDelta ?? Math.max(this.#nextDelta - 1, 0),
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: appendTime ?? this.#maxTimestamp,
      producerId: identity.producerId ?? NO_PRODUCER_ID,
      producerEpoch: identity.producerEpoch ?? NO_PRODUCER_EPOCH,
      baseSequence: identity.baseSequence ?? NO_SEQUENCE,
      recordCount: this.#count,
    });
    return whole;
  }

  #assemble(): Buffer {
    if (this.compression === Compression.NONE) return this.#buffer.subarray(0, this.#position);
    if (this.#packed === undefined) {
      const plain = this.#buffer.subarray(BATCH_HEADER_BYTES, this.#position);
      const packed = compress(this.compression, plain, this.#level);
      this.#packed = Buffer.allocUnsafeSlow(BATCH_HEADER_BYTES + packed.length);
      packed.copy(this.#packed, BATCH_HEADER_BYTES);
    }
    return this.#packed;
  }

  /** Empties it for the next batch; the buffer is kept and what build() returned is overwritten. */
  reset(): void {
    this.#position = BATCH_HEADER_BYTES;
    this.#count = 0;
    this.#nextDelta = 0;
    this.#baseTimestamp = NO_TIMESTAMP;
    this.#maxTimestamp = NO_TIMESTAMP;
    this.#packed = undefined;
  }

  /** As reset, and the buffer goes back to the pool. */
  release(): void {
    this.reset();
    if (this.#capacity > 0) this.#pool?.release(this.#buffer);
    this.#buffer = EMPTY;
    this.#capacity = 0;
  }

  #grow(neededBytes: number): void {
    const wanted = Math.max(
      neededBytes + MAX_RECORD_OVERHEAD_BYTES,
      this.#initialBytes,
      this.#capacity * 2,
    );
    const grown = this.#pool?.acquire(wanted) ?? Buffer.allocUnsafeSlow(wanted);
    if (this.#capacity > 0) {
      this.#buffer.copy(grown, 0, 0, this.#position);
      this.#pool?.release(this.#buffer);
    }
    this.#buffer = grown;
    this.#capacity = grown.length;
  }
}

/** A record for buildBatch. */
export interface NewRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp?: number;
  readonly headers?: readonly RecordHeader[];
}

export interface BuildBatchOptions extends BatchIdentity {
  readonly compression?: CompressionType;
  readonly level?: number;
  /** Of records that have none; -1 (no timestamp) when absent. */
  readonly timestamp?: number;
}

/** One batch of a few records, in a buffer of its own; for the control plane. */
export function buildBatch(records: readonly NewRecord[], options: BuildBatchOptions = {}): Buffer {
  const builder = new RecordBatchBuilder({
    compression: options.compression ?? Compression.NONE,
    ...(options.level === undefined ? {} : { level: options.level }),
    initialBytes: 512,
  });
  for (const { key, value, timestamp, headers } of records) {
    builder.append(
      timestamp ?? options.timestamp ?? NO_TIMESTAMP,
      key,
      0,
      key === null ? 0 : key.length,
      value,
      0,
      value === null ? 0 : value.length,
      headers ?? NO_HEADERS,
    );
  }
  return builder.build(options);
}

/** The most bytes a batch of one record takes uncompressed (Kafka's estimateBatchSizeUpperBound). */
export function batchSizeUpperBound(
  keyBytes: number,
  valueBytes: number,
  headers: readonly RecordHeader[] | null = null,
): number {
  const headerBytes = headers === null ? 1 : sizeOfHeaders(headers);
  return BATCH_HEADER_BYTES + 21 + 10 + keyBytes + valueBytes + headerBytes;
}

/** Bytes of an unsigned varint; the argument is taken as unsigned 32 bits. */
export function sizeOfUnsigned(value: number): number {
  const v = value >>> 0;
  if (v < 128) return 1;
  if (v < 16384) return 2;
  if (v < 2097152) return 3;
  return v < TWO_28 ? 4 : 5;
}

/** Bytes of a zigzag varlong. */
export function sizeOfVarlong(value: number): number {
  let n = value < 0 ? -value * 2 - 1 : value * 2;
  let bytes = 1;
  while (n > 127) {
    n = Math.floor(n / 128);
    bytes++;
  }
  return bytes;
}

/** Writes a zigzag varlong; returns the position behind it. */
export function writeVarlong(b: Buffer, at: number, value: number): number {
  let p = at;
  // Exact for |value| < 2^52, which is more than 140,000 years of milliseconds.
  let n = value < 0 ? -value * 2 - 1 : value * 2;
  while (n >= TWO_28) {
    b[p++] = (n % 128) | 128;
    n = Math.floor(n / 128);
  }
  while (n > 127) {
    b[p++] = (n & 127) | 128;
    n >>>= 7;
  }
  b[p++] = n;
  return p;
}

/** Writes an unsigned varint of 32 bits; returns the position behind it. */
export function writeUnsigned(b: Buffer, at: number, value: number): number {
  let p = at;
  let n = value >>> 0;
  while (n > 127) {
    b[p++] = (n & 127) | 128;
    n >>>= 7;
  }
  b[p++] = n;
  return p;
}

function sizeOfHeaders(headers: readonly RecordHeader[]): number {
  let bytes = sizeOfUnsigned(headers.length << 1);
  for (const { key, value } of headers) {
    bytes += sizeOfUnsigned(key.length << 1) + key.length;
    bytes += value === null ? 1 : sizeOfUnsigned(value.length << 1) + value.length;
  }
  return bytes;
}

function writeHeaders(b: Buffer, at: number, headers: readonly RecordHeader[]): number {
  let p = writeUnsigned(b, at, headers.length << 1);
  for (const { key, value } of headers) {
    p = writeUnsigned(b, p, key.length << 1);
    p += key.copy(b, p);
    p = writeUnsigned(b, p, value === null ? 1 : value.length << 1);
    if (value !== null) p += value.copy(b, p);
  }
  return p;
}
