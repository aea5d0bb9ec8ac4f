// Records of the coordinators' topics as JSON (DumpLogSegments.CoordinatorRecordMessageParser and its kinds).
// What can't be read is said in the record's own line; only a record without a key ends the dump.

import { javaLongToString } from '../../common/java.ts';
import { MalformedError } from '../../protocol/codec-errors.ts';
import { consumerProtocolAssignment } from '../../protocol/generated/data/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../protocol/generated/data/consumer-protocol-subscription.ts';
import type { MessageSpec } from '../../protocol/message.ts';
import {
  type CoordinatorRecord,
  type CoordinatorRecords,
  SHARE_STATE_RECORDS,
  TRANSACTION_RECORDS,
} from '../support/coordinator-records.ts';
import { GROUP_RECORDS } from '../support/group-records.ts';
import { messageOf, ToolError } from '../support/java-error.ts';
import { JavaReader } from '../support/java-reader.ts';
import { joinFields, messageFields, messageJson } from '../support/message-json.ts';
import { type RecordParser, type RecordView, writeTexts } from './record-parser.ts';

export const OFFSETS_TOPIC = GROUP_RECORDS;
export const TRANSACTION_TOPIC = TRANSACTION_RECORDS;
export const SHARE_STATE_TOPIC = SHARE_STATE_RECORDS;

const VERSION_BYTES = 2;

export function coordinatorParser(records: CoordinatorRecords): RecordParser {
  return {
    write(record, isAlone, out) {
      requireKey(record);
      const [key, payload] = texts(record, records);
      writeTexts(key, payload, isAlone, out);
    },
    writeUnreadable(record, error, isAlone, out) {
      requireKey(record);
      writeTexts(failure(record, error), undefined, isAlone, out);
    },
  };
}

function requireKey(record: RecordView): void {
  if (record.keyLength >= 0) return;
  throw new ToolError(
    `Failed to decode message at offset ${record.offset} using the specified decoder (message had a missing key)`,
    'java.lang.RuntimeException',
  );
}

function failure({ offset }: RecordView, error: unknown): string {
  return `Error at offset ${javaLongToString(offset)}, skipping. ${messageOf(error)}`;
}

function texts(record: RecordView, records: CoordinatorRecords): [string, string?] {
  try {
    const { buffer, keyPosition, keyLength } = record;
    if (keyLength < VERSION_BYTES) throw new Error("Could not read version from key's buffer.");
    const type = buffer.readInt16BE(keyPosition);
    const known = records.get(type);
    if (known === undefined) {
      return [
        `Unknown record type ${type} at offset ${javaLongToString(record.offset)}, skipping.`,
      ];
    }
    const key = readMessage(known.key, buffer, keyPosition, keyLength, known.key.minVersion, 'key');
    const keyJson = messageJson(known.key.name, key, known.key.minVersion);
    return [`{"type":"${type}","data":${keyJson}}`, valueText(record, known)];
  } catch (error) {
    return [failure(record, error)];
  }
}

function valueText(record: RecordView, { key, value: spec }: CoordinatorRecord): string {
  const { buffer, valuePosition, valueLength } = record;
  if (valueLength < 0) return '<DELETE>';
  if (valueLength < VERSION_BYTES) throw new Error("Could not read version from value's buffer.");
  const version = buffer.readInt16BE(valuePosition);
  if (version < spec.minVersion || version > spec.maxVersion) {
    throw new Error(`Found an unknown record version ${version} for ${key.apiKey} type`);
  }
  const value = readMessage(spec, buffer, valuePosition, valueLength, version, 'value');
  const json =
    spec.name === 'GroupMetadataValue'
      ? groupMetadataJson(value as GroupMetadata, version)
      : messageJson(spec.name, value, version);
  return `{"version":"${version}","data":${json}}`;
}

function readMessage(
  spec: MessageSpec<object>,
  buffer: Buffer,
  position: number,
  length: number,
  version: number,
  what: string,
): object {
  const reader = new JavaReader(buffer, position + VERSION_BYTES, position + length);
  try {
    const message = spec.read(reader, version);
    reader.finish();
    return message;
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new Error(
      `Could not read record with version ${buffer.readInt16BE(position)} from ${what}'s buffer due to: ${error.message}.`,
      { cause: error },
    );
  }
}

interface GroupMetadata {
  readonly protocolType: string;
  readonly members: readonly { readonly subscription: Buffer; readonly assignment: Buffer }[];
}

/** Members of consumers: what they subscribed to and were assigned is shown, not their bytes. */
function groupMetadataJson(value: GroupMetadata, version: number): string {
  const fields = messageFields('GroupMetadataValue', value, version);
  if (value.protocolType === 'consumer') {
    const members = value.members.map((member) => memberJson(member, value, version));
    fields.set('members', `[${members.join(',')}]`);
  }
  return joinFields(fields);
}

function memberJson(
  member: GroupMetadata['members'][number],
  group: GroupMetadata,
  version: number,
): string {
  // The forms of a member's fields are the group's: shown as a group of one.
  const one = messageFields('GroupMetadataValue', { ...group, members: [member] }, version);
  const text = one.get('members')!.slice(1, -1);
  return text
    .replace(
      jsonField('subscription', member.subscription),
      () => `"subscription":${protocolJson(consumerProtocolSubscription, member.subscription)}`,
    )
    .replace(
      jsonField('assignment', member.assignment),
      () => `"assignment":${protocolJson(consumerProtocolAssignment, member.assignment)}`,
    );
}

function jsonField(name: string, bytes: Buffer): string {
  return `"${name}":"${bytes.toString('base64')}"`;
}

/** Bytes that aren't of the consumer protocol stay bytes. */
function protocolJson<T extends object>(spec: MessageSpec<T>, bytes: Buffer): string {
  try {
    const version = bytes.readInt16BE(0);
    const message = spec.read(new JavaReader(bytes, VERSION_BYTES), version);
    return messageJson(spec.name, message, version);
  } catch {
    return `"${bytes.toString('base64')}"`;
  }
}
