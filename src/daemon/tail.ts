// The end of a text file, and what is added to it later; for `kafta broker logs`.

import type { Io } from '../io/io.ts';

const CHUNK_BYTES = 64 * 1024;
const POLL_MS = 200;

/** The last `count` lines as they stand, and where they end. */
export function lastLines(io: Io, path: string, count: number): { text: string; endsAt: number } {
  const file = io.disk.open(path, 'read');
  try {
    const endsAt = file.sizeBytes();
    let start = endsAt;
    let tail: Buffer = Buffer.alloc(0);
    // One more newline than lines: the one that ends the line before them.
    while (start > 0 && countNewlines(tail) <= count) {
      const length = Math.min(CHUNK_BYTES, start);
      start -= length;
      const chunk = Buffer.alloc(length);
      file.read(chunk, 0, length, start);
      tail = Buffer.concat([chunk, tail]);
    }
    const lines = tail.toString().split('\n');
    const kept = lines.slice(Math.max(0, lines.length - 1 - count));
    return { text: count === 0 ? '' : kept.join('\n'), endsAt };
  } finally {
    file.close();
  }
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x0a) count++;
  return count;
}

/** Until `signal`; a file that became shorter was rotated, and is read from its beginning. */
export async function followFile(
  io: Io,
  path: string,
  from: number,
  out: { bytes(source: Uint8Array, start: number, end: number): void },
  signal: AbortSignal,
): Promise<void> {
  let position = from;
  const buffer = Buffer.alloc(CHUNK_BYTES);
  while (!signal.aborted) {
    const size = io.disk.stat(path)?.sizeBytes ?? 0;
    if (size < position) position = 0;
    if (size > position) {
      const file = io.disk.open(path, 'read');
      const count = file.read(buffer, 0, buffer.length, position);
      file.close();
      out.bytes(buffer, 0, count);
      position += count;
    } else await pause(io, signal);
  }
}

function pause(io: Io, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = io.clock.setTimer(POLL_MS, done);
    signal.addEventListener('abort', done);
  });
}
