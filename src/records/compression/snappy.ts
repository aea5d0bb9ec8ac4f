// Snappy in the xerial framing that Kafka writes (snappy-java's SnappyOutputStream); also reads a bare raw block.
// The native module only ever sees one raw block, whose claimed size has been checked against the bound.

import { loadNative } from '../../common/native.ts';
import { DecompressedTooLargeError, DecompressionError } from '../record-errors.ts';

interface Native {
  compressSync(input: Uint8Array, options: { copyOutputData: true }): Buffer;
  uncompressSync(input: Uint8Array, options: { asBuffer: true; copyOutputData: true }): Buffer;
}

const HEADER = Buffer.from('82534e415050590000000001' + '00000001', 'hex');
const MAGIC_BYTES = 8;
const BLOCK_BYTES = 32768;
/** Handing over native memory costs more than copying a block. */
const COPY = { copyOutputData: true } as const;
const COPY_AS_BUFFER = { asBuffer: true, copyOutputData: true } as const;

let native: Native | undefined;

function snappy(): Native {
  native ??= loadNative<Native>('snappy');
  return native;
}

export function compressSnappy(bytes: Buffer): Buffer {
  const parts: Buffer[] = [HEADER];
  let total = HEADER.length;
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = snappy().compressSync(bytes.subarray(at, at + BLOCK_BYTES), COPY);
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(block.length, 0);
    parts.push(length, block);
    total += 4 + block.length;
  }
  return Buffer.concat(parts, total);
}

/** The size that a raw block claims: an unsigned varint of at most 32 bits. */
function claimedBytes(block: Buffer): number {
  let value = 0;
  for (let i = 0; i < 5 && i < block.length; i++) {
    const b = block[i]!;
    value += (b & 0x7f) * 2 ** (7 * i);
    if (b < 0x80) return value;
  }
  throw new DecompressionError('snappy block has no length');
}

/** A copy element makes at most 64 bytes out of two: a claim beyond that can't be true. */
const MOST_EXPANSION = 64;

function uncompressBlock(block: Buffer, roomBytes: number, maxBytes: number): Buffer {
  const claimed = claimedBytes(block);
  if (claimed > roomBytes) throw new DecompressedTooLargeError('snappy', maxBytes);
  if (claimed > block.length * MOST_EXPANSION) {
    throw new DecompressionError(`snappy block of ${block.length} bytes claims ${claimed} bytes`);
  }
  try {
    return snappy().uncompressSync(block, COPY_AS_BUFFER);
  } catch (error) {
    throw new DecompressionError(`snappy block is damaged: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function hasHeader(bytes: Buffer, at: number): boolean {
  return (
    at + HEADER.length <= bytes.length &&
    bytes.compare(HEADER, 0, MAGIC_BYTES, at, at + MAGIC_BYTES) === 0
  );
}

export function decompressSnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!hasHeader(bytes, 0)) return uncompressBlock(bytes, maxBytes, maxBytes);
  const parts: Buffer[] = [];
  let total = 0;
  let at = HEADER.length;
  while (at < bytes.length) {
    if (hasHeader(bytes, at)) {
      at += HEADER.length;
      continue;
    }
    if (at + 4 > bytes.length) throw new DecompressionError('snappy data ends within a length');
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0 || length > bytes.length - at) {
      throw new DecompressionError(
        `snappy block length ${length} is more than the ${bytes.length - at} bytes that follow`,
      );
    }
    const block = uncompressBlock(bytes.subarray(at, at + length), maxBytes - total, maxBytes);
    parts.push(block);
    total += block.length;
    at += length;
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, total);
}
