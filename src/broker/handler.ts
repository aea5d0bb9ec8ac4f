// What a file under apis/ exports: an API with the versions that are served and the function that answers.
// Being in apis/index.ts is the whole registration: ApiVersions and the router both read it from there.

import type { Api, Draft } from '../protocol/message.ts';
import type { Reader } from '../protocol/reader.ts';
import type { Writer } from '../protocol/writer.ts';
import type { RequestContext } from './request-context.ts';

/** Which kind of listener serves an API: apis.json's `listeners`. */
export type ListenerRole = 'broker' | 'controller';

/** null: nothing is sent (Produce with acks=0). */
export type Answer<R> = Draft<R> | null;

export interface HandlerDefinition<Q, R> {
  readonly minVersion: number;
  readonly maxVersion: number;
  /** ApiVersions tells this one instead of minVersion (Produce says 0, KIP-896 and KAFKA-18659). */
  readonly advertisedMinVersion?: number;
  /** Default: the broker listeners alone. */
  readonly roles?: readonly ListenerRole[];
  /** True: once handle has returned, or settled, nothing looks at the request's bytes any more, and they may be overwritten. */
  readonly freesRequest?: boolean;
  handle(request: Q, context: RequestContext): Answer<R> | Promise<Answer<R>>;
  /** The answer when handle threw: Kafka's getErrorResponse. Default: the error code at the top. */
  failed?(request: Q, code: number, message: string | null, apiVersion: number): Draft<R>;
}

/** A definition with its types erased, as the router uses it. */
export interface Handler {
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly advertisedMinVersion: number;
  readonly roles: readonly ListenerRole[];
  readonly freesRequest: boolean;
  requestHeaderVersion(version: number): number;
  responseHeaderVersion(version: number): number;
  read(reader: Reader, version: number): unknown;
  handle(request: unknown, context: RequestContext): unknown;
  write(writer: Writer, response: unknown, version: number): void;
  failed(request: unknown, code: number, message: string | null, apiVersion: number): unknown;
}

const BROKER_ONLY: readonly ListenerRole[] = ['broker'];

export function handler<Q, R>(api: Api<Q, R>, definition: HandlerDefinition<Q, R>): Handler {
  return {
    key: api.key,
    name: api.name,
    minVersion: definition.minVersion,
    maxVersion: definition.maxVersion,
    advertisedMinVersion: definition.advertisedMinVersion ?? definition.minVersion,
    roles: definition.roles ?? BROKER_ONLY,
    freesRequest: definition.freesRequest ?? false,
    requestHeaderVersion: (version) => api.requestHeaderVersion(version),
    responseHeaderVersion: (version) => api.responseHeaderVersion(version),
    read: (reader, version) => api.request.read(reader, version),
    handle: (request, context) => definition.handle(request as Q, context),
    write: (writer, response, version) => api.response.write(writer, response as Draft<R>, version),
    failed: (request, code, message, apiVersion) =>
      definition.failed?.(request as Q, code, message, apiVersion) ?? {
        errorCode: code,
        errorMessage: message,
      },
  };
}
