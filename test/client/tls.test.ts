// TLS against a server of node:tls before our own broker: every kind of store, our certificate, and what is refused.

import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listTopics } from '../../src/client/admin/list-topics.ts';
import { KafkaClient } from '../../src/client/kafka-client.ts';
import { nodeIo } from '../../src/io/node.ts';
import { TestBroker } from '../broker/support/running-broker.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures/tls');
const PASSWORD = 'kafta-test';
const path = (name: string) => join(FIXTURES, name);
const text = (name: string) => readFileSync(path(name), 'utf8');

const TRUST = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': path('ca.pem') };

let broker: TestBroker;
const servers: Server[] = [];
const clients: KafkaClient[] = [];

beforeAll(async () => {
  broker = await TestBroker.start();
});
afterAll(() => broker.stop());
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const server of servers.splice(0)) {
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `localhost:${(server.address() as AddressInfo).port}`;
}

/** TLS in front of the broker. */
function tlsServer(options: TlsOptions = {}): Promise<string> {
  const identity = { cert: text('server.pem'), key: text('server.key'), ca: text('ca.pem') };
  return listening(
    createTlsServer({ ...identity, ...options }, (socket) => {
      const inner = connect(broker.port, '127.0.0.1');
      socket.pipe(inner).pipe(socket);
      socket.on('error', () => inner.destroy());
      socket.on('close', () => inner.destroy());
      inner.on('error', () => socket.destroy());
    }),
  );
}

function client(
  address: string,
  config: Record<string, string>,
  lines: string[] = [],
): KafkaClient {
  const made = new KafkaClient({
    bootstrapServers: [address],
    io: nodeIo(),
    config: new Map(Object.entries({ 'security.protocol': 'SSL', ...config })),
    log: (level, message) => lines.push(`${level} ${message}`),
  });
  clients.push(made);
  return made;
}

describe('a TLS connection', () => {
  it.each([
    ['a JKS truststore', { location: path('trust.jks'), password: PASSWORD }],
    ['a JKS truststore that isn’t verified', { location: path('trust.jks') }],
    ['a PKCS12 truststore without a key', { location: path('trust.p12'), password: PASSWORD }],
    ['a PEM file', { type: 'PEM', location: path('ca.pem') }],
    ['PEM on one line', { type: 'PEM', certificates: text('ca.pem').replaceAll('\n', ' ') }],
  ])('trusts by %s', async (_what, store) => {
    const config = Object.entries(store).map(([name, value]) => [`ssl.truststore.${name}`, value]);
    await listTopics(client(await tlsServer(), Object.fromEntries(config)));
  });

  it('refuses a server that nobody vouches for', async () => {
    const lines: string[] = [];
    const address = await tlsServer();
    const failure = await listTopics(client(address, {}, lines)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      exception: 'org.apache.kafka.common.errors.SslAuthenticationException',
      message: 'SSL handshake failed',
      cause: { message: 'self-signed certificate in certificate chain' },
    });
    expect(lines).toEqual([
      `ERROR [AdminClient clientId=adminclient-1] Connection to node -1 (${address.replace(':', '/127.0.0.1:')}) failed authentication due to: SSL handshake failed`,
    ]);
  });

  it('refuses a certificate of another host, unless told not to look', async () => {
    const other = { cert: text('other.pem'), key: text('other.key') };
    const address = await tlsServer(other);
    await expect(listTopics(client(address, TRUST))).rejects.toMatchObject({
      message: 'SSL handshake failed',
      cause: { message: expect.stringContaining('other.example') },
    });
    const lax = { ...TRUST, 'ssl.endpoint.identification.algorithm': '' };
    await listTopics(client(address, lax));
  });

  it.each([
    ['PKCS12', { location: path('client.p12'), password: PASSWORD }],
    ['JKS', { location: path('client.jks'), password: PASSWORD }],
    ['PEM', { type: 'PEM', location: path('client.enc.pem') }],
    [
      'PEM in the config',
      { type: 'PEM', key: text('client.enc.pem'), 'certificate.chain': text('client.enc.pem') },
    ],
  ])('shows our certificate out of %s', async (_what, store) => {
    const address = await tlsServer({ requestCert: true, rejectUnauthorized: true });
    const config = Object.entries(store).map(([name, value]) => [`ssl.keystore.${name}`, value]);
    await listTopics(
      client(address, { ...TRUST, ...Object.fromEntries(config), 'ssl.key.password': PASSWORD }),
    );
  });

  it('says so when the server wants a certificate of ours', async () => {
    const address = await tlsServer({ requestCert: true, rejectUnauthorized: true });
    await expect(listTopics(client(address, TRUST))).rejects.toMatchObject({
      message: 'SSL handshake failed',
      cause: { message: expect.stringMatching(/alert certificate required/) },
    });
  });

  it('is tried again when the server hangs up in the handshake', async () => {
    const lines: string[] = [];
    const address = await listening(
      createServer((socket) => socket.once('data', () => socket.destroy())),
    );
    const impatient = { ...TRUST, 'default.api.timeout.ms': '300', 'request.timeout.ms': '300' };
    await expect(listTopics(client(address, impatient, lines))).rejects.toThrow(
      'Timed out waiting for a node assignment. Call: listTopics',
    );
    expect(lines[0]).toContain('terminated during authentication.');
  });
});

describe('a client isn’t made', () => {
  const chainOf = async (config: Record<string, string>) => {
    const messages: string[] = [];
    try {
      await client('localhost:1', config).prepare();
    } catch (error) {
      for (let each = error as Error; each !== undefined; each = each.cause as Error) {
        messages.push(each.message);
      }
    }
    return messages.slice(2);
  };

  it.each([
    ['truststore.location=NONE', ['Failed to load SSL keystore NONE of type JKS', 'NONE']],
    [
      'truststore.location=trust.jks truststore.password=wrong',
      [
        'Failed to load SSL keystore trust.jks of type JKS',
        'Keystore was tampered with, or password was incorrect',
      ],
    ],
    [
      'truststore.location=trust.p12 truststore.password=wrong',
      ['Failed to load SSL keystore trust.p12 of type JKS', 'keystore password was incorrect'],
    ],
    [
      'truststore.location=ca.pem',
      ['Failed to load SSL keystore ca.pem of type JKS', 'Invalid keystore format'],
    ],
    [
      'truststore.type=FOO truststore.location=ca.pem',
      ['Failed to load SSL keystore ca.pem of type FOO', 'FOO not found'],
    ],
    [
      'truststore.type=PEM truststore.location=trust.p12',
      ['Failed to load PEM SSL keystore trust.p12', 'No matching CERTIFICATE entries in PEM file'],
    ],
    [
      'truststore.type=PEM truststore.location=ca.pem truststore.password=x',
      ['SSL trust store password cannot be specified for PEM format.'],
    ],
    [
      'truststore.password=x',
      ['SSL trust store is not specified, but trust store password is specified.'],
    ],
    [
      'truststore.certificates=abc',
      ['SSL trust store certs can be specified only for PEM, but trust store type is JKS.'],
    ],
    [
      'keystore.location=client.p12',
      ['SSL key store is specified, but key store password is not specified.'],
    ],
    [
      'keystore.type=PEM keystore.key=abc',
      ['SSL private key is specified, but certificate chain is not specified.'],
    ],
    [
      'keystore.type=PEM keystore.location=ca.pem',
      [
        'Failed to load PEM SSL keystore ca.pem',
        'Invalid PEM keystore configs',
        'No matching PRIVATE KEY entries in PEM file',
      ],
    ],
    ['protocol=FOO', ['java.security.NoSuchAlgorithmException: FOO SSLContext not available']],
  ])('with %s', async (words, messages) => {
    const config: Record<string, string> = {};
    for (const word of words.split(' ')) {
      const [name, value] = word.split('=') as [string, string];
      config[`ssl.${name}`] = name.endsWith('location') ? path(value) : value;
    }
    const found = (await chainOf(config)).map((message) => message.replace(`${FIXTURES}/`, ''));
    expect(found.slice(0, messages.length)).toEqual(messages);
  });

  it('with a damaged JKS file, wherever it is cut', async () => {
    const { readJks } = await import('../../src/security/jks.ts');
    const whole = readFileSync(path('client.jks'));
    expect(readJks(whole, PASSWORD, PASSWORD).certificates).toHaveLength(2);
    for (let length = 0; length < whole.length; length += 7) {
      expect(() => readJks(whole.subarray(0, length), null, PASSWORD)).toThrow(
        /^(Invalid keystore format|Cannot recover key|Unrecognized keystore entry)$/,
      );
    }
    expect(() => readJks(whole, PASSWORD, 'wrong')).toThrow('Cannot recover key');
  });
});
