// What a field is in TypeScript: its type, its default, whether it may be null, the bytes it takes at least.

import { lowerFirst } from './names.ts';
import {
  elementType,
  type Field,
  isArray,
  isBytes,
  isStruct,
  type Message,
  PRIMITIVES,
  type Struct,
} from './schema.ts';
import {
  type Condition,
  condition,
  contains,
  intersect,
  parseRange,
  type Range,
} from './versions.ts';

export function structOf(message: Message, type: string): Struct {
  const name = elementType(type);
  const struct = message.structs.find((candidate) => candidate.name === name);
  if (struct === undefined) throw new Error(`${message.schema.name}: no structure ${name}`);
  return struct;
}

export function isTagged(field: Field): boolean {
  return field.tag !== undefined;
}

/** The versions in which a field is on the wire, within those of its structure. */
export function presence(message: Message, struct: Struct, field: Field): Range | undefined {
  const range = intersect(parseRange(field.taggedVersions ?? field.versions), struct.range);
  return isTagged(field) ? intersect(range, message.flexible) : range;
}

export function flexibleCondition(message: Message, field: Field, context: Range): Condition {
  const own = field.flexibleVersions;
  return condition(own === undefined ? message.flexible : parseRange(own), context);
}

export function nullableCondition(field: Field, context: Range): Condition {
  return condition(parseRange(field.nullableVersions), context);
}

export function isNullable(field: Field): boolean {
  return field.nullableVersions !== undefined || field.default === null;
}

function elementTypeScript(type: string): string {
  if (type === 'bool') return 'boolean';
  if (type === 'string' || type === 'uuid') return 'string';
  if (isBytes(type)) return 'Buffer';
  return PRIMITIVES.has(type) ? 'number' : type;
}

export function typeScriptOf(field: Field): string {
  const element = elementTypeScript(elementType(field.type));
  const type = isArray(field.type) ? `${element}[]` : element;
  return isNullable(field) ? `${type} | null` : type;
}

function numberLiteral(value: number | string): string {
  const exact = BigInt(value);
  if (exact === 2n ** 63n - 1n) return '2 ** 63';
  if (exact === -(2n ** 63n)) return '-(2 ** 63)';
  return String(value);
}

/** The default as an expression; a fresh object each time it is evaluated. */
export function defaultExpression(message: Message, field: Field): string {
  const { type, default: value } = field;
  if (value === null) return 'null';
  if (isArray(type)) return '[]';
  if (isBytes(type)) return 'EMPTY_BYTES';
  if (isStruct(type)) return structDefault(message, structOf(message, type));
  if (type === 'bool') return value === undefined ? 'false' : String(value);
  if (type === 'string') return quote(String(value ?? ''));
  if (type === 'uuid') return value === undefined ? 'ZERO_UUID' : quote(String(value));
  if (type === 'float64') return String(value ?? 0);
  return numberLiteral((value as number | string | undefined) ?? 0);
}

function structDefault(message: Message, struct: Struct): string {
  const parts = struct.fields.map(
    (field) => `${lowerFirst(field.name)}: ${defaultExpression(message, field)}`,
  );
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** An expression that is true when `value` isn't the field's default. `value` is never undefined. */
export function differsFromDefault(message: Message, field: Field, value: string): string {
  const { type } = field;
  if (field.default === null) return `${value} !== null`;
  const orNull = isNullable(field) ? `${value} === null || ` : '';
  if (isArray(type)) return `${orNull}${value}.length !== 0`;
  if (isBytes(type)) return `${orNull}bytesLength(${value}) !== 0`;
  if (isStruct(type)) return `${orNull}!isDefault${type}(${value})`;
  const fallback = defaultExpression(message, field);
  // Tools may hand in a bigint.
  if (fallback === '2 ** 63') return `!isMaxInt64(${value})`;
  return `${value} !== ${fallback}`;
}

/** The fewest bytes that one element takes in any version. */
export function minElementBytes(message: Message, type: string, context: Range): number {
  let least = Number.POSITIVE_INFINITY;
  for (let version = context.low; version <= context.high; version++) {
    least = Math.min(
      least,
      bytesAt(message, type, version, contains(message.flexible, version), false),
    );
  }
  return Math.max(1, least);
}

const FIXED_BYTES: Record<string, number> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  float64: 8,
  uuid: 16,
};

function bytesAt(
  message: Message,
  type: string,
  version: number,
  flexible: boolean,
  nullable: boolean,
): number {
  const fixed = FIXED_BYTES[type];
  if (fixed !== undefined) return fixed;
  if (type === 'string') return flexible ? 1 : 2;
  if (isArray(type) || isBytes(type)) return flexible ? 1 : 4;
  if (nullable) return 1;
  let bytes = flexible ? 1 : 0;
  for (const field of structOf(message, type).fields) {
    if (isTagged(field) || !contains(parseRange(field.versions), version)) continue;
    const isNull = contains(parseRange(field.nullableVersions), version);
    bytes += bytesAt(message, field.type, version, flexible, isNull);
  }
  return bytes;
}

export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
