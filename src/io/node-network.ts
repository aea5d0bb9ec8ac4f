// TCP of the operating system, with TCP_NODELAY and keep-alive as Kafka sets them.
// A write of many chunks is one writev. Nothing here knows of frames or of TLS.

import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import {
  type Connection,
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  type Network,
  NetworkError,
} from './io.ts';

function address(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function networkError(error: unknown, host: string, port: number): NetworkError {
  return new NetworkError(
    (error as NodeJS.ErrnoException).code ?? 'EIO',
    address(host, port),
    error,
  );
}

/** More than this unsent after a write: the peer doesn't keep up. */
const SLOW_PEER_BYTES = 64 * 1024;

class NodeConnection implements Connection {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localPort: number;
  private readonly socket: Socket;
  private drained: (() => void) | undefined;
  private closed: ((error: NetworkError | undefined) => void) | undefined;
  private failure: NetworkError | undefined;
  private isClosed = false;

  constructor(socket: Socket, remoteHost: string, remotePort: number) {
    this.socket = socket;
    this.remoteHost = remoteHost;
    this.remotePort = remotePort;
    this.localPort = socket.localPort ?? 0;
    socket.on('error', (error) => {
      this.failure ??= networkError(error, remoteHost, remotePort);
    });
    socket.on('close', () => this.finish());
  }

  onData(callback: (chunk: Buffer) => void): void {
    this.socket.on('data', callback);
  }

  onClose(callback: (error: NetworkError | undefined) => void): void {
    this.closed = callback;
    if (this.isClosed) queueMicrotask(() => callback(this.failure));
  }

  onDrain(callback: () => void): void {
    this.drained = callback;
  }

  write(chunks: readonly Uint8Array[]): boolean {
    const socket = this.socket;
    if (!socket.writable) return false;
    const last = chunks.length - 1;
    if (last > 0) socket.cork();
    for (let index = 0; index < last; index++) socket.write(chunks[index]!);
    if (last >= 0) socket.write(chunks[last]!, this.afterWrite);
    if (last > 0) socket.uncork();
    // Not the stream's own answer: that is false for every large write, also one the system took at once.
    return socket.writableLength < SLOW_PEER_BYTES;
  }

  /** 'drain' comes only after a write that returned false, and the contract is: whenever the queue is empty. */
  private readonly afterWrite = (): void => {
    if (this.socket.writableLength === 0 && !this.isClosed) this.drained?.();
  };

  get bytesQueued(): number {
    return this.socket.writableLength;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private finish(): void {
    this.isClosed = true;
    this.closed?.(this.failure);
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

function listen(
  options: ListenOptions,
  onConnection: (connection: Connection) => void,
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
      // A peer that is gone already has no address.
      if (socket.remoteAddress === undefined) socket.destroy();
      else {
        onConnection(new NodeConnection(socket, socket.remoteAddress, socket.remotePort ?? 0));
      }
    });
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

function connect(options: ConnectOptions): Promise<Connection> {
  const { host, port, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const socket = netConnect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      ...(host === 'localhost'
        ? { lookup: (_name, _options, callback) => callback(null, LOOPBACK) }
        : {}),
    });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('connect'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    );
    const failed = (error: Error) => {
      clearTimeout(timer);
      reject(networkError(error, host, port));
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeListener('error', failed);
      resolve(new NodeConnection(socket, host, port));
    });
  });
}

export const nodeNetwork: Network = { listen, connect };
