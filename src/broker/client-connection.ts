// One client's connection: bytes in, frames out, one request at a time as Kafka's muted channel does, answers in order.
// Never reads on while the client doesn't take its answers, and never lets one client's bytes hurt another's.

import type { BufferPool } from '../common/buffer-pool.ts';
import type { Clock, Connection } from '../io/io.ts';
import { FrameReceiver } from './frame-receiver.ts';
import type { ListenerRole } from './handler.ts';
import type { MemoryGuard, MemoryHolder } from './memory-guard.ts';
import type { PiecePool } from './piece-pool.ts';
import type { ClientPeer } from './request-context.ts';
import type { SaslSession } from './security/sasl-session.ts';
import { type Piece, SendQueue } from './send-queue.ts';

/** Requests that wait behind the one being answered, per connection, before its socket isn't read any more. */
const PENDING_BYTES_BEFORE_PAUSE = 1024 * 1024;

/** A response with its size and header, ready for the socket. */
export interface Framed {
  readonly pieces: readonly Piece[];
  /** Told when the system has taken all pieces. */
  readonly sent: (() => void) | undefined;
}

export type Answered = Framed | null;

/** Answers one frame; throws, or rejects, when the connection must be closed. */
export interface FrameServer {
  /** null: nothing is to be sent. */
  serve(frame: Buffer, connection: ClientConnection): Answered | Promise<Answered>;
}

export interface ConnectionOptions {
  readonly id: number;
  readonly listenerName: string;
  readonly role: ListenerRole;
  /** undefined: everybody is let in. */
  readonly sasl: SaslSession | undefined;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly requestMaxBytes: number;
  /** Memory for requests. */
  readonly pool: BufferPool;
  /** Memory for answers out of files. */
  readonly pieces: PiecePool;
  readonly server: FrameServer;
  readonly guard: MemoryGuard;
  /** Told once, with the reason when the broker ended it. */
  readonly onGone: (connection: ClientConnection, reason: string | undefined) => void;
}

export class ClientConnection implements ClientPeer, MemoryHolder {
  readonly id: number;
  readonly listenerName: string;
  readonly role: ListenerRole;
  readonly sasl: SaslSession | undefined;
  readonly remoteHost: string;
  readonly remotePort: number;
  softwareName = 'unknown';
  softwareVersion = 'unknown';
  lastActiveMs: number;
  heldSinceMs = 0;
  heldBytes = 0;

  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #server: FrameServer;
  readonly #guard: MemoryGuard;
  readonly #receiver: FrameReceiver;
  readonly #requestMaxBytes: number;
  readonly #sending: SendQueue;
  readonly #gone: ConnectionOptions['onGone'];
  readonly #goneCallbacks = new Set<() => void>();
  #answering = false;
  #blocked = false;
  #paused = false;
  #ended = false;
  /** A stranger's frames are small. */
  #isStranger: boolean;
  #leavingFor: string | undefined;
  #reason: string | undefined;

  constructor(options: ConnectionOptions) {
    this.id = options.id;
    this.listenerName = options.listenerName;
    this.role = options.role;
    this.sasl = options.sasl;
    this.#isStranger = options.sasl !== undefined;
    this.#requestMaxBytes = options.requestMaxBytes;
    this.#connection = options.connection;
    this.#sending = new SendQueue(options.connection, options.clock, options.pieces, () =>
      this.#drained(),
    );
    this.#clock = options.clock;
    this.#server = options.server;
    this.#guard = options.guard;
    this.#gone = options.onGone;
    this.remoteHost = options.connection.remoteHost;
    this.remotePort = options.connection.remotePort;
    this.#receiver = new FrameReceiver(
      this.sasl?.listener.maxReceiveBytes ?? options.requestMaxBytes,
      options.pool,
    );
    this.lastActiveMs = this.#clock.monotonicMs();
    this.#guard.add(this);
    this.#listen();
    this.#connection.onDrain(() => this.#drained());
    this.#connection.onClose(() => this.#closed());
  }

  /** A request is being answered or its answer is on the way. */
  get isBusy(): boolean {
    return this.#answering || this.#blocked;
  }

  onGone(callback: () => void): () => void {
    this.#goneCallbacks.add(callback);
    return () => this.#goneCallbacks.delete(callback);
  }

  /** Nothing of the frame being served is needed any more. */
  frameDone(): void {
    this.#receiver.releaseFrame();
  }

  /** Ends the connection as soon as the request that is being answered has its answer. Later ones get none. */
  closeAfterAnswer(reason: string): void {
    this.#leavingFor = reason;
    if (!this.isBusy) this.#leave(reason);
  }

  #leave(reason: string): void {
    if (this.#ended) return;
    this.#reason = reason;
    this.#finish();
    this.#connection.end();
  }

  drop(reason: string): void {
    this.#reason ??= reason;
    this.#finish();
    this.#connection.destroy();
  }

  #listen(): void {
    const filled = (memory: Buffer, count: number) => this.#received(memory, count);
    if (this.#connection.onRead === undefined) {
      this.#connection.onData((chunk) => filled(chunk, chunk.length));
    } else {
      this.#connection.onRead({ target: () => this.#receiver.nextTarget(), filled });
    }
  }

  #received(memory: Buffer, count: number): void {
    if (this.#ended) return;
    this.lastActiveMs = this.#clock.monotonicMs();
    if (this.#isStranger && this.sasl?.isComplete) this.#trust();
    try {
      this.#receiver.filled(memory, count);
    } catch (error) {
      this.drop((error as Error).message);
      return;
    }
    this.#pump();
  }

  #trust(): void {
    this.#isStranger = false;
    this.#receiver.maxFrameBytes = this.#requestMaxBytes;
  }

  #drained(): void {
    if (!this.#blocked || this.#ended) return;
    this.lastActiveMs = this.#clock.monotonicMs();
    this.#progress(() => this.#sending.goOn());
    this.#pump();
  }

  /** Answers frames until one has to wait, the client doesn't read, or there is none. */
  #pump(): void {
    while (!this.#ended && !this.isBusy) {
      if (this.#leavingFor !== undefined) {
        this.#leave(this.#leavingFor);
        return;
      }
      const frame = this.#receiver.next();
      if (frame === undefined) break;
      this.#serve(frame);
    }
    if (!this.#ended) this.#account();
  }

  #serve(frame: Buffer): void {
    let framed: Answered | Promise<Answered>;
    try {
      framed = this.#server.serve(frame, this);
    } catch (error) {
      this.drop((error as Error).message);
      return;
    }
    if (framed instanceof Promise) {
      this.#answering = true;
      framed.then(
        (answered) => {
          this.#answering = false;
          this.#send(answered);
          this.#pump();
        },
        (error: Error) => this.drop(error.message),
      );
    } else {
      this.#send(framed);
    }
  }

  #send(framed: Answered): void {
    if (this.#ended || framed === null) return;
    this.#progress(() => this.#sending.send(framed.pieces, framed.sent));
  }

  /** What the system takes at once doesn't block: only a client that lags behind does. */
  #progress(send: () => boolean): void {
    try {
      this.#blocked = !send();
    } catch (error) {
      // A file of the answer can't be read: half an answer is sent, and the rest can't be.
      this.drop((error as Error).message);
    }
  }

  /** Tells the guard what is held, and reads or stops reading accordingly. */
  #account(): void {
    const heldBytes = this.#receiver.heldBytes + this.#sending.heldBytes;
    if (heldBytes !== this.heldBytes) {
      const nowMs = this.lastActiveMs;
      const deltaBytes = heldBytes - this.heldBytes;
      if (this.heldBytes === 0) this.heldSinceMs = nowMs;
      this.heldBytes = heldBytes;
      this.#guard.changed(deltaBytes, nowMs);
      if (this.#ended) return;
    }
    const pause = this.isBusy && this.#receiver.pendingBytes > PENDING_BYTES_BEFORE_PAUSE;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#connection.pause();
    else this.#connection.resume();
  }

  #closed(): void {
    this.#finish();
    this.#sending.closed();
    this.#gone(this, this.#reason);
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#guard.remove(this, this.heldBytes);
    this.heldBytes = 0;
    for (const callback of this.#goneCallbacks) callback();
    this.#goneCallbacks.clear();
  }
}
