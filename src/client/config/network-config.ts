// The configs that every kind of client shares: connections, time-outs, retries, security.

import { type TlsConfig, tlsConfig } from '../../security/tls-config.ts';
import { ConfigError } from '../errors.ts';
import type { ConfigValues } from './config-values.ts';

export interface NetworkConfig {
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
  readonly reconnectBackoffMs: number;
  readonly reconnectBackoffMaxMs: number;
  readonly connectionSetupTimeoutMs: number;
  readonly connectionSetupTimeoutMaxMs: number;
  readonly connectionsMaxIdleMs: number;
  readonly metadataMaxAgeMs: number;
  readonly security: SecurityConfig;
}

/** `saslMechanism` and `jaasConfig` count for SASL_PLAINTEXT and SASL_SSL only. Never print `jaasConfig`. */
export interface SecurityConfig {
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  readonly saslMechanism: string;
  readonly jaasConfig: string | null;
  /** For SSL and SASL_SSL. */
  readonly tls: TlsConfig;
}

/** `defaultClientId` is taken when client.id is empty, as Java's constructors do. */
export function networkConfig(values: ConfigValues, defaultClientId: string): NetworkConfig {
  const clientId = values.string('client.id');
  const reconnectBackoffMs = values.number('reconnect.backoff.ms');
  // CommonClientConfigs.postProcessReconnectBackoffConfigs: the first alone means a constant back-off.
  const isConstant =
    values.isGiven('reconnect.backoff.ms') && !values.isGiven('reconnect.backoff.max.ms');
  return {
    clientId: clientId === '' ? defaultClientId : clientId,
    requestTimeoutMs: values.number('request.timeout.ms'),
    retryBackoffMs: values.number('retry.backoff.ms'),
    retryBackoffMaxMs: values.number('retry.backoff.max.ms'),
    reconnectBackoffMs,
    reconnectBackoffMaxMs: isConstant
      ? reconnectBackoffMs
      : values.number('reconnect.backoff.max.ms'),
    connectionSetupTimeoutMs: values.number('socket.connection.setup.timeout.ms'),
    connectionSetupTimeoutMaxMs: values.number('socket.connection.setup.timeout.max.ms'),
    connectionsMaxIdleMs: values.number('connections.max.idle.ms'),
    metadataMaxAgeMs: values.number('metadata.max.age.ms'),
    security: securityConfig(values),
  };
}

function securityConfig(values: ConfigValues): SecurityConfig {
  const protocol = values.string('security.protocol').toUpperCase() as SecurityConfig['protocol'];
  const saslMechanism = values.stringOrNull('sasl.mechanism') ?? '';
  if (protocol.startsWith('SASL_') && saslMechanism === '') {
    throw new ConfigError(
      'When the security.protocol configuration enables SASL, mechanism must be non-null and non-empty string.',
    );
  }
  const jaasConfig = values.stringOrNull('sasl.jaas.config');
  return { protocol, saslMechanism, jaasConfig, tls: tlsConfig(values) };
}
