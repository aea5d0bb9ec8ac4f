// The process's own stdin, stdout and stderr. A file is read and written with positionless system calls in large pieces;
// pipes and terminals go through Node's streams, because a blocking call in its thread pool would hold up the exit.

import * as fs from 'node:fs';
import * as net from 'node:net';
import { isatty } from 'node:tty';
import { DiskError } from './io.ts';
import type { ByteSource, ByteTarget } from './stdio.ts';

const FILE_CHUNK_BYTES = 1 << 20;
/** A pipe of Linux holds 64 KiB. */
const PIPE_CHUNK_BYTES = 1 << 16;

function isFile(descriptor: number): boolean {
  try {
    const found = fs.fstatSync(descriptor);
    return found.isFile();
  } catch {
    return false;
  }
}

/** /dev/null and its kin: they take everything at once, so that a stream would only cost. */
function isSinkDevice(descriptor: number): boolean {
  try {
    return fs.fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor);
  } catch {
    return false;
  }
}

function isPipe(descriptor: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    return fs.fstatSync(descriptor).isFIFO();
  } catch {
    return false;
  }
}

export function standardInput(): ByteSource {
  if (isFile(0)) return new FileSource();
  return isPipe(0) ? new PipeSource() : new StreamSource();
}

class FileSource implements ByteSource {
  readonly isTerminal = false;
  readonly #buffer = Buffer.allocUnsafeSlow(FILE_CHUNK_BYTES);
  #isClosed = false;

  read(): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        resolve(undefined);
        return;
      }
      fs.read(0, this.#buffer, 0, FILE_CHUNK_BYTES, null, (error, count) => {
        if (error !== null) reject(new DiskError(error.code ?? 'EIO', 'stdin', 'read', error));
        else resolve(count === 0 ? undefined : this.#buffer.subarray(0, count));
      });
    });
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** Reads a pipe into one buffer again and again: a stream would leave a new one behind for each read. */
class PipeSource implements ByteSource {
  readonly isTerminal = false;
  readonly #buffer = Buffer.allocUnsafeSlow(PIPE_CHUNK_BYTES);
  #socket: net.Socket | undefined;
  #filledBytes = 0;
  #isAtEnd = false;
  #failure: DiskError | undefined;
  #wake: (() => void) | undefined;

  async read(): Promise<Buffer | undefined> {
    if (this.#isAtEnd) return this.#atEnd();
    this.#filledBytes = 0;
    const arrived = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#socket === undefined) this.#open();
    else this.#socket.resume();
    await arrived;
    return this.#filledBytes > 0 ? this.#buffer.subarray(0, this.#filledBytes) : this.#atEnd();
  }

  #atEnd(): undefined {
    if (this.#failure !== undefined) throw this.#failure;
    return undefined;
  }

  #open(): void {
    const socket = new net.Socket({
      fd: 0,
      readable: true,
      writable: false,
      onread: {
        buffer: this.#buffer,
        // False: nothing more until the reader has done with it.
        callback: (count) => {
          this.#filledBytes = count;
          this.#notify();
          return false;
        },
      },
    });
    socket.on('end', () => this.#finish());
    socket.on('close', () => this.#finish());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = new DiskError(error.code ?? 'EIO', 'stdin', 'read', error);
      this.#finish();
    });
    this.#socket = socket;
    socket.resume();
  }

  #finish(): void {
    this.#isAtEnd = true;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  close(): void {
    this.#socket?.destroy();
    this.#finish();
  }
}

class StreamSource implements ByteSource {
  readonly #stream = process.stdin;
  readonly #chunks: Buffer[] = [];
  #isAtEnd = false;
  #isStarted = false;
  #failure: DiskError | undefined;
  #wake: (() => void) | undefined;

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Only on the first read: listening makes Node read the terminal and keeps the process alive. */
  #start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#stream.pause();
      this.#notify();
    });
    this.#stream.on('end', () => this.#finish());
    this.#stream.on('close', () => this.#finish());
    this.#stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = new DiskError(error.code ?? 'EIO', 'stdin', 'read', error);
      this.#finish();
    });
  }

  #finish(): void {
    this.#isAtEnd = true;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  async read(): Promise<Buffer | undefined> {
    this.#start();
    if (this.#chunks.length === 0 && !this.#isAtEnd) {
      this.#stream.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const chunk = this.#chunks.shift();
    if (chunk === undefined && this.#failure !== undefined) throw this.#failure;
    return chunk;
  }

  close(): void {
    this.#isAtEnd = true;
    if (this.#isStarted) {
      this.#stream.pause();
      this.#stream.unref?.();
    }
    this.#notify();
  }
}

export function standardOutput(): ByteTarget {
  return isFile(1) || isSinkDevice(1) ? new FileTarget(1) : new StreamTarget(1);
}

export function standardError(): ByteTarget {
  return isFile(2) ? new FileTarget(2) : new StreamTarget(2);
}

/** EAGAIN: somebody made the pipe non-blocking. Last words then wait, a little and not for ever. */
function writeSync(descriptor: number, bytes: Uint8Array): boolean {
  let done = 0;
  let attempts = 0;
  while (done < bytes.byteLength) {
    try {
      done += fs.writeSync(descriptor, bytes, done, bytes.byteLength - done);
      attempts = 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || ++attempts > 500) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
  return true;
}

class FileTarget implements ByteTarget {
  readonly isTerminal = false;
  readonly columns = 80;
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(bytes: Uint8Array): Promise<boolean> {
    let done = 0;
    try {
      while (done < bytes.byteLength) {
        done += fs.writeSync(this.#descriptor, bytes, done, bytes.byteLength - done);
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return Promise.reject(new DiskError(code ?? 'EIO', 'stdout', 'write', error));
    }
    return Promise.resolve(true);
  }

  writeSync(bytes: Uint8Array): boolean {
    return writeSync(this.#descriptor, bytes);
  }
}

class StreamTarget implements ByteTarget {
  readonly #descriptor: number;
  readonly #stream: NodeJS.WriteStream;
  #isBroken = false;

  constructor(descriptor: 1 | 2) {
    this.#descriptor = descriptor;
    this.#stream = descriptor === 1 ? process.stdout : process.stderr;
    // EPIPE and kin: told through write()'s result; without a listener it would end the process.
    this.#stream.on('error', () => {
      this.#isBroken = true;
    });
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number {
    return this.#stream.columns ?? 80;
  }

  write(bytes: Uint8Array): Promise<boolean> {
    if (this.#isBroken) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#stream.write(bytes, (error) => {
        if (error) this.#isBroken = true;
        resolve(!error);
      });
    });
  }

  writeSync(bytes: Uint8Array): boolean {
    return !this.#isBroken && writeSync(this.#descriptor, bytes);
  }
}
