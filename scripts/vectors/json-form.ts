// Between messages and the JSON form of the vectors: int64 beyond 2^53 as decimal strings, bytes as base64, only the
// fields that the version has. Driven by the schema, so that it checks the generated code instead of repeating it.

import { isTagged, structOf } from '../protocol/fields.ts';
import { lowerFirst } from '../protocol/names.ts';
import {
  elementType,
  type Field,
  isArray,
  isBytes,
  isStruct,
  type Message,
  type Struct,
} from '../protocol/schema.ts';
import { contains, parseRange } from '../protocol/versions.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fields = Record<string, unknown>;

/** A decoded message in the form of the vectors. */
export function toJson(message: Message, value: unknown, version: number): Json {
  return structToJson(message, message.root, value as Fields, version);
}

/** A draft of the message that the JSON form describes. */
export function fromJson(message: Message, json: unknown, version: number): Fields {
  return structFromJson(message, message.root, json as Fields, version);
}

function isPresent(message: Message, field: Field, version: number): boolean {
  if (!contains(parseRange(field.taggedVersions ?? field.versions), version)) return false;
  return !isTagged(field) || contains(message.flexible, version);
}

function structToJson(message: Message, struct: Struct, value: Fields, version: number): Json {
  const json: { [key: string]: Json } = {};
  for (const field of struct.fields) {
    if (!isPresent(message, field, version)) continue;
    const name = lowerFirst(field.name);
    json[name] = valueToJson(message, field.type, value[name], version);
  }
  return json;
}

function valueToJson(message: Message, type: string, value: unknown, version: number): Json {
  if (value === null) return null;
  if (isArray(type)) {
    const list = value as unknown[];
    return list.map((item) => valueToJson(message, elementType(type), item, version));
  }
  if (isStruct(type)) {
    return structToJson(message, structOf(message, type), value as Fields, version);
  }
  if (isBytes(type)) return (value as Buffer).toString('base64');
  if (typeof value === 'bigint') return value.toString();
  // A default beyond 2^53, which is a number also for the exact reader.
  if (type === 'int64' && value === 2 ** 63) return '9223372036854775807';
  return value as Json;
}

function structFromJson(message: Message, struct: Struct, json: Fields, version: number): Fields {
  const draft: Fields = {};
  const known = new Set(struct.fields.map((field) => lowerFirst(field.name)));
  for (const name of Object.keys(json)) {
    if (!known.has(name)) throw new Error(`${struct.name} has no field ${name}`);
  }
  for (const field of struct.fields) {
    const name = lowerFirst(field.name);
    if (name in json) draft[name] = valueFromJson(message, field.type, json[name], version);
  }
  return draft;
}

function valueFromJson(message: Message, type: string, json: unknown, version: number): unknown {
  if (json === null) return null;
  if (isArray(type)) {
    const list = json as unknown[];
    return list.map((item) => valueFromJson(message, elementType(type), item, version));
  }
  if (isStruct(type)) {
    return structFromJson(message, structOf(message, type), json as Fields, version);
  }
  if (isBytes(type)) return Buffer.from(json as string, 'base64');
  if (type === 'int64' && typeof json === 'string') return BigInt(json);
  if (type === 'float64' && typeof json === 'string') return Number(json);
  return json;
}

/** Where two JSON values differ first, undefined when they are equal. The order of keys doesn't matter. */
export function difference(expected: unknown, actual: unknown, path = ''): string | undefined {
  if (Object.is(expected, actual)) return undefined;
  if (
    !isObject(expected) ||
    !isObject(actual) ||
    Array.isArray(expected) !== Array.isArray(actual)
  ) {
    return `${path || 'message'}: expected ${brief(expected)}, got ${brief(actual)}`;
  }
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  for (const name of names) {
    const found = difference(expected[name], actual[name], path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

export function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
