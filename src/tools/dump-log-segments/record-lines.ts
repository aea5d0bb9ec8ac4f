// The lines of one batch's records (DumpLogSegments.dumpBatchRecords), straight from the batch's bytes.
// A compressed batch is read to its end before its first line is written, as Kafka does; others as far as they go.

import { readInt64 } from '../../common/int64.ts';
import { decompress } from '../../records/compression/compression.ts';
import {
  BATCH_HEADER_BYTES,
  compressionType,
  isControl,
  magic,
  sizeInBytes,
  TimestampType,
  timestampType,
} from '../../records/record-batch.ts';
import { RecordCursor } from '../../records/record-cursor.ts';
import { ToolError } from '../support/java-error.ts';
import { timestampLabel } from './batch-line.ts';
import { writeControlRecord } from './control-records.ts';
import { exactOffset, exactTimestamp, isPlainOffset, isPlainTimestamp } from './exact-numbers.ts';
import type { Findings } from './findings.ts';
import { LegacyRecords } from './legacy-records.ts';
import { LinePattern } from './line-pattern.ts';
import type { LineWriter } from './line-writer.ts';
import type { RecordParser } from './record-parser.ts';

const OFFSET = Buffer.from('| offset: ');
const KEY_SIZE = Buffer.from(' keySize: ');
const VALUE_SIZE = Buffer.from(' valueSize: ');
const SEQUENCE = Buffer.from(' sequence: ');
const HEADER_KEYS = Buffer.from(' headerKeys: [');
const LEGACY_VALID = Buffer.from(' isValid: true crc: ');
const LEGACY_INVALID = Buffer.from(' isValid: false crc: ');
/** Of a record without headers, with all its numbers as long as they get. */
const LONGEST_HEAD = 256;
const COMMA = 0x2c;
const CLOSE = 0x5d;
const SPACE = 0x20;

/** What one batch may decompress to: far beyond what a broker takes. */
const MAX_DECOMPRESSED_BYTES = 1 << 29;
const ATTRIBUTES_AT = 21;
const BASE_TIMESTAMP_AT = 27;

export interface RecordLineOptions {
  readonly isMetadataSkipped: boolean;
  /** Absent: --deep-iteration alone. */
  readonly parser: RecordParser | undefined;
}

export class RecordLines {
  readonly #out: LineWriter;
  readonly #options: RecordLineOptions;
  readonly #findings: Findings;
  readonly #path: string;
  readonly #cursor = new RecordCursor(MAX_DECOMPRESSED_BYTES);
  /** A compressed batch as it was before it was compressed. */
  #plain: Buffer = Buffer.alloc(0);
  #legacy: LegacyRecords | undefined;
  #headerKeys = new Int32Array(32);
  #lastOffset = -1;
  readonly #pattern = new LinePattern();
  /** Of the batch whose records are written. */
  #version = 2;
  #isControl = false;
  #batch: Buffer = this.#plain;
  #batchAt = 0;
  /** Its bases are within what doubles add up exactly. */
  #isPlain = true;
  #timestampLabel: Buffer = timestampLabel(0);

  constructor(out: LineWriter, options: RecordLineOptions, findings: Findings, path: string) {
    this.#out = out;
    this.#options = options;
    this.#findings = findings;
    this.#path = path;
  }

  /** Throws CorruptRecordError, ToolError. */
  write(buffer: Buffer, at: number): void {
    this.#begin(buffer, at);
    try {
      if (this.#version < 2) this.#writeLegacy(buffer, at);
      else if (compressionType(buffer, at) === 0) this.#writeBatch(buffer, at);
      else {
        const plain = this.#decompressed(buffer, at);
        this.#readAll(plain, 0);
        this.#writeBatch(plain, 0);
      }
    } finally {
      if (!this.#out.settle()) this.#pattern.forget();
    }
  }

  #begin(buffer: Buffer, at: number): void {
    const label = timestampLabel(timestampType(buffer, at));
    if (label !== this.#timestampLabel) this.#pattern.forget();
    this.#timestampLabel = label;
    this.#version = magic(buffer, at);
    this.#isControl = isControl(buffer, at);
  }

  #writeLegacy(buffer: Buffer, at: number): void {
    this.#legacy ??= new LegacyRecords(MAX_DECOMPRESSED_BYTES);
    const records = this.#legacy;
    records.reset(buffer, at);
    while (records.next()) {
      this.#noteOffset(records.offset);
      if (!this.#options.isMetadataSkipped) this.#writeLegacyMetadata(records);
      this.#writeLegacyContent(records);
      this.#out.newline();
    }
  }

  #writeLegacyContent(record: LegacyRecords): void {
    const { isMetadataSkipped, parser } = this.#options;
    if (parser === undefined) return;
    try {
      record.readContent();
    } catch (error) {
      if (parser.writeUnreadable === undefined) throw error;
      parser.writeUnreadable(record, error, isMetadataSkipped, this.#out);
      return;
    }
    parser.write(record, isMetadataSkipped, this.#out);
  }

  #writeBatch(buffer: Buffer, at: number): void {
    const cursor = this.#cursor;
    cursor.reset(buffer, at);
    this.#batch = buffer;
    this.#batchAt = at;
    this.#isPlain =
      isPlainOffset(readInt64(buffer, at)) &&
      isPlainTimestamp(readInt64(buffer, at + BASE_TIMESTAMP_AT));
    const end = at + sizeInBytes(buffer, at);
    for (let left = buffer.readInt32BE(at + 57); left > 0 && cursor.next(); left -= 1) {
      const headers = cursor.headerCount === 0 ? 0 : this.#readHeaders();
      // Kafka looks at what is left before it hands out the last record.
      if (left === 1) this.#checkEnd(end);
      this.#writeRecord(headers);
    }
  }

  #checkEnd(end: number): void {
    const { headerCount, headerValuePosition, headerValueLength } = this.#cursor;
    const { valuePosition, valueLength } = this.#cursor;
    const recordEnd =
      headerCount === 0
        ? valuePosition + Math.max(valueLength, 0) + 1
        : headerValuePosition + Math.max(headerValueLength, 0);
    if (recordEnd === end) return;
    throw new ToolError(
      'Incorrect declared batch size, records still remaining in file',
      'org.apache.kafka.common.InvalidRecordException',
    );
  }

  /** All headers are read before the line begins; returns how many there are. */
  #readHeaders(): number {
    const cursor = this.#cursor;
    let count = 0;
    while (cursor.nextHeader()) {
      if (2 * count + 1 >= this.#headerKeys.length) this.#growHeaderKeys();
      this.#headerKeys[2 * count] = cursor.headerKeyPosition;
      this.#headerKeys[2 * count + 1] = cursor.headerKeyLength;
      count += 1;
    }
    return count;
  }

  #growHeaderKeys(): void {
    const grown = new Int32Array(this.#headerKeys.length * 2);
    grown.set(this.#headerKeys);
    this.#headerKeys = grown;
  }

  /** Throws what reading the batch to its end throws. */
  #readAll(buffer: Buffer, at: number): void {
    const cursor = this.#cursor;
    cursor.reset(buffer, at);
    while (cursor.next()) {
      while (cursor.nextHeader());
    }
  }

  #decompressed(buffer: Buffer, at: number): Buffer {
    const packed = buffer.subarray(at + BATCH_HEADER_BYTES, at + sizeInBytes(buffer, at));
    const records = decompress(compressionType(buffer, at), packed, MAX_DECOMPRESSED_BYTES);
    const size = BATCH_HEADER_BYTES + records.length;
    if (this.#plain.length < size) this.#plain = Buffer.allocUnsafeSlow(size * 2);
    const plain = this.#plain;
    buffer.copy(plain, 0, at, at + BATCH_HEADER_BYTES);
    records.copy(plain, BATCH_HEADER_BYTES);
    plain.writeInt32BE(size - 12, 8);
    plain.writeInt16BE(buffer.readInt16BE(at + ATTRIBUTES_AT) & ~7, ATTRIBUTES_AT);
    return plain;
  }

  #writeRecord(headers: number): void {
    const cursor = this.#cursor;
    const { isMetadataSkipped, parser } = this.#options;
    this.#noteOffset(cursor.offset);
    if (!isMetadataSkipped) {
      this.#writeMetadata(headers);
      if (this.#isControl) writeControlRecord(cursor, this.#out);
    }
    if (parser !== undefined && !this.#isControl)
      parser.write(cursor, isMetadataSkipped, this.#out);
    this.#out.newline();
  }

  #noteOffset(offset: number): void {
    if (offset !== this.#lastOffset + 1) {
      this.#findings.nonConsecutive(this.#path, this.#lastOffset, offset);
    }
    this.#lastOffset = offset;
  }

  #writeMetadata(headers: number): void {
    const cursor = this.#cursor;
    const out = this.#out;
    const sink = out.out;
    // All of it in one piece, so that it can be the pattern of the next.
    out.ensure(LONGEST_HEAD);
    if (headers === 0 && this.#pattern.repeat(sink, cursor)) return;
    const start = sink.position;
    out.words(OFFSET);
    const isPlain = this.#isPlain && isPlainTimestamp(cursor.timestamp);
    if (isPlain) out.number(cursor.offset);
    else out.text(String(exactOffset(this.#batch, this.#batchAt, cursor)));
    const offsetEnd = sink.position;
    out.byte(SPACE);
    out.words(this.#timestampLabel);
    if (isPlain) out.number(cursor.timestamp);
    else out.text(String(this.#exactTimestamp()));
    const timestampEnd = sink.position;
    this.#writeSizes(cursor.keyLength, cursor.valueLength);
    out.words(SEQUENCE);
    out.number(cursor.sequence);
    const sequenceEnd = sink.position;
    out.words(HEADER_KEYS);
    for (let index = 0; index < headers; index += 1) {
      if (index > 0) out.byte(COMMA);
      out.utf8(cursor.buffer, this.#headerKeys[2 * index]!, this.#headerKeys[2 * index + 1]!);
    }
    out.byte(CLOSE);
    if (headers > 0) return;
    if (!isPlain) {
      this.#pattern.forget();
      return;
    }
    this.#pattern.keep(sink, cursor, start, offsetEnd, timestampEnd, sequenceEnd);
  }

  #exactTimestamp(): bigint {
    const isAppendTime = this.#timestampLabel === timestampLabel(TimestampType.LOG_APPEND_TIME);
    return exactTimestamp(this.#batch, this.#batchAt, this.#cursor, isAppendTime);
  }

  /** All of it is read before any is written. The checksum is of the message itself, not of what it was wrapped in. */
  #writeLegacyMetadata(record: LegacyRecords): void {
    const out = this.#out;
    record.readTimestamp();
    const keySize = record.keySize();
    const valueSize = record.valueSize();
    out.words(OFFSET);
    out.text(String(record.exactOffset));
    out.byte(SPACE);
    out.words(this.#timestampLabel);
    out.text(String(record.timestamp));
    this.#writeSizes(keySize, valueSize);
    out.words(record.isValid ? LEGACY_VALID : LEGACY_INVALID);
    out.number(record.crc);
  }

  #writeSizes(keySize: number, valueSize: number): void {
    const out = this.#out;
    out.words(KEY_SIZE);
    out.number(keySize);
    out.words(VALUE_SIZE);
    out.number(valueSize);
  }
}
