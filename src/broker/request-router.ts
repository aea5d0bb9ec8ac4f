// From a frame to its answer: header, version, body, handler, response, framed again.
// An exception becomes the API's error answer; only what can't be understood closes the connection, as in Kafka.

import { ApiError, Errors } from '../protocol/errors.ts';
import { readRequestHeader, writeResponseHeader } from '../protocol/header.ts';
import { Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';
import type { Answered, ClientConnection, Framed, FrameServer } from './client-connection.ts';
import type { Handler, ListenerRole } from './handler.ts';
import { CloseConnectionError, type RequestContext } from './request-context.ts';
import type { SaslSession } from './security/sasl-session.ts';
import { sendAwayLate } from './security/send-away.ts';
import type { BrokerServices } from './services.ts';

const API_VERSIONS_KEY = 18;
/** api key, api version, correlation id: what every header begins with. */
const SMALLEST_HEADER_BYTES = 8;
/** In all arrays of a request. A frame of 100 MB of the smallest elements would take gigabytes once it is read. */
const MAX_REQUEST_ELEMENTS = 1_000_000;

/**
 * Records stay bytes, but all else becomes objects many times its size: a request of 100 MB could fill the memory.
 * Honest ones of other APIs are far below.
 */
const LARGEST_DECODED_BYTES = 32 * 1024 * 1024;

export class RequestRouter implements FrameServer {
  readonly #services: BrokerServices;
  readonly #byRole: Record<ListenerRole, Map<number, Handler>>;

  constructor(services: BrokerServices, handlers: readonly Handler[]) {
    this.#services = services;
    this.#byRole = { broker: new Map(), controller: new Map() };
    for (const handler of handlers) {
      for (const role of handler.roles) this.#byRole[role].set(handler.key, handler);
    }
  }

  serve(frame: Buffer, connection: ClientConnection): Answered | Promise<Answered> {
    const { sasl } = connection;
    if (sasl?.takesRawTokens) return this.#rawToken(frame, sasl, connection);
    if (frame.length < SMALLEST_HEADER_BYTES) {
      throw new CloseConnectionError(`a request of ${frame.length} bytes has no header`);
    }
    const key = frame.readInt16BE(0);
    const version = frame.readInt16BE(2);
    sasl?.admit(key);
    const handler = this.#byRole[connection.role].get(key);
    if (handler === undefined) {
      throw new CloseConnectionError(
        `API key ${key} isn't served on listener ${connection.listenerName}`,
      );
    }
    if (version < handler.minVersion || version > handler.maxVersion) {
      // KIP-511: a client learns our versions even when it begins with one of the future.
      if (key === API_VERSIONS_KEY) return this.#unsupportedApiVersions(handler, frame);
      throw new CloseConnectionError(`version ${version} of ${handler.name} isn't supported`);
    }
    if (frame.length > LARGEST_DECODED_BYTES && !handler.freesRequest) {
      throw new CloseConnectionError(`a ${handler.name} request of ${frame.length} bytes`);
    }
    const reader = new Reader(frame);
    reader.elementsLeft = MAX_REQUEST_ELEMENTS;
    const header = readRequestHeader(reader, handler.requestHeaderVersion(version));
    const request = handler.read(reader, version);
    const { correlationId, clientId } = header;
    const context = new Context(key, version, correlationId, clientId, connection, this.#services);
    return this.#answer(handler, request, context);
  }

  #answer(handler: Handler, request: unknown, context: Context): Answered | Promise<Answered> {
    let response: unknown;
    try {
      response = handler.handle(request, context);
    } catch (error) {
      return frameResponse(handler, this.#failed(handler, request, context, error), context);
    }
    if (!(response instanceof Promise)) return this.#settled(handler, request, response, context);
    return response.then(
      (settled) => this.#settled(handler, request, settled, context),
      (error) => {
        if (handler.freesRequest) context.peer.frameDone();
        return frameResponse(handler, this.#failed(handler, request, context, error), context);
      },
    );
  }

  /** An answer that can't be written is our defect: the client gets the error, not silence. */
  #settled(handler: Handler, request: unknown, response: unknown, context: Context): Answered {
    if (handler.freesRequest) context.peer.frameDone();
    if (response === null) return null;
    try {
      return frameResponse(handler, response, context);
    } catch (error) {
      return frameResponse(handler, this.#failed(handler, request, context, error), context);
    }
  }

  #failed(handler: Handler, request: unknown, context: Context, error: unknown): unknown {
    if (error instanceof CloseConnectionError) throw error;
    const { apiVersion } = context;
    if (error instanceof ApiError) {
      return handler.failed(request, error.code, error.message, apiVersion);
    }
    this.#services.log(
      `${handler.name} v${apiVersion} from ${context.peer.remoteHost} failed: ${
        (error as Error).stack ?? error
      }`,
    );
    return handler.failed(request, Errors.UNKNOWN_SERVER_ERROR, null, apiVersion);
  }

  /** After SaslHandshake v0: who is refused hears nothing, late. */
  #rawToken(
    token: Buffer,
    sasl: SaslSession,
    connection: ClientConnection,
  ): Framed | Promise<null> {
    const answer = sasl.authenticate(token);
    if (!answer.ok) {
      const { failureDelayMs } = sasl.listener;
      const { clock } = this.#services.io;
      return sendAwayLate(clock, connection, failureDelayMs, answer.errorMessage, null);
    }
    const size = Buffer.alloc(4);
    size.writeInt32BE(answer.token.length);
    return { pieces: [size, answer.token], sent: undefined };
  }

  #unsupportedApiVersions(handler: Handler, frame: Buffer): Framed {
    const correlationId = frame.readInt32BE(4);
    const { minVersion, maxVersion } = handler;
    const response = {
      errorCode: Errors.UNSUPPORTED_VERSION,
      apiKeys: [{ apiKey: API_VERSIONS_KEY, minVersion, maxVersion }],
    };
    return frameResponse(handler, response, { apiVersion: 0, correlationId });
  }
}

/** What handlers get; a class, because one is made per request. */
class Context implements RequestContext {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  readonly peer: ClientConnection;
  readonly services: BrokerServices;
  sent: (() => void) | undefined;

  constructor(
    apiKey: number,
    apiVersion: number,
    correlationId: number,
    clientId: string | null,
    peer: ClientConnection,
    services: BrokerServices,
  ) {
    this.apiKey = apiKey;
    this.apiVersion = apiVersion;
    this.correlationId = correlationId;
    this.clientId = clientId;
    this.peer = peer;
    this.services = services;
  }

  get listenerName(): string {
    return this.peer.listenerName;
  }

  get role(): ListenerRole {
    return this.peer.role;
  }

  afterSent(callback: () => void): void {
    this.sent = callback;
  }
}

function frameResponse(
  handler: Handler,
  response: unknown,
  to: { apiVersion: number; correlationId: number; sent?: (() => void) | undefined },
): Framed {
  const writer = new Writer();
  writer.reserveSize();
  writeResponseHeader(writer, handler.responseHeaderVersion(to.apiVersion), to.correlationId);
  handler.write(writer, response, to.apiVersion);
  return { pieces: writer.finishFrame(), sent: to.sent };
}
