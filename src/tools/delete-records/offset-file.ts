// The JSON file of kafka-delete-records.sh: {"partitions":[{"topic","partition","offset"}],"version":1}
// (DeleteRecordsCommand.parseOffsetJsonStringWithoutDedup), with the complaints of Kafka's JSON decoder.

import { partitionKey, type TopicPartition } from '../../client/types.ts';
import { ToolError } from '../support/java-error.ts';

export interface RecordsToDelete extends TopicPartition {
  /** -1: the high watermark. */
  readonly beforeOffset: number;
}

const OPERATION_ERROR = 'org.apache.kafka.tools.AdminOperationException';
const FAILED_ERROR = 'org.apache.kafka.tools.AdminCommandFailedException';
const MAPPING_ERROR = 'com.fasterxml.jackson.databind.JsonMappingException';

type JsonObject = Readonly<Record<string, unknown>>;

/** Throws ToolError. */
export function parseOffsetFile(text: string): RecordsToDelete[] {
  const root = asObject(parseJson(text));
  const version = Object.hasOwn(root, 'version') ? asInteger(root.version) : 1;
  if (version !== 1) {
    throw new ToolError(`Not supported version field value ${version}`, OPERATION_ERROR);
  }
  if (!Object.hasOwn(root, 'partitions')) {
    throw new ToolError('Missing partitions field', OPERATION_ERROR);
  }
  const records = asArray(root.partitions).map(recordsOf);
  refuseDuplicates(records);
  return records;
}

/** Like Jackson, which reads the first value and leaves what follows it, and takes a blank file for no value at all; an empty one is refused before. */
function parseJson(text: string): unknown {
  if (text !== '' && text.trim() === '')
    throw new ToolError('Expected JSON object, received ', MAPPING_ERROR);
  try {
    return JSON.parse(text.slice(0, firstValueEnd(text)), keepNumber);
  } catch {
    throw new ToolError('The input string is not a valid JSON', OPERATION_ERROR);
  }
}

/** What is no long keeps Java's spelling, for the complaint: a DoubleNode's or a BigIntegerNode's. */
function keepNumber(_key: string, value: unknown, { source = '' }: { source?: string } = {}) {
  if (typeof value !== 'number') return value;
  if (/^-?\d+$/.test(source)) return isLong(source) ? value : new OtherNumber(source);
  const text = Object.is(value, -0) ? '-0' : String(value);
  return new OtherNumber(Number.isInteger(value) ? `${text}.0` : text);
}

function isLong(digits: string): boolean {
  return BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
}

/** A number in a JSON text that isn't a long. */
class OtherNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Where the object or array ends that the text begins with; the end of the text when it doesn't end. */
function firstValueEnd(text: string): number {
  if (!/^\s*[[{]/.test(text)) return text.length;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth === 0) return index + token.length;
  }
  return text.length;
}

function recordsOf(value: unknown): RecordsToDelete {
  const entry = asObject(value);
  const topic = field(entry, 'topic');
  if (typeof topic !== 'string') throw expected('`String` value', topic);
  const partition = asInteger(field(entry, 'partition'));
  const offset = field(entry, 'offset');
  if (typeof offset !== 'number') throw expected('`Long` value', offset);
  return { topic, partition, beforeOffset: offset };
}

function refuseDuplicates(records: readonly RecordsToDelete[]): void {
  const keys = records.map(({ topic, partition }) => partitionKey(topic, partition));
  const duplicates = new Set(keys.filter((key, index) => keys.indexOf(key) !== index));
  if (duplicates.size === 0) return;
  throw new ToolError(
    `Offset json file contains duplicate topic partitions: ${[...duplicates].join(',')}`,
    FAILED_ERROR,
  );
}

function field(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  throw new ToolError(`No such field exists: \`${name}\``, MAPPING_ERROR);
}

function asObject(value: unknown): JsonObject {
  if (isObject(value)) {
    return value;
  }
  throw expected('JSON object', value);
}

function isObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) && !(value instanceof OtherNumber);
}

function asArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw expected('JSON array', value);
}

function asInteger(value: unknown): number {
  if (typeof value === 'number' && (value | 0) === value) return value;
  throw expected('`Integer` value', value);
}

function expected(what: string, value: unknown): ToolError {
  return new ToolError(`Expected ${what}, received ${shown(value)}`, MAPPING_ERROR);
}

/** JsonNode.toString. */
function shown(value: unknown): string {
  if (value instanceof OtherNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(shown).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([name, each]) => `${JSON.stringify(name)}:${shown(each)}`,
  );
  return `{${fields.join(',')}}`;
}
