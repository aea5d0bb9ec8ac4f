// What a listener's security protocol asks of its connections: nothing, or SASL with the mechanisms that its configs enable
// (SaslChannelBuilder, JaasContext). What can't be served is refused here, before the port is opened: a listener must never
// be less safe than its configuration says. Prints no password.

import type { ListenerEndpoint } from '../../config/endpoints.ts';
import { JaasError, parseJaas } from '../../config/jaas.ts';
import type { BrokerConfig } from '../../config/server-properties.ts';
import { StartError } from '../start-error.ts';

export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** What is the same for all connections of a listener that wants SASL. */
export interface SaslListener {
  /** In the order of sasl.enabled.mechanisms. */
  readonly mechanisms: readonly SaslMechanism[];
  /** PLAIN's passwords by user. */
  readonly passwords: ReadonlyMap<string, string>;
  /** connections.max.reauth.ms by mechanism; 0: authenticated once and for all (KIP-368). */
  readonly maxReauthMs: ReadonlyMap<SaslMechanism, number>;
  /** sasl.server.max.receive.size: of a frame before it is known who sends it. */
  readonly maxReceiveBytes: number;
  /** connection.failed.authentication.delay.ms */
  readonly failureDelayMs: number;
}

const CALLBACK_HANDLER = 'sasl.server.callback.handler.class';

/**
 * undefined for PLAINTEXT. `warn` is told of enabled mechanisms that clients won't get.
 * @throws StartError
 */
export function saslOfListener(
  config: BrokerConfig,
  { name, securityProtocol }: ListenerEndpoint,
  warn: (line: string) => void,
): SaslListener | undefined {
  if (securityProtocol === 'PLAINTEXT') return undefined;
  if (securityProtocol !== 'SASL_PLAINTEXT') {
    throw new StartError(
      `listener ${name} is mapped to ${securityProtocol}, which is not supported: use PLAINTEXT or SASL_PLAINTEXT`,
    );
  }
  const configs = new ListenerConfigs(config, name);
  const enabled = configs.list('sasl.enabled.mechanisms');
  const mechanisms = SASL_MECHANISMS.filter((known) => enabled.includes(known));
  if (mechanisms.length === 0) {
    throw new StartError(
      `listener ${name} has none of ${SASL_MECHANISMS.join(', ')} in sasl.enabled.mechanisms: ${enabled.join(',')} is not supported`,
    );
  }
  const left = enabled.filter((mechanism) => !mechanisms.some((known) => known === mechanism));
  if (left.length > 0) warn(`listener ${name} does not serve SASL mechanism ${left.join(', ')}`);
  for (const mechanism of mechanisms) configs.refuseCallbackHandler(mechanism);
  const options = new Map(mechanisms.map((mechanism) => [mechanism, configs.jaas(mechanism)]));
  return {
    mechanisms,
    passwords: plainUsers(options.get('PLAIN')),
    maxReauthMs: new Map(
      mechanisms.map((mechanism) => [mechanism, configs.maxReauthMs(mechanism)]),
    ),
    maxReceiveBytes: config.number('sasl.server.max.receive.size'),
    failureDelayMs: config.number('connection.failed.authentication.delay.ms'),
  };
}

/** A listener's configs go before the broker's: listener.name.NAME.CONFIG, and listener.name.NAME.MECHANISM.CONFIG. */
class ListenerConfigs {
  readonly #config: BrokerConfig;
  readonly #name: string;

  constructor(config: BrokerConfig, name: string) {
    this.#config = config;
    this.#name = name;
  }

  list(key: string): readonly string[] {
    const own = this.#own(key);
    if (own === undefined) return this.#config.list(key);
    return own
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  maxReauthMs(mechanism: SaslMechanism): number {
    const key = 'connections.max.reauth.ms';
    const own = this.#ofMechanism(mechanism, key) ?? this.#own(key);
    if (own === undefined) return this.#config.number(key);
    if (!/^\d+$/.test(own.trim()))
      throw new StartError(`${this.#key(key)} is not a number: ${own}`);
    return Number(own);
  }

  /** The options of the mechanism's login module. */
  jaas(mechanism: SaslMechanism): ReadonlyMap<string, string> {
    const text = this.#ofMechanism(mechanism, 'sasl.jaas.config');
    const key = this.#key(`${mechanism.toLowerCase()}.sasl.jaas.config`);
    if (text === undefined) {
      throw new StartError(`SASL mechanism ${mechanism} of listener ${this.#name} needs ${key}`);
    }
    try {
      return parseJaas(text).options;
    } catch (error) {
      if (error instanceof JaasError) throw new StartError(`${key}: ${error.message}`);
      throw error;
    }
  }

  /** Java's classes can't be asked; answering in their place would let in, or keep out, the wrong ones. */
  refuseCallbackHandler(mechanism: SaslMechanism): void {
    const own = this.#ofMechanism(mechanism, CALLBACK_HANDLER);
    const name = own ?? this.#own(CALLBACK_HANDLER) ?? this.#config.originals.get(CALLBACK_HANDLER);
    if (name === undefined) return;
    throw new StartError(`${CALLBACK_HANDLER} of listener ${this.#name} is not supported: ${name}`);
  }

  #ofMechanism(mechanism: SaslMechanism, key: string): string | undefined {
    return this.#own(`${mechanism.toLowerCase()}.${key}`);
  }

  #own(key: string): string | undefined {
    return this.#config.originals.get(this.#key(key));
  }

  #key(key: string): string {
    return `listener.name.${this.#name.toLowerCase()}.${key}`;
  }
}

/** PlainServerCallbackHandler: user_alice="secret". */
function plainUsers(options: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const prefix = 'user_';
  const entries = [...(options ?? [])].filter(([name]) => name.startsWith(prefix));
  return new Map(entries.map(([name, password]) => [name.slice(prefix.length), password]));
}
