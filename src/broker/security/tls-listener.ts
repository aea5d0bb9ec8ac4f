// The TLS of a listener from its ssl.* configs (SslFactory, DefaultSslEngineFactory): stores read, clients' certificates wanted
// or not. Prints nothing secret.

import type { Disk, ServerTlsOptions } from '../../io/io.ts';
import { JavaException } from '../../security/java-exception.ts';
import { loadTls } from '../../security/load-tls.ts';
import { checkTlsConfig, tlsConfig } from '../../security/tls-config.ts';
import { StartError } from '../start-error.ts';
import type { ListenerConfigs } from './listener-configs.ts';

const CLIENT_AUTH = 'ssl.client.auth';
const WANTED = ['none', 'requested', 'required'] as const;

/** Rejects with a StartError that says which config, or which store, is wrong. */
export async function tlsListener(
  configs: ListenerConfigs,
  usesSasl: boolean,
  disk: Disk,
): Promise<ServerTlsOptions> {
  const config = tlsConfig(configs);
  const clientCertificates = wantedFromClients(configs, usesSasl);
  try {
    checkTlsConfig(config);
    const material = await loadTls(config, disk, undefined);
    if (material.identity === undefined) {
      throw new StartError(
        `listener ${configs.name} needs a certificate: set ssl.keystore.location or ssl.keystore.key`,
      );
    }
    return { ...material, clientCertificates };
  } catch (error) {
    if (error instanceof JavaException) {
      throw new StartError(`listener ${configs.name}: ${sentences(error).join(': ')}`);
    }
    throw error;
  }
}

/** On a SASL_SSL listener ssl.client.auth counts only when it is the listener's own (KIP-684). */
function wantedFromClients(
  configs: ListenerConfigs,
  usesSasl: boolean,
): ServerTlsOptions['clientCertificates'] {
  const text = (usesSasl ? configs.own(CLIENT_AUTH) : configs.stringOrNull(CLIENT_AUTH)) ?? 'none';
  const wanted = WANTED.find((known) => known === text.toLowerCase());
  if (wanted !== undefined) return wanted;
  throw new StartError(
    `${CLIENT_AUTH} of listener ${configs.name} is none of ${WANTED.join(', ')}: ${text}`,
  );
}

function sentences(error: unknown): string[] {
  return error instanceof JavaException ? [error.message, ...sentences(error.cause)] : [];
}
