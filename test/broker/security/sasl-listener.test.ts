// A broker whose listener wants SASL, spoken to byte by byte and by our own client.

import { afterEach, describe, expect, it } from 'vitest';
import { listTopics } from '../../../src/client/admin/list-topics.ts';
import { alterUserScramCredentials } from '../../../src/client/admin/user-scram-credentials.ts';
import { KafkaClient } from '../../../src/client/kafka-client.ts';
import { nodeIo } from '../../../src/io/node.ts';
import { Errors } from '../../../src/protocol/errors.ts';
import { API_VERSIONS } from '../../../src/protocol/generated/apis/api-versions.ts';
import { CREATE_DELEGATION_TOKEN } from '../../../src/protocol/generated/apis/create-delegation-token.ts';
import { DESCRIBE_DELEGATION_TOKEN } from '../../../src/protocol/generated/apis/describe-delegation-token.ts';
import { METADATA } from '../../../src/protocol/generated/apis/metadata.ts';
import { SASL_AUTHENTICATE } from '../../../src/protocol/generated/apis/sasl-authenticate.ts';
import { SASL_HANDSHAKE } from '../../../src/protocol/generated/apis/sasl-handshake.ts';
import { ClosedError, type RawClient } from '../support/raw-client.ts';
import { TestBroker } from '../support/running-broker.ts';

const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule';
const MAP = 'listener.security.protocol.map';

const SASL_CONFIGS = {
  [MAP]: 'CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT',
  'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512,GSSAPI',
  'listener.name.plaintext.plain.sasl.jaas.config': `${PLAIN} required user_alice="secret" user_bob="b";`,
  'listener.name.plaintext.scram-sha-512.sasl.jaas.config': `${SCRAM} required;`,
  'connection.failed.authentication.delay.ms': '1',
};

const running: TestBroker[] = [];
const clients: KafkaClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const broker of running.splice(0)) await broker.stop();
});

async function start(properties: Record<string, string> = {}): Promise<TestBroker> {
  const broker = await TestBroker.start({ properties: { ...SASL_CONFIGS, ...properties } });
  running.push(broker);
  return broker;
}

const plain = (user: string, password: string) => ({
  authBytes: Buffer.from(`\0${user}\0${password}`),
});

async function letIn(client: RawClient): Promise<number> {
  await client.send(SASL_HANDSHAKE, 1, { mechanism: 'PLAIN' });
  const answer = await client.send(SASL_AUTHENTICATE, 2, plain('alice', 'secret'));
  expect(answer.errorCode).toBe(0);
  return answer.sessionLifetimeMs;
}

function kafka(broker: TestBroker, mechanism: string, user: string, password: string): KafkaClient {
  const module = mechanism === 'PLAIN' ? PLAIN : SCRAM;
  const client = new KafkaClient({
    bootstrapServers: [`localhost:${broker.port}`],
    io: nodeIo(),
    config: new Map([
      ['security.protocol', 'SASL_PLAINTEXT'],
      ['sasl.mechanism', mechanism],
      ['sasl.jaas.config', `${module} required username="${user}" password="${password}";`],
    ]),
  });
  clients.push(client);
  return client;
}

describe('a SASL_PLAINTEXT listener', () => {
  it('answers nobody that hasn’t authenticated, and serves who has', async () => {
    const broker = await start();
    const stranger = await broker.client();
    await expect(stranger.send(METADATA, 12, { topics: [] })).rejects.toThrow(ClosedError);
    const client = await broker.client();
    expect((await client.send(API_VERSIONS, 0, {})).errorCode).toBe(0);
    expect(await letIn(client)).toBe(0);
    expect((await client.send(METADATA, 12, { topics: [] })).brokers).toHaveLength(1);
    expect(broker.lines.join('\n')).toContain('does not serve SASL mechanism GSSAPI');
  });

  it('says that delegation tokens are disabled to those who could ask for them', async () => {
    const client = await (await start()).client();
    await letIn(client);
    const created = await client.send(CREATE_DELEGATION_TOKEN, 3, {});
    expect(created).toMatchObject({
      errorCode: Errors.DELEGATION_TOKEN_AUTH_DISABLED,
      principalName: 'alice',
      tokenRequesterPrincipalName: 'alice',
    });
    const described = await client.send(DESCRIBE_DELEGATION_TOKEN, 3, { owners: null });
    expect(described.errorCode).toBe(Errors.DELEGATION_TOKEN_AUTH_DISABLED);
  });

  it('knows PLAIN’s users from its JAAS entry and SCRAM’s from the metadata', async () => {
    const broker = await start();
    const alice = kafka(broker, 'PLAIN', 'alice', 'secret');
    await expect(listTopics(kafka(broker, 'SCRAM-SHA-512', 'carol', 'c'))).rejects.toThrow(
      'Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512',
    );
    await alterUserScramCredentials(
      alice,
      'carol',
      [],
      [{ mechanism: 'SCRAM-SHA-512', iterations: 4096, password: 'c' }],
    );
    await expect(listTopics(kafka(broker, 'SCRAM-SHA-512', 'carol', 'c'))).resolves.toEqual([]);
    await expect(listTopics(kafka(broker, 'SCRAM-SHA-512', 'carol', 'd'))).rejects.toThrow(
      'invalid credentials',
    );
    await expect(listTopics(kafka(broker, 'PLAIN', 'carol', 'c'))).rejects.toThrow(
      'Authentication failed: Invalid username or password',
    );
  });

  it('tells a refused client why, then ends the connection', async () => {
    const broker = await start();
    const client = await broker.client();
    await client.send(SASL_HANDSHAKE, 1, { mechanism: 'PLAIN' });
    const answer = await client.send(SASL_AUTHENTICATE, 2, plain('alice', 'wrong'));
    expect([answer.errorCode, answer.errorMessage]).toEqual([
      58,
      'Authentication failed: Invalid username or password',
    ]);
    await client.closed;
    const other = await broker.client();
    const handshake = await other.send(SASL_HANDSHAKE, 1, { mechanism: 'GSSAPI' });
    expect(handshake).toMatchObject({ errorCode: 33, mechanisms: ['PLAIN', 'SCRAM-SHA-512'] });
    await other.closed;
  });

  it('takes tokens without headers after a handshake of version 0', async () => {
    const broker = await start();
    const client = await broker.client();
    await client.send(SASL_HANDSHAKE, 0, { mechanism: 'PLAIN' });
    const token = Buffer.from('\0alice\0secret');
    const size = Buffer.alloc(4);
    size.writeInt32BE(token.length);
    await client.answer((reader) => expect(reader.remaining).toBe(0), [size, token]);
    expect((await client.send(METADATA, 12, { topics: [] })).brokers).toHaveLength(1);
  });

  it('takes no large frame of a stranger', async () => {
    const broker = await start();
    const client = await broker.client();
    const size = Buffer.alloc(4);
    size.writeInt32BE(524_289);
    client.write(size);
    await client.closed;
    expect(broker.lines.join('\n')).toContain('size = 524289 larger than 524288');
  });

  it('answers a second authentication as out of place', async () => {
    const broker = await start();
    const client = await broker.client();
    await letIn(client);
    const again = await client.send(SASL_HANDSHAKE, 1, { mechanism: 'PLAIN' });
    expect(again.errorCode).toBe(34);
  });
});

describe('a listener that can’t be served as it is configured', () => {
  it.each([
    [{ 'sasl.enabled.mechanisms': 'GSSAPI' }, 'GSSAPI is not supported'],
    [{ 'listener.name.plaintext.sasl.enabled.mechanisms': 'OAUTHBEARER' }, 'OAUTHBEARER'],
    [{ 'sasl.server.callback.handler.class': 'com.acme.Ldap' }, 'com.acme.Ldap'],
    [
      { 'sasl.enabled.mechanisms': 'SCRAM-SHA-256' },
      'needs listener.name.plaintext.scram-sha-256.sasl.jaas.config',
    ],
    [{ 'listener.name.plaintext.plain.sasl.jaas.config': 'x' }, 'control flag not specified'],
  ])('%j keeps the broker from starting', async (properties: Record<string, string>, message) => {
    await expect(start(properties)).rejects.toThrow(message);
  });
});
