// From a frame to its answer: header, version, body, handler, response, framed again.
// An exception becomes the API's error answer; only what can't be understood closes the connection, as in Kafka.

import { ApiError, Errors } from '../protocol/errors.ts';
import { readRequestHeader, writeResponseHeader } from '../protocol/header.ts';
import { Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';
import type { ClientConnection, Framed, FrameServer } from './client-connection.ts';
import type { Handler, ListenerRole } from './handler.ts';
import { CloseConnectionError, type RequestContext } from './request-context.ts';
import type { BrokerServices } from './services.ts';

const API_VERSIONS_KEY = 18;
/** api key, api version, correlation id: what every header begins with. */
const SMALLEST_HEADER_BYTES = 8;

export class RequestRouter implements FrameServer {
  private readonly services: BrokerServices;
  private readonly byRole: Record<ListenerRole, Map<number, Handler>>;

  constructor(services: BrokerServices, handlers: readonly Handler[]) {
    this.services = services;
    this.byRole = { broker: new Map(), controller: new Map() };
    for (const handler of handlers) {
      for (const role of handler.roles) this.byRole[role].set(handler.key, handler);
    }
  }

  serve(frame: Buffer, connection: ClientConnection): Framed | Promise<Framed> {
    if (frame.length < SMALLEST_HEADER_BYTES) {
      throw new CloseConnectionError(`a request of ${frame.length} bytes has no header`);
    }
    const key = frame.readInt16BE(0);
    const version = frame.readInt16BE(2);
    const handler = this.byRole[connection.role].get(key);
    if (handler === undefined) {
      throw new CloseConnectionError(
        `API key ${key} isn't served on listener ${connection.listenerName}`,
      );
    }
    if (version < handler.minVersion || version > handler.maxVersion) {
      // KIP-511: a client learns our versions even when it begins with one of the future.
      if (key === API_VERSIONS_KEY) return this.unsupportedApiVersions(handler, frame);
      throw new CloseConnectionError(`version ${version} of ${handler.name} isn't supported`);
    }
    const reader = new Reader(frame);
    const header = readRequestHeader(reader, handler.requestHeaderVersion(version));
    const request = handler.read(reader, version);
    const context: RequestContext = {
      apiKey: key,
      apiVersion: version,
      correlationId: header.correlationId,
      clientId: header.clientId,
      listenerName: connection.listenerName,
      role: connection.role,
      peer: connection,
      services: this.services,
    };
    return this.answer(handler, request, context);
  }

  private answer(
    handler: Handler,
    request: unknown,
    context: RequestContext,
  ): Framed | Promise<Framed> {
    let response: unknown;
    try {
      response = handler.handle(request, context);
    } catch (error) {
      return frameResponse(handler, this.failed(handler, request, context, error), context);
    }
    if (!(response instanceof Promise)) return this.frame(handler, request, response, context);
    return response.then(
      (settled) => this.frame(handler, request, settled, context),
      (error) => frameResponse(handler, this.failed(handler, request, context, error), context),
    );
  }

  /** An answer that can't be written is our defect: the client gets the error, not silence. */
  private frame(
    handler: Handler,
    request: unknown,
    response: unknown,
    context: RequestContext,
  ): Framed {
    if (response === null) return null;
    try {
      return frameResponse(handler, response, context);
    } catch (error) {
      return frameResponse(handler, this.failed(handler, request, context, error), context);
    }
  }

  private failed(
    handler: Handler,
    request: unknown,
    context: RequestContext,
    error: unknown,
  ): unknown {
    if (error instanceof CloseConnectionError) throw error;
    if (error instanceof ApiError) return handler.failed(request, error.code, error.message);
    this.services.log(
      `${handler.name} v${context.apiVersion} from ${context.peer.remoteHost} failed: ${
        (error as Error).stack ?? error
      }`,
    );
    return handler.failed(request, Errors.UNKNOWN_SERVER_ERROR, null);
  }

  private unsupportedApiVersions(handler: Handler, frame: Buffer): Framed {
    const correlationId = frame.readInt32BE(4);
    const { minVersion, maxVersion } = handler;
    const response = {
      errorCode: Errors.UNSUPPORTED_VERSION,
      apiKeys: [{ apiKey: API_VERSIONS_KEY, minVersion, maxVersion }],
    };
    return frameResponse(handler, response, { apiVersion: 0, correlationId });
  }
}

function frameResponse(
  handler: Handler,
  response: unknown,
  to: Pick<RequestContext, 'apiVersion' | 'correlationId'>,
): Buffer[] {
  const writer = new Writer();
  writer.reserveSize();
  writeResponseHeader(writer, handler.responseHeaderVersion(to.apiVersion), to.correlationId);
  handler.write(writer, response, to.apiVersion);
  return writer.finishFrame();
}
