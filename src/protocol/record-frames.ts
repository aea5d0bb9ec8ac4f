// The prefixes that Kafka puts before messages it stores in records: {frame version, type, version} in the metadata
// log, an int16 version (or record type) in the coordinators' topics and before the data of the consumer protocol.
// Which messages may occur where is for the readers to know; this file only has the metadata log's list.

import { MalformedError } from './codec-errors.ts';
import { METADATA_RECORDS } from './generated/metadata-records.ts';
import type { Draft, MessageSpec } from './message.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** org.apache.kafka.server.common.serialization.AbstractApiMessageSerde. */
const METADATA_FRAME_VERSION = 1;

const BY_TYPE = new Map(METADATA_RECORDS.map((spec) => [spec.apiKey, spec]));

/** A record of __cluster_metadata. `type` is its apiKey and tells what `message` is. */
export interface FramedMetadataRecord {
  readonly type: number;
  readonly version: number;
  readonly message: unknown;
}

/** The value of a metadata record: uvarint frame version, uvarint type, uvarint version, message. */
export function writeMetadataRecord<T>(
  spec: MessageSpec<T>,
  message: Draft<T>,
  version: number,
): Buffer {
  const writer = new Writer();
  writer.writeUvarint(METADATA_FRAME_VERSION);
  writer.writeUvarint(spec.apiKey);
  writer.writeUvarint(version);
  spec.write(writer, message, version);
  return writer.finishBuffer();
}

/** Reads the value of a metadata record. Throws MalformedError also for a type or frame version that isn't known. */
export function readMetadataRecord(
  value: Buffer,
  types: ReadonlyMap<number, MessageSpec<unknown>> = BY_TYPE,
): FramedMetadataRecord {
  const reader = new Reader(value);
  reader.messageName = 'metadata record';
  const frameVersion = reader.readUvarint('frameVersion');
  if (frameVersion !== METADATA_FRAME_VERSION) {
    throw new MalformedError(`metadata record: frame version ${frameVersion} isn't known`, 0);
  }
  const type = reader.readUvarint('apiKey');
  const version = reader.readUvarint('version');
  const spec = types.get(type);
  if (spec === undefined) {
    throw new MalformedError(`metadata record: type ${type} isn't known`, reader.position);
  }
  const message = spec.read(reader, version);
  if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes too many`, undefined);
  return { type, version, message };
}

/** int16 `prefix`, then the message: a coordinator record's key (prefix: its type) or value (prefix: its version). */
export function writePrefixed<T>(
  spec: MessageSpec<T>,
  message: Draft<T>,
  version: number,
  prefix: number = version,
): Buffer {
  const writer = new Writer();
  writer.writeInt16(prefix);
  spec.write(writer, message, version);
  return writer.finishBuffer();
}

/** The key of a coordinator's record: int16 type, then version 0 of the message. */
export function writeCoordinatorKey<T>(spec: MessageSpec<T>, message: Draft<T>): Buffer {
  return writePrefixed(spec, message, 0, spec.apiKey);
}

/** The record type of a coordinator's key. */
export function coordinatorKeyType(key: Buffer): number {
  if (key.length < 2) throw new MalformedError('coordinator key: shorter than its type', 0);
  return key.readInt16BE(0);
}

/** The message after the int16 record type of a coordinator's key. */
export function readCoordinatorKey<T>(spec: MessageSpec<T>, key: Buffer): T {
  return spec.read(new Reader(key, 2), 0);
}

/** The message after the int16 version that stands before it. */
export function readVersioned<T>(spec: MessageSpec<T>, value: Buffer): T {
  const reader = new Reader(value);
  reader.messageName = spec.name;
  return spec.read(reader, reader.readInt16('version'));
}
