// What the group coordinator is told about the client behind a request.

import type { GroupRequestContext } from '../coordinator/group/group.ts';
import type { RequestContext } from './request-context.ts';

export function groupContext(context: RequestContext): GroupRequestContext {
  return {
    clientId: context.clientId ?? '',
    clientHost: addressOf(context.peer.remoteHost),
    requestVersion: context.apiVersion,
  };
}

let lastHost = '';
let lastAddress = javaAddress(lastHost);

/** Most requests come from where the one before came from. */
function addressOf(host: string): string {
  if (host !== lastHost) {
    lastHost = host;
    lastAddress = javaAddress(host);
  }
  return lastAddress;
}

/** As Java's InetAddress.toString prints an address that has no name: a slash, IPv6 in eight plain groups. */
export function javaAddress(host: string): string {
  const address = host.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!address.includes(':')) return `/${address}`;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = tail === undefined ? left : [...left, ...zeros, ...right];
  return `/${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}`;
}
