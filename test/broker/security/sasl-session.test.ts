// What a connection may ask while it authenticates, and how long it is let in, in a time of the test's own.

import { describe, expect, it } from 'vitest';
import type { SaslListener } from '../../../src/broker/security/sasl-listener.ts';
import { SaslSession } from '../../../src/broker/security/sasl-session.ts';
import type { Clock } from '../../../src/io/io.ts';
import { nodeIo } from '../../../src/io/node.ts';

const METADATA = 3;
const HANDSHAKE = 17;
const API_VERSIONS = 18;
const AUTHENTICATE = 36;

const listener = (maxReauthMs: number): SaslListener => ({
  mechanisms: ['PLAIN', 'SCRAM-SHA-256'],
  passwords: new Map([
    ['alice', 'secret'],
    ['bob', 'b'],
  ]),
  maxReauthMs: new Map([['PLAIN', maxReauthMs]]),
  maxReceiveBytes: 1000,
  failureDelayMs: 0,
});

class Time {
  nowMs = 50;

  session(maxReauthMs = 0): SaslSession {
    const clock = { monotonicMs: () => this.nowMs } as Clock;
    return new SaslSession(
      listener(maxReauthMs),
      { clock, random: nodeIo().random },
      () => undefined,
    );
  }
}

function authenticate(session: SaslSession, token = '\0alice\0secret') {
  session.admit(HANDSHAKE);
  expect(session.handshake('PLAIN', 1)).toBe(0);
  session.admit(AUTHENTICATE);
  return session.authenticate(Buffer.from(token));
}

describe('a SASL session', () => {
  it('admits the next step alone', () => {
    const session = new Time().session();
    session.admit(API_VERSIONS);
    for (const key of [METADATA, AUTHENTICATE]) expect(() => session.admit(key)).toThrow('API key');
    session.admit(HANDSHAKE);
    session.handshake('PLAIN', 1);
    for (const key of [METADATA, HANDSHAKE, API_VERSIONS]) {
      expect(() => session.admit(key)).toThrow(`unexpected API key ${key}`);
    }
    session.admit(AUTHENTICATE);
    session.authenticate(Buffer.from('\0alice\0secret'));
    for (const key of [METADATA, API_VERSIONS]) session.admit(key);
    expect(session.user).toBe('alice');
  });

  it('admits nothing after it was refused', () => {
    const session = new Time().session();
    expect(authenticate(session, '\0alice\0no')).toMatchObject({ ok: false, errorCode: 58 });
    for (const key of [METADATA, HANDSHAKE, AUTHENTICATE, API_VERSIONS]) {
      expect(() => session.admit(key)).toThrow('API key');
    }
    const other = new Time().session();
    other.admit(HANDSHAKE);
    expect(other.handshake('GSSAPI', 1)).toBe(33);
    expect(() => other.admit(HANDSHAKE)).toThrow('API key');
  });

  it('says nothing of who is unknown to SCRAM', () => {
    const session = new Time().session();
    session.admit(HANDSHAKE);
    session.handshake('SCRAM-SHA-256', 1);
    expect(session.authenticate(Buffer.from('n,,n=nobody,r=abc'))).toEqual({
      ok: false,
      errorCode: 58,
      errorMessage:
        'Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-256',
    });
  });

  it('ends after connections.max.reauth.ms, unless the client authenticates again', () => {
    const time = new Time();
    const session = time.session(5000);
    expect(authenticate(session)).toMatchObject({ ok: true, sessionLifetimeMs: 5000 });
    time.nowMs += 4999;
    session.admit(METADATA);
    expect(authenticate(session)).toMatchObject({ ok: true, sessionLifetimeMs: 5000 });
    time.nowMs += 4999;
    session.admit(METADATA);
    time.nowMs += 1;
    expect(() => session.admit(METADATA)).toThrow('expired');
    // Late, but a handshake is still heard.
    expect(authenticate(session)).toMatchObject({ ok: true });
    session.admit(METADATA);
  });

  it('stays the same user’s, with the same mechanism', () => {
    const time = new Time();
    const session = time.session(5000);
    authenticate(session);
    time.nowMs += 1000;
    expect(authenticate(session, '\0bob\0b')).toMatchObject({
      ok: false,
      errorMessage: 'Cannot change principals during re-authentication from User.alice: User.bob',
    });
    const other = time.session(5000);
    authenticate(other);
    time.nowMs += 1000;
    other.admit(HANDSHAKE);
    expect(other.handshake('SCRAM-SHA-256', 1)).toBe(33);
  });

  it('leaves a handshake that comes at once after another to its handler', () => {
    const time = new Time();
    const session = time.session(5000);
    authenticate(session);
    time.nowMs += 999;
    session.admit(HANDSHAKE);
    expect(session.isComplete).toBe(true);
  });
});
