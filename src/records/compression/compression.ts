// The codecs of record batches by their number in the attributes: one call to compress, one bounded call to decompress.
// Never allocates on a claim alone: every size is checked against the bytes that are there and the caller's bound.

import { DecompressionError } from '../record-errors.ts';
import { compressGzip, decompressGzip } from './gzip.ts';
import { compressLz4, decompressLz4 } from './lz4.ts';
import { compressSnappy, decompressSnappy } from './snappy.ts';
import { compressZstd, decompressZstd } from './zstd.ts';

export const Compression = { NONE: 0, GZIP: 1, SNAPPY: 2, LZ4: 3, ZSTD: 4 } as const;
/** Bits 0-2 of a batch's attributes; 5, 6 and 7 mean nothing. */
export type CompressionType = 0 | 1 | 2 | 3 | 4;

const NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type CompressionName = (typeof NAMES)[number];

/** What one compressed batch may decompress to unless the caller says otherwise. */
export const DEFAULT_MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;

/** Kafka's defaults of compression.<codec>.level. */
const DEFAULT_LEVELS = [0, -1, 0, 9, 3] as const;

export function compressionName(type: number): CompressionName | undefined {
  return NAMES[type];
}

export function compressionByName(name: string): CompressionType | undefined {
  const index = NAMES.indexOf(name as CompressionName);
  return index < 0 ? undefined : (index as CompressionType);
}

/** `level` has Kafka's meaning for gzip and zstd; snappy has none and lz4 ignores it. */
export function compress(type: CompressionType, bytes: Buffer, level?: number, magic = 2): Buffer {
  const effective = level ?? DEFAULT_LEVELS[type];
  switch (type) {
    case Compression.NONE:
      return bytes;
    case Compression.GZIP:
      return compressGzip(bytes, effective);
    case Compression.SNAPPY:
      return compressSnappy(bytes);
    case Compression.LZ4:
      return compressLz4(bytes, magic);
    case Compression.ZSTD:
      return compressZstd(bytes, effective);
  }
}

/** Throws DecompressionError; DecompressedTooLargeError when it would be more than `maxBytes`. */
export function decompress(
  type: number,
  bytes: Buffer,
  maxBytes: number = DEFAULT_MAX_DECOMPRESSED_BYTES,
  magic = 2,
): Buffer {
  switch (type) {
    case Compression.NONE:
      return bytes;
    case Compression.GZIP:
      return decompressGzip(bytes, maxBytes);
    case Compression.SNAPPY:
      return decompressSnappy(bytes, maxBytes);
    case Compression.LZ4:
      return decompressLz4(bytes, maxBytes, magic);
    case Compression.ZSTD:
      return decompressZstd(bytes, maxBytes);
    default:
      throw new DecompressionError(`Unknown compression type id: ${type}`);
  }
}
