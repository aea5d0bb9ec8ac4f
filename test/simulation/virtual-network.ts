// A network in memory: connections with latency, chunks cut at random places, back-pressure, resets.
// Bytes are taken from the writer's buffers when they leave, not when write() is called: a buffer that is changed too
// early shows. Both ends live in one simulation, whatever number of processes it plays.

import {
  type Connection,
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  type Network,
  NetworkError,
} from '../../src/io/io.ts';
import type { Scheduler } from './scheduler.ts';
import type { VirtualRandom } from './virtual-random.ts';

/** Runs a callback of a process. */
export type Guard = (callback: () => void) => void;

export interface NetworkConditions {
  minLatencyMs: number;
  maxLatencyMs: number;
  /** Bytes that may be on the way in one direction; what is beyond stays queued with the writer. */
  windowBytes: number;
  /** Chunks are cut at random when set; otherwise each is what one turn sent. */
  cutChunks: boolean;
}

const FIRST_FREE_PORT = 40_000;

export class VirtualNetwork {
  readonly conditions: NetworkConditions = {
    minLatencyMs: 0.1,
    maxLatencyMs: 2,
    windowBytes: 64 * 1024,
    cutChunks: true,
  };
  readonly scheduler: Scheduler;
  readonly random: VirtualRandom;
  readonly #listeners = new Map<number, (connection: VirtualConnection) => void>();
  readonly #connections = new Set<VirtualConnection>();
  #nextPort = FIRST_FREE_PORT;

  constructor(scheduler: Scheduler, random: VirtualRandom) {
    this.scheduler = scheduler;
    this.random = random;
  }

  get connectionCount(): number {
    return this.#connections.size / 2;
  }

  /** The network as one process sees it. `guard` runs the process's callbacks, or doesn't when it is dead. */
  endpoint(guard: Guard = (callback) => callback()): VirtualEndpoint {
    return new VirtualEndpoint(this, guard);
  }

  async listen(
    options: ListenOptions,
    onConnection: (connection: VirtualConnection) => void,
  ): Promise<Listener> {
    await this.#pass();
    const port = options.port === 0 ? this.#freePort() : options.port;
    if (this.#listeners.has(port)) {
      throw new NetworkError('EADDRINUSE', `${options.host}:${port}`);
    }
    this.#listeners.set(port, onConnection);
    return {
      port,
      host: options.host,
      close: async () => {
        if (this.#listeners.get(port) === onConnection) this.#listeners.delete(port);
      },
    };
  }

  async connect(options: ConnectOptions, guard: Guard): Promise<VirtualConnection> {
    await this.#pass();
    const accept = this.#listeners.get(options.port);
    if (accept === undefined) {
      throw new NetworkError('ECONNREFUSED', `${options.host}:${options.port}`);
    }
    const clientPort = this.#freePort();
    const client = new VirtualConnection(this, options.host, options.port, clientPort);
    const server = new VirtualConnection(this, '127.0.0.1', clientPort, options.port);
    client.guard = guard;
    client.peer = server;
    server.peer = client;
    this.#connections.add(client);
    this.#connections.add(server);
    accept(server);
    return client;
  }

  /** Every connection breaks, or those to a port; listeners stay. */
  cut(port?: number): void {
    for (const connection of [...this.#connections]) {
      if (port === undefined || connection.localPort === port) connection.break('ECONNRESET');
    }
  }

  latencyMs(): number {
    const { minLatencyMs, maxLatencyMs } = this.conditions;
    return minLatencyMs + this.random.fraction() * (maxLatencyMs - minLatencyMs);
  }

  forget(connection: VirtualConnection): void {
    this.#connections.delete(connection);
  }

  #freePort(): number {
    while (this.#listeners.has(this.#nextPort)) this.#nextPort++;
    return this.#nextPort++;
  }

  #pass(): Promise<void> {
    return new Promise((resolve) => {
      this.scheduler.schedule(this.latencyMs(), resolve);
    });
  }
}

/** A process's end of the network. It knows what the process has open, so that all of it goes with the process. */
export class VirtualEndpoint implements Network {
  readonly #network: VirtualNetwork;
  readonly #guard: Guard;
  readonly #listeners = new Set<Listener>();
  readonly #connections = new Set<VirtualConnection>();
  #isDead = false;

  constructor(network: VirtualNetwork, guard: Guard) {
    this.#network = network;
    this.#guard = guard;
  }

  async listen(
    options: ListenOptions,
    onConnection: (connection: Connection) => void,
  ): Promise<Listener> {
    const listener = await this.#network.listen(options, (connection) => {
      connection.guard = this.#guard;
      this.#connections.add(connection);
      this.#guard(() => onConnection(connection));
    });
    if (this.#isDead) await listener.close();
    this.#listeners.add(listener);
    return listener;
  }

  async connect(options: ConnectOptions): Promise<Connection> {
    const connection = await this.#network.connect(options, this.#guard);
    if (this.#isDead) connection.break('ECONNRESET');
    this.#connections.add(connection);
    return connection;
  }

  async canResolve(): Promise<boolean> {
    return true;
  }

  /** The process died: its peers see resets, and nobody answers at its ports. */
  die(): void {
    this.#isDead = true;
    for (const listener of this.#listeners) void listener.close();
    for (const connection of this.#connections) connection.break('ECONNRESET');
  }
}

export class VirtualConnection implements Connection {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localPort: number;
  peer: VirtualConnection | undefined;
  guard: Guard = (callback) => callback();
  bytesQueued = 0;
  readonly #network: VirtualNetwork;
  #queue: Uint8Array[] = [];
  #sending = false;
  #ending = false;
  #isClosed = false;
  #paused = false;
  /** Chunks that arrived while paused, or before anybody listened. */
  #arrived: Buffer[] = [];
  #arrivedBytes = 0;
  #endArrived = false;
  /** When the last thing sent arrives: nothing overtakes it. */
  #lastArrivalMs = 0;
  #inFlightBytes = 0;
  #data: ((chunk: Buffer) => void) | undefined;
  #closed: ((error: NetworkError | undefined) => void) | undefined;
  #drained: (() => void) | undefined;

  constructor(network: VirtualNetwork, remoteHost: string, remotePort: number, localPort: number) {
    this.#network = network;
    this.remoteHost = remoteHost;
    this.remotePort = remotePort;
    this.localPort = localPort;
  }

  onData(callback: (chunk: Buffer) => void): void {
    this.#data = callback;
    this.#network.scheduler.schedule(0, () => this.#deliver());
  }

  onClose(callback: (error: NetworkError | undefined) => void): void {
    this.#closed = callback;
  }

  onDrain(callback: () => void): void {
    this.#drained = callback;
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.#isClosed || this.#ending) return false;
    for (const chunk of chunks) {
      if (chunk.byteLength === 0) continue;
      this.#queue.push(chunk);
      this.bytesQueued += chunk.byteLength;
    }
    this.#sendSoon();
    return this.bytesQueued < this.#network.conditions.windowBytes;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#network.scheduler.schedule(0, () => this.#deliver());
  }

  end(): void {
    if (this.#isClosed || this.#ending) return;
    this.#ending = true;
    this.#sendSoon();
  }

  destroy(): void {
    if (this.#isClosed) return;
    const { peer } = this;
    this.#queue = [];
    this.#close(undefined);
    if (peer !== undefined) this.#later(() => peer.#finish());
  }

  /** Both ends are gone at once, with what was on the way. */
  break(code: string): void {
    const { peer } = this;
    this.#close(new NetworkError(code, `${this.remoteHost}:${this.remotePort}`));
    if (peer === undefined) return;
    peer.#close(new NetworkError(code, `${peer.remoteHost}:${peer.remotePort}`));
  }

  #later(callback: () => void): void {
    const { scheduler } = this.#network;
    const arrivalMs = Math.max(this.#lastArrivalMs, scheduler.nowMs + this.#network.latencyMs());
    this.#lastArrivalMs = arrivalMs;
    scheduler.schedule(arrivalMs - scheduler.nowMs, callback);
  }

  #sendSoon(): void {
    if (this.#sending) return;
    this.#sending = true;
    this.#network.scheduler.schedule(0, () => this.#send());
  }

  /** Moves what the window allows from the queue onto the wire. */
  #send(): void {
    this.#sending = false;
    if (this.#isClosed) return;
    const { peer } = this;
    const { windowBytes } = this.#network.conditions;
    let sent = false;
    while (this.#queue.length > 0 && peer !== undefined) {
      const room = windowBytes - this.#inFlightBytes - peer.#arrivedBytes;
      if (room <= 0) break;
      const chunk = this.#takeChunk(room);
      this.#inFlightBytes += chunk.length;
      this.bytesQueued -= chunk.length;
      sent = true;
      this.#later(() => {
        this.#inFlightBytes -= chunk.length;
        peer.#receive(chunk);
      });
    }
    if (sent && this.bytesQueued === 0) this.guard(() => this.#drained?.());
    if (this.#ending && this.#queue.length === 0 && !this.#isClosed) {
      this.#later(() => {
        if (peer !== undefined) peer.#finish();
        this.#close(undefined);
      });
    }
  }

  #takeChunk(room: number): Buffer {
    const first = this.#queue[0]!;
    let length = Math.min(room, first.byteLength);
    if (this.#network.conditions.cutChunks && this.#network.random.int(3) === 0) {
      length = 1 + this.#network.random.int(length);
    }
    if (length === first.byteLength) this.#queue.shift();
    else this.#queue[0] = first.subarray(length);
    return Buffer.from(first.subarray(0, length));
  }

  #receive(chunk: Buffer): void {
    if (this.#isClosed) return;
    this.#arrived.push(chunk);
    this.#arrivedBytes += chunk.length;
    this.#deliver();
  }

  #finish(): void {
    this.#endArrived = true;
    this.#deliver();
  }

  #deliver(): void {
    while (
      this.#arrived.length > 0 &&
      !this.#paused &&
      this.#data !== undefined &&
      !this.#isClosed
    ) {
      const chunk = this.#arrived.shift()!;
      this.#arrivedBytes -= chunk.length;
      const data = this.#data;
      this.guard(() => data(chunk));
      if (this.peer !== undefined) this.peer.#sendSoon();
    }
    if (this.peer !== undefined) this.peer.#sendSoon();
    if (this.#endArrived && this.#arrived.length === 0) this.#close(undefined);
  }

  #close(error: NetworkError | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#network.forget(this);
    // As with real sockets the callback comes from the loop, never from within the call that closed.
    this.#network.scheduler.schedule(0, () => this.guard(() => this.#closed?.(error)));
  }
}
