// The client's side of SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802, RFC 7677) as a pure dialogue of texts.
// Without channel binding, as Kafka. Never prints the password or what is derived from it.

import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { ClientError } from '../errors.ts';

export type ScramMechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

const GS2_HEADER = 'n,,';
const LEAST_ITERATIONS = 4096;
/** A server that asks for more wants to keep us busy. */
const MOST_ITERATIONS = 10_000_000;

export class ScramClient {
  readonly #hash: 'sha256' | 'sha512';
  readonly #user: string;
  readonly #password: string;
  readonly #nonce: string;
  #serverSignature: Buffer = Buffer.alloc(0);

  /** `nonce` is random printable text without commas. */
  constructor(mechanism: ScramMechanism, user: string, password: string, nonce: string) {
    this.#hash = mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512';
    this.#user = user;
    this.#password = password;
    this.#nonce = nonce;
  }

  firstMessage(): string {
    return GS2_HEADER + this.#firstBare();
  }

  /** Answers the server's first message. Throws ClientError when it isn't one. */
  finalMessage(serverFirst: string): string {
    const fields = fieldsOf(serverFirst);
    const [nonce, salt, iterations] = [fields.get('r'), fields.get('s'), Number(fields.get('i'))];
    if (nonce === undefined || salt === undefined || !nonce.startsWith(this.#nonce))
      throw invalid();
    if (!(iterations >= LEAST_ITERATIONS && iterations <= MOST_ITERATIONS)) throw invalid();
    const hash = this.#hash;
    const saltBytes = Buffer.from(salt, 'base64');
    const length = createHash(hash).digest().length;
    const salted = pbkdf2Sync(
      this.#password.normalize('NFKC'),
      saltBytes,
      iterations,
      length,
      hash,
    );
    const clientKey = hmac(hash, salted, 'Client Key');
    const storedKey = createHash(hash).update(clientKey).digest();
    const channel = Buffer.from(GS2_HEADER).toString('base64');
    const withoutProof = `c=${channel},r=${nonce}`;
    const authMessage = `${this.#firstBare()},${serverFirst},${withoutProof}`;
    const signature = hmac(hash, storedKey, authMessage);
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ signature[index]!));
    this.#serverSignature = hmac(hash, hmac(hash, salted, 'Server Key'), authMessage);
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  /** Throws ClientError unless the server proved that it knows the password too. */
  verify(serverFinal: string): void {
    const proof = Buffer.from(fieldsOf(serverFinal).get('v') ?? '', 'base64');
    const expected = this.#serverSignature;
    if (proof.length !== expected.length || !timingSafeEqual(proof, expected)) {
      throw new ClientError(
        'SaslAuthenticationException',
        'Invalid server signature in server final message',
      );
    }
  }

  #firstBare(): string {
    const user = this.#user.replaceAll('=', '=3D').replaceAll(',', '=2C');
    return `n=${user},r=${this.#nonce}`;
  }
}

function fieldsOf(message: string): Map<string, string> {
  return new Map(message.split(',').map((field) => [field.slice(0, 1), field.slice(2)]));
}

function hmac(hash: string, key: Buffer, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}

function invalid(): ClientError {
  return new ClientError('SaslAuthenticationException', 'Invalid SCRAM message of the server');
}
