// One part (a gzip member's body, a zstd frame) of what was compressed in several, through node:zlib, which stops
// behind it and tells how far it read.

import type { ZlibOptions } from 'node:zlib';
import { DecompressedTooLargeError, DecompressionError } from '../record-errors.ts';

export interface Part {
  readonly buffer: Buffer;
  /** Bytes of the input. */
  readonly consumed: number;
}

type PartOptions = Pick<ZlibOptions, 'info' | 'maxOutputLength' | 'chunkSize'>;

/** Throws DecompressedTooLargeError beyond `maxBytes`, DecompressionError where the bytes are damaged. */
export function decompressPart(
  codec: 'gzip' | 'zstd',
  decompress: (bytes: Uint8Array, options: PartOptions) => unknown,
  bytes: Uint8Array,
  maxBytes: number,
): Part {
  try {
    const result = decompress(bytes, {
      info: true,
      maxOutputLength: maxBytes + 1,
      chunkSize: Math.min(Math.max(bytes.length * 4, 4096), 1 << 18),
    }) as { buffer: Buffer; engine: { bytesWritten: number } };
    return { buffer: result.buffer, consumed: result.engine.bytesWritten };
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DecompressedTooLargeError(codec, maxBytes);
    }
    throw new DecompressionError(`${codec} data is damaged: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
