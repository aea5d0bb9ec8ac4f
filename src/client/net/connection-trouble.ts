// How a connection that can't be made, or ended, is told in the log (NetworkClient.processDisconnection).

import { NetworkError } from '../../io/io.ts';
import { type ClientLog, NETWORK_LOGGER } from '../client-log.ts';
import { ClientError, DisconnectError } from '../errors.ts';
import type { NodeLink } from './node-link.ts';

const DURING_AUTHENTICATION =
  'terminated during authentication. This may happen due to any of the following reasons: ' +
  '(1) Firewall blocking Kafka TLS traffic (eg it may only allow HTTPS traffic), (2) Transient network issue.';

/** `error` undefined: the connection was ready, and ended. `isBootstrap`: no broker has answered about the cluster yet. */
export function tellTrouble(
  link: NodeLink,
  error: unknown,
  isBootstrap: boolean,
  log: ClientLog,
): void {
  const { nodeId, address } = link;
  if (error !== undefined) {
    const connection = `Connection to node ${nodeId} (${shownAddress(address.host, address.port, error)})`;
    const stage = error instanceof DisconnectError ? error.stage : 'failed';
    if (stage === 'connect') {
      log(
        'WARN',
        `${connection} could not be established. Node may not be available.`,
        NETWORK_LOGGER,
      );
    } else if (stage === 'authenticate') {
      log('WARN', `${connection} ${DURING_AUTHENTICATION}`, NETWORK_LOGGER);
    } else if (stage === 'failed') {
      const why = error instanceof ClientError ? error.message : String(error);
      log('ERROR', `${connection} failed authentication due to: ${why}`, NETWORK_LOGGER);
    }
  }
  if (!isBootstrap || nodeId >= 0) return;
  const node = `${address.host}:${address.port} (id: ${nodeId} rack: null isFenced: false)`;
  log('WARN', `Bootstrap broker ${node} disconnected`, NETWORK_LOGGER);
}

/** InetSocketAddress.toString: the name, if one was given, and the address. */
function shownAddress(host: string, port: number, error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const isIp = /^[0-9.]+$|:/.test(host);
  const ip = cause instanceof NetworkError ? cause.ip : undefined;
  if (isIp) return `/${host}:${port}`;
  return `${host}/${ip ?? (host === 'localhost' ? '127.0.0.1' : '<unresolved>')}:${port}`;
}
