// Request and response headers, and whole frames made of size, header and body.
// Request header versions: 1 is {key, version, correlation id, client id}, 2 adds tagged fields (KIP-482);
// response header versions: 0 is the correlation id, 1 adds tagged fields.

import type { Api, Draft } from './message.ts';
import type { Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
}

/** Key and version stand first, so that they can be looked at before the header's own version is known. */
export function readRequestHeader(reader: Reader, headerVersion: number): RequestHeader {
  reader.messageName = 'RequestHeader';
  const apiKey = reader.readInt16('requestApiKey');
  const apiVersion = reader.readInt16('requestApiVersion');
  const correlationId = reader.readInt32('correlationId');
  // The client id keeps its old form in the flexible header.
  const clientId = reader.readNullableString('clientId');
  if (headerVersion >= 2) reader.skipTags();
  return { apiKey, apiVersion, correlationId, clientId };
}

export function writeRequestHeader(
  writer: Writer,
  headerVersion: number,
  header: RequestHeader,
): void {
  writer.writeInt16(header.apiKey);
  writer.writeInt16(header.apiVersion);
  writer.writeInt32(header.correlationId);
  writer.writeNullableString(header.clientId, 'clientId');
  if (headerVersion >= 2) writer.writeNoTags();
}

export function writeResponseHeader(
  writer: Writer,
  headerVersion: number,
  correlationId: number,
): void {
  writer.writeInt32(correlationId);
  if (headerVersion >= 1) writer.writeNoTags();
}

/** A request ready for the socket. Large byte slices of the draft are attached, not copied. */
export function frameRequest<Q, R>(
  api: Api<Q, R>,
  version: number,
  correlationId: number,
  clientId: string | null,
  request: Draft<Q>,
): Buffer[] {
  const writer = new Writer();
  writer.reserveSize();
  const header = { apiKey: api.key, apiVersion: version, correlationId, clientId };
  writeRequestHeader(writer, api.requestHeaderVersion(version), header);
  api.request.write(writer, request, version);
  return writer.finishFrame();
}

/** A response ready for the socket. Large byte slices of the draft are attached, not copied. */
export function frameResponse<Q, R>(
  api: Api<Q, R>,
  version: number,
  correlationId: number,
  response: Draft<R>,
): Buffer[] {
  const writer = new Writer();
  writer.reserveSize();
  writeResponseHeader(writer, api.responseHeaderVersion(version), correlationId);
  api.response.write(writer, response, version);
  return writer.finishFrame();
}
