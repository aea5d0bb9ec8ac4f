// What a connection borrows to send from a file: large pieces while few are about, small ones beyond that, each given
// back when the client took it or is gone.

import { describe, expect, it } from 'vitest';
import { FileSlice } from '../../src/broker/file-slice.ts';
import { PiecePool } from '../../src/broker/piece-pool.ts';
import { SendQueue } from '../../src/broker/send-queue.ts';
import type { Clock, Connection, DiskFile } from '../../src/io/io.ts';

const LARGE_BYTES = 1024 * 1024;
const SMALL_BYTES = 256 * 1024;
const MAX_LARGE = 16;

/** A file without an end, of bytes that tell their position. */
const file = {
  path: '/log/0.log',
  read(buffer: Uint8Array, offset: number, length: number, position: number) {
    for (let i = 0; i < length; i += 4096) buffer[offset + i] = byteAt(position + i);
    return length;
  },
} as unknown as DiskFile;

function byteAt(position: number): number {
  return Math.floor(position / 4096) % 251;
}

/** A client that takes nothing until it is told to, or all of it at once. */
class SlowClient {
  readonly written: Buffer[] = [];
  bytesQueued = 0;
  takesAtOnce = false;
  readonly isWritable = true;
  readonly queue: SendQueue;

  constructor(
    pool: PiecePool,
    sliceBytes: number,
    position = 0,
    defer: (turn: () => void) => void = queueMicrotask,
  ) {
    const clock = { defer } as unknown as Clock;
    this.queue = new SendQueue(this as unknown as Connection, clock, pool, () => this.queue.goOn());
    this.queue.send([new FileSlice(file, position, sliceBytes)], undefined);
  }

  write(chunks: readonly Buffer[]): boolean {
    for (const chunk of chunks) {
      this.written.push(Buffer.from(chunk));
      if (!this.takesAtOnce) this.bytesQueued += chunk.length;
    }
    return false;
  }

  /** Takes what is queued. */
  take(): void {
    this.bytesQueued = 0;
    this.queue.goOn();
  }

  get pieceBytes(): number {
    return this.written.at(-1)!.length;
  }
}

function slowClients(pool: PiecePool, count: number): SlowClient[] {
  return Array.from({ length: count }, () => new SlowClient(pool, 4 * LARGE_BYTES));
}

function close(clients: readonly SlowClient[]): void {
  for (const { queue } of clients) queue.closed();
}

describe('the pieces that slow readers hold', () => {
  it('are large for the first sixteen, and small for whoever comes beyond them', () => {
    const pool = new PiecePool();
    const clients = slowClients(pool, MAX_LARGE + 3);
    expect(clients.map((client) => client.pieceBytes)).toEqual([
      ...Array.from({ length: MAX_LARGE }, () => LARGE_BYTES),
      ...Array.from({ length: 3 }, () => SMALL_BYTES),
    ]);
    close(clients);
  });

  it('are one for each connection, however much it asked for', () => {
    const pool = new PiecePool();
    const client = new SlowClient(pool, 100 * LARGE_BYTES);
    expect(client.queue.heldBytes).toBe(LARGE_BYTES);
    client.take();
    expect(client.queue.heldBytes).toBe(LARGE_BYTES);
    close([client]);
  });

  it('make room for a large one when a reader took its own, or is gone', () => {
    const pool = new PiecePool();
    const clients = slowClients(pool, MAX_LARGE);
    const last = new SlowClient(pool, SMALL_BYTES + 1);
    expect(last.pieceBytes).toBe(SMALL_BYTES);
    // Its turn comes while one of the others has gone.
    clients[0]!.queue.closed();
    const next = new SlowClient(pool, 2 * LARGE_BYTES);
    expect(next.pieceBytes).toBe(LARGE_BYTES);
    // To the end: the piece goes back.
    next.take();
    next.take();
    const after = new SlowClient(pool, 2 * LARGE_BYTES);
    expect(after.pieceBytes).toBe(LARGE_BYTES);
    close([...clients.slice(1), last, after]);
  });

  it('are given back once each when the system takes them at once', () => {
    const pool = new PiecePool();
    for (let n = 0; n < MAX_LARGE; n++) {
      const client = new SlowClient(pool, LARGE_BYTES);
      client.takesAtOnce = true;
      client.take();
      client.queue.send([new FileSlice(file, 0, 3 * LARGE_BYTES)], undefined);
      expect(client.written.length).toBe(4);
    }
    const clients = slowClients(pool, MAX_LARGE + 1);
    expect(clients.at(-2)!.pieceBytes).toBe(LARGE_BYTES);
    expect(clients.at(-1)!.pieceBytes).toBe(SMALL_BYTES);
    close(clients);
  });

  it('are not lost, however often readers come and go', () => {
    const pool = new PiecePool();
    for (let n = 0; n < 3 * MAX_LARGE; n++) {
      const client = new SlowClient(pool, 3 * LARGE_BYTES);
      expect(client.pieceBytes).toBe(LARGE_BYTES);
      if (n % 2 === 0) client.take();
      client.queue.closed();
    }
  });

  it('hold the bytes of their place in the file, large and small in turn', () => {
    const pool = new PiecePool();
    const others = slowClients(pool, MAX_LARGE);
    const client = new SlowClient(pool, 3 * LARGE_BYTES, 8192);
    client.take();
    close(others);
    while (client.bytesQueued > 0) client.take();
    expect(client.written.map((piece) => piece.length)).toContain(SMALL_BYTES);
    expect(client.written.map((piece) => piece.length)).toContain(LARGE_BYTES);
    const sent = Buffer.concat(client.written);
    expect(sent.length).toBe(3 * LARGE_BYTES);
    for (let at = 0; at < sent.length; at += 4096) expect(sent[at]).toBe(byteAt(8192 + at));
  });

  it('stay the system’s until it took them, also when a turn that was given to others ends meanwhile', () => {
    const pool = new PiecePool();
    const turns: (() => void)[] = [];
    const client = new SlowClient(pool, 20 * LARGE_BYTES, 0, (turn) => turns.push(turn));
    client.takesAtOnce = true;
    client.take();
    const sentBeforeTurn = client.written.length;
    // The system tells that it took the burst: others come first nevertheless.
    client.take();
    expect(client.written.length).toBe(sentBeforeTurn);
    client.takesAtOnce = false;
    turns.shift()!();
    expect(client.bytesQueued).toBe(LARGE_BYTES);
    client.queue.goOn();
    const others = slowClients(pool, MAX_LARGE);
    expect(others.at(-2)!.pieceBytes).toBe(LARGE_BYTES);
    expect(others.at(-1)!.pieceBytes).toBe(SMALL_BYTES);
    close([client, ...others]);
  });

  it('are one broker’s own: what another lends out leaves it its large ones', () => {
    const others = slowClients(new PiecePool(), MAX_LARGE);
    const client = new SlowClient(new PiecePool(), 2 * LARGE_BYTES);
    expect(client.pieceBytes).toBe(LARGE_BYTES);
    close([...others, client]);
  });
});
