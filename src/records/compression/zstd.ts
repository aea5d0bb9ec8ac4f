// zstd through node:zlib; reads several frames one after another, with or without checksums and content sizes.

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { DecompressedTooLargeError, DecompressionError } from '../record-errors.ts';
import { decompressPart } from './zlib-part.ts';

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

export function decompressZstd(bytes: Buffer, maxBytes: number): Buffer {
  const frames: Buffer[] = [];
  let total = 0;
  let at = 0;
  do {
    if (!beginsFrame(bytes, at)) {
      throw new DecompressionError(`zstd data has no frame header at byte ${at}`);
    }
    const { buffer, consumed } = decompressPart(
      'zstd',
      zstdDecompressSync,
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
