// The server's side of SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802; ScramSaslServer, ScramMessages) over the credentials of
// the metadata log. Without channel binding and delegation tokens. Knows no password, and prints no key.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type SaslDialogue, SaslRefusal } from './sasl-mechanism.ts';

export type ScramMechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

export interface ScramCredential {
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
  readonly iterations: number;
}

const SASL_NAME = '(?:[^=,\\0]|=2C|=3D)+';
const PRINTABLE = '[\\x21-\\x2b\\x2d-\\x7e]+';
const EXTENSIONS = '(?:,[A-Za-z]=[^,\\0]+)*';
const BASE64 = '[a-zA-Z0-9+/]+={0,2}';
const CLIENT_FIRST = new RegExp(
  `^(n,(?:a=(${SASL_NAME}))?,)((?:m=[^,\\0]+,)?n=(${SASL_NAME}),r=(${PRINTABLE})((?:,[A-Za-z]+=[^,\\0]+)*))$`,
);
const CLIENT_FINAL = new RegExp(`^(c=(${BASE64}),r=(${PRINTABLE})${EXTENSIONS}),p=(${BASE64})$`);
const LEAST_ITERATIONS = 4096;

export class ScramDialogue implements SaslDialogue {
  readonly #hash: 'sha256' | 'sha512';
  readonly #credentialOf: (user: string) => ScramCredential | undefined;
  readonly #serverNonce: string;
  #claimed = '';
  #nonce = '';
  #firstMessages = '';
  #credential: ScramCredential | undefined;
  #user: string | undefined;

  /** `serverNonce` is random printable text without commas. */
  constructor(
    mechanism: ScramMechanism,
    credentialOf: (user: string) => ScramCredential | undefined,
    serverNonce: string,
  ) {
    this.#hash = mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512';
    this.#credentialOf = credentialOf;
    this.#serverNonce = serverNonce;
  }

  get user(): string | undefined {
    return this.#user;
  }

  answer(token: Buffer): Buffer {
    const message = token.toString('utf8');
    const credential = this.#credential;
    const answer =
      credential === undefined
        ? this.#answerFirst(message)
        : this.#answerFinal(message, credential);
    return Buffer.from(answer, 'utf8');
  }

  #answerFirst(message: string): string {
    const match = CLIENT_FIRST.exec(message);
    if (match === null) throw refusal('Invalid SCRAM client first message format');
    const [, , authorizationId, bare, saslName, clientNonce, extensions] = match as string[];
    if (/,tokenauth=true/i.test(extensions!)) throw refusal('Token Authentication failed');
    const user = saslName!.replaceAll('=2C', ',').replaceAll('=3D', '=');
    const credential = this.#credentialOf(user);
    if (credential === undefined) throw refusal('Authentication failed: Invalid user credentials');
    if (authorizationId !== undefined && authorizationId !== user) {
      throw new SaslRefusal(
        'Authentication failed: Client requested an authorization id that is different from username',
        true,
      );
    }
    if (credential.iterations < LEAST_ITERATIONS) throw refusal('too few iterations');
    this.#claimed = user;
    this.#credential = credential;
    this.#nonce = clientNonce! + this.#serverNonce;
    const salt = credential.salt.toString('base64');
    const answer = `r=${this.#nonce},s=${salt},i=${credential.iterations}`;
    this.#firstMessages = `${bare},${answer}`;
    return answer;
  }

  #answerFinal(message: string, { storedKey, serverKey }: ScramCredential): string {
    const match = CLIENT_FINAL.exec(message);
    if (match === null) throw refusal('Invalid SCRAM client final message format');
    const [, withoutProof, , nonce, proofText] = match as string[];
    // One try per dialogue.
    this.#credential = undefined;
    if (nonce !== this.#nonce) throw refusal('Invalid client nonce in the final client message.');
    const signed = `${this.#firstMessages},${withoutProof}`;
    const signature = this.#hmac(storedKey, signed);
    const proof = Buffer.from(proofText!, 'base64');
    const clientKey = signature.map((byte, index) => byte ^ (proof[index] ?? 0));
    const claimedKey = createHash(this.#hash).update(clientKey).digest();
    const isProved =
      proof.length === signature.length &&
      claimedKey.length === storedKey.length &&
      timingSafeEqual(claimedKey, storedKey);
    if (!isProved) throw refusal('Invalid client credentials');
    this.#user = this.#claimed;
    return `v=${this.#hmac(serverKey, signed).toString('base64')}`;
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }
}

function refusal(message: string): SaslRefusal {
  return new SaslRefusal(message, false);
}
