// The server's side of PLAIN (RFC 4616; PlainSaslServer, PlainServerCallbackHandler): the password in one token.
// Never prints it, and takes as long for a wrong one whatever is wrong with it.

import { createHash, timingSafeEqual } from 'node:crypto';
import { type SaslDialogue, SaslRefusal } from './sasl-mechanism.ts';

export class PlainDialogue implements SaslDialogue {
  readonly #passwords: ReadonlyMap<string, string>;
  #user: string | undefined;

  /** Passwords by user: the user_NAME options of the listener's JAAS entry. */
  constructor(passwords: ReadonlyMap<string, string>) {
    this.#passwords = passwords;
  }

  get user(): string | undefined {
    return this.#user;
  }

  answer(token: Buffer): Buffer {
    const parts = token.toString('utf8').split('\0');
    if (parts.length !== 3) {
      const got = Math.min(parts.length, 4);
      throw refusal(`Invalid SASL/PLAIN response: expected 3 tokens, got ${got}`);
    }
    const [authorizationId, user, password] = parts as [string, string, string];
    if (user === '') throw refusal('Authentication failed: username not specified');
    if (password === '') throw refusal('Authentication failed: password not specified');
    const expected = this.#passwords.get(user);
    if (expected === undefined || !isSame(expected, password)) {
      throw refusal('Authentication failed: Invalid username or password');
    }
    if (authorizationId !== '' && authorizationId !== user) {
      throw refusal(
        'Authentication failed: Client requested an authorization id that is different from username',
      );
    }
    this.#user = user;
    return Buffer.alloc(0);
  }
}

/** Of equal length for timingSafeEqual: digests. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function refusal(message: string): SaslRefusal {
  return new SaslRefusal(message, true);
}
