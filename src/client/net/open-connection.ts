// From an address to a connection that is ready for requests: TCP, (the seam) TLS, ApiVersions, SASL.
// The only place that knows how a connection begins.

import { type Io, NetworkError } from '../../io/io.ts';
import { API_VERSIONS } from '../../protocol/generated/apis/api-versions.ts';
import type { ApiVersionsResponse } from '../../protocol/generated/apis/api-versions-response.ts';
import type { NetworkConfig, SecurityConfig } from '../config/network-config.ts';
import { ConfigError, DisconnectError, errorOf, KafkaError } from '../errors.ts';
import { authenticate, checkSasl, usesSasl } from '../security/sasl.ts';
import type { Address } from './addresses.ts';
import type { ApiVersionTable, VersionRange } from './api-versions.ts';
import { BrokerConnection } from './broker-connection.ts';

const UNSUPPORTED_VERSION = 35;
const SOFTWARE_NAME = 'kafta';
const SOFTWARE_VERSION = '0.1.0';

export interface OpenOptions {
  readonly io: Io;
  readonly address: Address;
  readonly config: NetworkConfig;
  /** For TCP alone. */
  readonly setupTimeoutMs: number;
  readonly onClosed: () => void;
}

/** Rejects with a DisconnectError whose cause tells why, or what the broker answered to the negotiation. */
export async function openConnection(options: OpenOptions): Promise<BrokerConnection> {
  const { io, address, config } = options;
  const target = { host: address.host, port: address.port, timeoutMs: options.setupTimeoutMs };
  let connection: Awaited<ReturnType<Io['network']['connect']>>;
  try {
    connection = await io.network.connect(target);
  } catch (error) {
    const why = error instanceof NetworkError ? error.code : String(error);
    throw new DisconnectError(
      `Connection to ${address.host}:${address.port} could not be established: ${why}`,
      error,
      true,
    );
  }
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
    throw error;
  }
  return broker;
}

/** Throws KafkaError, with what is wrong or what this client can't do as its cause (ClientUtils.createNetworkClient). */
export function checkSecurity(security: SecurityConfig): void {
  try {
    checkEach(security);
  } catch (error) {
    throw new KafkaError('Failed to create new NetworkClient', error);
  }
}

function checkEach(security: SecurityConfig): void {
  if (security.protocol === 'SSL' || security.protocol === 'SASL_SSL') {
    throw new ConfigError(
      `security.protocol=${security.protocol} is not supported yet: use a PLAINTEXT or SASL_PLAINTEXT listener of the cluster`,
    );
  }
  checkSasl(security);
}

/** KIP-35, KIP-511: our newest version first; a broker that doesn't know it says so in version 0 with what it knows. */
async function negotiateVersions(
  broker: BrokerConnection,
  timeoutMs: number,
): Promise<ApiVersionTable> {
  const newest = Math.min(API_VERSIONS.maxVersion, 4);
  let response = await askVersions(broker, newest, timeoutMs);
  if (response.errorCode === UNSUPPORTED_VERSION) {
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
    return API_VERSIONS.response.read(reader, errorCode === UNSUPPORTED_VERSION ? 0 : version);
  },
};
