// What the server's side of a SASL mechanism looks like to a connection that is authenticating, and how it fails.

/** One dialogue with one client. It begins anew for every authentication. */
export interface SaslDialogue {
  /** Answers the client's token. @throws SaslRefusal */
  answer(token: Buffer): Buffer;
  /** Who the client has proved to be; undefined until then. */
  readonly user: string | undefined;
}

/** The client isn't let in. */
export class SaslRefusal extends Error {
  /** False: the client gets a sentence that tells nothing, as it could say which users there are (Java's SaslException). */
  readonly isPublic: boolean;

  constructor(message: string, isPublic: boolean) {
    super(message);
    this.name = 'SaslRefusal';
    this.isPublic = isPublic;
  }
}
