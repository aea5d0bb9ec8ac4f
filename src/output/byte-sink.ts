// A buffered writer with back-pressure: bytes gather in pooled buffers and go out in large pieces.
// What one turn of the loop wrote is on its way by the next, so a lone line isn't held back. Nothing is allocated per line.

import type { Clock } from '../io/io.ts';
import type { ByteTarget } from '../io/stdio.ts';

const BUFFER_BYTES = 256 * 1024;
const POOLED_BUFFERS = 4;
/** Below this a loop is quicker than the call of copy(). */
const LOOP_COPY_BYTES = 24;
const NEWLINE = 0x0a;

export class ByteSink {
  /** Where the next byte goes: buffer[position], after ensure(). Writers may fill it directly and advance position. */
  buffer: Buffer;
  position = 0;
  readonly #target: ByteTarget;
  readonly #clock: Clock;
  readonly #pool: Buffer[] = [];
  readonly #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isWriting = false;
  #isFlushPlanned = false;
  #isBroken = false;
  #failure: unknown;
  readonly #waiters: (() => void)[] = [];
  #onBroken: (() => void) | undefined;

  constructor(target: ByteTarget, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
    this.buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  /** The reader is gone (EPIPE): what is written now is dropped. */
  get isClosed(): boolean {
    return this.#isBroken;
  }

  /** Called once when the reader goes away. */
  onClosed(callback: () => void): void {
    this.#onBroken = callback;
  }

  /** Makes room for `length` more bytes in one piece. */
  ensure(length: number): void {
    if (this.position + length <= this.buffer.length) {
      if (this.position === 0) this.#planFlush();
      return;
    }
    this.#handOver();
    if (length > this.buffer.length) this.buffer = Buffer.allocUnsafeSlow(length);
    this.#planFlush();
  }

  byte(value: number): void {
    this.ensure(1);
    this.buffer[this.position++] = value;
  }

  /** Copies source[start, end). */
  bytes(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.ensure(length);
    const { buffer, position } = this;
    if (length <= LOOP_COPY_BYTES) {
      for (let index = 0; index < length; index++)
        buffer[position + index] = source[start + index]!;
    } else {
      buffer.set(source.subarray(start, end), position);
    }
    this.position = position + length;
  }

  /** UTF-8. */
  text(text: string): void {
    this.ensure(text.length * 3);
    this.position += this.buffer.write(text, this.position);
  }

  line(text: string): void {
    this.text(text);
    this.byte(NEWLINE);
  }

  /** False: more than a buffer waits for the reader; await ready() before the next batch. */
  get hasRoom(): boolean {
    return this.#queuedBytes <= BUFFER_BYTES;
  }

  /** Resolves when there is room again. */
  async ready(): Promise<void> {
    while (!this.hasRoom && !this.#isBroken) await this.#nextWrite();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when everything has been taken by the system, or the reader is gone. */
  async flush(): Promise<void> {
    this.#handOver();
    while (this.#queuedBytes > 0 && !this.#isBroken) await this.#nextWrite();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** For what must stand before a line on stderr: writes at once, unless a write is under way. */
  flushSync(): void {
    if (this.#isWriting || this.position === 0 || this.#isBroken) return;
    const length = this.position;
    this.position = 0;
    if (!this.#target.writeSync(this.buffer.subarray(0, length))) this.#break();
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    this.#clock.defer(() => {
      this.#isFlushPlanned = false;
      if (this.#isWriting) return;
      this.#handOver();
    });
  }

  #nextWrite(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #handOver(): void {
    if (this.position === 0) return;
    const full = this.buffer.subarray(0, this.position);
    this.position = 0;
    if (this.#isBroken) return;
    this.buffer = this.#pool.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#queue.push(full);
    this.#queuedBytes += full.length;
    if (!this.#isWriting) void this.#writeQueue();
  }

  async #writeQueue(): Promise<void> {
    this.#isWriting = true;
    for (;;) {
      const next = this.#queue.shift();
      if (next === undefined) {
        // Lines that came while the last piece was on its way must not wait for more.
        if (this.position > 0 && !this.#isFlushPlanned) this.#planFlush();
        break;
      }
      const isTaken = await this.#writeOne(next);
      this.#queuedBytes -= next.length;
      if (isTaken) this.#recycle(next);
      else this.#break();
      for (const wake of this.#waiters.splice(0)) wake();
    }
    this.#isWriting = false;
  }

  async #writeOne(bytes: Buffer): Promise<boolean> {
    try {
      return await this.#target.write(bytes);
    } catch (error) {
      this.#failure ??= error;
      return false;
    }
  }

  #recycle(bytes: Buffer): void {
    if (bytes.buffer.byteLength === BUFFER_BYTES && this.#pool.length < POOLED_BUFFERS) {
      this.#pool.push(Buffer.from(bytes.buffer));
    }
  }

  #break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.position = 0;
    this.#onBroken?.();
  }
}
