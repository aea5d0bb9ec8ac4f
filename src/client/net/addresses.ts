// bootstrap.servers: what counts as an address, with Kafka's words for what doesn't (ClientUtils.parseAndValidateAddresses).
// Doesn't resolve names: that happens when a connection is made, each time anew and over all addresses.

import { ConfigError, NoBootstrapError } from '../errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Utils.HOST_PORT_PATTERN: an optional protocol, a host (IPv6 in brackets), a port. */
const HOST_PORT = /^(?:[0-9a-zA-Z\-%._]*:\/\/)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/;
const LARGEST_PORT = 65_535;

/** Throws ConfigError for the first bad entry, or when nothing is left. Empty entries are passed over. */
export function parseAddresses(servers: readonly string[]): Address[] {
  const addresses: Address[] = [];
  for (const entry of servers) {
    const server = entry.trim();
    if (server !== '') addresses.push(parseAddress(server));
  }
  if (addresses.length === 0) throw new NoBootstrapError(servers);
  return addresses;
}

function parseAddress(server: string): Address {
  const match = HOST_PORT.exec(server);
  if (match === null) throw new ConfigError(`Invalid url in bootstrap.servers: ${server}`);
  const port = Number(match[2]);
  if (port > LARGEST_PORT) throw new ConfigError(`Invalid port in bootstrap.servers: ${server}`);
  return { host: match[1]!, port };
}
