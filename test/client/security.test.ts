// JAAS lines, SCRAM by the RFCs' examples, and the SASL dialogue with a scripted broker in virtual time.

import { describe, expect, it } from 'vitest';
import { listTopics } from '../../src/client/admin/list-topics.ts';
import { KafkaClient } from '../../src/client/kafka-client.ts';
import { Producer } from '../../src/client/producer/producer.ts';
import { ScramClient } from '../../src/client/security/scram.ts';
import { SASL_AUTHENTICATE } from '../../src/protocol/generated/apis/sasl-authenticate.ts';
import { SASL_HANDSHAKE } from '../../src/protocol/generated/apis/sasl-handshake.ts';
import { parseJaas } from '../../src/security/jaas.ts';
import { JavaException } from '../../src/security/java-exception.ts';
import { VirtualWorld } from '../simulation/virtual-io.ts';
import { FakeBroker } from './support/fake-broker.ts';

const PLAIN_LOGIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';

describe('sasl.jaas.config', () => {
  it('is read with quotes, escapes and spaces as Kafka takes them', () => {
    const entry = parseJaas(
      `${PLAIN_LOGIN} required  username="al;ice" password = 'se"c=ret'\n  other="a\\"b\\\\" ;`,
    );
    expect(entry.module).toBe(PLAIN_LOGIN);
    expect([...entry.options]).toEqual([
      ['username', 'al;ice'],
      ['password', 'se"c=ret'],
      ['other', 'a"b\\'],
    ]);
  });

  it.each([
    ['', 'Login module not specified in JAAS config'],
    ['Module', 'Login module control flag not specified in JAAS config'],
    ['Module maybe;', 'Login module control flag is not available in the JAAS config'],
    ['Module required', 'JAAS config entry not terminated by semi-colon'],
    ['Module required user;', "Value not specified for key 'user' in JAAS config"],
    ['Module required user=;', "Value not specified for key 'user' in JAAS config"],
    ['Module required user="a"', 'JAAS config entry not terminated by semi-colon'],
  ])('is refused without showing what is secret: %j', (text, message) => {
    expect(() => parseJaas(text)).toThrow(
      new JavaException('java.lang.IllegalArgumentException', message),
    );
  });
});

describe('SCRAM', () => {
  it('answers as RFC 7677’s example', () => {
    const client = new ScramClient('SCRAM-SHA-256', 'user', 'pencil', 'rOprNGfwEbeRWgbNEkqO');
    expect(client.firstMessage()).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    const final = client.finalMessage(`r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
    expect(final).toBe(`c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`);
    client.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    expect(() => client.verify('v=AAAA')).toThrow('Invalid server signature');
  });

  it('refuses another nonce, few iterations and endless ones', () => {
    const client = new ScramClient('SCRAM-SHA-512', 'a,b=c', 'x', 'abc');
    expect(client.firstMessage()).toBe('n,,n=a=2Cb=3Dc,r=abc');
    for (const first of ['r=xyz,s=AAAA,i=4096', 'r=abcd,s=AAAA,i=1', 'r=abcd,s=AAAA,i=999999999']) {
      expect(() => client.finalMessage(first)).toThrow('Invalid SCRAM message');
    }
  });
});

describe('a SASL_PLAINTEXT connection', () => {
  const config = (password: string) =>
    new Map([
      ['security.protocol', 'SASL_PLAINTEXT'],
      ['sasl.mechanism', 'PLAIN'],
      ['sasl.jaas.config', `${PLAIN_LOGIN} required username="alice" password="${password}";`],
    ]);

  async function withBroker(work: (world: VirtualWorld, broker: FakeBroker) => Promise<void>) {
    const world = new VirtualWorld(1);
    await world.scheduler.run(async () => {
      const broker = await FakeBroker.start(world);
      broker.topic('t');
      broker.on(SASL_HANDSHAKE, ({ mechanism }) => ({
        errorCode: mechanism === 'PLAIN' ? 0 : 33,
        mechanisms: ['PLAIN'],
      }));
      broker.on(SASL_AUTHENTICATE, ({ authBytes }) =>
        authBytes.toString() === '\0alice\0secret'
          ? { authBytes: Buffer.alloc(0) }
          : { errorCode: 58, errorMessage: 'Authentication failed: Invalid username or password' },
      );
      await work(world, broker);
    });
  }

  it('authenticates before anything else', async () => {
    await withBroker(async (world, broker) => {
      const { io } = world.process();
      const bootstrapServers = [broker.address];
      const kafka = new KafkaClient({ bootstrapServers, io, config: config('secret') });
      expect(await listTopics(kafka)).toHaveLength(1);
      expect(broker.log).toEqual([
        'API_VERSIONS',
        'SASL_HANDSHAKE',
        'SASL_AUTHENTICATE',
        'METADATA',
      ]);
      await kafka.close();
    });
  });

  it('fails at once with what the broker says, for tools and producers', async () => {
    await withBroker(async (world, broker) => {
      const { io } = world.process();
      const bootstrapServers = [broker.address];
      const message = 'Authentication failed: Invalid username or password';
      const kafka = new KafkaClient({ bootstrapServers, io, config: config('wrong') });
      await expect(listTopics(kafka)).rejects.toThrow(message);
      await kafka.close();
      const producer = new Producer({ bootstrapServers, io, config: config('wrong') });
      await expect(producer.ready('t')).rejects.toThrow(message);
      await producer.close();
      expect(world.scheduler.nowMs).toBeLessThan(1000);
    });
  });

  it('refuses a JAAS line that is none, as Java does', () => {
    const bad = new Map([...config('secret'), ['sasl.jaas.config', 'Module']]);
    const { io } = new VirtualWorld(1).process();
    const because: unknown[] = [];
    try {
      new KafkaClient({ bootstrapServers: ['localhost:1'], io, config: bad });
    } catch (error) {
      for (let each = error as Error; each !== undefined; each = each.cause as Error) {
        because.push([each.name, each.message]);
      }
    }
    expect(because).toContainEqual([
      'IllegalArgumentException',
      'Login module control flag not specified in JAAS config',
    ]);
  });

  it('names a mechanism or a protocol that isn’t there', async () => {
    await withBroker(async (world, broker) => {
      const { io } = world.process();
      const bootstrapServers = [broker.address];
      const scram = new Map([...config('secret'), ['sasl.mechanism', 'SCRAM-SHA-256']]);
      const kafka = new KafkaClient({ bootstrapServers, io, config: scram });
      await expect(listTopics(kafka)).rejects.toThrow(
        "Client SASL mechanism 'SCRAM-SHA-256' not enabled in the server, enabled mechanisms are [PLAIN]",
      );
      await kafka.close();
      for (const [name, value] of [['sasl.mechanism', 'GSSAPI']] as const) {
        const bad = new Map([...config('secret'), [name, value]]);
        expect(() => new KafkaClient({ bootstrapServers, io, config: bad })).toThrow(
          expect.objectContaining({
            cause: expect.objectContaining({
              cause: expect.objectContaining({
                message: expect.stringContaining(`${name}=${value}`),
              }),
            }),
          }),
        );
      }
    });
  });
});
