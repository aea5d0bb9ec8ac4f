// Where a listener's SASL sessions come from: its configs, and the SCRAM credentials of the metadata log as they stand when a
// client asks.

import type { ListenerEndpoint } from '../../config/endpoints.ts';
import { scramKey } from '../../metadata/image/security-images.ts';
import type { BrokerServices } from '../services.ts';
import { saslOfListener } from './listener-security.ts';
import { SaslSession, type ScramCredentialOf } from './sasl-session.ts';

/** ScramMechanism.type */
const SCRAM_TYPES = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const;

/** Makes a session for each connection; undefined where none is wanted. @throws StartError */
export function saslSessionsOf(
  endpoint: ListenerEndpoint,
  { config, io, metadata, log }: Pick<BrokerServices, 'config' | 'io' | 'metadata' | 'log'>,
): (() => SaslSession) | undefined {
  const sasl = saslOfListener(config, endpoint, log);
  if (sasl === undefined) return undefined;
  const credentialOf: ScramCredentialOf = (mechanism, user) =>
    metadata.image.scram.get(scramKey(user, SCRAM_TYPES[mechanism]));
  return () => new SaslSession(sasl, io, credentialOf);
}
