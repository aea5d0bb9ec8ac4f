// A broker whose listener wants TLS, spoken to by our own client and by node:tls.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type SecureVersion } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { listTopics } from '../../../src/client/admin/list-topics.ts';
import { KafkaClient } from '../../../src/client/kafka-client.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { RawClient } from '../support/raw-client.ts';
import { TestBroker } from '../support/running-broker.ts';

const FIXTURES = join(import.meta.dirname, '../../client/fixtures/tls');
const PASSWORD = 'kafta-test';
const path = (name: string) => join(FIXTURES, name);
const text = (name: string) => readFileSync(path(name), 'utf8');

const MAP = 'listener.security.protocol.map';
const SSL = { [MAP]: 'CONTROLLER:PLAINTEXT,PLAINTEXT:SSL' };
const SERVER = {
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.key': text('server.key'),
  'ssl.keystore.certificate.chain': text('server.pem'),
};
const TRUST = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': path('ca.pem') };
const CLIENT = { 'ssl.keystore.location': path('client.p12'), 'ssl.keystore.password': PASSWORD };
const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required';

const running: TestBroker[] = [];
const clients: KafkaClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const broker of running.splice(0)) await broker.stop();
});

async function start(properties: Record<string, string>): Promise<TestBroker> {
  const broker = await TestBroker.start({ properties: { ...SSL, ...properties } });
  running.push(broker);
  return broker;
}

function topics(broker: TestBroker, config: Record<string, string>) {
  const client = new KafkaClient({
    bootstrapServers: [`localhost:${broker.port}`],
    io: nodeIo(),
    config: new Map(
      Object.entries({
        'security.protocol': 'SSL',
        ...TRUST,
        ...config,
      }),
    ),
  });
  clients.push(client);
  return listTopics(client);
}

/** What a handshake comes to. */
function shakeHands(
  broker: TestBroker,
  options: ConnectionOptions,
): Promise<{ protocol: string; subject: string }> {
  return new Promise((resolve) => {
    const socket = connect({ port: broker.port, servername: 'localhost', ...options });
    socket.once('secureConnect', () => {
      const { subject } = socket.getPeerCertificate();
      resolve({ protocol: socket.getProtocol() ?? '', subject: String(subject.CN) });
      socket.destroy();
    });
    socket.once('error', () => resolve({ protocol: 'refused', subject: '' }));
  });
}

describe('an SSL listener', () => {
  it('serves clients', async () => {
    const broker = await start(SERVER);
    await expect(topics(broker, {})).resolves.toEqual([]);
  });

  it.each([
    ['PEM in the configs', SERVER, 'localhost'],
    [
      'a JKS keystore',
      { 'ssl.keystore.location': path('client.jks'), 'ssl.keystore.password': PASSWORD },
      'client',
    ],
    [
      'a PKCS12 keystore of the listener’s own',
      {
        'ssl.keystore.location': '/nowhere',
        'listener.name.plaintext.ssl.keystore.location': path('client.p12'),
        'listener.name.plaintext.ssl.keystore.password': PASSWORD,
      },
      'client',
    ],
  ])('shows the certificate of %s', async (_, properties: Record<string, string>, name) => {
    const broker = await start(properties);
    const { subject } = await shakeHands(broker, { rejectUnauthorized: false });
    expect(subject).toBe(name);
  });

  it('outlives clients that speak no TLS, and serves the next one', async () => {
    const broker = await start(SERVER);
    const plain = await RawClient.connect(broker.port);
    plain.write(Buffer.from('0000000a00120000000000010000', 'hex'));
    await plain.closed;
    await expect(topics(broker, {})).resolves.toEqual([]);
  });

  it('asks for a certificate that it trusts where ssl.client.auth is required', async () => {
    const broker = await start({ ...SERVER, ...TRUST, 'ssl.client.auth': 'required' });
    await expect(topics(broker, CLIENT)).resolves.toEqual([]);
    await expect(topics(broker, {})).rejects.toThrow();
    const requested = await start({ ...SERVER, ...TRUST, 'ssl.client.auth': 'requested' });
    await expect(topics(requested, {})).resolves.toEqual([]);
  });

  it('speaks no version of TLS that isn’t enabled', async () => {
    const broker = await start({ ...SERVER, 'ssl.enabled.protocols': 'TLSv1.3' });
    const ca = text('ca.pem');
    const spoken = async (maxVersion: SecureVersion) =>
      (await shakeHands(broker, { ca, maxVersion })).protocol;
    expect(await spoken('TLSv1.3')).toBe('TLSv1.3');
    expect(await spoken('TLSv1.2')).toBe('refused');
  });
});

describe('a SASL_SSL listener', () => {
  it('shakes hands, then authenticates; ssl.client.auth of all listeners is not for it', async () => {
    const broker = await start({
      ...SERVER,
      [MAP]: 'CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_SSL',
      'ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.plaintext.plain.sasl.jaas.config': `${PLAIN} user_alice="secret";`,
      'connection.failed.authentication.delay.ms': '1',
    });
    const sasl = (password: string) => ({
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': `${PLAIN} username="alice" password="${password}";`,
    });
    await expect(topics(broker, sasl('secret'))).resolves.toEqual([]);
    await expect(topics(broker, sasl('wrong'))).rejects.toThrow('Invalid username or password');
  });
});

describe('an SSL listener that can’t be had', () => {
  it.each([
    ['without a keystore', {}, 'listener PLAINTEXT needs a certificate'],
    [
      'whose truststore isn’t there',
      { ...SERVER, ...TRUST, 'ssl.truststore.location': '/nowhere' },
      '/nowhere',
    ],
    [
      'without the keystore’s password',
      { 'ssl.keystore.location': path('client.jks') },
      'key store password is not specified',
    ],
    [
      'with a wrong password',
      { 'ssl.keystore.location': path('client.jks'), 'ssl.keystore.password': 'wrong' },
      'Failed to load SSL keystore',
    ],
    [
      'with a wish of its own',
      { ...SERVER, 'listener.name.plaintext.ssl.client.auth': 'maybe' },
      'ssl.client.auth of listener PLAINTEXT is none of none, requested, required: maybe',
    ],
  ])(
    'keeps the broker from starting %s',
    async (_, properties: Record<string, string>, message) => {
      await expect(start(properties)).rejects.toThrow(message);
    },
  );
});
