// Runs one vector of a message: its bytes must decode to its JSON, its JSON must encode to its bytes, with and
// without the prefix that stands before it in a log ("framed").

import { readFileSync } from 'node:fs';
import { ALL_MESSAGES } from '../../src/protocol/generated/all-messages.ts';
import type { MessageSpec } from '../../src/protocol/message.ts';
import { ExactReader, Reader } from '../../src/protocol/reader.ts';
import { Writer } from '../../src/protocol/writer.ts';
import { analyse, type Message, type Schema } from '../protocol/schema.ts';
import { brief, difference, fromJson, toJson } from './json-form.ts';

export interface MessageVector {
  readonly schema: string;
  readonly version: number;
  readonly fill: string;
  readonly json: unknown;
  readonly hex: string;
  /** The same with its prefix. */
  readonly framed?: string;
  /** Holds what a writer never writes. */
  readonly decodeOnly?: boolean;
}

const METADATA_FRAME_VERSION = 1;

const schemaFile = new URL('../../src/protocol/schemas/messages.json', import.meta.url);
const schemas = (
  JSON.parse(readFileSync(schemaFile, 'utf8')) as { schemas: Record<string, Schema> }
).schemas;
const specs = new Map(ALL_MESSAGES.map((spec) => [spec.name, spec]));
const messages = new Map<string, Message>();

/** What is wrong, one line each; nothing when the vector passes. */
export function runMessageVector(vector: MessageVector): string[] {
  const label = `${vector.schema} v${vector.version} ${vector.fill}`;
  const spec = specs.get(vector.schema);
  const message = messageOf(vector.schema);
  if (spec === undefined || message === undefined) return [`${label}: no such schema`];
  const failures: string[] = [];
  const attempt = (what: string, check: () => string | undefined) => {
    try {
      const found = check();
      if (found !== undefined) failures.push(`${label}: ${what}: ${found}`);
    } catch (error) {
      failures.push(`${label}: ${what}: ${error}`);
    }
  };
  attempt('decode', () => checkDecode(spec, message, vector));
  if (!vector.decodeOnly) attempt('encode', () => checkEncode(spec, message, vector));
  if (vector.framed !== undefined && !vector.decodeOnly) {
    attempt('framed', () => checkFramed(spec, message, vector, vector.framed!));
  }
  return failures;
}

function messageOf(name: string): Message | undefined {
  let message = messages.get(name);
  const schema = schemas[name];
  if (message === undefined && schema !== undefined) {
    message = analyse(schema);
    if (message !== undefined) messages.set(name, message);
  }
  return message;
}

function checkDecode(
  spec: MessageSpec<unknown>,
  message: Message,
  { hex, version, json }: MessageVector,
): string | undefined {
  const bytes = Buffer.from(hex, 'hex');
  const reader = new ExactReader(bytes);
  const decoded = spec.read(reader, version);
  if (reader.remaining > 0) return `${reader.remaining} bytes were left over`;
  // The everyday reader must get along with it too, to the same end.
  const everyday = new Reader(bytes);
  spec.read(everyday, version);
  if (everyday.remaining > 0) return `${everyday.remaining} bytes were left over by Reader`;
  return difference(json, toJson(message, decoded, version));
}

function checkEncode(
  spec: MessageSpec<unknown>,
  message: Message,
  { hex, version, json }: MessageVector,
): string | undefined {
  const writer = new Writer();
  spec.write(writer, fromJson(message, json, version), version);
  return differentBytes(hex, writer.finishBuffer());
}

/** The prefix is written here by hand: what has it is stored by src/metadata and src/coordinator. */
function checkFramed(
  spec: MessageSpec<unknown>,
  message: Message,
  { version, json }: MessageVector,
  framed: string,
): string | undefined {
  const writer = new Writer();
  if (message.schema.type === 'metadata') {
    for (const part of [METADATA_FRAME_VERSION, spec.apiKey, version]) writer.writeUvarint(part);
  } else {
    writer.writeInt16(message.schema.type === 'coordinator-key' ? spec.apiKey : version);
  }
  const prefixBytes = writer.sizeBytes;
  spec.write(writer, fromJson(message, json, version), version);
  const reader = new ExactReader(Buffer.from(framed, 'hex'), prefixBytes);
  const decoded = toJson(message, spec.read(reader, version), version);
  return differentBytes(framed, writer.finishBuffer()) ?? difference(json, decoded);
}

function differentBytes(expected: string, bytes: Buffer): string | undefined {
  const actual = bytes.toString('hex');
  if (actual === expected) return undefined;
  let at = 0;
  while (at < expected.length && expected[at] === actual[at]) at++;
  at -= at % 2;
  return `differs at byte ${at / 2}: expected ${brief(expected.slice(at))}, got ${brief(actual.slice(at))}`;
}
