// The broker's own topics as JSON, one object after another without a line end between
// (CoordinatorRecordMessageFormatter). Records of other types are passed over.

import type { ByteSink } from '../../output/byte-sink.ts';
import { ExactReader } from '../../protocol/reader.ts';
import type { RecordCursor } from '../../records/record-cursor.ts';
import type { CoordinatorRecord, CoordinatorRecords } from '../support/coordinator-records.ts';
import { messageOf, ToolError } from '../support/java-error.ts';
import { messageJson } from '../support/message-json.ts';
import type { RecordFormatter } from './record-formatter.ts';

const VERSION_BYTES = 2;

export class CoordinatorFormatter implements RecordFormatter {
  readonly #records: CoordinatorRecords;

  constructor(records: CoordinatorRecords) {
    this.#records = records;
  }

  startBatch(): void {}

  write(record: RecordCursor, out: ByteSink): void {
    if (record.keyLength < 0) return;
    try {
      const text = this.#textOf(record);
      if (text !== undefined) out.text(text);
    } catch (error) {
      throw new ToolError(
        `Could not read record at offset ${record.offset} due to: ${messageOf(error)}`,
        'java.lang.RuntimeException',
        error,
      );
    }
  }

  #textOf(record: RecordCursor): string | undefined {
    const { buffer, keyPosition, keyLength } = record;
    if (keyLength < VERSION_BYTES) throw new Error("Could not read version from key's buffer.");
    const type = buffer.readInt16BE(keyPosition);
    const known = this.#records.get(type);
    if (known === undefined) return undefined;
    const keyReader = new ExactReader(buffer, keyPosition + VERSION_BYTES, keyPosition + keyLength);
    const key = messageJson(
      known.key.name,
      known.key.read(keyReader, known.key.minVersion),
      known.key.minVersion,
    );
    return `{"key":{"type":${type},"data":${key}},"value":${valueText(record, known)}}`;
  }
}

function valueText(record: RecordCursor, { key, value }: CoordinatorRecord): string {
  const { buffer, valuePosition, valueLength } = record;
  if (valueLength < 0) return 'null';
  if (valueLength < VERSION_BYTES) throw new Error("Could not read version from value's buffer.");
  const version = buffer.readInt16BE(valuePosition);
  if (version < value.minVersion || version > value.maxVersion) {
    throw new Error(`Found an unknown record version ${version} for ${key.apiKey} type`);
  }
  const reader = new ExactReader(
    buffer,
    valuePosition + VERSION_BYTES,
    valuePosition + valueLength,
  );
  return `{"version":${version},"data":${messageJson(value.name, value.read(reader, version), version)}}`;
}
