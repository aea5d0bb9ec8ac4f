// From an address to a connection that is ready for requests: TCP, TLS, ApiVersions, SASL.
// The only place that knows how a connection begins.

import {
  type Connection,
  type Io,
  NetworkError,
  TLS_HANDSHAKE_ENDED,
  TLS_HANDSHAKE_FAILED,
  type TlsOptions,
} from '../../io/io.ts';
import { Errors } from '../../protocol/errors.ts';
import { API_VERSIONS } from '../../protocol/generated/apis/api-versions.ts';
import type { ApiVersionsResponse } from '../../protocol/generated/apis/api-versions-response.ts';
import { checkTlsConfig } from '../../security/tls-config.ts';
import type { NetworkConfig, SecurityConfig } from '../config/network-config.ts';
import { ClientError, DisconnectError, errorOf, KafkaError, ofSecurity } from '../errors.ts';
import { authenticate, checkSasl, usesSasl } from '../security/sasl.ts';
import type { Address } from './addresses.ts';
import type { ApiVersionTable, VersionRange } from './api-versions.ts';
import { BrokerConnection } from './broker-connection.ts';

const SOFTWARE_NAME = 'kafta';
const SOFTWARE_VERSION = '0.1.0';

export interface OpenOptions {
  readonly io: Io;
  readonly address: Address;
  readonly config: NetworkConfig;
  /** For TCP and TLS. */
  readonly setupTimeoutMs: number;
  readonly tls: TlsOptions | undefined;
  readonly onClosed: () => void;
}

/** Rejects with a DisconnectError whose cause tells why, or what the broker answered to the negotiation. */
export async function openConnection(options: OpenOptions): Promise<BrokerConnection> {
  const { io, config } = options;
  const connection = await connect(options);
  const broker = new BrokerConnection({
    io,
    connection,
    clientId: config.clientId,
    maxIdleMs: config.connectionsMaxIdleMs,
    onClosed: options.onClosed,
  });
  try {
    broker.versions = await negotiateVersions(broker, config.requestTimeoutMs);
    if (usesSasl(config.security)) {
      await authenticate(broker, config.security, io.random, config.requestTimeoutMs);
    }
  } catch (error) {
    broker.close();
    throw authenticationError(error, config.security);
  }
  return broker;
}

async function connect({ io, address, setupTimeoutMs, tls }: OpenOptions): Promise<Connection> {
  const { host, port } = address;
  try {
    return await io.network.connect({ host, port, timeoutMs: setupTimeoutMs, tls });
  } catch (error) {
    const why = error instanceof NetworkError ? error.code : String(error);
    if (why === TLS_HANDSHAKE_FAILED) throw sslFailure((error as NetworkError).cause);
    const stage = why === TLS_HANDSHAKE_ENDED ? 'authenticate' : 'connect';
    throw new DisconnectError(
      `Connection to ${host}:${port} could not be established: ${why}`,
      error,
      stage,
    );
  }
}

/** What went wrong between the first byte and the first request of the user's. */
function authenticationError(error: unknown, security: SecurityConfig): unknown {
  if (!(error instanceof DisconnectError)) return error;
  const { cause } = error;
  // In TLS 1.3 a server refuses our certificate, or that there is none, after our handshake is over.
  if (cause instanceof NetworkError && cause.code.startsWith('ERR_SSL_')) {
    return sslFailure(cause.cause);
  }
  return usesSasl(security) ? new DisconnectError(error.message, cause, 'authenticate') : error;
}

function sslFailure(cause: unknown): ClientError {
  // OpenSSL's own sentence is behind the codes in Node's.
  const { reason, message = String(cause) } = cause as { reason?: string; message?: string };
  return new ClientError('SslAuthenticationException', 'SSL handshake failed', {
    cause: new ClientError('javax.net.ssl.SSLHandshakeException', reason ?? message),
  });
}

export function usesTls({ protocol }: SecurityConfig): boolean {
  return protocol === 'SSL' || protocol === 'SASL_SSL';
}

/** Throws KafkaError, with what is wrong or what this client can't do as its cause (ClientUtils.createNetworkClient). */
export function checkSecurity(security: SecurityConfig): void {
  try {
    checkEach(security);
  } catch (error) {
    throw new KafkaError('Failed to create new NetworkClient', ofSecurity(error));
  }
}

function checkEach(security: SecurityConfig): void {
  if (usesTls(security)) checkTlsConfig(security.tls);
  checkSasl(security);
}

/** KIP-35, KIP-511: our newest version first; a broker that doesn't know it says so in version 0 with what it knows. */
async function negotiateVersions(
  broker: BrokerConnection,
  timeoutMs: number,
): Promise<ApiVersionTable> {
  const newest = Math.min(API_VERSIONS.maxVersion, 4);
  let response = await askVersions(broker, newest, timeoutMs);
  if (response.errorCode === Errors.UNSUPPORTED_VERSION) {
    const known = response.apiKeys.find((entry) => entry.apiKey === API_VERSIONS.key);
    const version = Math.max(0, Math.min(newest - 1, known?.maxVersion ?? 0));
    response = await askVersions(broker, version, timeoutMs);
  }
  if (response.errorCode !== 0) throw errorOf(response.errorCode);
  const ranges = new Map<number, VersionRange>();
  for (const { apiKey, minVersion, maxVersion } of response.apiKeys) {
    ranges.set(apiKey, { minVersion, maxVersion });
  }
  const finalizedFeatures = new Map<string, number>();
  for (const feature of response.finalizedFeatures) {
    finalizedFeatures.set(feature.name, feature.maxVersionLevel);
  }
  return { ranges, finalizedFeatures };
}

function askVersions(
  broker: BrokerConnection,
  version: number,
  timeoutMs: number,
): Promise<ApiVersionsResponse> {
  const request = { clientSoftwareName: SOFTWARE_NAME, clientSoftwareVersion: SOFTWARE_VERSION };
  return broker.request(
    { ...API_VERSIONS, response: lenientResponse },
    version,
    version >= 3 ? request : {},
    timeoutMs,
  );
}

/** A broker that refuses the version answers in version 0, whatever was asked. */
const lenientResponse: typeof API_VERSIONS.response = {
  ...API_VERSIONS.response,
  read(reader, version) {
    const at = reader.position;
    const errorCode = reader.readInt16('errorCode');
    reader.position = at;
    return API_VERSIONS.response.read(
      reader,
      errorCode === Errors.UNSUPPORTED_VERSION ? 0 : version,
    );
  },
};
