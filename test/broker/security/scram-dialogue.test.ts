// The server's side of PLAIN and SCRAM by the RFCs' examples, against our own client's side, and what each refuses.

import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PlainDialogue } from '../../../src/broker/security/plain-dialogue.ts';
import { SaslRefusal } from '../../../src/broker/security/sasl-mechanism.ts';
import {
  type ScramCredential,
  ScramDialogue,
} from '../../../src/broker/security/scram-dialogue.ts';
import { ScramClient, type ScramMechanism } from '../../../src/client/security/scram.ts';

function credential(
  hash: 'sha256' | 'sha512',
  password: string,
  salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
  iterations = 4096,
): ScramCredential {
  const length = createHash(hash).digest().length;
  const salted = pbkdf2Sync(password, salt, iterations, length, hash);
  const key = (text: string) => createHmac(hash, salted).update(text).digest();
  const storedKey = createHash(hash).update(key('Client Key')).digest();
  return { salt, iterations, storedKey, serverKey: key('Server Key') };
}

const SERVER_NONCE = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const PENCIL = credential('sha256', 'pencil');

function pencils(users: Record<string, ScramCredential> = { user: PENCIL }): ScramDialogue {
  return new ScramDialogue('SCRAM-SHA-256', (user) => users[user], SERVER_NONCE);
}

const say = (dialogue: { answer(token: Buffer): Buffer }, text: string): string =>
  dialogue.answer(Buffer.from(text)).toString();

const FIRST = 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO';
const NONCE = `rOprNGfwEbeRWgbNEkqO${SERVER_NONCE}`;
const FINAL = `c=biws,r=${NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`;

describe('SCRAM on the server', () => {
  it('answers as RFC 7677’s example', () => {
    const dialogue = pencils();
    expect(say(dialogue, FIRST)).toBe(`r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
    expect(dialogue.user).toBeUndefined();
    expect(say(dialogue, FINAL)).toBe('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    expect(dialogue.user).toBe('user');
  });

  it.each([['SCRAM-SHA-256', 'sha256'] as const, ['SCRAM-SHA-512', 'sha512'] as const])(
    'lets our own client in with %s, whatever signs the name has',
    (mechanism: ScramMechanism, hash) => {
      const user = 'a,b=c é';
      const client = new ScramClient(mechanism, user, 'sécret', 'abc');
      const known = credential(hash, 'sécret');
      const dialogue = new ScramDialogue(
        mechanism,
        (name) => (name === user ? known : undefined),
        'server',
      );
      const final = client.finalMessage(say(dialogue, client.firstMessage()));
      client.verify(say(dialogue, final));
      expect(dialogue.user).toBe(user);
    },
  );

  it.each([
    ['another user', 'n,,n=nobody,r=abc'],
    ['no nonce', 'n,,n=user'],
    ['channel binding', 'p=tls-unique,,n=user,r=abc'],
    ['a delegation token', 'n,,n=user,r=abc,tokenauth=true'],
    ['a name that ends in the middle of an escape', 'n,,n=us=2,r=abc'],
    ['nothing', ''],
  ])('refuses a first message with %s, and doesn’t say why', (_, first) => {
    expect(() => say(pencils(), first)).toThrow(SaslRefusal);
    try {
      say(pencils(), first);
    } catch (error) {
      expect((error as SaslRefusal).isPublic).toBe(false);
    }
  });

  it('refuses to act for somebody else, and credentials of few iterations', () => {
    expect(() => say(pencils(), 'n,a=other,n=user,r=abc')).toThrow('different from username');
    const weak = credential('sha256', 'pencil', Buffer.alloc(4), 4095);
    expect(() => say(pencils({ user: weak }), FIRST)).toThrow(SaslRefusal);
    expect(say(pencils(), 'n,a=user,n=user,r=abc')).toContain('i=4096');
  });

  it.each([
    ['a wrong proof', FINAL.replace('p=dH', 'p=dX')],
    ['a proof that is too short', `c=biws,r=${NONCE},p=dHzb`],
    ['another nonce', FINAL.replace('r=rO', 'r=rX')],
    ['no proof', `c=biws,r=${NONCE}`],
  ])('refuses a final message with %s, and then the right one too', (_, final) => {
    const dialogue = pencils();
    say(dialogue, FIRST);
    expect(() => say(dialogue, final)).toThrow(SaslRefusal);
    expect(dialogue.user).toBeUndefined();
    if (final.includes('p=')) expect(() => say(dialogue, FINAL)).toThrow(SaslRefusal);
  });
});

describe('PLAIN on the server', () => {
  const dialogue = () => new PlainDialogue(new Map([['alice', 'secret']]));

  it.each([['\0alice\0secret'], ['alice\0alice\0secret']])('lets %j in', (token) => {
    const plain = dialogue();
    expect(say(plain, token)).toBe('');
    expect(plain.user).toBe('alice');
  });

  it.each([
    ['\0alice\0wrong', 'Authentication failed: Invalid username or password'],
    ['\0bob\0secret', 'Authentication failed: Invalid username or password'],
    ['\0\0secret', 'Authentication failed: username not specified'],
    ['\0alice\0', 'Authentication failed: password not specified'],
    ['alice\0secret', 'Invalid SASL/PLAIN response: expected 3 tokens, got 2'],
    ['a\0b\0c\0d\0e', 'Invalid SASL/PLAIN response: expected 3 tokens, got 4'],
    [
      'bob\0alice\0secret',
      'Authentication failed: Client requested an authorization id that is different from username',
    ],
  ])('refuses %j in Kafka’s words', (token, message) => {
    const plain = dialogue();
    expect(() => say(plain, token)).toThrow(message);
    expect(plain.user).toBeUndefined();
  });
});
