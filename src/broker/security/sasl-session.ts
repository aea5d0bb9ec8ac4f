// How one connection of a SASL listener comes to be let in, and for how long (SaslServerAuthenticator, KIP-43, KIP-152,
// KIP-368): ApiVersions at most, SaslHandshake, the mechanism's tokens, then everything until the session expires.
// Decides; it sends nothing and closes nothing itself.

import type { Io } from '../../io/io.ts';
import { Errors } from '../../protocol/errors.ts';
import { CloseConnectionError } from '../request-context.ts';
import { PlainDialogue } from './plain-dialogue.ts';
import type { SaslListener, SaslMechanism } from './sasl-listener.ts';
import { type SaslDialogue, SaslRefusal } from './sasl-mechanism.ts';
import { type ScramCredential, ScramDialogue, type ScramMechanism } from './scram-dialogue.ts';

export type ScramCredentialOf = (
  mechanism: ScramMechanism,
  user: string,
) => ScramCredential | undefined;

/** What a client is told; a refused one is to be told late and sent away. */
export type SaslAnswer =
  | { readonly ok: true; readonly token: Buffer; readonly sessionLifetimeMs: number }
  | { readonly ok: false; readonly errorCode: number; readonly errorMessage: string };

const API_VERSIONS_KEY = 18;
const SASL_HANDSHAKE_KEY = 17;
const SASL_AUTHENTICATE_KEY = 36;
const NONCE_BYTES = 24;
/** KafkaChannel: handshakes that follow closer are answered as out of place. */
const LEAST_MS_BETWEEN_AUTHENTICATIONS = 1000;

type State = 'handshake' | 'authenticate' | 'raw-tokens' | 'complete' | 'refused';

export class SaslSession {
  readonly listener: SaslListener;
  readonly #io: Pick<Io, 'clock' | 'random'>;
  readonly #credentialOf: ScramCredentialOf;
  #state: State = 'handshake';
  #mechanism: SaslMechanism | undefined;
  #dialogue: SaslDialogue | undefined;
  #user: string | undefined;
  #authenticatedAtMs = 0;
  #expiresAtMs: number | undefined;

  constructor(
    listener: SaslListener,
    io: Pick<Io, 'clock' | 'random'>,
    credentialOf: ScramCredentialOf,
  ) {
    this.listener = listener;
    this.#io = io;
    this.#credentialOf = credentialOf;
  }

  /** Whom the client has proved to be, at its last authentication. */
  get user(): string | undefined {
    return this.#user;
  }

  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  /** After a handshake of version 0 frames are tokens, without any header. */
  get takesRawTokens(): boolean {
    return this.#state === 'raw-tokens';
  }

  /** Whether a request may be looked at now. @throws CloseConnectionError */
  admit(apiKey: number): void {
    const nowMs = this.#io.clock.monotonicMs();
    switch (this.#state) {
      case 'complete':
        if (this.#isReauthentication(apiKey, nowMs)) this.#state = 'handshake';
        else if (nowMs >= (this.#expiresAtMs ?? Number.POSITIVE_INFINITY)) {
          throw new CloseConnectionError('its SASL session expired without re-authentication');
        }
        return;
      case 'handshake':
        if (apiKey === SASL_HANDSHAKE_KEY) return;
        if (apiKey === API_VERSIONS_KEY && this.#user === undefined) return;
        break;
      case 'authenticate':
        if (apiKey === SASL_AUTHENTICATE_KEY) return;
        break;
    }
    throw new CloseConnectionError(`unexpected API key ${apiKey} during SASL authentication`);
  }

  /** NONE, or what is wrong with the mechanism. */
  handshake(mechanism: string, version: number): number {
    const known = this.listener.mechanisms.find((name) => name === mechanism);
    const isOther = this.#mechanism !== undefined && this.#mechanism !== known;
    if (known === undefined || isOther) {
      this.#state = 'refused';
      return Errors.UNSUPPORTED_SASL_MECHANISM;
    }
    this.#mechanism = known;
    this.#dialogue = this.#begin(known);
    this.#state = version === 0 ? 'raw-tokens' : 'authenticate';
    return Errors.NONE;
  }

  /** The client's next token. */
  authenticate(token: Buffer): SaslAnswer {
    const dialogue = this.#dialogue!;
    try {
      const answer = dialogue.answer(token);
      if (dialogue.user === undefined) return { ok: true, token: answer, sessionLifetimeMs: 0 };
      this.#checkSameUser(dialogue.user);
      return { ok: true, token: answer, sessionLifetimeMs: this.#complete(dialogue.user) };
    } catch (error) {
      if (!(error instanceof SaslRefusal)) throw error;
      this.#state = 'refused';
      return {
        ok: false,
        errorCode: Errors.SASL_AUTHENTICATION_FAILED,
        errorMessage: error.isPublic ? error.message : this.#closedSentence(),
      };
    }
  }

  #begin(mechanism: SaslMechanism): SaslDialogue {
    if (mechanism === 'PLAIN') return new PlainDialogue(this.listener.passwords);
    const nonce = this.#io.random.bytes(NONCE_BYTES).toString('base64url');
    return new ScramDialogue(mechanism, (user) => this.#credentialOf(mechanism, user), nonce);
  }

  /** The session's length in ms; 0 without an end. */
  #complete(user: string): number {
    this.#user = user;
    this.#state = 'complete';
    this.#dialogue = undefined;
    this.#authenticatedAtMs = this.#io.clock.monotonicMs();
    const lifetimeMs = this.listener.maxReauthMs.get(this.#mechanism!) ?? 0;
    this.#expiresAtMs = lifetimeMs > 0 ? this.#authenticatedAtMs + lifetimeMs : undefined;
    return lifetimeMs;
  }

  #isReauthentication(apiKey: number, nowMs: number): boolean {
    if (apiKey !== SASL_HANDSHAKE_KEY || this.#expiresAtMs === undefined) return false;
    return nowMs - this.#authenticatedAtMs >= LEAST_MS_BETWEEN_AUTHENTICATIONS;
  }

  #checkSameUser(user: string): void {
    const before = this.#user;
    if (before === undefined || before === user) return;
    const change = `from User.${before}: User.${user}`;
    throw new SaslRefusal(`Cannot change principals during re-authentication ${change}`, true);
  }

  #closedSentence(): string {
    const what = this.#user === undefined ? 'authentication' : 're-authentication';
    return `Authentication failed during ${what} due to invalid credentials with SASL mechanism ${this.#mechanism}`;
  }
}
