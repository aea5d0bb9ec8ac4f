// The SASL of a listener from its configs: mechanisms, JAAS entries, times (SaslChannelBuilder, JaasContext). What can't be
// served is refused. Prints no password.

import { parseJaas } from '../../security/jaas.ts';
import { JavaException } from '../../security/java-exception.ts';
import { StartError } from '../start-error.ts';
import type { ListenerConfigs } from './listener-configs.ts';

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

const JAAS_CONFIG = 'sasl.jaas.config';
const CALLBACK_HANDLER = 'sasl.server.callback.handler.class';

/**
 * `warn` is told of enabled mechanisms that clients won't get.
 * @throws StartError
 */
export function saslListener(configs: ListenerConfigs, warn: (line: string) => void): SaslListener {
  const enabled = configs.list('sasl.enabled.mechanisms');
  const mechanisms = SASL_MECHANISMS.filter((known) => enabled.includes(known));
  if (mechanisms.length === 0) {
    throw new StartError(
      `listener ${configs.name} has none of ${SASL_MECHANISMS.join(', ')} in sasl.enabled.mechanisms: ${enabled.join(',')} is not supported`,
    );
  }
  const left = enabled.filter((mechanism) => !mechanisms.some((known) => known === mechanism));
  if (left.length > 0)
    warn(`listener ${configs.name} does not serve SASL mechanism ${left.join(', ')}`);
  for (const mechanism of mechanisms) refuseCallbackHandler(configs, mechanism);
  const options = new Map(
    mechanisms.map((mechanism) => [mechanism, jaasOptions(configs, mechanism)]),
  );
  return {
    mechanisms,
    passwords: plainUsers(options.get('PLAIN')),
    maxReauthMs: new Map(
      mechanisms.map((mechanism) => [mechanism, maxReauthMs(configs, mechanism)]),
    ),
    maxReceiveBytes: configs.number('sasl.server.max.receive.size'),
    failureDelayMs: configs.number('connection.failed.authentication.delay.ms'),
  };
}

/** The options of the mechanism's login module. */
function jaasOptions(
  configs: ListenerConfigs,
  mechanism: SaslMechanism,
): ReadonlyMap<string, string> {
  const text = configs.ofMechanism(mechanism, JAAS_CONFIG);
  const key = configs.key(`${mechanism.toLowerCase()}.${JAAS_CONFIG}`);
  if (text === undefined) {
    throw new StartError(`SASL mechanism ${mechanism} of listener ${configs.name} needs ${key}`);
  }
  try {
    return parseJaas(text).options;
  } catch (error) {
    if (error instanceof JavaException) throw new StartError(`${key}: ${error.message}`);
    throw error;
  }
}

/** Java's classes can't be asked; answering in their place would let in, or keep out, the wrong ones. */
function refuseCallbackHandler(configs: ListenerConfigs, mechanism: SaslMechanism): void {
  const own = configs.ofMechanism(mechanism, CALLBACK_HANDLER);
  const name = own ?? configs.given(CALLBACK_HANDLER);
  if (name === undefined) return;
  throw new StartError(`${CALLBACK_HANDLER} of listener ${configs.name} is not supported: ${name}`);
}

function maxReauthMs(configs: ListenerConfigs, mechanism: SaslMechanism): number {
  const key = 'connections.max.reauth.ms';
  const text = configs.ofMechanism(mechanism, key) ?? configs.given(key) ?? '0';
  if (!/^\d+$/.test(text.trim())) {
    throw new StartError(`${key} of listener ${configs.name} is not a number: ${text}`);
  }
  return Number(text);
}

/** PlainServerCallbackHandler: user_alice="secret". */
function plainUsers(options: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const prefix = 'user_';
  const entries = [...(options ?? [])].filter(([name]) => name.startsWith(prefix));
  return new Map(entries.map(([name, password]) => [name.slice(prefix.length), password]));
}
