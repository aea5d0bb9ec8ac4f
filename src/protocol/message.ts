// The shapes that generated codecs share: a message in both directions, an API as its pair of messages,
// and drafts, from which a message is written with the schema's defaults for what was left out.

import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** A message to write: whatever is omitted is written as the schema's default. Bytes may come in several pieces. */
export type Draft<T> = T extends Buffer
  ? Buffer | readonly Buffer[]
  : T extends readonly (infer E)[]
    ? readonly Draft<E>[]
    : T extends object
      ? { readonly [K in keyof T]?: Draft<T[K]> | undefined }
      : T;

export interface MessageSpec<T> {
  /** As in Kafka's schema: MetadataRequest. */
  readonly name: string;
  /** The API key, or the record type of a metadata or coordinator record; -1 where there is none. */
  readonly apiKey: number;
  readonly minVersion: number;
  /** Includes a last version that Kafka calls unstable; Api.maxVersion leaves it out. */
  readonly maxVersion: number;
  /** The first version with compact lengths and tagged fields; Infinity when there is none. */
  readonly flexibleFrom: number;
  /** Throws MalformedError, UnsupportedVersionError. Byte fields are views on the reader's buffer. */
  read(reader: Reader, version: number): T;
  /** Throws UnsupportedVersionError, NotEncodableError. */
  write(writer: Writer, message: Draft<T>, version: number): void;
}

export interface Api<Q, R> {
  readonly key: number;
  /** As in Kafka's ApiKeys: METADATA. */
  readonly name: string;
  /** The versions that Kafka serves and advertises (ApiKeys.oldestVersion, latestVersion). */
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly request: MessageSpec<Q>;
  readonly response: MessageSpec<R>;
  requestHeaderVersion(version: number): number;
  responseHeaderVersion(version: number): number;
}
