// Writes a batch of which records were taken away: the same offsets, sequences and leader epoch, and of each record that
// stays its bytes, with a new timestamp delta where the batch's base timestamp moved (MemoryRecords.filterTo).

import type { CompressionType } from '../../records/compression/compression.ts';
import { Compression, compress } from '../../records/compression/compression.ts';
import {
  attributes,
  BATCH_HEADER_BYTES,
  baseOffset,
  baseSequence,
  baseTimestamp,
  batchAttributes,
  compressionType,
  DELETE_HORIZON_BIT,
  isControl,
  isTransactional,
  lastOffsetDelta,
  magic,
  maxTimestamp,
  NO_TIMESTAMP,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  TimestampType,
  timestampType,
  writeBatchHeader,
} from '../../records/record-batch.ts';
import {
  RecordBatchBuilder,
  sizeOfUnsigned,
  sizeOfVarlong,
  writeUnsigned,
  writeVarlong,
} from '../../records/record-batch-builder.ts';
import type { RecordCursor } from '../../records/record-cursor.ts';

const INITIAL_BYTES = 1 << 20;
/** Length, attributes, timestamp and offset delta of one record. */
const MAX_RECORD_HEAD_BYTES = 5 + 1 + 10 + 5;

/** Fewer bytes than this are copied faster one by one than by a call. */
const FEW_BYTES = 48;

export class BatchWriter {
  /** Whole batches, one after another, up to `length`. */
  buffer: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  length = 0;
  #position = 0;
  #baseTimestamp = 0;
  #maxTimestamp = NO_TIMESTAMP;
  #count = 0;
  /** What the batch's timestamps count from now; a record's bytes are the same as long as that stays. */
  #sourceBaseTimestamp: number | undefined;
  /** Records of the batch that lie next to one another and go over as they are. */
  #run: Buffer | undefined;
  #runStart = 0;
  #runEnd = 0;
  #legacy: RecordBatchBuilder | undefined;
  #legacyBaseOffset = 0;
  #legacyNextOffset = 0;

  /** The batch as it is. */
  copy(b: Buffer, at: number, sizeBytes: number): void {
    this.#reserve(this.length, sizeBytes);
    b.copy(this.buffer, this.length, at, at + sizeBytes);
    this.length += sizeBytes;
  }

  /** The batch's header without records: what is left to remember a producer's last sequence, or an offset. */
  empty(b: Buffer, at: number): void {
    this.#reserve(this.length, BATCH_HEADER_BYTES);
    writeBatchHeader(this.buffer, this.length, {
      sizeInBytes: BATCH_HEADER_BYTES,
      baseOffset: baseOffset(b, at),
      partitionLeaderEpoch: partitionLeaderEpoch(b, at),
      attributes: batchAttributes(
        Compression.NONE,
        timestampType(b, at),
        isTransactional(b, at),
        isControl(b, at),
      ),
      lastOffsetDelta: lastOffsetDelta(b, at),
      baseTimestamp: NO_TIMESTAMP,
      maxTimestamp: maxTimestamp(b, at),
      producerId: producerId(b, at),
      producerEpoch: producerEpoch(b, at),
      baseSequence: baseSequence(b, at),
      recordCount: 0,
    });
    this.length += BATCH_HEADER_BYTES;
  }

  /** Begins a rebuilt batch; keep() and end() follow. `deleteHorizonMs`: -1 for none. */
  begin(b: Buffer, at: number, deleteHorizonMs: number): void {
    this.#count = 0;
    this.#maxTimestamp = NO_TIMESTAMP;
    this.#baseTimestamp = deleteHorizonMs;
    this.#position = this.length + BATCH_HEADER_BYTES;
    this.#run = undefined;
    const hasOwnTimes = timestampType(b, at) === TimestampType.CREATE_TIME;
    this.#sourceBaseTimestamp = hasOwnTimes ? baseTimestamp(b, at) : undefined;
    // Older formats go over into the present one.
    if (magic(b, at) < 2) {
      this.#legacy = new RecordBatchBuilder({ compression: compressionType(b, at) });
    }
  }

  /** Takes over the record that the cursor is at. */
  keep(cursor: RecordCursor, batchBaseOffset: number, hasDeleteHorizon: boolean): void {
    if (this.#legacy !== undefined) {
      this.#keepLegacy(this.#legacy, cursor);
      return;
    }
    if (this.#count === 0 && !hasDeleteHorizon) this.#baseTimestamp = cursor.timestamp;
    if (cursor.timestamp > this.#maxTimestamp) this.#maxTimestamp = cursor.timestamp;
    this.#count++;
    if (this.#baseTimestamp === this.#sourceBaseTimestamp) this.#keepAsItIs(cursor);
    else this.#keepWithNewTime(cursor, batchBaseOffset);
  }

  #keepAsItIs(cursor: RecordCursor): void {
    if (this.#run !== undefined && cursor.start === this.#runEnd) {
      this.#runEnd = cursor.end;
      return;
    }
    this.#endRun();
    this.#run = cursor.buffer;
    this.#runStart = cursor.start;
    this.#runEnd = cursor.end;
  }

  #endRun(): void {
    const run = this.#run;
    if (run === undefined) return;
    const bytes = this.#runEnd - this.#runStart;
    this.#reserve(this.#position, bytes);
    run.copy(this.buffer, this.#position, this.#runStart, this.#runEnd);
    this.#position += bytes;
    this.#run = undefined;
  }

  #keepWithNewTime(cursor: RecordCursor, batchBaseOffset: number): void {
    const timestampDelta = cursor.timestamp - this.#baseTimestamp;
    const offsetDelta = cursor.offset - batchBaseOffset;
    const tailBytes = cursor.end - cursor.tailPosition;
    const bodyBytes =
      1 + sizeOfVarlong(timestampDelta) + sizeOfUnsigned(offsetDelta << 1) + tailBytes;
    this.#reserve(this.#position, MAX_RECORD_HEAD_BYTES + tailBytes);
    let p = writeUnsigned(this.buffer, this.#position, bodyBytes << 1);
    this.buffer[p++] = 0;
    p = writeVarlong(this.buffer, p, timestampDelta);
    p = writeUnsigned(this.buffer, p, offsetDelta << 1);
    this.#position = copyBytes(cursor.buffer, cursor.tailPosition, cursor.end, this.buffer, p);
  }

  /** Finishes the batch: header, compression, checksum. At least one record was kept. */
  end(b: Buffer, at: number, hasDeleteHorizon: boolean): void {
    if (this.#legacy !== undefined) {
      this.#endLegacy(b, at, this.#legacy);
      return;
    }
    this.#endRun();
    const start = this.length;
    const compression = compressionType(b, at);
    if (compression !== Compression.NONE) this.#compress(compression);
    const appendTime = timestampType(b, at) === TimestampType.LOG_APPEND_TIME;
    const kept = batchAttributes(
      compression,
      timestampType(b, at),
      isTransactional(b, at),
      isControl(b, at),
    );
    writeBatchHeader(this.buffer, start, {
      sizeInBytes: this.#position - start,
      baseOffset: baseOffset(b, at),
      partitionLeaderEpoch: partitionLeaderEpoch(b, at),
      attributes: hasDeleteHorizon ? kept | DELETE_HORIZON_BIT : kept,
      lastOffsetDelta: lastOffsetDelta(b, at),
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: appendTime ? maxTimestamp(b, at) : this.#maxTimestamp,
      producerId: producerId(b, at),
      producerEpoch: producerEpoch(b, at),
      baseSequence: baseSequence(b, at),
      recordCount: this.#count,
    });
    this.length = this.#position;
  }

  #compress(compression: CompressionType): void {
    const from = this.length + BATCH_HEADER_BYTES;
    const packed = compress(compression, this.buffer.subarray(from, this.#position));
    this.#reserve(from, packed.length);
    packed.copy(this.buffer, from);
    this.#position = from + packed.length;
  }

  #keepLegacy(builder: RecordBatchBuilder, cursor: RecordCursor): void {
    if (builder.recordCount === 0) this.#legacyBaseOffset = cursor.offset;
    else builder.skipOffsets(cursor.offset - this.#legacyNextOffset);
    this.#legacyNextOffset = cursor.offset + 1;
    const [key, value] = [cursor.key(), cursor.value()];
    builder.append(
      cursor.timestamp,
      key,
      0,
      key === null ? 0 : key.length,
      value,
      0,
      value === null ? 0 : value.length,
    );
  }

  #endLegacy(b: Buffer, at: number, builder: RecordBatchBuilder): void {
    const appendTime = (attributes(b, at) & 8) !== 0 && magic(b, at) === 1;
    const built = builder.build({
      baseOffset: this.#legacyBaseOffset,
      ...(appendTime ? { logAppendTimeMs: maxTimestamp(b, at) } : {}),
    });
    this.#legacy = undefined;
    this.copy(built, 0, built.length);
  }

  #reserve(position: number, bytes: number): void {
    if (position + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(position + bytes, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, position);
    this.buffer = grown;
  }
}

/** Copies from[start, end) to to[at…); where it ends there. */
function copyBytes(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  if (end - start > FEW_BYTES) return at + from.copy(to, at, start, end);
  let p = at;
  for (let n = start; n < end; n++) to[p++] = from[n]!;
  return p;
}
