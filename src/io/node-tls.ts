// TLS of Node, a client's over a TCP socket and a server's. Loaded when a connection or a listener wants it.

import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import {
  type ServerTlsOptions,
  TLS_HANDSHAKE_ENDED,
  TLS_HANDSHAKE_FAILED,
  type TlsMaterial,
  type TlsOptions,
} from './io.ts';

/** A client that connects and says nothing holds a socket no longer. */
const HANDSHAKE_TIMEOUT_MS = 30_000;

/** A socket that is ready at 'secureConnect'. The plain one may still be connecting. */
export function secured(plain: Socket, host: string, tls: TlsOptions): TLSSocket {
  const options: ConnectionOptions = {
    socket: plain,
    host,
    // A server name must not be an address (RFC 6066).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...contextOf(tls),
    ...(tls.verifiesHost ? {} : { checkServerIdentity: () => undefined }),
  };
  const socket = tlsConnect(options);
  // An error of the plain socket ends the secure one without its reason.
  plain.once('error', (error) => socket.destroy(error));
  return socket;
}

/** Its 'secureConnection's have shaken hands; the others are closed unseen. Throws for what is no certificate or key. */
export function securedServer(tls: ServerTlsOptions, taken: (socket: TLSSocket) => void): Server {
  const server = createServer(
    {
      ...contextOf(tls),
      requestCert: tls.clientCertificates !== 'none',
      rejectUnauthorized: tls.clientCertificates === 'required',
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      noDelay: true,
      keepAlive: true,
    },
    taken,
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function contextOf(tls: TlsMaterial): SecureContextOptions {
  return {
    ...(tls.trusted === undefined ? {} : { ca: [...tls.trusted] }),
    ...(tls.identity === undefined ? {} : { cert: tls.identity.chain, key: tls.identity.key }),
    ...(tls.ciphers === undefined ? {} : { ciphers: tls.ciphers.map(opensslName).join(':') }),
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
  };
}

const ENDED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

/** What failed after TCP was there, as NetworkError's code. (Classes of a module that is loaded late aren't the program's.) */
export function handshakeCode(error: Error): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ENDED.has(code) ? TLS_HANDSHAKE_ENDED : TLS_HANDSHAKE_FAILED;
}

/**
 * TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 is ECDHE-RSA-AES128-GCM-SHA256 for OpenSSL; suites of TLS 1.3 have no WITH and
 * keep their names.
 */
function opensslName(name: string): string {
  const [exchange, cipher] = name.replace(/^TLS_/, '').split('_WITH_');
  if (cipher === undefined) return name;
  const algorithm = cipher
    .replace(/^AES_(\d+)_CBC/, 'AES$1')
    .replace(/^AES_(\d+)/, 'AES$1')
    .replace('CHACHA20_POLY1305_SHA256', 'CHACHA20-POLY1305');
  const prefix = exchange === 'RSA' ? '' : `${exchange!.replaceAll('_', '-')}-`;
  return prefix + algorithm.replaceAll('_', '-');
}
