// Requests out of a connection's bytes: int32 size, then as many bytes. A large one is read by the system straight into
// pooled memory of its own; a small one is copied out of the scratch memory that all connections share.
// Memory grows with what arrives, never with what a size claims. Knows nothing of what is in a frame.

import type { BufferPool } from '../common/buffer-pool.ts';
import { MalformedError } from '../protocol/codec-errors.ts';

const SIZE_BYTES = 4;
/** The first memory for a frame that doesn't come at once; it doubles as it fills. */
const FIRST_MEMORY_BYTES = 16 * 1024;
/** A client whose frames were as large gets as much at once: up to this. */
const TRUSTED_MEMORY_BYTES = 2 * 1024 * 1024;
/** Smaller frames don't come from the pool: Node has one for them. */
const LEAST_POOLED_BYTES = 4096;

interface Frame {
  readonly bytes: Buffer;
  /** To be given back to the pool. */
  readonly memory: Buffer | undefined;
}

export class FrameReceiver {
  /** Frames of more are refused as soon as their size is known. */
  maxFrameBytes: number;
  readonly #pool: BufferPool;
  readonly #ready: Frame[] = [];
  #readyBytes = 0;
  #size = 0;
  #sizeBytesSeen = 0;
  #memory: Buffer | undefined;
  #memoryFilled = 0;
  #frameBytes = 0;
  #largestFrameBytes = 0;
  #target: Buffer | undefined;
  #lent: Buffer | undefined;

  constructor(maxFrameBytes: number, pool: BufferPool) {
    this.maxFrameBytes = maxFrameBytes;
    this.#pool = pool;
  }

  /** Memory held by frames that are complete or on the way. */
  get heldBytes(): number {
    return this.#readyBytes + (this.#memory?.length ?? 0) + this.#sizeBytesSeen;
  }

  /** Frames that wait to be taken. */
  get pendingBytes(): number {
    return this.#readyBytes;
  }

  /** Where the next bytes of an unfinished frame belong; undefined when none is on the way. */
  nextTarget(): Buffer | undefined {
    if (this.#memory === undefined) {
      this.#target = undefined;
      return undefined;
    }
    if (this.#memoryFilled === this.#memory.length) this.#grow(this.#memory);
    const end = Math.min(this.#memory.length, this.#frameBytes);
    this.#target = this.#memory.subarray(this.#memoryFilled, end);
    return this.#target;
  }

  /**
   * `count` bytes came into `memory`: the target, or other memory that is only valid during the call.
   * Throws MalformedError for a size that is negative or too large; the stream is then of no more use.
   */
  filled(memory: Buffer, count: number): void {
    if (memory === this.#target) {
      this.#memoryFilled += count;
      if (this.#memoryFilled === this.#frameBytes) this.#complete();
    } else {
      this.#parse(memory, count);
    }
  }

  /** The next complete frame. The one before it may be overwritten from now on if it was released. */
  next(): Buffer | undefined {
    const frame = this.#ready.shift();
    this.#lent = frame?.memory;
    if (frame === undefined) return undefined;
    this.#readyBytes -= frame.bytes.length;
    return frame.bytes;
  }

  /** Nobody looks at the last frame any more. */
  releaseFrame(): void {
    if (this.#lent === undefined) return;
    this.#pool.release(this.#lent);
    this.#lent = undefined;
  }

  #parse(bytes: Buffer, count: number): void {
    let at = 0;
    while (at < count) {
      if (this.#memory === undefined) {
        at = this.#readSize(bytes, at, count);
        if (this.#sizeBytesSeen < SIZE_BYTES) return;
        this.#begin(count - at);
      }
      const memory = this.#memory as Buffer | undefined;
      if (memory === undefined) continue;
      const wanted = Math.min(this.#frameBytes - this.#memoryFilled, count - at);
      if (this.#memoryFilled + wanted > memory.length) {
        this.#grow(memory, this.#memoryFilled + wanted);
      }
      bytes.copy(this.#memory as Buffer, this.#memoryFilled, at, at + wanted);
      this.#memoryFilled += wanted;
      at += wanted;
      if (this.#memoryFilled === this.#frameBytes) this.#complete();
    }
  }

  #readSize(bytes: Buffer, from: number, count: number): number {
    let at = from;
    while (this.#sizeBytesSeen < SIZE_BYTES && at < count) {
      this.#size = (this.#size << 8) | bytes[at]!;
      this.#sizeBytesSeen++;
      at++;
    }
    return at;
  }

  /** The size is known; `availableBytes` of the frame are at hand. */
  #begin(availableBytes: number): void {
    const size = this.#size;
    this.#size = 0;
    this.#sizeBytesSeen = 0;
    if (size < 0) throw new MalformedError(`Invalid receive (size = ${size})`, 0);
    if (size > this.maxFrameBytes) {
      throw new MalformedError(
        `Invalid receive (size = ${size} larger than ${this.maxFrameBytes})`,
        0,
      );
    }
    this.#frameBytes = size;
    this.#memoryFilled = 0;
    const trusted = Math.min(this.#largestFrameBytes, TRUSTED_MEMORY_BYTES);
    const first = Math.max(FIRST_MEMORY_BYTES, trusted, 2 * availableBytes);
    this.#memory = this.#allocate(Math.min(size, first));
    if (size === 0) this.#complete();
  }

  #complete(): void {
    const memory = this.#memory as Buffer;
    const bytes =
      memory.length === this.#frameBytes ? memory : memory.subarray(0, this.#frameBytes);
    this.#largestFrameBytes = Math.max(this.#largestFrameBytes, this.#frameBytes);
    this.#readyBytes += bytes.length;
    this.#ready.push({ bytes, memory: memory.length < LEAST_POOLED_BYTES ? undefined : memory });
    this.#memory = undefined;
    this.#target = undefined;
  }

  /** Doubling keeps the copying linear. */
  #grow(old: Buffer, leastBytes = 0): void {
    const capacity = Math.min(this.#frameBytes, Math.max(leastBytes, old.length * 2));
    const grown = this.#allocate(capacity);
    old.copy(grown, 0, 0, this.#memoryFilled);
    this.#pool.release(old);
    this.#memory = grown;
  }

  #allocate(bytes: number): Buffer {
    return bytes < LEAST_POOLED_BYTES ? Buffer.allocUnsafe(bytes) : this.#pool.acquire(bytes);
  }
}
