// What a listener's security protocol asks of its connections: nothing, TLS, SASL, or both. Settled before any port is opened, as
// a listener must never be less safe than its configuration says.

import type { ListenerEndpoint } from '../../config/endpoints.ts';
import type { ServerTlsOptions } from '../../io/io.ts';
import { scramKey } from '../../metadata/image/security-images.ts';
import type { BrokerServices } from '../services.ts';
import { ListenerConfigs } from './listener-configs.ts';
import { saslListener } from './sasl-listener.ts';
import { SaslSession, type ScramCredentialOf } from './sasl-session.ts';
import { tlsListener } from './tls-listener.ts';

/** ScramMechanism.type */
const SCRAM_TYPES = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const;

export interface ListenerSecurity {
  readonly tls: ServerTlsOptions | undefined;
  /** Makes a session for each connection; undefined where none is wanted. */
  readonly saslSession: (() => SaslSession) | undefined;
}

type Services = Pick<BrokerServices, 'config' | 'io' | 'metadata' | 'log'>;

/** Rejects with a StartError for what can't be served. */
export async function listenerSecurity(
  { name, securityProtocol }: ListenerEndpoint,
  services: Services,
): Promise<ListenerSecurity> {
  const configs = new ListenerConfigs(services.config, name);
  const usesTls = securityProtocol === 'SSL' || securityProtocol === 'SASL_SSL';
  const usesSasl = securityProtocol === 'SASL_PLAINTEXT' || securityProtocol === 'SASL_SSL';
  return {
    tls: usesTls ? await tlsListener(configs, usesSasl, services.io.disk) : undefined,
    saslSession: usesSasl ? saslSessions(configs, services) : undefined,
  };
}

/** SCRAM credentials are looked up when a client asks: a changed password counts at once. */
function saslSessions(
  configs: ListenerConfigs,
  { io, metadata, log }: Services,
): () => SaslSession {
  const listener = saslListener(configs, log);
  const credentialOf: ScramCredentialOf = (mechanism, user) =>
    metadata.image.scram.get(scramKey(user, SCRAM_TYPES[mechanism]));
  return () => new SaslSession(listener, io, credentialOf);
}
