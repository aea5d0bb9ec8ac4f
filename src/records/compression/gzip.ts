// gzip as Kafka writes and reads it (RFC 1952): several members, anything after the last one ignored.
// Members are parted here because node:zlib refuses what java.util.zip.GZIPInputStream ignores.

import { constants, gzipSync, inflateRawSync } from 'node:zlib';
import { crc32 } from '../../common/crc32.ts';
import { DecompressedTooLargeError, DecompressionError } from '../record-errors.ts';
import { decompressPart } from './zlib-part.ts';

const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/** Level -1 (the library's default) or 1..9. */
export function compressGzip(bytes: Uint8Array, level: number): Buffer {
  const out = gzipSync(bytes, { level: level === -1 ? constants.Z_DEFAULT_COMPRESSION : level });
  // Java's header: no extra flags, unknown operating system.
  out[8] = 0;
  out[9] = 0xff;
  return out;
}

/** Where the deflate stream of a member begins; -1 when there is no member header at `at`. */
function skipHeader(b: Uint8Array, at: number): number {
  if (at + 10 > b.length || b[at] !== 0x1f || b[at + 1] !== 0x8b || b[at + 2] !== 8) return -1;
  const flags = b[at + 3]!;
  let p = at + 10;
  if (flags & FLAG_EXTRA) p += 2 + (b[p]! | (b[p + 1]! << 8));
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if (flags & flag) p = b.indexOf(0, p) + 1 || b.length + 1;
  }
  if (flags & FLAG_HEADER_CRC) p += 2;
  return p <= b.length ? p : -1;
}

export function decompressGzip(bytes: Buffer, maxBytes: number): Buffer {
  let at = skipHeader(bytes, 0);
  if (at < 0) throw new DecompressionError('gzip data has no gzip header');
  const members: Buffer[] = [];
  let total = 0;
  while (at >= 0) {
    const { buffer, consumed } = decompressPart(
      'gzip',
      inflateRawSync,
      bytes.subarray(at),
      maxBytes - total,
    );
    total += buffer.length;
    if (total > maxBytes) throw new DecompressedTooLargeError('gzip', maxBytes);
    at += consumed;
    if (at + 8 > bytes.length) throw new DecompressionError('gzip data ends within its trailer');
    if (
      bytes.readUInt32LE(at) !== crc32(buffer) ||
      bytes.readUInt32LE(at + 4) !== buffer.length >>> 0
    ) {
      throw new DecompressionError('gzip data has a wrong checksum or size in its trailer');
    }
    members.push(buffer);
    at = skipHeader(bytes, at + 8);
  }
  return members.length === 1 ? members[0]! : Buffer.concat(members, total);
}
