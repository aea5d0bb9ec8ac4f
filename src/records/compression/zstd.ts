// zstd through node:zlib; reads several frames one after another, with or without checksums and content sizes.

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { DecompressedTooLargeError, DecompressionError } from '../record-errors.ts';

/** Level -131072..22. */
export function compressZstd(bytes: Uint8Array, level: number): Buffer {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    chunkSize: Math.min(Math.max(bytes.length, 4096), 1 << 18),
  });
}

export function decompressZstd(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== 0xfd2fb528) {
    throw new DecompressionError('zstd data has no frame header');
  }
  let out: Buffer;
  try {
    out = zstdDecompressSync(bytes, {
      maxOutputLength: maxBytes + 1,
      chunkSize: Math.min(Math.max(bytes.length * 4, 4096), 1 << 18),
    });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DecompressedTooLargeError('zstd', maxBytes);
    }
    throw new DecompressionError(`zstd data is damaged: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (out.length > maxBytes) throw new DecompressedTooLargeError('zstd', maxBytes);
  return out;
}
