// Authentication of a new connection: SaslHandshake, then the mechanism's dialogue in SaslAuthenticate requests (KIP-43,
// KIP-152). PLAIN and SCRAM; the others are refused with a line that says so.

import type { Random } from '../../io/io.ts';
import { Errors } from '../../protocol/errors.ts';
import { SASL_AUTHENTICATE } from '../../protocol/generated/apis/sasl-authenticate.ts';
import { SASL_HANDSHAKE } from '../../protocol/generated/apis/sasl-handshake.ts';
import { type JaasEntry, parseJaas } from '../../security/jaas.ts';
import type { SecurityConfig } from '../config/network-config.ts';
import { ClientError, ConfigError, errorOf, ofSecurity } from '../errors.ts';
import { chooseVersion } from '../net/api-versions.ts';
import type { BrokerConnection } from '../net/broker-connection.ts';
import { ScramClient, type ScramMechanism } from './scram.ts';

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];
const NONCE_BYTES = 24;

export function usesSasl(security: SecurityConfig): boolean {
  return security.protocol === 'SASL_PLAINTEXT' || security.protocol === 'SASL_SSL';
}

/** Throws ConfigError for what can't work, before anything is sent. */
export function checkSasl(security: SecurityConfig): void {
  if (!usesSasl(security)) return;
  const { saslMechanism } = security;
  credentials(security);
  if (!MECHANISMS.includes(saslMechanism)) {
    throw new ConfigError(
      `sasl.mechanism=${saslMechanism} is not supported: use one of ${MECHANISMS.join(', ')}`,
    );
  }
}

/** Rejects with SaslAuthenticationException, or what else the broker answered. */
export async function authenticate(
  connection: BrokerConnection,
  security: SecurityConfig,
  random: Random,
  timeoutMs: number,
): Promise<void> {
  await shakeHands(connection, security.saslMechanism, timeoutMs);
  const { user, password } = credentials(security);
  const exchange = (message: string) => sendToken(connection, message, timeoutMs);
  if (security.saslMechanism === 'PLAIN') {
    await exchange(`\0${user}\0${password}`);
    return;
  }
  const nonce = random.bytes(NONCE_BYTES).toString('base64url');
  const scram = new ScramClient(security.saslMechanism as ScramMechanism, user, password, nonce);
  const serverFirst = await exchange(scram.firstMessage());
  scram.verify(await exchange(scram.finalMessage(serverFirst)));
}

async function shakeHands(
  connection: BrokerConnection,
  mechanism: string,
  timeoutMs: number,
): Promise<void> {
  const version = chooseVersion(connection.versions, SASL_HANDSHAKE, { minVersion: 1 });
  const response = await connection.request(SASL_HANDSHAKE, version, { mechanism }, timeoutMs);
  if (response.errorCode === 0) return;
  const enabled = response.mechanisms.join(', ');
  throw errorOf(
    response.errorCode,
    response.errorCode === Errors.ILLEGAL_SASL_STATE
      ? `Unexpected handshake request with client mechanism ${mechanism}, enabled mechanisms are [${enabled}]`
      : `Client SASL mechanism '${mechanism}' not enabled in the server, enabled mechanisms are [${enabled}]`,
  );
}

async function sendToken(
  connection: BrokerConnection,
  message: string,
  timeoutMs: number,
): Promise<string> {
  const version = chooseVersion(connection.versions, SASL_AUTHENTICATE);
  const authBytes = Buffer.from(message, 'utf8');
  const response = await connection.request(SASL_AUTHENTICATE, version, { authBytes }, timeoutMs);
  if (response.errorCode !== 0) throw errorOf(response.errorCode, response.errorMessage);
  return response.authBytes.toString('utf8');
}

function credentials({ jaasConfig }: SecurityConfig): { user: string; password: string } {
  if (jaasConfig === null) {
    throw new ClientError(
      'java.lang.IllegalArgumentException',
      "Could not find a 'KafkaClient' entry in the JAAS configuration. System property 'java.security.auth.login.config' is not set",
    );
  }
  const { options } = entryOf(jaasConfig);
  const user = options.get('username');
  const password = options.get('password');
  if (user === undefined || password === undefined) {
    throw new ConfigError('sasl.jaas.config has no username or no password');
  }
  return { user, password };
}

function entryOf(jaasConfig: string): JaasEntry {
  try {
    return parseJaas(jaasConfig);
  } catch (error) {
    throw ofSecurity(error);
  }
}
