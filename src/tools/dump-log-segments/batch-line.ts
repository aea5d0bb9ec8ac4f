// The line of one batch (DumpLogSegments.printBatchLevel): its header, where it is, whether its checksum holds.

import { compressionName } from '../../records/compression/compression.ts';
import {
  attributes,
  baseSequence,
  compressionType,
  crc,
  isControl,
  isTransactional,
  lastOffsetDelta,
  lastSequence,
  magic,
  partitionLeaderEpoch,
  producerEpoch,
  recordCount,
  type TimestampType,
  timestampType,
  verifyCrc,
} from '../../records/record-batch.ts';
import { ToolError } from '../support/java-error.ts';
import type { LineWriter } from './line-writer.ts';

const words = (text: string) => Buffer.from(text);

const BASE_OFFSET = words('baseOffset: ');
const LAST_OFFSET = words(' lastOffset: ');
const COUNT = words(' count: ');
const BASE_SEQUENCE = words(' baseSequence: ');
const LAST_SEQUENCE = words(' lastSequence: ');
const PRODUCER_ID = words(' producerId: ');
const PRODUCER_EPOCH = words(' producerEpoch: ');
const LEADER_EPOCH = words(' partitionLeaderEpoch: ');
const TRANSACTIONAL = words(' isTransactional: ');
const CONTROL = words(' isControl: ');
const NO_HORIZON = words(' deleteHorizonMs: OptionalLong.empty');
const HORIZON = words(' deleteHorizonMs: OptionalLong[');
const OFFSET = words('offset: ');
const POSITION = words(' position: ');
const SIZE = words(' size: ');
const MAGIC = words(' magic: ');
const CODEC = words(' compresscodec: ');
const CRC = words(' crc: ');
const IS_VALID = words(' isvalid: ');
const TRUE = words('true');
const FALSE = words('false');
const NONE = words('-1');

/** By timestamp type, from -1 up; with what stands after it. */
const TIMESTAMP_TYPES = ['NoTimestampType: ', 'CreateTime: ', 'LogAppendTime: '].map(words);

const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const LEGACY_TIMESTAMP_AT = 18;
const HORIZON_BIT = 64;
const SAFE_HIGH = 0x100000;

export function timestampLabel(type: TimestampType): Buffer {
  return TIMESTAMP_TYPES[type + 1]!;
}

/** `available` bytes of the batch are in the buffer, at least its header. Throws ToolError for a codec that isn't. */
export function writeBatchLine(
  out: LineWriter,
  buffer: Buffer,
  at: number,
  sizeBytes: number,
  position: number,
): void {
  const version = magic(buffer, at);
  if (version >= 2) writeModern(out, buffer, at);
  else {
    out.words(OFFSET);
    out.int64(buffer, at);
    if (version < 0) throw new ToolError(`Invalid magic value ${version}`);
  }
  const codec = compressionName(compressionType(buffer, at));
  if (codec === undefined) {
    throw new ToolError(`Unknown compression type id: ${compressionType(buffer, at)}`);
  }
  out.words(POSITION);
  out.number(position);
  out.byte(0x20);
  out.words(timestampLabel(timestampType(buffer, at)));
  if (version === 0) out.words(NONE);
  else out.int64(buffer, at + (version >= 2 ? MAX_TIMESTAMP_AT : LEGACY_TIMESTAMP_AT));
  out.words(SIZE);
  out.number(sizeBytes);
  out.words(MAGIC);
  out.number(version);
  out.words(CODEC);
  out.text(codec);
  out.words(CRC);
  out.number(crc(buffer, at));
  out.words(IS_VALID);
  out.words(verifyCrc(buffer, at) ? TRUE : FALSE);
  out.newline();
}

function writeModern(out: LineWriter, buffer: Buffer, at: number): void {
  out.words(BASE_OFFSET);
  out.int64(buffer, at);
  out.words(LAST_OFFSET);
  writeLastOffset(out, buffer, at);
  out.words(COUNT);
  out.number(recordCount(buffer, at));
  out.words(BASE_SEQUENCE);
  out.number(baseSequence(buffer, at));
  out.words(LAST_SEQUENCE);
  out.number(lastSequence(buffer, at));
  out.words(PRODUCER_ID);
  out.int64(buffer, at + PRODUCER_ID_AT);
  out.words(PRODUCER_EPOCH);
  out.number(producerEpoch(buffer, at));
  out.words(LEADER_EPOCH);
  out.number(partitionLeaderEpoch(buffer, at));
  out.words(TRANSACTIONAL);
  out.words(isTransactional(buffer, at) ? TRUE : FALSE);
  out.words(CONTROL);
  out.words(isControl(buffer, at) ? TRUE : FALSE);
  if ((attributes(buffer, at) & HORIZON_BIT) === 0) out.words(NO_HORIZON);
  else {
    out.words(HORIZON);
    out.int64(buffer, at + BASE_TIMESTAMP_AT);
    out.byte(0x5d);
  }
}

/** In 64 bits, as the sum of a damaged header may be anything. */
function writeLastOffset(out: LineWriter, buffer: Buffer, at: number): void {
  const high = buffer.readInt32BE(at);
  const delta = lastOffsetDelta(buffer, at);
  if (high >= -SAFE_HIGH && high < SAFE_HIGH) {
    out.number(high * 4294967296 + buffer.readUInt32BE(at + 4) + delta);
  } else {
    out.text(BigInt.asIntN(64, buffer.readBigInt64BE(at) + BigInt(delta)).toString());
  }
}
