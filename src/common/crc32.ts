// CRC-32 (IEEE): the checksum of messages with magic 0 and 1 and of gzip members.

import { crc32 as zlibCrc32 } from 'node:zlib';

/** Unsigned CRC-32 of buffer[start, end), going on from `seed`. */
export function crc32(
  buffer: Uint8Array,
  start = 0,
  end: number = buffer.length,
  seed = 0,
): number {
  return zlibCrc32(buffer.subarray(start, end), seed);
}
