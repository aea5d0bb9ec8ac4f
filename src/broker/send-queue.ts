// What a connection has to send: buffers as they are, file slices read piece by piece as the client takes them.
// Holds at most one piece in memory per connection, and none when the system takes it at once.

import type { Clock, Connection } from '../io/io.ts';
import { FileSlice } from './file-slice.ts';

export type Piece = Buffer | FileSlice;

/** Large enough that a piece's costs don't count (each write wakes the reader): of these only a few exist. */
const LARGE_PIECE_BYTES = 1024 * 1024;
/** Large pieces in use at a time: whoever comes beyond them gets small ones, so that hundreds of slow readers hold little. */
const MAX_LARGE_PIECES = 16;
const SMALL_PIECE_BYTES = 256 * 1024;
/** After so much that the system took at once, others have their turn. */
const BURST_BYTES = 4 * 1024 * 1024;
/** Free pieces that are kept for the next connection. */
const POOL_PIECES = 4;

const NOTHING: readonly Piece[] = [];
const largePool: Buffer[] = [];
const smallPool: Buffer[] = [];
let largeInUse = 0;

function takePiece(): Buffer {
  if (largeInUse >= MAX_LARGE_PIECES) {
    return smallPool.pop() ?? Buffer.allocUnsafeSlow(SMALL_PIECE_BYTES);
  }
  largeInUse++;
  return largePool.pop() ?? Buffer.allocUnsafeSlow(LARGE_PIECE_BYTES);
}

/** A piece that ended with its connection: the system may still look at it, so it isn't used again. */
function dropPiece(piece: Buffer): void {
  if (piece.length === LARGE_PIECE_BYTES) largeInUse--;
}

function givePiece(piece: Buffer): void {
  const isLarge = piece.length === LARGE_PIECE_BYTES;
  if (isLarge) largeInUse--;
  const pool = isLarge ? largePool : smallPool;
  if (pool.length < POOL_PIECES) pool.push(piece);
}

export class SendQueue {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #onTurn: () => void;
  #pieces: readonly Piece[] = NOTHING;
  #next = 0;
  #sent: (() => void) | undefined;
  #sliceSent = 0;
  /** Lent to the connection until it is drained. */
  #lent: Buffer | undefined;

  /** `onTurn`: others had their turn, drained() is to be called. */
  constructor(connection: Connection, clock: Clock, onTurn: () => void) {
    this.#connection = connection;
    this.#clock = clock;
    this.#onTurn = onTurn;
  }

  /** Bytes in memory that the client hasn't taken. */
  get heldBytes(): number {
    return this.#connection.bytesQueued;
  }

  /** True when the system took all of it; else drained() is to be called when the connection is. */
  send(pieces: readonly Piece[], sent: (() => void) | undefined): boolean {
    this.#pieces = pieces;
    this.#sent = sent;
    this.#next = 0;
    this.#sliceSent = 0;
    return this.#pump();
  }

  /** Goes on. True when all is sent. */
  drained(): boolean {
    if (this.#lent !== undefined) {
      givePiece(this.#lent);
      this.#lent = undefined;
    }
    return this.#pump();
  }

  /** The connection is closed. */
  closed(): void {
    if (this.#lent !== undefined) dropPiece(this.#lent);
    this.#lent = undefined;
    this.#pieces = NOTHING;
    this.#sent = undefined;
  }

  #pump(): boolean {
    const pieces = this.#pieces;
    const connection = this.#connection;
    let burstBytes = 0;
    if (connection.bytesQueued > 0) return false;
    while (this.#next < pieces.length) {
      // To a client that is gone everything could be "sent" at once: the end is on its way.
      if (connection.isWritable === false) return false;
      if (burstBytes >= BURST_BYTES) {
        this.#clock.defer(this.#onTurn);
        return false;
      }
      let piece = pieces[this.#next]!;
      // Nearly all answers are one piece, and their list is the batch.
      if (pieces.length === 1 && !(piece instanceof FileSlice)) {
        this.#next = 1;
        connection.write(pieces as readonly Buffer[]);
        if (connection.bytesQueued > 0) return false;
        break;
      }
      const batch: Buffer[] = [];
      while (!(piece instanceof FileSlice)) {
        batch.push(piece);
        this.#next++;
        if (this.#next === pieces.length) break;
        piece = pieces[this.#next]!;
      }
      let borrowed: Buffer | undefined;
      if (piece instanceof FileSlice) {
        borrowed = takePiece();
        try {
          batch.push(this.#readInto(borrowed, piece));
        } catch (error) {
          givePiece(borrowed);
          throw error;
        }
      }
      for (const part of batch) burstBytes += part.length;
      connection.write(batch);
      if (connection.bytesQueued > 0) {
        this.#lent = borrowed;
        return false;
      }
      if (borrowed !== undefined) givePiece(borrowed);
    }
    this.#pieces = NOTHING;
    this.#sent?.();
    this.#sent = undefined;
    return true;
  }

  #readInto(buffer: Buffer, slice: FileSlice): Buffer {
    const count = Math.min(buffer.length, slice.length - this.#sliceSent);
    slice.read(this.#sliceSent, buffer, count);
    this.#sliceSent += count;
    if (this.#sliceSent === slice.length) {
      this.#next++;
      this.#sliceSent = 0;
    }
    return count === buffer.length ? buffer : buffer.subarray(0, count);
  }
}
