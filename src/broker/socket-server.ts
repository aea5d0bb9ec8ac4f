// The broker's listeners and the connections they accept: limits on their number, their idleness and their memory.
// Knows nothing of requests beyond their frames; what a client sends can end its own connection and nothing else.

import { BufferPool } from '../common/buffer-pool.ts';
import {
  type Connection,
  type Io,
  type Listener,
  NetworkError,
  type ServerTlsOptions,
  type Timer,
} from '../io/io.ts';
import { ClientConnection, type FrameServer } from './client-connection.ts';
import type { ListenerRole } from './handler.ts';
import { CONNECTIONS_MEMORY_BYTES, MemoryGuard } from './memory-guard.ts';
import { PiecePool } from './piece-pool.ts';
import type { SaslSession } from './security/sasl-session.ts';

export interface SocketServerLimits {
  /** socket.request.max.bytes */
  readonly requestMaxBytes: number;
  /** connections.max.idle.ms; negative: never. */
  readonly connectionsMaxIdleMs: number;
  /** max.connections */
  readonly maxConnections: number;
  /** max.connections.per.ip */
  readonly maxConnectionsPerIp: number;
  /** What all connections together may hold in memory. */
  readonly memoryBytes?: number;
}

export interface ListenerSpec {
  readonly name: string;
  readonly role: ListenerRole;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** On a listener that wants TLS. */
  readonly tls?: ServerTlsOptions | undefined;
  /** For each connection, on a listener that wants SASL. */
  readonly saslSession?: (() => SaslSession) | undefined;
}

export interface BoundListener extends ListenerSpec {
  /** The port in use. */
  readonly port: number;
}

/** Idle connections are looked for this often, at most. */
const IDLE_SWEEP_MS = 30_000;

/** Memory for requests that is kept for the next ones. */
const POOL_IDLE_BYTES = 16 * 1024 * 1024;
const POOL_BUFFER_BYTES = 2 * 1024 * 1024;

/** A listener that can't be had, in one line that says what to do. */
export class ListenError extends Error {
  constructor(spec: ListenerSpec, cause: unknown) {
    const at = `${spec.name}://${spec.host}:${spec.port}`;
    const code = cause instanceof NetworkError ? cause.code : '';
    const why =
      code === 'EADDRINUSE'
        ? `port ${spec.port} is in use by another process; choose another port or stop that process`
        : code === 'EACCES'
          ? `not allowed to use port ${spec.port}; choose one above 1023`
          : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
            ? `${spec.host} isn't an address of this machine`
            : (cause as Error).message;
    super(`cannot listen on ${at}: ${why}`, { cause });
    this.name = 'ListenError';
  }
}

export class SocketServer {
  readonly listeners: BoundListener[] = [];
  readonly guard: MemoryGuard;
  readonly #io: Io;
  readonly #limits: SocketServerLimits;
  readonly #server: FrameServer;
  readonly #log: (line: string) => void;
  readonly #pieces = new PiecePool();
  readonly #pool = new BufferPool({
    maxIdleBytes: POOL_IDLE_BYTES,
    maxBufferBytes: POOL_BUFFER_BYTES,
  });
  readonly #open = new Set<ClientConnection>();
  readonly #openPerIp = new Map<string, number>();
  readonly #bound: Listener[] = [];
  #sweepTimer: Timer | undefined;
  #nextId = 1;
  #stopped = false;
  #onEmpty: (() => void) | undefined;

  constructor(
    io: Io,
    limits: SocketServerLimits,
    server: FrameServer,
    log: (line: string) => void,
  ) {
    this.#io = io;
    this.#limits = limits;
    this.#server = server;
    this.#log = log;
    this.guard = new MemoryGuard(limits.memoryBytes ?? CONNECTIONS_MEMORY_BYTES);
  }

  get connectionCount(): number {
    return this.#open.size;
  }

  /** @throws ListenError */
  async listen(spec: ListenerSpec): Promise<BoundListener> {
    let listener: Listener;
    try {
      const { host, port, tls } = spec;
      listener = await this.#io.network.listen({ host, port, tls }, (connection) =>
        this.#accept(spec, connection),
      );
    } catch (error) {
      throw new ListenError(spec, error);
    }
    const bound = { ...spec, port: listener.port };
    this.#bound.push(listener);
    this.listeners.push(bound);
    this.#sweepTimer ??= this.#scheduleSweep();
    return bound;
  }

  /** Stops accepting; requests that are being answered get their answers within `graceMs`, then all is closed. */
  async close(graceMs = 0): Promise<void> {
    this.#stopped = true;
    this.#sweepTimer?.cancel();
    await Promise.all(this.#bound.map((listener) => listener.close()));
    for (const connection of this.#open) connection.closeAfterAnswer('shutdown');
    if (graceMs > 0 && this.#open.size > 0) await this.#allGone(graceMs);
    for (const connection of [...this.#open]) connection.drop('shutdown');
  }

  #allGone(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#io.clock.setTimer(graceMs, resolve);
      this.#onEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #accept(spec: ListenerSpec, connection: Connection): void {
    const host = connection.remoteHost;
    const fromHost = this.#openPerIp.get(host) ?? 0;
    if (
      this.#stopped ||
      this.#open.size >= this.#limits.maxConnections ||
      fromHost >= this.#limits.maxConnectionsPerIp
    ) {
      connection.onClose(() => {});
      connection.destroy();
      if (!this.#stopped) this.#log(`refused a connection from ${host}: too many connections`);
      return;
    }
    this.#openPerIp.set(host, fromHost + 1);
    this.#open.add(
      new ClientConnection({
        id: this.#nextId++,
        listenerName: spec.name,
        role: spec.role,
        sasl: spec.saslSession?.(),
        connection,
        clock: this.#io.clock,
        requestMaxBytes: this.#limits.requestMaxBytes,
        pool: this.#pool,
        pieces: this.#pieces,
        server: this.#server,
        guard: this.guard,
        onGone: (gone, reason) => this.#forget(gone, reason),
      }),
    );
  }

  #forget(connection: ClientConnection, reason: string | undefined): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#onEmpty?.();
    const left = (this.#openPerIp.get(connection.remoteHost) ?? 1) - 1;
    if (left > 0) this.#openPerIp.set(connection.remoteHost, left);
    else this.#openPerIp.delete(connection.remoteHost);
    if (reason !== undefined && reason !== 'shutdown') {
      const from = `${connection.remoteHost}:${connection.remotePort}`;
      this.#log(`closed the connection from ${from}: ${reason}`);
    }
  }

  #scheduleSweep(): Timer | undefined {
    const idleMs = this.#limits.connectionsMaxIdleMs;
    if (idleMs < 0) return undefined;
    const everyMs = Math.max(1, Math.min(IDLE_SWEEP_MS, idleMs));
    return this.#io.clock.setTimer(everyMs, () => this.#sweep(idleMs), { background: true });
  }

  #sweep(idleMs: number): void {
    const oldestMs = this.#io.clock.monotonicMs() - idleMs;
    for (const connection of [...this.#open]) {
      if (connection.lastActiveMs < oldestMs) connection.drop('idle');
    }
    if (!this.#stopped) this.#sweepTimer = this.#scheduleSweep();
  }
}
