// What a connection has to send: buffers as they are, file slices read piece by piece as the client takes them.
// Holds at most one piece in memory per connection, and none when the system takes it at once.

import type { Clock, Connection } from '../io/io.ts';
import { FileSlice } from './file-slice.ts';
import type { PiecePool } from './piece-pool.ts';

export type Piece = Buffer | FileSlice;

/** After so much that the system took at once, others have their turn. */
const BURST_BYTES = 4 * 1024 * 1024;
const NOTHING: readonly Piece[] = [];

export class SendQueue {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #pool: PiecePool;
  readonly #onTurn: () => void;
  #pieces: readonly Piece[] = NOTHING;
  #next = 0;
  #sent: (() => void) | undefined;
  #sliceSent = 0;
  /** Lent to the connection until it is drained. */
  #lent: Buffer | undefined;
  #isOthersTurn = false;

  /** `onTurn`: others had their turn, goOn() is to be called. */
  constructor(connection: Connection, clock: Clock, pool: PiecePool, onTurn: () => void) {
    this.#connection = connection;
    this.#clock = clock;
    this.#pool = pool;
    this.#onTurn = onTurn;
  }

  /** Bytes in memory that the client hasn't taken. */
  get heldBytes(): number {
    return this.#connection.bytesQueued;
  }

  /** True when the system took all of it; else goOn() is to be called when the connection is drained. */
  send(pieces: readonly Piece[], sent: (() => void) | undefined): boolean {
    this.#pieces = pieces;
    this.#sent = sent;
    this.#next = 0;
    this.#sliceSent = 0;
    return this.#pump();
  }

  /** True when all is sent. May be called at any time: a piece that the system still reads from isn't used again. */
  goOn(): boolean {
    if (this.#isOthersTurn || this.#connection.bytesQueued > 0) return false;
    if (this.#lent !== undefined) {
      this.#pool.give(this.#lent);
      this.#lent = undefined;
    }
    return this.#pump();
  }

  /** The connection is closed. */
  closed(): void {
    if (this.#lent !== undefined) this.#pool.drop(this.#lent);
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
        this.#giveTurn();
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
        borrowed = this.#pool.take();
        try {
          batch.push(this.#readInto(borrowed, piece));
        } catch (error) {
          this.#pool.give(borrowed);
          throw error;
        }
      }
      for (const part of batch) burstBytes += part.length;
      connection.write(batch);
      if (connection.bytesQueued > 0) {
        this.#lent = borrowed;
        return false;
      }
      if (borrowed !== undefined) this.#pool.give(borrowed);
    }
    this.#pieces = NOTHING;
    this.#sent?.();
    this.#sent = undefined;
    return true;
  }

  #giveTurn(): void {
    this.#isOthersTurn = true;
    this.#clock.defer(() => {
      this.#isOthersTurn = false;
      this.#onTurn();
    });
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
