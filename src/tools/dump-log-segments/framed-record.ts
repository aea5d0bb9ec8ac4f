// Records in the frame of the metadata log: frame version, type, version as unsigned varints, then the message
// (AbstractApiMessageSerde). The errors' texts are Kafka's, because dumps show them.

import { MalformedError } from '../../protocol/codec-errors.ts';
import type { MessageSpec } from '../../protocol/message.ts';
import { JavaReader } from '../support/java-reader.ts';

export interface FramedRecord {
  readonly spec: MessageSpec<object>;
  readonly version: number;
  readonly message: object;
}

const SHORT_MAX = 32767;
const FRAME_VERSION = 'frame version';
/** What is said of a record without any bytes, and of a null one. */
export const NO_FRAME_VERSION = `Error while reading ${FRAME_VERSION}`;

/** Throws Error with Kafka's message. */
export function readFramed(
  buffer: Buffer,
  position: number,
  length: number,
  specs: ReadonlyMap<number, MessageSpec<object>>,
): FramedRecord {
  const reader = new JavaReader(buffer, position, position + length);
  const frame = readShort(reader, FRAME_VERSION);
  if (frame === 0) {
    throw new Error(
      'Could not deserialize metadata record with frame version 0. Note that upgrades from the preview release of KRaft in 2.8 to newer versions are not supported.',
    );
  }
  if (frame !== 1) {
    throw new Error(
      `Could not deserialize metadata record due to unknown frame version ${frame}(only frame version 1 is supported)`,
    );
  }
  const type = readShort(reader, 'type');
  const version = readShort(reader, 'version');
  const spec = specs.get(type);
  if (spec === undefined) {
    throw new Error(
      `org.apache.kafka.common.errors.UnsupportedVersionException: Unknown metadata id ${type}`,
    );
  }
  const message = readMessage(spec, reader, version, type);
  if (reader.remaining > 0) {
    throw new Error(`Found ${reader.remaining} byte(s) of garbage after ${type}`);
  }
  return { spec, version, message };
}

function readMessage(
  spec: MessageSpec<object>,
  reader: JavaReader,
  version: number,
  type: number,
): object {
  try {
    const message = spec.read(reader, Math.min(version, spec.maxVersion));
    reader.finish();
    if (version > spec.maxVersion && Object.values(message).some(hasStruct)) {
      throw new Error(`${spec.name} has no version ${version}`);
    }
    return message;
  } catch (error) {
    throw new Error(`Failed to deserialize record with type ${type}`, { cause: error });
  }
}

/** Kafka reads a record of a version that it doesn't know as the last one, but no structure within. */
function hasStruct(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return false;
  return !Array.isArray(value) || value.some(hasStruct);
}

function readShort(reader: JavaReader, name: string): number {
  try {
    const value = reader.readUvarint();
    if (value <= SHORT_MAX) return value;
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new Error(`Error while reading ${name}`, { cause: error });
  }
  throw new Error(`Value for ${name} was too large.`);
}
