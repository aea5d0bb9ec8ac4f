// Cuts a stream of chunks into frames: int32 size, then as many bytes (docs/formats/framing.md).
// A frame that lies within one chunk is a view on it; one that spans several is copied once, into memory that grows
// with what arrives, never with what the size claims. It knows nothing of what is in a frame.

import { MalformedError } from './codec-errors.ts';

const SIZE_BYTES = 4;
/** A frame that spans chunks gets this much memory, or twice what is there of it, before its other bytes come. */
const FIRST_ALLOCATION_BYTES = 16 * 1024;
const NOTHING: Buffer = Buffer.alloc(0);

export class FrameSplitter {
  readonly #maxFrameBytes: number;
  /** Chunks not yet looked at, from `head` on; what was taken is dropped in batches. */
  #queue: Buffer[] = [];
  #head = 0;
  #chunk: Buffer = NOTHING;
  #at = 0;
  #sizeSoFar = 0;
  #sizeBytesSeen = 0;
  #partial: Buffer | undefined;
  #partialBytes = 0;
  #frameBytes = 0;
  #buffered = 0;

  /** Frames of more than `maxFrameBytes` (socket.request.max.bytes) are refused as soon as their size is known. */
  constructor(maxFrameBytes = 0x7fffffff) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Bytes pushed and not yet returned in a frame. */
  get bufferedBytes(): number {
    return this.#buffered;
  }

  /** Takes a chunk over; it must not change afterwards. */
  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#queue.push(chunk);
    this.#buffered += chunk.length;
  }

  /**
   * The next complete frame without its size, undefined when more bytes are needed.
   * Throws MalformedError for a size that is negative or too large; the stream is then of no more use.
   */
  next(): Buffer | undefined {
    for (;;) {
      if (this.#at === this.#chunk.length && !this.#nextChunk()) return undefined;
      if (this.#partial !== undefined) {
        if (this.#fill()) return this.#takePartial();
      } else if (this.#readSize()) {
        if (this.#chunk.length - this.#at >= this.#frameBytes) return this.#takeInPlace();
        const expected = Math.max(2 * this.#buffered, FIRST_ALLOCATION_BYTES);
        this.#partial = allocate(Math.min(this.#frameBytes, expected));
        this.#partialBytes = 0;
      }
    }
  }

  #nextChunk(): boolean {
    if (this.#head === this.#queue.length) {
      if (this.#head > 0) this.#queue = [];
      this.#head = 0;
      return false;
    }
    this.#chunk = this.#queue[this.#head]!;
    this.#at = 0;
    this.#head++;
    if (this.#head === 1024) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return true;
  }

  /** True when all four bytes were seen. */
  #readSize(): boolean {
    while (this.#sizeBytesSeen < SIZE_BYTES) {
      if (this.#at === this.#chunk.length) return false;
      this.#sizeSoFar = (this.#sizeSoFar << 8) | this.#chunk[this.#at]!;
      this.#at++;
      this.#sizeBytesSeen++;
    }
    const size = this.#sizeSoFar;
    this.#sizeBytesSeen = 0;
    this.#sizeSoFar = 0;
    if (size < 0) throw new MalformedError(`Invalid receive (size = ${size})`, 0);
    if (size > this.#maxFrameBytes) {
      throw new MalformedError(
        `Invalid receive (size = ${size} larger than ${this.#maxFrameBytes})`,
        0,
      );
    }
    this.#frameBytes = size;
    return true;
  }

  #takeInPlace(): Buffer {
    const frame = this.#chunk.subarray(this.#at, this.#at + this.#frameBytes);
    this.#at += this.#frameBytes;
    this.#buffered -= this.#frameBytes + SIZE_BYTES;
    this.#release();
    return frame;
  }

  #takePartial(): Buffer {
    const frame = this.#partial!;
    this.#partial = undefined;
    this.#buffered -= this.#frameBytes + SIZE_BYTES;
    this.#release();
    return frame;
  }

  /** A chunk that was used up isn't held on to while the connection is idle. */
  #release(): void {
    if (this.#at < this.#chunk.length) return;
    this.#chunk = NOTHING;
    this.#at = 0;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
  }

  /** Copies what the chunk has of the frame; true when the frame is complete. */
  #fill(): boolean {
    const wanted = Math.min(this.#frameBytes - this.#partialBytes, this.#chunk.length - this.#at);
    this.#growTo(this.#partialBytes + wanted);
    this.#chunk.copy(this.#partial!, this.#partialBytes, this.#at, this.#at + wanted);
    this.#partialBytes += wanted;
    this.#at += wanted;
    return this.#partialBytes === this.#frameBytes;
  }

  // Doubling keeps the copying linear, whatever the sizes of the chunks.
  #growTo(bytes: number): void {
    const old = this.#partial!;
    if (bytes <= old.length) return;
    const capacity = Math.min(this.#frameBytes, Math.max(bytes, old.length * 2));
    const grown = Buffer.allocUnsafeSlow(capacity);
    old.copy(grown, 0, 0, this.#partialBytes);
    this.#partial = grown;
  }
}

/** Node's pool has room for three of the larger ones in 64 KiB, and a slow peer would hold on to all of it. */
function allocate(sizeBytes: number): Buffer {
  return sizeBytes < FIRST_ALLOCATION_BYTES
    ? Buffer.allocUnsafe(sizeBytes)
    : Buffer.allocUnsafeSlow(sizeBytes);
}
