// Records in the frame of the metadata log: frame version, type, version as unsigned varints, then the message
// (AbstractApiMessageSerde). The errors' texts are Kafka's, because dumps show them.

import { MalformedError } from '../../protocol/codec-errors.ts';
import type { MessageSpec } from '../../protocol/message.ts';
import { ExactReader } from '../../protocol/reader.ts';

export interface FramedRecord {
  readonly spec: MessageSpec<object>;
  readonly version: number;
  readonly message: object;
}

const SHORT_MAX = 32767;

/** `unknown` words a type that isn't in `specs`. Throws Error with Kafka's message. */
export function readFramed(
  buffer: Buffer,
  position: number,
  length: number,
  specs: ReadonlyMap<number, MessageSpec<object>>,
  unknown: (type: number) => string,
): FramedRecord {
  const reader = new ExactReader(buffer, position, position + length);
  const frame = readShort(reader, 'frame version');
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
  if (spec === undefined) throw new Error(unknown(type));
  const message = readMessage(spec, reader, version, type);
  if (reader.remaining > 0) {
    throw new Error(`Found ${reader.remaining} byte(s) of garbage after ${type}`);
  }
  return { spec, version, message };
}

function readMessage(
  spec: MessageSpec<object>,
  reader: ExactReader,
  version: number,
  type: number,
): object {
  try {
    return spec.read(reader, version);
  } catch (error) {
    throw new Error(`Failed to deserialize record with type ${type}`, { cause: error });
  }
}

function readShort(reader: ExactReader, name: string): number {
  try {
    const value = reader.readUvarint();
    if (value <= SHORT_MAX) return value;
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new Error(`Error while reading ${name}`, { cause: error });
  }
  throw new Error(`Value for ${name} was too large.`);
}
