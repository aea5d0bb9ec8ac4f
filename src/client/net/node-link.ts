// The way to one address: connects when needed, at most one connection at a time, backs off between failures
// (reconnect.backoff.ms, exponential with jitter; socket.connection.setup.timeout.ms grows alike, KIP-601).

import type { Io, TlsOptions } from '../../io/io.ts';
import type { NetworkConfig } from '../config/network-config.ts';
import type { Address } from './addresses.ts';
import { ExponentialBackoff } from './backoff.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { openConnection } from './open-connection.ts';

export interface NodeLinkOptions {
  readonly io: Io;
  readonly config: NetworkConfig;
  readonly address: Address;
  readonly nodeId: number;
  /** undefined for plain connections. Rejects with a ClientError for stores that can't be used. */
  readonly tls: () => Promise<TlsOptions | undefined>;
  /** Told of an attempt that failed, and with no error of a connection that ended. */
  readonly onTrouble: (link: NodeLink, error: unknown) => void;
}

export class NodeLink {
  readonly address: Address;
  /** The broker's id in metadata; bootstrap addresses count down from -1. */
  nodeId: number;
  readonly #io: Io;
  readonly #config: NetworkConfig;
  readonly #reconnectBackoff: ExponentialBackoff;
  readonly #setupTimeout: ExponentialBackoff;
  #current: BrokerConnection | undefined;
  #opening: Promise<BrokerConnection> | undefined;
  #failures = 0;
  #retryAtMs = 0;
  readonly #tls: NodeLinkOptions['tls'];
  readonly #onTrouble: NodeLinkOptions['onTrouble'];
  #isClosed = false;

  constructor(options: NodeLinkOptions) {
    const { io, config } = options;
    this.#io = io;
    this.#config = config;
    this.address = options.address;
    this.nodeId = options.nodeId;
    this.#tls = options.tls;
    this.#onTrouble = options.onTrouble;
    this.#reconnectBackoff = new ExponentialBackoff(
      config.reconnectBackoffMs,
      config.reconnectBackoffMaxMs,
      io.random,
    );
    this.#setupTimeout = new ExponentialBackoff(
      config.connectionSetupTimeoutMs,
      config.connectionSetupTimeoutMaxMs,
      io.random,
    );
  }

  /** The open connection, if there is one right now. */
  get connection(): BrokerConnection | undefined {
    return this.#current;
  }

  /** Whether it is being opened, or something is under way. */
  get isInUse(): boolean {
    return this.#opening !== undefined || this.#current?.isIdle === false;
  }

  /** Milliseconds until another attempt is allowed; 0 when it is, or when a connection is open. */
  waitMs(): number {
    if (this.#current !== undefined || this.#opening !== undefined) return 0;
    return Math.max(0, this.#retryAtMs - this.#io.clock.monotonicMs());
  }

  /** The open connection, or a new one at once, whatever the back-off says (the caller asks waitMs before). Rejects as openConnection. */
  connect(): Promise<BrokerConnection> {
    if (this.#current !== undefined) return Promise.resolve(this.#current);
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#current?.close();
    this.#current = undefined;
  }

  async #open(): Promise<BrokerConnection> {
    let opened: BrokerConnection | undefined;
    try {
      opened = await openConnection({
        io: this.#io,
        address: this.address,
        config: this.#config,
        tls: await this.#tls(),
        setupTimeoutMs: this.#setupTimeout.delayMs(this.#failures),
        onClosed: () => this.#lost(opened),
      });
      if (this.#isClosed) opened.close();
      else if (opened.open) {
        this.#current = opened;
        this.#failures = 0;
      } else {
        this.#backOff();
      }
      return opened;
    } catch (error) {
      this.#backOff();
      if (!this.#isClosed) this.#onTrouble(this, error);
      throw error;
    } finally {
      this.#opening = undefined;
    }
  }

  #lost(connection: BrokerConnection | undefined): void {
    if (connection === undefined || this.#current !== connection) return;
    this.#current = undefined;
    this.#backOff();
    if (!this.#isClosed) this.#onTrouble(this, undefined);
  }

  #backOff(): void {
    this.#retryAtMs = this.#io.clock.monotonicMs() + this.#reconnectBackoff.delayMs(this.#failures);
    this.#failures++;
  }
}
