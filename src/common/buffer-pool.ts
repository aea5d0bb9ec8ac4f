// Reuses buffers of power-of-two sizes, so that steady traffic neither allocates nor touches fresh pages.
// The idle bytes are bounded; a buffer that is never released is simply collected.

export interface BufferPoolOptions {
  /** Idle bytes kept at most. */
  readonly maxIdleBytes: number;
  /** Larger requests are served exactly and never kept. */
  readonly maxBufferBytes: number;
}

const MIN_CLASS = 12;

export class BufferPool {
  readonly #maxIdleBytes: number;
  readonly #maxClass: number;
  readonly #idle: Buffer[][] = [];
  #idleBytes = 0;

  constructor(options: BufferPoolOptions) {
    this.#maxIdleBytes = options.maxIdleBytes;
    this.#maxClass = sizeClass(options.maxBufferBytes);
    for (let i = 0; i <= this.#maxClass; i++) this.#idle.push([]);
  }

  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** At least `minBytes` long, content undefined. */
  acquire(minBytes: number): Buffer {
    const index = sizeClass(minBytes);
    if (index > this.#maxClass) return Buffer.allocUnsafeSlow(minBytes);
    const buffer = this.#idle[index]!.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(2 ** index);
    this.#idleBytes -= buffer.length;
    return buffer;
  }

  /** Gives back what acquire returned (not a part of it); the caller must not use it afterwards. */
  release(buffer: Buffer): void {
    const index = sizeClass(buffer.length);
    if (index > this.#maxClass || buffer.length !== 2 ** index) return;
    if (this.#idleBytes + buffer.length > this.#maxIdleBytes) return;
    this.#idle[index]!.push(buffer);
    this.#idleBytes += buffer.length;
  }

  /** Lets go of all idle buffers. */
  clear(): void {
    for (const list of this.#idle) list.length = 0;
    this.#idleBytes = 0;
  }
}

function sizeClass(bytes: number): number {
  return Math.max(MIN_CLASS, 32 - Math.clz32(Math.max(bytes, 1) - 1));
}
