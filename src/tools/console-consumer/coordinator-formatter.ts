// The broker's own topics as JSON, one object after another without a line end between
// (CoordinatorRecordMessageFormatter). Records of other types are passed over.

import { javaLongToString } from '../../common/java.ts';
import { ZERO_UUID } from '../../common/uuid.ts';
import type { ByteSink } from '../../output/byte-sink.ts';
import { Reader } from '../../protocol/reader.ts';
import type { RecordCursor } from '../../records/record-cursor.ts';
import { messageOf, ToolError } from '../support/java-error.ts';
import type { CoordinatorRecord, CoordinatorRecords } from './coordinator-records.ts';
import type { RecordFormatter } from './record-formatter.ts';

const VERSION_BYTES = 2;

export class CoordinatorFormatter implements RecordFormatter {
  private readonly records: CoordinatorRecords;

  constructor(records: CoordinatorRecords) {
    this.records = records;
  }

  startBatch(): void {}

  write(record: RecordCursor, out: ByteSink): void {
    if (record.keyLength < 0) return;
    try {
      const text = this.textOf(record);
      if (text !== undefined) out.text(text);
    } catch (error) {
      throw new ToolError(
        `Could not read record at offset ${record.offset} due to: ${messageOf(error)}`,
        'java.lang.RuntimeException',
        error,
      );
    }
  }

  private textOf(record: RecordCursor): string | undefined {
    const { buffer, keyPosition, keyLength } = record;
    if (keyLength < VERSION_BYTES) throw new Error("Could not read version from key's buffer.");
    const type = buffer.readInt16BE(keyPosition);
    const known = this.records.get(type);
    if (known === undefined) return undefined;
    const keyReader = new Reader(buffer, keyPosition + VERSION_BYTES, keyPosition + keyLength);
    const key = jsonText(known.key.read(keyReader, known.key.minVersion), 0);
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
  const reader = new Reader(buffer, valuePosition + VERSION_BYTES, valuePosition + valueLength);
  return `{"version":${version},"data":${jsonText(value.read(reader, version), version)}}`;
}

/** Fields that some versions don't have: from, to. */
const VERSIONS: Readonly<Record<string, readonly [number, number]>> = {
  leaderEpoch: [3, 99],
  expireTimestamp: [1, 1],
  currentStateTimestamp: [2, 99],
  groupInstanceId: [3, 99],
  rebalanceTimeout: [1, 99],
};

/** Tagged fields: not written at their defaults. */
const TAGGED: Readonly<Record<string, unknown>> = {
  previousProducerId: -1,
  nextProducerId: -1,
  nextProducerEpoch: -1,
  clientTransactionVersion: 0,
  assignmentTimestamp: 0,
  deliveryCompleteCount: -1,
};

/** Types whose `leaderEpoch` every version has. */
function isWritten(name: string, value: unknown, version: number, message: object): boolean {
  if (Object.hasOwn(TAGGED, name)) return value !== TAGGED[name];
  if (name === 'topicId' && 'commitTimestamp' in message) return value !== ZERO_UUID;
  if (name === 'leaderEpoch' && !('commitTimestamp' in message)) return true;
  const range = Object.hasOwn(VERSIONS, name) ? VERSIONS[name] : undefined;
  return range === undefined || (version >= range[0] && version <= range[1]);
}

function jsonText(value: unknown, version: number): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return javaLongToString(value);
  if (typeof value === 'string') return stringText(value);
  if (typeof value === 'boolean') return String(value);
  if (Buffer.isBuffer(value)) return `"${value.toString('base64')}"`;
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, version)).join(',')}]`;
  const message = value as object;
  const fields = Object.entries(message)
    .filter(([name, field]) => isWritten(name, field, version, message))
    .map(([name, field]) => `"${name}":${jsonText(field, version)}`);
  return `{${fields.join(',')}}`;
}

/** Jackson writes control characters with capital hex digits. */
function stringText(text: string): string {
  return JSON.stringify(text).replace(
    /\\u00[0-9a-f]{2}/g,
    (code) => `\\u${code.slice(2).toUpperCase()}`,
  );
}
