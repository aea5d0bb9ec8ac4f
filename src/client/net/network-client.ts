// All connections of one client: an address has at most one connection per purpose, made when first needed.
// Bootstrap addresses count as nodes until metadata tells the real ones; both share a connection when the address is the same.

import { type Io, NetworkError, type Timer, type TlsOptions } from '../../io/io.ts';
import { loadTls } from '../../security/load-tls.ts';
import type { TlsConfig } from '../../security/tls-config.ts';
import type { ClientLog } from '../client-log.ts';
import type { NetworkConfig } from '../config/network-config.ts';
import {
  ClientError,
  ConfigError,
  DisconnectError,
  KafkaError,
  NoBootstrapError,
  ofSecurity,
  TimeoutError,
} from '../errors.ts';
import type { Node } from '../types.ts';
import { type Address, parseAddresses } from './addresses.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { tellTrouble } from './connection-trouble.ts';
import { NodeLink } from './node-link.ts';
import { checkSecurity, usesTls } from './open-connection.ts';

const SSL_LOGGER = 'org.apache.kafka.common.security.ssl.DefaultSslEngineFactory';

/** Requests that may hold up those behind them (a fetch, a join) have connections of their own. */
export type Purpose = 'data' | 'coordinator';

export class NetworkClient {
  readonly #io: Io;
  readonly #config: NetworkConfig;
  readonly #bootstrap: readonly Address[];
  readonly #log: ClientLog;
  readonly #tellsBootstrap: boolean;
  readonly #links = new Map<string, NodeLink>();
  readonly #sleepers = new Set<{ timer: Timer; wake: () => void }>();
  readonly #unresolved = new Set<Address>();
  #known: readonly Address[] = [];
  #firstBootstrap: number;
  /** No connection can ever be made: a store of certificates can't be used. */
  isUnusable = false;
  #loadingTls: Promise<TlsOptions> | undefined;
  #isClosed = false;

  /**
   * `bootstrapServers`: `host:port` each. `tellsBootstrap`: the log names those that go away (the admin client's doesn't).
   * @throws ConfigError, KafkaError for an address or a security config that can't be used
   */
  constructor(
    io: Io,
    config: NetworkConfig,
    bootstrapServers: readonly string[],
    log: ClientLog,
    tellsBootstrap = true,
  ) {
    const bootstrap = parseAddresses(bootstrapServers);
    checkSecurity(config.security);
    this.#tellsBootstrap = tellsBootstrap;
    this.#io = io;
    this.#config = config;
    this.#bootstrap = bootstrap;
    this.#log = log;
    // Clients of one bootstrap list spread over it.
    this.#firstBootstrap = bootstrap.length > 1 ? io.random.int(bootstrap.length) : 0;
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  /** The brokers that metadata names; used for 'any' from now on. The way to one that is gone is closed once nothing waits there. */
  setKnown(addresses: readonly Address[]): void {
    this.#known = addresses;
    const there = new Set([...addresses, ...this.#bootstrap].map(nameOf));
    for (const [key, link] of this.#links) {
      if (there.has(nameOf(link.address)) || link.isInUse) continue;
      link.close();
      this.#links.delete(key);
    }
  }

  /** Forgets the brokers of metadata: the bootstrap list counts again (KIP-899, metadata.recovery.strategy). */
  rebootstrap(): void {
    this.#known = [];
  }

  link(address: Address | Node, purpose: Purpose = 'data'): NodeLink {
    const key = `${purpose} ${nameOf(address)}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      const id = -1 - Math.max(0, this.#bootstrap.indexOf(address));
      link = new NodeLink({
        io: this.#io,
        config: this.#config,
        address,
        nodeId: id,
        tls: () => this.tls(),
        onTrouble: (troubled, error) => {
          const isBootstrap = this.#tellsBootstrap && this.#known.length === 0;
          tellTrouble(troubled, error, isBootstrap, this.#log);
        },
      });
      this.#links.set(key, link);
    }
    if ('id' in address) link.nodeId = address.id;
    return link;
  }

  /** Reads the stores of certificates, once; rejects with KafkaError for one that can't be used. */
  tls(log?: ClientLog): Promise<TlsOptions | undefined> {
    const { security } = this.#config;
    if (!usesTls(security)) return Promise.resolve(undefined);
    this.#loadingTls ??= this.#loadTls(security.tls, log);
    return this.#loadingTls;
  }

  async #loadTls(config: TlsConfig, log: ClientLog | undefined): Promise<TlsOptions> {
    try {
      const material = await loadTls(config, this.#io.disk, (message, failure) =>
        log?.('ERROR', message, SSL_LOGGER, ofSecurity(failure)),
      );
      return { ...material, verifiesHost: config.identification !== '' };
    } catch (error) {
      this.isUnusable = true;
      throw new KafkaError('Failed to create new NetworkClient', ofSecurity(error));
    }
  }

  /** Rejects with ConfigError when no bootstrap name has an address (ClientUtils.parseAndValidateAddresses). */
  async checkBootstrap(log: ClientLog | undefined): Promise<void> {
    let isAny = false;
    for (const { host, port } of this.#bootstrap) {
      // The loopback by definition: no resolver is asked.
      if (host === 'localhost' || (await this.#io.network.canResolve(host))) isAny = true;
      else {
        log?.(
          'WARN',
          `Couldn't resolve server ${host}:${port} from bootstrap.servers as DNS resolution failed for ${host}`,
          'org.apache.kafka.clients.ClientUtils',
        );
      }
    }
    if (!isAny) throw new NoBootstrapError(this.#bootstrap.map(nameOf));
  }

  /** A connection to that broker, waiting out its back-off. Rejects with DisconnectError, or `timedOut` after the deadline. */
  async connect(
    address: Address,
    purpose: Purpose,
    deadlineMs: number,
    timedOut: () => ClientError,
  ): Promise<BrokerConnection> {
    this.checkOpen();
    const link = this.link(address, purpose);
    const waitMs = link.waitMs();
    if (waitMs > 0) await this.sleep(Math.min(waitMs, this.#leftMs(deadlineMs)));
    if (this.#leftMs(deadlineMs) <= 0) throw timedOut();
    return this.within(link.connect(), deadlineMs, timedOut);
  }

  /**
   * A connection to any broker: an open one with the least in flight, else the first that answers. Rejects with
   * `timedOut` when none did until the deadline, with ConfigError when no bootstrap name can be resolved.
   */
  async connectAny(deadlineMs: number, timedOut: () => ClientError): Promise<BrokerConnection> {
    for (;;) {
      this.checkOpen();
      const open = this.#leastLoaded();
      if (open !== undefined) return open;
      const link = this.#nextLink();
      if (link !== undefined) {
        try {
          return await this.within(link.connect(), deadlineMs, timedOut);
        } catch (error) {
          this.#refuseHopeless(error, link.address);
        }
      } else {
        await this.sleep(Math.min(this.#shortestWaitMs(), Math.max(0, this.#leftMs(deadlineMs))));
      }
      if (this.#leftMs(deadlineMs) <= 0) throw timedOut();
    }
  }

  /** Ends all connections; waiting requests and sleeps end at once. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const link of this.#links.values()) link.close();
    for (const sleeper of this.#sleepers) {
      sleeper.timer.cancel();
      sleeper.wake();
    }
    this.#sleepers.clear();
  }

  /** Resolves after `delayMs`, or at close. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        resolve();
      };
      const sleeper = { timer: this.#io.clock.setTimer(delayMs, wake), wake };
      if (this.#isClosed) {
        sleeper.timer.cancel();
        resolve();
      } else {
        this.#sleepers.add(sleeper);
      }
    });
  }

  /** The promise, or `timedOut` when the deadline comes first. */
  within<T>(promise: Promise<T>, deadlineMs: number, timedOut: () => ClientError): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#io.clock.setTimer(Math.max(0, this.#leftMs(deadlineMs)), () =>
        reject(timedOut()),
      );
      promise.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  checkOpen(): void {
    if (this.#isClosed) throw new KafkaError('The client is closed');
  }

  #leftMs(deadlineMs: number): number {
    return deadlineMs - this.#io.clock.monotonicMs();
  }

  get #candidates(): readonly Address[] {
    return this.#known.length > 0 ? this.#known : this.#bootstrap;
  }

  #leastLoaded(): BrokerConnection | undefined {
    let best: BrokerConnection | undefined;
    for (const address of this.#candidates) {
      const connection = this.link(address).connection;
      if (connection === undefined) continue;
      if (best === undefined || connection.inFlight < best.inFlight) best = connection;
    }
    return best;
  }

  /** The next address that may be tried now; brokers of metadata that all wait give the bootstrap list a turn. */
  #nextLink(): NodeLink | undefined {
    const candidates = this.#candidates;
    for (let step = 0; step < candidates.length; step++) {
      const at = (this.#firstBootstrap + step) % candidates.length;
      const link = this.link(candidates[at]!);
      if (link.waitMs() > 0) continue;
      this.#firstBootstrap = at + 1;
      return link;
    }
    if (this.#known.length > 0) this.rebootstrap();
    return undefined;
  }

  #shortestWaitMs(): number {
    let shortestMs = this.#config.reconnectBackoffMaxMs;
    for (const address of this.#candidates) {
      shortestMs = Math.min(shortestMs, this.link(address).waitMs());
    }
    return shortestMs;
  }

  /** Errors that another attempt can't mend: configuration, and a bootstrap list of which no name exists. */
  #refuseHopeless(error: unknown, address: Address): void {
    if (error instanceof TimeoutError || error instanceof ConfigError) throw error;
    if (!(error instanceof DisconnectError)) {
      if (error instanceof ClientError) throw error;
      throw new KafkaError('Connecting failed', error);
    }
    if (!isUnknownHost(error)) return;
    this.#unresolved.add(address);
    if (this.#bootstrap.every((entry) => this.#unresolved.has(entry))) {
      throw new NoBootstrapError(this.#bootstrap.map(nameOf));
    }
  }
}

function nameOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

function isUnknownHost(error: DisconnectError): boolean {
  return error.cause instanceof NetworkError && error.cause.code === 'ENOTFOUND';
}
