// TCP of the operating system, with TCP_NODELAY and keep-alive as Kafka sets them.
// A write of many chunks is one writev. Nothing here knows of frames; TLS is node-tls.ts.

import { lookup } from 'node:dns/promises';
import {
  createServer,
  connect as netConnect,
  type Server,
  Socket,
  type SocketConstructorOpts,
} from 'node:net';
import {
  type Connection,
  type ConnectionReader,
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  type Network,
  NetworkError,
  type ServerTlsOptions,
} from './io.ts';

function address(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Of several addresses that were tried the first is named. */
function networkError(error: unknown, host: string, port: number): NetworkError {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { code = 'EIO', address: ip } = first as NodeJS.ErrnoException & { address?: string };
  return new NetworkError(code, address(host, port), error, ip);
}

/** More than this unsent after a write: the peer doesn't keep up. */
const SLOW_PEER_BYTES = 64 * 1024;

/** Reads of all connections that name no memory of their own go here, one after another. */
const SCRATCH = Buffer.allocUnsafeSlow(64 * 1024);

/** The hand-over of an accepted socket's bytes: set by the connection, used by the socket. */
class Reading {
  reader: ConnectionReader | undefined;
  /** What onData wants: chunks to keep. */
  chunks: ((chunk: Buffer) => void) | undefined;

  readonly target = (): Buffer => this.reader?.target() ?? SCRATCH;

  readonly filled = (count: number, memory: Uint8Array): boolean => {
    if (this.reader !== undefined) this.reader.filled(memory as Buffer, count);
    else this.chunks?.(Buffer.from(memory.subarray(0, count)));
    return true;
  };
}

/** A socket as node:net has it inside: the handle is what its `handle` option takes. */
interface SocketInside {
  _handle?: unknown;
  _server?: unknown;
  server?: unknown;
}

/**
 * The accepted socket again, now with `onread`, which node:net knows for client sockets alone: reads go into our memory
 * instead of a fresh 64 KB each, half of a broker's garbage. Where Node hides the handle, the socket as it is.
 */
function readingSocket(accepted: Socket): { socket: Socket; reading: Reading | undefined } {
  const inside = accepted as SocketInside;
  const handle = inside._handle;
  if (handle === undefined || handle === null) return { socket: accepted, reading: undefined };
  const reading = new Reading();
  const options = { handle, onread: { buffer: reading.target, callback: reading.filled } };
  const socket = new Socket(options as unknown as SocketConstructorOpts);
  const outside = socket as SocketInside;
  outside.server = inside.server;
  outside._server = inside._server;
  inside._handle = null;
  return { socket, reading };
}

class NodeConnection implements Connection {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localPort: number;
  readonly #socket: Socket;
  #drained: (() => void) | undefined;
  #closed: ((error: NetworkError | undefined) => void) | undefined;
  #failure: NetworkError | undefined;
  #isClosed = false;
  readonly #reading: Reading | undefined;

  constructor(socket: Socket, remoteHost: string, remotePort: number, reading?: Reading) {
    this.#reading = reading;
    this.#socket = socket;
    this.remoteHost = remoteHost;
    this.remotePort = remotePort;
    this.localPort = socket.localPort ?? 0;
    socket.on('error', (error) => {
      this.#failure ??= networkError(error, remoteHost, remotePort);
    });
    socket.on('close', () => this.#finish());
  }

  onData(callback: (chunk: Buffer) => void): void {
    if (this.#reading !== undefined) this.#reading.chunks = callback;
    else this.#socket.on('data', callback);
  }

  onRead(reader: ConnectionReader): void {
    if (this.#reading !== undefined) this.#reading.reader = reader;
    else this.#socket.on('data', (chunk) => reader.filled(chunk, chunk.length));
  }

  onClose(callback: (error: NetworkError | undefined) => void): void {
    this.#closed = callback;
    if (this.#isClosed) queueMicrotask(() => callback(this.#failure));
  }

  onDrain(callback: () => void): void {
    this.#drained = callback;
  }

  write(chunks: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (!socket.writable) return false;
    const last = chunks.length - 1;
    if (last > 0) socket.cork();
    for (let index = 0; index < last; index++) socket.write(chunks[index]!);
    if (last >= 0) socket.write(chunks[last]!, this.#afterWrite);
    if (last > 0) socket.uncork();
    // Not the stream's own answer: that is false for every large write, also one the system took at once.
    return socket.writableLength < SLOW_PEER_BYTES;
  }

  /** 'drain' comes only after a write that returned false, and the contract is: whenever the queue is empty. */
  readonly #afterWrite = (): void => {
    if (this.#socket.writableLength === 0 && !this.#isClosed) this.#drained?.();
  };

  get isWritable(): boolean {
    return this.#socket.writable;
  }

  get bytesQueued(): number {
    return this.#socket.writableLength;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #finish(): void {
    this.#isClosed = true;
    this.#closed?.(this.#failure);
  }
}

/** 'localhost' is the loopback by definition (RFC 6761): no resolver thread is started for it. IPv4 first, as Java. */
const LOOPBACK = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Kafka binds a listener without a host to every interface; 'localhost' is IPv4's, as in Java. */
function bindAddress(host: string): string | undefined {
  if (host === '') return undefined;
  return host === 'localhost' ? '127.0.0.1' : host;
}

async function listen(
  options: ListenOptions,
  onConnection: (connection: Connection) => void,
): Promise<Listener> {
  const server = await serverFor(options.tls, (accepted, isPlain) => {
    // A peer that is gone already has no address.
    const { remoteAddress, remotePort = 0 } = accepted;
    if (remoteAddress === undefined) {
      accepted.destroy();
      return;
    }
    const { socket, reading } = isPlain
      ? readingSocket(accepted)
      : { socket: accepted, reading: undefined };
    onConnection(new NodeConnection(socket, remoteAddress, remotePort, reading));
    if (reading === undefined) socket.resume();
  });
  return listening(server, options);
}

async function serverFor(
  tls: ServerTlsOptions | undefined,
  accept: (socket: Socket, isPlain: boolean) => void,
): Promise<Server> {
  if (tls === undefined) {
    const options = { noDelay: true, keepAlive: true, pauseOnConnect: true };
    return createServer(options, (socket) => accept(socket, true));
  }
  const { securedServer } = await import('./node-tls.ts');
  return securedServer(tls, (socket) => accept(socket, false));
}

function listening(server: Server, options: ListenOptions): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(networkError(error, options.host, options.port)));
    const host = bindAddress(options.host);
    const target = { port: options.port, exclusive: true, ...(host === undefined ? {} : { host }) };
    server.listen(target, () => {
      server.removeAllListeners('error');
      // accept() can fail for want of descriptors; the server goes on and must not fall over it.
      server.on('error', () => {});
      resolve(listener(server, options.host));
    });
  });
}

function listener(server: Server, host: string): Listener {
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  return {
    port,
    host,
    // close() waits for the open connections too, and those go on: only the accepting ends here.
    close: () => {
      server.close();
      return Promise.resolve();
    },
  };
}

async function connect(options: ConnectOptions): Promise<Connection> {
  const { host, port, timeoutMs, tls } = options;
  const secure = tls === undefined ? undefined : await import('./node-tls.ts');
  return new Promise((resolve, reject) => {
    const plain = netConnect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      ...(host === 'localhost'
        ? { lookup: (_name, _options, callback) => callback(null, LOOPBACK) }
        : {}),
    });
    const socket = secure === undefined ? plain : secure.secured(plain, host, tls!);
    let isHandshaking = false;
    if (secure !== undefined) {
      plain.once('connect', () => {
        isHandshaking = true;
      });
    }
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('connect'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    );
    const failed = (error: Error) => {
      clearTimeout(timer);
      plain.destroy();
      reject(
        isHandshaking
          ? new NetworkError(secure!.handshakeCode(error), address(host, port), error)
          : networkError(error, host, port),
      );
    };
    socket.once('error', failed);
    socket.once(secure === undefined ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.removeListener('error', failed);
      resolve(new NodeConnection(socket, host, port));
    });
  });
}

async function canResolve(host: string): Promise<boolean> {
  try {
    await lookup(host.replace(/^\[(.*)\]$/, '$1'));
    return true;
  } catch {
    return false;
  }
}

export const nodeNetwork: Network = { listen, connect, canResolve };
