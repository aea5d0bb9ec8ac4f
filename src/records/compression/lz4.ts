// The lz4 frame as Kafka writes and reads it (Lz4BlockOutputStream / Lz4BlockInputStream): independent blocks,
// content checksums ignored, nothing read after the end mark. Raw blocks go through the native module;
// it has no HC mode, so every level gives the fast compressor's bytes.

import { loadNative } from '../../common/native.ts';
import { xxhash32 } from '../../common/xxhash32.ts';
import { DecompressedTooLargeError, DecompressionError } from '../record-errors.ts';

interface Native {
  /** The result begins with the uncompressed size as an int32, little-endian. */
  compressSync(data: Uint8Array): Buffer;
  uncompressSync(data: Uint8Array): Buffer;
}

const MAGIC = 0x184d2204;
const BLOCK_BYTES = 65536;
const STORED = 0x80000000;
const SIZE_BYTES = 4;

let native: Native | undefined;

function lz4(): Native {
  native ??= loadNative<Native>('lz4-napi');
  return native;
}

function frameHeader(magic: number): Buffer {
  const header = Buffer.from('04224d18604000', 'hex');
  header[6] = headerChecksum(header, 0, 6, magic === 0);
  return header;
}

/** Magic 0's sum also runs over the frame's own magic number (KAFKA-3160). */
function headerChecksum(b: Buffer, at: number, end: number, overMagic: boolean): number {
  return (xxhash32(b, overMagic ? at : at + 4, end) >>> 8) & 0xff;
}

/** `magic` is that of the message whose value this is. */
export function compressLz4(bytes: Buffer, magic: number): Buffer {
  const parts: Buffer[] = [frameHeader(magic)];
  let total = 7;
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    const packed = lz4().compressSync(block);
    const length = packed.length - SIZE_BYTES;
    if (length < block.length) {
      // The native module's size field is where the frame's block length belongs.
      packed.writeInt32LE(length, 0);
      parts.push(packed);
      total += packed.length;
    } else {
      const stored = Buffer.allocUnsafe(4);
      stored.writeUInt32LE((block.length | STORED) >>> 0, 0);
      parts.push(stored, block);
      total += 4 + block.length;
    }
  }
  parts.push(Buffer.alloc(4));
  return Buffer.concat(parts, total + 4);
}

interface Frame {
  readonly blocksAt: number;
  readonly blockBytes: number;
  readonly blockChecksums: boolean;
}

function readFrameHeader(b: Buffer, magic: number): Frame {
  if (b.length < 7) throw new DecompressionError('lz4 frame ends within its header');
  if (b.readUInt32LE(0) !== MAGIC)
    throw new DecompressionError('lz4 frame has a wrong magic number');
  const flags = b[4]!;
  const descriptor = b[5]!;
  if (flags >>> 6 !== 1)
    throw new DecompressionError(`lz4 frame has version ${flags >>> 6}, not 1`);
  if ((flags & 0x20) === 0) throw new DecompressionError('lz4 frame has dependent blocks');
  if ((flags & 0x03) !== 0) throw new DecompressionError('lz4 frame has reserved flags set');
  const size = (descriptor >>> 4) & 7;
  if (size < 4 || (descriptor & 0x8f) !== 0) {
    throw new DecompressionError(`lz4 frame has the block descriptor ${descriptor}`);
  }
  const checksumAt = (flags & 0x08) !== 0 ? 14 : 6;
  if (b.length <= checksumAt) throw new DecompressionError('lz4 frame ends within its header');
  if (magic > 0 && headerChecksum(b, 0, checksumAt, false) !== b[checksumAt]) {
    throw new DecompressionError('lz4 frame has a wrong header checksum');
  }
  return {
    blocksAt: checksumAt + 1,
    blockBytes: 1 << (2 * size + 8),
    blockChecksums: (flags & 0x10) !== 0,
  };
}

/** The native module wants the size before the block, so the block is copied behind one. */
function uncompressBlock(block: Buffer, blockBytes: number): Buffer {
  // lz4 makes at most 255 bytes out of one: a smaller claim spares memory for small blocks.
  const most = Math.min(blockBytes, block.length * 255 + 64);
  const input = Buffer.allocUnsafe(SIZE_BYTES + block.length);
  input.writeUInt32LE(most, 0);
  block.copy(input, SIZE_BYTES);
  try {
    return lz4().uncompressSync(input);
  } catch (error) {
    throw new DecompressionError(`lz4 block is damaged: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

export function decompressLz4(bytes: Buffer, maxBytes: number, magic: number): Buffer {
  const frame = readFrameHeader(bytes, magic);
  const parts: Buffer[] = [];
  let total = 0;
  let at = frame.blocksAt;
  for (;;) {
    if (at + 4 > bytes.length) throw new DecompressionError('lz4 frame has no end mark');
    const field = bytes.readUInt32LE(at);
    at += 4;
    if (field === 0) break;
    const length = field & 0x7fffffff;
    const checksumBytes = frame.blockChecksums ? 4 : 0;
    if (length > frame.blockBytes || length + checksumBytes > bytes.length - at) {
      throw new DecompressionError(
        `lz4 block length ${length} is more than the frame's blocks or the bytes that follow hold`,
      );
    }
    const block = bytes.subarray(at, at + length);
    at += length;
    if (frame.blockChecksums) {
      if (xxhash32(block) !== bytes.readUInt32LE(at)) {
        throw new DecompressionError('lz4 block has a wrong checksum');
      }
      at += 4;
    }
    const plain = field >= STORED ? block : uncompressBlock(block, frame.blockBytes);
    total += plain.length;
    if (total > maxBytes) throw new DecompressedTooLargeError('lz4', maxBytes);
    parts.push(plain);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, total);
}
