// Reads listeners, listener.security.protocol.map and the quorum's voters (SocketServerConfigs.listenerListToEndPoints,
// QuorumConfig.parseVoterConnections), with Kafka's texts for what can't be read. Pure; it never resolves a name.
import { ConfigError } from './config-def.ts';

export const SECURITY_PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;
/** The index is Kafka's SecurityProtocol id. */
export type SecurityProtocol = (typeof SECURITY_PROTOCOLS)[number];

export const securityProtocolId = (protocol: SecurityProtocol): number =>
  SECURITY_PROTOCOLS.indexOf(protocol);

export interface ListenerEndpoint {
  /** Upper case, as Kafka normalises listener names. */
  readonly name: string;
  /** '' stands for every address of this machine. */
  readonly host: string;
  readonly port: number;
  readonly securityProtocol: SecurityProtocol;
}

export interface QuorumVoter {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

export type SecurityProtocolMap = ReadonlyMap<string, SecurityProtocol>;

const MAP = 'listener.security.protocol.map';

/** Throws ConfigError. */
export function parseSecurityProtocolMap(text: string): SecurityProtocolMap {
  const map = new Map<string, SecurityProtocol>();
  for (const entry of text.split(',')) {
    if (entry.trim() === '') continue;
    const colon = entry.lastIndexOf(':');
    const name = entry.slice(0, Math.max(colon, 0)).trim();
    const protocol = entry.slice(colon + 1).trim();
    if (colon < 0) {
      const reason = `begin 0, end -1, length ${entry.length}`;
      throw new ConfigError(`Error parsing configuration property '${MAP}': ${reason}`);
    }
    map.set(name.toUpperCase(), securityProtocolFor(protocol, MAP));
  }
  return map;
}

export function securityProtocolFor(text: string, configName: string): SecurityProtocol {
  const protocol = SECURITY_PROTOCOLS.find((known) => known === text.toUpperCase());
  if (protocol === undefined) {
    throw new ConfigError(`Invalid security protocol \`${text}\` defined in ${configName}`);
  }
  return protocol;
}

const ENDPOINT = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)$/;

/** Throws ConfigError: a form that can't be read, an unmapped name, two with one name or port. */
export function parseListeners(
  entries: readonly string[],
  protocols: SecurityProtocolMap,
): ListenerEndpoint[] {
  const shown = `[${entries.join(', ')}]`;
  const refuse = (reason: string): never => {
    throw new ConfigError(`Error creating broker listeners from '${shown}': ${reason}`);
  };
  const listeners = entries.map((entry) => {
    const match = ENDPOINT.exec(entry);
    const name = match?.[1]?.toUpperCase();
    if (!match || name === undefined || name === '') {
      return refuse(`Unable to parse ${entry} to a broker endpoint`);
    }
    const securityProtocol =
      protocols.get(name) ?? refuse(`No security protocol defined for listener ${name}`);
    return { name, host: match[2] as string, port: Number(match[3]), securityProtocol };
  });
  if (new Set(listeners.map((listener) => listener.name)).size !== listeners.length) {
    refuse(`Each listener must have a different name, listeners: ${shown}`);
  }
  return listeners;
}

/** Two listeners may share a port only as an IPv4 and an IPv6 address. Throws ConfigError. */
export function checkDistinctPorts(
  listeners: readonly ListenerEndpoint[],
  entries: readonly string[],
): void {
  const shown = `[${entries.join(', ')}]`;
  for (const [index, listener] of listeners.entries()) {
    if (listener.port === 0) continue;
    const twin = listeners.slice(index + 1).find((other) => other.port === listener.port);
    if (twin === undefined || isIpv6(twin.host) !== isIpv6(listener.host)) continue;
    throw new ConfigError(
      `Error creating broker listeners from '${shown}': ` +
        `Each listener must have a different port, listeners: ${shown}`,
    );
  }
}

const isIpv6 = (host: string): boolean => host.includes(':');

/** `{id}@{host}:{port}` entries of controller.quorum.voters. Throws ConfigError. */
export function parseVoters(entries: readonly string[]): QuorumVoter[] {
  return entries.map((entry) => {
    const at = entry.split('@');
    if (at.length !== 2) {
      throw new ConfigError(
        'Invalid configuration value for controller.quorum.voters. ' +
          'Each entry should be in the form `{id}@{host}:{port}`.',
      );
    }
    const [idText, address] = at as [string, string];
    if (!/^-?[0-9]+$/.test(idText)) {
      throw new ConfigError(`Failed to parse voter ID as an integer from ${idText}`);
    }
    const { host, port } = parseHostPort(address);
    const form = 'Each entry should be in the form `{id}@{host}:{port}`.';
    const where = `entry ${entry} for the configuration controller.quorum.voters`;
    if (host === undefined) {
      throw new ConfigError(`Failed to parse host name from ${where}. ${form}`);
    }
    if (port === undefined) {
      throw new ConfigError(`Failed to parse host port from ${where}. ${form}`);
    }
    return { id: Number(idText), host, port };
  });
}

/** `{host}:{port}` entries of controller.quorum.bootstrap.servers. Throws ConfigError. */
export function parseBootstrapServers(
  entries: readonly string[],
): { host: string; port: number }[] {
  const name = 'controller.quorum.bootstrap.servers';
  const form = 'Each entry should be in the form "{host}:{port}"';
  return entries.map((entry) => {
    const { host, port } = parseHostPort(entry);
    if (host === undefined) {
      throw new ConfigError(
        `Failed to parse host name from ${entry} for the configuration ${name}. ${form}`,
      );
    }
    if (port === undefined) {
      throw new ConfigError(
        `Failed to parse host port from ${entry} for the configuration ${name}. ${form}`,
      );
    }
    return { host, port };
  });
}

function parseHostPort(address: string): { host: string | undefined; port: number | undefined } {
  const match = /^\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/.exec(address);
  if (!match) return { host: undefined, port: undefined };
  return { host: match[1] === '' ? undefined : match[1], port: Number(match[2]) };
}
