// The boundary to everything non-deterministic: time, files, sockets and chance, as interfaces.
// Every layer above receives an Io through its constructor; only src/io imports node:fs, node:net or timers.
// A simulation implements the same four interfaces over a virtual clock, disk and network.

export interface Io {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly network: Network;
  readonly random: Random;
  /** Absent where there are no other threads: work is then done in slices in this one. */
  readonly workers?: Workers;
}

/** Programs that can run in a thread of their own. */
export type WorkerProgram = 'log-cleaner';

export interface Workers {
  /** undefined when the program isn't there to be run. */
  start(program: WorkerProgram): WorkerChannel | undefined;
}

/** The way to a thread, or from it to the one that started it. Messages are copied. */
export interface WorkerChannel {
  post(message: unknown): void;
  onMessage(callback: (message: unknown) => void): void;
  /** The thread ended by itself, or failed. */
  onFailure(callback: (error: Error) => void): void;
  /** Ends the thread, in the middle of whatever it does; resolves when it has ended. */
  stop(): Promise<void>;
}

export interface Clock {
  /** Wall time in milliseconds since the epoch; may jump. For record timestamps and retention. */
  nowMs(): number;
  /** Milliseconds that never go back, with a fraction. For time-outs and durations. */
  monotonicMs(): number;
  /** Calls back once after at least `delayMs`. A timer never keeps the process alive when `background`. */
  setTimer(delayMs: number, callback: () => void, options?: { background?: boolean }): Timer;
  /** Calls back after the pending I/O events had their turn (setImmediate). */
  defer(callback: () => void): void;
  /** Milliseconds so far in which this thread's loop had something to do. Absent where nobody knows. */
  busyMs?(): number;
}

export interface Timer {
  /** Idempotent; the callback isn't called afterwards. */
  cancel(): void;
}

export interface FileStat {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly isDirectory: boolean;
}

/**
 * Files. Reads and writes are synchronous (they hit the page cache: decision 0006), flushes are not,
 * except where an order must hold before the next step.
 * Every failure is a DiskError that names the path.
 */
export interface Disk {
  /** 'read': must exist, read only. 'write': created when missing, read and write, kept. 'truncate': as 'write', emptied. */
  open(path: string, mode: 'read' | 'write' | 'truncate'): DiskFile;
  exists(path: string): boolean;
  /** undefined when the path doesn't exist. */
  stat(path: string): FileStat | undefined;
  /** Names in a directory, in no particular order; throws when it doesn't exist. */
  list(directory: string): string[];
  /** With its parents; no error when it exists. `mode` (for what is made new) defaults to the umask's. */
  makeDirectory(path: string, options?: { mode?: number }): void;
  readFile(path: string): Buffer;
  /** Writes to `path.tmp`, flushes, renames over `path`, flushes the directory: the old or the new content survives, never a mix. */
  writeFileAtomic(
    path: string,
    content: Buffer | string,
    options?: { mode?: number; flush?: boolean },
  ): void;
  rename(from: string, to: string): void;
  /** As rename, without holding up the loop: over another file it may wait for the disk. */
  renameLater(from: string, to: string): Promise<void>;
  /** A file, or a directory with all that is in it. No error when it isn't there. */
  remove(path: string): void;
  flushDirectory(path: string): void;
  /** As flushDirectory, without holding up the loop. */
  flushDirectoryLater(path: string): Promise<void>;
  /** An exclusive lock that dies with this process; undefined when another process holds it. */
  lock(path: string): DiskLock | undefined;
  /** Bytes of the file system that holds `path`: all of it, and what is free for an unprivileged process. */
  space(path: string): { totalBytes: number; usableBytes: number };
  /** Sets a file's own time, ms. */
  setModifiedMs(path: string, modifiedMs: number): void;
}

export interface DiskFile {
  readonly path: string;
  /** Bytes read, fewer than `length` only at the end of the file. */
  read(buffer: Uint8Array, offset: number, length: number, position: number): number;
  /** Writes all of it or throws. */
  write(buffer: Uint8Array, offset: number, length: number, position: number): void;
  /** Writes all of them, one after another, or throws. */
  writeAll(buffers: readonly Uint8Array[], position: number): void;
  sizeBytes(): number;
  truncate(sizeBytes: number): void;
  flushSync(): void;
  flush(): Promise<void>;
  /** Idempotent. */
  close(): void;
}

export interface DiskLock {
  release(): void;
}

/** `code` is the system's: ENOENT, ENOSPC, EIO, EACCES … */
export class DiskError extends Error {
  readonly code: string;
  readonly path: string;
  constructor(code: string, path: string, operation: string, cause?: unknown) {
    super(`${operation} ${path}: ${code}`, { cause });
    this.name = 'DiskError';
    this.code = code;
    this.path = path;
  }
}

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** A connection is there when its handshake is over; one that fails is never seen. */
  readonly tls?: ServerTlsOptions | undefined;
}

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  /** The connection is there when the handshake is over. */
  readonly tls?: TlsOptions | undefined;
}

/** What either side of TLS has; certificates and keys as PEM. */
export interface TlsMaterial {
  /** Certificates to trust; undefined: the authorities that the runtime knows. */
  readonly trusted: readonly string[] | undefined;
  /** Who we are, leaf first; undefined: nobody. */
  readonly identity: { readonly chain: string; readonly key: string } | undefined;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** IANA names; undefined: the runtime's choice. */
  readonly ciphers: readonly string[] | undefined;
}

/** What a TLS client needs. */
export interface TlsOptions extends TlsMaterial {
  /** Whether the server's certificate must name the host. */
  readonly verifiesHost: boolean;
}

/** What a TLS server needs. */
export interface ServerTlsOptions extends TlsMaterial {
  /** Whether clients are asked for a certificate, and turned away without a trusted one (ssl.client.auth). */
  readonly clientCertificates: 'none' | 'requested' | 'required';
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** Codes of NetworkError of a connection that came about, but whose handshake failed, or was ended by the peer. */
export const TLS_HANDSHAKE_FAILED = 'TLS_HANDSHAKE_FAILED';
export const TLS_HANDSHAKE_ENDED = 'TLS_HANDSHAKE_ENDED';

export interface Network {
  /** Rejects with a NetworkError (EADDRINUSE, EACCES …). */
  listen(options: ListenOptions, onConnection: (connection: Connection) => void): Promise<Listener>;
  /** Rejects with a NetworkError (ECONNREFUSED, ENOTFOUND, ETIMEDOUT …, TLS_HANDSHAKE_FAILED, TLS_HANDSHAKE_ENDED). */
  connect(options: ConnectOptions): Promise<Connection>;
  /** Whether the host is an address, or a name that has one. */
  canResolve(host: string): Promise<boolean>;
}

export interface Listener {
  readonly port: number;
  readonly host: string;
  /** Stops accepting; open connections go on. */
  close(): Promise<void>;
}

export interface Connection {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localPort: number;
  /** Called with bytes as they come; the buffer is the receiver's to keep. Set once, before the first turn of the loop ends. */
  onData(callback: (chunk: Buffer) => void): void;
  /** In place of onData, where the network can: bytes go straight into memory that the reader names. */
  onRead?(reader: ConnectionReader): void;
  /** Called exactly once, when the connection is gone for whatever reason. */
  onClose(callback: (error: NetworkError | undefined) => void): void;
  /** Called when bytesQueued has fallen back to 0. */
  onDrain(callback: () => void): void;
  /** Queues the chunks as one write (writev). The buffers must not change until they were written (onDrain). False: the peer is slow, stop until onDrain. */
  write(chunks: readonly Uint8Array[]): boolean;
  /** False once nothing written can reach the peer any more; onClose follows. Absent where that isn't known before. */
  readonly isWritable?: boolean;
  /** Bytes accepted by write and not yet taken by the system. */
  readonly bytesQueued: number;
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface ConnectionReader {
  /** Where the next bytes go, at least one; it stays the network's until bytes came. Undefined: wherever the network likes. */
  target(): Buffer | undefined;
  /** `count` bytes came to the beginning of `memory`: the target, or memory that is only valid during the call. */
  filled(memory: Buffer, count: number): void;
}

export class NetworkError extends Error {
  readonly code: string;
  readonly address: string;
  /** The IP address that was tried; undefined when it didn't get that far. */
  readonly ip: string | undefined;
  constructor(code: string, address: string, cause?: unknown, ip?: string) {
    super(`${code} ${address}`, { cause });
    this.name = 'NetworkError';
    this.code = code;
    this.address = address;
    this.ip = ip;
  }
}

export interface Random {
  /** An integer in [0, bound), bound at most 2^48. */
  int(bound: number): number;
  bytes(length: number): Buffer;
  /** Kafka's Uuid.randomUuid as 22 characters of URL base64; never begins with '-'. */
  uuid(): string;
}
