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

const FRAME_MAGIC = 0xfd2fb528;
/** Skippable frames: 0x184d2a50 to 0x184d2a5f. */
const SKIPPABLE_MAGIC = 0x184d2a5;

function beginsFrame(bytes: Buffer, at: number): boolean {
  if (at + 4 > bytes.length) return false;
  const magic = bytes.readUInt32LE(at);
  return magic === FRAME_MAGIC || magic >>> 4 === SKIPPABLE_MAGIC;
}

/** node:zlib stops behind the first frame and tells how far it read. */
function decompressFrame(bytes: Buffer, maxBytes: number): { buffer: Buffer; consumed: number } {
  try {
    const result = zstdDecompressSync(bytes, {
      info: true,
      maxOutputLength: maxBytes + 1,
      chunkSize: Math.min(Math.max(bytes.length * 4, 4096), 1 << 18),
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return { buffer: result.buffer, consumed: result.engine.bytesWritten };
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DecompressedTooLargeError('zstd', maxBytes);
    }
    throw new DecompressionError(`zstd data is damaged: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

export function decompressZstd(bytes: Buffer, maxBytes: number): Buffer {
  const frames: Buffer[] = [];
  let total = 0;
  let at = 0;
  do {
    if (!beginsFrame(bytes, at)) {
      throw new DecompressionError(`zstd data has no frame header at byte ${at}`);
    }
    const { buffer, consumed } = decompressFrame(
      at === 0 ? bytes : bytes.subarray(at),
      maxBytes - total,
    );
    total += buffer.length;
    if (total > maxBytes) throw new DecompressedTooLargeError('zstd', maxBytes);
    frames.push(buffer);
    at += consumed;
  } while (at < bytes.length);
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames, total);
}
